/** Requirements of deployments on an app. */
import { type Context, type GuardFinding, stop, warn } from '../../src/contract/index.ts';
import { accountOf, type App, HOST_STORAGE, isReference, RUN_FROM_PACKAGE, sameWord, valueOf } from '../../src/azure/index.ts';

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
  const value = valueOf(facts.appSettings, RUN_FROM_PACKAGE)?.trim() ?? '';
  if (isReference(value))
    return [warn(`${RUN_FROM_PACKAGE} is a reference. If its URL has no signature, the app could lose access to its code.`)];
  const account = accountOf(value);
  if (!facts.storageAccounts.value.some(({ name }) => sameWord(name, account)) || /[?&]sig=/i.test(value)) return [];
  if (valueOf(facts.appSettings, PACKAGE_IDENTITY)) return [];
  const why = `The URL in ${RUN_FROM_PACKAGE} has no signature, and ${PACKAGE_IDENTITY} is not set.`;
  const { type } = facts.site.identity ?? {};
  return !type || sameWord(type, 'None')
    ? [stop(`${why} The app has no identity, so it could no longer load its code from ${account}. Give it an identity with access first.`)]
    : [warn(`${why} If the identity of the app has no access to the container, the app has no code after a restart.`)];
}
