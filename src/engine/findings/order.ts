/** Sorts and filters findings. A list is sorted once and filtered from there: neither looks at every line for each key. */
import type { Target } from '../../azure/index.ts';
import type { AnyControl, Severity } from '../../contract/index.ts';
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

/** Small letters of what many findings have in common, worked out once: there are few controls and few apps, and many findings. */
const controlTexts = new WeakMap<AnyControl, string>();
const appTexts = new WeakMap<Target, string>();

function once<K extends object>(known: WeakMap<K, string>, key: K, make: () => string): string {
  const text = known.get(key) ?? make().toLowerCase();
  known.set(key, text);
  return text;
}

/** Apps of a shared finding whose names are searched. */
const MOST_APPS = 50;

/** Whether the line of a finding holds a word: in its control, its severity and risk, its value, or one of its apps. */
function holdsWord(
  { id, step, control, severity: how, risk: what, found, resource, isShared, apps: users }: Finding,
  word: string,
): boolean {
  if (once(controlTexts, control, () => `${id} ${control.label} ${step.title}`).includes(word)) return true;
  if (how.includes(word) || what.includes(word) || found.toLowerCase().includes(word)) return true;
  if (isShared && (resource ?? '').toLowerCase().includes(word)) return true;
  return users
    .slice(0, MOST_APPS)
    .some((app) => once(appTexts, app, () => `${app.label} ${app.resourceGroup} ${tagWords(app.tags)}`).includes(word));
}

const tagWords = (tags: Readonly<Record<string, string>>): string =>
  Object.entries(tags)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');

/** Returns the findings that the filter leaves. */
export function filterFindings(findings: readonly Finding[], filter: FindingFilter): readonly Finding[] {
  const words = (filter.text ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  return findings.filter((one) => isWanted(filter, one) && words.every((word) => holdsWord(one, word)));
}
