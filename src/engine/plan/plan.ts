import {
  type AnyStep,
  isChangeable,
  keyOfDraft,
  pageOf,
  type Questions,
  questionsOf,
  type Profile,
  type StepDecision,
} from '../../contract/index.ts';
import { CHANGES_RIGHT, type Facts } from '../../azure/index.ts';
import { assess, type ControlState } from '../judge/assess.ts';
import { heldWithCondition } from './conditional-roles.ts';
import { circleNotes, inOrder } from './change-order.ts';
import { changesFromDrafts, conflictingDrafts, withStoredNames, type Drafted } from './changes.ts';
import { isChosen, NO_DECISION } from '../judge/decisions.ts';
import { NotHeld, type FactStore } from '../judge/facts.ts';
import { unexpectedShapeIn } from '../judge/unexpected-shape.ts';
import type { MissingAnswer, Plan } from './plan-result.ts';
import { generalNotes, generalReads } from './general-guards.ts';
import { withLocks } from './lock-notes.ts';
import type { ArmFailure, ArmWriter } from '../ports.ts';
import { preflight, type Preflight } from './preflight.ts';
import { draftsOf, guardNotes } from './guard-notes.ts';
import { projectFacts } from './projection.ts';
import { refusedBy } from './reservations.ts';
import { describeMissingRight } from './rights.ts';
import type { Change, GuardNote } from '../../change/change.ts';
import { contextOf, type AnyContext, type Circumstances, type Reserved } from '../judge/circumstances.ts';
import { unknownBy, planWithoutChanges, workOf } from './empty-plan.ts';
import { findUnchanged, findUnusedAnswers } from './unused-answers.ts';

export type { MissingAnswer, Plan } from './plan-result.ts';

/** Whether a guard stops a change for every caller, and not only because this caller lacks a right. */
export const isStop = ({ id }: Pick<GuardNote, 'id'>): boolean => id !== 'rights';

/** Returns the plan for an interactive host. Changes that a guard stops were shown and left out, so they are no failure, also in a resume. */
export const withoutStops = (plan: Plan): Plan => ({
  ...plan,
  blocked: plan.blocked.filter((note) => !isStop(note)),
  work: workWithoutStops(plan),
});

/** Returns the decisions of a plan that leaves out what a guard stops. */
export const workWithoutStops = ({ work, blocked }: Plan): Plan['work'] =>
  workWithout(
    work,
    blocked.filter(isStop).map(({ control }) => control),
  );

/** Returns decisions that leave out these controls. */
export function workWithout(work: Plan['work'], controls: readonly string[]): Plan['work'] {
  const decisions = Object.entries(work.decisions).map(([step, decided]) => {
    const own = [...new Set(controls)].flatMap((id) =>
      id.startsWith(`${step}.`) ? [[id.slice(step.length + 1), { decision: 'skip' }] as const] : [],
    );
    return [step, own.length === 0 ? decided : { ...decided, controls: { ...decided.controls, ...Object.fromEntries(own) } }] as const;
  });
  return { ...work, decisions: Object.fromEntries(decisions) };
}

const reportedOnly = ({ id, control, found }: ControlState, step: AnyStep): string =>
  `${id} is not changed: func-harden only reports this control. The finding stays (${found}). How to change it: ${pageOf(step, control)}`;

interface Candidate extends Omit<Drafted, 'guards' | 'drafts' | 'effect'> {
  readonly context: AnyContext;
  /** Exempting answers without a person who is responsible for them. */
  readonly exempts: readonly string[];
  /** The current value as a person reads it. */
  readonly found: string;
}

/** Plans the requests that make every chosen control pass: one per resource, the riskiest last. */
export async function plan(
  steps: readonly AnyStep[],
  store: FactStore,
  arm: ArmWriter,
  around: Circumstances,
  profile?: Profile,
): Promise<Plan> {
  const by: Circumstances = profile ? { ...around, profile } : around;
  try {
    return await planned(steps, store, arm, by, profile);
  } catch (error) {
    // Values that the inventory does not have are read, and all controls are judged again.
    if (error instanceof NotHeld) return store.refresh(error.key).then(() => plan(steps, store, arm, around, profile));
    const failure = unexpectedShapeIn(error, store.view);
    if (!failure) throw error;
    return planWithoutChanges(steps, store, arm, by, failure);
  }
}

