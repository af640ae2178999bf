import { type GuardFinding, clear, stop, warn } from '../../../src/contract/index.ts';
import {
  includesWord,
  isOn,
  type PrivateEndpoint,
  type Facts,
  type NetworkRules,
  type PrivateConnection,
  routedBy,
  sameResource,
  sameWord,
  type Site,
  type Subnet,
  type VirtualNetwork,
} from '../../../src/azure/index.ts';

/** Returns the subnet of the app's outgoing traffic, as far as it was read. */
export function integratedSubnet(facts: Facts): string | undefined {
  return facts.maybe('vnetConnection')?.properties.subnetResourceId ?? facts.site.properties.virtualNetworkSubnetId ?? undefined;
}

export interface Found {
  readonly network: VirtualNetwork;
  readonly subnet: Subnet;
}

export function findSubnet(networks: readonly VirtualNetwork[], id: string | undefined): Found | undefined {
  for (const network of networks)
    for (const subnet of network.properties.subnets ?? []) if (sameResource(subnet.id, id)) return { network, subnet };
  return undefined;
}

export const allSubnets = (networks: readonly VirtualNetwork[]): readonly Found[] =>
  networks.flatMap((network) => (network.properties.subnets ?? []).map((subnet) => ({ network, subnet })));

export const isDelegatedTo = ({ properties }: Subnet, service: string): boolean =>
  (properties.delegations ?? []).some((one) => one.properties.serviceName?.toLowerCase() === service.toLowerCase());

/** Whether a connection is approved and stays: it keeps its status while it is being deleted. */
export const isApproved = (connection: PrivateConnection): boolean =>
  hasApproval(connection) && !isLeaving(connection) && !isUncertain(connection);
const hasApproval = ({ properties }: PrivateConnection): boolean =>
  sameWord(properties.privateLinkServiceConnectionState?.status, 'Approved');
export const isLeaving = ({ properties }: PrivateConnection): boolean =>
  /^(deleting|disconnected)$/i.test(properties.provisioningState ?? '');
/** Whether the last operation on an approved connection failed. No page says whether it still works. */
export const isUncertain = (connection: PrivateConnection): boolean =>
  hasApproval(connection) && sameWord(connection.properties.provisioningState, 'Failed');

/** Whether the firewall of an account or vault has a rule for a subnet that is in force. A rule outlives its subnet without effect. */
export const allowsSubnet = ({ networkAcls, rulesWithoutEffect = [] }: Ruled, subnet: string | undefined): boolean =>
  (networkAcls?.virtualNetworkRules ?? []).some(({ id }) => sameResource(id, subnet)) &&
  !rulesWithoutEffect.some((id) => sameResource(id, subnet));

interface Ruled {
  readonly networkAcls?: NetworkRules | null;
  /** Subnets whose rule is not in force. */
  readonly rulesWithoutEffect?: readonly string[];
}
/** A resource behind a firewall, as the plan leaves it. */
export interface Walled extends Ruled {
  readonly name: string;
  readonly location?: string;
  readonly publicNetworkAccess?: string | null;
  readonly privateEndpointConnections?: readonly PrivateConnection[] | null;
}

const endpointsOn = ({ properties }: Subnet): readonly string[] =>
  (properties.serviceEndpoints ?? []).flatMap(({ service }) => service?.toLowerCase() ?? []);
/** Whether a subnet reaches a service by a service endpoint. */
export const hasServiceEndpoint = ({ subnet }: Found, service: string): boolean => endpointsOn(subnet).includes(service.toLowerCase());
/** Whether a subnet has a service endpoint with which a firewall of the service accepts a rule for it. */
const hasEndpointFor = ({ subnet }: Found, service: string): boolean =>
  endpointsOn(subnet).some((one) => one.startsWith(service.toLowerCase()));

/**
 * Returns the subnet of the app for a firewall rule of a service; undefined if it is known to have no service endpoint for it. Azure refuses
 * such a rule (SubnetsHaveNoServiceEndpointsConfigured, hashicorp/terraform-provider-azurerm#11759), and private endpoints require none.
 */
export function subnetForRule(planned: Facts, service: string): string | undefined {
  const id = integratedSubnet(planned);
  const found = findSubnet(planned.maybe('virtualNetworks')?.value ?? [], id);
  return found === undefined || hasEndpointFor(found, service) ? id : undefined;
}
/** The service endpoint that covers storage accounts of all regions (docs: storage-network-security, cross-region service endpoints). */
const GLOBAL = 'microsoft.storage.global';
const sameRegion = (a: string, b: string): boolean => a.replaceAll(' ', '').toLowerCase() === b.replaceAll(' ', '').toLowerCase();

/** Returns the environment whose network the app uses, if the app has no virtual network integration. */
const environmentOf = ({ properties }: Site): string | undefined =>
  properties.hostingEnvironmentProfile
    ? 'an App Service Environment'
    : properties.managedEnvironmentId
      ? 'an environment of Container Apps'
      : undefined;

