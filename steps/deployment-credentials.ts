import { LACKS, defineStep, type Context, type GuardFinding } from '../src/step.ts';

const BASIC_DOCS = 'https://learn.microsoft.com/azure/app-service/configure-basic-auth-disable';

/** Deployers that sign in with Entra ID; anything else may use a publish profile. */
const BY_ENTRA = /^(az_cli|VSTS|OneDeploy)/i;

function whoDeploys({ facts }: Context<unknown>): GuardFinding[] {
  const recent = facts.deployments.value.slice(0, 5).map(({ properties }) => properties);
  const names = [...new Set(recent.flatMap(({ deployer }) => deployer ?? []))];
  const repository = facts.maybe('sourceControl')?.properties.repoUrl;
  const findings: GuardFinding[] = [];
  if (names.length === 0) findings.push({ level: 'warn', says: 'Azure has no record of who deployed; find out before you switch it off.' });
  for (const name of names) {
    findings.push(
      BY_ENTRA.test(name)
        ? { level: 'clear', says: `Deployed lately by ${name}, which signs in with Entra ID.` }
        : { level: 'warn', says: `Deployed lately by ${name}: if it uses a publish profile or a user name and password, it will get 401.` },
    );
  }
  if (repository)
    findings.push({
      level: 'warn',
      says: `Connected to ${repository}: check that its workflow signs in with Entra ID (azure/login), not with a publish profile.`,
    });
  return findings;
}

export default defineStep({
  id: 'deployment-credentials',
  title: 'Deployment credentials',
  group: 'deployment',
  why: 'User name and password for deployment bypass Entra ID: no multi-factor sign-in, no conditional access, no trace of a person.',
  docs: ['https://learn.microsoft.com/azure/azure-functions/security-concepts#deployment-credentials', BASIC_DOCS],
  controls: [
    {
      kind: 'setting',
      id: 'scm',
      label: 'Basic authentication for scm',
      because: 'The deployment site accepts a password that is the same for everybody.',
      severity: 'high',
      risk: 'disruptive',
      effect: 'Deployments with a publish profile, Web Deploy or local Git with a password get 401.',
      at: ['scmPolicy', 'properties.allow'],
      absent: true,
      expect: { equals: false },
      set: false,
      docs: BASIC_DOCS,
      notOn: LACKS.scmSite,
      compliance: { mcsb: ['IM-1'], cis: { '3.0': '9.6' }, policy: 'aede300b-d67f-480a-ae26-4b3dfb1a1fdc' },
      guards: [{ id: 'L5', reads: ['deployments', 'sourceControl'], check: whoDeploys }],
    },
    {
      kind: 'setting',
      id: 'ftp',
      label: 'Basic authentication for FTP',
      because: 'FTP knows no other sign-in than a password.',
      severity: 'medium',
      risk: 'disruptive',
      effect: 'FTP deployments are refused, whatever the FTP state says.',
      at: ['ftpPolicy', 'properties.allow'],
      absent: true,
      expect: { equals: false },
      set: false,
      docs: BASIC_DOCS,
      notOn: LACKS.ftpSignIn,
      compliance: { mcsb: ['IM-1'], cis: { '3.0': '9.6' }, policy: '871b205b-57cf-4e1e-a234-492616998bf7' },
      guards: [
        {
          id: 'L6',
          reads: ['siteConfig'],
          check: ({ facts }) =>
            /^disabled$/i.test(facts.siteConfig.properties.ftpsState ?? '')
              ? { level: 'clear', says: 'FTP itself is off already, so nothing publishes by it.' }
              : { level: 'warn', says: 'A job that still publishes by FTP will be refused.' },
        },
      ],
    },
    {
      kind: 'rule',
      id: 'password',
      label: 'Publishing password reset',
      because: 'Publish profiles handed out earlier hold the password and stay good until it is reset.',
      severity: 'low',
      risk: 'one-way',
      strict: true,
      optIn: 'Every saved publish profile becomes useless, and it cannot be taken back.',
      effect: 'Every publish profile downloaded so far stops working.',
      reads: ['scmPolicy', 'ftpPolicy'],
      judge: ({ facts }) => {
        const open = [facts.scmPolicy.properties.allow !== false && 'scm', facts.ftpPolicy.properties.allow !== false && 'FTP'].filter(
          Boolean,
        );
        return open.length === 0
          ? { state: 'pass', found: 'the password is accepted nowhere', wanted: 'accepted nowhere, or reset' }
          : { state: 'fail', found: `accepted by ${open.join(' and ')}; ARM does not tell its age`, wanted: 'accepted nowhere, or reset' };
      },
      writes: ['publishingPassword'],
      draft: () => [{ call: 'publishingPassword', says: 'Makes a new publishing password; the old one stops working at once.' }],
      notOn: LACKS.publishingPassword,
      guards: [{ id: 'L5', reads: ['deployments', 'sourceControl'], check: whoDeploys }],
    },
  ],
});
