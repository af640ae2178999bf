/**
 * Propagation delays: a new principal is unknown to role assignments for a while (recorded: 40 to 55 s), and
 * a new assignment is not effective at once. Microsoft says that a principal whose type is given is not looked up, but users
 * see the refusal all the same, so it is emulated for every principal.
 */
import { providerError, type EmulatedResponse } from './answers.ts';
import { isRoleAssignment, principalsIn } from './access/roles.ts';
import { isObject, keyOf, type JsonObject, type State } from './state.ts';

interface Propagation {
  /** Refuses an assignment to a principal that is not known yet. */
  refusal(method: string, path: string, body: unknown, state: State): EmulatedResponse | undefined;
  /** Records what a write created. */
  noticed(state: State): void;
  /** Marks everything that exists as known everywhere. */
  restart(state: State): void;
  /** Returns the state as seen without the latest assignments. */
  settled(state: State): State;
}

/** `delay` in milliseconds. The initial state is known everywhere. */
export function propagation(delay: number, seed: State, now: () => Date): Propagation {
  const since = new Map<string, number>();
  const known = (state: State): string[] => [...principalsOf(state), ...assignmentsOf(state)];
  const restart = (state: State): void => {
    since.clear();
    for (const one of known(state)) since.set(one, -Infinity);
  };
  restart(seed);
  const isFresh = (one: string): boolean => now().getTime() - (since.get(one) ?? -Infinity) < delay;
  return {
    restart,
    refusal(method, path, body, { tenantId }) {
      if (method !== 'PUT' || !isRoleAssignment({ id: path }) || !isObject(body) || !isObject(body['properties'])) return undefined;
      const principal = String(body['properties']['principalId']);
      return isFresh(principal)
        ? providerError(
            400,
            'PrincipalNotFound',
            `Principal ${principal.replaceAll('-', '')} does not exist in the directory ${tenantId}. Check that you have the correct principal ID. If you are creating this principal and then immediately assigning a role, this error might be related to a replication delay.`,
          )
        : undefined;
    },
    noticed(state) {
      const there = new Set(known(state));
      for (const one of since.keys()) if (!there.has(one)) since.delete(one);
      for (const one of there) if (!since.has(one)) since.set(one, now().getTime());
    },
    settled: (state) => ({
      ...state,
      resources: Object.fromEntries(Object.entries(state.resources).filter(([key, one]) => !isRoleAssignment(one) || !isFresh(key))),
    }),
  };
}

const principalsOf = ({ sites, resources }: State): string[] => [
  ...Object.values(sites).flatMap(({ identity }) => principalsIn(identity)),
  ...Object.values(resources).flatMap((one: JsonObject) => principalsIn(isObject(one['identity']) ? one['identity'] : undefined)),
];
const assignmentsOf = ({ resources }: State): string[] => Object.keys(resources).filter((key) => isRoleAssignment({ id: keyOf(key) }));
