/**
 * Azure's requirements for a subnet that an app joins, or that contains a private endpoint. Sources:
 * learn.microsoft.com/azure/app-service/overview-vnet-integration#subnet-requirements (/28, /26 for several plans, two integrations per
 * plan, same region), azure-functions/flex-consumption-how-to (no underscore in the name, /27), Azure/Azure-Functions#2605 (one
 * service association link per subnet; that of Flex Consumption is called legionservicelink), private-link/private-endpoint-overview.
 */
import { clear, type GuardFinding, stop, warn } from '../../../src/contract/index.ts';
import { type App, delegationFor, nameIn, sameResource, type Site, type Subnet, subnetName } from '../../../src/azure/index.ts';
import { plansOnSubnet } from '../neighbours.ts';
import { isDelegatedTo, type Found } from './networks.ts';

/** The number of addresses in each subnet that Azure reserves. */
const RESERVED = 5;
/** Smallest subnets by prefix length: for one plan, for Flex Consumption, for several plans, and the recommended size. */
const SMALLEST = { plan: 28, flex: 27, several: 26, recommended: 26 } as const;
const MOST_INTEGRATIONS = 2;
/** Names of subnets that belong to one service. */
const TAKEN = /^(GatewaySubnet|AzureFirewall(Management)?Subnet|AzureBastionSubnet|RouteServerSubnet)$/i;

/** Returns the prefix length of a subnet in IPv4, the widest of several; undefined where none was read. */
function prefixOf({ properties }: Subnet): number | undefined {
  const lengths = [properties.addressPrefix ?? [], properties.addressPrefixes ?? []]
    .flat()
    .flatMap((text) => /^\d+\.\d+\.\d+\.\d+\/(\d+)$/.exec(text)?.[1] ?? [])
    .map(Number);
  return lengths.length > 0 ? Math.min(...lengths) : undefined;
}
const usable = (prefix: number): number => Math.max(0, 2 ** (32 - prefix) - RESERVED);
const regionOf = (location: string): string => location.toLowerCase().replaceAll(' ', '');

/** Returns the services that already use the subnet, by the links that they left on it. */
const linksOf = ({ properties }: Subnet): readonly { readonly name: string; readonly of?: string }[] =>
  (properties.serviceAssociationLinks ?? []).map((link) => {
    const { name, properties: linked } = link as { name?: string; properties?: { link?: string; linkedResourceType?: string } };
    return { name: name ?? 'another service', ...(linked?.link ? { of: linked.link } : {}) };
  });

interface Joining {
  readonly app: App;
  readonly site: Site;
  /** All sites and slots of the subscription; undefined if they could not be read. */
  readonly sites: readonly Site[] | undefined;
}

/** Checks whether an app can join a subnet: a stop where Azure would refuse it, a warning where addresses may become scarce. */
export function mayJoin({ app, site, sites: known }: Joining, { network, subnet }: Found): GuardFinding[] {
  const name = subnetName(subnet.id);
  const isFlex = app.plan === 'FC1';
  const wanted = delegationFor(app);
  if (!isDelegatedTo(subnet, wanted))
    return [stop(`${name} is not delegated to ${wanted}. Delegate an empty subnet of /${SMALLEST.flex} or larger.`)];
  const plan = site.properties.serverFarmId;
  const sites = known ?? [];
  const plans = plansOnSubnet(sites, subnet.id, plan);
  const findings = [
    ...(known
      ? []
      : [warn(`func-harden did not check which other apps use ${name}, because the apps of the subscription could not be read.`)]),
    ...(regionOf(network.location) === regionOf(site.location)
      ? []
      : [stop(`${name} is in the region ${network.location}; the app is in ${site.location}. Choose a subnet in the same region.`)]),
    ...(isFlex && subnet.name.includes('_')
      ? [stop(`Flex Consumption does not support a subnet with an underscore in its name: ${subnet.name}. Choose a different subnet.`)]
      : []),
    ...heldBy(subnet, isFlex, plan, plans.length),
    ...roomIn(subnet, isFlex, plans),
    ...tooMany(sites, site, subnet),
  ];
  return findings.some(({ level }) => level === 'stop')
    ? findings
    : [clear(`${name} is delegated to ${wanted} and is in the region of the app.`), ...findings];
}

