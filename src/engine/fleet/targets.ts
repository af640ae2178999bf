import { isIdName } from '../../azure/resources/arm-id.ts';
import { hasTag, kindOf, matchesKey, matchesSlotsOf } from './selectors.ts';
import { chosenSubscriptions } from './subscriptions.ts';
import { ArmFailure, type Discovery, type Subscription } from '../ports.ts';
import type { Target } from '../../azure/index.ts';

/** The apps that the options of a command select. */
export interface Selection {
  /** Ids, names, or patterns of names. */
  readonly subscriptions: readonly string[];
  /** Management groups, to use only the subscriptions below them. */
  readonly managementGroups?: readonly string[];
  readonly resourceGroup?: string;
  /** Names, `app/slot` or resource ids. All apps where this and `matching` are empty. */
  readonly apps: readonly string[];
  /** Patterns and tags. They may match any number of apps, also none. */
  readonly matching?: readonly string[];
  /** The name of a slot instead of production, or `all` for production and every slot. */
  readonly slot?: string;
  /** `KEY=VALUE`. An app must have all of them. */
  readonly tags: readonly string[];
}

/** A listing that failed: the slots of an app, or the apps of a subscription by its name. */
interface NotListed {
  readonly app: string;
  readonly what: 'apps' | 'slots';
  readonly failure: ArmFailure;
}

/** A name that several apps have, with all their resource ids. */
export interface SharedName {
  readonly name: string;
  readonly ids: readonly string[];
}

export interface FoundTargets {
  readonly targets: readonly Target[];
  /** Names that were given and that several apps have, so that the selected app is not known. */
  readonly shared: readonly SharedName[];
  /** Names that were given and that no app has, each with the names that exist. */
  readonly missing: readonly string[];
  /** Subscriptions that were given and do not exist. */
  readonly unknown: readonly string[];
  /** Names of all readable apps, for "did you mean". */
  readonly known: readonly string[];
  readonly subscriptions: readonly Subscription[];
  /** Names of Logic Apps in the same subscriptions. */
  readonly leftOut: readonly string[];
  /** Subscriptions whose apps, and apps whose slots, could not be listed. */
  readonly failures: readonly NotListed[];
}

/** A complete listing except for apps whose ids are not valid. The apps that were listed before it are valid. */
export class InvalidAppIds extends ArmFailure {
  constructor(count: number) {
    super({
      kind: 'server',
      code: 'UnexpectedAnswer',
      message: `${count === 1 ? 'An app is' : `${count} apps are`} listed with an id outside this subscription. func-harden does not read or change it.`,
      next: 'If you use your own endpoint, report this to its operator.',
    });
  }
}

/** Returns the id of the production site of a slot, or of the site itself. */
export const productionOf = (id: string): string => id.replace(/\/slots\/[^/]+$/i, '');

/** Returns the names that several of these apps have. Patterns, tags and resource ids are not names. */
export function sharedNames(
  wanted: readonly string[],
  targets: readonly Target[],
  keysOf: (target: Target) => string[] = namesOf,
): SharedName[] {
  const names = wanted.filter((name) => kindOf(name) === 'name');
  if (names.length === 0) return [];
  // An answers file can name thousands of apps, so names are looked up and not compared one by one.
  const keyed = targets.flatMap((target) => keysOf(target).map((key) => ({ key, id: target.id })));
  const fitting = Map.groupBy(keyed, ({ key }) => key);
  return names
    .map((name) => {
      const ids = (fitting.get(name.toLowerCase()) ?? []).map(({ id }) => (name.includes('/') ? id : productionOf(id)));
      return { name, ids: [...new Map(ids.map((id) => [id.toLowerCase(), id])).values()] };
    })
    .filter(({ ids }) => ids.length > 1);
}

/** Returns the text that a person confirms an app of a run with: its name, or its resource id where another app has the same name. */
export function confirmedBy(all: readonly Target[]): (target: Target) => string {
  const labels = all.map(({ label }) => label);
  const shared = new Set(sharedNames(labels, all).map(({ name }) => name.toLowerCase()));
  return ({ id, label }) => (shared.has(label.toLowerCase()) ? id : label);
}

