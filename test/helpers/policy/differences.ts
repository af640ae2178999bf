/**
 * Differences between verdicts of Azure Policy and of the controls, with reasons: one row per kind. A row that no longer occurs fails
 * the test, and so does a difference without a row.
 */
import type { ControlState, State } from '../../../src/engine/judge/assess.ts';
import type { Peer } from './definitions.ts';
import type { PolicyVerdict } from './evaluate.ts';
import type { Case } from './grid.ts';

export interface Disagreement {
  readonly peer: Peer;
  readonly policy: PolicyVerdict;
  readonly mine: ControlState;
  readonly one: Case;
}

export interface Difference {
  readonly control: string | readonly string[];
  /** First digits of the definition, where several ask for the same control. */
  readonly definition?: string;
  /** The verdict of Azure Policy; any verdict if left out. */
  readonly policy?: 'pass' | 'fail';
  readonly ours: State | readonly State[];
  readonly where: (one: Case) => boolean;
  readonly because: string;
  /** A page below learn.microsoft.com/azure, or a thread of Azure/azure-policy. */
  readonly source: string;
}

export const explains = (
  { control, definition = '', policy, ours, where }: Difference,
  { peer, mine, one, ...by }: Disagreement,
): boolean =>
  [control].flat().includes(peer.control) &&
  peer.name.startsWith(definition) &&
  (policy ?? by.policy) === by.policy &&
  [ours].flat().includes(mine.state) &&
  where(one);

export const lower = (value: unknown): string => (typeof value === 'string' ? value.toLowerCase() : '');
const unset = (value: unknown): boolean => value === null || value === undefined;

const onConsumption = ({ site }: Case): boolean => site.properties['sku'] === 'Dynamic' && !onContainerApps({ site });
const onFlex = ({ site }: Case): boolean => site.properties['sku'] === 'FlexConsumption';
const onLinuxConsumption = (one: Case): boolean => onConsumption(one) && (one.hosting.linux || /linux/i.test(one.site.kind));
const inAse = ({ hosting }: Case): boolean => hosting.ase === true;
const onContainerApps = ({ site }: Pick<Case, 'site'>): boolean => /azurecontainerapps/i.test(site.kind);
const onWindows = (one: Case): boolean => !one.hosting.linux && !onContainerApps(one);
const inNoNetwork = ({ site }: Case): boolean => !site.properties['virtualNetworkSubnetId'];
export const allRouted = ({ site }: Case): boolean => routes(site.properties['outboundVnetRouting'])['allTraffic'] === true;
export const routes = (routing: unknown): Record<string, unknown> => (routing ?? {}) as Record<string, unknown>;
export const origins = ({ config }: Case): readonly string[] =>
  (config.properties['cors'] as { allowedOrigins?: readonly string[] | null } | null | undefined)?.allowedOrigins ?? [];
export const firewall = (properties: Case['account']['properties']): string =>
  lower((properties['networkAcls'] as { defaultAction?: string } | null | undefined)?.defaultAction);
export const access = (properties: Case['account']['properties']): string => lower(properties['publicNetworkAccess']);
export const mode = ({ site }: Case): string => lower(site.properties['clientCertMode']);
export const certificatesOn = ({ site }: Case): boolean => site.properties['clientCertEnabled'] === true;
export const sinceDefaults = ({ account }: Case): boolean => String(account.properties['creationTime']) >= '2023-12-15';
const inPerimeter = (properties: Case['account']['properties']): boolean =>
  lower(properties['publicNetworkAccess']) === 'securedbyperimeter';

