import {
  defineStep,
  effectiveDefault,
  GUID,
  judgeEach,
  ownAddress,
  rowsOf,
  sameResource,
  siteFence,
  type AccessRule,
  type Context,
  type Gateway,
  type RestrictionRow,
} from '../src/step.ts';

interface Given {
  readonly frontDoorId?: string;
}
type X = Context<Given>;

const DOCS =
  'https://learn.microsoft.com/azure/app-service/app-service-ip-restrictions#restrict-access-to-a-specific-azure-front-door-instance';
const rows = ({ facts }: X): readonly RestrictionRow[] => facts.siteConfig.properties.ipSecurityRestrictions ?? [];
const fence = ({ facts }: X) => siteFence(facts);

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
  if (row.action === 'Deny') return true;
  if (row.vnetSubnetResourceId) return subnetsOf(x).some((id) => sameResource(id, row.vnetSubnetResourceId));
  const ids = Object.entries(row.headers ?? {}).flatMap(([name, values]) => (name.toLowerCase() === 'x-azure-fdid' ? values : []));
  return (
    row.tag === 'ServiceTag' &&
    /^AzureFrontDoor\.Backend$/i.test(row.ipAddress ?? '') &&
    ids.length > 0 &&
    ids.every((id) => doorsOf(x).includes(id.toLowerCase()))
  );
}

const wall = (gateway: Gateway): string | undefined => {
  const { waf } = gateway.properties;
  if (!waf) return 'has no WAF policy';
  return waf.enabled && waf.mode === 'Prevention' ? undefined : `its WAF ${waf.enabled ? `is in ${waf.mode} mode` : 'is disabled'}`;
};

const ruleFor = (frontDoorId: string): AccessRule => ({
  name: 'front-door',
  priority: 100,
  action: 'Allow',
  serviceTag: 'AzureFrontDoor.Backend',
  headers: { 'x-azure-fdid': [frontDoorId] },
});

export default defineStep({
  id: 'gateway',
  title: 'Use a gateway service',
  group: 'network',
  why: 'A gateway with a web application firewall stops known attacks before they reach the code, if nobody can get past it.',
  docs: ['https://learn.microsoft.com/azure/azure-functions/security-concepts#use-a-gateway-service', DOCS],
  questions: {
    frontDoorId: {
      kind: 'text',
      label: 'Id of the Front Door that stands in front',
      help: 'A guid: az afd profile show shows it as frontDoorId. Only requests that carry it get in.',
      pattern: GUID,
      example: '6c1b1f9e-2f0a-4f55-9d3e-8a7f3b0c2d11',
    },
  },
  asks: ['gateways'],
  prefill: { frontDoorId: (x) => doorsOf(x as X)[0] },
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
      compliance: { mcsb: ['NS-6'] },
      judge: ({ facts }) =>
        judgeEach(facts.gateways.value, wall, 'WAF on, in Prevention mode', 'no gateway of this subscription has the app behind it'),
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
      reads: ['site', 'siteConfig', 'gateways'],
      writes: ['siteConfig'],
      namesSubnets: true,
      needs: ['frontDoorId'],
      docs: DOCS,
      compliance: { mcsb: ['NS-6'] },
      judge: (x) => {
        const wanted = 'rules that let in the gateway only';
        if (doorsOf(x).length === 0 && subnetsOf(x).length === 0)
          return { state: 'not-applicable', found: 'no gateway of this subscription has the app behind it', wanted };
        if (x.facts.site.properties.publicNetworkAccess === 'Disabled') return { state: 'pass', found: 'public access is off', wanted };
        const past = rows(x).filter((row) => !isGateway(x, row));
        const { effective } = fence(x);
        const found = [
          ...past.map(({ name }) => `${name ?? 'a rule'} lets in others`),
          ...(effective === 'Allow' ? ['callers that no rule names get in'] : []),
        ];
        return { state: found.length > 0 ? 'fail' : 'pass', found: found.join('; ') || 'the gateway only', wanted };
      },
      draft: (x) => {
        const id = x.answers.frontDoorId;
        return id === undefined
          ? []
          : [
              { at: ['siteConfig', 'properties.ipSecurityRestrictions'], to: rowsOf([ruleFor(id)]) as never, absent: [] },
              { at: ['siteConfig', 'properties.ipSecurityRestrictionsDefaultAction'], to: 'Deny', absent: effectiveDefault(rows(x), null) },
            ];
      },
      guards: [
        {
          id: 'L8',
          check: (x) => [
            ownAddress(siteFence(x.planned), x.myIp, 'the app'),
            ...rows(x)
              .filter((row) => row.action !== 'Deny' && !isGateway(x, row))
              .map(({ name }) => ({ level: 'warn' as const, says: `The rule ${name ?? ''} goes: whoever came in by it gets 403.` })),
          ],
        },
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
        return lines.length > 0 ? lines : ['No Front Door or application gateway of this subscription names a host of the app.'];
      },
    },
  ],
});