/** Returns the parts of the ARM id of a site or slot, or undefined for any other id. */
export function parseSiteId(id: string): Pick<Target, 'id' | 'name' | 'slot' | 'label' | 'resourceGroup' | 'subscriptionId'> | undefined {
  const match =
    /^\/subscriptions\/([\w-]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.Web\/sites\/([^/]+)(?:\/slots\/([^/]+))?$/i.exec(id);
  if (!match) return undefined;
  const [, subscriptionId = '', resourceGroup = '', name = '', slot] = match;
  // The undo log accepts the same ids, so that no app is changed whose run could not be undone.
  if (![resourceGroup, name, slot ?? name].every(isIdName)) return undefined;
  return { id, name, label: slot ? `${name}/${slot}` : name, subscriptionId, resourceGroup, ...(slot ? { slot } : {}) };
}

const namesOf = ({ label, id }: Pick<Target, 'label' | 'id'>): string[] => [label.toLowerCase(), id.toLowerCase()];

/** The order of apps in every list and run. Apps of the same name are ordered too, because a number of apps may be changed first. */
export const byName = (a: Target, b: Target): number => a.label.localeCompare(b.label) || a.id.localeCompare(b.id);

/** Returns the apps and slots of a selection in the order of their names. */
export async function findTargets(discovery: Discovery, selection: Selection): Promise<FoundTargets> {
  const { matching = [] } = selection;
  const wanted = [...selection.apps, ...matching];
  // A saved plan names thousands of apps, so names are looked up and not compared one by one.
  const named = new Set(selection.apps.map((text) => text.toLowerCase()));
  const isMeant = (target: Target) => namesOf(target).some((name) => named.has(name)) || matching.some((text) => matchesKey(text, target));
  const ofSlots = wanted.filter((text) => /^[^/]+\/|\/slots\//i.test(text));
  const { chosen, unknown } = await chosenSubscriptions(discovery, selection);
  const leftOut: string[] = [];
  const unlisted: NotListed[] = [];
  const usesOf = (app: Target) => ({
    app,
    bySlot: ofSlots.filter((text) => matchesSlotsOf(text, app)),
    everyApp: wanted.length === 0 || isMeant(app),
  });
  // Of an app that is not meant, only the name is kept: a saved plan names few of all apps.
  const lists = await Promise.all(
    chosen.map(async ({ id, name }) => {
      const listed: { names: string[]; used: ReturnType<typeof usesOf>[]; any: boolean } = { names: [], used: [], any: false };
      try {
        for await (const app of discovery.apps(id, (one) => void leftOut.push(one))) {
          listed.any = true;
          if (!matches(app, selection)) continue;
          listed.names.push(app.name);
          const uses = usesOf(app);
          if (uses.everyApp || uses.bySlot.length > 0) listed.used.push(uses);
        }
        return listed;
      } catch (error) {
        if (!(error instanceof ArmFailure)) throw error;
        unlisted.push({ app: `subscription ${name}`, what: 'apps', failure: error });
        return error instanceof InvalidAppIds ? listed : { names: [], used: [], any: false };
      }
    }),
  );
  // A subscription that cannot be read does not hide the others. If none can be listed, the failure is returned.
  if (unlisted[0] && unlisted.length === chosen.length && !lists.some(({ any }) => any)) throw unlisted[0].failure;
  const targets: Target[] = [];
  const failures: NotListed[] = [];
  await Promise.all(
    lists
      .flatMap(({ used }) => used)
      .map(async ({ app, bySlot, everyApp }) => {
        if (everyApp && (selection.slot === undefined || selection.slot === 'all')) targets.push(app);
        if (selection.slot === undefined && bySlot.length === 0) return;
        const slots = await discovery.slots(app).catch((error: unknown) => {
          if (!(error instanceof ArmFailure)) throw error;
          failures.push({ app: app.label, what: 'slots', failure: error });
          return [];
        });
        targets.push(
          ...slots.filter(
            (slot) =>
              (everyApp && (selection.slot === 'all' || slot.slot?.toLowerCase() === selection.slot?.toLowerCase())) ||
              bySlot.some((text) => matchesKey(text, slot)),
          ),
        );
      }),
  );
  // With --slot, the option names the app, and the targets are its slots.
  const keysOf = (target: Target) => [
    ...namesOf(target),
    ...(selection.slot === undefined ? [] : namesOf({ label: target.name, id: productionOf(target.id) })),
  ];
  const found = new Set(targets.flatMap(keysOf));
  const missing = selection.apps.filter((text) => !found.has(text.toLowerCase()));
  return {
    // Azure lists an app twice where the list changes between two pages.
    targets: [...new Map(targets.map((target) => [target.id.toLowerCase(), target])).values()].toSorted(byName),
    missing,
    shared: sharedNames(selection.apps, targets, keysOf),
    unknown,
    known: lists.flatMap(({ names }) => names),
    subscriptions: chosen,
    // If all named apps were found, subscriptions that cannot be read do not matter.
    failures: wanted.length > 0 && matching.length === 0 && missing.length === 0 ? failures : [...unlisted, ...failures],
    leftOut,
  };
}

export function matches(app: Target, { resourceGroup, tags }: Selection): boolean {
  if (resourceGroup && app.resourceGroup.toLowerCase() !== resourceGroup.toLowerCase()) return false;
  return tags.every((tag) => hasTag(app, tag));
}
