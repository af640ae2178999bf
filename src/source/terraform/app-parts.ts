/** Parts of an azurerm function app that are separate blocks, or app settings that the provider derives from arguments. */
import { Body } from '../declared.ts';
import { MADE_BY_AZURE, type MapValue, mapOf, scalar, textOf, unresolved, type Value, whyUnresolved } from '../value.ts';
import type { Arguments } from './arguments.ts';

const HEADERS: Readonly<Record<string, string>> = {
  x_azure_fdid: 'x-azure-fdid',
  x_fd_health_probe: 'x-fd-healthprobe',
  x_forwarded_for: 'x-forwarded-for',
  x_forwarded_host: 'x-forwarded-host',
};

export function rules(given: Arguments, config: Body): void {
  for (const [block, member] of [
    ['site_config.ip_restriction', 'ipSecurityRestrictions'],
    ['site_config.scm_ip_restriction', 'scmIpSecurityRestrictions'],
  ] as const) {
    const listed = given.orAbsent(block, []);
    const found = given.blocks(block);
    if ('why' in found) config.put(['properties', member], unresolved(found.why, found.at));
    else if (found.length > 0) config.put(['properties', member], { kind: 'list', items: found.map(ruleOf), at: found[0]?.at ?? given.at });
    else config.put(['properties', member], listed.kind === 'absent' ? listed : unresolved(`${block} is written as a list`, listed.at));
  }
}

function ruleOf(block: Arguments): Value {
  const [ip, tag, subnet] = ['ip_address', 'service_tag', 'virtual_network_subnet_id'].map((name) => block.value(name));
  const headers = block.blocks('headers');
  const own = Array.isArray(headers) ? headers[0] : undefined;
  const named = own
    ? Object.entries(HEADERS).flatMap(([name, header]): [string, Value][] => {
        const value = own.value(name);
        return value ? [[header, value]] : [];
      })
    : [];
  const word = (value: string): Value => scalar(value, block.at);
  const optional = (name: string, value: Value | undefined): [string, Value][] => (value ? [[name, value]] : []);
  return mapOf(
    [
      ...optional('name', block.value('name')),
      ['priority', block.value('priority') ?? scalar(65000, block.at)],
      ['action', block.value('action') ?? word('Allow')],
      ...optional('ipAddress', ip ?? tag),
      ['tag', word(tag ? 'ServiceTag' : 'Default')],
      ...optional('vnetSubnetResourceId', subnet),
      ...optional('description', block.value('description')),
      ...(named.length > 0 ? [['headers', mapOf(named, block.at)] as [string, Value]] : []),
    ],
    block.at,
  );
}

/** Language and version, which are in different arguments for each operating system. */
function stackOf(
  given: Arguments,
  type: string,
): { readonly worker?: Value; readonly members: readonly (readonly [string, Value])[] } | undefined {
  const of = (name: string) => given.value(`site_config.application_stack.${name}`);
  const windows = type.includes('windows');
  const text = (value: Value, make: (version: string) => string): Value =>
    value.kind === 'scalar' ? scalar(make(String(value.value)), value.at) : value;
  const isolated = of('use_dotnet_isolated_runtime');
  const inside = isolated?.kind === 'scalar' ? isolated.value !== true : isolated === undefined;
  const dotnet = of('dotnet_version');
  const member = windows ? '' : 'linuxFxVersion';
  if (dotnet && isolated?.kind !== 'unresolved')
    return {
      worker: scalar(inside ? 'dotnet' : 'dotnet-isolated', dotnet.at),
      members: [
        windows ? ['netFrameworkVersion', dotnet] : [member, text(dotnet, (one) => `${inside ? 'DOTNET' : 'DOTNET-ISOLATED'}|${one}`)],
      ],
    };
  for (const [name, worker, form] of [
    ['python_version', 'python', 'Python'],
    ['node_version', 'node', 'Node'],
    ['java_version', 'java', 'Java'],
    ['powershell_core_version', 'powershell', 'PowerShell'],
  ] as const) {
    const version = of(name);
    if (!version) continue;
    const own = windows ? { java: 'javaVersion', powershell: 'powerShellVersion', node: '', python: '' }[worker] : member;
    return {
      worker: scalar(worker, version.at),
      members: own ? [[own, windows ? version : text(version, (one) => `${form}|${one}`)]] : [],
    };
  }
  return undefined;
}

