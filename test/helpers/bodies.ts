/** Bodies in the shape of Azure's answers, for the tables of the areas. */
import type { Body } from '../../src/change/json-paths.ts';
import type { Json } from '../../src/azure/index.ts';
import { GROUP, siteId } from './places.ts';

type Members = { readonly [name: string]: Json };

export const listOf = (...value: Body[]): Body => ({ value });
const idOf = (type: string, name: string): string => `${GROUP}/providers/${type}/${name}`;

/** The storage account stfn, created with newer defaults, and the setting that names it. */
export const ACCOUNT = idOf('Microsoft.Storage/storageAccounts', 'stfn');
export const account = (properties: Members): { storageAccounts: Body } => ({
  storageAccounts: {
    value: [{ id: ACCOUNT, name: 'stfn', location: 'westeurope', properties: { creationTime: '2026-01-01T00:00:00Z', ...properties } }],
    missing: [],
  },
});
/** The retention of deleted blobs, containers and shares of the account. */
export const services = (kept: boolean, days = 7): { blobServices: Body; fileServices: Body } => {
  const policy = { enabled: kept, days };
  return {
    blobServices: listOf({
      id: `${ACCOUNT}/blobServices/default`,
      properties: { deleteRetentionPolicy: policy, containerDeleteRetentionPolicy: policy },
    }),
    fileServices: listOf({ id: `${ACCOUNT}/fileServices/default`, properties: { shareDeleteRetentionPolicy: policy } }),
  };
};

/** The vault kv, and a setting that refers to a secret there. */
export const VAULT = idOf('Microsoft.KeyVault/vaults', 'kv');
export const vault = (properties: Members): { vaults: Body } => ({
  vaults: listOf({ id: VAULT, name: 'kv', location: 'westeurope', properties: { vaultUri: 'https://kv.vault.azure.net/', ...properties } }),
});
export const REFERS = { Payment: '@Microsoft.KeyVault(VaultName=kv;SecretName=payment)' };

export const functions = (...all: readonly (readonly [name: string, ...bindings: Members[]])[]): { functions: Body } => ({
  functions: listOf(...all.map(([name, ...bindings]) => ({ name: `fn/${name}`, properties: { config: { bindings } } }))),
});
export const http = (authLevel: string): Members => ({ type: 'httpTrigger', authLevel });

/** Role assignments at a scope; for identities, `to` is the identity of the app. */
export const PRINCIPAL = '0a000000-0000-4000-8000-0000000000bb';
export const roles = (...all: readonly (readonly [role: string, scope: string, principal?: string, type?: string])[]): Body =>
  listOf(
    ...all.map(([role, scope, principalId = PRINCIPAL, principalType = 'ServicePrincipal'], index) => {
      const name = `7f3c1a52-0000-4000-8000-00000000000${index}`;
      const id = `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`;
      const roleDefinitionId = `/providers/Microsoft.Authorization/roleDefinitions/${role}`;
      return { id, name, properties: { roleDefinitionId, principalId, principalType, scope } };
    }),
  );
export const OWN_IDENTITY = { type: 'SystemAssigned', principalId: PRINCIPAL };

/** A component of Application Insights, and the setting that sends there. */
export const COMPONENT = idOf('Microsoft.Insights/components', 'appi');
export const INSIGHTS = '0a000000-0000-4000-8000-00000000000c';
export const component = (properties: Members = {}): { components: Body } => ({
  components: listOf({ id: COMPONENT, name: 'appi', properties: { InstrumentationKey: INSIGHTS, ...properties } }),
});
export const SENDS = { APPLICATIONINSIGHTS_CONNECTION_STRING: `InstrumentationKey=${INSIGHTS}` };

/** A network with a subnet for the app, and one for endpoints. */
export const NETWORK: Body = listOf({
  id: idOf('Microsoft.Network/virtualNetworks', 'vnet'),
  name: 'vnet',
  location: 'westeurope',
  properties: {
    subnets: ['apps', 'endpoints'].map((name) => ({
      id: `${idOf('Microsoft.Network/virtualNetworks', 'vnet')}/subnets/${name}`,
      name,
      properties: { addressPrefix: '10.0.1.0/24' },
    })),
  },
});
export const ENDPOINT: Body = {
  id: idOf('Microsoft.Network/privateEndpoints', 'pe-fn'),
  name: 'pe-fn',
  properties: {
    privateLinkServiceConnections: [{ name: 'pe-fn', properties: { privateLinkServiceId: siteId('fn'), groupIds: ['sites'] } }],
  },
};
