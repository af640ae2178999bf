import { defineStep } from '../src/contract/index.ts';

export default defineStep({
  id: 'continuous-validation',
  title: 'Continuous security validation',
  group: 'deployment',
  why: 'What is safe today drifts. A pipeline that audits on each deployment notices on the day, not at the next incident.',
  docs: ['https://learn.microsoft.com/azure/azure-functions/security-concepts#continuous-security-validation'],
  controls: [
    {
      kind: 'attestation',
      id: 'pipeline',
      label: 'Audit in a pipeline',
      because: 'A check that nobody has to remember is the only one that keeps running.',
      severity: 'low',
      compliance: { mcsb: ['DS-6'] },
      strict: true,
      reads: ['sourceControl', 'deployments'],
      statement: 'A pipeline audits this app on each deployment or on a schedule, and somebody is told when it fails.',
      evidence: 'a link to the pipeline',
      validForDays: 365,
      subject: ({ facts }) => {
        const control = facts.sourceControl?.properties;
        const last = facts.deployments.value[0]?.properties.deployer;
        return [
          control?.repoUrl
            ? `Connected to ${control.repoUrl}${control.isGitHubAction ? ' with GitHub Actions' : ''}.`
            : 'No repository is connected to the app.',
          ...(last ? [`Last deployed by ${last}.`] : []),
        ];
      },
    },
  ],
});
