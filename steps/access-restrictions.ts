import {
  admitted,
  defineStep,
  effectiveDefault,
  fenceAfter,
  hasTrigger,
  isEverybody,
  judgeDefault,
  judgeRules,
  LACKS,
  ownAddress,
  rowsOf,
  ruleOf,
  siteFence,
  type Context,
  type FenceAnswers,
  type GuardFinding,
} from '../src/step.ts';

const fence = ({ facts }: Context<FenceAnswers>) => siteFence(facts);
const after = (x: Context<FenceAnswers>) =>
  fenceAfter(fence(x), x.answers, { rules: x.chosen('rules'), defaultAction: x.chosen('default-action') });

function otherCallers(x: Context<FenceAnswers>): GuardFinding[] {
  const { rows, effective } = after(x);
  const grid = hasTrigger(x.facts.functions, 'eventGridTrigger');
  const letsGrid =
    effective === 'Allow' || rows.some(({ tag, ipAddress }) => tag === 'ServiceTag' && ipAddress?.includes('AzureEventGrid'));
  return [
    { level: 'warn', says: `${admitted(after(x))} The portal's Test/Run, API Management and webhooks need a rule of their own.` },
    ...(grid && !letsGrid
      ? [
          {
            level: 'warn' as const,
            says: 'A function is triggered by Event Grid; without a rule for the service tag AzureEventGrid its events stop.',
          },
        ]
      : []),
  ];
}

export default defineStep({
  id: 'access-restrictions',
  title: 'Set access restrictions',
  group: 'network',
  why: 'A function app answers the whole internet until rules say who may reach it. One allow rule turns the rest into a deny.',
  docs: [
    'https://learn.microsoft.com/azure/azure-functions/security-concepts#set-access-restrictions',
    'https://learn.microsoft.com/azure/app-service/app-service-ip-restrictions',
  ],
  questions: {
    rules: {
      kind: 'rules',
      label: 'Who may reach the app',
      help: 'Tried in the order of their priority, lowest first. Each names an address range, a service tag or a subnet.',
    },
    defaultAction: {
      kind: 'choice',
      label: 'Callers that no rule names',
      help: 'Deny is what makes the rules a fence.',
      options: ['Deny', 'Allow'],
      preselect: 'Deny',
    },
  },
  prefill: {
    rules: (x) =>
      fence(x)
        .rows.filter((row) => !isEverybody(row))
        .map(ruleOf),
  },
  controls: [
    {
      kind: 'rule',
      id: 'rules',
      label: 'Rules',
      because: 'Networks that have no business with the app should not be able to try.',
      severity: 'medium',
      compliance: { mcsb: ['NS-2'] },
      risk: 'lock-out',
      strict: true,
      effect: 'Callers outside the listed networks get 403.',
      notOn: LACKS.ingressAddresses,
      reads: ['siteConfig'],
      namesSubnets: true,
      needs: ['rules'],
      judge: (x) => judgeRules(fence(x), x.answers.rules),
      draft: (x) => [
        { at: ['siteConfig', 'properties.ipSecurityRestrictions'], to: rowsOf(x.answers.rules ?? []), absent: [] },
        // Said out loud, because a null default changes its meaning with the number of rules.
        {
          at: ['siteConfig', 'properties.ipSecurityRestrictionsDefaultAction'],
          to: after(x).effective,
          absent: effectiveDefault(fence(x).rows, null),
        },
      ],
      guards: [
        { id: 'L8', check: (x) => ownAddress(after(x), x.myIp, 'the app') },
        { id: 'L8', reads: ['functions'], check: otherCallers },
      ],
    },
    {
      kind: 'rule',
      id: 'default-action',
      label: 'Default action',
      because: 'Rules that allow are no fence while everybody else is allowed too.',
      severity: 'medium',
      compliance: { mcsb: ['NS-2'] },
      risk: 'lock-out',
      strict: true,
      effect: 'Callers that no rule names get 403.',
      notOn: LACKS.ingressAddresses,
      reads: ['siteConfig'],
      needs: ['defaultAction'],
      judge: (x) => judgeDefault(fence(x), x.answers.defaultAction ?? 'Deny'),
      draft: (x) => [
        {
          at: ['siteConfig', 'properties.ipSecurityRestrictionsDefaultAction'],
          to: x.answers.defaultAction ?? 'Deny',
          absent: effectiveDefault(fence(x).rows, null),
        },
      ],
      guards: [{ id: 'L8', check: (x) => ownAddress(after(x), x.myIp, 'the app') }],
    },
  ],
});
