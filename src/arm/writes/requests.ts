import type { ResourceKey, Target } from '../../azure/index.ts';
import type { Assignment } from '../../engine/ports.ts';
import { isRecord, membersOf, pathOf, spellingIn, valueAt, withValue, type Body } from '../../change/json-paths.ts';
import type { Resource } from '../resource-definition.ts';
import { idOf, RESOURCES } from '../resource-table.ts';
import type { ArmRequest } from '../../change/change.ts';

/** Makes the request for the assignments: only the changes, or the whole resource where ARM replaces it. */
export function requestFor(
  target: Target,
  key: ResourceKey,
  fresh: Body | null,
  sets: readonly Assignment[],
  instanceId?: string,
): ArmRequest {
  const { apiVersion, write, replaces, sent, instead, together = [] } = RESOURCES[key];
  if (!write) throw new TypeError(`${key} is read only`);
  const base = { method: write, path: instanceId ?? idOf(target, key), apiVersion };
  const whole = sets.find(({ path }) => path === '');
  if (whole) return { ...base, method: whole.to === null ? 'DELETE' : 'PUT', body: whole.to ?? null };
  if (write === 'POST') return { ...base, body: null };
  const own = instead?.(fresh ?? {}, sets);
  if (own) return { ...base, method: 'PUT', path: `${base.path}${own.suffix}`, body: own.body };
  const companions = together.flatMap((group) => (group.some((path) => sets.some((set) => set.path === path)) ? group : []));
  const kept = companions
    .filter((path) => !sets.some((set) => set.path === path))
    .map((path) => ({ path, to: valueAt(fresh ?? {}, path) }));
  const start: Body = replaces === 'body' ? (fresh ?? {}) : replaces ? { properties: valueAt(fresh ?? {}, 'properties') ?? {} } : {};
  const body = [...kept, ...sets].reduce(
    (sum, { path, to }) => (to === undefined || to === null ? removeMember(sum, path, replaces) : withValue(sum, path, to)),
    start,
  );
  return { ...base, body: sent ? sent(body) : body };
}

/** Returns a body without the value at a path. ARM reads null as "no change"; a collection that is replaced loses the member. */
function removeMember(body: Body, path: string, replaces: Resource['replaces']): Body {
  if (!replaces) return body;
  const members = membersOf(path);
  const owner = pathOf(...members.slice(0, -1));
  const value = valueAt(body, owner);
  if (!isRecord(value)) return body;
  const gone = spellingIn(value, members.at(-1) ?? '');
  return withValue(body, owner, Object.fromEntries(Object.entries(value).filter(([name]) => name !== gone)));
}
