/** What differs from type to type (BEHAVIOUR.md, "Other providers"). */
import { gatewayError, type EmulatedResponse } from './answers.ts';
import { isObject, keyOf, type Json, type JsonObject, type State } from './state.ts';
import { roleAssignmentRefusal, roleAssignmentsFor } from './roles.ts';
import type { StoreContext } from './store.ts';

export interface TypeRules {
  /** `properties` of a new one. */
  readonly defaults?: (resource: JsonObject, state: State) => JsonObject;
  /** What a member that is left out means; written as that, it is left out again. */
  readonly absent?: JsonObject;
  /** Worked out at each read; never stored. */
  readonly computed?: (resource: JsonObject, state: State) => JsonObject;
  /** Members that no answer shows. */
  readonly hides?: readonly string[];
  /** Status for a new one; 200 where it is not said. */
  readonly created?: number;
  readonly patch?: true;
  /** PUT keeps members that are left out. */
  readonly merges?: true;
  /** It is there, with defaults, whether it was ever written or not. */
  readonly always?: true;
  readonly refuse?: (x: StoreContext, body: JsonObject, found: JsonObject | undefined) => EmulatedResponse | undefined;
  readonly listed?: (x: StoreContext, all: readonly JsonObject[]) => JsonObject[];
  /** Members of the answer to a write, beside the body. */
  readonly answered?: (resource: JsonObject) => JsonObject;
  readonly returnsDeleted?: true;
  /** It takes long; what happens when it is done. */
  readonly slow?: (resource: JsonObject, state: State) => void;
}

const idOf = (resource: JsonObject): string => String(resource['id']);
const nameOf = (resource: JsonObject): string => idOf(resource).split('/').at(-1) ?? '';
const stored = (resource: JsonObject): JsonObject => (isObject(resource['properties']) ? resource['properties'] : {});
/** The same guid for the same text, on every machine. */
export function guidOf(text: string): string {
  let hash = 0x811c9dc5;
  const hex = Array.from({ length: 32 }, (_, index) => {
    for (const character of `${text}${index}`) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
    return (hash & 15).toString(16);
  }).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const vaultDefaults = (resource: JsonObject): JsonObject => ({
  enableSoftDelete: true,
  softDeleteRetentionInDays: 90,
  enableRbacAuthorization: true,
  publicNetworkAccess: 'Enabled',
  vaultUri: `{origin}/vault/${nameOf(resource)}/`,
  accessPolicies: [],
  provisioningState: 'Succeeded',
});

/** Purge protection goes one way only; without a tenant or sku there is no vault. */
function vaultRefusal(x: StoreContext, body: JsonObject, found: JsonObject | undefined): EmulatedResponse | undefined {
  const properties = stored(body);
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
  const { minimumTlsVersion } = stored(body);
  return minimumTlsVersion !== undefined && !STORAGE_TLS.includes(String(minimumTlsVersion))
    ? gatewayError(400, 'InvalidValuesForRequestParameters', 'Values for request parameters are invalid: minimumTlsVersion.')
    : undefined;
}

const logs = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);
const eligible = (x: StoreContext): string[] => {
  const site = x.state.sites[keyOf(x.place.scope)];
  const flex = site && x.state.plans[keyOf(site.planId)]?.sku.tier === 'FlexConsumption';
  return flex
    ? ['FunctionAppLogs', 'AppServiceAuthenticationLogs', 'AppServiceAuditLogs', 'AppServiceIPSecAuditLogs']
    : ['FunctionAppLogs', 'AppServiceAuthenticationLogs'];
};

