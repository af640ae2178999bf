/** One change over many apps: what it is, what it comes to in each of them, and the groups that a person reads. */
import type { Decision, Decisions, AnyStep, Risk } from '../../contract/index.ts';
import type { Json, Target } from '../../azure/index.ts';
import type { Change, ChangePart } from '../../change/change.ts';
import { shown } from '../../change/value.ts';
import { isStop, type Plan } from '../plan/plan.ts';
import { RISKS } from '../plan/risk.ts';
import { withoutControls, type MildRisk } from './safe-fixes.ts';

export type BatchWork =
  /** Everything that can be fixed without asking. */
  | { readonly kind: 'safe'; readonly risks: readonly MildRisk[] }
  /** Controls of one area, by their ids in it, with answers for all apps. */
  | {
      readonly kind: 'controls';
      readonly step: AnyStep;
      readonly controls: readonly string[];
      readonly answers: Readonly<Record<string, Json>>;
      /** Answers that are different in some apps, by the id of the app. */
      readonly own?: OwnAnswers;
    };

export type OwnAnswers = Readonly<Record<string, Readonly<Record<string, Json>>>>;

/** What the work comes to in one app, or why nothing was planned there. */
export type BatchApp =
  { readonly target: Target; readonly plan: Plan; readonly decided: Decisions } | { readonly target: Target; readonly why: string };

export type PlannedApp = Extract<BatchApp, { plan: Plan }>;
export const isPlanned = (app: BatchApp): app is PlannedApp => 'plan' in app;
export const hasChanges = (app: BatchApp): app is PlannedApp => isPlanned(app) && app.plan.changes.length > 0;

const APPLY: Decision = { decision: 'apply' };

/** Returns the decisions that change these controls of an area in one app, over what was answered for it before. */
export const controlDecisions = (
  { step, controls, answers, own }: Extract<BatchWork, { kind: 'controls' }>,
  { id }: Pick<Target, 'id'>,
  before: Decisions,
  without: ReadonlySet<string> = new Set(),
): Decisions =>
  withoutControls(
    {
      [step.id]: {
        answers: { ...before[step.id]?.answers, ...answers, ...own?.[id] },
        controls: Object.fromEntries(controls.map((name) => [name, APPLY])),
      },
    },
    without,
  );

/** Returns what is kept in the answers file: without what a guard stops. */
export const keptDecisions = ({ plan, decided }: PlannedApp): Decisions =>
  withoutControls(
    decided,
    new Set([...plan.blocked.filter(isStop), ...plan.unknown.map(({ id }) => ({ control: id }))].map(({ control }) => control)),
  );

/** One control, with all apps in which it is changed at the same risk. */
export interface BatchGroup {
  readonly key: string;
  /** Full id of the control. */
  readonly control: string;
  /** `httpsOnly false → true`; empty where it differs from app to app, or one line cannot say it. */
  readonly edit: string;
  readonly risk: Risk;
  readonly apps: readonly Target[];
  readonly restarts: number;
}

/** Why controls are not changed, with the apps that is so in. */
export interface BatchBlock {
  readonly key: string;
  readonly says: string;
  readonly apps: readonly Target[];
}

/** What was found out about all apps so far. */
export interface BatchSummary {
  readonly groups: readonly BatchGroup[];
  readonly blocks: readonly BatchBlock[];
  readonly ready: number;
  /** Apps in which nothing can be changed, because something stands against it. */
  readonly blocked: number;
  /** Apps that need an answer of their own. */
  readonly unanswered: number;
  /** Apps in which nothing is left to do. */
  readonly done: number;
}

const summaries = new WeakMap<readonly BatchApp[], BatchSummary>();

/** Worked out once for a list of apps: a key press changes the list only when something new was planned. */
export function summaryOf(apps: readonly BatchApp[]): BatchSummary {
  const known = summaries.get(apps);
  if (known) return known;
  const fresh = summarize(apps);
  summaries.set(apps, fresh);
  return fresh;
}

