/** A role assignment that Azure refuses because it exists: under another name, or from a request whose answer was lost. */
import { ArmFailure, type WhileSending } from '../../engine/ports.ts';
import { isRecord, valueAt, type Body } from '../../change/json-paths.ts';
import type { BusyWaiting } from '../http/busy.ts';
import type { ArmClient } from '../client.ts';
import { listAll, sameId, textOf } from '../resource-definition.ts';

/** The number of reads over half a minute, because lists show a new role assignment late. */
const LOOKS = 5;

/** Returns the existing assignment where the principal already has this role at this scope. */
export async function findSameRole(
  client: ArmClient,
  failure: ArmFailure,
  request: { path: string; apiVersion: string; body: unknown },
  { wait, clock, signal }: BusyWaiting,
  { onWait }: WhileSending,
): Promise<'same-name' | 'other-name' | undefined> {
  if (failure.code !== 'RoleAssignmentExists' || !isRecord(request.body)) return undefined;
  const began = clock.elapsed();
  for (let look = 0; look < LOOKS; look++) {
    if (look > 0) {
      onWait?.('Azure lists the existing role assignment', clock.elapsed() - began);
      await clock.sleep(wait * 2 ** (look - 1), signal);
    }
    try {
      const name = await find(client, { ...request, body: request.body as Body });
      if (name !== undefined) return sameId(name, request.path) ? 'same-name' : 'other-name';
    } catch (error) {
      // If the lookup fails, the original refusal is reported.
      if (!(error instanceof ArmFailure)) throw error;
      return undefined;
    }
    if (signal?.aborted) return undefined;
  }
  return undefined;
}

/** Returns the id of the role assignment at this scope with the principal and the role of the request. */
async function find(
  client: ArmClient,
  { path, apiVersion, body }: { path: string; apiVersion: string; body: Body },
): Promise<string | undefined> {
  const [, scope, type] = /^(.*)(\/providers\/Microsoft\.Authorization\/roleAssignments)\/[^/]+$/i.exec(path) ?? [];
  const principal = textOf(valueAt(body, 'properties.principalId'));
  if (scope === undefined || !/^[0-9a-f-]{36}$/i.test(principal)) return undefined;
  const held = await listAll(client, `${scope}${type}?$filter=principalId eq '${principal}'`, apiVersion);
  const roleIn = (one: Body) => textOf(valueAt(one, 'properties.roleDefinitionId')).split('/').at(-1);
  const found = held.find(
    (one) =>
      sameId(textOf(one['id']).replace(/\/providers\/Microsoft\.Authorization\/roleAssignments\/[^/]+$/i, ''), scope) &&
      sameId(valueAt(one, 'properties.principalId'), principal) &&
      sameId(roleIn(one), roleIn(body)) &&
      // An assignment with a condition may grant fewer permissions.
      !textOf(valueAt(one, 'properties.condition')),
  );
  return found && textOf(found['id']);
}
