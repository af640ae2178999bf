/** Comparison of an audit with an earlier audit: better, worse, new and gone. */
import { isRecord, parsedJson } from '../change/json-paths.ts';
import type { Json } from '../azure/index.ts';
import { line, span, type Line, type Tone } from '../text/spans.ts';
import { plainText } from '../text/plain.ts';
import type { AuditedApp } from './audited-app.ts';
import { reportErrors } from './errors.ts';

export type Trend = 'worse' | 'new' | 'better' | 'gone' | 'changed';
export interface Shift {
  readonly trend: Trend;
  /** `app` or `app/slot`. */
  readonly app: string;
  readonly control: string;
  /** null if the control was missing. */
  readonly before: string | null;
  readonly after: string | null;
}
export interface AuditComparison {
  readonly generatedAt: string;
  readonly totals: Readonly<Record<Trend, number>>;
  readonly shifts: readonly Shift[];
}

const GOOD = ['pass', 'attested', 'not-applicable'];
const isGood = (state: string): boolean => GOOD.includes(state);

/** The states of an earlier audit, by app id and control. */
interface EarlierReport {
  readonly generatedAt: string;
  readonly apps: ReadonlyMap<string, { readonly label: string; readonly states: ReadonlyMap<string, string> }>;
}

/** Reads a report that `audit --json` wrote. @throws UserError if the text is not such a report */
export function earlierReport(text: string, file: string): EarlierReport {
  const value = parsedJson(text);
  if (!isRecord(value) || value['schemaVersion'] !== 1 || !Array.isArray(value['apps'])) throw reportErrors.noAuditReport({ file });
  const apps = (value['apps'] as Json[]).filter(isRecord).map((app): [string, { label: string; states: Map<string, string> }] => {
    const steps = Array.isArray(app['steps']) ? (app['steps'] as Json[]).filter(isRecord) : [];
    const controls = steps.flatMap((step) => (Array.isArray(step['controls']) ? (step['controls'] as Json[]).filter(isRecord) : []));
    const label = `${String(app['name'])}${typeof app['slot'] === 'string' ? `/${app['slot']}` : ''}`;
    return [String(app['id']).toLowerCase(), { label, states: new Map(controls.map(({ id, state }) => [String(id), String(state)])) }];
  });
  return { generatedAt: String(value['generatedAt'] ?? ''), apps: new Map(apps) };
}

/** The scope of this audit. Only what is in scope can be reported as gone. */
export interface AuditScope {
  readonly controls: ReadonlySet<string>;
  /** Returns whether this audit would have found the app, by its id. */
  readonly covers: (app: string) => boolean;
}

/** Compares app by app; `end` returns the shifts, and, if the audit was complete, what is gone. */
export function createAuditComparison(
  old: EarlierReport,
  { controls: looked, covers }: AuditScope,
): { app(app: AuditedApp): void; end(whole: boolean): AuditComparison } {
  const shifts: Shift[] = [];
  const seen = new Set<string>();
  const gone = (app: string, states: ReadonlyMap<string, string>, but: ReadonlySet<string> = new Set()) => {
    for (const [control, before] of states)
      if (looked.has(control) && !but.has(control)) shifts.push({ trend: 'gone', app, control, before, after: null });
  };
  return {
    app({ target, steps }) {
      const app = target.label;
      const states = old.apps.get(target.id.toLowerCase())?.states ?? new Map<string, string>();
      seen.add(target.id.toLowerCase());
      const controls = steps.flatMap((step) => step.controls);
      for (const { id, state } of controls) {
        const before = states.get(id) ?? null;
        // A new control without a problem is not reported.
        if (before !== state && (before !== null || !isGood(state)))
          shifts.push({ trend: trendOf(before, state), app, control: id, before, after: state });
      }
      gone(app, states, new Set(controls.map(({ id }) => id)));
    },
    end(whole) {
      for (const [id, { label, states }] of old.apps) if (whole && !seen.has(id) && covers(id)) gone(label, states);
      return { generatedAt: old.generatedAt, totals: totalsOf(shifts), shifts };
    },
  };
}

function trendOf(was: string | null, is: string): Trend {
  if (was === null) return 'new';
  if (isGood(was) === isGood(is)) return 'changed';
  return isGood(is) ? 'better' : 'worse';
}

const TONES: Readonly<Record<Trend, Tone>> = { worse: 'bad', new: 'warn', better: 'good', gone: 'dim', changed: 'info' };

const TRENDS = Object.keys(TONES) as Trend[];

const totalsOf = (shifts: readonly Shift[]): AuditComparison['totals'] =>
  Object.fromEntries(TRENDS.map((trend) => [trend, shifts.filter((shift) => shift.trend === trend).length])) as Record<Trend, number>;

export function comparisonLines({ generatedAt, totals, shifts }: AuditComparison): Line[] {
  const head = [[], line(span(`Since ${plainText(generatedAt)}`, 'strong'))];
  if (shifts.length === 0) return [...head, line('  no changes')];
  return [
    ...head,
    line(
      ...TRENDS.filter((trend) => totals[trend] > 0).flatMap((trend, index) => [
        `${index > 0 ? ', ' : '  '}`,
        span(`${totals[trend]} ${trend}`, TONES[trend]),
      ]),
    ),
    ...TRENDS.flatMap((trend) => {
      const own = shifts.filter((shift) => shift.trend === trend);
      return own.map(({ app, control, before, after }) =>
        line(
          span(`  ${trend.padEnd(8)}`, TONES[trend]),
          plainText(`${app}  ${control}   `),
          span(plainText(`${before ?? 'missing'} to ${after ?? 'missing'}`), 'dim'),
        ),
      );
    }),
  ];
}
