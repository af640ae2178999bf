/** Sorts and filters findings. A list is sorted once and filtered from there: neither looks at every line for each key. */
import type { Severity } from '../../contract/index.ts';
import type { Finding } from './finding.ts';
import { FINDING_RISKS, type FindingRisk, type Sort } from './words.ts';

/** The worst first. */
const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low'];

const severity = (one: Finding): number => SEVERITIES.indexOf(one.severity);
const risk = (one: Finding): number => FINDING_RISKS.indexOf(one.risk);
const apps = (one: Finding): number => -one.apps.length;
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const nameOf = ({ apps: [first] }: Finding): string => first?.label.toLowerCase() ?? '';

/** By number, then by words: the same list for the same findings. */
const BY: Readonly<Record<Sort, readonly ((one: Finding) => number)[]>> = {
  severity: [severity, risk, apps],
  risk: [risk, severity, apps],
  apps: [apps, severity, risk],
  area: [],
  app: [],
};

/** Returns the findings in this order. */
export function sortFindings(findings: readonly Finding[], sort: Sort = 'severity'): readonly Finding[] {
  const rank = BY[sort];
  const rows = findings.map((one) => ({ one, ranks: rank.map((by) => by(one)), name: nameOf(one) }));
  const first: Partial<Record<Sort, (a: (typeof rows)[number], b: (typeof rows)[number]) => number>> = {
    area: (a, b) => byText(a.one.step.id, b.one.step.id),
    app: (a, b) => byText(a.name, b.name),
  };
  return rows
    .toSorted((a, b) => {
      const before = first[sort]?.(a, b) ?? 0;
      if (before !== 0) return before;
      for (const [index, value] of a.ranks.entries()) if (value !== b.ranks[index]) return value - (b.ranks[index] ?? 0);
      // Within an area or an app the worst first.
      const worse = severity(a.one) - severity(b.one) || risk(a.one) - risk(b.one);
      return worse || byText(a.one.id, b.one.id) || byText(a.name, b.name) || byText(a.one.resource ?? '', b.one.resource ?? '');
    })
    .map(({ one }) => one);
}

/** What is left out of a list of findings; an empty list of a member leaves nothing out. */
export interface FindingFilter {
  readonly severities?: readonly Severity[];
  readonly risks?: readonly FindingRisk[];
  /** Text that the line holds, word by word. */
  readonly text?: string;
}

export const isWanted = ({ severities = [], risks = [] }: FindingFilter, one: Pick<Finding, 'severity' | 'risk'>): boolean =>
  (severities.length === 0 || severities.includes(one.severity)) && (risks.length === 0 || risks.includes(one.risk));

const texts = new WeakMap<Finding, string>();

/** Everything of a finding that a person may type a part of, in small letters; worked out once a finding. */
export function textOfFinding(one: Finding): string {
  const known = texts.get(one);
  if (known !== undefined) return known;
  const { id, control, step, found, wanted, resource, severity: how, risk: what, apps: users } = one;
  const owners = users.slice(0, MOST_APPS).map(({ label, resourceGroup, tags }) => `${label} ${resourceGroup} ${tagWords(tags)}`);
  const text = [id, control.label, step.title, how, what, found, wanted, one.isShared ? resource : '', ...owners].join(' ').toLowerCase();
  texts.set(one, text);
  return text;
}

/** Apps of a shared finding whose names are searched. */
const MOST_APPS = 50;

const tagWords = (tags: Readonly<Record<string, string>>): string =>
  Object.entries(tags)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');

/** Returns the findings that the filter leaves. */
export function filterFindings(findings: readonly Finding[], filter: FindingFilter): readonly Finding[] {
  const words = (filter.text ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  return findings.filter((one) => isWanted(filter, one) && words.every((word) => textOfFinding(one).includes(word)));
}
