/** Requirements of deployments on an app. */
import { type Context, type GuardFinding, stop, warn } from '../../src/contract/index.ts';
import {
  accountOf,
  type App,
  type Facts,
  HOST_STORAGE,
  isReference,
  packageSetting,
  RUN_FROM_PACKAGE,
  sameWord,
  valueOf,
} from '../../src/azure/index.ts';

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

/** Whether the app has the identity that fetches its package: the one of the setting, and without it the system-assigned one. */
function hasPackageIdentity({ appSettings, site: { identity } }: Facts): boolean {
  const named = valueOf(appSettings, PACKAGE_IDENTITY)?.trim() ?? '';
  if (isReference(named)) return true;
  return named === '' || sameWord(named, 'SystemAssigned')
    ? /SystemAssigned/i.test(identity?.type ?? '')
    : Object.keys(identity?.userAssignedIdentities ?? {}).some((id) => sameWord(id, named));
}
