/** How an app pulls its image: with a managed identity or not, and what prevents the change. */
import { expect, test } from 'vitest';
import { judgePull, mayPull, pullByIdentity, registryOf } from '../../steps/lib/container-registry.ts';
import { firstOfSeveral, unknownReader } from '../../steps/lib/identities.ts';
import type { Site } from '../../src/azure/index.ts';
import type { Context } from '../../src/contract/index.ts';

const ACR_PULL = '7f951dda-4ed3-4680-a7ca-43fe172d538d';
const READER = 'acdd72a7-3385-48ef-bd42-f606fba81ae7';
const SUBSCRIPTION = '/subscriptions/s';
const REGISTRY = `${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries`;

interface Given {
  readonly image?: string | null;
  readonly on?: boolean | null;
  readonly plan?: string;
  readonly identity?: object;
  readonly roles?: readonly (readonly [scope: string, role: string, condition?: string])[];
}
const context = ({ image = 'DOCKER|contoso.azurecr.io/app:1', on = false, plan = 'EP', identity, roles = [] }: Given) =>
  ({
    app: { name: 'fn', plan, os: 'linux', ase: false },
    facts: {
      site: { id: 'fn', properties: {}, ...(identity ? { identity } : {}) },
      siteConfig: { properties: { linuxFxVersion: image, acrUseManagedIdentityCreds: on } },
      identityRoles: {
        value: roles.map(([scope, role, condition]) => ({
          id: `${scope}/providers/Microsoft.Authorization/roleAssignments/r`,
          name: 'r',
          properties: {
            principalId: 'p',
            condition,
            roleDefinitionId: `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
          },
        })),
      },
    },
  }) as unknown as Context<unknown>;

test.each([
  ['DOCKER|contoso.azurecr.io/team/app:1', 'contoso.azurecr.io'],
  ['docker|https://contoso.azurecr.us/app', 'contoso.azurecr.us'],
  ['DOCKER | contoso.azurecr.io/app:1', 'contoso.azurecr.io'],
  ['DOCKER|mcr.microsoft.com/azure-functions/dotnet:4', 'mcr.microsoft.com'],
  ['DOCKER|localhost:5000/app', 'localhost:5000'],
  ['DOCKER|contoso/app:1', 'Docker Hub'],
  ['DOCKER|app', 'Docker Hub'],
  ['Python|3.13', undefined],
  ['', undefined],
  [null, undefined],
])('%s comes from %s', (image, registry) => {
  expect(registryOf(image)).toBe(registry);
});

test.each<[Given, string]>([
  [{ on: true, identity: { type: 'SystemAssigned', principalId: 'p' } }, 'pass'],
  [{ on: true }, 'fail'],
  [{ on: false }, 'fail'],
  [{ on: null }, 'fail'],
  [{ image: 'Python|3.13' }, 'not-applicable'],
  [{ image: 'DOCKER|mcr.microsoft.com/azure-functions/dotnet:4' }, 'not-applicable'],
  [{ image: 'SITECONTAINERS' }, 'unknown'],
  [{ plan: 'CA', on: null }, 'unknown'],
  [{ plan: 'CA', on: true }, 'pass'],
])('%j: %s', (given, state) => {
  expect(judgePull(context(given)).state).toBe(state);
});

const SYSTEM = { type: 'SystemAssigned', principalId: 'p' };
test.each<[string, Given, string]>([
  ['no identity', {}, 'stop'],
  ['an identity without a role', { identity: SYSTEM }, 'stop'],
  ['another role', { identity: SYSTEM, roles: [[`${REGISTRY}/contoso`, READER]] }, 'stop'],
  ['a role at another registry', { identity: SYSTEM, roles: [[`${REGISTRY}/other`, ACR_PULL]] }, 'stop'],
  ['AcrPull at the registry', { identity: SYSTEM, roles: [[`${REGISTRY}/Contoso`, ACR_PULL]] }, 'clear'],
  ['AcrPull with a condition', { identity: SYSTEM, roles: [[`${REGISTRY}/contoso`, ACR_PULL, 'x']] }, 'warn'],
  ['AcrPull in a group', { identity: SYSTEM, roles: [[`${SUBSCRIPTION}/resourceGroups/rg`, ACR_PULL]] }, 'warn'],
  [
    'AcrPull at something else',
    { identity: SYSTEM, roles: [[`${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Web/sites/fn`, ACR_PULL]] },
    'stop',
  ],
  [
    'a label scope in the name',
    { image: 'DOCKER|contoso-h4sh.azurecr.io/app:1', identity: SYSTEM, roles: [[`${REGISTRY}/contoso`, ACR_PULL]] },
    'clear',
  ],
])('the change of the registry, with %s: %s', (_, given, level) => {
  expect(mayPull(context(given)).level).toBe(level);
});

test('a user-assigned identity is given by its client id', () => {
  const identity = { type: 'UserAssigned', userAssignedIdentities: { '/id': { principalId: 'p', clientId: 'c' } } };
  expect(pullByIdentity(context({ identity })).map((draft) => ('at' in draft ? [draft.at[1], draft.to] : []))).toEqual([
    ['properties.acrUserManagedIdentityID', 'c'],
    ['properties.acrUseManagedIdentityCreds', true],
  ]);
  expect(pullByIdentity(context({ identity: SYSTEM }))).toHaveLength(1);
  // The id of an identity that is gone is emptied, or it would be used instead.
  const gone = context({ identity: SYSTEM });
  Object.assign(gone.facts.siteConfig.properties, { acrUserManagedIdentityID: 'gone' });
  expect(pullByIdentity(gone)[0]).toMatchObject({ at: ['siteConfig', 'properties.acrUserManagedIdentityID'], to: '' });
});

test('the identity that reads references is not replaced because Azure does not report its principal', () => {
  const level = (keyVaultReferenceIdentity: string, user: object | null) =>
    unknownReader({
      properties: { keyVaultReferenceIdentity },
      identity: { type: 'SystemAssigned, UserAssigned', principalId: 'p', userAssignedIdentities: { '/id-a': user } },
    } as never).map((one) => one.level);
  expect([level('/ID-A', {}), level('/id-a', null), level('/id-a', { principalId: 'a' })]).toEqual([['stop'], ['stop'], []]);
  expect([level('/id-gone', {}), level('SystemAssigned', {})]).toEqual([[], []]);
});

test('of several identities, the one that a change uses is given', () => {
  const userAssignedIdentities = { '/id-a': { principalId: 'a', clientId: 'a' }, '/id-b': { principalId: 'b', clientId: 'b' } };
  const two = { type: 'UserAssigned', userAssignedIdentities };
  const saysOf = (identity: object) => firstOfSeveral({ identity } as Site).map(({ says }) => says);
  expect(saysOf(two)).toEqual([expect.stringContaining('(id-a, id-b)')]);
  expect(saysOf(two)).toEqual([expect.stringContaining('This change uses id-a.')]);
  expect(saysOf({ ...two, type: 'SystemAssigned, UserAssigned', principalId: 'p' })).toEqual([]);
  // An identity whose principal Azure does not report is not used.
  const first = { ...two, userAssignedIdentities: { ...userAssignedIdentities, '/id-a': {} } };
  expect(saysOf(first)).toEqual([expect.stringContaining('This change uses id-b.')]);
});
