/** Answers that serve all apps of a subscription or group for a minute, so that a fleet does not ask for them again for each app. */
import type { Body } from '../../change/json-paths.ts';
import { ArmFailure } from '../../engine/ports.ts';
import type { Target } from '../../azure/index.ts';
import type { ArmClient } from '../client.ts';
import { listAll, textOf } from '../resource-definition.ts';

/** Milliseconds for which an answer is kept. */
const KEPT_FOR = 60_000;

interface Kept {
  readonly answer: Promise<unknown>;
  readonly until: number;
}
const kept = new WeakMap<ArmClient, Map<string, Kept>>();
/** The apps that asked, by the scope and the kind of list. */
const askers = new WeakMap<ArmClient, Map<string, Set<string>>>();

/** Removes every kept answer, because a write of this command may have changed what it says. */
export function forgetAnswers(client: ArmClient): void {
  kept.delete(client);
  askers.delete(client);
}

const mapOf = <T>(maps: WeakMap<ArmClient, Map<string, T>>, client: ArmClient): Map<string, T> => {
  const found = maps.get(client) ?? new Map<string, T>();
  maps.set(client, found);
  return found;
};

/** Returns a kept answer, or asks for it. A failure is not kept, so that the next app asks again. */
export function keptAnswer<T>(client: ArmClient, key: string, ask: () => Promise<T>): Promise<T> {
  const known = mapOf(kept, client);
  const before = known.get(key.toLowerCase());
  if (before && before.until > Date.now()) return before.answer as Promise<T>;
  const answer = ask();
  const mine: Kept = { answer, until: Date.now() + KEPT_FOR };
  known.set(key.toLowerCase(), mine);
  answer.catch(() => known.get(key.toLowerCase()) === mine && known.delete(key.toLowerCase()));
  return answer;
}

/** For this many apps of a scope or more, the list of the whole scope is read; fewer apps are read one by one. */
const MANY = 3;

/** Asks for one app, and once for all of them where many apps of a command ask for the same. */
export function sharedAnswer<T>(client: ArmClient, target: Target, key: string, ask: () => Promise<T>): Promise<T> {
  return appsThatAsked(client, key).add(target.id.toLowerCase()).size < MANY ? ask() : keptAnswer(client, key, ask);
}

/** A list of what applies to a scope: locks, policy assignments, deny assignments. */
export interface ScopeList {
  /** `/providers/Microsoft.Authorization/locks` */
  readonly suffix: string;
  readonly apiVersion: string;
  /** Checks a row. @throws ArmFailure */
  readonly check: (row: Body) => Body;
  /** Returns the scope that a row was created on; undefined if it is unknown. */
  readonly scopeOf: (row: Body) => string | undefined;
}

/**
 * Returns the rows that apply to an app: those on the app and on every scope above it.
 *
 * The list of a subscription or group without a filter has what is at, above and below it, so it serves all apps there. Sources:
 * learn.microsoft.com/rest/api/resources/management-locks/list-at-subscription-level,
 * learn.microsoft.com/rest/api/policyauthorization/policy-assignments/list,
 * learn.microsoft.com/azure/role-based-access-control/list-deny-assignments. A caller may lack the right to read there and have it on the
 * app, so a failure leads to the next smaller scope.
 */
export async function rowsInForce(client: ArmClient, target: Target, list: ScopeList): Promise<Body[]> {
  const subscription = `/subscriptions/${target.subscriptionId}`;
  for (const scope of [subscription, `${subscription}/resourceGroups/${target.resourceGroup}`]) {
    const apps = appsThatAsked(client, `${scope}${list.suffix}`);
    apps.add(target.id.toLowerCase());
    if (apps.size < MANY) continue;
    const rows = await wideRows(client, scope, list);
    if (rows instanceof ArmFailure) throw rows;
    const own = rows && inForce(rows, target.id, list);
    if (own) return own;
  }
  return (await listAll(client, `${target.id}${list.suffix}?$filter=atScope()`, list.apiVersion)).map(list.check);
}

function appsThatAsked(client: ArmClient, key: string): Set<string> {
  const known = mapOf(askers, client);
  const apps = known.get(key.toLowerCase()) ?? new Set<string>();
  known.set(key.toLowerCase(), apps);
  return apps;
}

/**
 * Returns all rows of a scope; undefined where they cannot be read there. That is kept too: the other apps would get the same answer. A
 * service that refuses for want of budget gets no further requests for each app: the failure is the answer for all of them.
 */
const wideRows = (
  client: ArmClient,
  scope: string,
  { suffix, apiVersion, check }: ScopeList,
): Promise<readonly Body[] | ArmFailure | undefined> =>
  keptAnswer(client, `${scope}${suffix}`, async () => {
    try {
      return (await listAll(client, `${scope}${suffix}`, apiVersion)).map(check);
    } catch (error) {
      if (!(error instanceof ArmFailure)) throw error;
      return error.kind === 'throttled' ? error : undefined;
    }
  });

/** Returns the rows at and above an app; undefined if the scope of a row is unknown, so that the app must be read from Azure. */
function inForce(rows: readonly Body[], id: string, { scopeOf }: ScopeList): Body[] | undefined {
  const scopes = rows.map(scopeOf);
  if (scopes.includes(undefined)) return undefined;
  return rows.filter((_, index) => isAtOrAbove(scopes[index] ?? '', id));
}

/** Whether a scope contains a resource. Tenants and management groups contain every subscription that lists them. */
const isAtOrAbove = (scope: string, id: string): boolean =>
  /^\/?$|^\/providers\/Microsoft\.Management\/managementGroups\/[^/]+\/?$/i.test(scope) ||
  `${id}/`.toLowerCase().startsWith(`${scope.replace(/\/$/, '')}/`.toLowerCase());

/** Returns the scope of a row: the part of its id before the provider of the row. */
export const scopeById =
  (suffix: string) =>
  (row: Body): string | undefined => {
    const id = textOf(row['id']);
    const at = id.toLowerCase().lastIndexOf(`${suffix.toLowerCase()}/`);
    return at < 0 ? undefined : id.slice(0, at);
  };
