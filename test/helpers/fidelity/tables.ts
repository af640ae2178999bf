/**
 * What the fidelity test lets pass, and what it does not ask: each by name, with the reason. An entry that nothing needs fails
 * the test. `src/emulator/BEHAVIOUR.md` has the tolerated differences once more, for those who read about the emulator.
 */
import type { Json } from '../../../src/emulator/state.ts';
import type { ResourceKey } from '../../../src/azure/index.ts';
import type { Recorded } from '../recorded.ts';
import type { Prepare } from './replay.ts';

export interface Tolerated {
  readonly name: string;
  readonly reason: string;
  /** Only of recordings with another api-version than the tool speaks. */
  readonly olderVersion?: true;
  /** Each has to fit some difference: `place: difference`. */
  readonly fits: readonly RegExp[];
}

const SITE_BEFORE = /^site: missing properties\.vnet(RouteAll|ImagePull|ContentShare|BackupRestore)Enabled$/;

export const TOLERATED: readonly Tolerated[] = [
  {
    name: 'Older versions of a site',
    reason:
      'the routing of a site had other members, and `publicNetworkAccess` was null, up to 2023-12-01; the tool speaks 2024-11-01 only',
    olderVersion: true,
    fits: [
      SITE_BEFORE,
      /^site: more properties\.outboundVnetRouting$/,
      /^site: type of properties\.publicNetworkAccess: null, here string$/,
    ],
  },
  {
    name: 'Older versions of config/web',
    reason: 'members that came later, and values that were told then, up to 2022-03-01; the tool speaks 2024-11-01 only',
    olderVersion: true,
    fits: [
      /^config\/web: more properties\.(?!ip|scmIp|cors)/,
      /^config\/web: more properties\.(scmI|i)pSecurityRestrictionsDefaultAction$/,
      /^config\/web: type of properties\.(appSettings|connectionStrings): null, here list$/,
      /^config\/web: value of properties\.(remoteDebuggingVersion|minimumElasticInstanceCount|scmIpSecurityRestrictions\[\]\.priority): /,
    ],
  },
  {
    name: 'Older counts of the quota',
    reason: 'what is left of the whole tenant was told from 2024 on; the tool reads what is left of the subscription',
    fits: [/: header x-ms-ratelimit-remaining-subscription-global-(reads|writes|deletes): not there, here$/],
  },
  {
    name: 'Scale limit of a web app',
    reason: 'a web app tells it in `elasticWebAppScaleLimit`, a function app in `functionAppScaleLimit`; the tool works on function apps',
    fits: [/^(config\/web|site): type of properties\.(siteConfig\.)?(elasticWebApp|functionApp)ScaleLimit: /],
  },
  {
    name: '`publicNetworkAccess` written as Enabled',
    reason: 'it may come back as that or as null; both mean the same, and what is back at its default leaves no trace in the state',
    fits: [/^config\/web: type of properties\.publicNetworkAccess: string, here null$/],
  },
  {
    name: 'Log level of Dapr',
    reason: 'the service puts in a default on Container Apps; the tool neither reads nor writes it',
    fits: [/^operation of a site: type of properties\.daprConfig\.logLevel: /],
  },
  {
    name: 'Vault without a permission model',
    reason: 'a vault made by a version before 2026-02-01 leaves `enableRbacAuthorization` out; here it is always told',
    olderVersion: true,
    fits: [/^vault: more properties\.enableRbacAuthorization$/],
  },
  {
    name: 'Replication of an old account',
    reason: 'accounts of one recording leave `allowCrossTenantReplication` out; here it is always told, as in the others',
    fits: [/^storage account: more properties\.allowCrossTenantReplication$/],
  },
  {
    name: 'Extensions of a Defender plan',
    reason: 'the recorded plan is the one for virtual machines, whose sub-plan and extensions the service fills in; AppServices has none',
    fits: [/^Defender plan: (missing|more) properties\.(subPlan|extensions\[\]\.\w+)$/],
  },
];

const CREATES = 'makes an app or slot; the tool makes none';
const FAILS = 'the service fails; the emulator fails where it is told to (--faults)';

