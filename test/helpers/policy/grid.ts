/** Configurations to judge: each variant alone on every hosting, in production and on a slot, then seeded mixtures of them. */
import type { Body } from '../../../src/change/json-paths.ts';
import type { Json } from '../../../src/azure/index.ts';
import type { Resource } from './evaluate.ts';

const GROUP = '/subscriptions/0a000000-0000-4000-8000-000000000001/resourceGroups/rg';
const SUBNET = `${GROUP}/providers/Microsoft.Network/virtualNetworks/vnet/subnets/apps`;
const TENANT = '0a000000-0000-4000-8000-00000000000f';

export interface Hosting {
  readonly name: string;
  readonly kind: string;
  /** The plan's tier, as the site repeats it. */
  readonly sku: string;
  readonly linux: boolean;
  /** Whether its code is in a file share of the storage account. */
  readonly share?: true;
  readonly ase?: true;
  readonly slots: boolean;
}

const HOSTINGS: readonly Hosting[] = [
  { name: 'Consumption, Windows', kind: 'functionapp', sku: 'Dynamic', linux: false, share: true, slots: true },
  { name: 'Consumption, Linux', kind: 'functionapp,linux', sku: 'Dynamic', linux: true, slots: true },
  { name: 'Flex Consumption', kind: 'functionapp,linux', sku: 'FlexConsumption', linux: true, slots: false },
  { name: 'Elastic Premium, Windows', kind: 'functionapp', sku: 'ElasticPremium', linux: false, share: true, slots: true },
  { name: 'Elastic Premium, container', kind: 'functionapp,linux,container', sku: 'ElasticPremium', linux: true, slots: true },
  { name: 'Dedicated, Windows', kind: 'functionapp', sku: 'Standard', linux: false, slots: true },
  { name: 'Dedicated, Linux', kind: 'functionapp,linux', sku: 'PremiumV3', linux: true, slots: true },
  { name: 'Dedicated, Basic', kind: 'functionapp,linux', sku: 'Basic', linux: true, slots: true },
  { name: 'App Service Environment', kind: 'functionapp', sku: 'IsolatedV2', linux: false, ase: true, slots: true },
  { name: 'Container Apps', kind: 'functionapp,linux,container,azurecontainerapps', sku: 'Dynamic', linux: true, slots: false },
];

/** Members to set on an unchanged app; undefined removes a member. */
interface Overlay {
  readonly site?: Readonly<Record<string, Json | undefined>>;
  readonly config?: Readonly<Record<string, Json | undefined>>;
  readonly identity?: Json;
  readonly kind?: string;
  readonly auth?: Body;
  readonly publishing?: { readonly scm?: boolean; readonly ftp?: boolean };
  readonly account?: Readonly<Record<string, Json | undefined>>;
  readonly vault?: Readonly<Record<string, Json | undefined>>;
}
type Variant = readonly [label: string, overlay: Overlay];

/** One value of one member per variant. */
const values = (part: 'site' | 'config' | 'account' | 'vault', name: string, ...all: readonly (Json | undefined)[]): Variant[] =>
  all.map((value) => [`${name}=${value === undefined ? 'missing' : JSON.stringify(value)}`, { [part]: { [name]: value } }]);

const endpoint = (status: string): Json => [
  { id: `${GROUP}/c`, name: 'pe', properties: { privateLinkServiceConnectionState: { status } } },
];
const routing = (...on: readonly string[]): Json =>
  Object.fromEntries(
    ['all', 'application', 'contentShare', 'imagePull', 'backupRestore'].map((name) => [`${name}Traffic`, on.includes(name)]),
  );
const CONTENT = ['contentShare', 'imagePull', 'backupRestore'];
const certificates: Variant[] = [true, false, undefined].flatMap((enabled) =>
  ['Required', 'required', 'Optional', 'OptionalInteractiveUser', null, undefined].map((mode): Variant => [
    `client certificates ${String(enabled)}, ${mode ?? 'no mode'}`,
    { site: { clientCertEnabled: enabled, clientCertMode: mode } },
  ]),
);

