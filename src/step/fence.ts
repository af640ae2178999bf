import type { GuardFinding, Verdict } from '../step.ts';
import type { Facts, RestrictionRow } from './resources.ts';
import {
  effectiveDefault,
  isEverybody,
  reach,
  rowsOf,
  ruleLine,
  ruleOf,
  sameRules,
  shadowed,
  type AccessRule,
  type DefaultAction,
} from './restrictions.ts';

/** The rules in front of a site, or of its deployment site, and what happens to everybody else. */
export interface Fence {
  readonly rows: readonly RestrictionRow[];
  /** As ARM keeps it; null where it was never set. */
  readonly stored: DefaultAction | null;
  readonly effective: DefaultAction;
}

export interface FenceAnswers {
  readonly rules?: readonly AccessRule[];
  readonly defaultAction?: DefaultAction;
}

export function fenceOf(rows: readonly RestrictionRow[] | null | undefined, stored: string | null | undefined): Fence {
  const action = stored === 'Allow' || stored === 'Deny' ? stored : null;
  return { rows: rows ?? [], stored: action, effective: effectiveDefault(rows ?? [], action) };
}

/** The fence of the main site. */
export const siteFence = ({ siteConfig: { properties } }: Pick<Facts, 'siteConfig'>): Fence =>
  fenceOf(properties.ipSecurityRestrictions, properties.ipSecurityRestrictionsDefaultAction);

/** What would stand there once the answers are applied, as far as their controls are chosen. */
export function fenceAfter(
  fence: Fence,
  { rules, defaultAction }: FenceAnswers,
  chosen: { readonly rules: boolean; readonly defaultAction: boolean },
): Fence {
  const rows = rules && chosen.rules ? rowsOf(rules) : fence.rows;
  return fenceOf(rows, (chosen.defaultAction ? defaultAction : undefined) ?? fence.stored ?? fence.effective);
}

export function judgeRules({ rows, effective }: Fence, asked: readonly AccessRule[] | undefined): Verdict {
  const lines = [
    ...rows.map((row) => ruleLine(ruleOf(row))),
    ...shadowed(rows).map(({ rule, by }) => `${rule.name ?? 'a rule'} never decides anything: ${by.name ?? 'another rule'} comes first`),
  ];
  const count = rows.length === 0 ? 'no rules' : `${rows.length} ${rows.length === 1 ? 'rule' : 'rules'}`;
  if (asked)
    return {
      state: sameRules(rows, asked) ? 'pass' : 'fail',
      found: count,
      wanted: asked.length === 1 ? 'the rule answered' : `the ${asked.length} rules answered`,
      lines,
    };
  const wanted = 'rules that name the callers';
  const open = rows.filter(isEverybody).map(({ name }) => name ?? 'a rule');
  if (open.length > 0) return { state: 'fail', found: `${count}; ${open.join(', ')} lets everybody in`, wanted, lines };
  if (rows.length === 0 && effective === 'Deny') return { state: 'pass', found: 'no rules, everybody denied', wanted };
  return { state: rows.length > 0 ? 'pass' : 'fail', found: count, wanted, lines };
}

export function judgeDefault({ rows, stored, effective }: Fence, wanted: DefaultAction): Verdict {
  return {
    state: effective === wanted ? 'pass' : 'fail',
    found: stored ?? `${effective} (not set; ${rows.length === 0 ? 'no rules' : 'there are rules'})`,
    wanted,
  };
}

/** Whether the operator keeps access; `where` names what is reached. */
export function ownAddress({ rows, effective }: Fence, myIp: string | undefined, where: string): GuardFinding {
  if (!myIp)
    return { level: 'warn', says: `Your own address is not known; give it with --my-ip to see whether you keep access to ${where}.` };
  const mine = reach(myIp, rows, effective);
  if (mine === 'allowed') return { level: 'clear', says: `Your address ${myIp} keeps access to ${where}.` };
  return {
    level: 'warn',
    says:
      mine === 'denied'
        ? `Your address ${myIp} loses access to ${where}.`
        : `Whether your address ${myIp} reaches ${where} depends on a service tag, subnet or header.`,
  };
}

/** How many networks are let in, in words. */
export function admitted({ rows, effective }: Fence): string {
  if (effective === 'Allow') return 'Callers that no rule names still get in, because the default action is Allow.';
  const allows = rows.filter(({ action }) => action !== 'Deny').length;
  return allows === 0 ? 'Nobody gets in from the internet.' : `Only ${allows} ${allows === 1 ? 'network gets' : 'networks get'} in.`;
}
