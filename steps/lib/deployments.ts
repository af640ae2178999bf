/** Requirements of deployments on an app. */
import { type Context, type GuardFinding, stop, warn } from '../../src/contract/index.ts';
import {
  accountOf,
  type App,
  type Deployments,
  type Facts,
  HOST_STORAGE,
  isOn,
  isReference,
  packageSetting,
  RUN_FROM_PACKAGE,
  sameWord,
  type SiteConfig,
  type SourceControl,
  valueOf,
} from '../../src/azure/index.ts';
import { entranceOf } from './network/firewalls.ts';

/**
 * Returns whether deployments need the connection string of the host's storage: Linux Consumption runs from a URL only, and the tools
 * upload the package with that string (docs: run-functions-from-deployment-package; Azure/functions-action#94, vscode-azurefunctions#3688).
 */
export const deploysByKey = ({ plan, os }: App): boolean => plan === 'Y1' && os === 'linux';
export const DEPLOYS_BY_KEY: GuardFinding = warn(
  `On Linux Consumption, deployment tools upload the package with the connection string in ${HOST_STORAGE}, and remote build needs it. Without the key, these deployments fail. Upload the package with Entra ID and set ${RUN_FROM_PACKAGE} to its URL instead.`,
);

const PACKAGE_IDENTITY = `${RUN_FROM_PACKAGE}_BLOB_MI_RESOURCE_ID`;

/** Whether the app fetches its package without a signature from an account that is closed to anonymous readers; by identity it may. */
export function openPackage({ facts }: Context<unknown>): GuardFinding[] {
  const { name: setting, value } = packageSetting(facts.appSettings) ?? { name: RUN_FROM_PACKAGE, value: '' };
  if (isReference(value)) return [warn(`${setting} is a reference. If its URL has no signature, the app could lose access to its code.`)];
  const account = accountOf(value);
  if (!facts.storageAccounts.value.some(({ name }) => sameWord(name, account)) || /[?&]sig=/i.test(value)) return [];
  const why = `The URL in ${setting} has no signature.`;
  return hasPackageIdentity(facts)
    ? [warn(`${why} If the identity of the app has no access to the container, the app has no code after a restart.`)]
    : [
        stop(
          `${why} The app does not have the identity that fetches the package, so it could no longer load its code from ${account}. Give it an identity with access first.`,
        ),
      ];
}

/**
 * Warns where a firewall closes the account with the package of the app. App Service may fetch it from outside the virtual network, and does
 * not start the app without it (Azure/Azure-Functions#1377, #1609, #2058).
 */
export function packageBehindFirewall({ app, facts }: Context<unknown>): GuardFinding[] {
  const { name: setting, value } = packageSetting(facts.appSettings) ?? { name: RUN_FROM_PACKAGE, value: '' };
  const closing = facts.storageAccounts.value.filter(({ properties }) => entranceOf(properties) === 'open').map(({ name }) => name);
  if (app.ase || closing.length === 0) return [];
  const advice = `App Service may fetch it from outside the virtual network, and then the app has no code after a restart. Keep the package in another account, or set ${RUN_FROM_PACKAGE} to 1 and deploy again.`;
  if (isReference(value))
    return [
      warn(
        `${setting} is a reference, so func-harden did not check whether the package is in ${closing.join(' or ')}, behind the new firewall. ${advice}`,
      ),
    ];
  const account = closing.find((name) => sameWord(name, accountOf(value)));
  return account === undefined ? [] : [warn(`The package in ${setting} is in ${account}, behind the new firewall. ${advice}`)];
}

/** Whether the app has the identity that fetches its package: the one of the setting, and without it the system-assigned one. */
function hasPackageIdentity({ appSettings, site: { identity } }: Facts): boolean {
  const named = valueOf(appSettings, PACKAGE_IDENTITY)?.trim() ?? '';
  if (isReference(named)) return true;
  return named === '' || sameWord(named, 'SystemAssigned')
    ? /SystemAssigned/i.test(identity?.type ?? '')
    : Object.keys(identity?.userAssignedIdentities ?? {}).some((id) => sameWord(id, named));
}

/** Sources from which App Service itself builds the code (configure-basic-auth-disable#deploy-without-basic-authentication). */
const BUILT_BY_APP_SERVICE = /^(GitHub|Bitbucket(Git|Hg)|CodePlex(Git|Hg)|External(Git|Hg)|VSO|Tfs|Dropbox|OneDrive)$/i;

/** Returns ways to deploy that require basic authentication, and what to check of a connected repository. */
export function passwordDeployments({ properties }: SiteConfig, source: SourceControl | null | undefined): GuardFinding[] {
  const { repoUrl, isGitHubAction } = source?.properties ?? {};
  const scmType = properties.scmType ?? '';
  if (sameWord(scmType, 'LocalGit'))
    return [
      warn(
        'The app deploys from local Git, which signs in with a user name and a password only. A push gets 401 after this change. Choose another way to deploy first.',
      ),
    ];
  if (BUILT_BY_APP_SERVICE.test(scmType) && !isOn(isGitHubAction))
    return [
      warn(
        `App Service Build Service deploys from ${repoUrl || scmType}. It requires basic authentication, so these deployments stop. Deploy with GitHub Actions or Azure Pipelines first.`,
      ),
    ];
  return repoUrl
    ? [
        warn(
          `The app is connected to ${repoUrl}. Check that the workflow there signs in with Entra ID (azure/login) and not with a publish profile.`,
        ),
      ]
    : [];
}

/** Warns about jobs that upload by FTP, with the last deployment that Azure recorded. `isPlain`: only plain FTP ends. */
export function ftpJobs({ value: [last] }: Deployments, isPlain = false): GuardFinding {
  const { deployer, received_time: received, end_time: ended } = last?.properties ?? {};
  const known = deployer ? ` The last deployment that Azure recorded was by ${deployer} on ${received ?? ended ?? 'an unknown date'}.` : '';
  return warn(
    isPlain
      ? `FTP uploads leave no deployment record. Search for jobs that use plain FTP (ftp://) first; they fail.${known}`
      : `FTP uploads leave no deployment record. Search for jobs that use ftp:// or ftps:// before you disable FTP.${known}`,
  );
}

/** Returns who deploys through the SCM site, as far as records show, and from where. */
export function scmCallers(
  deployments: Deployments | undefined,
  source: SourceControl | null | undefined,
  scmType?: string | null,
): GuardFinding[] {
  const deployers = new Set((deployments?.value ?? []).flatMap(({ properties }) => properties.deployer ?? []));
  const repository = source?.properties.repoUrl;
  const isLocal = sameWord(scmType ?? '', 'LocalGit');
  return [
    ...(deployers.size > 0
      ? [warn(`Deployments were made by ${[...deployers].join(', ')}. Add a rule for the addresses that they deploy from.`)]
      : []),
    ...(isLocal ? [warn('The app deploys from local Git. Add a rule for the addresses of the people who push to it.')] : []),
    ...(repository && !isLocal
      ? [
          warn(
            isOn(source?.properties.isGitHubAction)
              ? `GitHub Actions deploys from ${repository}; GitHub-hosted runners have no service tag and change their addresses.`
              : `${repository} calls the SCM site on each change, and needs a rule.`,
          ),
        ]
      : []),
    ...(deployments === undefined || source === undefined
      ? [{ ...warn('The deployment history could not be read completely.'), own: true as const }]
      : []),
  ];
}
