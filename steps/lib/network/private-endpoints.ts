/** The private endpoint of an app, and the DNS zone with its name. */
import { type Context, type Draft, proof, type Verdict } from '../../../src/contract/index.ts';
import {
  byNameOrId,
  type Facts,
  groupOf,
  isPrivateZone,
  nameIn,
  type PrivateConnection,
  privateZone,
  sameResource,
  sameWord,
  type Site,
} from '../../../src/azure/index.ts';
import { connections, endpointsOf, findSubnet, groupIdOf, isApproved, isLeaving, isUncertain, productionOf } from './networks.ts';

import { isPublicAccessOff } from './public-access.ts';

type X = Context<{ readonly subnet?: string; readonly dnsZone?: string }>;

export const approved = (site: Site): boolean => connections(site).some(isApproved);
export const ELSEWHERE = 'the approved private endpoint of the app is not in this subscription, or you have no permission to read it';

const nameOf = (site: Site): string => `pe-${site.name.replace('/', '-')}`;

export function endpoint({ facts, answers }: X): Draft[] {
  const found = findSubnet(facts.virtualNetworks.value, answers.subnet);
  if (!found) return [];
  const { site } = facts;
  return [
    {
      whole: 'privateEndpoints',
      instanceId: `${groupOf(site.id)}/providers/Microsoft.Network/privateEndpoints/${nameOf(site)}`,
      to: {
        location: found.network.location,
        properties: {
          subnet: { id: found.subnet.id },
          privateLinkServiceConnections: [
            { name: nameOf(site), properties: { privateLinkServiceId: productionOf(site.id), groupIds: [groupIdOf(site.id)] } },
          ],
        },
      },
      proof: proof('site', 'the connection of the private endpoint is approved', connectionState),
      ...(isPublicAccessOff(site) ? { risk: 'safe' as const } : {}),
    },
  ];
}

/** Describes a connection that is not approved, or not for long. */
export function connectionText(connection: PrivateConnection): string {
  const { privateLinkServiceConnectionState, provisioningState } = connection.properties;
  const status = privateLinkServiceConnectionState?.status ?? 'in an unknown state';
  if (isUncertain(connection)) return `${status}, but its last operation failed`;
  return isLeaving(connection) ? `${status}, but ${sameWord(provisioningState, 'Deleting') ? 'being deleted' : 'disconnected'}` : status;
}

export function connectionState(site: Site): boolean | string {
  if (approved(site)) return true;
  const states = connections(site).map(({ properties }) => properties.privateLinkServiceConnectionState?.status);
  return states.some((state) => /^rejected$/i.test(state ?? '')) ? 'it was rejected.' : false;
}

export const zoneOf = ({ facts, answers, cloud }: X) => {
  const zones = facts.privateDnsZones.value.filter(({ name }) => isPrivateZone(name));
  return byNameOrId(zones, answers.dnsZone ?? zones[0]?.name ?? privateZone(cloud));
};

/** Returns the state of the DNS zone of a zone group. A zone in another subscription is not read, and neither are its links. */
function zoneState(id: string, facts: Facts): Pick<Verdict, 'state' | 'found'> {
  const name = nameIn(id);
  if (!sameWord(id.split('/')[2], facts.site.id.split('/')[2]))
    return { state: 'pass', found: `${name} (its network links were not read)` };
  const zone = facts.privateDnsZones.value.find((one) => sameResource(one.id, id));
  if (!zone) return { state: 'unknown', found: `${name} is not in this subscription any more, or you have no permission to read it` };
  const links = zone.properties?.numberOfVirtualNetworkLinks;
  if (links === 0) return { state: 'fail', found: `${name} is linked to no network` };
  return { state: 'pass', found: links === undefined ? `${name} (its network links were not read)` : name };
}

/** Returns the state of the best of several DNS zones, because each endpoint of the app can have a zone for its networks. */
export const bestZone = (ids: readonly string[], facts: Facts): Pick<Verdict, 'state' | 'found'> | undefined => {
  const states = ids.map((id) => zoneState(id, facts));
  return states.find(({ state }) => state === 'pass') ?? states.find(({ state }) => state === 'unknown') ?? states[0];
};

/**
 * Describes a zone that hides the record of the SCM site. Azure writes that record into the zone of the app, and a network asks the more specific
 * zone first (Azure/azure-cli#25814, MicrosoftDocs/azure-docs#115364, #118221). The networks of a zone are not read.
 */
export function hidesScm({ maybe }: Facts): string | undefined {
  const found = maybe('privateDnsZones')?.value.find(
    ({ name, properties }) => /^scm\./i.test(name) && isPrivateZone(name.slice(4)) && properties?.numberOfVirtualNetworkLinks !== 0,
  );
  return found && `in networks that are linked to ${found.name}, the SCM site has no address, because its record is in the zone of the app`;
}

export function zoneGroup(x: X): Draft[] {
  const zone = zoneOf(x);
  const own = endpointsOf(x.planned)[0]?.id ?? endpointsOf(x.facts)[0]?.id;
  if (!zone || !own) return [];
  const config = { name: zone.name.toLowerCase().replaceAll('.', '-'), properties: { privateDnsZoneId: zone.id } };
  return [
    {
      whole: 'dnsZoneGroups',
      instanceId: `${own}/privateDnsZoneGroups/default`,
      to: { properties: { privateDnsZoneConfigs: [config] } },
      after: ['privateEndpoints'],
    },
  ];
}
