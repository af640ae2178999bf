/** The firewall of a vault that the same plan makes for the secrets of the app. */
import type { Context, GuardFinding } from '../../src/contract/index.ts';
import { sameResource, type Vault } from '../../src/azure/index.ts';
import { isTaken } from './firewalls.ts';
import { judgeClear } from './secret-moves.ts';
import { vaultAim, VAULTS, vaultsOf } from './vaults.ts';

type X = Context<{ readonly vault?: string; readonly settings?: readonly string[] }>;

/** The vault that secrets are to go to and that is not there yet, with nothing but its name so far. */
function vaultToMake(x: X): Vault | undefined {
  if (!x.answers.vault || !x.decidedIn('key-vault', 'references') || judgeClear(x).state !== 'fail') return undefined;
  const { id, name, vault } = vaultAim(x, x.answers.vault);
  return vault ? undefined : { id, name, location: x.facts.site.location, properties: {} };
}

const isIn = ({ vaults }: X['facts'], { id }: Vault): boolean => vaults.value.some((one) => sameResource(one.id, id));

/** Whether a vault is one that is not there yet. */
export const isToBeMade = (x: X, vault: Vault): boolean => !isIn(x.facts, vault);

/** Whether nothing of the plan makes it. */
export const isNotPlanned = (vault: Vault, x: X): boolean => !isIn(x.planned, vault);

/** The vaults of the app, and the one that a plan makes for its secrets. */
export const VAULTS_TO_CLOSE: typeof VAULTS = {
  ...VAULTS,
  all: (x) => [...vaultsOf(x), ...[vaultToMake(x)].filter((made) => made !== undefined)],
};

/** A vault that is made closed takes secrets only from an address that it lists: nothing else of the operator is known to get in. */
export function secretsGetIn(x: X): GuardFinding[] {
  const made = vaultToMake(x);
  if (!made || isNotPlanned(made, x) || (x.myIp !== undefined && isTaken(x.myIp))) return [];
  const says = `${made.name} is created with a closed firewall, so your secrets could not be written without your public IPv4 address. Set it with --my-ip, or deselect the firewall control.`;
  return [{ level: 'stop', own: true, says }];
}
