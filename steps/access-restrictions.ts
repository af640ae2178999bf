import {
  admitted,
  closesFence,
  fenceEffect,
  judgeDefault,
  judgeRules,
  mainDefaultDraft,
  mainRules,
  mainRulesDrafts,
  mergeNote,
  ownAddress,
  removedNote,
  siteFence,
  type FenceAnswers,
} from './lib/access-restrictions.ts';
import { type Context, defineStep, type GuardFinding } from '../src/contract/index.ts';
import { everybodyIn, isEverybody, LACKS, rowOf, ruleOf } from '../src/azure/index.ts';
import { isPublicAccessOff, PUBLIC_ACCESS_OFF } from './lib/public-access.ts';
import { shutOutByRules } from './lib/callers.ts';

type X = Context<FenceAnswers>;

/** What the rules come to, from what is there once the whole plan is applied. */
function whoGetsIn(x: X): GuardFinding[] {
  const after = siteFence(x.planned);
  return [
    { level: 'warn', says: admitted(after) },
    { level: 'warn', says: "The portal's Test/Run and API Management need a rule of their own." },
    ...removedNote(siteFence(x.facts), after),
    ...mergeNote(x),
  ];
}
const effectOf = (x: X): string => fenceEffect(siteFence(x.planned));
const applies = ({ facts }: X): true | string => (isPublicAccessOff(facts.site) ? PUBLIC_ACCESS_OFF : true);

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
      exempts: true,
      label: 'Who may reach the app',
      help: 'Tried in the order of their priority, lowest first. Each names an address range, a service tag or a subnet.',
    },
    defaultAction: {
      kind: 'choice',
      exempts: true,
      label: 'Callers that no rule names',
      help: 'Deny is what makes the rules an allow-list.',
      options: ['Deny', 'Allow'],
      preselect: 'Deny',
    },
  },
  prefill: {
    rules: (x) =>
      siteFence(x.facts)
        .rows.filter((row) => !isEverybody(row))
        .map(ruleOf),
  },
  claims: ({ rules = [], defaultAction }) => [
    ...(defaultAction
      ? [{ control: 'default-action', property: 'the default action of the main site', value: defaultAction, path: ['defaultAction'] }]
      : []),
    ...rules.flatMap((rule, index) =>
      everybodyIn(rules.map(rowOf)).some((row) => row.priority === rule.priority && row.name === rule.name)
        ? [{ control: 'rules', property: 'who reaches the main site', value: 'everybody', path: ['rules', index] }]
        : [],
    ),
  ],
  closes: closesFence('ipSecurityRestrictions'),
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
      effectOf,
      notOn: LACKS.ingressAddresses,
      appliesTo: applies,
      terraform: { 'siteConfig properties.ipSecurityRestrictions': 'site_config.ip_restriction' },
      reads: ['siteConfig'],
      namesSubnets: true,
      needs: ['rules'],
      judge: (x) => judgeRules(siteFence(x.facts), x.answers.rules && (mainRules(x) ?? x.answers.rules)),
      draft: mainRulesDrafts,
      guards: [
        { id: 'L8', check: (x) => ownAddress(siteFence(x.planned), x.myIp, 'the app') },
        { id: 'L8', check: whoGetsIn },
        { id: 'L8', reads: ['functions'], check: (x) => shutOutByRules(x.facts.functions, siteFence(x.planned)) },
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
      effectOf,
      notOn: LACKS.ingressAddresses,
      appliesTo: applies,
      terraform: { 'siteConfig properties.ipSecurityRestrictionsDefaultAction': 'site_config.ip_restriction_default_action' },
      reads: ['siteConfig'],
      needs: ['defaultAction'],
      judge: (x) => judgeDefault(siteFence(x.facts), x.answers.defaultAction ?? 'Deny'),
      draft: (x) => [mainDefaultDraft(x, x.answers.defaultAction ?? 'Deny')],
      guards: [
        { id: 'L8', check: (x) => ownAddress(siteFence(x.planned), x.myIp, 'the app') },
        { id: 'L8', check: whoGetsIn },
        { id: 'L8', reads: ['functions'], check: (x) => shutOutByRules(x.facts.functions, siteFence(x.planned)) },
      ],
    },
  ],
});
