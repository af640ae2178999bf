/** The plans of a whole job as lines: one line per group, notes on each group, single apps, and one total. */
import { changesOfPlan, appendixLines, noChanges } from './change-lines.ts';
import {
  generalWarnings,
  leftOutGroups,
  othersText,
  planGroups,
  planTotals,
  type LeftOutGroup,
  type PlanGroup,
  type PlanTotals,
  type GroupedNote,
} from './plan-groups.ts';
import { editText } from './batch-text.ts';
import { needsName } from '../engine/plan/risk.ts';
import type { Plan } from '../engine/plan/plan.ts';
import type { Risk } from '../contract/index.ts';
import { plainText } from '../text/plain.ts';
import { line, span, type Line, type Tone } from '../text/spans.ts';
import type { Look } from '../text/symbols.ts';
import { counted } from '../text/counted.ts';

/** The number of apps that are shown one by one by default. */
const MOST_APPS = 10;
/** The number of apps that a line names. */
const MOST_NAMES = 5;

const RISK_TONES: Readonly<Record<Risk, Tone>> = { safe: 'good', disruptive: 'warn', 'lock-out': 'bad', 'one-way': 'bad' };

interface PlansView {
  /** Whether each app is shown, independent of their number. */
  readonly details?: boolean;
  /** `false` leaves out the option that lists single apps: the reader answers questions and types no options. */
  readonly hint?: false;
  /** Lines before the total. */
  readonly beside?: readonly Line[];
}

/** Returns everything that a person reads of the plans of a job. The last line is the total. */
export function plansLines(plans: readonly Plan[], look: Look, { details = false, beside = [], hint }: PlansView = {}): Line[] {
  const groups = planGroups(plans);
  const full = plans.filter(({ changes }) => changes.length > 0);
  const isShort = full.length <= MOST_APPS || details;
  const [only] = full.length === 1 ? full : [];
  return [
    ...groups.map((group) => groupLine(group, look)),
    ...(groups.length > 0 ? [[]] : []),
    ...(only ? [] : [...groupNotes(groups), ...generalNotes(generalWarnings(plans), full.length)]),
    ...(isShort ? full.flatMap((plan) => [...appLines(plan, look, only ? [] : groups, only ? [] : generalWarnings(plans)), []]) : []),
    ...leftOutLines(leftOutGroups(plans), plans.length > 1),
    ...unusedLines(plans),
    ...beside,
    ...(isShort || hint === false
      ? []
      : [line(span(`To list each of the ${full.length} apps, add --details. To show one app, add --app NAME.`, 'dim'))]),
    ...sharedRestarts(groups, planTotals(plans)),
    line(totalText(planTotals(plans))),
  ];
}

/** Returns the line that explains why the groups together have more restarts than the total. */
const sharedRestarts = (groups: readonly PlanGroup[], { restarts }: PlanTotals): Line[] =>
  groups.reduce((sum, group) => sum + group.restarts, 0) > restarts
    ? [line(span('All changes in one request cause one restart.', 'dim'))]
    : [];

/** Returns the line of a group: `httpsOnly false → true: 142 apps, safe, 142 restarts`. */
function groupLine({ edit, apps, risk, restarts, control }: PlanGroup, look: Look): Line {
  return line(
    span(editText({ edit }, look), 'strong'),
    `: ${counted(apps.length, 'app')}, `,
    span(risk, RISK_TONES[risk]),
    `, ${restarts === 0 ? 'no restart' : counted(restarts, 'restart')}`,
    span(`  ${control}`, 'dim'),
  );
}

const totalText = ({ changes, requests, apps, restarts, leftOut }: PlanTotals): string =>
  requests === 0
    ? `Plan: ${noChanges(leftOut)}.`
    : `Plan: ${counted(changes, 'change')} in ${counted(requests, 'request')} on ${counted(apps, 'app')}, ${counted(restarts, 'restart')}`;

/**
 * Returns the lines about the file of a saved plan: its digest was computed again from the content. Only a required digest, which came
 * another way, shows that the content is the approved one.
 */
export const savedPlanLines = (digest: string, isRequired: boolean): Line[] => [
  line(isRequired ? 'Saved plan: its content has the required digest.' : 'Saved plan: its content has the digest in the file.'),
  line(span(`  Digest: ${digest}`, 'dim')),
];