/** Azure Policy judges a property on every hosting; on these hostings it has no effect. */
const HOSTINGS: readonly Difference[] = [
  {
    control: 'https.end-to-end',
    ours: 'not-applicable',
    where: (one) => onConsumption(one) || onFlex(one) || one.site.properties['sku'] === 'Basic',
    because: 'End-to-end encryption exists on Standard and Premium plans; the definition asks every plan for it.',
    source: 'app-service/overview-tls',
  },
  {
    control: ['isolation.vnet', 'isolation.route-all', 'isolation.content-routing', 'private-access.endpoint'],
    ours: 'not-applicable',
    where: (one) => onConsumption(one) || onContainerApps(one),
    because: 'A Consumption app joins no virtual network and has no private endpoint; Container Apps joins by its environment.',
    source: 'azure-functions/functions-networking-options',
  },
  {
    control: ['isolation.vnet', 'isolation.route-all', 'isolation.content-routing', 'private-access.endpoint'],
    ours: 'not-applicable',
    where: inAse,
    because: 'An App Service Environment is in a network of its own, and so are its apps.',
    source: 'app-service/environment/networking',
  },
  {
    control: ['isolation.route-all', 'isolation.content-routing'],
    ours: 'not-applicable',
    where: onFlex,
    because: 'Flex Consumption sends all traffic through the network, and has no content share.',
    source: 'azure-functions/flex-consumption-plan',
  },
  {
    control: 'private-access.public-network',
    policy: 'fail',
    ours: 'not-applicable',
    where: onConsumption,
    because: 'A Consumption app can have no private endpoint; with public access off nobody could reach it.',
    source: 'azure-functions/functions-networking-options',
  },
  {
    control: ['key-vault.firewall', 'storage.network'],
    ours: 'not-applicable',
    where: (one) => one.site.properties['sku'] === 'Dynamic',
    because: 'A Consumption app has no network from which it would get through a closed firewall.',
    source: 'azure-functions/functions-networking-options',
  },
  {
    control: 'remote-debugging.ssh',
    ours: 'not-applicable',
    where: (one) => onWindows(one) || onFlex(one) || onLinuxConsumption(one) || onContainerApps(one),
    because: 'SSH leads into a Linux container of App Service; the definition asks every app for it.',
    source: 'app-service/configure-linux-open-ssh-session',
  },
  {
    control: 'remote-debugging.off',
    ours: 'not-applicable',
    where: (one) => (onFlex(one) || onLinuxConsumption(one)) && one.config.properties['remoteDebuggingEnabled'] !== true,
    because: 'Flex Consumption and Linux Consumption have no remote debugging.',
    source: 'azure-functions/functions-scale',
  },
  {
    control: 'ftp.state',
    ours: 'not-applicable',
    where: onFlex,
    because: 'Flex Consumption has no FTP, and Azure Resource Manager refuses the property.',
    source: 'azure-functions/flex-consumption-plan',
  },
  {
    control: ['deployment-credentials.scm', 'deployment-credentials.ftp'],
    ours: 'not-applicable',
    where: onContainerApps,
    because: 'Container Apps has no SCM site and no FTP.',
    source: 'azure-functions/functions-container-apps-hosting',
  },
  {
    control: 'storage.shared-key',
    ours: 'not-applicable',
    where: ({ hosting }) => hosting.share === true,
    because: 'The content share of Consumption and Elastic Premium is mounted with a key of the account.',
    source: 'azure-functions/storage-considerations',
  },
];

/** The definition requires less than the guidance. */
const STRICTER: readonly Difference[] = [
  {
    control: 'ftp.state',
    policy: 'pass',
    ours: 'fail',
    where: ({ config }) => lower(config.properties['ftpsState']) === 'ftpsonly',
    because: 'Without an answer FTP has to be off; FtpsOnly passes where it was answered.',
    source: 'azure-functions/security-concepts',
  },
  {
    control: 'https.client-cert',
    policy: 'pass',
    ours: 'fail',
    where: (one) => certificatesOn(one) && mode(one).startsWith('optional'),
    because: 'With an optional certificate a caller without one gets through; the definition looks at the switch alone.',
    source: 'app-service/app-service-web-configure-tls-mutual-auth',
  },
  {
    control: 'https.client-cert',
    policy: 'pass',
    ours: 'fail',
    where: (one) => !certificatesOn(one) && one.config.properties['http20Enabled'] === true,
    because: 'The definition leaves apps with HTTP/2 alone; they ask for no certificate all the same.',
    source: 'app-service/app-service-web-configure-tls-mutual-auth',
  },
  {
    control: 'cors.origins',
    policy: 'pass',
    ours: 'fail',
    where: (one) => origins(one).some((origin) => /^http:|\*\.|^null$/.test(origin)) && !origins(one).includes('*'),
    because: 'Origins over http, with a wildcard in the host, or null admit more than one known site; the definition looks for * alone.',
    source: 'azure-functions/security-concepts',
  },
  {
    control: 'isolation.vnet',
    policy: 'pass',
    ours: 'fail',
    where: ({ site }) => unset(site.properties['virtualNetworkSubnetId']),
    because: 'The definition compares the subnet with an empty text, which a missing one is not.',
    source: 'https://github.com/Azure/azure-policy/issues/1541',
  },
  {
    control: 'isolation.route-all',
    policy: 'pass',
    ours: 'fail',
    where: inNoNetwork,
    because: 'Without a subnet nothing is routed through it, whatever the switch says.',
    source: 'app-service/overview-vnet-integration',
  },
  {
    control: 'isolation.content-routing',
    policy: 'pass',
    ours: 'fail',
    where: inNoNetwork,
    because: 'Without a subnet content, image and backup are not routed through it.',
    source: 'app-service/overview-vnet-integration',
  },
  {
    control: 'authentication.required',
    policy: 'pass',
    ours: 'fail',
    where: ({ auth }) => unset(auth.properties['identityProviders']) && !('configFilePath' in (auth.properties['platform'] as object)),
    because: 'On without a provider nobody can sign in; the definition looks at the switch alone.',
    source: 'app-service/overview-authentication-authorization',
  },
  {
    control: 'authentication.required',
    policy: 'pass',
    ours: 'fail',
    where: ({ auth }) => /AllowAnonymous/.test(JSON.stringify(auth.properties['globalValidation'] ?? '')),
    because: 'Requests without a sign-in go through.',
    source: 'app-service/overview-authentication-authorization',
  },
  {
    control: 'authentication.required',
    policy: 'pass',
    ours: 'unknown',
    where: ({ auth }) => 'configFilePath' in (auth.properties['platform'] as object),
    because: 'A file in the app decides about the sign-in, and ARM does not show it.',
    source: 'app-service/configure-authentication-file-based',
  },
];