/** Recorded exchanges at places of the tool that are not replayed, by file and position. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  '01[0]': CREATES,
  '02[0]': CREATES,
  '03[0]': CREATES,
  '04[1]': CREATES,
  '06[0]': CREATES,
  '06[1]': 'asks after the end of a creation',
  '06[2]': 'asks after the end of a creation',
  '10[0]': CREATES,
  '25[1]': CREATES,
  '35[0]': CREATES,
  '40[1]': 'a marketplace partner as a sink; the tool sends to workspaces',
  '41[0]': FAILS,
  '41[2]': FAILS,
  '41[4]': FAILS,
  '41[5]': FAILS,
};

/** What stands before an exchange and shows in no other. */
export const PREPARED: Readonly<Record<string, Prepare>> = {
  // The same role for the same principal, under another name.
  '40[9]': (state, { url, requestBody }: Recorded) => {
    const id = new URL(url).pathname.replace(/[^/]+$/, '88888888-0000-0000-0000-000000000001');
    state.resources[id.toLowerCase()] = { id, ...(requestBody as Record<string, Json>) };
  },
};

/** S Microsoft's SDK and schemas · D its documentation · A assumed (BEHAVIOUR.md). */
type Source = 'S' | 'D' | 'A';

/** What the tool reads or writes and no recording shows: where the emulator's answer comes from instead. */
export const NOT_RECORDED: Readonly<Record<string, readonly [Source, string]>> = {
  'connectionStrings POST': ['S', 'as appsettings/list, with a value and a type each'],
  'references GET': ['S', 'ApiKVReferenceCollection'],
  'referenceRefresh POST': ['D', 'answers with the references as they are then'],
  'slots GET': ['S', 'WebAppCollection: each item as GET {site} has it, which is recorded'],
  'sites GET': ['S', 'WebAppCollection: each item as GET {site} has it, which is recorded'],
  'publishingPolicies GET': ['S', 'CsmPublishingCredentialsPoliciesCollection; one of the two is recorded'],
  'scmPolicy PUT': ['S', 'CsmPublishingCredentialsPoliciesEntity'],
  'ftpPolicy PUT': ['S', 'CsmPublishingCredentialsPoliciesEntity'],
  'functions GET': ['S', 'FunctionEnvelopeCollection'],
  'deployments GET': ['S', 'DeploymentCollection'],
  'sourceControl GET': ['S', 'SiteSourceControl; 404 where there is none is assumed'],
  'publishingPassword POST': ['S', '204 without a body'],
  'policyAssignments GET': ['S', 'PolicyAssignmentListResult'],
  'permissions GET': ['S', 'PermissionGetResult'],
  'denyPolicies GET': ['S', 'PolicyAssignmentListResult and PolicyDefinition'],
  'identityRoles DELETE': ['D', '200 with the assignment, 204 where there is none'],
  'roleAssignments DELETE': ['D', '200 with the assignment, 204 where there is none'],
  'components DELETE': ['S', '200 or 204'],
  'components GET': ['S', 'ApplicationInsightsComponent; the same body as PUT answers, which is recorded'],
  'defenderAssessments GET': ['D', 'SecurityAssessmentResponse'],
  'privateEndpoints DELETE': ['S', '202 and a long operation'],
  'dnsZoneGroups GET': ['S', 'PrivateDnsZoneGroup'],
  'dnsZoneGroups PUT': ['S', 'PrivateDnsZoneGroup; the service would answer 201 and go on for a moment'],
  'dnsZoneGroups DELETE': ['S', '202 and a long operation'],
  'privateDnsZones GET': ['S', 'PrivateZone'],
  'virtualNetworks GET': ['S', 'VirtualNetwork; a subnet alone is recorded'],
  'vnetConnection GET': ['S', 'SwiftVirtualNetwork'],
  'vnetConnection PUT': ['S', 'SwiftVirtualNetwork'],
  'vaults PATCH': ['S', 'answers as PUT does, which is recorded'],
  'blobServices GET': ['S', 'BlobServiceProperties'],
  'blobServices PUT': ['S', 'BlobServiceProperties'],
  'fileServices GET': ['S', 'FileServiceProperties'],
  'fileServices PUT': ['S', 'FileServiceProperties'],
  'neighbours GET': ['S', 'made of the sites and their settings, whose answers are recorded'],
  'storageKeys GET': ['S', 'StorageAccountListKeysResult'],
  'vaultSecrets GET': ['S', 'SecretListResult, SecretAttributes: exp in seconds since 1970'],
} satisfies Partial<Record<`${ResourceKey} ${string}`, readonly [Source, string]>>;
