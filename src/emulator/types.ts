/** Differences between resource types (BEHAVIOUR.md, "Other providers"). */
import { idOf, nameOf, propertiesOf } from './parts.ts';
import { gatewayError, type EmulatedResponse } from './answers.ts';
import { guidOf } from './guid.ts';
import { isObject, keyOf, type Json, type JsonObject, type State } from './state.ts';
import { logCategoriesOf } from './web/defaults.ts';
import * as fronts from './shapes-network.ts';
import * as shapes from './shapes.ts';
import { connectionsTo, connectionsToVault } from './web/networks.ts';
import { denyAssignmentsFor } from './access/code-owners.ts';
import { principalTypeOf, roleAssignmentRefusal, roleAssignmentsFor } from './access/roles.ts';
import type { StoreContext } from './place.ts';

export interface TypeRules {
  /** `properties` of a new resource. */
  readonly defaults?: (resource: JsonObject, state: State) => JsonObject;
  /** Members that a new one gets by an older api-version. */
  readonly olderUsual?: (version: string) => JsonObject;
  /** The value that a missing member means; a member that is written with this value is left out. */
  readonly absent?: JsonObject;
  /** Computed at each read, never stored. */
  readonly computed?: (resource: JsonObject, state: State) => JsonObject;
  /** Members that no answer contains. */
  readonly hides?: readonly string[];
  /** Status for a new resource; default 200. */
  readonly created?: number;
  readonly patch?: true;
  /** PUT keeps members that are not sent. */
  readonly merges?: true;
  /** Exists with defaults, even if it was never written. */
  readonly always?: true;
  readonly refuse?: (x: StoreContext, body: JsonObject, found: JsonObject | undefined) => EmulatedResponse | undefined;
  readonly listed?: (x: StoreContext, all: readonly JsonObject[]) => JsonObject[];
  /** Members of the answer to a write, in addition to the body. */
  readonly answered?: (resource: JsonObject) => JsonObject;
  /** Status of the answer to DELETE. */
  readonly deleted?: (body: JsonObject) => JsonObject;
  /** Members outside `properties` that the service adds. */
  readonly outer?: (resource: JsonObject, state: State) => JsonObject;
  /** Members that are returned in another spelling than sent. */
  readonly spelled?: (body: JsonObject) => JsonObject;
  /** Members that are accepted but not stored. */
  readonly ignores?: readonly string[];
  /** Members that are returned with more than was sent. */
  readonly spellsOut?: (properties: JsonObject, usual: JsonObject) => JsonObject;
  /** The answer to PUT contains only the sent members. */
  readonly echoes?: true;
  /** Lists name one more page, which is empty. */
  readonly emptyPage?: true;
  /** Lists say where the next page is, or that there is none. */
  readonly pages?: true;
  /** The answer for a new resource contains its location. */
  readonly located?: true;
  /** GET returns an ETag. */
  readonly etag?: true;
  /** The answer for a new resource is 202 without a body; a separate URL returns the resource. */
  readonly later?: true;
  /** A long-running operation, and its effect when it finishes. */
  readonly slow?: (resource: JsonObject, state: State) => void;
}

/** Purge protection cannot be switched off; a vault needs a tenant and a sku. */
function vaultRefusal(x: StoreContext, body: JsonObject, found: JsonObject | undefined): EmulatedResponse | undefined {
  const properties = propertiesOf(body);
  if (properties['enablePurgeProtection'] === false)
    return gatewayError(
      400,
      'BadRequest',
      'The property "enablePurgeProtection" cannot be set to false. Enabling the purge protection for a vault is an irreversible action.',
    );
  if (!found && x.request.method === 'PUT' && (!properties['tenantId'] || !isObject(properties['sku'])))
    return gatewayError(400, 'BadRequest', 'The properties tenantId and sku are required.');
  return undefined;
}

const STORAGE_TLS = ['TLS1_0', 'TLS1_1', 'TLS1_2', 'TLS1_3'];
function storageRefusal(_: StoreContext, body: JsonObject): EmulatedResponse | undefined {
  const { minimumTlsVersion } = propertiesOf(body);
  return minimumTlsVersion !== undefined && !STORAGE_TLS.includes(String(minimumTlsVersion))
    ? gatewayError(400, 'InvalidValuesForRequestParameters', 'Values for request parameters are invalid: minimumTlsVersion.')
    : undefined;
}

const logs = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);
const eligible = (x: StoreContext): string[] => {
  const site = x.state.sites[keyOf(x.place.scope)];
  const plan = site && x.state.plans[keyOf(site.planId)];
  return site && plan ? logCategoriesOf(site, plan) : [];
};