async function planned(
  steps: readonly AnyStep[],
  store: FactStore,
  arm: ArmWriter,
  by: Circumstances,
  profile: Profile | undefined,
): Promise<Plan> {
  const { rights = preflight(arm) } = by;
  const missing: MissingAnswer[] = [];
  const unknown: ControlState[] = [];
  const unused: string[] = [];
  const candidates: Candidate[] = [];
  const assessed = assess(steps, store, arm, by);
  // The inventory is enough to find that nothing changes. For a change, the values are read again.
  const isChange = (step: AnyStep, { control, state }: ControlState) =>
    (state === 'fail' || state === 'unknown') && isChosen(control, by.decisions[step.id] ?? NO_DECISION, profile);
  if (assessed.some(({ step, controls }) => controls.some((one) => isChange(step, one))) && (await store.refreshHeld()))
    return planned(steps, store, arm, by, profile);
  for (const { step, controls } of assessed) {
    const decided = by.decisions[step.id] ?? NO_DECISION;
    const chosen = controls.filter(({ control }) => isChosen(control, decided, profile));
    unused.push(...findUnusedAnswers(controls, decided));
    unknown.push(...chosen.filter(isTrouble));
    const isPlanned = (name: string) => chosen.some((one) => one.control.id === name);
    for (const state of chosen) {
      const { control, id } = state;
      if (control.kind === 'attestation') continue;
      if (state.stays !== undefined) unused.push(`${id} is not changed: ${state.stays}.`);
      if (state.state !== 'fail' || state.stays !== undefined) continue;
      const isMeant =
        decided.controls[control.id]?.decision === 'apply' || control.needs?.some((name) => decided.answers[name] !== undefined);
      if (control.kind === 'rule' && !control.draft && isMeant) unused.push(reportedOnly(state, step));
      const lacking = (control.needs ?? []).filter(
        (name) =>
          decided.answers[name] === undefined &&
          !step.skip?.[name]?.(decided.answers) &&
          !(step.questions as Questions | undefined)?.[name]?.optional,
      );
      missing.push(...lacking.map((question) => ({ target: store.target, step, question, control: id, decided })));
      if (lacking.length > 0) continue;
      await store.load([
        ...(control.guards ?? []).flatMap(({ reads }) => reads ?? []),
        ...(control.kind === 'rule' ? (control.draftReads ?? []) : []),
      ]);
      const context = contextOf(store, decided, by, isPlanned) as AnyContext;
      try {
        // The drafted resources must be readable too, because requests are built from their current values.
        for (const draft of draftsOf(control, context)) {
          if (store.fact(keyOfDraft(draft))) store.body(keyOfDraft(draft));
          // Throws if the resource does not belong to this app. If a guard stops the change, its message is better.
          const isStopped = () => guardNotes(control, id, context).some(({ level }) => level === 'stop');
          if (draft.instanceId !== undefined && !isStopped()) arm.request(store.target, keyOfDraft(draft), null, [], draft.instanceId);
        }
        candidates.push({ step, control, id, context, exempts: unsigned(step, decided, by.today), found: state.found });
      } catch (error) {
        const failure = unexpectedShapeIn(error, store.view);
        if (!failure) throw error;
        unknown.push(unknownBy(state, failure));
      }
    }
  }
  const { changes: allowed, blocked } = await permitted(candidates, store, arm, rights, by.reserved);
  const changes = await withLocks(allowed, store, arm);
  const isPlanned = ({ id }: Candidate) => changes.some(({ controls }) => controls.includes(id));
  const later = projectFacts(
    store,
    candidates.filter(isPlanned).flatMap(({ control, context }) => draftsOf(control, context)),
  );
  unused.push(...findUnchanged(candidates, changes, blocked, later));
  const seesChanges = changes.length === 0 || (await rights.has(store.target, CHANGES_RIGHT));
  const noted = changes.map((change) => ({
    ...change,
    guards: [...change.guards, ...generalNotes(change, store, changes, by, seesChanges)],
  }));
  return { target: store.target, work: workOf(steps, store.target, by), changes: noted, missing, blocked, unknown, unused };
}

/** Whether an unknown value keeps a plan from being whole: not where it was read, and no change or no further change of it is possible. */
const isTrouble = ({ state, stays, failure, control }: ControlState): boolean =>
  state === 'unknown' && stays === undefined && (failure !== undefined || isChangeable(control));

/** Returns the exempting answers for which no person is responsible today. */
const unsigned = (step: AnyStep, { answers, exception }: StepDecision, today: string): string[] =>
  exception && exception.until >= today
    ? []
    : questionsOf(step).flatMap(([name, { exempts }]) => (exempts && answers[name] !== undefined ? [name] : []));

/** Returns a stop for a change that turns a pass into a finding: it requires a person who is responsible for it. */
function weakening({ control, id, context, exempts }: Candidate, planned: Facts): GuardNote[] {
  if (exempts.length === 0 || control.kind !== 'rule') return [];
  const answers = Object.fromEntries(Object.entries(context.answers as object).filter(([name]) => !exempts.includes(name)));
  const strictly = (facts: Facts) => control.judge({ ...context, facts, answers }).state;
  if (strictly(planned) !== 'fail') return [];
  const isFinding = strictly(context.facts) === 'fail';
  const what = isFinding ? 'stays a finding' : 'no longer passes';
  const says = `With the answer ${exempts.join(', ')} this control ${what}. That is an exception: add the fields "by", "reason" and "until" to the area.`;
  return [{ id: 'exception', control: id, level: isFinding ? 'warn' : 'stop', says }];
}