/** Returns the image of a docker block as Azure has it; without its registry and name where these are not resolved. */
function imageOf(block: Arguments): Value {
  const [registry, image, tag] = ['registry_url', 'image_name', 'image_tag'].map((name) => textOf(block.value(name)));
  const isKnown = registry !== undefined && image !== undefined;
  return scalar(isKnown ? `DOCKER|${registry.replace(/^https?:\/\//i, '')}/${image}:${tag ?? 'latest'}` : 'DOCKER|', block.at);
}

export function stack(given: Arguments, type: string, config: Body): void {
  if (type.includes('flex')) return;
  const found = stackOf(given, type);
  const docker = given.blocks('site_config.application_stack.docker');
  const [image] = Array.isArray(docker) ? docker : [];
  const none: Value = { kind: 'absent', value: '', at: given.at };
  const members = new Map(found?.members ?? []);
  for (const name of ['linuxFxVersion', 'windowsFxVersion', 'netFrameworkVersion', 'javaVersion', 'powerShellVersion'])
    config.put(['properties', name], members.get(name) ?? (image && name === 'linuxFxVersion' ? imageOf(image) : none));
  config.put(['properties', 'azureStorageAccounts'], { kind: 'absent', value: null, at: given.at });
}

/** Azure's words for the sign-in of Flex Consumption to its deployment storage. */
export function flexStorage(given: Arguments, site: Body): void {
  const type = given.value('storage_authentication_type');
  if (type?.kind === 'scalar')
    site.put(['properties', 'functionAppConfig', 'deployment', 'storage', 'authentication', 'type'], {
      kind: 'scalar',
      value: String(type.value).toLowerCase(),
      at: type.at,
    });
}

/** Returns the app settings: those in the code, and those that the provider derives from other arguments. */
export function settingsOf(given: Arguments, type: string): MapValue {
  const written = given.orAbsent('app_settings', {});
  const members = new Map<string, Value>();
  const flex = type.includes('flex');
  const prefix = flex ? 'function_app_storage' : 'storage';
  const account = given.value(flex ? 'function_app_storage_account_name' : 'storage_account_name');
  const byIdentity = given.value(`${prefix}_uses_managed_identity`);
  const secretId = given.value(`${prefix}_key_vault_secret_id`);
  const connection = (value: Value): Value =>
    value.kind === 'scalar'
      ? scalar(
          `DefaultEndpointsProtocol=https;AccountName=${String(value.value)};AccountKey=${MADE_BY_AZURE};EndpointSuffix=core.windows.net`,
          value.at,
        )
      : value;
  if (secretId)
    members.set(
      'AzureWebJobsStorage',
      secretId.kind === 'scalar' ? scalar(`@Microsoft.KeyVault(SecretUri=${String(secretId.value)})`, secretId.at) : secretId,
    );
  else if (byIdentity?.kind === 'unresolved')
    for (const name of ['AzureWebJobsStorage', 'AzureWebJobsStorage__accountName']) members.set(name, byIdentity);
  else if (account) {
    const isByIdentity = byIdentity?.kind === 'scalar' && byIdentity.value === true;
    members.set(isByIdentity ? 'AzureWebJobsStorage__accountName' : 'AzureWebJobsStorage', isByIdentity ? account : connection(account));
  } else if (flex) {
    const endpoint = textOf(given.value('storage_container_endpoint'));
    const name = /^https:\/\/([a-z0-9]+)\.blob\./.exec(endpoint ?? '')?.[1];
    const how = textOf(given.value('storage_authentication_type'));
    const at = given.value('storage_container_endpoint')?.at ?? given.at;
    const value = name === undefined || how === undefined ? unresolved('the deployment storage is not resolved', at) : scalar(name, at);
    if (how === 'StorageAccountConnectionString' || how === undefined) members.set('AzureWebJobsStorage', connection(value));
    if (how !== 'StorageAccountConnectionString') members.set('AzureWebJobsStorage__accountName', value);
  }
  if (!flex) {
    members.set('FUNCTIONS_EXTENSION_VERSION', given.value('functions_extension_version') ?? scalar('~4', given.at));
    const worker = stackOf(given, type)?.worker;
    if (worker) members.set('FUNCTIONS_WORKER_RUNTIME', worker);
  }
  const node = type.includes('windows') ? given.value('site_config.application_stack.node_version') : undefined;
  if (node) members.set('WEBSITE_NODE_DEFAULT_VERSION', node);
  for (const [name, argument] of [
    ['APPLICATIONINSIGHTS_CONNECTION_STRING', 'site_config.application_insights_connection_string'],
    ['APPINSIGHTS_INSTRUMENTATIONKEY', 'site_config.application_insights_key'],
  ] as const) {
    const value = given.value(argument);
    if (value) members.set(name, value);
  }
  if (written.kind === 'map') {
    for (const [name, value] of written.members) members.set(name, asText(value));
    return mapOf(members, written.at, {
      ...(written.open === undefined ? {} : { open: written.open }),
      ...(written.insert ? { insert: written.insert } : {}),
    });
  }
  if (written.kind === 'absent') return mapOf(members, written.at, written.insert ? { insert: written.insert } : {});
  return mapOf(members, written.at, { open: whyUnresolved(written) ?? 'app_settings is not a map' });
}

