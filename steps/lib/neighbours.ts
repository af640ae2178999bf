/** Guard texts about other apps and slots that a change of a shared resource affects, and about apps that were not checked. */
import { type Context, type GuardFinding, clear, warn } from '../../src/contract/index.ts';
import { nameIn, type Neighbours, sameResource, type Site, usersOf, type Vault } from '../../src/azure/index.ts';

/** Lists names: "a, b and 3 more". */
export const listed = (names: readonly string[], most = 5): string =>
  names.length <= most + 1 ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`;

/** Returns what was not checked, in sentences. Apps of other subscriptions are never checked. */
export function uncheckedNeighbours({ beyond, closed, total }: Neighbours): string[] {
  return [
    ...(beyond > 0 ? [`${beyond} of ${total} apps of the subscription were not checked, because there are too many.`] : []),
    ...(closed.length > 0
      ? [`${listed(closed)} ${closed.length === 1 ? 'was' : 'were'} not checked, because the settings could not be read.`]
      : []),
  ];
}
/** Names the places that were not checked: Resource Graph was queried for App Service only, and settings do not name mounted resources. */
const elsewhere = (what: string, hides: boolean): string =>
  `func-harden did not check apps of other subscriptions, ${hides ? 'shares that apps mount, ' : ''}and services other than App Service (for example Container Apps and Data Factory). They may use ${what} too.`;

/** Completes the findings on neighbors. They are clear only where every readable app was read and none prevents the change. */
export function withUnchecked(neighbours: Neighbours, found: readonly GuardFinding[], what: string, hides: boolean): GuardFinding[] {
  const missed = uncheckedNeighbours(neighbours).map((says): GuardFinding => ({ level: 'warn', says }));
  const hiding = hides ? neighbours.value.filter(({ hidden }) => hidden.length > 0) : [];
  const inVaults: GuardFinding[] =
    hiding.length > 0
      ? [
          warn(
            `${listed(hiding.map(({ name }) => name))} ${hiding.length === 1 ? 'keeps' : 'keep'} settings in a vault or configuration store. func-harden did not check whether these settings name ${what}.`,
          ),
        ]
      : [];
  const findings = [...found, ...missed, ...inVaults];
  if (findings.length > 0) return [...findings, warn(elsewhere(what, hides))];
  const { total } = neighbours;
  return [
    clear(
      total === 0
        ? `Azure Resource Graph lists no other app or slot in this subscription. ${elsewhere(what, hides)}`
        : `None of the ${total} other apps and slots that you can read in this subscription uses ${what} in its settings. ${elsewhere(what, hides)}`,
    ),
  ];
}

/** The findings where the list of apps, or all of their settings, could not be read. */
export const NEIGHBOURS_NOT_READ: readonly GuardFinding[] = [
  warn('Other apps and slots of the subscription were not checked, because they could not be read.'),
];

/** Returns other apps and slots that refer to one of the vaults. The change affects them too. */
export function vaultSharers({ facts }: Context<unknown>, vaults: readonly Vault[], consequence: string): readonly GuardFinding[] {
  const neighbours = facts.maybe('neighbours');
  if (!neighbours) return NEIGHBOURS_NOT_READ;
  const names = vaults.map(({ name }) => name);
  const found = usersOf(neighbours, 'vaults', names).map(({ neighbour, use }): GuardFinding =>
    warn(`${neighbour.name} also uses ${use.name} (${listed(use.settings)}): ${consequence}`),
  );
  return withUnchecked(neighbours, found, names.join(' and '), false);
}

const sitesOnSubnet = (sites: readonly Site[], subnet: string): readonly Site[] =>
  sites.filter(({ properties }) => sameResource(properties.virtualNetworkSubnetId, subnet));

export function plansOnSubnet(sites: readonly Site[], subnet: string, own: string | undefined): string[] {
  const plans = sitesOnSubnet(sites, subnet).flatMap(({ properties }) => properties.serverFarmId ?? []);
  const others = plans.filter((id) => !sameResource(id, own));
  return [...new Map(others.map((id) => [id.toLowerCase(), nameIn(id)])).values()];
}
