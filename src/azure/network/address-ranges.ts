/** Address ranges as intervals, to find out whether several ranges together contain every public address. */
import ipaddr from 'ipaddr.js';

type Interval = readonly [from: bigint, to: bigint];
type Family = 'ipv4' | 'ipv6';

const numberOf = (bytes: readonly number[]): bigint => bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

/** Number of bits before the IPv4 address in `::ffff:0:0/96`. */
const MAPPED = 96;

/** Adds the prefix length to a single address. A text with a slash is not checked, which would take ten times as long. */
const asRange = (text: string): string =>
  text.includes('/') ? text : ipaddr.IPv4.isValidFourPartDecimal(text) ? `${text}/32` : ipaddr.IPv6.isValid(text) ? `${text}/128` : text;

type Found = readonly [Family, Interval] | undefined;

/** The last ranges: rules are looked at by several areas, and again after each answer. */
const known = new Map<string, Found>();

function intervalOf(range: string): Found {
  if (known.has(range)) return known.get(range);
  const found = parsedInterval(range);
  if (known.size > 1000) known.clear();
  known.set(range, found);
  return found;
}

function parsedInterval(range: string): Found {
  const text = asRange(range.trim());
  if (!ipaddr.isValidCIDR(text)) return undefined;
  const [address, length] = ipaddr.parseCIDR(text);
  // IPv4-mapped IPv6 addresses count as IPv4 addresses.
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() && length >= MAPPED)
    return intervalOf(`${address.toIPv4Address().toString()}/${length - MAPPED}`);
  const bytes = address.toByteArray();
  const size = 1n << BigInt(bytes.length * 8 - length);
  const from = (numberOf(bytes) / size) * size;
  return [address.kind(), [from, from + size - 1n]];
}

const intervals = (ranges: readonly string[]): readonly Interval[] => ranges.map(intervalOf).flatMap((found) => (found ? [found[1]] : []));

/** Ranges that are not public (IANA special-purpose registries). A list of ranges covers the internet also if these are missing from it. */
const NOT_PUBLIC = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
];
/** The ranges that mean every address: all of IPv4, and 2000::/3 of IPv6. */
const WHOLE: Readonly<Record<Family, Interval>> = { ipv4: [0n, (1n << 32n) - 1n], ipv6: [1n << 125n, (1n << 126n) - 1n] };

/** Returns whether the intervals together contain every address of the second argument. */
function cover(parts: readonly Interval[], [from, to]: Interval): boolean {
  let next = from;
  for (const [start, end] of parts.toSorted((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0))) {
    if (start > next) return false;
    if (end >= next) next = end + 1n;
    if (next > to) return true;
  }
  return false;
}

/** Returns the IP families whose public addresses are all in the ranges (CIDR): `0.0.0.0/1` and `128.0.0.0/1` contain all of IPv4. */
export function wholeInternet(ranges: readonly string[]): readonly ('IPv4' | 'IPv6')[] {
  const found = ranges.flatMap((range) => {
    const one = intervalOf(range);
    return one ? [one] : [];
  });
  const of = (family: Family) => found.flatMap(([kind, interval]) => (kind === family ? [interval] : []));
  const v4 = of('ipv4');
  return [
    ...(v4.length > 0 && cover([...v4, ...intervals(NOT_PUBLIC)], WHOLE.ipv4) ? (['IPv4'] as const) : []),
    ...(cover(of('ipv6'), WHOLE.ipv6) ? (['IPv6'] as const) : []),
  ];
}

/** Returns whether a range (CIDR) or address contains all of another one. */
export function holdsRange(outer: string, inner: string): boolean {
  const [all, one] = [intervalOf(outer), intervalOf(inner)];
  return all !== undefined && one !== undefined && all[0] === one[0] && all[1][0] <= one[1][0] && one[1][1] <= all[1][1];
}

/** Whether a text is an address range (CIDR) or an address. */
export const isRange = (text: string): boolean => intervalOf(text) !== undefined;
/** IPv4 addresses that only a private network uses (RFC 1918, 6598, 3927), and so those of virtual networks. */
const PRIVATE = ['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'];
/** Whether a range (CIDR) or address contains other addresses than those of private networks. */
export const isPublicAddress = (range: string): boolean => !PRIVATE.some((one) => holdsRange(one, range));

/** Returns the prefix length of a range (CIDR) or address; undefined if the text is neither. */
export function prefixLength(range: string): number | undefined {
  const text = asRange(range.trim());
  return ipaddr.isValidCIDR(text) ? ipaddr.parseCIDR(text)[1] : undefined;
}

/** The most addresses that one organization has, in bits: a range /8 of IPv4, and /16 of IPv6. */
const MOST_OWN: Readonly<Record<Family, bigint>> = { ipv4: 24n, ipv6: 112n };
/** Whether a range has more public addresses than one organization. */
export function isWideRange(range: string): boolean {
  const [family, [from, to]] = intervalOf(range) ?? (['ipv4', [0n, 0n]] as const);
  const [first, last] = WHOLE[family];
  const isPublic = from <= last && to >= first && !NOT_PUBLIC.some((one) => holdsRange(one, range));
  return isPublic && to - from >= 1n << MOST_OWN[family];
}

/** Returns whether a range (CIDR) or address is an IPv6 one. */
export const isIpv6 = (range: string): boolean => range.includes(':');
