/** Firewalls of storage accounts and key vaults: which callers they allow, and which rules they accept. */
import { type GuardFinding, clear, stop, warn } from '../../../src/contract/index.ts';
import {
  holdsRange,
  isIpv6,
  isRange,
  isWideRange,
  type Json,
  type NetworkRules,
  prefixLength,
  sameResource,
  sameWord,
  wholeInternet,
} from '../../../src/azure/index.ts';
import type { Flaw } from '../judge-each.ts';

/** The members of an account or vault that decide which callers it allows. */
interface Entrance {
  readonly publicNetworkAccess?: string | null;
  readonly networkAcls?: NetworkRules | null;
}

/** Whether rules allow every address of the internet, by one range or by several that add up to it. */
export const allowsAllAddresses = (values: readonly string[]): boolean => wholeInternet(values).length > 0;

const addressesOf = (rules: NetworkRules | null | undefined): readonly string[] =>
  [...(rules?.ipRules ?? []), ...(rules?.ipv6Rules ?? [])].map(({ value }) => value);

/** Rules whose value is neither an address nor a range in CIDR notation, the only forms that are documented. */
const unclearRules = (rules: NetworkRules | null | undefined): string[] => addressesOf(rules).filter((value) => !isRange(value));

/**
 * Returns whether a resource is `open` to all, `closed` except for named networks, in a security `perimeter`, which is not checked, or
 * `unclear`, because a rule has a form that is not documented.
 */
export function entranceOf({ publicNetworkAccess, networkAcls }: Entrance): 'open' | 'closed' | 'perimeter' | 'unclear' {
  if (sameWord(publicNetworkAccess, 'Disabled')) return 'closed';
  if (sameWord(publicNetworkAccess, 'SecuredByPerimeter')) return 'perimeter';
  if (!sameWord(networkAcls?.defaultAction, 'Deny') || allowsAllAddresses(addressesOf(networkAcls))) return 'open';
  return unclearRules(networkAcls).length > 0 ? 'unclear' : 'closed';
}

/** Whether writing a firewall locks out a caller. */
export const closesFirewall = (rules: Json): boolean => entranceOf({ networkAcls: rules as unknown as NetworkRules | null }) !== 'open';

/** Returns the problem of an entrance that allows too many callers. */
export function openEntrance(entrance: Entrance): Flaw {
  switch (entranceOf(entrance)) {
    case 'closed':
      return undefined;
    case 'perimeter':
      return { unseen: 'a network security perimeter controls access; its mode and rules were not checked' };
    case 'unclear':
      return {
        unseen: `the firewall has rules that are neither an address nor a range (CIDR): ${unclearRules(entrance.networkAcls)
          .map((one) => one || '(empty)')
          .join(', ')}`,
      };
    case 'open':
      return sameWord(entrance.networkAcls?.defaultAction, 'Deny')
        ? `its rules allow every address: ${everybodysRules(entrance.networkAcls).join(', ')}`
        : 'open to all networks';
  }
}

/** Returns the rules that together allow every caller, where they do. */
function everybodysRules(rules: NetworkRules | null | undefined): readonly string[] {
  const all = addressesOf(rules);
  if (!allowsAllAddresses(all)) return [];
  const wide = all.filter((value) => isWideRange(value));
  return allowsAllAddresses(all.filter((value) => !wide.includes(value))) ? all : wide;
}

/** Ranges that a rule must not contain, because they are not public addresses of one host. */
const REFUSED = ['0.0.0.0/8', '10.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16', '224.0.0.0/3'];
/** Whether a firewall of Azure Storage or Key Vault accepts an address: only public IPv4 addresses (documented for both). */
export const isTaken = (address: string): boolean =>
  prefixLength(address) === 32 && !isIpv6(address) && !REFUSED.some((range) => holdsRange(range, address));

/** Returns the existing firewall rules, with access only for them, the subnet of the app and the operator's address. */
export function closedFor(
  rules: NetworkRules | null | undefined,
  subnet: string | undefined,
  address: string | undefined,
): { [key: string]: Json } {
  const networks = rules?.virtualNetworkRules ?? [];
  const everybodys = everybodysRules(rules);
  const kept = (rules?.ipRules ?? []).filter(({ value }) => !everybodys.includes(value));
  const isThere = networks.some(({ id }) => sameResource(id, subnet));
  const isLet = address === undefined || !isTaken(address) || kept.some(({ value }) => holdsRange(value, address));
  return {
    ...(rules as { [key: string]: Json } | null | undefined),
    bypass: rules?.bypass ?? 'AzureServices',
    defaultAction: 'Deny',
    ipRules: [...kept.map((rule) => ({ ...rule })), ...(isLet ? [] : [{ value: address }])],
    ...(rules?.ipv6Rules
      ? { ipv6Rules: rules.ipv6Rules.filter(({ value }) => !everybodys.includes(value)).map((rule) => ({ ...rule })) }
      : {}),
    virtualNetworkRules: [...networks.map((rule) => ({ ...rule })), ...(isThere || subnet === undefined ? [] : [{ id: subnet }])],
  };
}

/**
 * The number of rules that a service accepts. Sources: key-vault/general/network-security;
 * storage/common/storage-network-security-ip-address-range and storage-network-security-virtual-networks (up to 400 of each kind).
 */
interface FirewallLimits {
  readonly addresses: number;
  readonly networks: number;
}
export const VAULT_FIREWALL: FirewallLimits = { addresses: 1000, networks: 200 };
export const STORAGE_FIREWALL: FirewallLimits = { addresses: 400, networks: 400 };

/** Returns notes on the rules to write: wide rules that are removed, the operator's address, and more rules than the service accepts. */
export function firewallNotes(
  name: string,
  rules: NetworkRules | null | undefined,
  subnet: string | undefined,
  address: string | undefined,
  limits: FirewallLimits,
): GuardFinding[] {
  const { ipRules, virtualNetworkRules } = closedFor(rules, subnet, address) as {
    readonly ipRules: readonly Json[];
    readonly virtualNetworkRules: readonly Json[];
  };
  const over = [
    ...(ipRules.length > limits.addresses ? [`${ipRules.length} address rules, but Azure allows ${limits.addresses}`] : []),
    ...(virtualNetworkRules.length > limits.networks
      ? [`${virtualNetworkRules.length} network rules, but Azure allows ${limits.networks}`]
      : []),
  ];
  const gone = everybodysRules(rules);
  return [
    ...over.map((text): GuardFinding => stop(`${name} would have ${text}. Remove some rules first.`)),
    ...(gone.length > 0 ? [warn(`${gone.join(', ')} allow all callers. The change removes them from the rules of ${name}.`)] : []),
  ];
}

/** Returns a note on whether the operator keeps access. */
export function operatorAccess(address: string | undefined, why: string): GuardFinding {
  if (address === undefined)
    return {
      level: 'warn',
      own: true,
      says: `Your public IP address is not set, so the firewall does not allow it. ${why} Set it with --my-ip; in the wizard, press i in the list of areas.`,
    };
  return isTaken(address)
    ? clear(`The firewall allows your IP address ${address}.`)
    : {
        level: 'warn',
        own: true,
        says: `The firewall does not allow your IP address ${address}: Azure accepts only public IPv4 addresses. ${why[0]!.toUpperCase()}${why.slice(1)}`,
      };
}
