/** Locks, policy assignments and permissions of the caller. Each applies to everything below its scope. */
import { answer, gatewayError, type EmulatedResponse } from '../answers.ts';
import { permissionsAt, type Caller } from './rights.ts';
import { keyOf, type Lock, type State } from '../state.ts';

const holds = (made: string, scope: string): boolean => `${keyOf(scope)}/`.startsWith(`${keyOf(made)}/`);

/** Whether a list at `scope` contains an item that was created at `made`: at the scope, above it and, without `$filter=atScope()`, below it (recorded). */
const listedFor = (filter: string | null, scope: string) => (made: string) =>
  holds(made, scope) || (!/atScope\(\)/i.test(filter ?? '') && holds(scope, made));

/** Answers the lists that lie under `{scope}/providers/Microsoft.Authorization`; undefined for other paths. */
export function authorizationLists(state: State, path: string, caller: Caller, filter: string | null): EmulatedResponse | undefined {
  const [, scope = '', type = ''] = /^(.*)\/providers\/Microsoft\.Authorization\/(policyAssignments|locks|permissions)$/i.exec(path) ?? [];
  const isListed = listedFor(filter, scope);
  switch (type.toLowerCase()) {
    case 'policyassignments':
      return policyAssignments(state, isListed);
    case 'locks':
      return answer(200, { value: state.locks.filter((lock) => isListed(lock.scope)).map(lockBody) });
    case 'permissions':
      return answer(200, { value: permissionsAt(caller, scope) });
    default:
      return undefined;
  }
}

export const lockBody = ({ scope, name, level, notes }: Lock) => ({
  id: `${scope}/providers/Microsoft.Authorization/locks/${name}`,
  name,
  type: 'Microsoft.Authorization/locks',
  properties: { level, ...(notes === undefined ? {} : { notes }) },
});

function policyAssignments(state: State, isListed: (scope: string) => boolean): EmulatedResponse {
  const value = state.policyAssignments
    .filter((one) => isListed(one.scope))
    .map(({ scope: at, name, displayName, policyDefinitionId, parameters }) => ({
      id: `${at}/providers/Microsoft.Authorization/policyAssignments/${name}`,
      name,
      type: 'Microsoft.Authorization/policyAssignments',
      properties: { displayName, policyDefinitionId, scope: at, notScopes: [], parameters: parameters ?? {}, enforcementMode: 'Default' },
    }));
  return answer(200, { value });
}

/** Refuses by locks: ReadOnly refuses every write in its scope, also POST actions that list secrets; any lock refuses DELETE. */
export function lockedBy(state: State, id: string, method: string): EmulatedResponse | undefined {
  const lock = state.locks.find(({ scope, level }) => (level === 'ReadOnly' || method === 'DELETE') && holds(scope, id));
  if (!lock) return undefined;
  return gatewayError(
    409,
    'ScopeLocked',
    `The scope '${id}' cannot perform ${method === 'DELETE' ? 'delete' : 'write'} operation because following scope(s) are locked: '${lock.scope}'. Please remove the lock and try again.`,
  );
}
