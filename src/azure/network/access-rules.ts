import type { RestrictionRow } from '../resources/site.ts';
import { ownMember } from '../own-member.ts';
import { holdsRange, wholeInternet } from './address-ranges.ts';

/** An access restriction rule as an answers file has it. Exactly one of `ip`, `serviceTag` and `subnet` names the callers. */
export interface AccessRule {
  readonly name: string;
  readonly priority: number;
  readonly action: 'Allow' | 'Deny';
  readonly ip?: string;
  readonly serviceTag?: string;
  readonly subnet?: string;
  readonly headers?: Readonly<Record<string, readonly string[]>>;
  readonly description?: string;
}

export type DefaultAction = 'Allow' | 'Deny';

/** App Service's own limits: 512 rules, 8 values per rule, 8 per header (docs: app-service-ip-restrictions). */
export const RULE_LIMIT = { rules: 512, values: 8, priority: 2_147_483_646, name: 32, description: 150 } as const;
export const RULE_HEADERS = ['x-azure-fdid', 'x-forwarded-host', 'x-forwarded-for', 'x-fd-healthprobe'];
export const SUBNET_ID =
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Network\/virtualNetworks\/[^/]+\/subnets\/[^/]+$/i;

/**
 * Lists the headers that a rule requires, with their names in lower case. A header without a value requires nothing: Terraform stores an
 * empty list for each header that a rule does not name (Azure/reliable-web-app-pattern-java#85, Azure/terraform-azurerm-avm-res-web-site#215).
 */
export const headersOf = ({ headers }: Pick<RestrictionRow, 'headers'>): readonly (readonly [name: string, values: readonly string[]])[] =>
  Object.entries(headers ?? {}).flatMap(([name, all]) => {
    const values = (all ?? []).filter((value) => value.trim() !== '');
    return values.length > 0 ? [[name.toLowerCase(), values] as const] : [];
  });

/** Returns the rule in the form that ARM stores. */
export function rowOf(rule: AccessRule): RestrictionRow {
  const headers = headersOf({ headers: rule.headers ?? null });
  return {
    ...(rule.ip === undefined ? {} : { ipAddress: rule.ip.replace(/\s+/g, ''), tag: 'Default' }),
    ...(rule.serviceTag === undefined ? {} : { ipAddress: rule.serviceTag.replace(/\s+/g, ''), tag: 'ServiceTag' }),
    ...(rule.subnet === undefined ? {} : { vnetSubnetResourceId: rule.subnet, tag: 'Default' }),
    action: rule.action,
    priority: rule.priority,
    ...(rule.name === '' ? {} : { name: rule.name }),
    ...(rule.description ? { description: rule.description } : {}),
    ...(headers.length > 0 ? { headers: Object.fromEntries(headers) } : {}),
  };
}

/** Converts a stored rule to the form of an answers file; undefined members are omitted. */
export function ruleOf(row: RestrictionRow): AccessRule {
  const source = row.vnetSubnetResourceId
    ? { subnet: row.vnetSubnetResourceId }
    : isTag(row)
      ? { serviceTag: valuesOf(row).join(',') }
      : { ip: valuesOf(row).join(',') };
  const headers = headersOf(row);
  return {
    name: row.name ?? '',
    priority: row.priority ?? 0,
    action: isDeny(row) ? 'Deny' : 'Allow',
    ...source,
    ...(headers.length > 0 ? { headers: Object.fromEntries(headers) } : {}),
    ...(row.description ? { description: row.description } : {}),
  };
}

const BITS_OF: Readonly<Record<string, number>> = { 0: 0, 128: 1, 192: 2, 224: 3, 240: 4, 248: 5, 252: 6, 254: 7, 255: 8 };
/** Converts a rule with an address and a subnet mask (255.255.255.0), the form before 2018, to CIDR notation. */
export function withPrefix(row: RestrictionRow): RestrictionRow {
  const { subnetMask, ...rest } = row;
  const address = row.ipAddress?.trim() ?? '';
  const bits = (subnetMask ?? '').split('.').map((part) => ownMember(BITS_OF, part));
  if (bits.length !== 4 || bits.includes(undefined) || !/^[\d.]+$/.test(address)) return row;
  return { ...rest, ipAddress: `${address}/${bits.reduce<number>((sum, one) => sum + (one ?? 0), 0)}` };
}