/** Returns the changes that no guard stops and the caller has the rights for; without a removed control, the others are planned again. */
async function permitted(
  candidates: readonly Candidate[],
  store: FactStore,
  arm: ArmWriter,
  rights: Preflight,
  reserved?: Reserved,
): Promise<Pick<Plan, 'changes' | 'blocked'>> {
  const blocked: GuardNote[] = [];
  const all = new Set(candidates.map(({ id }) => id));
  let kept = candidates;
  for (;;) {
    const { drafted, blocked: stopped } = runGuards(kept, all, store, reserved);
    blocked.push(...stopped);
    const foreign = drafted.flatMap((part) => stopForForeignId(part, store, arm));
    const { ordered: changes, circle } = inOrder(foreign.length > 0 ? [] : changesFromDrafts(drafted, store, arm));
    if (foreign.length > 0 || circle.length > 0) {
      blocked.push(...foreign, ...circleNotes(circle));
      kept = kept.filter(({ id }) => !blocked.some(({ control }) => control === id));
      continue;
    }
    if (changes.length === 0) return { changes, blocked };
    const [found] = await Promise.all([
      Promise.all(changes.map(async (change) => ({ change, ...(await rights.lacking(change)) }))),
      store.load(generalReads(changes)),
    ]);
    const refused = found.flatMap(({ change, rights: lacking }) =>
      change.controls.flatMap((control) =>
        lacking.map((right): GuardNote => ({ id: 'rights', control, level: 'stop', says: describeMissingRight(right) })),
      ),
    );
    if (refused.length === 0)
      return {
        changes: found.map(({ change, unknown }) => ({ ...change, guards: [...change.guards, ...unknown.map(uncheckedRights(change))] })),
        blocked,
      };
    blocked.push(...refused);
    kept = kept.filter(({ id }) => !blocked.some(({ control }) => control === id));
  }
}

/** Returns a stop for a control whose draft names an id that Azure listed and that is not this app's. Only that control is stopped. */
function stopForForeignId({ drafts, id }: Drafted, store: FactStore, arm: ArmWriter): GuardNote[] {
  try {
    for (const draft of drafts)
      if (draft.instanceId !== undefined && !('call' in draft)) arm.request(store.target, keyOfDraft(draft), null, [], draft.instanceId);
    return [];
  } catch (error) {
    const failure = unexpectedShapeIn(error, store.view);
    if (!failure) throw error;
    return [{ id: 'foreign', control: id, level: 'stop', says: failure.message }];
  }
}

const uncheckedRights =
  ({ controls }: Change) =>
  ({ message }: ArmFailure): GuardNote => ({
    id: 'rights',
    control: controls[0] ?? '',
    level: 'warn',
    own: true,
    says: `Your permissions could not be checked: ${message}`,
  });

/** Runs drafts and guards on the facts as the other drafts will leave them; after a stop, all of them run again without that change. */
function runGuards(
  candidates: readonly Candidate[],
  all: ReadonlySet<string>,
  store: FactStore,
  reserved?: Reserved,
): { drafted: readonly Drafted[]; blocked: readonly GuardNote[] } {
  const blocked: GuardNote[] = [];
  let kept = candidates;
  for (;;) {
    // A change that is left out of the plan requires no value in a property that several areas write.
    const isOut = (id: string) => all.has(id) && !kept.some((one) => one.id === id);
    const around = ({ context }: Candidate, planned: Facts): AnyContext => ({
      ...context,
      planned,
      decidedIn: (step, name) => (isOut(`${step}.${name}`) ? undefined : context.decidedIn(step, name)),
    });
    const draftsIn = (one: Candidate, planned = one.context.planned) =>
      draftsOf(one.control, around(one, planned)).map((draft) => withStoredNames(draft, store));
    const alone = kept.flatMap((one) => draftsIn(one));
    const together = projectFacts(store, alone);
    const drafts = kept.map((one) => draftsIn(one, together));
    const planned = projectFacts(store, drafts.flat());
    const parts = kept.map((one, index) => ({ ...one, drafts: drafts[index] ?? [], context: around(one, planned) }));
    const both = conflictingDrafts(parts);
    const drafted = parts.map(({ context, ...one }): Drafted => {
      const { control, id } = one;
      const effect = control.effectOf?.(context) ?? control.effect;
      const guards = [
        ...guardNotes(control, id, context),
        ...weakening({ ...one, context }, planned),
        ...both.filter((note) => note.control === id),
        ...refusedBy(reserved, one.drafts, id),
        ...heldWithCondition(one.drafts, id, store),
      ];
      return { ...one, guards, ...(effect ? { effect } : {}) };
    });
    const stopped = drafted.filter(({ guards }) => guards.some(({ level }) => level === 'stop'));
    if (stopped.length === 0) return { drafted, blocked };
    blocked.push(...stopped.flatMap(({ guards }) => guards.filter(({ level }) => level === 'stop')));
    kept = kept.filter((one) => !stopped.some(({ id }) => id === one.id));
  }
}
