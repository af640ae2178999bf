/** Verdicts on the access rules of a site or its SCM site, and on their default action. */
import type { Verdict } from '../../../src/contract/index.ts';
import {
  type AccessRule,
  type DefaultAction,
  hasUnknownTag,
  headersOf,
  isDeny,
  isForAnyNetwork,
  isRange,
  isTag,
  isWideRange,
  type RestrictionRow,
  ruleLine,
  ruleOf,
  rulesForAllCallers,
  rulesOutAll,
  sameRules,
  shadowed,
  valuesOf,
} from '../../../src/azure/index.ts';
import { nameOf, namesFrontDoor, serviceTagsOf, type SiteRestrictions } from './access-restrictions.ts';

/**
 * Notes service tags whose addresses every other customer of Azure can use too (virtual-network/service-tags-overview;
 * overview-access-restrictions, "a specific Azure Front Door instance"). Headers do not narrow AzureCloud, because any client can send them.
 */
function sharedWithOthers(row: RestrictionRow): string[] {
  const isForCloud = isTag(row) && valuesOf(row).some((tag) => /^azurecloud(\.|$)/i.test(tag));
  const names = headersOf(row).map(([name]) => name);
  const isForDoors = namesFrontDoor(row) && !names.some((name) => name === 'x-azure-fdid' || name === 'x-forwarded-host');
  return [
    ...(isForCloud ? [`${nameOf(row)} allows the service tag AzureCloud, which contains the addresses of all Azure customers`] : []),
    ...(isForDoors
      ? [`${nameOf(row)} allows every Azure Front Door, because it does not require the id of your Front Door (header x-azure-fdid)`]
      : []),
  ];
}

/** Notes the other service tags of a rule. Each has the addresses of a whole service, and not those of one customer. */
const sharedService = (row: RestrictionRow): string[] =>
  serviceTagsOf(row).map(
    (tag) => `${nameOf(row)}: the service tag ${tag} contains the addresses that the service uses for all its customers`,
  );

/** Returns the part of a rule whose callers no page describes: its tag, or an address that is none. Azure takes "Any" and "AnyVnets" too. */
function unclearIn(row: RestrictionRow): string | undefined {
  if (hasUnknownTag(row)) return `tag ${row.tag ?? ''}`;
  const odd = isTag(row) || isDeny(row) ? undefined : valuesOf(row).find((one) => !/^any(vnets)?$/i.test(one) && !isRange(one));
  return odd === undefined ? undefined : `address ${odd}`;
}

export function judgeRules({ rows, effective }: SiteRestrictions, asked: readonly AccessRule[] | undefined): Verdict {
  const lines = [
    ...rows.map((row) => ruleLine(ruleOf(row))),
    ...rows.filter((row) => !isDeny(row)).flatMap((row) => [...sharedWithOthers(row), ...sharedService(row)]),
    ...shadowed(rows).map(({ rule, by }) => `${nameOf(rule)} has no effect: ${nameOf(by)} matches the same callers first`),
  ];
  const count = rows.length === 0 ? 'no rules' : `${rows.length} ${rows.length === 1 ? 'rule' : 'rules'}`;
  if (asked)
    return {
      state: sameRules(rows, asked) ? 'pass' : 'fail',
      found: count,
      wanted: asked.length === 1 ? 'the rule in your answer' : `the ${asked.length} rules in your answer`,
      lines,
    };
  const wanted = 'rules that name the allowed callers';
  const open = rulesForAllCallers(rows).map(nameOf);
  if (open.length > 0)
    return {
      state: 'fail',
      found: `${count}; ${open.length === 1 ? `${open[0] ?? ''} allows all callers` : `${open.join(' and ')} together allow all callers`}`,
      wanted,
      lines,
    };
  const behind = new Set(shadowed(rows).map(({ rule }) => rule));
  const wide = rows.flatMap((row) => {
    const range = isDeny(row) || isTag(row) || behind.has(row) ? undefined : valuesOf(row).find(isWideRange);
    return range === undefined ? [] : [`${nameOf(row)} (${range})`];
  });
  if (wide.length > 0)
    return {
      state: 'fail',
      found: `${count}; ${wide.join(' and ')} ${wide.length === 1 ? 'allows' : 'each allow'} more addresses than one organization has`,
      wanted,
      lines,
    };
  const networks = rows.filter((row) => !isDeny(row) && isForAnyNetwork(row)).map(nameOf);
  if (networks.length > 0)
    return {
      state: 'fail',
      found: `${count}; ${networks.join(' and ')} allows every subnet with a service endpoint (AnyVnets)`,
      wanted,
      lines,
    };
  const shared = rows.filter((row) => !isDeny(row)).flatMap(sharedWithOthers);
  if (shared.length > 0) return { state: 'fail', found: `${count}; ${shared.join('; ')}`, wanted, lines };
  const strange = rows.flatMap((row) => {
    const part = unclearIn(row);
    return part === undefined ? [] : [`${nameOf(row)} (${part})`];
  });
  if (strange.length > 0)
    return {
      state: 'unknown',
      found: `${count}; Azure does not document which callers match ${strange.join(' and ')}`,
      wanted,
      lines,
    };
  if (rows.some((row) => !isDeny(row))) return { state: 'pass', found: count, wanted, lines };
  if (effective === 'Deny')
    return { state: 'pass', found: `${rows.length === 0 ? 'no rules' : 'rules that only deny'}, all other callers denied`, wanted };
  return { state: 'fail', found: rows.length === 0 ? count : `${count}, deny rules only: all other callers are allowed`, wanted, lines };
}

export function judgeDefault({ rows, stored, odd, effective }: SiteRestrictions, wanted: DefaultAction): Verdict {
  if (odd !== undefined) return { state: 'unknown', found: `"${odd}": App Service documents Allow and Deny only`, wanted };
  const first = stored === 'Allow' && effective === 'Deny' ? rulesOutAll(rows) : undefined;
  return {
    state: effective === wanted || stored === wanted ? 'pass' : 'fail',
    found: first
      ? `${stored ?? ''}, but ${nameOf(first)} denies all other callers first`
      : (stored ?? `${effective} (not set; ${rows.length === 0 ? 'no rules' : 'rules exist'})`),
    wanted,
  };
}
