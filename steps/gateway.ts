import {
  admitted,
  doorIdsOf,
  mainDefaultDraft,
  mainRulesDrafts,
  mergeNote,
  namesFrontDoor,
  ownAddress,
  removedNote,
  mainSiteRestrictions,
} from './lib/access-restrictions.ts';
import { type Answers, type Context, defineQuestions, defineStep, type GuardFinding, GUID, stop, warn } from '../src/contract/index.ts';
import {
  sameWord,
  type AccessRule,
  type Gateway,
  isDeny,
  type RestrictionRow,
  sameResource,
  shadowed,
  valuesOf,
} from '../src/azure/index.ts';
import { isPublicAccessOff } from './lib/public-access.ts';
import { judgeEach } from './lib/judge-each.ts';
import { shutOutByRules } from './lib/callers.ts';

type X = Context<Answers<typeof questions>>;

const DOCS =
  'https://learn.microsoft.com/azure/app-service/app-service-ip-restrictions#restrict-access-to-a-specific-azure-front-door-instance';

/** Ids of the Front Doors that may call: those found, and the one answered. */
const doorsOf = ({ facts, answers }: X): string[] => [
  ...new Set(
    [
      ...facts.gateways.value.flatMap(({ properties }) => properties.frontDoorId ?? []),
      ...(answers.frontDoorId ? [answers.frontDoorId] : []),
    ].map((id) => id.toLowerCase()),
  ),
];
const subnetsOf = ({ facts }: X): string[] => facts.gateways.value.flatMap(({ properties }) => properties.subnet ?? []);

/** Whether a rule lets in nobody but a gateway that stands in front of the app. */
function isGateway(x: X, row: RestrictionRow): boolean {
  if (isDeny(row)) return true;
  if (row.vnetSubnetResourceId) return subnetsOf(x).some((id) => sameResource(id, row.vnetSubnetResourceId));
  const ids = doorIdsOf(row);
  return namesFrontDoor(row) && valuesOf(row).length === 1 && ids.length > 0 && ids.every((id) => doorsOf(x).includes(id));
}

/** What was looked at: Front Door Standard and Premium, and application gateways, by the host names in their origins and pools. */
const NO_GATEWAY = 'no Front Door or application gateway of this subscription names a host of the app';

const wall = (gateway: Gateway): string | undefined => {
  const { waf } = gateway.properties;
  if (!waf) return 'has no WAF policy';
  return waf.enabled && sameWord(waf.mode, 'Prevention') ? undefined : `its WAF ${waf.enabled ? `is in ${waf.mode} mode` : 'is disabled'}`;
};

/** Rules that area access-restrictions answers and that let in others than the gateway; none where that area decides no rules. */
function keptBy(x: X): readonly string[] {
  const rules = x.decidedIn('access-restrictions', 'rules')?.['rules'] as readonly AccessRule[] | undefined;
  return (rules ?? []).map(({ name }) => name);
}

/** Front Doors that were read in front of the app and that are not the answered one. */
function otherDoors({ facts, answers }: X): GuardFinding[] {
  const ids = facts.gateways.value.flatMap(({ name, properties }) =>
    properties.frontDoorId ? [{ name, id: properties.frontDoorId }] : [],
  );
  if (ids.length === 0 || ids.some(({ id }) => id.toLowerCase() === answers.frontDoorId?.toLowerCase())) return [];
  return ids.map(({ name, id }) =>
    warn(`${name} has the app behind it and another id (${id}): what comes through it gets 403. Check the id that was answered.`),
  );
}

/** Who is left and who goes, from what is there once the whole plan is applied. */
function whoGetsIn(x: X): GuardFinding[] {
  const after = mainSiteRestrictions(x.planned);
  const door = after.rows.find((row) => !isDeny(row) && namesFrontDoor(row));
  const before = after.rows.find((row) => isDeny(row) && (row.priority ?? 0) <= (door?.priority ?? 0));
  const others = after.rows.filter((row) => !isGateway(x, row)).map(({ name }) => name || 'a rule without a name');
  return [
    ownAddress(after, x.myIp, 'the app'),
    warn(admitted(after)),
    ...removedNote(mainSiteRestrictions(x.facts), after),
    ...otherDoors(x),
    ...(others.length > 0 ? [warn(`The finding stays: ${[...new Set(others)].join(', ')} lets in others than the gateway.`)] : []),
    ...(door && before
      ? [
          stop(
            `Rule ${before.name ?? ''} denies with priority ${before.priority ?? ''} before the Front Door is let in. Give it a higher number in area access-restrictions.`,
          ),
        ]
      : []),
    ...mergeNote(x),
  ];
}
const onlyDoors = (x: X): boolean => mainSiteRestrictions(x.planned).rows.every((row) => isGateway(x, row));

