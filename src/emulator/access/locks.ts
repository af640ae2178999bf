/** Management locks as resources: create, change, read, delete. Their effect is in authorization.ts. */
import { answer, gatewayError, notFound, type EmulatedRequest, type EmulatedResponse } from '../answers.ts';
import { lockBody } from './authorization.ts';
import { propertiesOf, asObject } from '../parts.ts';
import { keyOf, resourceGroupOf, type State } from '../state.ts';

export const LOCK = /^(.*)\/providers\/Microsoft\.Authorization\/locks\/([^/]+)$/i;
const LEVELS = ['CanNotDelete', 'ReadOnly'] as const;

export function lockItself(state: State, { method, body }: EmulatedRequest, path: string): EmulatedResponse | undefined {
  const [, scope = '', name = ''] = LOCK.exec(path) ?? [];
  const found = state.locks.find((one) => keyOf(one.scope) === keyOf(scope) && keyOf(one.name) === keyOf(name));
  if (method === 'GET')
    return found ? answer(200, lockBody(found)) : notFound('Microsoft.Authorization/locks', name, resourceGroupOf(path));
  if (method === 'DELETE') {
    state.locks = state.locks.filter((one) => one !== found);
    return answer(found ? 200 : 204);
  }
  if (method !== 'PUT') return undefined;
  const { level, notes } = propertiesOf(asObject(body));
  const known = LEVELS.find((one) => one.toLowerCase() === String(level).toLowerCase());
  if (!known) return gatewayError(400, 'LockLevelNotValid', `The lock level '${String(level)}' is not valid.`);
  const lock = { scope: found?.scope ?? scope, name: found?.name ?? name, level: known, ...(typeof notes === 'string' ? { notes } : {}) };
  state.locks = found ? state.locks.map((one) => (one === found ? lock : one)) : [...state.locks, lock];
  return answer(found ? 200 : 201, lockBody(lock));
}
