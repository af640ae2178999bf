import {
  DEFAULT_ACTION,
  admitted,
  closesRestrictions,
  restrictionEffect,
  ownAddress,
  removedNote,
  scmSiteRestrictions,
  mainSiteRestrictions,
  type SiteRestrictions,
} from './lib/network/access-restrictions.ts';
import { judgeDefault, judgeRules } from './lib/network/restriction-verdicts.ts';
import { privateNote, subnetNote } from './lib/network/restriction-notes.ts';
import { type Answers, type Context, defineQuestions, defineStep, type GuardFinding, warn } from '../src/contract/index.ts';
import { effectiveDefault, isOn, namesCallers, LACKS, rowsOf, ruleOf } from '../src/azure/index.ts';
import { rulesApply } from './lib/network/public-access.ts';
import { scmCallers } from './lib/deployments.ts';

type X = Context<Answers<typeof questions>>;

const main = ({ facts }: X): SiteRestrictions => mainSiteRestrictions(facts);
const own = ({ facts }: X): SiteRestrictions => scmSiteRestrictions(facts);
const inherits = ({ facts }: X): boolean => isOn(facts.siteConfig.properties.scmIpSecurityRestrictionsUseMain);

/** Returns the restrictions in force: with `UseMain`, the SCM site's own list is stored but ignored. */
const today = (x: X): SiteRestrictions => (inherits(x) ? main(x) : own(x));
/** Returns the restrictions in force once the whole plan is applied. */
const after = (x: X): SiteRestrictions => today({ ...x, facts: x.planned });
/**
 * Returns the action for callers that no rule of the SCM site's own list matches, once the answers are applied. A site that stops using the
 * rules of the main site keeps refusing the callers that it refuses today.
 */
const ownDefault = (x: X) =>
  (x.chosen('default-action') ? x.answers.defaultAction : undefined) ?? (today(x).effective === 'Deny' ? 'Deny' : own(x).effective);

function deployers(x: X): GuardFinding[] {
  return [
    warn(`SCM site: ${admitted(after(x))}`),
    ...subnetNote(x, after(x)),
    ...privateNote(x, after(x)),
    warn('Build agents, the Azure CLI and the file views of the portal use the SCM site.'),
    ...removedNote(today(x), after(x)).map(({ level, says }) => ({ level, says: `SCM site: ${says}` })),
    ...scmCallers(x.facts.maybe('deployments') ?? undefined, x.facts.maybe('sourceControl'), x.facts.siteConfig.properties.scmType),
    ...(x.answers.sameAsMain
      ? [warn('The access rules of the main site also apply to deployments, now and after every later change.')]
      : []),
  ];
}

const questions = defineQuestions({
  sameAsMain: {
    kind: 'yesno',
    exempts: true,
    label: 'Use the rules of the main site for the SCM site?',
    help: 'Choose No to list build agents and operators separately.',
    preselect: false,
  },
  rules: {
    kind: 'rules',
    exempts: true,
    label: 'Callers that may reach the SCM site',
    help: 'For example build agents, operators and jump hosts. Azure evaluates the rules by priority, lowest number first.',
  },
  defaultAction: DEFAULT_ACTION,
});