/** Lists the categories that the rows of a setting send, with groups replaced by their categories. */
const sentBy = (x: StoreContext, rows: Json | undefined): string[] =>
  logs(rows).flatMap((one) => {
    if (!isObject(one) || one['enabled'] === false) return [];
    if (typeof one['category'] === 'string') return [one['category']];
    const all = /\/sites\//i.test(x.place.scope) ? eligible(x) : [];
    return one['categoryGroup'] === 'allLogs'
      ? all
      : one['categoryGroup'] === 'audit'
        ? all.filter((name) => name.endsWith('AuditLogs'))
        : [];
  });

function diagnosticRefusal(x: StoreContext, body: JsonObject): EmulatedResponse | undefined {
  const rows = logs(propertiesOf(body)['logs']).filter(isObject);
  if (rows.some((one) => typeof one['category'] === 'string') && rows.some((one) => typeof one['categoryGroup'] === 'string'))
    return {
      status: 400,
      headers: {},
      body: { code: 'BadRequest', message: 'Diagnostic setting does not support mix of log category and log category group.' },
    };
  const wanted = sentBy(x, rows);
  // The categories of resources other than sites are not known here.
  const unknown = /\/sites\//i.test(x.place.scope) ? wanted.find((category) => !eligible(x).includes(category)) : undefined;
  if (unknown) return { status: 400, headers: {}, body: { code: 'BadRequest', message: `Category '${unknown}' is not supported.` } };
  const sink = String(propertiesOf(body)['workspaceId'] ?? '').toLowerCase();
  const others = Object.values(x.state.resources).filter(
    (one) =>
      keyOf(idOf(one)).startsWith(`${keyOf(x.place.scope)}/providers/microsoft.insights/diagnosticsettings/`) &&
      keyOf(idOf(one)) !== keyOf(x.place.id),
  );
  const clash = others.find(
    (one) =>
      String(propertiesOf(one)['workspaceId'] ?? '').toLowerCase() === sink &&
      sentBy(x, propertiesOf(one)['logs']).some((category) => wanted.includes(category)),
  );
  if (clash)
    return {
      status: 409,
      headers: {},
      body: {
        code: 'Conflict',
        message: `Data sink '${sink}' is already used in diagnostic setting '${nameOf(clash)}' for a category of this one.`,
      },
    };
  return others.length >= 5
    ? { status: 400, headers: {}, body: { code: 'BadRequest', message: 'A resource has at most five diagnostic settings.' } }
    : undefined;
}

/** Completes a long-running operation: the connection of the app is approved together with its endpoint. */
function isDone(resource: JsonObject, state: State): void {
  const kept = state.resources[keyOf(idOf(resource))];
  if (kept) kept['properties'] = { ...propertiesOf(kept), provisioningState: 'Succeeded' };
}

