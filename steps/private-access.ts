import { connectionState, zoneOf, zoneGroup, endpoint, connections, approved, ELSEWHERE } from './lib/private-endpoints.ts';
import { allSubnets, endpointsOf, findSubnet } from './lib/networks.ts';
import { CLOUDS, isPrivateZone, LACKS, privateZone, severalHave, SUBNET_ID } from '../src/azure/index.ts';
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
import { isPublicAccessOff, publicAccess } from './lib/public-access.ts';
import { mayHoldEndpoint } from './lib/subnets.ts';
import { shutOutByPrivateAccess } from './lib/callers.ts';

type X = Context<Answers<typeof questions>>;

const DOCS = 'https://learn.microsoft.com/azure/app-service/overview-private-endpoint';
const ZONE = privateZone(CLOUDS.AzureCloud);
const OTHER_ZONES = [CLOUDS.AzureUSGovernment, CLOUDS.AzureChinaCloud].map(privateZone);

function subnetIsGood({ facts, answers, app }: X): GuardFinding[] {
  const found = findSubnet(facts.virtualNetworks.value, answers.subnet);
  if (!found) return [stop(`There is no subnet ${answers.subnet ?? ''} in this subscription, or you may not see it.`)];
  return [
    ...mayHoldEndpoint(found),
    ...(app.slot ? [warn('The endpoint is for this slot only; production and other slots need their own.')] : []),
  ];
}

function whoIsLeftOut({ facts, planned }: X): GuardFinding[] {
  const here = approved(facts.site) || endpointsOf(planned).length > 0;
  if (!here)
    return [stop('The app has no approved private endpoint: with public access off nobody could reach it, and nobody could deploy.')];
  const last = facts.maybe('deployments')?.value[0]?.properties.deployer;
  return [
    {
      level: approved(facts.site) ? 'clear' : 'warn',
      says: approved(facts.site)
        ? 'A private endpoint is approved.'
        : 'The private endpoint is made first; public access goes off only once it is approved.',
    },
    warn(`The deployment site closes as well: builds need an agent inside the network.${last ? ` Last deployed by ${last}.` : ''}`),
    warn('The portal reaches the app from your own network, and gets 403 outside the virtual network.'),
  ];
}

const questions = defineQuestions({
  subnet: {
    kind: 'pick',
    of: 'subnet',
    label: 'In which subnet does the private endpoint lie?',
    help: 'One that callers reach, and that is delegated to no service. Taking it needs subnets/join/action.',
    example: '/subscriptions/…/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/vnet/subnets/endpoints',
    pattern: SUBNET_ID,
  },
  dnsZone: {
    kind: 'pick',
    of: 'private DNS zone',
    label: 'Which private DNS zone answers for it?',
    help: `A zone named ${ZONE} (in other clouds ${OTHER_ZONES.join(' or ')}), linked to the networks of the callers.`,
    example: ZONE,
  },
});

