import {
  admitted,
  doorIdsOf,
  mainDefaultDraft,
  mainRulesDrafts,
  mergeNote,
  nameOf,
  namesFrontDoor,
  ownAddress,
  removedNote,
  mainSiteRestrictions,
  scmSiteToo,
} from './lib/network/access-restrictions.ts';
import { privateNote, subnetNote } from './lib/network/restriction-notes.ts';
import { type Answers, type Context, defineQuestions, defineStep, type GuardFinding, GUID, stop, warn } from '../src/contract/index.ts';
import {
  sameWord,
  type AccessRule,
  type Gateway,
  isDeny,
  isIpv6,
  isTag,
  prefixLength,
  type RestrictionRow,
  sameResource,
  shadowed,
  valuesOf,
} from '../src/azure/index.ts';
import { isPublicAccessOff } from './lib/network/public-access.ts';
import { type Flaw, flawText, judgeEach } from './lib/judge-each.ts';
import { lockedOutByRules } from './lib/network/callers.ts';

type X = Context<Answers<typeof questions>>;

const DOCS =
  'https://learn.microsoft.com/azure/app-service/app-service-ip-restrictions#restrict-access-to-a-specific-azure-front-door-instance';

const foundDoors = ({ facts }: X): string[] =>
  facts.gateways.value.flatMap(({ properties }) => properties.frontDoorId?.toLowerCase() ?? []);
/** Lists the ids of the Front Doors that may call: those found, and the answered one. */
const doorsOf = (x: X): string[] => [
  ...new Set([...foundDoors(x), ...(x.answers.frontDoorId ? [x.answers.frontDoorId.toLowerCase()] : [])]),
];
const subnetsOf = ({ facts }: X): string[] => facts.gateways.value.flatMap(({ properties }) => properties.subnet ?? []);

/** Whether a gateway may lead to the app by an address only, which another app can have too. */
const isByAddress = ({ properties: { ways = [] } }: Gateway): boolean =>
  ways.length > 0 && ways.every(({ address }) => address !== undefined);

/** Whether a rule names one address that this list contains. */
const isOneOf = (row: RestrictionRow, addresses: readonly string[]): boolean =>
  !isTag(row) && valuesOf(row).length > 0 && valuesOf(row).every((value) => addresses.includes(value.replace(/\/(32|128)$/, '')));
const isOneAddress = (row: RestrictionRow): boolean =>
  !isTag(row) && valuesOf(row).length === 1 && valuesOf(row).every((value) => prefixLength(value) === (isIpv6(value) ? 128 : 32));

/** Returns whether a rule allows only a gateway in front of the app; the reason where that is not known. */
function gatewayOf(x: X, row: RestrictionRow): boolean | { readonly unseen: string } {
  if (isDeny(row)) return true;
  if (row.vnetSubnetResourceId) return subnetsOf(x).some((id) => sameResource(id, row.vnetSubnetResourceId));
  const all = x.facts.gateways.value;
  if (
    isOneOf(
      row,
      all.flatMap(({ properties }) => properties.addresses ?? []),
    )
  )
    return true;
  const hidden = all.find(({ properties }) => properties.addresses?.some((address) => address.startsWith('/')));
  // With an answer, the rule allows only the Front Door of the answer.
  if (hidden && isOneAddress(row) && x.answers.frontDoorId === undefined)
    return {
      unseen: `${nameOf(row)} allows ${valuesOf(row).join(', ')}, which may be the public address of ${hidden.name}; that address was not read`,
    };
  const ids = doorIdsOf(row);
  if (!namesFrontDoor(row) || valuesOf(row).length !== 1 || ids.length === 0) return false;
  const isKnown = ids.every((id) => doorsOf(x).includes(id));
  return isKnown || x.answers.frontDoorId !== undefined ? isKnown : { unseen: elsewhere(x, row).join('') };
}
/** Names the Front Door of a rule where it was not found. */
function elsewhere(x: X, row: RestrictionRow): string[] {
  const ids = isDeny(row) || !namesFrontDoor(row) ? [] : doorIdsOf(row).filter((id) => !foundDoors(x).includes(id));
  return ids.length > 0 ? [`${nameOf(row)} allows a Front Door that was not found in this subscription (id ${ids.join(', ')})`] : [];
}
const isGateway = (x: X, row: RestrictionRow): boolean => gatewayOf(x, row) === true;
const unseenOf = (x: X, row: RestrictionRow): readonly string[] => {
  const found = gatewayOf(x, row);
  return typeof found === 'object' ? [found.unseen] : [];
};
/** Describes the Front Doors that rules allow and that were not found. Without public access, the rules have no effect. */
const doorsElsewhere = (x: X): readonly string[] =>
  isPublicAccessOff(x.facts.site) ? [] : mainSiteRestrictions(x.facts).rows.flatMap((row) => elsewhere(x, row));

