/** Guards of a private endpoint and of closed public access: who loses access to the app and its SCM site. */
import { clear, type Context, type GuardFinding, stop, warn } from '../../../src/contract/index.ts';
import { isDeny, isPrivateZone, nameIn, sameResource } from '../../../src/azure/index.ts';
import { mainSiteRestrictions, nameOf, scmSiteRestrictions } from './access-restrictions.ts';
import { boundByAddress } from '../host-names.ts';
import { approved, connectionText } from './private-endpoints.ts';
import { connections, endpointsOf } from './networks.ts';
import { isPublicAccessOff, isSetOff } from './public-access.ts';
import { lockedOutByPrivateAccess } from './callers.ts';

type X = Context<unknown>;

/** Returns a note about the private endpoint that must be approved before public access is disabled. */
function endpointNote({ facts, planned }: X): GuardFinding {
  if (approved(facts.site)) return clear('A private endpoint is approved.');
  const after = 'Public access is disabled only after the connection is approved.';
  const isNew = endpointsOf(planned).some(({ id }) => !endpointsOf(facts).some((one) => sameResource(one.id, id)));
  const statuses = connections(facts.site).map((one) => connectionText(one));
  if (isNew || statuses.length === 0) return warn(`The private endpoint is created first. ${after}`);
  // A connection that was rejected cannot be approved any more (private-link/manage-private-endpoint).
  return statuses.every((text) => /^(rejected|disconnected)|(deleted|disconnected)$/i.test(text))
    ? stop(
        `The connection of the private endpoint is ${statuses.join(', ')}, and Azure does not approve it any more. Remove the private endpoint, then create a new one (control endpoint).`,
      )
    : warn(`The connection of the private endpoint is ${statuses.join(', ')}. Approve it. ${after}`);
}

/** Notes who loses access once a private endpoint exists. Source for subnets and TLS: app-service/overview-private-endpoint, limitations. */
export function closedByEndpoint({ facts, planned }: X): GuardFinding[] {
  const bySubnet = [...mainSiteRestrictions(planned).rows, ...scmSiteRestrictions(planned).rows]
    .filter((row) => !isDeny(row) && row.vnetSubnetResourceId)
    .map(nameOf);
  const byAddress = boundByAddress(facts.site);
  return [
    ...(byAddress.length > 0
      ? [
          warn(
            `Azure does not support IP-based TLS on an app with a private endpoint: ${byAddress.join(', ')}. Change the binding to SNI first.`,
          ),
        ]
      : []),
    ...(bySubnet.length > 0
      ? [
          warn(
            `Azure does not support rules for subnets on an app with a private endpoint: ${[...new Set(bySubnet)].join(', ')}. Callers in these subnets get 403 until they use the private endpoint.`,
          ),
        ]
      : []),
    ...closedByDefault({ facts, planned }),
  ];
}
/**
 * Notes that a private endpoint turns public access off where it was never set. The API version in use also returns "Enabled" for an app
 * where it was never set (recorded), so func-harden cannot distinguish the two.
 */
function closedByDefault({ facts, planned }: Pick<X, 'facts' | 'planned'>): GuardFinding[] {
  if (isPublicAccessOff(facts.site)) return [clear('Public network access is off already, so the private endpoint refuses no caller.')];
  if (isSetOff(planned.site)) return [];
  return [
    warn(
      'If public network access was never set on this app, Azure turns it off when a private endpoint exists. Callers and deployments from the internet then get 403, at the app and at the SCM site. To keep public access, set it to Enabled first.',
    ),
    ...lockedOutByPrivateAccess(facts.functions),
  ];
}

/** Warns where callers inside the network may still resolve the public address of the app. Source: app-service/overview-private-endpoint, DNS. */
function nameNote({ planned }: X): GuardFinding[] {
  const groups = planned.maybe('dnsZoneGroups');
  if (!groups)
    return [
      warn(
        'The private DNS zone of the private endpoint could not be read. Callers inside the network that resolve the public address of the app get 403. Check that their DNS servers return the private address.',
      ),
    ];
  const zones = groups.value.flatMap(({ properties }) => properties.privateDnsZoneConfigs ?? []);
  return zones.some(({ properties }) => isPrivateZone(nameIn(properties.privateDnsZoneId ?? '')))
    ? []
    : [
        warn(
          'No private DNS zone of the private endpoint was found. Callers inside the network that resolve the public address of the app get 403. Add the zone (control dns), or check your DNS servers.',
        ),
      ];
}

/** Checks that callers from inside the network remain, and names those that lose access. */
export function lockedOutCallers(x: X): GuardFinding[] {
  const { facts, planned } = x;
  const here = approved(facts.site) || endpointsOf(planned).length > 0;
  if (!here)
    return [
      stop(
        'The app has no approved private endpoint. Without public access, no caller could reach the app and no deployment would work. Create a private endpoint first (control endpoint).',
      ),
    ];
  const last = facts.maybe('deployments')?.value[0]?.properties.deployer;
  return [
    endpointNote(x),
    ...nameNote(x),
    warn(
      `Public access to the SCM site is disabled as well. Deployments need an agent inside the network.${last ? ` Last deployed by ${last}.` : ''}`,
    ),
    warn('The portal uses your own network connection, so it gets 403 outside the virtual network.'),
  ];
}
