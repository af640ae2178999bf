/** Uses of a resource that a run created, since that run. Undo does not remove what others use now, except with --overwrite. */
import {
  instrumentationKey,
  isSameId,
  nameIn,
  type PrivateConnection,
  roleName,
  roleOf,
  sameWord,
  scopeOf,
  usersOf,
  INSIGHTS_CONNECTION,
} from '../../azure/index.ts';
import type { Change, GuardNote } from '../../change/change.ts';
import type { Edit } from '../../change/edit.ts';
import { membersOf, valueAt } from '../../change/json-paths.ts';
import { showValue } from '../../change/value.ts';
import { FactStore, Unreadable } from '../judge/facts.ts';
import { ArmFailure, type ArmReader } from '../ports.ts';

/** The error code of a change that stays because others use what it created. */
export const USED_SINCE = 'UsedSince';

interface LaterUse {
  /** The reason why the change is not reverted. */
  readonly failure?: ArmFailure;
  /** A warning for the preview of the change. */
  readonly notes: readonly string[];
  /** Set where the undo leaves callers without a way to the app. */
  readonly locksOut?: true;
}

const NONE: LaterUse = { notes: [] };

/** Returns a check of one change of an undo, among all changes of that undo. */
export function laterUseOf(arm: ArmReader): (change: Change, all: readonly Change[]) => Promise<LaterUse> {
  const stores = new Map<string, FactStore>();
  return async (change, all) => {
    const check = checkFor(change);
    if (!check) return NONE;
    const store = stores.get(change.target.id) ?? new FactStore(arm, change.target);
    stores.set(change.target.id, store);
    try {
      return await check(change, all, store);
    } catch (error) {
      if (!(error instanceof Unreadable) && !(error instanceof ArmFailure)) throw error;
      return { notes: [`It is unknown whether something uses ${nameIn(change.resource)} since the run: ${error.message}`] };
    }
  };
}

type Check = (change: Change, all: readonly Change[], store: FactStore) => Promise<LaterUse>;

function checkFor({ key, diff, method }: Change): Check | undefined {
  if (diff.some(removesSystemIdentity)) return rolesSince;
  if (method !== 'DELETE') return undefined;
  return key === 'components' ? sendersSince : key === 'privateEndpoints' ? onlyWayIn : undefined;
}

const removesSystemIdentity = ({ path, before, after }: Edit): boolean =>
  path === 'identity.type' && isSystem(showValue(before)) && !isSystem(showValue(after));
const isSystem = (type: unknown): boolean => typeof type === 'string' && /SystemAssigned/i.test(type);

/** An identity that the run created had no role before the run, so each role that this undo does not remove was assigned since. */
const rolesSince: Check = async (change, all, store) => {
  await store.load(['site', 'identityRoles']);
  const { site, identityRoles } = store.view;
  const principal = site.identity?.principalId;
  const left = identityRoles.value.filter(
    (one) =>
      sameWord(one.properties.principalId, principal) &&
      !all.some(({ method, resource }) => method === 'DELETE' && isSameId(resource, one.id)),
  );
  const names = left.map((one) => `${roleName(roleOf(one))} on ${nameIn(scopeOf(one)) || scopeOf(one)}`);
  return left.length === 0 ? NONE : used(`the identity of ${change.target.label} got roles after this run: ${names.join(', ')}`);
};

/** Other apps that send telemetry to a component that the run created. */
const sendersSince: Check = async (change, all, store) => {
  const body = change.diff.map(({ before }) => showValue(before))[0];
  const connection = valueAt(body, 'properties.ConnectionString');
  const key = instrumentationKey(typeof connection === 'string' ? connection : undefined);
  if (key === undefined) return { notes: ['It is unknown which other apps send telemetry to this component.'] };
  await store.load(['neighbours']);
  const { neighbours } = store.view;
  const isReverted = (id: string): boolean =>
    all.some((other) => other.key === 'appSettings' && isSameId(other.target.id, id) && other.diff.some(setsConnection));
  const users = usersOf(neighbours, 'components', [key]).filter(({ neighbour }) => !isReverted(neighbour.id));
  if (users.length > 0)
    return used(`other apps send telemetry to ${nameIn(change.resource)} now: ${users.map(({ neighbour }) => neighbour.name).join(', ')}`);
  const open = neighbours.closed.length + neighbours.beyond;
  return open === 0 ? NONE : { notes: [`${open} other ${open === 1 ? 'app was' : 'apps were'} not checked for their telemetry.`] };
};

const setsConnection = ({ path }: Edit): boolean => sameWord(membersOf(path).at(-1), INSIGHTS_CONNECTION);

/** A private endpoint is the only way to an app without public access. */
const onlyWayIn: Check = async (change, all, store) => {
  await store.load(['site']);
  const { properties } = store.view.site;
  const written = all
    .filter(({ key, target }) => (key === 'site' || key === 'siteUnlisted') && target.id === change.target.id)
    .flatMap(({ diff }) => diff.filter(({ path }) => path === 'properties.publicNetworkAccess'));
  const access = written.length > 0 ? showValue((written.at(-1) as Edit).after) : (properties.publicNetworkAccess ?? '');
  const isOtherWay = ({ properties: { privateEndpoint, privateLinkServiceConnectionState: state } }: PrivateConnection): boolean =>
    sameWord(state?.status, 'Approved') && !isSameId(privateEndpoint?.id ?? '', change.resource);
  const hasOtherWay = (properties.privateEndpointConnections ?? []).some(isOtherWay);
  if (hasOtherWay || !/^disabled$/i.test(typeof access === 'string' ? access : '')) return NONE;
  const says = 'Public network access of the app is disabled. Without this private endpoint, no caller can reach the app.';
  return { notes: [says], locksOut: true };
};

const used = (why: string): LaterUse => ({
  notes: [],
  failure: new ArmFailure({
    kind: 'conflict',
    code: USED_SINCE,
    message: `${why}. The change is not reverted`,
    next: 'Remove these uses and undo again, or add --overwrite to revert the change anyway.',
  }),
});

/** Returns the change with notes about later uses of its resource. */
export function withLaterUse(change: Change, { notes, locksOut }: LaterUse): Change {
  if (notes.length === 0) return change;
  const guards = notes.map((says): GuardNote => ({
    id: 'later-use',
    control: change.controls[0] ?? '',
    level: 'warn',
    says,
    isGeneral: true,
  }));
  return { ...change, guards: [...change.guards, ...guards], ...(locksOut ? { risk: 'lock-out' as const } : {}) };
}
