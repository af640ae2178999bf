/** One change over many apps: the work, its result in each app, and the groups that a person reads. */
import type { Decision, Decisions, AnyStep, Risk } from '../../contract/index.ts';
import type { Json, Target } from '../../azure/index.ts';
import type { Change, ChangePart } from '../../change/change.ts';
import { showValue } from '../../change/value.ts';
import { byName } from '../fleet/targets.ts';
import { isStop, type Plan } from '../plan/plan.ts';
import { RISKS } from '../plan/risk.ts';
import { withoutControls, type MildRisk } from './safe-fixes.ts';

/** The change that a batch makes in each app. */
export type BatchWork =
  /** All fixes that require no answer. */
  | { readonly kind: 'safe'; readonly risks: readonly MildRisk[] }
  /** Controls of one area, by their ids in it, with answers for all apps. */
  | {
      readonly kind: 'controls';
      readonly step: AnyStep;
      readonly controls: readonly string[];
      readonly answers: Readonly<Record<string, Json>>;
      /** Answers that differ in some apps, by the id of the app. */
      readonly own?: OwnAnswers;
    };

export type OwnAnswers = Readonly<Record<string, Readonly<Record<string, Json>>>>;

/** The plan for one app, or the reason why nothing was planned. */
export type BatchApp =
  | { readonly target: Target; readonly plan: Plan; readonly decided: Decisions }
  | { readonly target: Target; readonly why: string };

export type PlannedApp = Extract<BatchApp, { plan: Plan }>;
export const isPlanned = (app: BatchApp): app is PlannedApp => 'plan' in app;
export const hasChanges = (app: BatchApp): app is PlannedApp => isPlanned(app) && app.plan.changes.length > 0;

const APPLY: Decision = { decision: 'apply' };

/** Returns the decisions that change these controls of an area in one app, merged with its earlier answers. */
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

/** Returns the decisions that the answers file keeps, without those that a guard stops. */
export const keptDecisions = ({ plan, decided }: PlannedApp): Decisions =>
  withoutControls(
    decided,
    new Set([...plan.blocked.filter(isStop), ...plan.unknown.map(({ id }) => ({ control: id }))].map(({ control }) => control)),
  );

/** One control with all apps in which it is changed at the same risk. */
export interface BatchGroup {
  readonly key: string;
  /** The full id of the control. */
  readonly control: string;
  /** The change in one line, `httpsOnly false → true`; empty where it differs between apps or is too long. */
  readonly edit: string;
  readonly risk: Risk;
  readonly apps: readonly Target[];
  readonly restarts: number;
}

/** A reason why controls are not changed, with the apps that it affects. */
export interface BatchBlock {
  readonly key: string;
  readonly says: string;
  readonly apps: readonly Target[];
}

/** The result for all apps so far. */
interface BatchSummary {
  readonly groups: readonly BatchGroup[];
  readonly blocks: readonly BatchBlock[];
  readonly ready: number;
  /** The number of apps in which nothing can be changed, because of a guard or a missing right. */
  readonly blocked: number;
  /** The number of apps that require a separate answer. */
  readonly unanswered: number;
  /** The number of apps in which nothing is left to do. */
  readonly done: number;
}

/** Returns the apps in the order of their names. A number of apps that are changed first are the first ones of this order in every host. */
export const sortByName = (apps: readonly BatchApp[]): readonly BatchApp[] => apps.toSorted((a, b) => byName(a.target, b.target));

const summaries = new WeakMap<readonly BatchApp[], BatchSummary>();

/** Returns the summary of a list of apps, kept per list: a key press changes the list only after something new was planned. */
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
        // Values that differ between apps are shown in the details.
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
    // The riskiest groups first, then the groups with the most apps.
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

/** Returns the change that one control makes, where one line can show it. */
function editOf({ diff }: Change, paths: readonly string[]): string {
  const own = diff.filter(({ path }) => paths.includes(path));
  if (own.length !== 1 || own[0] === undefined) return '';
  const { path, before, after } = own[0];
  const [was, is] = [showValue(before), showValue(after)].map((value) =>
    value === null || value === undefined ? '(not set)' : JSON.stringify(value),
  );
  const text = `${path.replace(/^properties\./, '')} ${was} → ${is}`;
  return text.length <= MOST_EDIT ? text : '';
}

/** The longest edit that a line shows. Longer ones are shown in the details. */
const MOST_EDIT = 70;

/** Groups, by key, and apps, by id, that a person removed from the batch. */
export interface Untick {
  readonly groups: readonly string[];
  readonly apps: readonly string[];
}

/** Returns the remaining apps, and the controls that were removed from them, by app. */
export function withoutUnticked(
  apps: readonly BatchApp[],
  { groups, apps: off }: Untick,
): { readonly apps: readonly PlannedApp[]; readonly without: ReadonlyMap<string, ReadonlySet<string>> } {
  const kept = apps.filter(hasChanges).filter(({ target }) => !off.includes(target.id));
  const without = new Map<string, Set<string>>();
  for (const group of summaryOf(apps).groups.filter(({ key }) => groups.includes(key)))
    for (const { id } of group.apps) without.set(id, (without.get(id) ?? new Set()).add(group.control));
  return { apps: kept, without };
}

/** Whether a repeated plan sends nothing that the first plan did not show. */
export function isWithin(plan: Plan, before: Plan): boolean {
  const edits = ({ changes }: Plan) =>
    changes.flatMap(({ method, resource, diff, call }) => [
      ...(call === undefined ? [] : [`${resource.toLowerCase()} ${call}`]),
      ...diff.map(({ path, after }) => JSON.stringify([method, resource.toLowerCase(), path, after])),
    ]);
  const known = new Set(edits(before));
  return edits(plan).every((edit) => known.has(edit));
}