function summarize(apps: readonly BatchApp[]): BatchSummary {
  const groups = new Map<string, BatchGroup & { apps: Target[]; restarts: number }>();
  const blocks = new Map<string, BatchBlock & { apps: Target[] }>();
  const block = (key: string, says: string, target: Target) => {
    const found = blocks.get(key) ?? { key, says, apps: [] };
    blocks.set(key, found);
    if (!found.apps.includes(target)) found.apps.push(target);
  };
  let [ready, blocked, unanswered, done] = [0, 0, 0, 0];
  for (const app of apps) {
    const { target } = app;
    if (!isPlanned(app)) {
      blocked += 1;
      block(`app ${app.why}`, app.why, target);
      continue;
    }
    const { plan } = app;
    const stopped = [
      ...plan.blocked.map(({ id, control, says }) => ({ key: `${control} ${id}`, says: `${control}: ${says}` })),
      ...plan.unknown.map(({ id, reason }) => ({ key: `${id} unknown`, says: `${id} could not be read: ${reason ?? ''}` })),
    ];
    for (const { key, says } of stopped) block(key, says, target);
    for (const { step, question, control } of plan.missing)
      block(`${control} ${question} missing`, `${control} requires the answer ${step.id}.${question}`, target);
    for (const change of plan.changes)
      for (const { control, risk, paths } of partsOf(change)) {
        const edit = editOf(change, paths);
        const group = groups.get(`${control} ${risk}`) ?? { key: `${control} ${risk}`, control, edit, risk, apps: [], restarts: 0 };
        // Values that differ from app to app are read in the details.
        groups.set(group.key, group.edit === edit ? group : { ...group, edit: '' });
        if (!group.apps.includes(target)) group.apps.push(target);
        if (change.restarts) (groups.get(group.key) ?? group).restarts += 1;
      }
    if (plan.changes.length > 0) ready += 1;
    else if (plan.missing.length > 0) unanswered += 1;
    else if (stopped.length > 0) blocked += 1;
    else done += 1;
  }
  const rank = ({ risk }: BatchGroup) => -RISKS.indexOf(risk);
  return {
    // The riskiest first, then what most apps have in common.
    groups: [...groups.values()].toSorted((a, b) => rank(a) - rank(b) || b.apps.length - a.apps.length || (a.key < b.key ? -1 : 1)),
    blocks: [...blocks.values()].toSorted((a, b) => b.apps.length - a.apps.length),
    ready,
    blocked,
    unanswered,
    done,
  };
}

const partsOf = ({ parts, controls, risk, diff }: Change): readonly Pick<ChangePart, 'control' | 'risk' | 'paths'>[] =>
  parts ?? controls.map((control) => ({ control, risk, paths: diff.map(({ path }) => path) }));

/** What one control changes, where one line can say it. */
function editOf({ diff }: Change, paths: readonly string[]): string {
  const own = diff.filter(({ path }) => paths.includes(path));
  if (own.length !== 1 || own[0] === undefined) return '';
  const { path, before, after } = own[0];
  const [was, is] = [shown(before), shown(after)].map((value) =>
    value === null || value === undefined ? '(not set)' : JSON.stringify(value),
  );
  const text = `${path.replace(/^properties\./, '')} ${was} → ${is}`;
  return text.length <= MOST_EDIT ? text : '';
}

/** Longer edits are read in the details. */
const MOST_EDIT = 70;

/** What a person took out: groups by their keys, apps by their ids. */
export interface Untick {
  readonly groups: readonly string[];
  readonly apps: readonly string[];
}

/** Returns the apps that are left, and of those the controls that were taken out, by app. */
export function ticked(
  apps: readonly BatchApp[],
  { groups, apps: off }: Untick,
): { readonly apps: readonly PlannedApp[]; readonly without: ReadonlyMap<string, ReadonlySet<string>> } {
  const kept = apps.filter(hasChanges).filter(({ target }) => !off.includes(target.id));
  const without = new Map<string, Set<string>>();
  for (const group of summaryOf(apps).groups.filter(({ key }) => groups.includes(key)))
    for (const { id } of group.apps) without.set(id, (without.get(id) ?? new Set()).add(group.control));
  return { apps: kept, without };
}

/** Whether a plan that was made anew sends nothing that the first one did not show. */
export function isWithin(plan: Plan, before: Plan): boolean {
  const edits = ({ changes }: Plan) =>
    changes.flatMap(({ method, resource, diff, call }) => [
      ...(call === undefined ? [] : [`${resource.toLowerCase()} ${call}`]),
      ...diff.map(({ path, after }) => JSON.stringify([method, resource.toLowerCase(), path, after])),
    ]);
  const known = new Set(edits(before));
  return edits(plan).every((edit) => known.has(edit));
}