const signIn = (label: string, settings: Body, platform: Body = { enabled: true }): Variant => [
  `sign-in ${label}`,
  { auth: { platform, ...settings }, config: { siteAuthEnabled: platform['enabled'] } },
];
const guarded = (identityProviders: Body): Body => ({ globalValidation: required, identityProviders });
const required = { requireAuthentication: true, unauthenticatedClientAction: 'Return401' };
const entra = {
  azureActiveDirectory: { enabled: true, registration: { clientId: TENANT, openIdIssuer: `https://sts.windows.net/${TENANT}/` } },
};
const okta = {
  enabled: true,
  registration: { clientId: 'a', openIdConnectConfiguration: { wellKnownOpenIdConfiguration: 'https://a.okta.com/' } },
};
const identityOf = (type: string | null, ...kinds: readonly ('system' | 'user')[]): Variant => [
  `identity ${String(type)}`,
  {
    identity: type && {
      type,
      ...(kinds.includes('system') ? { principalId: TENANT, tenantId: TENANT } : {}),
      ...(kinds.includes('user') ? { userAssignedIdentities: { [`${GROUP}/id`]: { principalId: TENANT, clientId: TENANT } } } : {}),
    },
    config: {
      ...(kinds.includes('system') ? { managedServiceIdentityId: 1 } : {}),
      ...(kinds.includes('user') ? { xManagedServiceIdentityId: 1 } : {}),
    },
  },
];

/** Variants by subject; a mixture has at most one of each. */
const APP: readonly (readonly Variant[])[] = [
  values('site', 'httpsOnly', true, false, null, undefined),
  values('config', 'minTlsVersion', '1.0', '1.1', '1.2', '1.3', null, undefined, ''),
  values('config', 'ftpsState', 'AllAllowed', 'FtpsOnly', 'Disabled', 'disabled', 'ftpsonly', null, undefined),
  values('config', 'http20Enabled', true, false, null, undefined),
  certificates,
  values('config', 'remoteDebuggingEnabled', true, false, null, undefined),
  values('site', 'sshEnabled', true, false, null, undefined),
  [
    ...values('site', 'endToEndEncryptionEnabled', true, false, null, undefined),
    // ARM leaves out the tier of some plans.
    ...[null, undefined].map((sku): Variant => [
      `end-to-end encryption off, sku=${String(sku)}`,
      { site: { endToEndEncryptionEnabled: false, sku } },
    ]),
  ],
  [
    ...values('config', 'cors', null, undefined, { supportCredentials: false }),
    ...[
      null,
      [],
      ['*'],
      ['https://portal.azure.com'],
      ['https://portal.azure.com', '*'],
      ['https://portal.azure.com', 'https://portal.azure.com'],
      ['https://*.contoso.com'],
      ['http://localhost:3000'],
      ['null'],
    ].flatMap((allowedOrigins) => values('config', 'cors', { allowedOrigins, supportCredentials: false })),
  ],
  [
    ...values('site', 'publicNetworkAccess', 'Enabled', 'Disabled', 'disabled', '', null, undefined),
    ...[null, 'Enabled', 'Disabled'].map((access): Variant => [
      `publicNetworkAccess=${String(access)} and an endpoint`,
      { site: { publicNetworkAccess: access, privateEndpointConnections: endpoint('Approved') } },
    ]),
  ],
  [
    ...values('site', 'privateEndpointConnections', [], null, undefined),
    ...['Approved', 'Pending', 'Rejected', 'Disconnected'].map((status): Variant => [
      `private endpoint ${status}`,
      { site: { privateEndpointConnections: endpoint(status) } },
    ]),
  ],
  [
    ...values('site', 'virtualNetworkSubnetId', SUBNET, '', null, undefined),
    ...[[], ['all'], ['application'], CONTENT, ['application', ...CONTENT], ['all', 'application', ...CONTENT], ['contentShare']].flatMap(
      (on) =>
        [SUBNET, null].map((subnet): Variant => [
          `routed ${on.join(', ') || 'nothing'}${subnet ? '' : ', without a subnet'}`,
          { site: { virtualNetworkSubnetId: subnet, outboundVnetRouting: routing(...on) } },
        ]),
    ),
    ['no routing', { site: { virtualNetworkSubnetId: SUBNET, outboundVnetRouting: null } }],
  ],
  [
    identityOf(null),
    identityOf('None'),
    identityOf('SystemAssigned', 'system'),
    identityOf('systemAssigned', 'system'),
    identityOf('UserAssigned', 'user'),
    identityOf('SystemAssigned, UserAssigned', 'system', 'user'),
    ['identity missing', { identity: undefined as unknown as Json }],
  ],
  [true, false].flatMap((scm) =>
    [true, false].map((ftp): Variant => [`scm ${String(scm)}, ftp ${String(ftp)}`, { publishing: { scm, ftp } }]),
  ),
  [
    signIn('never set', {}, { enabled: false }),
    signIn('off', guarded(entra), { enabled: false }),
    signIn('by Entra ID', guarded(entra)),
    signIn('that lets anonymous through', { ...guarded(entra), globalValidation: { unauthenticatedClientAction: 'AllowAnonymous' } }),
    signIn('required and anonymous', {
      ...guarded(entra),
      globalValidation: { ...required, unauthenticatedClientAction: 'AllowAnonymous' },
    }),
    signIn('without a provider', { globalValidation: required }),
    signIn('by GitHub', guarded({ gitHub: { enabled: true, registration: { clientId: 'a' } } })),
    signIn('by OpenID Connect', guarded({ customOpenIdConnectProviders: { okta } })),
    signIn('by a file', {}, { enabled: true, configFilePath: 'auth.json' }),
  ],
  [
    'FunctionApp',
    'functionapp,Linux',
    'functionapp,botapp',
    'functionapp,workflowapp',
    'FunctionApp,Linux,Container,AzureContainerApps',
  ].map((kind): Variant => [`kind=${kind}`, { kind }]),
];