const { etagOf } = fronts;
const skuOfAccount = (resource: JsonObject, state?: State): JsonObject => {
  const account = state?.resources[keyOf(idOf(resource)).replace(/\/(blob|file)services\/.*$/, '')];
  const sku = account && isObject(account['sku']) ? account['sku'] : { name: 'Standard_LRS' };
  return { sku: { ...sku, tier: String(sku['name']).split('_')[0] ?? 'Standard' } };
};
const child: TypeRules = {};
const networked = { etag: true, spelled: (body: JsonObject): JsonObject => ({ etag: etagOf(body) }) } as const;
export const TYPES: Readonly<Record<string, TypeRules>> = {
  'microsoft.keyvault/vaults': {
    defaults: shapes.vaultDefaults,
    emptyPage: true,
    patch: true,
    refuse: vaultRefusal,
    spellsOut: shapes.vaultRules,
    outer: ({ tags }) => ({ tags: tags ?? {}, systemData: shapes.SYSTEM_DATA }),
    computed: ({ id }, state) => connectionsToVault(state, String(id)),
    absent: { networkAcls: shapes.OPEN_VAULT },
  },
  'microsoft.keyvault/vaults/secrets': {
    hides: ['value'],
    computed: shapes.secretShown,
    spelled: shapes.secretSpelled,
    outer: ({ location }) => ({ location: location ?? 'westeurope' }),
  },
  'microsoft.storage/storageaccounts': {
    patch: true,
    merges: true,
    refuse: storageRefusal,
    defaults: shapes.accountDefaults,
    // Secure transfer is the default from this version on (D: storage-require-secure-transfer).
    olderUsual: (version) => (version < '2019-04-01' ? { supportsHttpsTrafficOnly: false } : {}),
    spellsOut: shapes.accountRules,
    computed: ({ id }, state) => ({ privateEndpointConnections: connectionsTo(state, String(id), 'Microsoft.Storage/storageAccounts') }),
    spelled: shapes.accountShown,
    later: true,
    absent: { allowSharedKeyAccess: true, defaultToOAuthAuthentication: false, publicNetworkAccess: 'Enabled' },
  },
  'microsoft.storage/storageaccounts/blobservices': {
    always: true,
    merges: true,
    defaults: () => ({
      cors: { corsRules: [] },
      deleteRetentionPolicy: { allowPermanentDelete: false, enabled: false },
      containerDeleteRetentionPolicy: { enabled: false },
    }),
    spellsOut: shapes.retentionRules,
    echoes: true,
    outer: skuOfAccount,
  },
  'microsoft.storage/storageaccounts/fileservices': {
    always: true,
    merges: true,
    defaults: () => ({ protocolSettings: { smb: {} }, cors: { corsRules: [] }, shareDeleteRetentionPolicy: { enabled: false } }),
    echoes: true,
    outer: skuOfAccount,
  },
  'microsoft.operationalinsights/workspaces': {
    created: 201,
    defaults: shapes.workspaceDefaults,
    // Ids come back in small letters, the type does not (recorded).
    spelled: (body) => ({ etag: etagOf(body), type: 'Microsoft.OperationalInsights/workspaces' }),
  },
  'microsoft.insights/components': {
    defaults: shapes.componentDefaults,
    computed: shapes.componentShown,
    absent: { DisableLocalAuth: false },
    pages: true,
    outer: ({ tags }) => ({ tags: tags ?? {} }),
    spelled: (body) => ({ etag: etagOf(body), ...shapes.componentSpelled(body) }),
  },
  'microsoft.insights/diagnosticsettings': {
    refuse: diagnosticRefusal,
    defaults: shapes.diagnosticDefaults,
    spelled: shapes.diagnosticSpelled,
    answered: () => ({ location: null }),
  },
  'microsoft.securityinsights/onboardingstates': {
    created: 201,
    ignores: ['customerManagedKey'],
    outer: () => ({ systemData: {} }),
    answered: () => ({ systemData: shapes.SYSTEM_DATA }),
    deleted: () => ({}),
  },
  'microsoft.authorization/roleassignments': {
    created: 201,
    refuse: roleAssignmentRefusal,
    listed: roleAssignmentsFor,
    deleted: (body) => body,
    defaults: (resource) => ({ ...shapes.assignmentDefaults(), principalType: principalTypeOf(resource) }),
    answered: (resource) => ({ properties: { ...propertiesOf(resource), createdBy: null } }),
    computed: ({ id }) => ({ scope: idOf({ id: id ?? '' }).replace(/\/providers\/Microsoft\.Authorization\/.*$/i, '') || '/' }),
  },
  'microsoft.authorization/denyassignments': { listed: denyAssignmentsFor },
  'microsoft.app/containerapps': {},
  'microsoft.resources/deployments': {},
  'microsoft.resources/changes': {},
  'microsoft.managedidentity/userassignedidentities': {
    created: 201,
    computed: (resource, { tenantId }) => ({
      tenantId,
      principalId: guidOf(`${idOf(resource)}/principal`),
      clientId: guidOf(`${idOf(resource)}/client`),
    }),
    outer: ({ tags }) => ({ tags: tags ?? {} }),
    spelled: (body) => ({ id: idOf(body).replace('/resourceGroups/', '/resourcegroups/') }),
    located: true,
  },
  'microsoft.authorization/policydefinitions': child,
  'microsoft.authorization/policysetdefinitions': child,
  'microsoft.network/virtualnetworks': child,
  'microsoft.network/privatednszones': child,
  'microsoft.network/privateendpoints': {
    slow: isDone,
    etag: true,
    defaults: () => ({ provisioningState: 'Updating' }),
    spelled: fronts.endpointSpelled,
  },
  'microsoft.network/privateendpoints/privatednszonegroups': {
    slow: isDone,
    etag: true,
    defaults: () => ({ provisioningState: 'Updating' }),
    spelled: fronts.zoneGroupSpelled,
  },
  'microsoft.network/applicationgateways': { ...networked, defaults: fronts.gatewayDefaults },
  'microsoft.network/frontdoorwebapplicationfirewallpolicies': { defaults: fronts.doorPolicyDefaults },
  'microsoft.network/applicationgatewaywebapplicationfirewallpolicies': {
    ...networked,
    defaults: () => ({ provisioningState: 'Succeeded' }),
  },
  'microsoft.cdn/profiles': { defaults: fronts.profileDefaults },
  'microsoft.cdn/profiles/origingroups': child,
  'microsoft.cdn/profiles/origingroups/origins': { defaults: fronts.originDefaults },
  'microsoft.cdn/profiles/afdendpoints': child,
  'microsoft.cdn/profiles/afdendpoints/routes': { defaults: fronts.routeDefaults, spelled: fronts.routeSpelled },
  'microsoft.cdn/profiles/securitypolicies': { defaults: fronts.securityPolicyDefaults },
};
