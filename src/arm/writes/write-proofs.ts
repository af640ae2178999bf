/**
 * Evidence for each kind of write: a recording of Azure's response, only a schema of Microsoft, or neither. Sources are
 * test recordings of Microsoft's and other clients (repository, file, position of the exchange in it). A test looks them up.
 */
import type { Evidence } from '../../change/change.ts';
import type { ResourceKey } from '../../azure/index.ts';
import * as recorded from './proof-sources.ts';
import type { ProofSource } from './proof-sources.ts';
import * as seen from './proof-sources-elsewhere.ts';

export interface WriteKind {
  readonly key: ResourceKey;
  readonly method: 'PATCH' | 'PUT' | 'POST' | 'DELETE';
  /** The member of the body, or the path below the resource; missing where the resource is written as a whole. */
  readonly member?: string;
  readonly sources: readonly ProofSource[];
  /** The evidence if there is no recording. */
  readonly otherwise: Exclude<Evidence, 'recording'>;
  readonly note?: string;
}

const kind = (
  key: ResourceKey,
  method: WriteKind['method'],
  sources: readonly ProofSource[],
  more: Partial<WriteKind> = {},
): WriteKind => ({
  key,
  method,
  sources,
  otherwise: 'schema',
  ...more,
});
const members = (
  key: ResourceKey,
  method: WriteKind['method'],
  sources: readonly ProofSource[],
  ...names: readonly string[]
): WriteKind[] => names.map((member) => kind(key, method, sources, { member }));

export const WRITE_KINDS: readonly WriteKind[] = [
  ...members('site', 'PATCH', [recorded.canCRUDWebAppWithMsi36], 'identity'),
  ...members('site', 'PATCH', [recorded.canCRUDFunctionApp82, recorded.canCRUDSwapSlots63], 'httpsOnly', 'clientCertEnabled'),
  ...members('site', 'PATCH', [], 'clientCertMode', 'clientCertExclusionPaths'),
  ...members('site', 'PATCH', [recorded.canCRUDFunctionApp82, recorded.canCRUDSwapSlots63], 'clientAffinityEnabled'),
  ...members('site', 'PATCH', [], 'publicNetworkAccess', 'keyVaultReferenceIdentity'),
  ...members('site', 'PATCH', [recorded.canCRUDFunctionApp82, recorded.canCRUDSwapSlots63], 'dailyMemoryTimeQuota'),
  ...members('site', 'PATCH', [], 'endToEndEncryptionEnabled', 'sshEnabled', 'outboundVnetRouting', 'functionAppConfig'),
  kind('siteUnlisted', 'PUT', [], {
    member: 'functionsRuntimeAdminIsolationEnabled',
    otherwise: 'none',
    note: 'not in the published API schema; the whole site is sent as it was read, with only this property changed',
  }),
  ...members('siteConfig', 'PATCH', [recorded.functionappConfigSet33, recorded.webappCors20], 'minTlsVersion', 'scmMinTlsVersion'),
  ...members('siteConfig', 'PATCH', [seen.webappConfig11], 'minTlsCipherSuite'),
  ...members(
    'siteConfig',
    'PATCH',
    [recorded.functionappConfigSet33, recorded.webappCors20],
    'http20Enabled',
    'ftpsState',
    'remoteDebuggingEnabled',
    'webSocketsEnabled',
    'httpLoggingEnabled',
    'detailedErrorLoggingEnabled',
  ),
  ...members('siteConfig', 'PATCH', [recorded.functionappCors24, recorded.webappCors20], 'cors'),
  ...members('siteConfig', 'PATCH', [recorded.functionappAccessRestrictionAdd19, recorded.webappCors20], 'ipSecurityRestrictions'),
  ...members('siteConfig', 'PATCH', [recorded.functionappAccessRestrictionSetSimple20], 'ipSecurityRestrictionsDefaultAction'),
  ...members('siteConfig', 'PATCH', [recorded.functionappAccessRestrictionAdd19, recorded.webappCors20], 'scmIpSecurityRestrictions'),
  ...members('siteConfig', 'PATCH', [recorded.functionappAccessRestrictionSetSimple22], 'scmIpSecurityRestrictionsDefaultAction'),
  ...members(
    'siteConfig',
    'PATCH',
    [recorded.functionappConfigSet33, recorded.webappCors20],
    'scmIpSecurityRestrictionsUseMain',
    'acrUseManagedIdentityCreds',
  ),
  ...members('siteConfig', 'PATCH', [seen.webappLinuxAcrUseIdentity39], 'acrUserManagedIdentityID'),
  ...members('siteConfig', 'PATCH', [recorded.webappCors20], 'publicNetworkAccess'),
  kind('appSettings', 'PUT', [recorded.functionappConfigSet17, recorded.functionappSlotAppsettingUpdate40]),
  kind('authSettings', 'PUT', [recorded.authV2ClientsecretParamCombinations]),
  kind('stickyNames', 'PUT', [recorded.functionappSlotAppsettingUpdate42]),
  kind('scmPolicy', 'PUT', []),
  kind('ftpPolicy', 'PUT', []),
  kind('publishingPassword', 'POST', []),
  kind('referenceRefresh', 'POST', [], { otherwise: 'none', note: 'only described in the documentation' }),
  kind('accessKey', 'PUT', [recorded.functionappKeysList17, recorded.functionappKeysSetSlot23]),
  kind('vnetConnection', 'PUT', [seen.webappVnetDelegation22]),
  kind('vnetConnection', 'DELETE', [recorded.functionappVnetE2E62]),
  kind('vaults', 'PUT', [recorded.keyvaultMgmt2]),
  ...members('vaults', 'PUT', [recorded.updateAccessPolicy2], 'accessPolicies/add'),
  ...members('vaults', 'PUT', [], 'accessPolicies/remove', 'accessPolicies/replace'),
  ...members(
    'vaults',
    'PATCH',
    [],
    'accessPolicies',
    'enableRbacAuthorization',
    'enablePurgeProtection',
    'enableSoftDelete',
    'networkAcls',
  ),
  kind('vaultSecret', 'PUT', [recorded.secretCreateOrUpdateExistGetGetAll]),
  ...members('storageAccounts', 'PATCH', [seen.storageUpdateWithMinTls2], 'minimumTlsVersion'),
  ...members('storageAccounts', 'PATCH', [recorded.createStorageAccount13], 'supportsHttpsTrafficOnly'),
  ...members('storageAccounts', 'PATCH', [seen.storageUpdateWithPublicAccess2], 'allowBlobPublicAccess'),
  ...members('storageAccounts', 'PATCH', [seen.storageAccountWithSharedKeyAccess13], 'allowSharedKeyAccess'),
  ...members('storageAccounts', 'PATCH', [seen.storageAccountAllowCrossTenantReplication7], 'allowCrossTenantReplication'),
  ...members('storageAccounts', 'PATCH', [], 'defaultToOAuthAuthentication'),
  ...members('storageAccounts', 'PATCH', [recorded.createStorageAccount13], 'networkAcls'),
  ...members('storageAccounts', 'PATCH', [seen.storageAccountSftp6], 'isSftpEnabled'),
  kind('blobServices', 'PUT', [seen.storageAccountUpdateDeleteRetentionPolicy1]),
  kind('fileServices', 'PUT', [seen.storageAccountFileDeleteRetentionPolicy2]),
  kind('privateEndpoints', 'PUT', [recorded.privateEndpointConnectionWebapp17]),
  kind('privateEndpoints', 'DELETE', [seen.hsmPrivateEndpointConnection49]),
  kind('dnsZoneGroups', 'PUT', [seen.privateDnsZoneGroup28]),
  kind('dnsZoneGroups', 'DELETE', [seen.privateDnsZoneGroup42]),
  kind('diagnosticSettings', 'PUT', [recorded.monitorDiagnosticSettingsScenario11]),
  kind('diagnosticSettings', 'DELETE', [recorded.monitorDiagnosticSettingsScenario14]),
  kind('components', 'PUT', [recorded.acrCreateFunctionApp21]),
  kind('components', 'DELETE', [seen.insightsComponent22]),
  kind('sentinel', 'PUT', [recorded.sentinelOnboardingStateCrud5]),
  kind('sentinel', 'DELETE', [recorded.sentinelOnboardingStateCrud8]),
  kind('defenderPlan', 'PUT', [recorded.securityPricings1]),
  kind('roleAssignments', 'PUT', [recorded.ehCreateUpdate51]),
  kind('roleAssignments', 'DELETE', [seen.createForRbacPasswordWithAssignment11]),
];

