import { allSubnets, findSubnet, isDelegatedTo } from './lib/network/networks.ts';
import {
  type Answers,
  appPolicy,
  AUDIT_DENY,
  type Context,
  defineQuestions,
  defineStep,
  type Draft,
  type GuardFinding,
  stop,
  warn,
} from '../src/contract/index.ts';
import { delegationFor, LACKS, routedBy, routeMember, SUBNET_ID, subnetName } from '../src/azure/index.ts';
import { judgeContentShare, othersInPlan } from './lib/storage/content-share.ts';
import { mayJoin } from './lib/network/subnets.ts';
import { wayOut, waysAfterJoining } from './lib/network/outbound.ts';
import { plansOnSubnet } from './lib/neighbours.ts';

type X = Context<Answers<typeof questions>>;

// A member that only this area reads.
declare module '../src/azure/resources/site.ts' {
  interface SiteConfigMembers {
    /** Network of the integration: with a subnet, its name after a GUID. */
    readonly vnetName?: string | null;
  }
}

const DOCS = 'https://learn.microsoft.com/azure/azure-functions/functions-networking-options#virtual-network-integration';
const inAse = {
  state: 'not-applicable',
  found: 'the app runs in an App Service Environment, inside a virtual network',
  wanted: 'inside a virtual network',
} as const;

function join({ facts, answers }: X): Draft[] {
  const instanceId = `${facts.site.id}/networkConfig/virtualNetwork`;
  return [{ whole: 'vnetConnection', instanceId, to: { properties: { subnetResourceId: answers.subnet ?? '', swiftSupported: true } } }];
}

/** Returns the network of a gateway-required integration, which names no subnet. */
const throughGateway = ({ site, siteConfig }: X['facts']): string | undefined =>
  site.properties.virtualNetworkSubnetId ? undefined : siteConfig.properties.vnetName || undefined;

/** Lists other App Service plans that already use the subnet. */
const otherPlans = ({ facts }: X, subnet: string): string[] => plansOnSubnet(facts.sites.value, subnet, facts.site.properties.serverFarmId);

function subnetIsGood(x: X): GuardFinding[] {
  const { app, facts, answers } = x;
  const found = findSubnet(facts.virtualNetworks.value, answers.subnet);
  const older = throughGateway(facts);
  return found
    ? [
        ...mayJoin({ app, site: facts.site, sites: facts.maybe('sites')?.value }, found),
        ...waysAfterJoining(x, found),
        ...(older
          ? [
              warn(
                `The subnet replaces the integration with ${older} through a VPN gateway. The subnet must reach what the app uses there.`,
              ),
            ]
          : []),
      ]
    : [
        stop(
          `Subnet ${answers.subnet ?? ''} was not found in this subscription, or you have no permission to read it. Check the name, or choose a different subnet.`,
        ),
      ];
}

const CONFIGURATION = ['contentShare', 'imagePull', 'backupRestore'] as const;
const NO_NETWORK = 'on, but the app is not integrated with a virtual network';
const unrouted = ({ facts }: X) => CONFIGURATION.filter((route) => routedBy(route, facts.site, () => facts.appSettings) === undefined);

const questions = defineQuestions({
  subnet: {
    kind: 'pick',
    of: 'subnet',
    label: 'Which subnet carries outbound traffic?',
    help: 'The subnet must be delegated to App Service (Flex Consumption: to Container Apps) and must not be used by another plan.',
    example: '/subscriptions/…/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/vnet/subnets/apps',
    pattern: SUBNET_ID,
  },
});

