import { sameWord } from '../src/azure/index.ts';
import { defineStep, IF_NOT_EXISTS } from '../src/contract/index.ts';

const DOCS = 'https://learn.microsoft.com/azure/defender-for-cloud/defender-for-app-service-introduction';

export default defineStep({
  id: 'defender',
  title: 'Defender for Cloud',
  group: 'operation',
  why: 'Defender for App Service detects known attacks and weak settings, and raises alerts.',
  docs: ['https://learn.microsoft.com/azure/azure-functions/security-concepts#defender-for-cloud', DOCS],
  controls: [
    {
      kind: 'setting',
      id: 'plan',
      label: 'Defender plan for App Service',
      because: 'Without the plan, Defender raises no alerts for this app.',
      severity: 'medium',
      risk: 'disruptive',
      optIn: 'The plan applies to the whole subscription and is billed per instance hour of every App Service plan in it.',
      effect: 'Defender protects and bills the whole subscription. Runtime protection of function apps requires a Dedicated plan.',
      at: ['defenderPlan', 'properties.pricingTier'],
      absent: 'Free',
      expect: { equals: 'Standard' },
      set: 'Standard',
      docs: DOCS,
      compliance: {
        mcsb: ['LT-1'],
        cis: { '2.0': '2.1.2', '2.1': '2.1.2', '3.0': '3.1.6.1', '4.0': '9.1.6.1', '5.0': '8.1.6.1', '6.0': '8.1.6.1' },
      },
      policy: {
        id: '2913021d-f2fd-4f3d-b958-22354e2bdbcb',
        title: 'Azure Defender for App Service should be enabled',
        effects: IF_NOT_EXISTS,
        about: 'subscription',
        fix: { id: 'b40e7bcd-a1e5-47fe-b9cf-2f534d0bfb7d', effect: 'DeployIfNotExists', roles: ['fb1c8493-542b-48eb-b624-b4c8fea62acd'] },
      },
    },
    {
      kind: 'rule',
      id: 'assessments',
      label: 'Open Defender recommendations',
      because: 'Defender found these problems, and they are not resolved.',
      severity: 'medium',
      strict: true,
      reads: ['defenderAssessments'],
      judge: ({ facts }) => {
        const open = facts.defenderAssessments.value.filter(({ properties }) => sameWord(properties.status?.code, 'Unhealthy'));
        const wanted = 'none, or each accepted';
        const lines = open.map(
          ({ properties }) =>
            `${properties.displayName ?? 'a recommendation'}${properties.links?.azurePortal ? `: https://${properties.links.azurePortal.replace(/^https:\/\//, '')}` : ''}`,
        );
        if (open.length > 0) return { state: 'fail', found: `${open.length} open`, wanted, lines };
        const all = facts.defenderAssessments.value;
        // An empty list does not mean that there are no problems: Defender may not have checked the app yet.
        if (all.length === 0) return { state: 'not-applicable', found: 'Defender lists no assessment of this app', wanted };
        const withState = (code: string) => all.filter(({ properties }) => sameWord(properties.status?.code, code)).length;
        // NotApplicable: the assessment of the resource did not happen (learn.microsoft.com/rest/api/defenderforcloud/assessments/list).
        const [healthy, notAssessed] = [withState('Healthy'), withState('NotApplicable')];
        const untold = all.length - healthy - notAssessed;
        if (untold > 0)
          return { state: 'unknown', found: `Azure does not report the state of ${untold} of ${all.length} assessments`, wanted };
        if (healthy === 0) return { state: 'unknown', found: `Defender assessed none of ${all.length} recommendations`, wanted };
        return { state: 'pass', found: `none of ${all.length} open${notAssessed > 0 ? `, ${notAssessed} not assessed` : ''}`, wanted };
      },
      docs: 'https://learn.microsoft.com/azure/defender-for-cloud/review-security-recommendations',
    },
  ],
});
