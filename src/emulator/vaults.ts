/** Adds, replaces and removes single access policies of a vault, so that two concurrent writers do not overwrite each other's policies. */
import { answer, gatewayError, notFound, type EmulatedRequest, type EmulatedResponse } from './answers.ts';
import { objects, propertiesOf, asObject } from './parts.ts';
import { isObject, keyOf, resourceGroupOf, type Json, type JsonObject, type State } from './state.ts';

export const POLICIES = /^(.*\/providers\/Microsoft\.KeyVault\/vaults\/([^/]+))\/accessPolicies\/(add|replace|remove)$/i;

/** PUT returns the policies that the principals have then (recorded), after `remove` those that were sent. */
export function accessPolicies(state: State, { method, body }: EmulatedRequest, path: string): EmulatedResponse | undefined {
  const [, id = '', name = '', how = ''] = POLICIES.exec(path) ?? [];
  if (method !== 'PUT') return undefined;
  const vault = state.resources[keyOf(id)];
  if (!vault) return notFound('Microsoft.KeyVault/vaults', name, resourceGroupOf(path));
  const sent = objects(propertiesOf(asObject(body))['accessPolicies']);
  if (sent.length === 0 || sent.some(({ objectId, tenantId }) => typeof objectId !== 'string' || typeof tenantId !== 'string'))
    return gatewayError(400, 'BadRequest', 'The parameter accessPolicies is not specified correctly.');
  const before = objects(propertiesOf(vault)['accessPolicies']);
  const kept = before.map((one) => combined(one, sent, how.toLowerCase()));
  const added = how.toLowerCase() !== 'remove' ? sent.filter((one) => !before.some((other) => isSame(one, other))) : [];
  const now = [...kept, ...added].filter(({ permissions }) => isObject(permissions) && Object.keys(permissions).length > 0);
  vault['properties'] = { ...propertiesOf(vault), accessPolicies: now };
  return answer(200, {
    id: `${String(vault['id'])}/accessPolicies/`,
    type: 'Microsoft.KeyVault/vaults/accessPolicies',
    properties: { accessPolicies: how.toLowerCase() === 'remove' ? sent : now.filter((one) => sent.some((other) => isSame(one, other))) },
  });
}

const isSame = (one: JsonObject, other: JsonObject): boolean =>
  one['objectId'] === other['objectId'] && (one['applicationId'] ?? null) === (other['applicationId'] ?? null);
const words = (value: Json | undefined): string[] => (Array.isArray(value) ? value.map(String) : []);

/** Returns a policy after the request: with the sent permissions added, removed or replaced. */
function combined(policy: JsonObject, sent: readonly JsonObject[], how: string): JsonObject {
  const own = sent.find((one) => isSame(one, policy));
  if (own && how === 'replace') return own;
  if (!own || !isObject(policy['permissions'])) return policy;
  const given = asObject(own['permissions']);
  const kinds = [...new Set([...Object.keys(policy['permissions']), ...Object.keys(given)])];
  const has = (list: readonly string[], word: string) => list.some((one) => one.toLowerCase() === word.toLowerCase());
  const permissions = Object.fromEntries(
    kinds.flatMap((kind): [string, Json][] => {
      const before = words((policy['permissions'] as JsonObject)[kind]);
      const change = words(given[kind]);
      const now = how === 'add' ? [...before, ...change.filter((word) => !has(before, word))] : before.filter((word) => !has(change, word));
      return now.length > 0 || how === 'add' ? [[kind, now]] : [];
    }),
  );
  return { ...policy, permissions };
}
