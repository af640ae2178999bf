/** The subscriptions of a selection: by id, name or pattern, and below management groups. */
import type { Discovery, Subscription } from '../ports.ts';
import { fitsText } from './selectors.ts';
import { fleetErrors } from './errors.ts';

const isNamed = ({ id, name }: Subscription, wanted: string): boolean => fitsText(wanted, id) || fitsText(wanted, name);

/** Returns the subscriptions that are named by id, name or pattern, or all of them if none is named. */
export const wantedSubscriptions = (known: readonly Subscription[], wanted: readonly string[]): readonly Subscription[] =>
  known.filter((subscription) => wanted.length === 0 || wanted.some((one) => isNamed(subscription, one)));

/** Returns the names of subscriptions that do not exist. */
export const unknownSubscriptions = (known: readonly Subscription[], wanted: readonly string[]): readonly string[] =>
  wanted.filter((one) => !known.some((subscription) => isNamed(subscription, one)));

interface Wanted {
  readonly subscriptions: readonly string[];
  readonly managementGroups?: readonly string[];
}

interface ChosenSubscriptions {
  readonly chosen: readonly Subscription[];
  /** Names that were given and that no subscription has. */
  readonly unknown: readonly string[];
}

/** Returns the subscriptions of a selection. @throws UserError where a management group and the names fit no subscription together */
export async function chosenSubscriptions(
  discovery: Pick<Discovery, 'subscriptions' | 'subscriptionsUnder'>,
  { subscriptions: wanted, managementGroups = [] }: Wanted,
): Promise<ChosenSubscriptions> {
  const reachable = await discovery.subscriptions();
  let known: readonly Subscription[] = reachable;
  if (managementGroups.length > 0) {
    const below = new Set<string>();
    for (const group of managementGroups) {
      // The option accepts the subscription id, or the whole ARM id.
      const ids = await discovery.subscriptionsUnder(group.split('/').at(-1) ?? group);
      const own = ids.filter((id) => reachable.some((one) => one.id.toLowerCase() === id.toLowerCase()));
      if (own.length === 0) throw fleetErrors.emptyManagementGroup({ group });
      for (const id of own) below.add(id.toLowerCase());
    }
    known = reachable.filter(({ id }) => below.has(id.toLowerCase()));
  }
  const unknown = unknownSubscriptions(known, wanted);
  const outside = unknown.filter((one) => unknownSubscriptions(reachable, [one]).length === 0);
  if (outside.length > 0) throw fleetErrors.outsideManagementGroup({ subscriptions: outside, groups: managementGroups });
  return { chosen: wantedSubscriptions(known, wanted), unknown };
}
