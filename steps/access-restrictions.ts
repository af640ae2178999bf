import {
  DEFAULT_ACTION,
  admitted,
  closesRestrictions,
  restrictionEffect,
  mainDefaultDraft,
  mainRules,
  mainRulesDrafts,
  mergeNote,
  ownAddress,
  removedNote,
  scmSiteToo,
  mainSiteRestrictions,
  type RestrictionAnswers,
} from './lib/network/access-restrictions.ts';
import { judgeDefault, judgeRules } from './lib/network/restriction-verdicts.ts';
import { privateNote, subnetNote } from './lib/network/restriction-notes.ts';
import { type Context, defineStep, type GuardFinding, warn } from '../src/contract/index.ts';
import { rulesForAllCallers, namesCallers, LACKS, rowOf, ruleOf } from '../src/azure/index.ts';
import { rulesApply } from './lib/network/public-access.ts';
import { linkedApi, lockedOutByRules } from './lib/network/callers.ts';

type X = Context<RestrictionAnswers>;

/** Checks the effect of the rules once the whole plan is applied. */
function whoGetsIn(x: X): GuardFinding[] {
  const after = mainSiteRestrictions(x.planned);
  const linked = linkedApi(x.facts.siteConfig);
  return [
    warn(admitted(after)),
    ...subnetNote(x, after),
    ...privateNote(x, after),
    warn(`The portal's Test/Run and API Management${linked ? ` (${linked} is linked with the app)` : ''} need their own access rule.`),
    ...removedNote(mainSiteRestrictions(x.facts), after),
    ...mergeNote(x),
  ];
}
const effectOf = (x: X): string => restrictionEffect(mainSiteRestrictions(x.planned));

export default defineStep({
  id: 'access-restrictions',
  title: 'Set access restrictions',
  group: 'network',
  why: 'Without access rules, a function app accepts requests from the whole internet. As soon as a rule exists, all callers that match no rule are denied, unless the default action is set to Allow.',
  docs: [
    'https://learn.microsoft.com/azure/azure-functions/security-concepts#set-access-restrictions',
    'https://learn.microsoft.com/azure/app-service/app-service-ip-restrictions',
  ],
  questions: {
    rules: {
      kind: 'rules',
      exempts: true,
      label: 'Callers that may reach the app',
      help: 'Azure evaluates the rules by priority, lowest number first. Each rule names an address range, a service tag or a subnet.',
    },
    defaultAction: DEFAULT_ACTION,
  },
  prefill: {
    rules: (x) => mainSiteRestrictions(x.facts).rows.filter(namesCallers).map(ruleOf),
  },
  claims: ({ rules = [], defaultAction }) => [
    ...(defaultAction
      ? [{ control: 'default-action', property: 'the default action of the main site', value: defaultAction, path: ['defaultAction'] }]
      : []),
    ...rules.flatMap((rule, index) =>
      rulesForAllCallers(rules.map(rowOf)).some((row) => row.priority === rule.priority && row.name === rule.name)
        ? [{ control: 'rules', property: 'who reaches the main site', value: 'everybody', path: ['rules', index] }]
        : [],
    ),
    // No priority is free before this rule.
    ...rules.flatMap((rule, index) =>
      rule.action === 'Deny' && rule.priority === 1
        ? [{ control: 'rules', property: 'the first rule of the main site', value: 'a rule that denies', path: ['rules', index] }]
        : [],
    ),
  ],
  closes: closesRestrictions('ipSecurityRestrictions'),
  controls: [
    {
      kind: 'rule',
      id: 'rules',
      label: 'Access rules (main site)',
      because: 'Without access rules, attackers on any network can send requests to the app.',
      severity: 'medium',
      compliance: { mcsb: ['NS-2'] },
      risk: 'lock-out',
      strict: true,
      effect: 'Callers outside the listed networks get 403.',
      effectOf,
      notOn: LACKS.ingressAddresses,
      appliesTo: rulesApply,
      terraform: { 'siteConfig properties.ipSecurityRestrictions': 'site_config.ip_restriction' },
      reads: ['siteConfig'],
      namesSubnets: true,
      needs: ['rules'],
      judge: (x) => judgeRules(mainSiteRestrictions(x.facts), x.answers.rules && (mainRules(x) ?? x.answers.rules)),
      draft: mainRulesDrafts,
      guards: [
        { id: 'L8', check: (x) => ownAddress(x, mainSiteRestrictions(x.planned), 'the app') },
        { id: 'L8', reads: ['virtualNetworks'], check: whoGetsIn },
        { id: 'L9', reads: ['deployments', 'sourceControl'], check: scmSiteToo },
        { id: 'L8', reads: ['functions'], check: (x) => lockedOutByRules(x.facts.functions, mainSiteRestrictions(x.planned)) },
      ],
    },
    {
      kind: 'rule',
      id: 'default-action',
      label: 'Default action (main site)',
      because: 'If the default action is Allow, callers that match no rule are allowed too.',
      severity: 'medium',
      compliance: { mcsb: ['NS-2'] },
      risk: 'lock-out',
      strict: true,
      effect: 'Callers that match no rule get 403.',
      effectOf,
      notOn: LACKS.ingressAddresses,
      appliesTo: rulesApply,
      terraform: { 'siteConfig properties.ipSecurityRestrictionsDefaultAction': 'site_config.ip_restriction_default_action' },
      reads: ['siteConfig'],
      needs: ['defaultAction'],
      judge: (x) => judgeDefault(mainSiteRestrictions(x.facts), x.answers.defaultAction ?? 'Deny'),
      draft: (x) => [mainDefaultDraft(x, x.answers.defaultAction ?? 'Deny')],
      guards: [
        { id: 'L8', check: (x) => ownAddress(x, mainSiteRestrictions(x.planned), 'the app') },
        { id: 'L8', reads: ['virtualNetworks'], check: whoGetsIn },
        { id: 'L9', reads: ['deployments', 'sourceControl'], check: scmSiteToo },
        { id: 'L8', reads: ['functions'], check: (x) => lockedOutByRules(x.facts.functions, mainSiteRestrictions(x.planned)) },
      ],
    },
  ],
});
