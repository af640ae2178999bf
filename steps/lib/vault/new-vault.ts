/** The firewall of a vault that the same plan creates for the secrets of the app. */
import type { Context, GuardFinding } from '../../../src/contract/index.ts';
import { sameResource, type Vault } from '../../../src/azure/index.ts';
import { isTaken } from '../network/firewalls.ts';
import { judgeClear } from './secret-moves.ts';
import { chosenVault, VAULTS, vaultsOf } from './vaults.ts';

type X = Context<{ readonly vault?: string; readonly settings?: readonly string[] }>;

/** Returns the vault that secrets will be moved to and that does not exist yet; only its name is known. */
function vaultToMake(x: X): Vault | undefined {
  if (!x.answers.vault || !x.decidedIn('key-vault', 'references') || judgeClear(x).state !== 'fail') return undefined;
  const { id, name, vault } = chosenVault(x, x.answers.vault);
  return vault ? undefined : { id, name, location: x.facts.site.location, properties: {} };
}

const isIn = ({ vaults }: X['facts'], { id }: Vault): boolean => vaults.value.some((one) => sameResource(one.id, id));

/** Whether a vault does not exist yet. */
export const isToBeMade = (x: X, vault: Vault): boolean => !isIn(x.facts, vault);

/** Whether no change of the plan creates a vault. */
export const isNotPlanned = (vault: Vault, x: X): boolean => !isIn(x.planned, vault);

/** The vaults of the app, and the vault that a plan creates for its secrets. */
export const VAULTS_TO_CLOSE: typeof VAULTS = {
  ...VAULTS,
  all: (x) => [...vaultsOf(x), ...[vaultToMake(x)].filter((made) => made !== undefined)],
};

/** Checks that secrets can be written. A new vault with a closed firewall accepts them only from a listed address. */
export function secretsGetIn(x: X): GuardFinding[] {
  const made = vaultToMake(x);
  if (!made || isNotPlanned(made, x) || (x.myIp !== undefined && isTaken(x.myIp))) return [];
  const says = `${made.name} is created with a closed firewall, so your secrets could not be written without your public IPv4 address. Set it with --my-ip (in the wizard, press i in the list of areas), or deselect the firewall control.`;
  return [{ level: 'stop', own: true, says }];
}
