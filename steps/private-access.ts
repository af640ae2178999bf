import {
  bestZone,
  connectionState,
  connectionText,
  zoneOf,
  zoneGroup,
  hidesScm,
  endpoint,
  approved,
  ELSEWHERE,
} from './lib/network/private-endpoints.ts';
import { allSubnets, connections, endpointsOf, findSubnet, isUncertain } from './lib/network/networks.ts';
import {
  CLOUDS,
  environmentAddress,
  type Site,
  isPrivateZone,
  LACKS,
  nameIn,
  privateZone,
  severalHave,
  SUBNET_ID,
} from '../src/azure/index.ts';
import {
  type Answers,
  appPolicy,
  AUDIT_DENY,
  type Context,
  defineQuestions,
  defineStep,
  type GuardFinding,
  IF_NOT_EXISTS,
  proof,
  repairsApps,
  clear,
  stop,
  warn,
} from '../src/contract/index.ts';
import { isPublicAccessOff, publicAccess } from './lib/network/public-access.ts';
import { mayHoldEndpoint } from './lib/network/subnets.ts';
import { closedByEndpoint, lockedOutCallers } from './lib/network/private-callers.ts';
import { lockedOutByPrivateAccess } from './lib/network/callers.ts';

type X = Context<Answers<typeof questions>>;

const DOCS = 'https://learn.microsoft.com/azure/app-service/overview-private-endpoint';
const ZONE = privateZone(CLOUDS.AzureCloud);
const OTHER_ZONES = [CLOUDS.AzureUSGovernment, CLOUDS.AzureChinaCloud].map(privateZone);

const addressOf = ({ properties }: Site) => environmentAddress([...(properties.hostNames ?? []), properties.defaultHostName ?? '']);

function subnetIsGood({ facts, answers, app }: X): GuardFinding[] {
  const found = findSubnet(facts.virtualNetworks.value, answers.subnet);
  if (!found)
    return [
      stop(
        `Subnet ${answers.subnet ?? ''} was not found in this subscription, or you have no permission to read it. Check the name, or choose a different subnet.`,
      ),
    ];
  return [
    ...mayHoldEndpoint(found),
    ...(app.slot ? [warn('The private endpoint is for this slot only. Production and other slots need their own private endpoints.')] : []),
  ];
}

const questions = defineQuestions({
  subnet: {
    kind: 'pick',
    of: 'subnet',
    label: 'Which subnet contains the private endpoint?',
    help: 'Choose a subnet that callers can reach and that is not delegated to a service. You need the permission subnets/join/action.',
    example: '/subscriptions/…/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/vnet/subnets/endpoints',
    pattern: SUBNET_ID,
  },
  dnsZone: {
    kind: 'pick',
    of: 'private DNS zone',
    label: 'Which private DNS zone should contain the app name?',
    help: `Choose a zone named ${ZONE} (in other clouds ${OTHER_ZONES.join(' or ')}), linked to the networks of the callers.`,
    example: ZONE,
  },
});