const ACL = (action: string, ...addresses: readonly string[]): Json => ({
  bypass: 'AzureServices',
  defaultAction: action,
  ipRules: addresses.map((value) => ({ value, action: 'Allow' })),
  virtualNetworkRules: [],
});
const NETWORK = (part: 'account' | 'vault'): Variant[] => [
  ...values(part, 'networkAcls', ACL('Allow'), ACL('Deny'), ACL('deny'), ACL('Deny', '203.0.113.0/24'), null, undefined),
  ...values(part, 'publicNetworkAccess', 'Enabled', 'Disabled', 'disabled', 'SecuredByPerimeter', null, undefined),
  ['closed both ways', { [part]: { publicNetworkAccess: 'Disabled', networkAcls: ACL('Deny') } }],
];
const ACCOUNT: readonly (readonly Variant[])[] = [
  values('account', 'supportsHttpsTrafficOnly', true, false, null, undefined),
  values('account', 'minimumTlsVersion', 'TLS1_0', 'TLS1_1', 'TLS1_2', 'TLS1_3', null, undefined),
  ['2021-05-01T00:00:00Z', '2025-05-01T00:00:00Z'].flatMap((creationTime) =>
    ['allowBlobPublicAccess', 'allowCrossTenantReplication'].flatMap((name) =>
      [true, false, null, undefined].map((value): Variant => [
        `${name}=${String(value)} since ${creationTime.slice(0, 4)}`,
        { account: { creationTime, [name]: value } },
      ]),
    ),
  ),
  values('account', 'allowSharedKeyAccess', true, false, null, undefined),
  NETWORK('account'),
];
const VAULT: readonly (readonly Variant[])[] = [
  values('vault', 'enableSoftDelete', true, false, null, undefined),
  values('vault', 'enablePurgeProtection', true, false, null, undefined),
  values('vault', 'enableRbacAuthorization', true, false, null, undefined),
  NETWORK('vault'),
];

/** One configuration: an app, the storage account that it names and the vault that it refers to. */
export interface Case {
  readonly label: string;
  readonly hosting: Hosting;
  readonly slot: boolean;
  readonly id: string;
  readonly site: Body & { readonly kind: string; readonly properties: Body };
  readonly config: { readonly properties: Body };
  readonly settings: { readonly properties: Body };
  readonly auth: { readonly properties: Body };
  readonly publishing: { readonly scm: boolean; readonly ftp: boolean };
  readonly account: Body & { readonly properties: Body };
  readonly vault: Body & { readonly properties: Body };
}

const over = (base: Body, overlay: Overlay['site'] = {}): Body =>
  Object.fromEntries(Object.entries({ ...base, ...overlay }).filter((entry): entry is [string, Json] => entry[1] !== undefined));