/** The search covers Front Door Standard and Premium, and application gateways, by the host names in their origins and backend pools. */
const NO_GATEWAY =
  'no Front Door or Application Gateway in this subscription uses a host name of the app (Front Door classic was not searched)';

type Firewall = Gateway['properties']['waf'];
const faultOf = (waf: Firewall): string | undefined =>
  !waf
    ? 'has no WAF policy'
    : waf.enabled && sameWord(waf.mode, 'Prevention')
      ? waf.hasNoRules
        ? 'its WAF has no enabled rules'
        : undefined
      : `its WAF ${waf.enabled ? `is in ${waf.mode} mode` : 'is disabled'}`;

/** Returns what is not known of a firewall that is on. */
const unseenIn = (waf: Firewall): Flaw =>
  waf?.hasUnseenRules ? { unseen: 'its WAF is on, but the response of Azure does not contain its managed rules' } : undefined;

/** Returns the problem of a gateway: the firewall counts on each way that leads to the app, and nowhere else. */
function wall({ properties: { kind, waf, isMixed, ways } }: Gateway): Flaw {
  if (isMixed) return { unseen: 'its WAF policies have different modes, and the one that covers the app was not read' };
  if (!ways) return faultOf(waf) ?? unseenIn(waf);
  if (ways.length === 0) return 'no enabled route leads to the app';
  const wrong = ways.flatMap(({ name, isSure, waf: own }) => ({ name, isSure, fault: faultOf(own) }));
  const sure = wrong.filter(({ isSure, fault }) => isSure && fault !== undefined);
  if (sure.length > 0) {
    const isSame = sure.length === ways.length && sure.every(({ fault }) => fault === sure[0]!.fault);
    return isSame && kind !== 'Front Door' ? sure[0]!.fault : sure.map(({ name, fault }) => `${name}: ${fault ?? ''}`).join(', ');
  }
  const unseen = ways.map(({ waf: own }) => faultOf(own) ?? unseenIn(own)).find((flaw) => typeof flaw === 'object');
  if (unseen) return unseen;
  const isSure = ways.some((way) => way.isSure);
  const byAddress = ways.find((way) => way.address !== undefined && (!isSure || faultOf(way.waf) !== undefined));
  if (byAddress) return { unseen: `it may lead to the app by the address ${byAddress.address ?? ''}, which was not checked` };
  const maybe = wrong.filter(({ isSure, fault }) => !isSure && fault !== undefined);
  if (maybe.length === 0) return undefined;
  const names = maybe.map(({ name, fault }) => `${name} (${fault ?? ''})`).join(', ');
  return { unseen: `its rule sets were not read; they may route requests to the app from ${names}` };
}

/** Returns the gateways that have a route to the app, or whose routes are unknown; if there are none, all gateways. */
function leading({ gateways }: X['facts']): readonly Gateway[] {
  const all = gateways.value.filter(({ properties }) => properties.ways?.length !== 0);
  return all.length > 0 ? all : gateways.value;
}

/** Names the rules answered in area access-restrictions, which are kept; empty if that area decides no rules. */
function keptBy(x: X): readonly string[] {
  const rules = x.decidedIn('access-restrictions', 'rules')?.['rules'] as readonly AccessRule[] | undefined;
  return (rules ?? []).map(({ name }) => name);
}