/** The definition judges a member that ARM left out. */
const UNTOLD: readonly Difference[] = [
  {
    control: 'https.end-to-end',
    policy: 'fail',
    ours: 'unknown',
    where: ({ site }) => unset(site.properties['sku']),
    because: 'Without the tier of the plan nobody knows whether it has end-to-end encryption; the definition asks every plan for it.',
    source: 'app-service/overview-tls',
  },
];

/** The definition fails a good value: a default, a newer value, another way to the same goal. */
const MILDER: readonly Difference[] = [
  {
    control: 'remote-debugging.off',
    policy: 'fail',
    ours: 'pass',
    where: ({ config }) => unset(config.properties['remoteDebuggingEnabled']),
    because: 'Remote debugging that was never switched on is off.',
    source: 'azure-functions/security-concepts',
  },
  {
    control: 'private-access.public-network',
    policy: 'fail',
    ours: 'pass',
    where: ({ site }) => !site.properties['publicNetworkAccess'],
    because: 'Public access that was never set is off once a private endpoint is approved.',
    source: 'app-service/overview-private-endpoint',
  },
  {
    control: 'key-vault.soft-delete',
    policy: 'fail',
    ours: 'pass',
    where: ({ vault }) => unset(vault.properties['enableSoftDelete']),
    because: 'Soft delete is on where it was not set, and can no longer be switched off.',
    source: 'key-vault/general/soft-delete-change',
  },
  {
    control: 'key-vault.purge-protection',
    policy: 'fail',
    ours: 'pass',
    where: ({ vault }) => vault.properties['enableSoftDelete'] === false && vault.properties['enablePurgeProtection'] === true,
    because: 'The definition asks for soft delete too; ours has a control of its own for that.',
    source: 'key-vault/general/soft-delete-overview',
  },
  {
    control: 'key-vault.firewall',
    definition: '405c5871',
    policy: 'fail',
    ours: 'pass',
    where: ({ vault }) => firewall(vault.properties) === 'deny',
    because: 'A firewall that admits named networks closes the vault for the internet; this definition wants public access off.',
    source: 'key-vault/general/network-security',
  },
  {
    control: 'storage.min-tls',
    policy: 'fail',
    ours: 'pass',
    where: ({ account }) => account.properties['minimumTlsVersion'] === 'TLS1_3',
    because: 'TLS 1.3 is more than was asked for; the definition wants exactly the version of its parameter.',
    source: 'storage/common/transport-layer-security-configure-minimum-version',
  },
  {
    control: 'storage.network',
    definition: '34c877ad',
    policy: 'fail',
    ours: 'pass',
    where: ({ account }) => access(account.properties) === 'disabled',
    because: 'With public access off no firewall rule counts; this definition looks at the firewall alone.',
    source: 'storage/common/storage-network-security',
  },
  {
    control: 'storage.network',
    definition: '2a1a9cdf',
    policy: 'fail',
    ours: 'pass',
    where: ({ account }) => access(account.properties) === 'disabled' || firewall(account.properties) === 'deny',
    because: 'A known address is let in by answer; this definition wants subnets only, and looks at the firewall alone.',
    source: 'storage/common/storage-network-security',
  },
  {
    control: 'storage.network',
    definition: 'b2982f36',
    policy: 'fail',
    ours: 'pass',
    where: ({ account }) => firewall(account.properties) === 'deny',
    because: 'A firewall that admits named networks closes the account for the internet; this definition wants public access off.',
    source: 'storage/common/storage-network-security',
  },
  {
    control: ['storage.network', 'key-vault.firewall'],
    policy: 'fail',
    ours: ['pass', 'unknown'],
    where: ({ account, vault }) => inPerimeter(account.properties) || inPerimeter(vault.properties),
    because: 'A network security perimeter decides who gets through, and its rules are kept elsewhere.',
    source: 'private-link/network-security-perimeter-concepts',
  },
  {
    control: 'storage.secure-transfer',
    policy: 'pass',
    ours: 'unknown',
    where: ({ account }) => unset(account.properties['supportsHttpsTrafficOnly']),
    because: 'What was not set stands for a default that depends on the API version by which the account was made.',
    source: 'storage/common/storage-require-secure-transfer',
  },
  {
    control: ['storage.anonymous-blobs', 'storage.cross-tenant'],
    policy: 'fail',
    ours: 'pass',
    where: sinceDefaults,
    because: 'Both are off where they were not set, in accounts made since December 2023.',
    source: 'storage/blobs/object-replication-prevent-cross-tenant-policies',
  },
];

export const DIFFERENCES: readonly Difference[] = [...HOSTINGS, ...STRICTER, ...UNTOLD, ...MILDER];