function caseOf(hosting: Hosting, slot: boolean, chosen: readonly Variant[]): Case {
  const parts = chosen.map(([, overlay]) => overlay);
  const all = (part: 'site' | 'config' | 'account' | 'vault'): Overlay['site'] => Object.assign({}, ...parts.map((one) => one[part] ?? {}));
  const kind = parts.findLast((one) => one.kind !== undefined)?.kind ?? hosting.kind;
  const identity = parts.findLast((one) => 'identity' in one);
  const id = `${GROUP}/providers/Microsoft.Web/sites/fn${slot ? '/slots/staging' : ''}`;
  const properties = over(
    {
      sku: hosting.sku,
      reserved: hosting.linux,
      httpsOnly: false,
      clientCertEnabled: false,
      clientCertMode: 'Required',
      endToEndEncryptionEnabled: false,
      publicNetworkAccess: 'Enabled',
      privateEndpointConnections: [],
      virtualNetworkSubnetId: null,
      outboundVnetRouting: routing(),
      sshEnabled: null,
      hostingEnvironmentProfile: hosting.ase ? { id: `${GROUP}/providers/Microsoft.Web/hostingEnvironments/ase`, name: 'ase' } : null,
    },
    all('site'),
  );
  return {
    label: `${chosen.map(([label]) => label).join('; ')} on ${hosting.name}${slot ? ', a slot' : ''}`,
    hosting,
    slot,
    id,
    site: {
      id,
      name: slot ? 'fn/staging' : 'fn',
      kind,
      location: 'West Europe',
      ...(identity?.identity === undefined ? {} : { identity: identity.identity }),
      properties,
    },
    config: {
      properties: over(
        {
          minTlsVersion: '1.2',
          ftpsState: 'FtpsOnly',
          http20Enabled: false,
          remoteDebuggingEnabled: false,
          cors: null,
          siteAuthEnabled: false,
        },
        all('config'),
      ),
    },
    settings: {
      properties: {
        AzureWebJobsStorage__accountName: 'st',
        Payment: '@Microsoft.KeyVault(VaultName=kv;SecretName=payment)',
        ...(hosting.share
          ? { WEBSITE_CONTENTAZUREFILECONNECTIONSTRING: 'DefaultEndpointsProtocol=https;AccountName=st;AccountKey=a' }
          : {}),
      },
    },
    auth: { properties: parts.findLast((one) => one.auth)?.auth ?? {} },
    publishing: { scm: false, ftp: false, ...Object.assign({}, ...parts.map((one) => one.publishing ?? {})) } as Case['publishing'],
    account: {
      id: `${GROUP}/providers/Microsoft.Storage/storageAccounts/st`,
      name: 'st',
      properties: over(
        { supportsHttpsTrafficOnly: true, minimumTlsVersion: 'TLS1_2', allowBlobPublicAccess: false, creationTime: '2025-05-01T00:00:00Z' },
        all('account'),
      ),
    },
    vault: { id: `${GROUP}/providers/Microsoft.KeyVault/vaults/kv`, name: 'kv', properties: over({}, all('vault')) },
  };
}

/** Numbers from 0 up to 1, the same for the same seed (a linear congruential generator). */
function random(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32) / 2 ** 32;
}

export function* cases(mixtures: number, seed: number): Generator<Case> {
  for (const hosting of HOSTINGS)
    for (const slot of hosting.slots ? [false, true] : [false])
      for (const variant of [...APP, ...ACCOUNT, ...VAULT].flat()) yield caseOf(hosting, slot, [variant]);
  const next = random(seed);
  const pick = <T>(all: readonly T[]): T => all[Math.floor(next() * all.length)]!;
  for (let made = 0; made < mixtures; made++) {
    const hosting = pick(HOSTINGS);
    const chosen = [...APP, ...ACCOUNT, ...VAULT].filter(() => next() < 0.45).map(pick);
    yield caseOf(hosting, hosting.slots && next() < 0.3, chosen);
  }
}

/** Returns what Azure Policy sees of a configuration. */
export function resourcesOf({ id, slot, site, config, publishing, account, vault }: Case): Resource[] {
  const type = slot ? 'Microsoft.Web/sites/slots' : 'Microsoft.Web/sites';
  const endpoints = site.properties['privateEndpointConnections'];
  const children: Resource[] = [
    { type: `${type}/config`, name: 'web', properties: config.properties },
    ...(['scm', 'ftp'] as const).map((name) => ({
      type: `${type}/basicPublishingCredentialsPolicies`,
      name,
      properties: { allow: publishing[name] },
    })),
    ...(Array.isArray(endpoints) ? (endpoints as { name: string; properties: Body }[]) : []).map(({ name, properties }) => ({
      type: `${type}/privateEndpointConnections`,
      name,
      properties,
    })),
  ];
  return [
    { type, id, name: String(site['name']), kind: site.kind, properties: site.properties, children },
    { type: 'Microsoft.Storage/storageAccounts', name: 'st', id: String(account['id']), properties: account.properties },
    { type: 'Microsoft.KeyVault/vaults', name: 'kv', id: String(vault['id']), properties: vault.properties },
  ];
}
