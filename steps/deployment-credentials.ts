import { isOff, LACKS, sameWord } from '../src/azure/index.ts';
import { appPolicy, type Context, defineStep, type GuardFinding, IF_NOT_EXISTS, repairsApps, clear, warn } from '../src/contract/index.ts';
import { ftpJobs, passwordDeployments } from './lib/deployments.ts';
import { switchedTo } from './lib/on-off.ts';

const BASIC_DOCS = 'https://learn.microsoft.com/azure/app-service/configure-basic-auth-disable';

/** Number of the latest deployments that are checked. */
const LATEST = 5;

/** Names the tools of recent deployments. A record does not show how the tool signed in, so the result is never `clear`. */
function whoDeploys({ facts }: Context<unknown>): GuardFinding[] {
  const recent = facts.deployments.value.slice(0, LATEST).map(({ properties }) => properties);
  const names = [...new Set(recent.flatMap(({ deployer }) => deployer ?? []))];
  return [
    names.length === 0
      ? warn('Azure does not show who deployed. Find out how deployments sign in before you disable basic authentication.')
      : warn(
          `Recent deployments by ${names.join(', ')}. Azure does not record how they signed in. Deployments with a publish profile or with user name and password get 401.`,
        ),
    ...passwordDeployments(facts.siteConfig, facts.sourceControl),
  ];
}

export default defineStep({
  id: 'deployment-credentials',
  title: 'Deployment credentials',
  group: 'deployment',
  why: 'Basic authentication bypasses Entra ID: no multifactor authentication, no Conditional Access, and no record of the person who signed in.',
  docs: ['https://learn.microsoft.com/azure/azure-functions/security-concepts#deployment-credentials', BASIC_DOCS],
  controls: [
    {
      kind: 'setting',
      id: 'scm',
      label: 'Basic authentication (SCM site)',
      because: 'The SCM site accepts one password that all deployers share.',
      severity: 'high',
      risk: 'disruptive',
      effect: 'Deployments with a publish profile, Web Deploy or local Git with a password get 401.',
      ...switchedTo('off', 'scmPolicy', 'properties.allow'),
      terraform: 'webdeploy_publish_basic_authentication_enabled',
      docs: BASIC_DOCS,
      notOn: LACKS.scmSite,
      compliance: { mcsb: ['IM-1'], cis: { '3.0': '9.6' }, cisCompute: ['2.3.3', '2.4.3'] },
      policy: appPolicy(
        'aede300b-d67f-480a-ae26-4b3dfb1a1fdc',
        'App Service apps should have local authentication methods disabled for SCM site deployments',
        IF_NOT_EXISTS,
        {
          slot: '847ef871-e2fe-4e6e-907e-4adbf71de5cf',
          alsoWebApps: true,
          ...repairsApps('DeployIfNotExists', '5e97b776-f380-4722-a9a3-e7f0be029e79', '2c034a29-2a5f-4857-b120-f800fe5549ae'),
        },
      ),
      guards: [{ id: 'L5', reads: ['deployments', 'sourceControl', 'siteConfig'], check: whoDeploys }],
    },
    {
      kind: 'setting',
      id: 'ftp',
      label: 'Basic authentication (FTP)',
      because: 'FTP supports password authentication only.',
      severity: 'medium',
      risk: 'disruptive',
      effect: 'FTP deployments fail, regardless of the FTP state.',
      ...switchedTo('off', 'ftpPolicy', 'properties.allow'),
      terraform: 'ftp_publish_basic_authentication_enabled',
      docs: BASIC_DOCS,
      notOn: LACKS.ftpSignIn,
      compliance: { mcsb: ['IM-1'], cis: { '3.0': '9.6' }, cisCompute: ['2.3.3', '2.4.3'] },
      policy: appPolicy(
        '871b205b-57cf-4e1e-a234-492616998bf7',
        'App Service apps should have local authentication methods disabled for FTP deployments',
        IF_NOT_EXISTS,
        {
          slot: 'ec71c0bc-6a45-4b1f-9587-80dc83e6898c',
          alsoWebApps: true,
          ...repairsApps('DeployIfNotExists', '572e342c-c920-4ef5-be2e-1ed3c6a51dc5', 'f493116f-3b7f-4ab3-bf80-0c2af35e46c2'),
        },
      ),
      guards: [
        {
          id: 'L6',
          reads: ['siteConfig', 'deployments'],
          check: ({ app, facts }) =>
            app.plan === 'FC1'
              ? clear('Flex Consumption has no FTP.')
              : sameWord(facts.siteConfig.properties.ftpsState, 'Disabled')
                ? clear('The FTP state is Disabled, so FTP accepts no deployments today.')
                : ftpJobs(facts.deployments),
        },
      ],
    },
    {
      kind: 'rule',
      id: 'password',
      label: 'Publishing password reset',
      because: 'Existing publish profiles contain the password and stay valid until the password is reset.',
      severity: 'low',
      risk: 'one-way',
      strict: true,
      optIn: 'Every saved publish profile stops working. This cannot be reverted.',
      effect: 'Every publish profile downloaded so far stops working.',
      reads: ['scmPolicy', 'ftpPolicy'],
      judge: ({ facts }) => {
        const open = [!isOff(facts.scmPolicy.properties.allow) && 'SCM site', !isOff(facts.ftpPolicy.properties.allow) && 'FTP'].filter(
          Boolean,
        );
        return open.length === 0
          ? { state: 'pass', found: 'no site accepts the password', wanted: 'no site accepts the password, or the password is reset' }
          : {
              state: 'fail',
              found: `accepted by ${open.join(' and ')}; Azure does not report its age`,
              wanted: 'no site accepts the password, or the password is reset',
            };
      },
      writes: ['publishingPassword'],
      draft: () => [{ call: 'publishingPassword', says: 'Creates a new publishing password. The old password stops working at once.' }],
      notOn: LACKS.publishingPassword,
      guards: [{ id: 'L5', reads: ['deployments', 'sourceControl', 'siteConfig'], check: whoDeploys }],
    },
  ],
});