export default defineStep({
  id: 'isolation',
  title: 'Deploy in isolation',
  group: 'network',
  why: 'Outbound traffic through your own virtual network can be filtered and logged, and your services can allow only that network.',
  docs: ['https://learn.microsoft.com/azure/azure-functions/security-concepts#deploy-your-function-app-to-a-virtual-network', DOCS],
  questions,
  options: {
    subnet: (x) =>
      allSubnets(x.facts.virtualNetworks.value)
        .filter(({ subnet }) => isDelegatedTo(subnet, delegationFor(x.app)))
        .map((one) => ({ ...one, plans: otherPlans(x, one.subnet.id) }))
        .toSorted((a, b) => a.plans.length - b.plans.length)
        .map(({ network, subnet, plans }) => ({
          value: subnet.id,
          label: `${network.name}/${subnet.name}   ${subnet.properties.addressPrefix ?? ''}   ${plans.length > 0 ? `used by ${plans.join(', ')}` : network.location}`,
        })),
  },
  plain: ['WEBSITE_SKIP_CONTENTSHARE_VALIDATION'],
  controls: [
    {
      kind: 'rule',
      id: 'vnet',
      label: 'Virtual network integration',
      because: 'Without integration, the app cannot reach databases, vaults and storage that are closed to the internet.',
      severity: 'medium',
      risk: 'disruptive',
      strict: true,
      effect: 'The app restarts and reaches private addresses through the subnet.',
      reads: ['site', 'siteConfig'],
      draftReads: ['virtualNetworks', 'vnetConnection'],
      writes: ['vnetConnection'],
      needs: ['subnet'],
      notOn: LACKS.virtualNetwork,
      docs: DOCS,
      compliance: { mcsb: ['NS-1'], cisCompute: ['2.3.14', '2.4.13'] },
      policy: appPolicy('72d04c29-f87d-4575-9731-419ff16a2757', 'App Service apps should be injected into a virtual network', AUDIT_DENY, {
        slot: '24b7a1c6-44fe-40cc-a2e6-242d2ef70e98',
        alsoWebApps: true,
      }),
      judge: ({ app, facts }) => {
        const { virtualNetworkSubnetId } = facts.site.properties;
        if (app.ase) return inAse;
        if (virtualNetworkSubnetId) return { state: 'pass', found: subnetName(virtualNetworkSubnetId), wanted: 'integrated with a subnet' };
        const older = throughGateway(facts);
        return {
          state: 'fail',
          found: older
            ? `through a VPN gateway with ${older}; this older integration does not reach services behind service endpoints, and Azure ends its protocol (SSTP) on 2027-03-31`
            : 'none',
          wanted: 'integrated with a subnet',
        };
      },
      draft: join,
      guards: [{ id: 'L24', reads: ['sites', 'appSettings'], check: subnetIsGood }],
    },
    {
      kind: 'rule',
      id: 'route-all',
      label: 'Outbound traffic routing',
      because:
        'Without this setting, only traffic to private addresses uses the virtual network. Traffic to the internet is not filtered or logged.',
      severity: 'low',
      risk: 'disruptive',
      strict: true,
      effect: 'Calls to the internet use the subnet and its network rules.',
      terraform: { 'site properties.vnetRouteAllEnabled': 'site_config.vnet_route_all_enabled' },
      reads: ['site', 'appSettings'],
      draftReads: ['vnetConnection', 'virtualNetworks'],
      writes: ['site'],
      notOn: LACKS.routing,
      docs: 'https://learn.microsoft.com/azure/app-service/configure-vnet-integration-routing',
      compliance: { mcsb: ['NS-1'], cisCompute: ['2.3.16', '2.4.15'] },
      policy: appPolicy(
        '32a913ec-5ed7-4b31-a5b0-198450d8fb13',
        'Function apps should enable outbound application traffic routing to Azure Virtual Network',
        AUDIT_DENY,
        { slot: '75c42c42-dfb3-453d-8fd5-9f978e1b1106' },
      ),
      judge: ({ app, facts }) => {
        if (app.ase) return inAse;
        const by = routedBy('application', facts.site, () => facts.appSettings);
        if (by === undefined) return { state: 'fail', found: 'off', wanted: 'on' };
        if (!facts.site.properties.virtualNetworkSubnetId) return { state: 'fail', found: NO_NETWORK, wanted: 'on' };
        return { state: 'pass', found: by === 'allTraffic' ? 'on' : `on, set by ${by}`, wanted: 'on' };
      },
      draft: () => [{ at: ['site', 'properties.outboundVnetRouting.allTraffic'], to: true, absent: false, after: ['vnetConnection'] }],
      guards: [{ id: 'L24', check: wayOut }],
    },
    {
      kind: 'rule',
      id: 'content-routing',
      label: 'Content and image routing',
      because: 'The platform loads the code of the app over these connections. By default they do not use the virtual network.',
      severity: 'low',
      risk: 'disruptive',
      strict: true,
      effect: 'Content share, image and backup traffic uses the subnet. The subnet must reach their storage account and registry.',
      reads: ['site', 'appSettings'],
      draftReads: ['vnetConnection', 'virtualNetworks'],
      writes: ['site'],
      notOn: LACKS.contentShare,
      docs: 'https://learn.microsoft.com/azure/app-service/configure-vnet-integration-routing#configure-configuration-routing',
      compliance: { mcsb: ['NS-1'], cisCompute: ['2.3.15', '2.4.14'] },
      policy: appPolicy(
        '5e57f5ad-995a-485b-9f42-4748935ee5d9',
        'Function apps should enable configuration routing to Azure Virtual Network',
        AUDIT_DENY,
        { slot: 'f380edf5-de79-4862-bd57-ee407d8bd8b6' },
      ),
      judge: (x) => {
        const { site } = x.facts;
        if (x.app.ase) return inAse;
        const off = unrouted(x);
        if (off.length > 0)
          return { state: 'fail', found: `not routed: ${off.join(', ')}`, wanted: 'all routed through the virtual network' };
        if (!site.properties.virtualNetworkSubnetId)
          return { state: 'fail', found: NO_NETWORK, wanted: 'all routed through the virtual network' };
        const ways = [...new Set(CONFIGURATION.map((route) => routedBy(route, site, () => x.facts.appSettings)))];
        const old = ways.filter((way) => way?.startsWith('the app setting'));
        return {
          state: 'pass',
          found: ways.includes('allTraffic') || old.length > 0 ? `all routed, set by ${ways.join(', ')}` : 'all routed',
          wanted: 'all routed through the virtual network',
        };
      },
      draft: (x) =>
        unrouted(x).map((route) => ({
          at: ['site', `properties.outboundVnetRouting.${routeMember(route)}`] as const,
          to: true,
          absent: false,
          after: ['vnetConnection'] as const,
        })),
      guards: [
        { id: 'L24', check: wayOut },
        { id: 'shared', reads: ['sites', 'neighbours'], check: othersInPlan },
      ],
    },
    {
      kind: 'rule',
      id: 'content-share',
      // Azure Policy 4d0bc837 has the content share in its title, but checks only that storageAccountRequired is off.
      label: 'Private route to content share',
      because: 'Anyone who can write to the content share controls the app. A private route keeps this traffic off the internet.',
      severity: 'low',
      strict: true,
      reads: ['site', 'appSettings', 'storageAccounts', 'privateEndpoints'],
      notOn: LACKS.contentShare,
      appliesTo: ({ app }) => (app.ase ? inAse.found : true),
      docs: 'https://learn.microsoft.com/azure/azure-functions/configure-networking-how-to#restrict-your-storage-account-to-a-virtual-network',
      compliance: { mcsb: ['NS-2'] },
      judge: judgeContentShare,
    },
    {
      kind: 'attestation',
      id: 'ase',
      label: 'Dedicated environment decision',
      because: 'An App Service Environment runs the app on dedicated machines. A person must decide whether the app needs this.',
      severity: 'low',
      statement:
        'It was decided whether this app must run on dedicated machines (an App Service Environment or another isolated plan), and the app runs accordingly.',
      evidence: 'a link to the decision',
      validForDays: 365,
      reads: ['site'],
      appliesTo: ({ app }) => (app.ase ? 'the app runs in an App Service Environment' : true),
      subject: ({ facts }) => [
        `The app runs on ${facts.site.properties.serverFarmId?.split('/').at(-1) ?? 'a plan'} (${facts.site.properties.sku ?? 'not known'}), which other apps may share.`,
      ],
    },
  ],
});
