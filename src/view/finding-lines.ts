/** Findings as lines, one each: severity, risk of the fix, control, app or apps, current value. */
import { nameIn, type Target } from '../azure/index.ts';
import type { FailingControl } from '../engine/findings/by-control.ts';
import type { Finding } from '../engine/findings/finding.ts';
import type { FindingRisk } from '../engine/findings/finding-terms.ts';
import { plainText } from '../text/plain.ts';
import { line, span, type Line, type Span, type Tone } from '../text/spans.ts';
import { padEnd } from '../text/width.ts';
import { wrappedTable, type Column } from '../text/table.ts';
import { SEVERITIES } from './app-progress.ts';
import type { Severity } from '../contract/index.ts';

/** Words for the risk of a fix. The order of the words in a line is the same in every host. */
export const FIX_WORDS: Readonly<Record<FindingRisk, string>> = {
  safe: 'safe',
  disruptive: 'disruptive',
  'lock-out': 'lock-out',
  'one-way': 'one-way',
  'by-hand': 'by hand',
};

const SEVERITY_TONES: Readonly<Record<Severity, Tone | undefined>> = { critical: 'bad', high: 'bad', medium: 'warn', low: undefined };

export const severitySpan = (severity: Severity): Span => span(severity, SEVERITY_TONES[severity]);

/** Returns the app, or the number of apps that share the resource. */
export const appsText = ({ apps }: Finding): string => (apps.length === 1 ? (apps[0]?.label ?? '') : `${apps.length} apps`);

/** Returns label and area of a control; the label comes first, so that it remains when the line is cut. */
export const controlText = ({ step, control }: Pick<Finding, 'step' | 'control'>): string => `${control.label} (${step.title})`;

/** Returns the current value, with the name of the shared resource that has it, unless the value names it already. */
export function valueOf({ isShared, resource, found }: Pick<Finding, 'isShared' | 'resource' | 'found'>): string {
  const name = nameIn(resource ?? '');
  return plainText(isShared && !` ${found}`.includes(` ${name}:`) ? `${name}: ${found}` : found);
}

const COLUMNS: readonly Column[] = [
  { title: 'SEVERITY', priority: 1, least: 8 },
  { title: 'RISK', priority: 1, least: 10 },
  { title: 'CONTROL', priority: 1, least: 24 },
  { title: 'APP', priority: 1, least: 12 },
  { title: 'CURRENT VALUE', priority: 1, least: 24 },
];

/** The columns from which a table has room for values; below, its words would be broken. */
const ROOM = 110;

/** The names of the subscription and of the owner of an app, where they are known. */
interface AppPlace {
  readonly subscription?: string;
  readonly owner?: string;
}
interface PlaceColumns {
  readonly placeOf: (app: Target) => AppPlace | undefined;
  /** The column that is shown in a narrow window too, because the list is sorted by it. */
  readonly sortedBy?: string;
}
/** Columns from which a table of findings has room for subscription, owner and areas. */
const ROOMY = 140;

const PLACES = [
  { name: 'subscription', title: 'SUBSCRIPTION', few: 'subscriptions', least: 12 },
  { name: 'owner', title: 'OWNER', few: 'owners', least: 10 },
] as const;

interface PlaceColumn extends Column {
  readonly textOf: (one: Finding) => string;
}

/** Returns the columns that distinguish the apps of this list: the subscription if there are several, the owner if there is one. */
function placeColumns(list: readonly Finding[], width: number, { placeOf, sortedBy }: PlaceColumns): PlaceColumn[] {
  return PLACES.flatMap(({ name, title, few, least }) => {
    const wordsOf = ({ apps }: Finding) => new Set(apps.flatMap((app) => placeOf(app)?.[name] ?? []));
    const all = new Set(list.flatMap((one) => [...wordsOf(one)]));
    if (all.size <= (name === 'subscription' ? 1 : 0) || (width < ROOMY && sortedBy !== name)) return [];
    const textOf = (one: Finding) => {
      const words = [...wordsOf(one)];
      return words.length > 1 ? `${words.length} ${few}` : plainText(words[0] ?? '');
    };
    return [{ title, priority: 1 as const, least, textOf }];
  });
}

