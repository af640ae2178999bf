/** Finds every app of a selection: in the inventory, or by listing one by one where the inventory cannot be queried. */
import { interleave } from '../concurrency.ts';
import { ArmFailure, type Discovery, type Inventoried, type LeftOut, type LeftOutKind, type Subscription } from '../ports.ts';
import type { Target } from '../../azure/index.ts';
import { kindOf, matchesKey } from './selectors.ts';
import { chosenSubscriptions } from './subscriptions.ts';
import { matches, InvalidAppIds, productionOf, type Selection } from './targets.ts';

export interface Fleet {
  readonly apps: AsyncGenerator<Inventoried>;
  readonly subscriptions: readonly Subscription[];
  /** Subscriptions that were given and do not exist. */
  readonly unknown: readonly string[];
}

/** Receives a notice for a person, with the failure where something is missing because of it. */
type FleetNotice = (text: string, failure?: ArmFailure) => void;

/** Finds the apps of a selection in the order in which Azure returns them. */
export async function findFleet(discovery: Discovery, selection: Selection, notify: FleetNotice): Promise<Fleet> {
  const { chosen, unknown } = await chosenSubscriptions(discovery, selection);
  return {
    apps: interleave(chosen.map((one) => appsOf(discovery, one, selection, notify))),
    subscriptions: chosen,
    unknown,
  };
}

async function* appsOf(
  discovery: Discovery,
  { id, name }: Subscription,
  selection: Selection,
  notify: FleetNotice,
): AsyncGenerator<Inventoried> {
  const isWanted = ({ target }: Inventoried) => matches(target, selection) && isMeant(target, selection);
  const seen = new Set<string>();
  const skipped: Record<LeftOutKind, number> = { 'Logic App': 0, 'container app': 0 };
  const leftOut: LeftOut = (_, kind) => void (skipped[kind] += 1);
  try {
    for await (const one of discovery.inventory(id, leftOut)) {
      if (seen.has(one.target.id.toLowerCase())) continue;
      seen.add(one.target.id.toLowerCase());
      if (isWanted(one)) yield one;
    }
    for (const text of skippedTexts(skipped, name)) notify(text);
  } catch (error) {
    if (!(error instanceof ArmFailure)) throw error;
    notify(`Azure Resource Graph does not answer for ${name} (${error.message}); func-harden lists and reads its apps one by one instead.`);
    for await (const one of listed(discovery, id, selection, notify))
      if (!seen.has(one.target.id.toLowerCase()) && isWanted(one)) yield one;
  }
}

/** Returns a notice for each kind of app that was left out in a subscription. */
function skippedTexts(skipped: Readonly<Record<LeftOutKind, number>>, name: string): string[] {
  const counted = (kind: LeftOutKind, what: string) =>
    skipped[kind] === 1 ? `1 ${kind}${what} in ${name} is` : `${skipped[kind]} ${kind}s${what} in ${name} are`;
  return [
    ...(skipped['Logic App'] > 0 ? [`${counted('Logic App', '')} skipped: func-harden does not support Logic Apps.`] : []),
    ...(skipped['container app'] > 0
      ? [`${counted('container app', ' with functions (Microsoft.App/containerApps)')} not checked: func-harden does not support them.`]
      : []),
  ];
}

/** Whether the patterns and the slot match this app or slot. A pattern that contains a slot matches that slot, independent of `--slot`. */
function isMeant(target: Target, { matching = [], slot }: Selection): boolean {
  const bySlot = slot === undefined ? target.slot === undefined : slot === 'all' || target.slot?.toLowerCase() === slot.toLowerCase();
  if (matching.length === 0) return bySlot;
  const app = { ...target, label: target.name, id: productionOf(target.id) };
  if (bySlot && matching.some((key) => matchesKey(key, app))) return true;
  return target.slot !== undefined && matching.some((key) => kindOf(key) === 'pattern' && matchesKey(key, target));
}

async function* listed(discovery: Discovery, subscription: string, selection: Selection, notify: FleetNotice): AsyncGenerator<Inventoried> {
  const held = new Map();
  for await (const target of reportInvalidIds(discovery.apps(subscription), notify)) {
    yield { target, held };
    if ((selection.slot === undefined && !selection.matching?.length) || !matches(target, selection)) continue;
    try {
      for (const slot of await discovery.slots(target)) yield { target: slot, held };
    } catch (error) {
      if (!(error instanceof ArmFailure)) throw error;
      notify(`The slots of ${target.label} could not be listed: ${error.message}`, error);
    }
  }
}

/** Yields all apps that are listed, and reports those whose ids are not valid. */
async function* reportInvalidIds(apps: AsyncGenerator<Target>, notify: FleetNotice): AsyncGenerator<Target> {
  try {
    yield* apps;
  } catch (error) {
    if (!(error instanceof InvalidAppIds)) throw error;
    notify(error.message, error);
  }
}
