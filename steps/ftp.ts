import { LACKS } from '../src/azure/index.ts';
import { appPolicy, defineStep, IF_NOT_EXISTS } from '../src/contract/index.ts';
import { ftpJobs } from './lib/deployments.ts';

export default defineStep({
  id: 'ftp',
  title: 'Disable FTP',
  group: 'deployment',
  why: 'FTP deploys code with a password that never expires, and plain FTP sends the password unencrypted.',
  docs: [
    'https://learn.microsoft.com/azure/azure-functions/security-concepts#disable-ftp',
    'https://learn.microsoft.com/azure/app-service/deploy-ftp#enforce-ftps',
  ],
  questions: {
    state: {
      kind: 'choice',
      label: 'FTP state',
      help: 'Choose Disabled unless a job still publishes by FTPS.',
      options: ['Disabled', 'FtpsOnly'],
      preselect: 'Disabled',
    },
  },
  controls: [
    {
      kind: 'setting',
      id: 'state',
      label: 'FTP state',
      because: 'If FTP is enabled, attackers can guess or intercept its password and deploy code.',
      severity: 'medium',
      risk: 'disruptive',
      effect: 'Deployments by FTP fail.',
      effectOf: ({ answers }) =>
        answers.state === 'FtpsOnly' ? 'Deployments by plain FTP fail. FTPS stays possible.' : 'Deployments by FTP fail.',
      at: ['siteConfig', 'properties.ftpsState'],
      terraform: 'site_config.ftps_state',
      alwaysSet: true,
      expect: ({ answers }) => (answers.state === 'FtpsOnly' ? { oneOf: ['FtpsOnly', 'Disabled'] } : { equals: 'Disabled' }),
      set: ({ answers }) => answers.state ?? 'Disabled',
      needs: ['state'],
      notOn: LACKS.ftp,
      inert: true,
      compliance: { mcsb: ['DP-3'], cis: { '2.0': '9.10', '2.1': '9.9', '3.0': '9.3' }, cisCompute: ['2.3.4', '2.4.4'] },
      policy: appPolicy('399b2637-a50f-4f95-96f8-3a145476eb15', 'Function apps should require FTPS only', IF_NOT_EXISTS, {
        slot: 'e1a09430-221d-4d4c-a337-1edb5a1fa9bb',
      }),
      guards: [
        {
          id: 'L6',
          reads: ['deployments'],
          check: ({ facts, answers }) => ftpJobs(facts.deployments, answers.state === 'FtpsOnly'),
        },
      ],
    },
  ],
});