/** Converts a setting to a text: numbers and booleans in code become texts. */
const asText = (value: Value): Value =>
  value.kind === 'scalar' && value.value !== null ? { ...value, value: String(value.value) } : value;

export function connectionStrings(given: Arguments, body: Body): void {
  const blocks = given.blocks('connection_string');
  if ('why' in blocks) {
    body.put(['properties'], mapOf([], blocks.at, { open: blocks.why }));
    return;
  }
  const names = blocks.map((block) => textOf(block.value('name')));
  const open = names.includes(undefined) ? { open: 'the name of a connection string is not resolved' } : {};
  body.put(
    ['properties'],
    mapOf(
      blocks.flatMap((block, index): [string, Value][] => {
        const name = names[index];
        const value = block.value('value') ?? unresolved('a connection string without a value', block.at);
        return name === undefined
          ? []
          : [
              [
                name,
                mapOf(
                  [
                    ['value', value],
                    ['type', block.value('type') ?? scalar('Custom', block.at)],
                  ],
                  block.at,
                ),
              ],
            ];
      }),
      given.at,
      open,
    ),
  );
}

export function signIn(given: Arguments, auth: Body, config: Body): void {
  const [old, present] = [given.blocks('auth_settings'), given.blocks('auth_settings_v2')];
  const isOff = Array.isArray(old) && old.length === 0;
  config.put(
    ['properties', 'siteAuthEnabled'],
    isOff ? { kind: 'absent', value: false, at: given.at } : unresolved('auth_settings are of version 1', given.at),
  );
  if ('why' in present) auth.put(['properties'], mapOf([], present.at, { open: present.why }));
  else if (present.length === 0) auth.put(['properties'], mapOf([], given.at));
  else {
    const of = (name: string) => given.value(`auth_settings_v2.${name}`);
    const at = present[0]?.at ?? given.at;
    auth
      .put(['properties', 'platform', 'enabled'], of('auth_enabled') ?? { kind: 'absent', value: false, at })
      .put(['properties', 'platform', 'configFilePath'], of('config_file_path') ?? { kind: 'absent', value: null, at })
      .put(['properties', 'configFilePath'], { kind: 'absent', value: null, at })
      .put(['properties', 'globalValidation', 'excludedPaths'], of('excluded_paths') ?? { kind: 'absent', value: [], at })
      .put(['properties', 'globalValidation', 'requireAuthentication'], of('require_authentication'))
      .put(['properties', 'globalValidation', 'unauthenticatedClientAction'], of('unauthenticated_action'))
      .put(['properties', 'login', 'tokenStore', 'enabled'], of('login.token_store_enabled') ?? { kind: 'absent', value: false, at })
      .put(['properties', 'identityProviders'], unresolved('identity providers are not read from code', at));
  }
}