export default defineStep({
  id: 'private-access',
  title: 'Private site access',
  group: 'network',
  why: 'An app that only its own network can reach is not found, not scanned and not guessed at from the internet.',
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
  closes: [
    { at: ['site', 'properties.publicNetworkAccess'], when: 'Disabled' },
    { at: ['siteConfig', 'properties.publicNetworkAccess'], when: 'Disabled' },
  ],
  controls: [
    {
      kind: 'rule',
      id: 'endpoint',
      label: 'Private endpoint',
      because: 'It gives the app an address inside a network; without one, closing the public address closes the app.',
      severity: 'medium',
      risk: 'safe',
      strict: true,
      effect: 'The app gets an address in the subnet, paid for by the hour; its public address stays as it is.',
      reads: ['site'],
      draftReads: ['virtualNetworks', 'privateEndpoints'],
      writes: ['privateEndpoints'],
      needs: ['subnet'],
      notOn: LACKS.privateEndpoint,
      docs: DOCS,
      compliance: { mcsb: ['NS-2'] },
      policy: appPolicy('687aa49d-0982-40f8-bf6b-66d1da97a04b', 'App Service apps should use private link', IF_NOT_EXISTS),
      judge: ({ app, facts }) => {
        const all = connections(facts.site);
        if (app.ase)
          return { state: 'not-applicable', found: 'it runs in an App Service Environment, inside a network', wanted: 'approved' };
        if (approved(facts.site)) return { state: 'pass', found: 'approved', wanted: 'approved' };
        return { state: 'fail', found: all[0]?.properties.privateLinkServiceConnectionState?.status ?? 'none', wanted: 'approved' };
      },
      draft: endpoint,
      guards: [{ id: 'subnet', check: subnetIsGood }],
    },
    {
      kind: 'rule',
      id: 'dns',
      label: 'Name in a private DNS zone',
      because: 'Callers inside go to the public address, and get 403 there, until the name points inside.',
      severity: 'low',
      risk: 'safe',
      strict: true,
      effect: 'The names of the app and of its deployment site point to the private address in the linked networks.',
      reads: ['site', 'dnsZoneGroups', 'privateEndpoints'],
      draftReads: ['privateDnsZones'],
      writes: ['dnsZoneGroups'],
      needs: ['dnsZone'],
      notOn: LACKS.privateEndpoint,
      docs: 'https://learn.microsoft.com/azure/private-link/private-endpoint-dns',
      judge: ({ app, facts, cloud }) => {
        const wanted = `a zone group for ${privateZone(cloud)}`;
        if (app.ase) return { state: 'not-applicable', found: 'it runs in an App Service Environment, inside a network', wanted };
        const zones = facts.dnsZoneGroups.value.flatMap(({ properties }) =>
          (properties.privateDnsZoneConfigs ?? []).map((one) => one.properties.privateDnsZoneId?.split('/').at(-1) ?? ''),
        );
        if (zones.some(isPrivateZone)) return { state: 'pass', found: zones.join(', '), wanted };
        // The zone of an endpoint is told by the endpoint, which may lie in the subscription of its network.
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
                `There is no private DNS zone ${privateZone(x.cloud)} in this subscription; make one and link it to the networks of the callers.`,
              );
            return endpointsOf(x.planned).length > 0
              ? clear('The zone is there; whether it is linked to the networks of the callers was not looked at.')
              : stop(
                  approved(x.facts.site)
                    ? `There is nothing to add the zone to: ${ELSEWHERE}.`
                    : 'The app has no private endpoint to name.',
                );
          },
        },
      ],
    },
    {
      kind: 'rule',
      id: 'public-network',
      label: 'Public access off',
      because: 'Access rules can be got wrong; an address that does not answer cannot.',
      severity: 'high',
      risk: 'lock-out',
      strict: true,
      effect: 'App and deployment site answer only inside the network; everybody else gets 403.',
      terraform: { 'site properties.publicNetworkAccess': 'public_network_access_enabled' },
      reads: ['site'],
      draftReads: ['privateEndpoints', 'siteConfig'],
      writes: ['site', 'siteConfig'],
      notOn: LACKS.privateEndpoint,
      // A Consumption app without callers of its own (queues, timers) can be closed too, and nothing is left to reach it by.
      judgeAnyway: ({ app, facts }) =>
        app.plan === 'Y1' && isPublicAccessOff(facts.site) ? { state: 'pass', found: 'off', wanted: 'off' } : undefined,
      docs: 'https://learn.microsoft.com/azure/app-service/overview-access-restrictions#app-access',
      compliance: { mcsb: ['NS-2'] },
      policy: appPolicy('969ac98b-88a8-449f-883c-2e9adb123127', 'Function apps should disable public network access', AUDIT_DENY, {
        slot: '11c82d0c-db9f-4d7b-97c5-f3f9aa957da2',
        ...repairsApps('Modify', 'cd794351-e536-40f4-9750-503a463d8cad', '242222f3-4985-4e99-b5ef-086d6a6cb01c', {
          roles: ['4d97b98b-1d4f-4787-a291-c67834d212e7', 'f1a07417-d97a-45cb-824c-7a7467783830'],
        }),
      }),
      judge: ({ app, facts }) => {
        const wanted = 'off';
        if (app.ase)
          return {
            state: 'not-applicable',
            found: 'in an App Service Environment this would close the app to its own network too',
            wanted,
          };
        const { state, found } = publicAccess(facts.site);
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
        { at: ['siteConfig', 'properties.publicNetworkAccess'], to: 'Disabled', absent: 'Enabled', after: ['privateEndpoints', 'site'] },
      ],
      guards: [
        { id: 'L7', reads: ['privateEndpoints', 'deployments'], check: whoIsLeftOut },
        { id: 'L7', reads: ['functions'], check: ({ facts }) => shutOutByPrivateAccess(facts.functions) },
      ],
    },
  ],
});