/** Returns all findings as a table, below 110 columns as two lines per finding. Nothing is cut, because no other screen shows it. */
export function findingLines(list: readonly Finding[], width: number, places?: PlaceColumns): Line[] {
  if (list.length === 0) return [];
  const more = places ? placeColumns(list, width, places) : [];
  if (width < ROOM) {
    const [severities, risks] = width < 60 ? [0, 0] : [8, 10];
    const placeTexts = (one: Finding) =>
      more.flatMap(({ title, textOf }) => (textOf(one) === '' ? [] : [`${title.toLowerCase()} ${textOf(one)}`]));
    return list.flatMap((one) => [
      line(
        { ...severitySpan(one.severity), text: padEnd(one.severity, severities) },
        '  ',
        span(padEnd(FIX_WORDS[one.risk], risks), 'dim'),
        '  ',
        span([plainText(appsText(one)), ...placeTexts(one)].join(', ')),
      ),
      line(span(`  ${controlText(one)}: ${valueOf(one)}`)),
    ]);
  }
  const label = width < ROOMY ? labelIn(list) : controlText;
  const rows = list.map((one) => [
    severitySpan(one.severity),
    span(FIX_WORDS[one.risk]),
    span(label(one)),
    span(plainText(appsText(one))),
    ...more.map(({ textOf }) => span(textOf(one))),
    span(valueOf(one)),
  ]);
  return wrappedTable([...COLUMNS.slice(0, -1), ...more, ...COLUMNS.slice(-1)], rows, width);
}

const CONTROL_COLUMNS: readonly Column[] = [
  { title: 'SEVERITY', priority: 1, least: 8 },
  { title: 'APPS', priority: 1, least: 4 },
  { title: 'CONTROL', priority: 1, least: 24 },
  { title: 'RISK', priority: 1, least: 10 },
];

/** Returns one line for each control: how many of the apps fail it. Two lines below 60 columns. */
export function failingLines(list: readonly FailingControl[], apps: number, width: number): Line[] {
  if (list.length === 0) return [];
  const failing = (one: FailingControl): string => `${one.apps} of ${apps}`;
  const risks = (one: FailingControl): string => one.risks.map((risk) => FIX_WORDS[risk]).join(', ');
  if (width < 60)
    return list.flatMap((one) => [
      line(severitySpan(one.severity), '  ', span(risks(one), 'dim'), `  ${failing(one)} ${apps === 1 ? 'app' : 'apps'}`),
      line(span(`  ${controlText(one)}`)),
    ]);
  const rows = list.map((one) => [severitySpan(one.severity), span(failing(one)), span(controlText(one)), span(risks(one))]);
  return wrappedTable(CONTROL_COLUMNS, rows, width);
}

/** Returns labels without the area, where this list has no other control with that label. */
function labelIn(list: readonly Finding[]): (one: Finding) => string {
  const ids = new Map<string, Set<string>>();
  for (const { id, control } of list) ids.set(control.label, (ids.get(control.label) ?? new Set()).add(id));
  return (one) => (ids.get(one.control.label)?.size === 1 ? one.control.label : controlText(one));
}

export function findingCounts(list: readonly Finding[], apps: number): Line {
  const counts = SEVERITIES.flatMap((severity) => {
    const number = list.filter((one) => one.severity === severity).length;
    return number > 0 ? [`${number} ${severity}`] : [];
  });
  const where = `${apps} ${apps === 1 ? 'app' : 'apps'}`;
  if (list.length === 0) return line(span(`No findings in ${where}.`, 'good'));
  return line(span(`${list.length} ${list.length === 1 ? 'finding' : 'findings'} in ${where}`, 'strong'), `: ${counts.join(', ')}`);
}

/** Says how many controls a list of findings knows nothing about. */
export const unknownLine = (count: number, ...more: readonly string[]): Line =>
  line(
    span(`${count} ${count === 1 ? 'control' : 'controls'} could not be read and ${count === 1 ? 'is' : 'are'} unknown.`, 'warn'),
    ...more,
  );