/** Warns of Front Doors that were found in front of the app and differ from the answered one. */
function otherDoors({ facts, answers }: X): GuardFinding[] {
  const ids = facts.gateways.value.flatMap(({ name, properties }) =>
    properties.frontDoorId ? [{ name, id: properties.frontDoorId }] : [],
  );
  if (ids.length === 0 || ids.some(({ id }) => id.toLowerCase() === answers.frontDoorId?.toLowerCase())) return [];
  return ids.map(({ name, id }) =>
    warn(`${name} routes to this app and has a different id (${id}). Its requests get 403. Check the id in your answer.`),
  );
}

/** Describes which callers are allowed and which are denied once the whole plan is applied. */
function whoGetsIn(x: X): GuardFinding[] {
  const after = mainSiteRestrictions(x.planned);
  const door = after.rows.find((row) => !isDeny(row) && namesFrontDoor(row));
  const before = after.rows.find((row) => isDeny(row) && (row.priority ?? 0) <= (door?.priority ?? 0));
  const others = after.rows.filter((row) => gatewayOf(x, row) === false).map(nameOf);
  return [
    ownAddress(x, after, 'the app'),
    warn(admitted(after)),
    ...subnetNote(x, after),
    ...privateNote(x, after),
    ...removedNote(mainSiteRestrictions(x.facts), after),
    ...otherDoors(x),
    ...(others.length > 0 ? [warn(`The finding stays: ${[...new Set(others)].join(', ')} allows callers other than the gateway.`)] : []),
    ...(door && before
      ? [
          stop(
            `Rule ${before.name || 'without a name'} (priority ${before.priority ?? ''}) denies requests before the rule for the Front Door is evaluated. Give this deny rule a higher priority number than the Front Door rule (area access-restrictions).`,
          ),
        ]
      : []),
    ...mergeNote(x),
  ];
}

const questions = defineQuestions({
  frontDoorId: {
    kind: 'text',
    label: 'Front Door id (GUID)',
    help: 'The command az afd profile show shows it as frontDoorId. Only requests with this id are allowed.',
    pattern: GUID,
    example: '6c1b1f9e-2f0a-4f55-9d3e-8a7f3b0c2d11',
  },
});