function diagnosticRefusal(x: StoreContext, body: JsonObject): EmulatedResponse | undefined {
  const wanted = logs(stored(body)['logs']).flatMap((one) =>
    isObject(one) && typeof one['category'] === 'string' ? [one['category']] : [],
  );
  const unknown = wanted.find((category) => !eligible(x).includes(category));
  if (unknown) return { status: 400, headers: {}, body: { code: 'BadRequest', message: `Category '${unknown}' is not supported.` } };
  const sink = String(stored(body)['workspaceId'] ?? '').toLowerCase();
  const others = Object.values(x.state.resources).filter(
    (one) =>
      keyOf(idOf(one)).startsWith(`${keyOf(x.place.scope)}/providers/microsoft.insights/diagnosticsettings/`) &&
      keyOf(idOf(one)) !== keyOf(x.place.id),
  );
  const clash = others.find(
    (one) =>
      String(stored(one)['workspaceId'] ?? '').toLowerCase() === sink &&
      logs(stored(one)['logs']).some((log) => isObject(log) && wanted.includes(String(log['category']))),
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

/** The endpoint's other end: the app's connection is approved once the endpoint stands. */
function endpointDone(resource: JsonObject, state: State): void {
  const kept = state.resources[keyOf(idOf(resource))];
  if (kept) kept['properties'] = { ...stored(kept), provisioningState: 'Succeeded' };
}

const child: TypeRules = {};
export const TYPES: Readonly<Record<string, TypeRules>> = {
  'microsoft.keyvault/vaults': {
    defaults: vaultDefaults,
    patch: true,
    refuse: vaultRefusal,
    absent: { networkAcls: { bypass: 'AzureServices', defaultAction: 'Allow', ipRules: [], virtualNetworkRules: [] } },
  },
  'microsoft.keyvault/vaults/secrets': {
    hides: ['value'],
    computed: (resource) => ({
      secretUri: `{origin}/vault/${idOf(resource).split('/').at(-3) ?? ''}/secrets/${nameOf(resource)}`,
      attributes: { enabled: true },
    }),
  },
  'microsoft.storage/storageaccounts': {
    patch: true,
    merges: true,
    refuse: storageRefusal,
    defaults: () => ({
      minimumTlsVersion: 'TLS1_0',
      allowBlobPublicAccess: false,
      supportsHttpsTrafficOnly: true,
      allowCrossTenantReplication: false,
      networkAcls: { bypass: 'AzureServices', virtualNetworkRules: [], ipRules: [], defaultAction: 'Allow' },
      encryption: {
        keySource: 'Microsoft.Storage',
        services: { blob: { enabled: true, keyType: 'Account' }, file: { enabled: true, keyType: 'Account' } },
      },
      provisioningState: 'Succeeded',
    }),
    absent: { allowSharedKeyAccess: true, defaultToOAuthAuthentication: false, publicNetworkAccess: 'Enabled' },
  },
  'microsoft.storage/storageaccounts/blobservices': {
    always: true,
    merges: true,
    defaults: () => ({ deleteRetentionPolicy: { enabled: false }, containerDeleteRetentionPolicy: { enabled: false } }),
  },
  'microsoft.storage/storageaccounts/fileservices': {
    always: true,
    merges: true,
    defaults: () => ({ shareDeleteRetentionPolicy: { enabled: false } }),
  },
  'microsoft.operationalinsights/workspaces': {
    created: 201,
    defaults: (resource) => ({
      customerId: guidOf(idOf(resource)),
      provisioningState: 'Succeeded',
      sku: { name: 'PerGB2018' },
      retentionInDays: 30,
    }),
  },
  'microsoft.insights/components': {
    defaults: () => ({ DisableLocalAuth: false, IngestionMode: 'LogAnalytics', provisioningState: 'Succeeded' }),
    computed: (resource) => {
      const key = guidOf(keyOf(idOf(resource)));
      const application = guidOf(`${keyOf(idOf(resource))}/app`);
      return {
        InstrumentationKey: key,
        AppId: application,
        ConnectionString: `InstrumentationKey=${key};IngestionEndpoint=https://westeurope-5.in.applicationinsights.azure.com/;ApplicationId=${application}`,
      };
    },
  },
  'microsoft.insights/diagnosticsettings': {
    refuse: diagnosticRefusal,
    answered: () => ({ location: null, kind: null, tags: null, identity: null }),
  },
  'microsoft.securityinsights/onboardingstates': { created: 201 },
  'microsoft.authorization/roleassignments': {
    created: 201,
    refuse: roleAssignmentRefusal,
    listed: roleAssignmentsFor,
    returnsDeleted: true,
    computed: ({ id }) => ({ scope: idOf({ id: id ?? '' }).replace(/\/providers\/Microsoft\.Authorization\/.*$/i, '') || '/' }),
  },
  'microsoft.authorization/policydefinitions': child,
  'microsoft.network/virtualnetworks': child,
  'microsoft.network/privatednszones': child,
  'microsoft.network/privateendpoints': { slow: endpointDone, defaults: () => ({ provisioningState: 'Updating' }) },
  'microsoft.network/privateendpoints/privatednszonegroups': { created: 201, defaults: () => ({ provisioningState: 'Succeeded' }) },
  'microsoft.network/applicationgateways': child,
  'microsoft.network/frontdoorwebapplicationfirewallpolicies': child,
  'microsoft.network/applicationgatewaywebapplicationfirewallpolicies': child,
  'microsoft.cdn/profiles': child,
  'microsoft.cdn/profiles/origingroups': child,
  'microsoft.cdn/profiles/origingroups/origins': child,
  'microsoft.cdn/profiles/securitypolicies': child,
};
