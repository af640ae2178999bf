/** Firewalls of storage accounts and vaults: who gets in, and what they take. */
import ipaddr from 'ipaddr.js';
import type { GuardFinding } from '../step.ts';
import { sameWord } from './any-case.ts';
import { sameResource, type Flaw } from './each.ts';
import type { Json, NetworkRules } from './resources.ts';

/** The members of an account or vault that decide who reaches it. */
export interface Entrance {
  readonly publicNetworkAccess?: string | null;
  readonly networkAcls?: NetworkRules | null;
}

/** First and last address of a range as numbers; undefined for what is none of IPv4. */
function rangeOf(text: string): readonly [number, number] | undefined {
  const [address = '', bits = '32'] = text.trim().split('/');
  if (!ipaddr.IPv4.isValidFourPartDecimal(address) || !/^\d{1,2}$/.test(bits) || Number(bits) > 32) return undefined;
  const number = ipaddr.IPv4.parse(address).octets.reduce((sum, octet) => sum * 256 + octet, 0);
  const size = 2 ** (32 - Number(bits));
  const first = Math.floor(number / size) * size;
  return [first, first + size - 1];
}

/** Ranges that nobody on the internet has: no rule needs to name them to let everybody in. */
const NOBODY = ['0.0.0.0/8', '10.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16', '224.0.0.0/3'];
/** A range wider than this is nobody's own. */
const WIDEST_OWN = 8;

/** Whether rules let in every address of the internet, by one range or by several that make it up. */
export function letsEverybodyIn(values: readonly string[]): boolean {
  if (values.some((value) => /^(::(\/0)?|Internet)$/i.test(value.trim()))) return true;
  let next = 0;
  const ranges = [...values, ...NOBODY].map(rangeOf).filter((range) => range !== undefined);
  for (const [first, last] of ranges.toSorted((a, b) => a[0] - b[0])) {
    if (first > next) return false;
    next = Math.max(next, last + 1);
  }
  return next === 2 ** 32;
}

const addressesOf = (rules: NetworkRules | null | undefined): readonly string[] => (rules?.ipRules ?? []).map(({ value }) => value);

/** `open` for everybody, `closed` but for named networks, or as a network security `perimeter` decides, which is not looked at. */
export function entranceOf({ publicNetworkAccess, networkAcls }: Entrance): 'open' | 'closed' | 'perimeter' {
  if (sameWord(publicNetworkAccess, 'Disabled')) return 'closed';
  if (sameWord(publicNetworkAccess, 'SecuredByPerimeter')) return 'perimeter';
  return sameWord(networkAcls?.defaultAction, 'Deny') && !letsEverybodyIn(addressesOf(networkAcls)) ? 'closed' : 'open';
}

/** What is wrong with who gets in. */
export function openEntrance(entrance: Entrance): Flaw {
  switch (entranceOf(entrance)) {
    case 'closed':
      return undefined;
    case 'perimeter':
      return { unseen: 'a network security perimeter decides who gets in; its mode and rules were not looked at' };
    case 'open':
      return sameWord(entrance.networkAcls?.defaultAction, 'Deny')
        ? `its rules let in every address: ${everybodysRules(entrance.networkAcls).join(', ')}`
        : 'open to all networks';
  }
}

/** The rules that together let everybody in, where they do. */
const everybodysRules = (rules: NetworkRules | null | undefined): string[] =>
  letsEverybodyIn(addressesOf(rules)) ? addressesOf(rules).filter((value) => isWide(value)) : [];
const isWide = (value: string): boolean => {
  const range = rangeOf(value);
  return range === undefined ? letsEverybodyIn([value]) : range[1] - range[0] + 1 > 2 ** (32 - WIDEST_OWN);
};

/** Whether a firewall of Azure Storage or Key Vault takes an address: public ones of IPv4 only (documented for both). */
export const isTaken = (address: string): boolean =>
  ipaddr.IPv4.isValidFourPartDecimal(address) && !NOBODY.some((range) => isIn(address, range));

/** The firewall rules that are there, closed for all but them, the subnet of the app and the operator's address. */
export function closedFor(
  rules: NetworkRules | null | undefined,
  subnet: string | undefined,
  address: string | undefined,
): { [key: string]: Json } {
  const networks = rules?.virtualNetworkRules ?? [];
  const everybodys = everybodysRules(rules);
  const kept = (rules?.ipRules ?? []).filter(({ value }) => !everybodys.includes(value));
  const isThere = networks.some(({ id }) => sameResource(id, subnet));
  const isLet = address === undefined || !isTaken(address) || kept.some(({ value }) => isIn(address, value));
  return {
    ...(rules as { [key: string]: Json } | null | undefined),
    bypass: rules?.bypass ?? 'AzureServices',
    defaultAction: 'Deny',
    ipRules: [...kept.map((rule) => ({ ...rule })), ...(isLet ? [] : [{ value: address }])],
    virtualNetworkRules: [...networks.map((rule) => ({ ...rule })), ...(isThere || subnet === undefined ? [] : [{ id: subnet }])],
  };
}

function isIn(address: string, range: string): boolean {
  const [one, all] = [rangeOf(address), rangeOf(range)];
  return one !== undefined && all !== undefined && all[0] <= one[0] && one[1] <= all[1];
}

/** How many rules a service takes. Sources: key-vault/general/network-security; storage/common/storage-network-security. */
export interface FirewallLimits {
  readonly addresses: number;
  readonly networks: number;
}
export const VAULT_FIREWALL: FirewallLimits = { addresses: 1000, networks: 200 };
export const STORAGE_FIREWALL: FirewallLimits = { addresses: 400, networks: 400 };

/** What is said of the rules that would be written: wide ones that go, the operator's address, and more than the service takes. */
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
    ...(ipRules.length > limits.addresses ? [`${ipRules.length} address rules, and Azure takes ${limits.addresses}`] : []),
    ...(virtualNetworkRules.length > limits.networks
      ? [`${virtualNetworkRules.length} network rules, and Azure takes ${limits.networks}`]
      : []),
  ];
  const gone = everybodysRules(rules);
  return [
    ...over.map((text): GuardFinding => ({ level: 'stop', says: `${name} would have ${text}; take some away first.` })),
    ...(gone.length > 0 ? [{ level: 'warn' as const, says: `${gone.join(', ')} let everybody in and go from the rules of ${name}.` }] : []),
  ];
}

/** Whether the operator gets in, in words. */
export function operatorsWay(address: string | undefined, why: string): GuardFinding {
  if (address === undefined)
    return { level: 'warn', says: `Your own address is not known and is not let in; ${why} Give it with --my-ip.` };
  return isTaken(address)
    ? { level: 'clear', says: `Your address ${address} is let in.` }
    : {
        level: 'warn',
        says: `Your address ${address} is not let in: Azure takes public IPv4 addresses only. ${why[0]!.toUpperCase()}${why.slice(1)}`,
      };
}