const questions = defineQuestions({
  frontDoorId: {
    kind: 'text',
    label: 'Id of the Front Door that stands in front',
    help: 'A guid: az afd profile show shows it as frontDoorId. Only requests that carry it get in.',
    pattern: GUID,
    example: '6c1b1f9e-2f0a-4f55-9d3e-8a7f3b0c2d11',
  },
});

export default defineStep({
  id: 'gateway',
  title: 'Use a gateway service',
  group: 'network',
  why: 'A gateway with a web application firewall stops known attacks before they reach the code, if nobody can get past it.',
  docs: ['https://learn.microsoft.com/azure/azure-functions/security-concepts#use-a-gateway-service', DOCS],
  questions,
  claims: ({ frontDoorId }) =>
    frontDoorId === undefined
      ? []
      : [
          { control: 'only-way', property: 'the default action of the main site', value: 'Deny', path: ['frontDoorId'] },
          { control: 'only-way', property: 'who reaches the main site', value: 'the gateway and callers named', path: ['frontDoorId'] },
        ],
  prefill: { frontDoorId: (x) => doorsOf(x)[0] },
  controls: [
    {
      kind: 'rule',
      id: 'firewall',
      label: 'Firewall of the gateway',
      because: 'A new WAF policy is disabled or only watches: being there stops nothing.',
      severity: 'medium',
      strict: true,
      reads: ['gateways'],
      docs: 'https://learn.microsoft.com/azure/web-application-firewall/afds/afds-overview',
      compliance: { mcsb: ['NS-6'], cis: { '5.0': '7.10' } },
      judge: ({ facts }) => judgeEach(facts.gateways.value, wall, 'WAF on, in Prevention mode', NO_GATEWAY),
    },
    {
      kind: 'rule',
      id: 'only-way',
      label: 'Nobody gets past the gateway',
      because: 'An app that also answers directly can be attacked as if there were no gateway.',
      severity: 'high',
      risk: 'lock-out',
      strict: true,
      effect: 'Everybody who does not come through the Front Door gets 403, the portal and monitors included.',
      effectOf: (x) =>
        onlyDoors(x)
          ? 'Everybody who does not come through the Front Door gets 403, the portal and monitors included.'
          : 'Callers get 403 unless they come through the Front Door or another rule allows them.',
      reads: ['site', 'siteConfig', 'gateways'],
      writes: ['siteConfig'],
      namesSubnets: true,
      needs: ['frontDoorId'],
      docs: DOCS,
      compliance: { mcsb: ['NS-6'] },
      judge: (x) => {
        const wanted = 'rules that let in the gateway only';
        if (doorsOf(x).length === 0 && subnetsOf(x).length === 0) return { state: 'not-applicable', found: NO_GATEWAY, wanted };
        if (isPublicAccessOff(x.facts.site)) return { state: 'pass', found: 'public access is off', wanted };
        const { rows, effective } = mainSiteRestrictions(x.facts);
        const behind = shadowed(rows).map(({ rule }) => rule);
        const past = rows.filter((row) => !isGateway(x, row) && !behind.includes(row));
        const kept = past.filter(({ name }) => keptBy(x).includes(name ?? ''));
        const isDone = effective === 'Deny' && kept.length > 0 && kept.length === past.length && rows.some((row) => isGateway(x, row));
        const found = [
          ...new Set(past.map(({ name }) => `${name || 'a rule without a name'} lets in others`)),
          ...(effective === 'Allow' ? ['callers that no rule names get in'] : []),
        ];
        return {
          state: found.length > 0 ? 'fail' : 'pass',
          found: found.join('; ') || 'the gateway only',
          wanted,
          ...(isDone ? { stays: `area access-restrictions lets in ${kept.map(({ name }) => name ?? '').join(', ')}` } : {}),
        };
      },
      // Area access-restrictions owns the rules: what it answers stays in the list.
      draft: (x) => (x.answers.frontDoorId === undefined ? [] : [...mainRulesDrafts(x), mainDefaultDraft(x, 'Deny')]),
      guards: [
        { id: 'L8', check: whoGetsIn },
        { id: 'L8', reads: ['functions'], check: (x) => shutOutByRules(x.facts.functions, mainSiteRestrictions(x.planned)) },
      ],
    },
    {
      kind: 'attestation',
      id: 'waf',
      label: 'Gateway in front',
      because: 'Gateways of other subscriptions or makers do not show in ARM; whether one is needed is a decision of people.',
      severity: 'low',
      statement:
        'A gateway with a web application firewall in Prevention mode stands in front of this app, or it was decided that it needs none.',
      evidence: 'a link to the gateway or to the decision',
      validForDays: 365,
      reads: ['gateways'],
      subject: ({ facts }) => {
        const lines = facts.gateways.value.map((one) => `${one.properties.kind} ${one.name}: ${wall(one) ?? 'WAF on, in Prevention mode'}`);
        return lines.length > 0 ? lines : [`${NO_GATEWAY[0]!.toUpperCase()}${NO_GATEWAY.slice(1)}.`];
      },
    },
  ],
});
