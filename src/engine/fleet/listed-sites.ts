/** The sites of many apps from the list of their subscription, so that an app with nothing to change is not read separately. */
import type { ResourceKey, Target } from '../../azure/index.ts';
import type { Body } from '../../change/json-paths.ts';
import { ArmFailure, type Discovery, type Inventoried } from '../ports.ts';

/** For this many apps of a subscription or more, its list is read. */
const MANY = 20;

type Held = Inventoried['held'];

/** The sites by their ids in lower case, each as text, which takes a tenth of the memory. */
type ListedSites = Map<string, string>;

/** Lists the sites of the subscriptions that many of these apps are in. Where a list fails, its apps are read one by one. */
export async function listedSites(discovery: Discovery, targets: readonly Target[]): Promise<ListedSites> {
  const found: ListedSites = new Map();
  const production = targets.filter(({ slot }) => slot === undefined);
  await Promise.all(
    [...Map.groupBy(production, ({ subscriptionId }) => subscriptionId.toLowerCase()).values()].map(async (apps) => {
      const [first] = apps;
      if (!first || apps.length < MANY) return;
      const wanted = new Set(apps.map(({ id }) => id.toLowerCase()));
      try {
        for await (const { target, held } of discovery.sites(first.subscriptionId))
          if (wanted.has(target.id.toLowerCase())) found.set(target.id.toLowerCase(), JSON.stringify([...held]));
      } catch (error) {
        if (!(error instanceof ArmFailure)) throw error;
      }
    }),
  );
  return found;
}

/** Returns the site of an app and lets go of it: an app that is planned again is read. */
export function takeSite(listed: ListedSites, { id }: Target): Held | undefined {
  const text = listed.get(id.toLowerCase());
  listed.delete(id.toLowerCase());
  return text === undefined ? undefined : new Map(JSON.parse(text) as [ResourceKey, Body][]);
}
