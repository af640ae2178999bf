import {
  keyOfDraft,
  type AnyControl,
  type AnyStep,
  type Draft,
  type GuardFinding,
  type Json,
  type ResourceKey,
  type Risk,
} from '../step.ts';
import { assess, contextOf, type AnyContext, type Circumstances, type ControlState } from './assess.ts';
import { NO_DECISION, type StepDecision } from './decisions.ts';
import { Unreadable, type FactStore } from './facts.ts';
import { GENERAL_READS, generalNotes } from './general-guards.ts';
import type { DiffLine, UndoKind } from './journal.ts';
import { type ArmRequest, type ArmWriter, type Assignment, type Target } from './ports.ts';
import { same, valueAt, type Body } from './values.ts';

export const RISKS: readonly Risk[] = ['safe', 'disruptive', 'lock-out', 'one-way'];

export interface GuardNote extends GuardFinding {
  readonly id: string;
  readonly control: string;
}

/** One request, and everything a person must know before it goes out. */
export interface Change extends ArmRequest {
  readonly target: Target;
  readonly steps: readonly string[];
  readonly controls: readonly string[];
  readonly key: ResourceKey;
  /** The id of the one meant, where the resource is one of several. */
  readonly of?: string;
  readonly resource: string;
  readonly diff: readonly DiffLine[];
  readonly sets: readonly Assignment[];
  readonly risk: Risk;
  readonly undo: UndoKind;
  readonly guards: readonly GuardNote[];
  readonly effects: readonly string[];
  readonly restarts: boolean;
  /** What the request does, where it sets nothing that can be read. */
  readonly call?: string;
  /** The change of an earlier run that this one takes back. */
  readonly undoes?: Undoes;
}

/** The change that another one takes back; `whole`: all of it, not only the values that nobody else changed. */
export interface Undoes {
  readonly run: string;
  readonly change: number;
  readonly whole: boolean;
}

export interface MissingAnswer {
  readonly target: Target;
  readonly step: AnyStep;
  readonly question: string;
  readonly control: string;
}

export interface Plan {
  readonly target: Target;
  readonly changes: readonly Change[];
  readonly missing: readonly MissingAnswer[];
  /** Controls whose change a guard stands against. */
  readonly blocked: readonly GuardNote[];
  /** Controls that were chosen but could not be read. */
  readonly unknown: readonly ControlState[];
}

export type Profile = 'baseline' | 'strict';

/** Whether a control is to be brought in line, by its own decision or by that of its area. */
export function isChosen(control: AnyControl, decided: StepDecision, profile?: Profile): boolean {
  const own = decided.controls[control.id];
  if (own) return own.decision === 'apply';
  return decided.decision?.decision === 'apply' && !control.optIn && !(profile === 'baseline' && control.strict);
}

interface Drafted {
  readonly step: AnyStep;
  readonly control: Exclude<AnyControl, { kind: 'attestation' }>;
  readonly id: string;
  readonly drafts: readonly Draft[];
  readonly guards: readonly GuardNote[];
}

/** What has to be sent so that every chosen control passes: one request a resource, the riskiest last. */
export async function plan(
  steps: readonly AnyStep[],
  store: FactStore,
  arm: ArmWriter,
  by: Circumstances,
  profile?: Profile,
): Promise<Plan> {
  const missing: MissingAnswer[] = [];
  const blocked: GuardNote[] = [];
  const unknown: ControlState[] = [];
  const drafted: Drafted[] = [];
  for (const { step, controls } of assess(steps, store, arm, by)) {
    const decided = by.decisions[step.id] ?? NO_DECISION;
    const chosen = controls.filter(({ control }) => isChosen(control, decided, profile));
    unknown.push(...chosen.filter(({ state }) => state === 'unknown'));
    for (const { control, id, state } of chosen) {
      if (state !== 'fail' || control.kind === 'attestation') continue;
      const lacking = (control.needs ?? []).filter((name) => decided.answers[name] === undefined && !step.skip?.[name]?.(decided.answers));
      missing.push(...lacking.map((question) => ({ target: store.target, step, question, control: id })));
      if (lacking.length > 0) continue;
      await store.load((control.guards ?? []).flatMap((guard) => guard.reads ?? []));
      const context = contextOf(store, decided, by, (name) => chosen.some((one) => one.control.id === name)) as AnyContext;
      const guards = guardNotes(control, id, context);
      const stops = guards.filter(({ level }) => level === 'stop');
      if (stops.length > 0) blocked.push(...stops);
      else drafted.push({ step, control, id, drafts: draftsOf(control, context), guards });
    }
  }
  const changes = changesOf(drafted, store, arm);
  if (changes.length > 0) await store.load(GENERAL_READS);
  const noted = changes.map((change) => ({ ...change, guards: [...change.guards, ...generalNotes(change, store, arm)] }));
  return { target: store.target, changes: noted, missing, blocked, unknown };
}