/** Whether the app still reaches a resource after its firewall is closed: through its subnet, or a private endpoint. */
export function reachesBehind(planned: Facts, service: string, { name, ...wall }: Walled): GuardFinding {
  if (sameWord(wall.publicNetworkAccess, 'SecuredByPerimeter'))
    return warn(`A network security perimeter controls access to ${name}. func-harden did not check whether it allows the app.`);
  const id = integratedSubnet(planned);
  const environment = environmentOf(planned.site);
  if (id === undefined && environment === undefined)
    return stop(
      `The app is not integrated with a virtual network, so it could no longer reach ${name}. Integrate it first (area isolation).`,
    );
  const approved = (wall.privateEndpointConnections ?? []).filter((one) => isApproved(one) || isUncertain(one)).length;
  if (approved > 0) return warn([throughEndpoints(name, service, approved), ...referencesOnLinux(planned, service)].join(' '));
  if (sameWord(wall.publicNetworkAccess, 'Disabled'))
    return stop(
      `${name} has public network access off and no approved private endpoint, so the app could not reach it. Approve a private endpoint first.`,
    );
  if (id === undefined)
    return (wall.networkAcls?.virtualNetworkRules ?? []).length > 0
      ? warn(
          `The app runs in ${environment ?? ''}, whose subnet was not read. One of the networks that the firewall of ${name} allows must be that subnet.`,
        )
      : stop(
          `The app runs in ${environment ?? ''}, and no rule of ${name} allows its subnet, so the app could no longer reach ${name}. Add a rule for that subnet first, or approve a private endpoint.`,
        );
  const networks = planned.maybe('virtualNetworks');
  const found = networks && findSubnet(networks.value, id);
  if (!found) return warn(`The subnet of the app could not be read. It must have a service endpoint for ${service}.`);
  const subnet = `The app's subnet ${found.network.name}/${found.subnet.name}`;
  if (!hasEndpointFor(found, service))
    return stop(
      `${subnet} has no service endpoint for ${service}. Without it, the app would be locked out. Add the service endpoint to the subnet first.`,
    );
  const isRegional = service === 'Microsoft.Storage' && !endpointsOn(found.subnet).includes(GLOBAL);
  if (isRegional && wall.location !== undefined && !sameRegion(wall.location, found.network.location))
    return warn(
      `${name} is in ${wall.location}, and the service endpoint of ${subnet.replace(/^The/, 'the')} covers ${found.network.location} and its paired region only. In another region, the app would be locked out. Use the service endpoint Microsoft.Storage.Global or a private endpoint.`,
    );
  const isListed = (wall.networkAcls?.virtualNetworkRules ?? []).some((rule) => sameResource(rule.id, id));
  if (isListed && !allowsSubnet(wall, id))
    return stop(
      `The firewall of ${name} has a rule for ${subnet.replace(/^The/, 'the')} that is not in force. Remove the rule and add it again.`,
    );
  return isListed
    ? clear(`${subnet} has a service endpoint for ${service}, and the firewall of ${name} allows it.`)
    : stop(`${subnet} is not in the list of networks that the firewall of ${name} allows. Add it first.`);
}

/** Returns whether the site routes all traffic through its network. */
export const routesAll = ({ site }: Facts): boolean => isOn(site.properties.outboundVnetRouting?.allTraffic);

/**
 * Notes that references of a Linux app do not reach a private endpoint before all traffic is routed through the network. Flex Consumption always
 * routes it (app-service/app-service-key-vault-references#access-network-restricted-vaults).
 */
function referencesOnLinux({ site, maybe }: Facts, service: string): readonly string[] {
  const { reserved, sku } = site.properties;
  const settings = maybe('appSettings') ?? { properties: {} };
  return service !== 'Microsoft.KeyVault' ||
    !isOn(reserved) ||
    sameWord(sku, 'FlexConsumption') ||
    environmentOf(site) !== undefined ||
    routedBy('application', site, () => settings) !== undefined
    ? []
    : [
        'Key Vault references of a Linux app use private endpoints only if all traffic is routed through the network. Route it first (control isolation.route-all).',
      ];
}

/** Describes access through private endpoints, whose name the caller must resolve; the resolution in the app's network was not read. */
const throughEndpoints = (name: string, service: string, count: number): string => {
  const endpoints = `${name} has ${count} approved private ${count === 1 ? 'endpoint' : 'endpoints'}`;
  return service === 'Microsoft.Storage'
    ? `${endpoints}. Each of blob, file, queue and table needs its own private endpoint. From the network of the app, each name must resolve to its private endpoint.`
    : `${endpoints}. func-harden did not check whether ${name} resolves to a private endpoint from the network of the app.`;
};

export const productionOf = (id: string): string => id.replace(/\/slots\/[^/]+$/i, '');
/** Returns the group id of a private endpoint for an app, or for a slot of it. */
export const groupIdOf = (id: string): string => {
  const slot = /\/slots\/([^/]+)$/i.exec(id)?.[1];
  return slot ? `sites-${slot}` : 'sites';
};

/** Returns the connections of this app, or of this slot: an endpoint of another slot gives no access to it (Azure/azure-cli#31887 mixes them up). */
export const connections = ({ id, properties }: Site): readonly PrivateConnection[] =>
  (properties.privateEndpointConnections ?? []).filter(
    ({ properties: { groupIds } }) => !groupIds || groupIds.length === 0 || includesWord(groupIds, groupIdOf(id)),
  );

/** Returns the endpoints that lead to this app, or to this slot of it. */
export const endpointsOf = (facts: Facts): readonly PrivateEndpoint[] =>
  facts.privateEndpoints.value.filter(({ properties }) =>
    [properties.privateLinkServiceConnections ?? [], properties.manualPrivateLinkServiceConnections ?? []]
      .flat()
      .some(
        ({ properties: to }) =>
          sameResource(to.privateLinkServiceId, productionOf(facts.site.id)) &&
          includesWord(to.groupIds ?? ['sites'], groupIdOf(facts.site.id)),
      ),
  );
