import type { GuardFinding } from '../step.ts';
import type { Facts, PrivateConnection, Subnet, VirtualNetwork } from './resources.ts';
import { sameWord } from './any-case.ts';
import { sameResource } from './each.ts';

/** The subnet that the app's outgoing traffic goes through, as far as it was read. */
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

export const isApproved = ({ properties }: PrivateConnection): boolean =>
  sameWord(properties.privateLinkServiceConnectionState?.status, 'Approved');

/** Whether the app still reaches something once its firewall is closed: through its subnet, or a private endpoint. */
export function reachesBehind(
  planned: Facts,
  service: string,
  endpoints: readonly PrivateConnection[] | null | undefined,
  what: string,
): GuardFinding {
  const approved = (endpoints ?? []).filter(isApproved).length;
  if (approved > 0 && integratedSubnet(planned))
    return service === 'Microsoft.Storage'
      ? {
          level: 'warn',
          says: `${what} has ${approved} approved private endpoints; blob, file, queue and table each need one, and their names must lead there.`,
        }
      : { level: 'clear', says: `${what} has an approved private endpoint, and the app is in a virtual network.` };
  const id = integratedSubnet(planned);
  if (id === undefined)
    return {
      level: 'stop',
      says: `The app is in no virtual network, so it would not reach ${what} any more; integrate it first (area isolation).`,
    };
  const networks = planned.maybe('virtualNetworks');
  const found = networks && findSubnet(networks.value, id);
  if (!found)
    return { level: 'warn', says: `The subnet of the app could not be looked at; it must have a service endpoint for ${service}.` };
  const has = (found.subnet.properties.serviceEndpoints ?? []).some((one) => one.service?.toLowerCase().startsWith(service.toLowerCase()));
  return has
    ? {
        level: 'clear',
        says: `The app's subnet ${found.network.name}/${found.subnet.name} has a service endpoint for ${service} and is let in.`,
      }
    : {
        level: 'stop',
        says: `The app's subnet ${found.network.name}/${found.subnet.name} has no service endpoint for ${service}; without one the app would be shut out.`,
      };
}