export const isDeny = ({ action }: RestrictionRow): boolean => action?.toLowerCase() === 'deny';
export const isTag = ({ tag }: RestrictionRow): boolean => tag?.toLowerCase() === 'servicetag';
/**
 * Whether a rule has a tag other than Default and ServiceTag. The schema has XffProxy too, and no page says which callers such a rule matches.
 */
export const hasUnknownTag = ({ tag }: RestrictionRow): boolean => !/^(default|servicetag)?$/i.test(tag ?? '');
/** Whether a rule matches every subnet with a service endpoint (overview-access-restrictions, "Any service endpoint source"). */
export const isForAnyNetwork = (row: RestrictionRow): boolean => valuesOf(row).some((value) => /^anyvnets$/i.test(value));
/** Lists the address ranges or service tags of a rule. */
export const valuesOf = ({ ipAddress }: RestrictionRow): string[] =>
  (ipAddress ?? '')
    .split(',')
    .map((value) => value.trim())
    .filter(Boolean);

/** Reads an action in any case; null if the text is not an action. */
export function actionOf(text: string | null | undefined): DefaultAction | null {
  const word = text?.toLowerCase();
  return word === 'allow' ? 'Allow' : word === 'deny' ? 'Deny' : null;
}

/** Returns the action for a caller that no rule matches: the default action, or if null, what App Service computes from the rules. */
export const effectiveDefault = (rows: readonly RestrictionRow[], defaultAction: string | null | undefined): DefaultAction =>
  actionOf(defaultAction) ?? (rows.length === 0 ? 'Allow' : 'Deny');

export function ruleLine(rule: AccessRule): string {
  const who =
    rule.ip ?? (rule.serviceTag ? `service tag ${rule.serviceTag}` : `subnet ${rule.subnet?.split('/').slice(-3).join('/') ?? ''}`);
  const headers = Object.entries(rule.headers ?? {})
    .map(([name, values]) => ` with ${name} ${values.join(' or ')}`)
    .join('');
  return `${rule.priority} ${rule.action} ${who}${headers} (${rule.name})`;
}

export type Reach = 'allowed' | 'denied' | 'depends';

/** Returns whether the rules allow `address`. `depends`: an earlier rule names a service tag, a subnet or headers. */
export function reach(address: string, rows: readonly RestrictionRow[], defaultAction: string | null | undefined): Reach {
  const ordered = [...rows].toSorted((a, b) => (a.priority ?? 0) - (b.priority ?? 0));
  let maybe: Reach | undefined;
  for (const row of ordered) {
    const outcome: Reach = isDeny(row) ? 'denied' : 'allowed';
    const ranges = plainRanges(row);
    if (ranges.some((range) => holdsRange(range, address))) return maybe !== undefined && maybe !== outcome ? 'depends' : outcome;
    if (ranges.length === 0 || isTag(row)) maybe ??= outcome;
  }
  const rest: Reach = effectiveDefault(rows, defaultAction) === 'Deny' ? 'denied' : 'allowed';
  return maybe !== undefined && maybe !== rest ? 'depends' : rest;
}

/**
 * Returns the rule that denies every caller, so that none reaches the default action. Ranges that add up to the internet are no such rule:
 * they do not match subnets with a service endpoint (overview-access-restrictions, "Any service endpoint source").
 */
export const rulesOutAll = (rows: readonly RestrictionRow[]): RestrictionRow | undefined =>
  rows.find((row) => isDeny(row) && !isTag(row) && plainRanges(row).length > 0 && valuesOf(row).some((value) => /^any$/i.test(value)));

const EVERYWHERE = ['0.0.0.0/0', '::/0'] as const;
/**
 * Returns the ranges of which a rule matches every address; none where a tag, a subnet or a header decides. An empty header counts too:
 * no page says what App Service does with it.
 */
function plainRanges(row: RestrictionRow): readonly string[] {
  if (hasUnknownTag(row) || row.vnetSubnetResourceId || Object.keys(row.headers ?? {}).length > 0) return [];
  return valuesOf(row).flatMap((value) =>
    isTag(row) ? (/^internet$/i.test(value) ? EVERYWHERE : []) : /^any$/i.test(value) ? EVERYWHERE : [value],
  );
}