/** Returns the notes on the changes of each control, once for all its groups. */
function groupNotes(groups: readonly PlanGroup[]): Line[] {
  const controls = [...new Set(groups.map(({ control }) => control))];
  const shown = new Set<string>();
  const lines = controls.flatMap((id) => {
    const own = groups.filter(({ control }) => control === id);
    const [{ area, label, risk }] = own as [PlanGroup];
    const notes = [
      ...(needsName(risk) ? [line(span('  apps ', 'bad'), namedApps(own.flatMap(({ apps }) => apps)))] : []),
      ...own.flatMap(({ warnings, apps }) => warnings.map((one) => toldLine('note', 'warn', one, apps.length))),
      ...own.flatMap(({ effects, apps }) => effects.map((one) => toldLine('effect', 'dim', one, apps.length))),
    ].filter((one) => isNew(one, `${id} `, shown));
    return notes.length === 0 ? [] : [line(span(`${area}: ${label}`, 'strong')), ...notes];
  });
  return lines.length === 0 ? [] : [...lines, []];
}

function generalNotes(warnings: readonly GroupedNote[], apps: number): Line[] {
  if (warnings.length === 0) return [];
  return [line(span('Applies to all changes', 'strong')), ...warnings.map((one) => toldLine('note', 'warn', one, apps)), []];
}

function isNew(one: Line, before: string, shown: Set<string>): boolean {
  const text = `${before}${one.map((part) => part.text).join('')}`;
  const isFirst = !shown.has(text);
  shown.add(text);
  return isFirst;
}

function toldLine(word: string, tone: Tone, { says, apps, others }: GroupedNote, of: number): Line {
  const where = apps.length < of ? `  (${counted(apps.length, 'app')})` : '';
  return line(span(`  ${word} `, tone), plainText(says), span(`${othersText(others)}${where}`, 'dim'));
}

/** Returns names of apps, at most `most` of them. Lockout changes are approved by name, so all their apps are named. */
export function namedApps(apps: readonly string[], most = MOST_NAMES): string {
  const names = [...new Set(apps)];
  const more = names.length - most;
  return plainText(more > 0 ? `${names.slice(0, most).join(', ')} and ${more} more` : names.join(', '));
}

/** Returns one app: its changes, and the notes that the groups do not have. */
function appLines(plan: Plan, look: Look, groups: readonly PlanGroup[], general: readonly GroupedNote[]): Line[] {
  const shown = new Set([
    ...groups.flatMap(({ control, warnings, effects }) => [...warnings, ...effects].map(({ says }) => `${control} ${says}`)),
    ...general.map(({ says }) => ` ${says}`),
  ]);
  return [
    line(span(`Plan for ${plan.target.label}`, 'strong'), span(`   ${plan.target.resourceGroup}`, 'dim')),
    ...changesOfPlan(plan.changes, look, shown),
    ...appendixLines(plan.changes).map((one) => [span('  '), ...one]),
  ];
}

const LEFT_OUT = { blocked: 'blocked', rights: 'missing permission', unknown: 'unknown' } as const;

/** Lists the controls that are left out. Controls of the same apps with the same reason have one line, as in the errors of the command. */
function leftOutLines(groups: readonly LeftOutGroup[], isMany: boolean): Line[] {
  const alike = Map.groupBy(groups, ({ why, says, apps, others }) => JSON.stringify([why, says, apps, others]));
  const merged = [...alike.values()].map((own) => ({ ...(own[0] as LeftOutGroup), controls: own.map(({ control }) => control) }));
  const lines = merged.map(({ why, controls, says, apps, others }) =>
    line(
      span(`${LEFT_OUT[why]} `, why === 'unknown' ? 'warn' : 'bad'),
      `${controls.join(', ')}${isMany ? `, ${apps.length === 1 ? plainText(apps[0] ?? '') : counted(apps.length, 'app')}` : ''}: ${plainText(says)}`,
      span(othersText(others), 'dim'),
    ),
  );
  return lines.length === 0 ? [] : [...lines, []];
}

/** Returns the answers that had no effect, with the reason and their apps. */
export function unusedAnswers(plans: readonly Plan[]): { readonly text: string; readonly apps: readonly string[] }[] {
  const unused = new Map<string, string[]>();
  for (const { target, unused: texts } of plans)
    for (const text of texts) {
      const apps = unused.get(text) ?? [];
      unused.set(text, apps);
      apps.push(target.label);
    }
  return [...unused].map(([text, apps]) => ({ text, apps }));
}

function unusedLines(plans: readonly Plan[]): Line[] {
  const lines = unusedAnswers(plans).map(({ text, apps }) =>
    line(span('note ', 'warn'), plainText(text), span(plans.length > 1 ? `  (${counted(apps.length, 'app')})` : '', 'dim')),
  );
  return lines.length === 0 ? [] : [...lines, []];
}