export default defineStep({
  id: 'scm',
  title: 'Secure the SCM site',
  group: 'deployment',
  why: 'The SCM site deploys code, shows settings and runs commands. It has its own access rules and allows all callers by default.',
  docs: [
    'https://learn.microsoft.com/azure/azure-functions/security-concepts#secure-the-scm-endpoint',
    'https://learn.microsoft.com/azure/app-service/app-service-ip-restrictions#restrict-access-to-an-scm-site',
  ],
  questions,
  prefill: {
    rules: (x) => own(x).rows.filter(namesCallers).map(ruleOf),
  },
  skip: {
    sameAsMain: ({ rules }) => rules !== undefined,
    rules: ({ sameAsMain }) => sameAsMain === true,
    defaultAction: ({ sameAsMain }) => sameAsMain === true,
  },
  contradictions: ({ sameAsMain, rules }) =>
    sameAsMain && rules ? [{ path: ['rules'], says: 'cannot be combined with sameAsMain: true; remove one of them' }] : [],
  closes: closesRestrictions('scmIpSecurityRestrictions'),
  controls: [
    {
      kind: 'rule',
      id: 'restrictions',
      label: 'Access rules (SCM site)',
      because: 'Anyone who can reach the SCM site with stolen credentials controls the app.',
      severity: 'high',
      compliance: { mcsb: ['NS-2'] },
      risk: 'lock-out',
      strict: true,
      effect: 'Deployments and the file views of the portal from other networks get 403.',
      effectOf: (x) => `SCM site: ${restrictionEffect(after(x))}`,
      terraform: {
        'siteConfig properties.scmIpSecurityRestrictions': 'site_config.scm_ip_restriction',
        'siteConfig properties.scmIpSecurityRestrictionsUseMain': 'site_config.scm_use_main_ip_restriction',
      },
      reads: ['siteConfig'],
      namesSubnets: true,
      needs: ['sameAsMain', 'rules'],
      notOn: LACKS.scmSite,
      appliesTo: rulesApply,
      judge: (x) => {
        const { sameAsMain } = x.answers;
        if (sameAsMain)
          return {
            state: inherits(x) ? 'pass' : 'fail',
            found: inherits(x) ? 'same as the main site' : 'rules of its own',
            wanted: 'same as the main site',
          };
        const verdict = judgeRules(today(x), x.answers.rules);
        if (!inherits(x)) return verdict;
        return { ...verdict, state: x.answers.rules ? 'fail' : verdict.state, found: `same as the main site: ${verdict.found}` };
      },
      draft: (x) => {
        if (x.answers.sameAsMain) return [{ at: ['siteConfig', 'properties.scmIpSecurityRestrictionsUseMain'], to: true, absent: false }];
        return [
          { at: ['siteConfig', 'properties.scmIpSecurityRestrictions'], to: rowsOf(x.answers.rules ?? []), absent: [] },
          {
            at: ['siteConfig', 'properties.scmIpSecurityRestrictionsDefaultAction'],
            to: ownDefault(x),
            absent: effectiveDefault(own(x).rows, null),
          },
          { at: ['siteConfig', 'properties.scmIpSecurityRestrictionsUseMain'], to: false, absent: false },
        ];
      },
      guards: [
        { id: 'L8', check: (x) => ownAddress(x, after(x), 'the SCM site') },
        { id: 'L9', reads: ['deployments', 'sourceControl', 'virtualNetworks'], check: deployers },
      ],
    },
    {
      kind: 'rule',
      id: 'default-action',
      label: 'Default action (SCM site)',
      because: 'If the default action is Allow, callers that match no rule are allowed too.',
      severity: 'high',
      compliance: { mcsb: ['NS-2'] },
      risk: 'lock-out',
      strict: true,
      effect: 'Deployments from addresses that match no rule get 403.',
      effectOf: (x) => `SCM site: ${restrictionEffect(after(x))}`,
      terraform: { 'siteConfig properties.scmIpSecurityRestrictionsDefaultAction': 'site_config.scm_ip_restriction_default_action' },
      reads: ['siteConfig'],
      needs: ['defaultAction'],
      notOn: LACKS.scmSite,
      appliesTo: rulesApply,
      judge: (x) => {
        const restrictions = x.answers.sameAsMain ? main(x) : today(x);
        const verdict = judgeDefault(restrictions, x.answers.defaultAction ?? 'Deny');
        return inherits(x) || x.answers.sameAsMain ? { ...verdict, found: `${verdict.found}, from the main site` } : verdict;
      },
      draft: (x) =>
        x.answers.sameAsMain
          ? []
          : [
              {
                at: ['siteConfig', 'properties.scmIpSecurityRestrictionsDefaultAction'],
                to: x.answers.defaultAction ?? 'Deny',
                absent: effectiveDefault(own(x).rows, null),
              },
            ],
      guards: [
        { id: 'L8', check: (x) => ownAddress(x, after(x), 'the SCM site') },
        { id: 'L9', reads: ['deployments', 'sourceControl', 'virtualNetworks'], check: deployers },
      ],
    },
  ],
});