/** Resource keys with two names for one resource. */
const SAME: Partial<Readonly<Record<ResourceKey, ResourceKey>>> = { siteIdentity: 'site', identityRoles: 'roleAssignments' };

/** Returns the kinds of writes of a request, by the members that it changes; empty where one of them is not listed. */
export function kindsOf(
  request: { readonly method: string; readonly path: string },
  key: ResourceKey,
  paths: readonly string[],
): readonly WriteKind[] {
  const own = WRITE_KINDS.filter((one) => one.key === (SAME[key] ?? key) && one.method === request.method);
  const below = /\/accessPolicies\/(?:add|remove|replace)$/i.exec(request.path)?.[0].slice(1);
  const wanted = below ? [below] : paths.map((path) => path.replace(/^properties\./, '').split(/[.[]/)[0] ?? '');
  const found = (wanted.length > 0 ? wanted : ['']).map(
    (member) => own.find((one) => one.member === (member || undefined)) ?? own.find((one) => one.member === undefined),
  );
  return found.every((one) => one !== undefined) ? [...new Set(found)] : [];
}

/** Returns the evidence for a kind of write, on an app or on a slot. */
export const evidenceFor = ({ sources, otherwise }: WriteKind, isSlot: boolean): Evidence =>
  sources.some(({ slot }) => !isSlot || slot === true) ? 'recording' : sources.length > 0 ? 'schema' : otherwise;

const RANKS: readonly Evidence[] = ['none', 'schema', 'recording'];

/** Returns the weakest evidence of the parts of a request. */
export function evidenceOf(
  request: { readonly method: string; readonly path: string },
  key: ResourceKey,
  paths: readonly string[],
): Evidence {
  const isSlot = /\/sites\/[^/]+\/slots\//i.test(request.path);
  const kinds = kindsOf(request, key, paths).map((one) => evidenceFor(one, isSlot));
  return RANKS.find((rank) => kinds.includes(rank)) ?? 'none';
}
