/** The sites of many apps from the list of their subscription, so that an app with nothing to change is not read separately. */
import type { Target } from '../../azure/index.ts';
import { interleave } from '../concurrency.ts';
import { ArmFailure, type Discovery, type Inventoried } from '../ports.ts';

/** For this many apps of a subscription or more, its list is read. */
const MANY = 20;

export interface ListedApp {
  readonly target: Target;
  /** The place of the app in the order of all apps. */
  readonly index: number;
  /** The site as the list shows it; missing where it must be read. */
  readonly held?: Inventoried['held'];
}

/**
 * Yields the apps, those of a subscription in the order of its list, and subscriptions in turn, because Azure limits the requests to each
 * of them by itself. Of each list, one page is held: the lists of a large fleet are larger than all else that is held of it.
 */
export function appsWithSites(discovery: Discovery, targets: readonly Target[]): AsyncGenerator<ListedApp> {
  const apps = targets.map((target, index) => ({ target, index }));
  const groups = Map.groupBy(apps, ({ target }) => target.subscriptionId.toLowerCase());
  return interleave([...groups.values()].map((group) => appsInTurn(discovery, group)));
}

/** Yields the apps that the list of the subscription shows, then those that it does not show, and all where it fails. */
async function* appsInTurn(discovery: Discovery, apps: readonly ListedApp[]): AsyncGenerator<ListedApp> {
  const production = apps.filter(({ target }) => target.slot === undefined);
  const open = new Map(production.map((app) => [app.target.id.toLowerCase(), app]));
  const [first] = production;
  if (first && production.length >= MANY)
    try {
      for await (const { target, held } of discovery.sites(first.target.subscriptionId)) {
        const app = open.get(target.id.toLowerCase());
        open.delete(target.id.toLowerCase());
        if (app) yield { ...app, held };
      }
    } catch (error) {
      if (!(error instanceof ArmFailure)) throw error;
    }
  yield* open.values();
  for (const app of apps) if (app.target.slot !== undefined) yield app;
}
