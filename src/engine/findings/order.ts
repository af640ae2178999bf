/** Sorts and filters findings. A list is sorted once and filtered from there, so that a key press does not look at every line. */
import type { Target } from '../../azure/index.ts';
import type { AnyControl, Severity } from '../../contract/index.ts';
import { tagOf } from '../fleet/selectors.ts';
import type { Finding } from './finding.ts';
import { FINDING_RISKS, type FindingRisk, type Sort } from './finding-terms.ts';

const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low'];

const severity = (one: Finding): number => SEVERITIES.indexOf(one.severity);
const risk = (one: Finding): number => FINDING_RISKS.indexOf(one.risk);
const apps = (one: Finding): number => -one.apps.length;
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Returns a sort key by severity, then risk, the worst first. There are fewer than sixteen of each. */
const worst = (one: Finding): number => severity(one) * 16 + risk(one);
/** More than the number of apps. */
const MANY = 2 ** 40;

/** The sort keys by sort order. Equal numbers are sorted by text, so that the order is always the same. */
const BY: Readonly<Record<Sort, (one: Finding) => number>> = {
  severity: (one) => worst(one) * MANY + apps(one),
  risk: (one) => (risk(one) * 16 + severity(one)) * MANY + apps(one),
  apps: (one) => apps(one) * 256 + worst(one),
  // In the orders below, the worst findings come first within each group.
  area: worst,
  app: worst,
  subscription: worst,
  owner: worst,
  tag: worst,
};

/** Words about an app that its target does not have. */
interface AppWords {
  /** The name of the subscription; its id if left out. */
  readonly subscription?: (app: Target) => string | undefined;
  /** Name of the tag that names the owner. */
  readonly ownerTag?: string;
}

/** Comes after every other text: an app without an owner or a tag is listed last. */
const LAST = '\uFFFF';

/** A list that creates each finding when it is read. */
export interface FindingRows {
  readonly length: number;
  readonly at: (place: number) => Finding;
}

/** Returns the findings in the given order. */
export function sortFindings(findings: readonly Finding[], sort: Sort = 'severity', words: AppWords = {}): readonly Finding[] {
  const at = (place: number): Finding => findings[place] as Finding;
  return Array.from(sortedPlaces({ length: findings.length, at }, sort, words), at);
}

/** Returns the places of the findings in the given order. Numbers are sorted instead of objects: a fleet has over a hundred thousand findings. */
export function sortedPlaces(
  { length, at }: FindingRows,
  sort: Sort = 'severity',
  { subscription, ownerTag = 'owner' }: AppWords = {},
): Uint32Array {
  const ranks = Float64Array.from({ length }, (_, place) => BY[sort](at(place)));
  const rank = (place: number): number => ranks[place] as number;
  const nameOf = ofFirstApp(({ label }) => label);
  const byApp: Partial<Record<Sort, (app: Target) => string>> = {
    subscription: (app) => subscription?.(app) ?? app.subscriptionId,
    owner: ({ tags }) => tagOf(tags, ownerTag) ?? LAST,
    tag: ({ tags }) => tagWords(tags) || LAST,
  };
  const wordOf = ofFirstApp(byApp[sort] ?? (() => ''));
  const byWord = (a: Finding, b: Finding) => byText(wordOf(a), wordOf(b));
  const first: Partial<Record<Sort, (a: Finding, b: Finding) => number>> = {
    area: (a, b) => byText(a.step.id, b.step.id),
    app: (a, b) => byText(nameOf(a), nameOf(b)),
    subscription: byWord,
    owner: byWord,
    tag: byWord,
  };
  const before = first[sort];
  return Uint32Array.from({ length }, (_, place) => place).toSorted((one, other) => {
    const byRank = rank(one) - rank(other);
    if (!before && byRank !== 0) return byRank;
    const [a, b] = [at(one), at(other)];
    return before?.(a, b) || byRank || byText(a.id, b.id) || byText(nameOf(a), nameOf(b)) || byText(a.resource ?? '', b.resource ?? '');
  });
}

/** Returns a text of the first app of a finding in lower case, computed once per app. */
function ofFirstApp(textOf: (app: Target) => string): (finding: Finding) => string {
  const known = new Map<Target | undefined, string>();
  return ({ apps: [first] }) => {
    const text = known.get(first) ?? (first === undefined ? '' : textOf(first).toLowerCase());
    known.set(first, text);
    return text;
  };
}

/** A filter on a list of findings. An empty list of a member removes nothing. */
export interface FindingFilter {
  readonly severities?: readonly Severity[];
  readonly risks?: readonly FindingRisk[];
  /** Words that the line of the finding must contain. */
  readonly text?: string;
}

export const isWanted = ({ severities = [], risks = [] }: FindingFilter, one: Pick<Finding, 'severity' | 'risk'>): boolean =>
  (severities.length === 0 || severities.includes(one.severity)) && (risks.length === 0 || risks.includes(one.risk));

/** Texts in lower case that many findings share, computed once: there are few controls and apps, and many findings. */
const controlTexts = new WeakMap<AnyControl, string>();
const appTexts = new WeakMap<Target, string>();

function once<K extends object>(known: WeakMap<K, string>, key: K, make: () => string): string {
  const text = known.get(key) ?? make().toLowerCase();
  known.set(key, text);
  return text;
}

/** The number of apps of a shared finding whose names are searched. */
const MOST_APPS = 50;

/** Whether the line of a finding contains a word: in its control, severity, risk, value, or one of its apps. */
function holdsWord(
  { id, step, control, severity: how, risk: what, found, resource, isShared, apps: users }: Finding,
  word: string,
): boolean {
  if (once(controlTexts, control, () => `${id} ${control.label} ${step.title}`).includes(word)) return true;
  if (how.includes(word) || what.includes(word) || found.toLowerCase().includes(word)) return true;
  if (isShared && (resource ?? '').toLowerCase().includes(word)) return true;
  return users
    .slice(0, MOST_APPS)
    .some((app) =>
      once(appTexts, app, () => `${app.label} ${app.resourceGroup} ${app.subscriptionId} ${tagWords(app.tags)}`).includes(word),
    );
}

/** Returns the tags in the order of their names, `env=prod owner=shop`. */
export const tagWords = (tags: Readonly<Record<string, string>>): string =>
  Object.entries(tags)
    .toSorted(([a], [b]) => byText(a.toLowerCase(), b.toLowerCase()))
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');

export function filterFindings(findings: readonly Finding[], filter: FindingFilter): readonly Finding[] {
  const words = (filter.text ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  return findings.filter((one) => isWanted(filter, one) && words.every((word) => holdsWord(one, word)));
}
