/** Requirements of deployments on an app. */
import { type GuardFinding, warn } from '../../src/contract/index.ts';
import { type App, HOST_STORAGE, RUN_FROM_PACKAGE } from '../../src/azure/index.ts';

/**
 * Returns whether deployments need the connection string of the host's storage: Linux Consumption runs from a URL only, and the tools
 * upload the package with that string (docs: run-functions-from-deployment-package; Azure/functions-action#94, vscode-azurefunctions#3688).
 */
export const deploysByKey = ({ plan, os }: App): boolean => plan === 'Y1' && os === 'linux';
export const DEPLOYS_BY_KEY: GuardFinding = warn(
  `On Linux Consumption, deployment tools upload the package with the connection string in ${HOST_STORAGE}, and remote build needs it. Without the key, these deployments fail. Upload the package with Entra ID and set ${RUN_FROM_PACKAGE} to its URL instead.`,
);
