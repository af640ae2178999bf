import { LACKS, sameWord } from '../src/azure/index.ts';
import { appPolicy, type Context, defineStep, type GuardFinding, IF_NOT_EXISTS, repairsApps, clear, warn } from '../src/contract/index.ts';
import { turned } from './lib/switches.ts';

const BASIC_DOCS = 'https://learn.microsoft.com/azure/app-service/configure-basic-auth-disable';

/** How many of the latest deployments are looked at. */
const LATEST = 5;

/** A record names the tool that deployed; it says nothing about how that tool signed in, so nothing here is ever clear. */
function whoDeploys({ facts }: Context<unknown>): GuardFinding[] {
  const recent = facts.deployments.value.slice(0, LATEST).map(({ properties }) => properties);
  const names = [...new Set(recent.flatMap(({ deployer }) => deployer ?? []))];
  const source = facts.sourceControl?.properties;
  return [
    names.length === 0
      ? warn('Azure has no record of who deployed; find out before you switch it off.')
      : warn(
          `Deployed lately by ${names.join(', ')}. Azure does not record how they signed in: whoever uses a publish profile, or the user name and password, gets 401.`,
        ),
    ...(source?.repoUrl
      ? [warn(`Connected to ${source.repoUrl}: check that its workflow signs in with Entra ID (azure/login), not with a publish profile.`)]
      : []),
  ];
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
      ...turned('off', 'scmPolicy', 'properties.allow'),
      terraform: 'webdeploy_publish_basic_authentication_enabled',
      docs: BASIC_DOCS,
      notOn: LACKS.scmSite,
      compliance: { mcsb: ['IM-1'], cis: { '3.0': '9.6' } },
      policy: appPolicy(
        'aede300b-d67f-480a-ae26-4b3dfb1a1fdc',
        'App Service apps should have local authentication methods disabled for SCM site deployments',
        IF_NOT_EXISTS,
        {
          slot: '847ef871-e2fe-4e6e-907e-4adbf71de5cf',
          ...repairsApps('DeployIfNotExists', '5e97b776-f380-4722-a9a3-e7f0be029e79', '2c034a29-2a5f-4857-b120-f800fe5549ae'),
        },
      ),
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
      ...turned('off', 'ftpPolicy', 'properties.allow'),
      terraform: 'ftp_publish_basic_authentication_enabled',
      docs: BASIC_DOCS,
      notOn: LACKS.ftpSignIn,
      compliance: { mcsb: ['IM-1'], cis: { '3.0': '9.6' } },
      policy: appPolicy(
        '871b205b-57cf-4e1e-a234-492616998bf7',
        'App Service apps should have local authentication methods disabled for FTP deployments',
        IF_NOT_EXISTS,
        {
          slot: 'ec71c0bc-6a45-4b1f-9587-80dc83e6898c',
          ...repairsApps('DeployIfNotExists', '572e342c-c920-4ef5-be2e-1ed3c6a51dc5', 'f493116f-3b7f-4ab3-bf80-0c2af35e46c2'),
        },
      ),
      guards: [
        {
          id: 'L6',
          reads: ['siteConfig'],
          check: ({ facts }) =>
            sameWord(facts.siteConfig.properties.ftpsState, 'Disabled')
              ? clear('The FTP state is Disabled, so FTP takes no deployments today.')
              : warn('A job that still publishes by FTP will be refused.'),
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
