/** What the fidelity test does not ask: each by name, with the reason. An entry that nothing needs fails the test. */
import { pathOf, placeFor } from './places.ts';
import { isLost } from './sent.ts';
import { labelOf } from '../recorded.ts';
import { operationOf, OPERATION } from './replay.ts';
import type { Json } from '../../../src/emulator/state.ts';
import type { ResourceKey } from '../../../src/azure/index.ts';
import type { Recorded } from '../recorded.ts';
import type { Prepare } from './replay.ts';

const FAILS = 'the service fails, or has no room; the emulator fails where it is told to (--faults)';
const UNKNOWN_WRITE = 'asks after the end of a write that is not recorded';

/** Recorded exchanges at places of the emulator that are not replayed, by their kind. */
export function leftOutBecause(all: readonly Recorded[], recorded: Recorded): string | undefined {
  const { status, method, requestBody, responseBody, responseHeaders } = recorded;
  const own = LEFT_OUT[labelOf(recorded)];
  if (own) return own;
  if (status === 401 || status === 429 || status >= 500) return FAILS;
  if (status === 404 && method === 'GET' && !('x-ms-failure-cause' in responseHeaders) && !/\/Microsoft\.Web\//i.test(pathOf(recorded)))
    return 'was just taken away; for a moment the provider says so, then Azure Resource Manager itself';
  if (requestBody !== null && JSON.stringify(requestBody).includes('"cloningInfo"')) return 'copies an app; the tool never does';
  if (JSON.stringify(requestBody)?.includes('"createMode":"recover"')) return 'takes back a deleted vault; a deleted vault is gone here';
  if (JSON.stringify(responseBody)?.includes('StorageDomainNameCouldNotVerify'))
    return 'a name of its own for an account; the tool sets none';
  if (/\/diagnosticSettingsCategories$/i.test(pathOf(recorded)) && !/\/Microsoft\.Web\//i.test(pathOf(recorded)))
    return 'categories of another service; those of apps are known here';
  if (requestBody !== null && JSON.stringify(requestBody).includes('"marketplacePartnerId"'))
    return 'a marketplace partner as a sink; the tool sends to workspaces';
  if (status === 400 && JSON.stringify(responseBody).includes('LocationNotAvailableForResourceType'))
    return 'a region that does not have the type; which regions have it is not known here';
  if (status >= 400 && isLost(recorded)) return 'refuses a body that nobody kept';
  if (OPERATION.test(pathOf(recorded))) {
    const begun = operationOf(all, recorded);
    if (!begun) return UNKNOWN_WRITE;
    if (!placeFor(begun.write)) return 'asks after the end of a write that the tool never sends';
    if (JSON.stringify(begun.write.requestBody).includes('"cloningInfo"')) return 'asks after the copy of an app; the tool makes none';
    if (begun.write.requestBody === null) return 'asks after the end of a write whose body nobody kept';
  }
  const { data, properties } = (responseBody ?? {}) as { data?: unknown; properties?: { provisioningState?: string } };
  if (data !== undefined)
    return requestBody === null ? 'the recorder keeps no query' : 'asks for resources of types that are not held here';
  if (method === 'GET' && properties?.provisioningState === 'Deleting')
    return 'asks in the middle of a deletion; here one look sees it done';
  return undefined;
}
/** Single exchanges, by file and position. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  '40[0]': 'a plan over zones in a region that has none; which regions have some is not known here',
};

/** Places that other recordings may have, and these two sets have not. */
export const NOT_SEEN = ['connectionstrings/list', 'connectionstrings', 'DNS zone group'];

/** State that exists before an exchange and that no other exchange shows. */
export const PREPARED: Readonly<Record<string, Prepare>> = {
  // The same role for the same principal, with a different file name.
  '40[9]': (state, { url, requestBody }: Recorded) => {
    const id = new URL(url).pathname.replace(/[^/]+$/, '88888888-0000-0000-0000-000000000001');
    state.resources[id.toLowerCase()] = { id, ...(requestBody as Record<string, Json>) };
  },
};

/** S Microsoft's SDK and schemas · D its documentation · A assumed (BEHAVIOUR.md). */
type Source = 'S' | 'D' | 'A';

/** Requests of func-harden without a recording: the source of the emulator's answer. */
export const NOT_RECORDED: Readonly<Record<string, readonly [Source, string]>> = {
  'connectionStrings POST': ['S', 'as appsettings/list, with a value and a type each'],
  'references GET': ['S', 'ApiKVReferenceCollection'],
  'referenceRefresh POST': ['D', 'answers with the references as they are then'],
  'publishingPolicies GET': ['S', 'CsmPublishingCredentialsPoliciesCollection; one of the two is recorded'],
  'scmPolicy PUT': ['S', 'CsmPublishingCredentialsPoliciesEntity'],
  'ftpPolicy PUT': ['S', 'CsmPublishingCredentialsPoliciesEntity'],
  'deployments GET': ['S', 'DeploymentCollection'],
  'publishingPassword POST': ['S', '204 without a body'],
  'policyAssignments GET': ['S', 'PolicyAssignmentListResult'],
  'permissions GET': ['S', 'PermissionGetResult'],
  'denyAssignments GET': ['S', 'DenyAssignmentListResult'],
  'groupDeployments GET': ['S', 'DeploymentListResult'],
  'resourceChanges GET': ['D', 'rows of resourcechanges, governance/resource-graph/changes/get-resource-changes'],
  'policyEffects GET': ['S', 'PolicyAssignmentListResult and PolicyDefinition'],
  'roleDefinitions GET': ['S', 'RoleDefinition; a list of them is recorded'],
  'identityDefinitions GET': ['S', 'RoleDefinition; a list of them is recorded'],
  'identityRoles DELETE': ['D', '200 with the assignment, 204 where there is none'],
  'roleAssignments DELETE': ['D', '200 with the assignment, 204 where there is none'],
  'components DELETE': ['S', '200 or 204'],
  'privateEndpoints DELETE': ['S', '202 and a long operation'],
  'dnsZoneGroups GET': ['S', 'PrivateDnsZoneGroup'],
  'dnsZoneGroups PUT': ['S', 'PrivateDnsZoneGroup; the service would answer 201 and go on for a moment'],
  'dnsZoneGroups DELETE': ['S', '202 and a long operation'],
  'privateDnsZones GET': ['S', 'PrivateZone'],
  'virtualNetworks GET': ['S', 'VirtualNetwork; a subnet alone is recorded'],
  'vnetConnection GET': ['S', 'SwiftVirtualNetwork'],
  'vnetConnection PUT': ['S', 'SwiftVirtualNetwork'],
  'vaults PATCH': ['S', 'answers as PUT does, which is recorded'],
  'blobServices PUT': ['S', 'BlobServiceProperties'],
  'fileServices PUT': ['S', 'FileServiceProperties'],
  'neighbours GET': ['S', 'made of the sites and their settings, whose answers are recorded'],
  'createdApps GET': ['D', 'list of a resource group, with createdTime'],
  'storageKeys GET': ['S', 'StorageAccountListKeysResult'],
} satisfies Partial<Record<`${ResourceKey} ${string}`, readonly [Source, string]>>;
