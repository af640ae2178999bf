import { allSubnets, findSubnet, integratedSubnet, isDelegatedTo } from './lib/networks.ts';
import {
  type Answers,
  appPolicy,
  AUDIT_DENY,
  type Context,
  defineQuestions,
  defineStep,
  type Draft,
  type GuardFinding,
  clear,
  stop,
  warn,
} from '../src/contract/index.ts';
import { delegationFor, LACKS, nameIn, routedBy, routeMember, SUBNET_ID, subnetName } from '../src/azure/index.ts';
import { judgeContentShare } from './lib/content-share.ts';
import { mayJoin } from './lib/subnets.ts';
import { plansOnSubnet } from './lib/neighbours.ts';

type X = Context<Answers<typeof questions>>;

const DOCS = 'https://learn.microsoft.com/azure/azure-functions/functions-networking-options#virtual-network-integration';
const inAse = {
  state: 'not-applicable',
  found: 'it runs in an App Service Environment, inside a network',
  wanted: 'inside a network',
} as const;

function join({ facts, answers }: X): Draft[] {
  const of = `${facts.site.id}/networkConfig/virtualNetwork`;
  return [{ whole: 'vnetConnection', of, to: { properties: { subnetResourceId: answers.subnet ?? '', swiftSupported: true } } }];
}

/** Plans that send through the subnet already, other than the app's own. */
const otherPlans = ({ facts }: X, subnet: string): string[] => plansOnSubnet(facts.sites.value, subnet, facts.site.properties.serverFarmId);

function subnetIsGood({ app, facts, answers }: X): GuardFinding[] {
  const found = findSubnet(facts.virtualNetworks.value, answers.subnet);
  return found
    ? mayJoin({ app, site: facts.site, sites: facts.maybe('sites')?.value }, found)
    : [stop(`There is no subnet ${answers.subnet ?? ''} in this subscription, or you may not see it.`)];
}

function wayOut(x: X): GuardFinding[] {
  const id = integratedSubnet(x.planned);
  if (!id) return [stop('The app is in no virtual network, so there is nothing to route through.')];
  const found = findSubnet(x.facts.virtualNetworks.value, id);
  if (!found) return [warn(`The subnet ${subnetName(id)} could not be looked at.`)];
  const { networkSecurityGroup, routeTable, natGateway } = found.subnet.properties;
  return [
    routeTable
      ? warn(
          `The subnet has the route table ${nameIn(routeTable.id)}: whatever it leads to must let storage, vaults, Application Insights and your services through.`,
        )
      : clear('The subnet has no route table that would lead traffic elsewhere.'),
    networkSecurityGroup
      ? warn(`The network security group ${nameIn(networkSecurityGroup.id)} must let the same out.`)
      : clear('No network security group stands in the way out.'),
    ...(natGateway
      ? []
      : [
          warn(
            'Without a NAT gateway or firewall the way to the internet may be closed, or its address change; services that list the old outgoing addresses refuse the app.',
          ),
        ]),
  ];
}

const CONFIGURATION = ['contentShare', 'imagePull', 'backupRestore'] as const;
const NO_NETWORK = 'on, but the app is in no virtual network';
const unrouted = ({ facts }: X) => CONFIGURATION.filter((route) => routedBy(route, facts.site, () => facts.appSettings) === undefined);

const questions = defineQuestions({
  subnet: {
    kind: 'pick',
    of: 'subnet',
    label: 'Through which subnet does traffic leave?',
    help: 'It must be delegated to App Service (on Flex Consumption: to Container Apps) and serve no other plan.',
    example: '/subscriptions/…/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/vnet/subnets/apps',
    pattern: SUBNET_ID,
  },
});