export default defineStep({
  id: 'private-access',
  title: 'Private site access',
  group: 'network',
  why: 'An app with public access can be scanned and attacked from the internet. With private access, only your own network can reach it.',
  docs: ['https://learn.microsoft.com/azure/azure-functions/security-concepts#private-site-access', DOCS],
  questions,
  prefill: { dnsZone: ({ facts }) => facts.privateDnsZones.value.find(({ name }) => isPrivateZone(name))?.id },
  options: {
    subnet: ({ facts }) =>
      allSubnets(facts.virtualNetworks.value)
        .filter(({ subnet }) => (subnet.properties.delegations ?? []).length === 0)
        .map(({ network, subnet }) => ({
          value: subnet.id,
          label: `${network.name}/${subnet.name}   ${subnet.properties.addressPrefix ?? ''}   ${network.location}`,
        })),
    dnsZone: ({ facts }) =>
      facts.privateDnsZones.value
        .filter(({ name }) => isPrivateZone(name))
        .map(({ id, name }) => ({ value: id, label: `${name}   ${id.split('/')[4] ?? ''}` })),
  },
  closes: [{ at: ['site', 'properties.publicNetworkAccess'], when: 'Disabled' }],
  controls: [
    {
      kind: 'rule',
      id: 'endpoint',
      label: 'Private endpoint',
      because: 'A private endpoint gives the app a private IP address. Without it, no caller can reach the app when public access is off.',
      severity: 'medium',
      risk: 'lock-out',
      strict: true,
      effect: 'The app gets a private IP address in the subnet, billed per hour. Azure may turn public network access off.',
      effectOf: ({ facts }) =>
        `The app gets a private IP address in the subnet, billed per hour. ${isPublicAccessOff(facts.site) ? 'Public network access stays off.' : 'Azure may turn public network access off.'}`,
      reads: ['site'],
      draftReads: ['virtualNetworks', 'privateEndpoints'],
      writes: ['privateEndpoints'],
      needs: ['subnet'],
      notOn: LACKS.privateEndpoint,
      docs: DOCS,
      compliance: { mcsb: ['NS-2'] },
      policy: appPolicy('687aa49d-0982-40f8-bf6b-66d1da97a04b', 'App Service apps should use private link', IF_NOT_EXISTS, {
        alsoWebApps: true,
      }),
      judge: ({ app, facts }) => {
        if (app.ase && addressOf(facts.site) !== 'public')
          return {
            state: 'not-applicable',
            found: 'the app runs in an App Service Environment, inside a virtual network',
            wanted: 'approved',
          };
        if (approved(facts.site)) return { state: 'pass', found: 'approved', wanted: 'approved' };
        const all = connections(facts.site);
        const first = all.find(isUncertain) ?? all[0];
        return {
          state: all.some(isUncertain) ? 'unknown' : 'fail',
          found: first ? connectionText(first) : 'none',
          wanted: 'approved',
        };
      },
      draft: endpoint,
      guards: [
        { id: 'subnet', check: subnetIsGood },
        { id: 'L7', reads: ['functions', 'siteConfig'], check: closedByEndpoint },
      ],
    },
    {
      kind: 'rule',
      id: 'dns',
      label: 'Private DNS zone',
      because: 'Without a record in a private DNS zone, internal callers use the public address and get 403 there.',
      severity: 'low',
      risk: 'safe',
      strict: true,
      effect: 'In the linked networks, the names of the app and its SCM site resolve to the private address.',
      reads: ['site', 'dnsZoneGroups', 'privateEndpoints', 'privateDnsZones'],
      writes: ['dnsZoneGroups'],
      needs: ['dnsZone'],
      notOn: LACKS.privateEndpoint,
      docs: 'https://learn.microsoft.com/azure/private-link/private-endpoint-dns',
      judge: ({ app, facts, cloud }) => {
        const wanted = `a zone group for ${privateZone(cloud)}`;
        if (app.ase && addressOf(facts.site) !== 'public')
          return { state: 'not-applicable', found: 'the app runs in an App Service Environment, inside a virtual network', wanted };
        const ids = facts.dnsZoneGroups.value.flatMap(({ properties }) =>
          (properties.privateDnsZoneConfigs ?? []).map((one) => one.properties.privateDnsZoneId ?? ''),
        );
        const zones = ids.map((id) => nameIn(id));
        const best = bestZone(
          ids.filter((id) => isPrivateZone(nameIn(id))),
          facts,
        );
        const hidden = best?.state === 'pass' ? hidesScm(facts) : undefined;
        if (best) return hidden ? { state: 'unknown', found: `${best.found}; ${hidden}`, wanted } : { ...best, wanted };
        // Only the private endpoint shows its DNS zone, and the endpoint may be in the network's subscription, which was not read.
        if (zones.length === 0 && endpointsOf(facts).length === 0 && approved(facts.site))
          return { state: 'unknown', found: ELSEWHERE, wanted };
        return { state: 'fail', found: zones.join(', ') || 'none', wanted };
      },
      draft: zoneGroup,
      guards: [
        {
          id: 'zone',
          check: (x) => {
            const several = severalHave('private DNS zones', x.facts.privateDnsZones.value, x.answers.dnsZone);
            if (several) return stop(several);
            if (!zoneOf(x))
              return stop(
                `Private DNS zone ${privateZone(x.cloud)} was not found in this subscription. Create it and link it to the networks of the callers.`,
              );
            if (zoneOf(x)?.properties?.numberOfVirtualNetworkLinks === 0)
              return warn(
                `${zoneOf(x)?.name ?? ''} is linked to no network, so no caller resolves the private address. Link it to the networks of the callers.`,
              );
            const hidden = hidesScm(x.facts);
            if (hidden && endpointsOf(x.planned).length > 0)
              return warn(`After this change, ${hidden}. Unlink that zone from the networks of the callers.`);
            return endpointsOf(x.planned).length > 0
              ? clear('The zone exists. func-harden did not check whether it is linked to the networks of the callers.')
              : stop(
                  approved(x.facts.site)
                    ? `The zone cannot be added to a private endpoint: ${ELSEWHERE}. Add the zone manually.`
                    : 'The app has no private endpoint, so there is no address for the zone. Create a private endpoint first (control endpoint).',
                );
          },
        },
      ],
    },
    {
      kind: 'rule',
      id: 'public-network',
      label: 'Public network access',
      because: 'With public access, a mistake in the access rules exposes the app to the internet.',
      severity: 'high',
      risk: 'lock-out',
      strict: true,
      effect: 'The app and the SCM site accept requests only from inside the network. All other callers get 403.',
      terraform: { 'site properties.publicNetworkAccess': 'public_network_access_enabled' },
      reads: ['site'],
      draftReads: ['privateEndpoints'],
      writes: ['site'],
      notOn: LACKS.privateEndpoint,
      // A Consumption app without callers (only queues, timers) can be closed too, and is then unreachable from outside.
      judgeAnyway: ({ app, facts }) =>
        app.plan === 'Y1' && isPublicAccessOff(facts.site) ? { state: 'pass', found: 'off', wanted: 'off' } : undefined,
      docs: 'https://learn.microsoft.com/azure/app-service/overview-access-restrictions#app-access',
      compliance: { mcsb: ['NS-2'], cisCompute: ['2.3.13', '2.4.12'] },
      policy: appPolicy('969ac98b-88a8-449f-883c-2e9adb123127', 'Function apps should disable public network access', AUDIT_DENY, {
        slot: '11c82d0c-db9f-4d7b-97c5-f3f9aa957da2',
        ...repairsApps('Modify', 'cd794351-e536-40f4-9750-503a463d8cad', '242222f3-4985-4e99-b5ef-086d6a6cb01c', {
          roles: ['4d97b98b-1d4f-4787-a291-c67834d212e7', 'f1a07417-d97a-45cb-824c-7a7467783830'],
        }),
      }),
      judge: ({ app, facts }) => {
        const wanted = 'off';
        const { state, found } = publicAccess(facts.site);
        // Code declares no host names, so they are read only where the verdict depends on them.
        const address = app.ase ? addressOf(facts.site) : 'public';
        if (address === 'internal')
          return {
            state: 'not-applicable',
            found: 'in an App Service Environment, this would also block callers in its own network',
            wanted,
          };
        if (address === 'unknown' && state === 'on')
          return { state: 'unknown', found: `${found}; whether the App Service Environment has a public address is unknown`, wanted };
        return { state: state === 'unknown' ? state : state === 'off' ? 'pass' : 'fail', found, wanted };
      },
      draft: () => [
        {
          at: ['site', 'properties.publicNetworkAccess'],
          to: 'Disabled',
          absent: 'Enabled',
          after: ['privateEndpoints', 'dnsZoneGroups'],
          needs: proof('site', 'a private endpoint is approved', connectionState),
        },
      ],
      guards: [
        { id: 'L7', reads: ['privateEndpoints', 'dnsZoneGroups', 'deployments'], check: lockedOutCallers },
        { id: 'L7', reads: ['functions'], check: ({ facts }) => lockedOutByPrivateAccess(facts.functions) },
      ],
    },
  ],
});
