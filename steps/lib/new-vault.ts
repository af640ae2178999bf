/** The firewall of a vault that the same plan creates for the secrets of the app. */
import type { Context, GuardFinding } from '../../src/contract/index.ts';
import { sameResource, type Vault } from '../../src/azure/index.ts';
import { isTaken } from './firewalls.ts';
import { judgeClear } from './secret-moves.ts';
import { vaultAim, VAULTS, vaultsOf } from './vaults.ts';

type X = Context<{ readonly vault?: string; readonly settings?: readonly string[] }>;

/** A placeholder for the vault that does not exist yet; it has only a name. */
function vaultToMake(x: X): Vault | undefined {
  if (!x.answers.vault || !x.decidedIn('key-vault', 'references') || judgeClear(x).state !== 'fail') return undefined;
  const { id, name, vault } = vaultAim(x, x.answers.vault);
  return vault ? undefined : { id, name, location: x.facts.site.location, properties: {} };
}

const isIn = ({ vaults }: X['facts'], { id }: Vault): boolean => vaults.value.some((one) => sameResource(one.id, id));

/** Returns whether a vault does not exist yet. */
export const isToBeMade = (x: X, vault: Vault): boolean => !isIn(x.facts, vault);

/** Returns whether no change of the plan creates the vault. */
export const isNotPlanned = (vault: Vault, x: X): boolean => !isIn(x.planned, vault);

/** Lists the vaults of the app, and the one that the plan creates. */
export const VAULTS_TO_CLOSE: typeof VAULTS = {
  ...VAULTS,
  all: (x) => [...vaultsOf(x), ...[vaultToMake(x)].filter((made) => made !== undefined)],
};

/** Requires the operator's address for a vault that is created closed: without it, the secrets could not be written. */
export function secretsGetIn(x: X): GuardFinding[] {
  const made = vaultToMake(x);
  if (!made || isNotPlanned(made, x) || (x.myIp !== undefined && isTaken(x.myIp))) return [];
  const says = `${made.name} is created with a closed firewall, so your secrets could not be written without your public IPv4 address. Set it with --my-ip, or deselect the firewall control.`;
  return [{ level: 'stop', own: true, says }];
}