/** Lists the rules that never decide anything because an earlier rule matches all of their callers. */
export function shadowed(rows: readonly RestrictionRow[]): { readonly rule: RestrictionRow; readonly by: RestrictionRow }[] {
  const ordered = rows
    .map((rule) => ({ rule, ranges: plainRanges(rule) }))
    .toSorted((a, b) => (a.rule.priority ?? 0) - (b.rule.priority ?? 0));
  return ordered.flatMap(({ rule, ranges }, index) => {
    // A tag in addition to the range can match more callers.
    const isWhole = ranges.length > 0 && (!isTag(rule) || valuesOf(rule).every((tag) => /^internet$/i.test(tag)));
    const before =
      isWhole && ordered.slice(0, index).find((one) => ranges.every((range) => one.ranges.some((all) => holdsRange(all, range))));
    return before ? [{ rule, by: before.rule }] : [];
  });
}

/** Lists the ranges that a rule allows. Headers do not narrow them, because a caller can send any header. */
const admittedRanges = (row: RestrictionRow): string[] =>
  isDeny(row) || row.vnetSubnetResourceId || hasUnknownTag(row)
    ? []
    : isTag(row)
      ? valuesOf(row).flatMap((tag) => (tag.toLowerCase() === 'internet' ? ['0.0.0.0/0', '::/0'] : []))
      : // A rule without callers is read as a rule for all callers.
        (valuesOf(row).length > 0 ? valuesOf(row) : ['any']).flatMap((value) =>
          value.toLowerCase() === 'any' ? ['0.0.0.0/0', '::/0'] : [value],
        );

/** Lists the rules that allow the whole internet: single rules that allow all of it, else the rules that allow a part each. */
export function rulesForAllCallers(rows: readonly RestrictionRow[]): readonly RestrictionRow[] {
  const behind = new Set(shadowed(rows).map(({ rule }) => rule));
  const open = rows.filter((row) => !behind.has(row) && admittedRanges(row).length > 0);
  const families = wholeInternet(open.flatMap(admittedRanges));
  const alone = open.filter((row) => wholeInternet(admittedRanges(row)).length > 0);
  if (alone.length > 0 || families.length === 0) return alone;
  const parts = open.filter((row) => admittedRanges(row).some((range) => families.includes(range.includes(':') ? 'IPv6' : 'IPv4')));
  // If the other rules allow the same range without this rule, this rule is not reported.
  return parts.reduce((needed, row) => {
    const others = needed.filter((one) => one !== row);
    return wholeInternet(others.flatMap(admittedRanges)).length === families.length ? others : needed;
  }, parts);
}
/** Returns whether a rule can be an answer: it names its callers, as far as it is known what it matches. */
export const namesCallers = (row: RestrictionRow): boolean =>
  rulesForAllCallers([row]).length === 0 && !isForAnyNetwork(row) && !hasUnknownTag(row);

/** Converts answered rules to the form that ARM stores, sorted by priority. */
export const rowsOf = (rules: readonly AccessRule[]): RestrictionRow[] => [...rules].toSorted((a, b) => a.priority - b.priority).map(rowOf);

/** Returns whether the stored rows equal these rules, in any order. */
export function sameRules(rows: readonly RestrictionRow[], rules: readonly AccessRule[]): boolean {
  const text = (row: RestrictionRow) => {
    const rule = ruleOf(row);
    return JSON.stringify([
      rule.name,
      rule.priority,
      rule.action,
      rule.ip?.toLowerCase(),
      rule.serviceTag?.toLowerCase(),
      rule.subnet?.toLowerCase(),
      Object.entries(rule.headers ?? {})
        .map(([name, values]) => [name.toLowerCase(), values])
        .toSorted(),
      rule.description ?? '',
      hasUnknownTag(row) ? row.tag : '',
    ]);
  };
  const sorted = (list: readonly RestrictionRow[]) => list.map(text).toSorted().join('\n');
  return sorted(rows) === sorted(rules.map(rowOf));
}
