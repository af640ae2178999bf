import { defineStep } from '../src/contract/index.ts';

export default defineStep({
  id: 'continuous-validation',
  title: 'Continuous security validation',
  group: 'deployment',
  why: 'Settings change over time. A pipeline that audits each deployment finds a regression on the same day.',
  docs: ['https://learn.microsoft.com/azure/azure-functions/security-concepts#continuous-security-validation'],
  controls: [
    {
      kind: 'attestation',
      id: 'pipeline',
      label: 'Pipeline security audit',
      because: 'A manual check is forgotten sooner or later. An automated audit runs on each deployment.',
      severity: 'low',
      compliance: { mcsb: ['DS-6'] },
      strict: true,
      reads: ['sourceControl', 'deployments'],
      statement: 'A pipeline audits this app on each deployment or on a schedule, and a person is notified when it fails.',
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
