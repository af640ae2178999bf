/**
 * Names of Azure's members in the azurerm provider, and the provider's defaults. Names that areas declare come from
 * the areas; this file has the names that no control writes, and the defaults.
 * Source: the pages of the resources at registry.terraform.io/providers/hashicorp/azurerm, version 4.
 */
import type { Json, ResourceKey } from '../../azure/index.ts';
import { membersOf } from '../../change/json-paths.ts';
import type { Back } from '../value.ts';

export interface Row {
  /** Path of the argument, such as `site_config.ftps_state`. */
  readonly name: string;
  readonly key: ResourceKey;
  readonly path: string;
  /** The path, split. */
  readonly members: readonly string[];
  /** Value that the provider sends if the argument is not set. */
  readonly absent?: Json;
  /** Why that value is not known. */
  readonly unsure?: string;
  /** Azure's words for the provider's words. */
  readonly words?: Readonly<Record<string, Json>>;
  /** Names of the argument in older versions of the provider. */
  readonly older?: readonly string[];
  /** Kinds of resources that do not have the argument. */
  readonly notOn?: RegExp;
}

const ENABLED = { true: 'Enabled', false: 'Disabled' };

/** Arguments of function apps and slots, by name; without a place, the place that the areas declare is used. */
const APP: readonly (Partial<Row> & { readonly name: string })[] = [
  { name: 'https_only', absent: false },
  { name: 'client_certificate_enabled', absent: false },
  { name: 'client_certificate_mode', absent: 'Optional' },
  { name: 'client_certificate_exclusion_paths', absent: '' },
  { name: 'daily_memory_time_quota', absent: 0, notOn: /flex/ },
  { name: 'key_vault_reference_identity_id', absent: 'SystemAssigned', notOn: /flex/ },
  { name: 'public_network_access_enabled', absent: 'Enabled', words: ENABLED },
  { name: 'webdeploy_publish_basic_authentication_enabled', absent: true },
  { name: 'ftp_publish_basic_authentication_enabled', absent: true, notOn: /flex/ },
  { name: 'virtual_network_subnet_id', key: 'site', path: 'properties.virtualNetworkSubnetId', absent: null },
  {
    name: 'maximum_instance_count',
    key: 'site',
    path: 'properties.functionAppConfig.scaleAndConcurrency.maximumInstanceCount',
    absent: null,
    notOn: /windows|linux/,
  },
  { name: 'runtime_name', key: 'site', path: 'properties.functionAppConfig.runtime.name', absent: null, notOn: /windows|linux/ },
  { name: 'runtime_version', key: 'site', path: 'properties.functionAppConfig.runtime.version', absent: null, notOn: /windows|linux/ },
  {
    name: 'storage_container_endpoint',
    key: 'site',
    path: 'properties.functionAppConfig.deployment.storage.value',
    absent: null,
    notOn: /windows|linux/,
  },
  {
    name: 'storage_authentication_type',
    key: 'site',
    path: 'properties.functionAppConfig.deployment.storage.authentication.type',
    absent: null,
    notOn: /windows|linux/,
  },
  { name: 'site_config.minimum_tls_version', absent: '1.2' },
  { name: 'site_config.scm_minimum_tls_version', absent: '1.2' },
  // The provider sends nothing, and a new app has none.
  { name: 'site_config.minimum_tls_cipher_suite', absent: null, notOn: /flex/ },
  { name: 'site_config.ftps_state', absent: 'Disabled', notOn: /flex/ },
  { name: 'site_config.http2_enabled', absent: false },
  { name: 'site_config.remote_debugging_enabled', absent: false },
  { name: 'site_config.websockets_enabled', absent: false },
  { name: 'site_config.ip_restriction_default_action', absent: 'Allow' },
  { name: 'site_config.scm_ip_restriction_default_action', absent: 'Allow' },
  { name: 'site_config.scm_use_main_ip_restriction', absent: false },
  // The provider uses API version 2023-12-01, where this counts for the site (hashicorp/terraform-provider-azurerm#32239).
  { name: 'site_config.vnet_route_all_enabled', key: 'site', path: 'properties.vnetRouteAllEnabled', absent: false, notOn: /flex/ },
  {
    name: 'site_config.container_registry_use_managed_identity',
    key: 'siteConfig',
    path: 'properties.acrUseManagedIdentityCreds',
    absent: false,
  },
  { name: 'site_config.cors.allowed_origins', absent: null },
  { name: 'site_config.cors.support_credentials', absent: false },
];