/** Checks whether another service uses the subnet. It may keep the subnet even after its last app has left. */
function heldBy(subnet: Subnet, isFlex: boolean, plan: string | undefined, others: number): GuardFinding[] {
  const name = subnetName(subnet.id);
  const own = isFlex ? /^legionservicelink$/i : /^AppServiceLink$/i;
  return linksOf(subnet).flatMap((link): GuardFinding[] => {
    if (!own.test(link.name))
      return [
        stop(
          `${name} is already linked to another service (${link.name}). Azure allows one service per subnet. Use a different subnet, or remove the link.`,
        ),
      ];
    if (isFlex)
      return others > 0
        ? []
        : [
            warn(
              `${name} is already linked (${link.name}), and no function app of this subscription uses it. If a Container Apps environment uses it, choose a different subnet: the app cannot share it.`,
            ),
          ];
    const isOwn = link.of === undefined || sameResource(link.of, plan);
    return isOwn || others > 0
      ? []
      : [warn(`${name} is linked to the plan ${nameIn(link.of ?? '')}, which may use addresses of the subnet.`)];
  });
}

function roomIn(subnet: Subnet, isFlex: boolean, plans: readonly string[]): GuardFinding[] {
  const name = subnetName(subnet.id);
  const prefix = prefixOf(subnet);
  const shared = plans.length > 0 ? `${name} is already used by ${plans.join(', ')}` : undefined;
  const sharing = shared ? [warn(`${shared}. A second plan needs free addresses in it and shares its network rules.`)] : [];
  if (prefix === undefined) return [warn(`The size of ${name} could not be read.`), ...sharing];
  const least = isFlex ? SMALLEST.flex : SMALLEST.plan;
  if (prefix > least)
    return [stop(`${name} is too small: /${prefix} has ${usable(prefix)} addresses for apps. Choose a subnet of /${least} or larger.`)];
  if (shared && !isFlex && prefix > SMALLEST.several)
    return [warn(`${shared}. Several plans can share only a subnet of /${SMALLEST.several} or larger, and this subnet is /${prefix}.`)];
  return prefix > SMALLEST.recommended
    ? [
        warn(
          `${name} (/${prefix}) has ${usable(prefix)} addresses. Each instance uses one address, and Microsoft recommends /${SMALLEST.recommended}.`,
        ),
        ...sharing,
      ]
    : sharing;
}

/** Checks the number of subnets that the apps of a plan use. Each plan can use only a few. */
function tooMany(sites: readonly Site[], { id, properties: { serverFarmId } }: Site, subnet: Subnet): GuardFinding[] {
  if (serverFarmId === undefined) return [];
  const used = sites
    .filter((one) => !sameResource(one.id, id) && sameResource(one.properties.serverFarmId, serverFarmId))
    .flatMap(({ properties }) => properties.virtualNetworkSubnetId?.toLowerCase() ?? []);
  const others = new Set(used.filter((one) => one !== subnet.id.toLowerCase()));
  if (used.includes(subnet.id.toLowerCase()) || others.size < MOST_INTEGRATIONS) return [];
  return [
    stop(
      `The plan ${nameIn(serverFarmId)} uses ${[...others].map(subnetName).join(' and ')}. A plan can use at most ${MOST_INTEGRATIONS} subnets. Choose one of these.`,
    ),
  ];
}

export function mayHoldEndpoint({ subnet }: Found): GuardFinding[] {
  const name = subnetName(subnet.id);
  const [delegation] = subnet.properties.delegations ?? [];
  if (delegation)
    return [
      stop(
        `The subnet is delegated to ${delegation.properties.serviceName ?? 'a service'}. A private endpoint requires a subnet without delegation. Choose a different subnet.`,
      ),
    ];
  if (TAKEN.test(subnet.name))
    return [stop(`${name} is reserved for the Azure service in its name. A private endpoint cannot use it. Choose a different subnet.`)];
  const [link] = linksOf(subnet);
  if (link)
    return [
      stop(
        `${name} is linked to another service (${link.name}). A private endpoint requires a subnet without a service link. Choose a different subnet.`,
      ),
    ];
  const prefix = prefixOf(subnet);
  const used = subnet.properties.ipConfigurations?.length ?? 0;
  if (prefix === undefined) return [warn(`The size of ${name} could not be read.`)];
  if (used >= usable(prefix))
    return [stop(`${name} (/${prefix}) has no free address: ${used} of ${usable(prefix)} are in use. Choose a different subnet.`)];
  return [
    clear(
      `${name} is delegated to no service, and it has ${usable(prefix) - used} free ${usable(prefix) - used === 1 ? 'address' : 'addresses'}.`,
    ),
  ];
}