export default defineStep({
  id: 'isolation',
  title: 'Deploy in isolation',
  group: 'network',
  why: 'Traffic that leaves through a network of yours can be filtered, logged, and let in by services that know that network.',
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
      because: 'Only from inside a network does the app reach databases, vaults and storage that are closed to the internet.',
      severity: 'medium',
      risk: 'disruptive',
      strict: true,
      effect: 'The app restarts, and reaches private addresses through the subnet.',
      reads: ['site'],
      draftReads: ['virtualNetworks', 'vnetConnection'],
      writes: ['vnetConnection'],
      needs: ['subnet'],
      notOn: LACKS.virtualNetwork,
      docs: DOCS,
      compliance: { mcsb: ['NS-1'] },
      policy: appPolicy('72d04c29-f87d-4575-9731-419ff16a2757', 'App Service apps should be injected into a virtual network', AUDIT_DENY, {
        slot: '24b7a1c6-44fe-40cc-a2e6-242d2ef70e98',
      }),
      judge: ({ app, facts }) => {
        const { virtualNetworkSubnetId } = facts.site.properties;
        if (app.ase) return inAse;
        return {
          state: virtualNetworkSubnetId ? 'pass' : 'fail',
          found: virtualNetworkSubnetId ? subnetName(virtualNetworkSubnetId) : 'none',
          wanted: 'a subnet',
        };
      },
      draft: join,
      guards: [{ id: 'L24', reads: ['sites'], check: subnetIsGood }],
    },
    {
      kind: 'rule',
      id: 'route-all',
      label: 'All traffic through the network',
      because: 'Otherwise only private addresses go through it, and the rest leaves unseen.',
      severity: 'low',
      risk: 'disruptive',
      strict: true,
      effect: 'Calls to the internet leave through the subnet, and follow its rules.',
      reads: ['site', 'appSettings'],
      draftReads: ['vnetConnection', 'virtualNetworks'],
      writes: ['site'],
      notOn: LACKS.routing,
      docs: 'https://learn.microsoft.com/azure/app-service/configure-vnet-integration-routing',
      compliance: { mcsb: ['NS-1'] },
      judge: ({ app, facts }) => {
        if (app.ase) return inAse;
        const by = routedBy('application', facts.site, () => facts.appSettings);
        if (by === undefined) return { state: 'fail', found: 'off', wanted: 'on' };
        if (!facts.site.properties.virtualNetworkSubnetId) return { state: 'fail', found: NO_NETWORK, wanted: 'on' };
        return { state: 'pass', found: by === 'allTraffic' ? 'on' : `on, by ${by}`, wanted: 'on' };
      },
      draft: () => [{ at: ['site', 'properties.outboundVnetRouting.allTraffic'], to: true, absent: false, after: ['vnetConnection'] }],
      guards: [{ id: 'L24', check: wayOut }],
    },
    {
      kind: 'rule',
      id: 'content-routing',
      label: 'Content, image and backup through the network',
      because: 'The code of the app comes over these ways; they stay outside the network until told otherwise.',
      severity: 'low',
      risk: 'disruptive',
      strict: true,
      effect: 'Content share, image and backup are reached through the subnet: it must lead to their storage and registry.',
      reads: ['site', 'appSettings'],
      draftReads: ['vnetConnection', 'virtualNetworks'],
      writes: ['site'],
      notOn: LACKS.contentShare,
      docs: 'https://learn.microsoft.com/azure/app-service/configure-vnet-integration-routing#configure-configuration-routing',
      compliance: { mcsb: ['NS-1'] },
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
        if (off.length > 0) return { state: 'fail', found: `not: ${off.join(', ')}`, wanted: 'all' };
        if (!site.properties.virtualNetworkSubnetId) return { state: 'fail', found: NO_NETWORK, wanted: 'all' };
        const ways = [...new Set(CONFIGURATION.map((route) => routedBy(route, site, () => x.facts.appSettings)))];
        const old = ways.filter((way) => way?.startsWith('the app setting'));
        return {
          state: 'pass',
          found: ways.includes('allTraffic') || old.length > 0 ? `all, by ${ways.join(', ')}` : 'all',
          wanted: 'all',
        };
      },
      draft: (x) =>
        unrouted(x).map((route) => ({
          at: ['site', `properties.outboundVnetRouting.${routeMember(route)}`] as const,
          to: true,
          absent: false,
          after: ['vnetConnection'] as const,
        })),
      guards: [{ id: 'L24', check: wayOut }],
    },
    {
      kind: 'rule',
      id: 'content-share',
      // Azure Policy 4d0bc837 is called after the content share, and asks only whether storageAccountRequired is off.
      label: 'Private route to content share',
      because: 'Whoever reads or writes the share that holds the code controls the app; a private route keeps its key off the internet.',
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
      label: 'Need for an environment of its own',
      because: 'An App Service Environment gives an app machines that nobody else uses; whether that is needed is a decision of people.',
      severity: 'low',
      statement:
        'Whether this app must run on machines of its own (an App Service Environment, or another isolated plan) was decided, and it runs where that decision says.',
      evidence: 'a link to the decision',
      validForDays: 365,
      reads: ['site'],
      appliesTo: ({ app }) => (app.ase ? 'it runs in an App Service Environment' : true),
      subject: ({ facts }) => [
        `It runs on ${facts.site.properties.serverFarmId?.split('/').at(-1) ?? 'a plan'} (${facts.site.properties.sku ?? 'not known'}), which other apps may share.`,
      ],
    },
  ],
});