const ACCOUNT: readonly (Partial<Row> & { readonly name: string })[] = [
  { name: 'https_traffic_only_enabled', absent: true, older: ['enable_https_traffic_only'] },
  { name: 'min_tls_version', absent: 'TLS1_2' },
  { name: 'allow_nested_items_to_be_public', absent: true, older: ['allow_blob_public_access'] },
  {
    name: 'cross_tenant_replication_enabled',
    unsure: 'cross_tenant_replication_enabled is not set, and its default is true in azurerm 3 and false in 4',
  },
  { name: 'default_to_oauth_authentication', absent: false },
  { name: 'shared_access_key_enabled', absent: true },
  { name: 'sftp_enabled', key: 'storageAccounts', path: 'properties.isSftpEnabled', absent: false },
  {
    name: 'public_network_access_enabled',
    key: 'storageAccounts',
    path: 'properties.publicNetworkAccess',
    absent: 'Enabled',
    words: ENABLED,
  },
];

const VAULT: readonly (Partial<Row> & { readonly name: string })[] = [
  { name: 'purge_protection_enabled', absent: false },
  { name: 'rbac_authorization_enabled', absent: false, older: ['enable_rbac_authorization'] },
  { name: 'public_network_access_enabled', key: 'vaults', path: 'properties.publicNetworkAccess', absent: 'Enabled', words: ENABLED },
];

/** Arguments that are blocks or lists, which are read one by one. */
const OWN =
  /^(identity\.type|auth_settings_v2|(azurerm_\w+\.)?(network_rules|network_acls|access_policy)|site_config\.(scm_)?ip_restriction)$/;

/** The rows of each resource of the provider, with the places that the areas declare. */
export function rowsOf(declared: ReadonlyMap<string, string>): {
  readonly app: readonly Row[];
  readonly account: readonly Row[];
  readonly vault: readonly Row[];
} {
  const places = new Map([...declared].map(([place, name]) => [name, place.split(' ') as [ResourceKey, string]]));
  const whole = (prefix: string, rows: readonly (Partial<Row> & { readonly name: string })[]): Row[] => {
    const own = [...places.keys()]
      .filter((name) => (prefix === '' ? !name.startsWith('azurerm_') : name.startsWith(prefix)) && !OWN.test(name))
      .map((name) => name.slice(prefix.length));
    const given = new Map(rows.map((row) => [row.name, row]));
    return [...new Set([...own, ...given.keys()])].flatMap((name) => {
      const row = given.get(name);
      const [key, path] = row?.key && row.path ? [row.key, row.path] : (places.get(`${prefix}${name}`) ?? []);
      return key && path ? [{ ...row, name, key, path, members: membersOf(path) }] : [];
    });
  };
  return { app: whole('', APP), account: whole('azurerm_storage_account.', ACCOUNT), vault: whole('azurerm_key_vault.', VAULT) };
}

/** Returns the provider's value for a value of Azure. */
export function backOf({ words }: Pick<Row, 'words'>): Back | undefined {
  if (!words) return undefined;
  const back = new Map(Object.entries(words).map(([code, azure]) => [azure, code === 'true' ? true : code === 'false' ? false : code]));
  return (value) => back.get(value);
}

/** Tiers as a site shows them (`properties.sku`), by the size of a plan. */
export function tierOf(size: string): string | undefined {
  const tiers: readonly (readonly [RegExp, string])[] = [
    [/^Y1$/i, 'Dynamic'],
    [/^FC1$/i, 'FlexConsumption'],
    [/^EP\d$/i, 'ElasticPremium'],
    [/^B\d$/i, 'Basic'],
    [/^S\d$/i, 'Standard'],
    [/^P\d(m)?v4$/i, 'PremiumV4'],
    [/^P\d(m)?v3$/i, 'PremiumV3'],
    [/^P\dv2$/i, 'PremiumV2'],
    [/^P\d$/i, 'Premium'],
    [/^I\d(m)?v2$/i, 'IsolatedV2'],
    [/^I\d$/i, 'Isolated'],
    [/^(F1|D1)$/i, 'Free'],
    [/^WS\d$/i, 'WorkflowStandard'],
  ];
  return tiers.find(([form]) => form.test(size))?.[1];
}
