/** The values that a run wrote to many apps, from lists, so that the plan of its undo does not read each resource. */
import type { Target } from '../../azure/index.ts';
import type { Intent } from '../../change/undo-log.ts';
import { equals, valueAt, withValue, type Body } from '../../change/json-paths.ts';
import { mapLimited } from '../concurrency.ts';
import { ArmFailure, type ArmWriter, type Assignment, type Discovery, type Fact } from '../ports.ts';

/** For this many resources or more, their list is read. */
const MANY = 20;

/** The resources of one query of Azure Resource Graph, and the queries at the same time. */
const OF_QUERY = 100;
const QUERIES = 4;

/** The lists: the sites from ARM, their configuration from Azure Resource Graph, which may be some minutes old. */
type Lists = Pick<Discovery, 'sites' | 'configs'>;

/** A resource that a run wrote once. */
type Written = readonly [Intent, Target];

/**
 * Returns the resources of which a list shows exactly the values that the run wrote. Nothing else is taken from a list: what it shows in
 * another way, or leaves out, is read. A value that changed after the list was made is found by the read right before the write.
 */
export async function listedFacts(written: readonly Written[], arm: ArmWriter, lists: Lists): Promise<ReadonlyMap<string, Fact>> {
  const found = new Map<string, Fact>();
  const { siteConfig: configs = [], site: sites = [] } = Object.groupBy(
    written.filter(([intent, target]) => isListed(intent, target)),
    ([{ key }]) => key,
  );
  // Resources of one subscription are queried together, so that a query covers few subscriptions.
  const together = [...Map.groupBy(configs, ([, { subscriptionId }]) => subscriptionId).values()].flat();
  const queries = configs.length < MANY ? [] : pieces(together, OF_QUERY);
  const inSubscription = Map.groupBy(sites, ([, { subscriptionId }]) => subscriptionId.toLowerCase());
  const take = async (some: readonly Written[], rows: AsyncIterable<readonly [string, Body]>): Promise<void> => {
    const wanted = new Map(some.map((one) => [one[1].id.toLowerCase(), one]));
    try {
      for await (const [id, body] of rows) {
        const [intent, target] = wanted.get(id) ?? [];
        const shown = intent && target && shownValues(intent, target, body, arm);
        if (intent && shown) found.set(intent.resource, { state: 'read', body: shown });
      }
    } catch (error) {
      // If a list fails, the resources are read one by one.
      if (!(error instanceof ArmFailure)) throw error;
    }
  };
  await Promise.all([
    mapLimited(queries, QUERIES, (some) => take(some, lists.configs(some.map(([, target]) => target)))),
    ...[...inSubscription].map(([id, some]) => (some.length < MANY ? undefined : take(some, sitesOf(id, lists)))),
  ]);
  return found;
}

const pieces = <T>(list: readonly T[], length: number): (readonly T[])[] =>
  Array.from({ length: Math.ceil(list.length / length) }, (_, index) => list.slice(index * length, (index + 1) * length));

const isListed = ({ key, instance, edits }: Intent, { slot }: Target): boolean =>
  !instance && (key === 'siteConfig' || (key === 'site' && slot === undefined)) && edits.every(({ after }) => after.kind === 'plain');

async function* sitesOf(subscription: string, { sites }: Lists): AsyncGenerator<readonly [string, Body]> {
  for await (const { target, held } of sites(subscription)) {
    const body = held.get('site');
    if (body) yield [target.id.toLowerCase(), body];
  }
}

/** Returns only the written values; undefined if the list shows different values, or if the request of the undo requires more values. */
function shownValues({ key, edits }: Intent, target: Target, body: Body, arm: ArmWriter): Body | undefined {
  const isShown = edits.every(({ path, after }) => {
    const value = valueAt(body, path);
    return after.kind === 'plain' && typeof value !== 'object' && value !== undefined && equals(value, after.json);
  });
  if (!isShown) return undefined;
  const sets = edits.map(({ path, after }): Assignment => ({ path, to: after.kind === 'plain' ? after.json : null }));
  const bodyWith = (fresh: Body | null) => arm.request(target, key, fresh, sets).body;
  if (!equals(bodyWith(null), bodyWith(body))) return undefined;
  return sets.reduce((shown: Body, { path }) => withValue(shown, path, valueAt(body, path) ?? null), {});
}
