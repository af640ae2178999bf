/**
 * Effects of a virtual network on the outgoing traffic of an app that joins it. Sources: learn.microsoft.com/azure/app-service/
 * overview-vnet-integration (routes, BGP, network security groups, DNS servers of the network), azure-functions/functions-networking-options
 * (Flex Consumption routes all traffic), virtual-network/virtual-network-service-endpoints-overview (rules for public addresses stop working).
 */
import { clear, type Context, type GuardFinding, stop, warn } from '../../../src/contract/index.ts';
import { isOn, nameIn, routedBy, type Site, subnetName, valueOf, type VirtualNetwork } from '../../../src/azure/index.ts';
import { type Found, findSubnet, integratedSubnet } from './networks.ts';

type X = Context<unknown>;

declare module '../../../src/azure/resources/site.ts' {
  interface SiteMembers {
    readonly dnsConfiguration?: { readonly dnsServers?: readonly string[] | null } | null;
  }
}

const DNS_SETTING = 'WEBSITE_DNS_SERVER';

/** Whether the network gets routes from a VPN or ExpressRoute gateway in the network or in a peered network. */
const hasGateway = ({ properties }: VirtualNetwork): boolean =>
  (properties.subnets ?? []).some(({ name }) => /^GatewaySubnet$/i.test(name)) ||
  (properties.virtualNetworkPeerings ?? []).some((one) => isOn(one.properties.useRemoteGateways));

function routeNote({ network, subnet }: Found): GuardFinding {
  const { routeTable } = subnet.properties;
  if (routeTable)
    return warn(
      `The subnet has the route table ${nameIn(routeTable.id)}. The next hop of that route table must allow traffic to storage, vaults, Application Insights and your services.`,
    );
  return hasGateway(network)
    ? warn(
        `${network.name} uses a VPN or ExpressRoute gateway, whose routes also apply to the app. func-harden did not check whether they redirect traffic to storage, vaults and Application Insights.`,
      )
    : clear('The subnet has no route table, and its network has no gateway that redirects traffic.');
}

const securityNote = ({ subnet }: Found): GuardFinding =>
  subnet.properties.networkSecurityGroup
    ? warn(`The network security group ${nameIn(subnet.properties.networkSecurityGroup.id)} must allow the same outbound traffic.`)
    : clear('No network security group blocks outbound traffic.');

const internetNote = ({ subnet }: Found): readonly GuardFinding[] =>
  subnet.properties.natGateway
    ? []
    : [
        warn(
          'Without a NAT gateway or firewall, outbound internet access may fail or use a different address. Services that allow only the old outbound addresses then refuse the app.',
        ),
      ];

/** Checks the way of traffic that is routed into the network of the app. */
export function wayOut(x: X): GuardFinding[] {
  const id = integratedSubnet(x.planned);
  if (!id)
    return [
      stop('The app is not integrated with a virtual network, so its traffic cannot be routed through one. Select control vnet too.'),
    ];
  const found = findSubnet(x.facts.virtualNetworks.value, id);
  return found
    ? [routeNote(found), securityNote(found), ...internetNote(found)]
    : [warn(`The subnet ${subnetName(id)} could not be read.`)];
}

/** Whether all traffic may use the network once the app has joined the subnet. */
function isAllRouted({ app, facts, planned }: X, subnet: string): boolean {
  const settings = facts.maybe('appSettings');
  const joined: Site = { ...planned.site, properties: { ...planned.site.properties, virtualNetworkSubnetId: subnet } };
  return app.plan === 'FC1' || !settings || routedBy('application', joined, () => settings) !== undefined;
}

/**
 * Returns where the app names DNS servers of its own; undefined where it names none. App Service documents that they replace the servers of
 * the network, and users report that they do not (MicrosoftDocs/azure-docs#80262).
 */
function ownDnsServers({ facts }: X): string | undefined {
  const settings = facts.maybe('appSettings');
  if (settings && valueOf(settings, DNS_SETTING)?.trim()) return DNS_SETTING;
  return (facts.site.properties.dnsConfiguration?.dnsServers ?? []).length > 0 ? 'dnsConfiguration' : undefined;
}

/** Checks the ways of an app that joins a subnet. Also without other routing, private addresses and service endpoints are reached through it. */
export function waysAfterJoining(x: X, found: Found): GuardFinding[] {
  const { network, subnet } = found;
  const servers = network.properties.dhcpOptions?.dnsServers ?? [];
  const own = ownDnsServers(x);
  const services = (subnet.properties.serviceEndpoints ?? []).flatMap(({ service }) => service ?? []);
  return [
    routeNote(found),
    securityNote(found),
    ...(own !== undefined
      ? [
          warn(
            `The app has DNS servers of its own (${own}), which may replace those of ${network.name}. The servers that it uses must resolve the names of storage, vaults, Application Insights and your services.`,
          ),
        ]
      : servers.length > 0
        ? [
            warn(
              `The app then uses the DNS servers of ${network.name} (${servers.join(', ')}). They must resolve the names of storage, vaults, Application Insights and your services.`,
            ),
          ]
        : []),
    ...(services.length > 0
      ? [
          warn(
            `The subnet has service endpoints (${services.join(', ')}). Firewalls of these services no longer see the outbound addresses of the app, and need a rule for the subnet.`,
          ),
        ]
      : []),
    ...(isAllRouted(x, subnet.id) ? internetNote(found) : []),
  ];
}