export default defineStep({
  id: 'gateway',
  title: 'Use a gateway service',
  group: 'network',
  why: 'A gateway with a web application firewall (WAF) blocks known attacks before they reach the code, if callers cannot bypass it.',
  docs: ['https://learn.microsoft.com/azure/azure-functions/security-concepts#use-a-gateway-service', DOCS],
  questions,
  claims: ({ frontDoorId }) =>
    frontDoorId === undefined
      ? []
      : [
          { control: 'only-way', property: 'the default action of the main site', value: 'Deny', path: ['frontDoorId'] },
          { control: 'only-way', property: 'who reaches the main site', value: 'the gateway and named callers', path: ['frontDoorId'] },
          { control: 'only-way', property: 'the first rule of the main site', value: 'the Front Door', path: ['frontDoorId'] },
        ],
  prefill: { frontDoorId: (x) => doorsOf(x)[0] },
  controls: [
    {
      kind: 'rule',
      id: 'firewall',
      label: 'Gateway WAF mode',
      because: 'A new WAF policy is disabled or only detects. It blocks no attack until it is enabled in Prevention mode.',
      severity: 'medium',
      strict: true,
      reads: ['site', 'siteConfig', 'gateways'],
      docs: 'https://learn.microsoft.com/azure/web-application-firewall/afds/afds-overview',
      compliance: { mcsb: ['NS-6'], cis: { '5.0': '7.10', '6.0': '7.10' } },
      judge: (x) => judgeEach(leading(x.facts), wall, 'WAF on, in Prevention mode', NO_GATEWAY, doorsElsewhere(x)),
    },
    {
      kind: 'rule',
      id: 'only-way',
      label: 'Gateway bypass',
      because: 'If callers can reach the app directly, they bypass the gateway and its firewall.',
      severity: 'high',
      risk: 'lock-out',
      strict: true,
      effect: 'All requests that do not come through the Front Door get 403, including those of the portal and of monitors.',
      effectOf: (x) =>
        mainSiteRestrictions(x.planned).rows.every((row) => isGateway(x, row))
          ? 'All requests that do not come through the Front Door get 403, including those of the portal and of monitors.'
          : 'Callers get 403 unless they come through the Front Door or another rule allows them.',
      reads: ['site', 'siteConfig', 'gateways'],
      writes: ['siteConfig'],
      namesSubnets: true,
      needs: ['frontDoorId'],
      docs: DOCS,
      compliance: { mcsb: ['NS-6'] },
      judge: (x) => {
        const wanted = 'rules that allow only the gateway';
        const { rows, effective } = mainSiteRestrictions(x.facts);
        const isSeen = doorsOf(x).length > 0 || x.facts.gateways.value.some((one) => !isByAddress(one)) || doorsElsewhere(x).length > 0;
        const [unsure] = x.facts.gateways.value;
        if (!isSeen && !unsure) return { state: 'not-applicable', found: NO_GATEWAY, wanted };
        if (isPublicAccessOff(x.facts.site)) return { state: 'pass', found: 'public access is off', wanted };
        const behind = shadowed(rows).map(({ rule }) => rule);
        const others = rows.filter((row) => !isGateway(x, row) && !behind.includes(row));
        const unseen = others.flatMap((row) => unseenOf(x, row));
        const past = others.filter((row) => unseenOf(x, row).length === 0);
        const kept = past.filter(({ name }) => keptBy(x).includes(name ?? ''));
        const isLetIn = rows.some((row) => !isDeny(row) && isGateway(x, row));
        const isDone = effective === 'Deny' && kept.length > 0 && kept.length === past.length && isLetIn;
        const found = [
          ...new Set(past.map((row) => `${nameOf(row)} allows other callers`)),
          ...(effective === 'Allow' ? ['callers that match no rule are allowed'] : []),
        ];
        if (found.length > 0 && !isSeen) return { state: 'unknown', found: `${unsure!.name}: ${flawText(wall(unsure!)) ?? ''}`, wanted };
        return {
          state: found.length > 0 ? 'fail' : unseen.length > 0 ? 'unknown' : 'pass',
          found: [...found, ...unseen].join('; ') || 'the gateway only',
          wanted,
          ...(isDone ? { stays: `area access-restrictions allows ${[...new Set(kept.map(nameOf))].join(', ')}` } : {}),
        };
      },
      // Area access-restrictions owns the rules, so the rules it answers stay in the list.
      draft: (x) => (x.answers.frontDoorId === undefined ? [] : [...mainRulesDrafts(x), mainDefaultDraft(x, 'Deny')]),
      guards: [
        { id: 'L8', reads: ['virtualNetworks'], check: whoGetsIn },
        { id: 'L9', reads: ['deployments', 'sourceControl'], check: scmSiteToo },
        { id: 'L8', reads: ['functions'], check: (x) => lockedOutByRules(x.facts.functions, mainSiteRestrictions(x.planned)) },
      ],
    },
    {
      kind: 'attestation',
      id: 'waf',
      label: 'Gateway decision',
      because:
        'func-harden cannot see gateways in other subscriptions or of other vendors. A person must decide whether the app needs one.',
      severity: 'low',
      statement:
        'A gateway with a web application firewall in Prevention mode protects this app, or it was decided that the app needs none.',
      evidence: 'a link to the gateway or to the decision',
      validForDays: 365,
      reads: ['gateways'],
      subject: ({ facts }) => {
        const lines = facts.gateways.value.map(
          (one) => `${one.properties.kind} ${one.name}: ${flawText(wall(one)) ?? 'WAF on, in Prevention mode'}`,
        );
        return lines.length > 0 ? lines : [`${NO_GATEWAY[0]!.toUpperCase()}${NO_GATEWAY.slice(1)}.`];
      },
    },
  ],
});