function draftsOf(control: Exclude<AnyControl, { kind: 'attestation' }>, context: AnyContext): readonly Draft[] {
  if (control.kind === 'rule') return control.draft?.(context) ?? [];
  const to = typeof control.set === 'function' ? control.set(context) : control.set;
  return [{ at: control.at, to, ...(control.absent === undefined ? {} : { absent: control.absent }) }];
}

function guardNotes(control: AnyControl, id: string, context: AnyContext): GuardNote[] {
  return (control.guards ?? []).flatMap((guard) => {
    try {
      const found = guard.check(context);
      return (Array.isArray(found) ? (found as readonly GuardFinding[]) : [found as GuardFinding]).map((finding) => ({
        ...finding,
        id: guard.id,
        control: id,
      }));
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      return [{ id: guard.id, control: id, level: 'warn' as const, says: `Could not check: ${error.failure.message}` }];
    }
  });
}

/** One request a resource: drafts are put together by the resource that they are about. */
function changesOf(drafted: readonly Drafted[], store: FactStore, arm: ArmWriter): Change[] {
  const placeOf = (draft: Draft) => `${keyOfDraft(draft)} ${('of' in draft && draft.of?.toLowerCase()) || ''}`;
  const places = [...new Set(drafted.flatMap(({ drafts }) => drafts.map(placeOf)))];
  const changes = places.map((place) => {
    const parts = drafted.filter(({ drafts }) => drafts.some((draft) => placeOf(draft) === place));
    return changeOn(
      parts.flatMap((part) => part.drafts).filter((draft) => placeOf(draft) === place),
      parts,
      store,
      arm,
    );
  });
  return changes.filter((change) => change !== undefined).toSorted((a, b) => RISKS.indexOf(a.risk) - RISKS.indexOf(b.risk));
}

function changeOn(drafts: readonly Draft[], parts: readonly Drafted[], store: FactStore, arm: ArmWriter): Change | undefined {
  const [first] = drafts;
  if (!first) return undefined;
  const key = keyOfDraft(first);
  const of = 'of' in first ? first.of : undefined;
  const ref = arm.describe(store.target, key, of);
  const call = drafts.find((draft) => 'call' in draft)?.says;
  const body = call === undefined ? bodyOf(store, key, of) : null;
  const lines = diffOf(drafts, body, ref.secret);
  if (lines.length === 0 && call === undefined) return undefined;
  const sets = lines.map(({ path, after }) => ({ path, to: after }));
  const undo = undoOf(lines, call);
  return {
    ...arm.request(store.target, key, body, sets, of),
    target: store.target,
    steps: [...new Set(parts.map(({ step }) => step.id))],
    controls: parts.map(({ id }) => id),
    key,
    ...(of === undefined ? {} : { of }),
    resource: ref.id,
    diff: lines,
    sets,
    // What cannot be taken back is asked for as such, whatever it does otherwise.
    risk:
      undo === 'none'
        ? 'one-way'
        : (RISKS.findLast((risk) => parts.some(({ control }) => (control.risk ?? 'disruptive') === risk)) ?? 'disruptive'),
    undo,
    guards: parts.flatMap(({ guards }) => guards),
    effects: [...new Set(parts.flatMap(({ control }) => (control.effect ? [control.effect] : [])))],
    restarts: ref.restarts,
    ...(call === undefined ? {} : { call }),
  };
}

/** What was read of the resource that a draft is about; of several, the one with the id. */
function bodyOf(store: FactStore, key: ResourceKey, of: string | undefined): Body | null {
  const body = store.body(key);
  if (of === undefined) return body;
  const items = (body?.['value'] ?? []) as readonly Body[];
  return items.find((item) => String(item['id']).toLowerCase() === of.toLowerCase()) ?? null;
}

function diffOf(drafts: readonly Draft[], body: Body | null, sensitive: boolean): DiffLine[] {
  const diff = new Map<string, DiffLine>();
  for (const draft of drafts) {
    if ('call' in draft) continue;
    const path = 'whole' in draft ? '' : draft.at[1];
    const before = valueAt(body, path) ?? null;
    if (same(before, draft.to)) continue;
    const restore = 'whole' in draft ? (draft.restore ?? before) : (before ?? draft.absent ?? null);
    diff.set(path, { path, before, after: draft.to, ...(restore === before ? {} : { restore }), sensitive });
  }
  return [...diff.values()];
}

/** Not at all where a secret is hidden in the undo log; exact where every value can be written back as it was; equivalent where a null comes back as the value it stood for. */
function undoOf(diff: readonly DiffLine[], call: string | undefined): UndoKind {
  if (call !== undefined || diff.some(({ sensitive }) => sensitive)) return 'none';
  if (diff.some(({ path, before, restore }) => path !== '' && before === null && (restore ?? null) === null)) return 'none';
  return diff.some(({ path, restore }) => path !== '' && restore !== undefined) ? 'equivalent' : 'exact';
}

/** What undo writes back at a path. */
export const restoreValue = (line: DiffLine): Json => line.restore ?? line.before;
