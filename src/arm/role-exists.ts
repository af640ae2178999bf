/** A role assignment that Azure refuses to make, because the same one exists under another name. */
import { ArmFailure } from '../engine/ports.ts';
import { isRecord, valueAt, type Body } from '../change/json-paths.ts';
import type { ArmClient } from './client.ts';
import { all, sameId, textOf } from './resource-definition.ts';

/** Whether the refusal means that the principal holds this very role at this very scope already. */
export const sameRoleExists = (...of: Parameters<typeof looked>): Promise<boolean> =>
  looked(...of).catch((error: unknown) => {
    // What cannot be looked up is no reason to say something else than the refusal.
    if (!(error instanceof ArmFailure)) throw error;
    return false;
  });

async function looked(
  client: ArmClient,
  failure: unknown,
  { path, apiVersion, body }: { path: string; apiVersion: string; body: unknown },
): Promise<boolean> {
  if (!(failure instanceof ArmFailure) || failure.code !== 'RoleAssignmentExists' || !isRecord(body)) return false;
  const [, scope, type] = /^(.*)(\/providers\/Microsoft\.Authorization\/roleAssignments)\/[^/]+$/i.exec(path) ?? [];
  const principal = textOf(valueAt(body as Body, 'properties.principalId'));
  if (scope === undefined || !/^[0-9a-f-]{36}$/i.test(principal)) return false;
  const held = await all(client, `${scope}${type}?$filter=principalId eq '${principal}'`, apiVersion);
  const roleIn = (one: Body) => textOf(valueAt(one, 'properties.roleDefinitionId')).split('/').at(-1);
  return held.some(
    (one) =>
      sameId(textOf(one['id']).replace(/\/providers\/Microsoft\.Authorization\/roleAssignments\/[^/]+$/i, ''), scope) &&
      sameId(valueAt(one, 'properties.principalId'), principal) &&
      sameId(roleIn(one), roleIn(body as Body)),
  );
}
