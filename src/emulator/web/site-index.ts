/** Finds sites by subscription, app and plan without a search through all of them: a large fleet has 50,000. */
import { keyOf, type SiteRecord, type State } from '../state.ts';

interface SiteIndex {
  /** Sites and slots by the id of their subscription, which is in lower case. */
  readonly bySubscription: ReadonlyMap<string, readonly SiteRecord[]>;
  /** Slots by the key of their app. */
  readonly slots: ReadonlyMap<string, readonly SiteRecord[]>;
  /** Number of sites and slots by the key of their plan. */
  readonly onPlan: ReadonlyMap<string, number>;
}

/** From this many sites on, an index is kept. Below that it is made for each request, so that tests may change a state directly. */
const MANY = 1000;
const kept = new WeakMap<State['sites'], SiteIndex>();

export function siteIndex({ sites }: Pick<State, 'sites'>): SiteIndex {
  const known = kept.get(sites);
  if (known) return known;
  const all = Object.entries(sites);
  const index = {
    bySubscription: Map.groupBy(Object.values(sites), ({ id }) => subscriptionOf(id)),
    slots: Map.groupBy(
      all.filter(([, { slot }]) => slot).map(([, site]) => site),
      ({ id }) => keyOf(id).replace(/\/slots\/.*$/, ''),
    ),
    onPlan: countBy(all.map(([, { planId }]) => keyOf(planId))),
  };
  if (all.length >= MANY) kept.set(sites, index);
  return index;
}

export function addSite({ sites }: State, site: SiteRecord): void {
  sites[keyOf(site.id)] = site;
  kept.delete(sites);
}

export function removeSites({ sites }: State, keys: readonly string[]): void {
  for (const key of keys) delete sites[key];
  kept.delete(sites);
}

export const subscriptionOf = (id: string): string => {
  const end = id.indexOf('/', START);
  return (end < 0 ? id.slice(START) : id.slice(START, end)).toLowerCase();
};
const START = '/subscriptions/'.length;

function countBy(keys: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}
