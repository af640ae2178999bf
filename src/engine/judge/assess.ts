import type { Json, ResourceKey } from '../../azure/index.ts';
import {
  type AnyControl,
  type AnyStep,
  type JudgedResource,
  questionsOf,
  type Setting,
  type Severity,
  type Verdict,
  type Decision,
  type SignedDecision,
  type StepDecision,
} from '../../contract/index.ts';
import { NO_DECISION, decisionOn } from './decisions.ts';
import type { FactStore } from './facts.ts';
import { unexpectedShapeIn } from './unexpected-shape.ts';
import { isAssumedReason, isReadAnyway, notOn } from './app-hosting.ts';
import type { ArmFailure, ArmReader } from '../ports.ts';
import { productionOf } from '../fleet/targets.ts';
import { valueAt } from '../../change/json-paths.ts';
import { type Circumstances, type AnyContext, contextOf } from './circumstances.ts';
import { judge, words } from './verdict.ts';

export const STATES = [
  'fail',
  'unknown',
  'attestation-expired',
  'attestation-missing',
  'accepted',
  'attested',
  'pass',
  'not-applicable',
] as const;
/** The state of a control. The states are sorted, the worst first, and an area has the worst state of its controls. */
export type State = (typeof STATES)[number];

/** A control with its verdict for one app. */
export interface ControlState {
  readonly id: string;
  readonly control: AnyControl;
  readonly state: State;
  readonly severity: Severity;
  readonly found: string;
  readonly wanted: string;
  /** The ARM id of the resource that was judged; null for attestations. */
  readonly resource: string | null;
  /** Resources outside the app that the verdict is about. The first one is `resource`. */
  readonly about?: readonly JudgedResource[];
  readonly path: string | null;
  readonly reason: string | null;
  readonly lines: readonly string[];
  /** The attestation or exception that decides the state, valid or expired. */
  readonly signed?: SignedDecision;
  /** The reason why it could not be read, where the state is `unknown`. */
  readonly failure?: ArmFailure;
  /** The settings or connection strings that the finding is about, by their names in the facts. */
  readonly names?: readonly string[];
  /** The reason why the finding remains although every answer is applied, so that there is nothing to change. */
  readonly stays?: string;
  /** The place in code that declares the value, where code was read as well. */
  readonly declared?: DeclaredAt;
}

/** A place in code: the file below the folder that was read, and the line. */
export interface DeclaredAt {
  readonly file: string;
  readonly line: number;
  readonly state: 'declared' | 'absent' | 'not-resolved' | 'right';
  /** The URI of the file, relative to the root of its repository. */
  readonly uri?: string;
}

export interface StepState {
  readonly step: AnyStep;
  readonly state: State;
  readonly controls: readonly ControlState[];
}

/** Returns the resources that a verdict on this control reads. */
export const readsOf = (control: AnyControl): readonly ResourceKey[] =>
  control.kind === 'setting' ? [control.at[0]] : (control.reads ?? []);

/** Returns every resource that judging these steps reads; always the site, because it gives the hosting. */
export function readsOfSteps(steps: readonly AnyStep[]): ResourceKey[] {
  const keys = new Set(steps.flatMap((step) => step.controls.flatMap(readsOf)));
  return [...new Set<ResourceKey>(['site', ...LONGEST.filter((key) => keys.has(key)), ...keys])];
}

/** Resources that need the longest chain of requests. They are read first, because the audit waits for them longest. */
const LONGEST: readonly ResourceKey[] = ['gateways'];

/** Judges every control of the steps from the resources that the store has read. */
export function assess(steps: readonly AnyStep[], store: FactStore, reader: ArmReader, by: Circumstances): StepState[] {
  return steps.map((step) => {
    const decided = by.decisions[step.id] ?? NO_DECISION;
    const context = contextOf(store, decided, by);
    const controls = step.controls.map((control) => assessControl(step, control, context, decided, store, reader, by.today));
    return { step, controls, state: STATES.find((state) => controls.some((control) => control.state === state)) ?? 'not-applicable' };
  });
}

function assessControl(
  step: AnyStep,
  control: AnyControl,
  context: AnyContext | ArmFailure,
  decided: StepDecision,
  store: FactStore,
  reader: ArmReader,
  today: string,
): ControlState {
  const base = {
    id: `${step.id}.${control.id}`,
    control,
    severity: control.severity,
    found: '',
    wanted: '',
    resource: control.kind === 'attestation' ? null : reader.describe(store.target, readsOf(control)[0] ?? 'site').id,
    path: control.kind === 'setting' ? control.at[1] : null,
    reason: null,
    lines: [],
  };
  const decision = decisionOn(decided, control.id);
  if (control.kind === 'attestation' && !('app' in context)) return { ...base, ...attested(decision, today), wanted: control.statement };
  if (!('app' in context)) return { ...base, state: 'unknown', reason: adviceOf(context), failure: context };
  try {
    const off = reasonNotApplicable(control, context);
    if (control.kind === 'attestation')
      return typeof off === 'string'
        ? { ...base, state: 'not-applicable', reason: off }
        : { ...base, ...attested(decision, today), wanted: control.statement, lines: subjectOf(control, context) };
    const verdict = context.app.onArc
      ? judgeOnArc(control, context)
      : off === undefined
        ? judge(control, context)
        : judgeAnyway(control, context, off);
    const { wanted, stays, names } = verdict;
    // A value of Azure, which may not be a string.
    const [found, lines] = [words(verdict.found), (verdict.lines ?? []).map(words)];
    const about = verdict.about ?? judgeOutside(control, base.resource, found, store);
    const named = about[0] ? { resource: about[0].id, about } : {};
    const isJudged = verdict.state !== 'not-applicable' && verdict.state !== 'unknown';
    const details = !isJudged
      ? { reason: found }
      : verdict.state === 'fail'
        ? accepted(decision, today)
        : off === undefined && applyException(step, control, context, decided, today);
    return {
      ...base,
      ...named,
      state: verdict.state,
      found,
      wanted,
      lines,
      ...(stays === undefined ? {} : { stays }),
      ...(names ? { names } : {}),
      ...details,
    };
  } catch (error) {
    const failure = unexpectedShapeIn(error, context.facts);
    if (!failure) throw error;
    return { ...base, state: 'unknown', reason: adviceOf(failure), failure };
  }
}

/** Judges a setting of a resource outside the app, such as a plan of the whole subscription. */
function judgeOutside(control: AnyControl, resource: string | null, found: string, { target }: FactStore): readonly JudgedResource[] {
  if (control.kind !== 'setting' || resource === null) return [];
  const isOwn = `${resource}/`.toLowerCase().startsWith(`${productionOf(target.id)}/`.toLowerCase());
  return isOwn ? [] : [{ id: resource, found }];
}

/** Returns the lines that an attestation covers. A list that cannot be read does not prevent the attestation. */
function subjectOf(control: Extract<AnyControl, { kind: 'attestation' }>, context: AnyContext): readonly string[] {
  try {
    return control.subject?.(context) ?? [];
  } catch (error) {
    const failure = unexpectedShapeIn(error, context.facts);
    if (!failure) throw error;
    return [`The values of this control could not be read: ${failure.message}`];
  }
}

type Off = string | { readonly unknown: string };

/** Returns the reason why a control does not apply to this app, because of its hosting or anything else. */
function reasonNotApplicable(control: AnyControl, context: AnyContext): Off | undefined {
  const off = notOn(control, context.app);
  if (isAssumedReason(control, context.app))
    return { unknown: 'func-harden does not know the plan of the app, so it is unknown whether this control applies' };
  const applies = off ?? control.appliesTo?.(context) ?? true;
  return applies === true ? undefined : applies;
}

/** Judges a control of an app on Azure Arc. A value there may have no effect, so neither a pass nor a change would be right. */
const judgeOnArc = (control: Exclude<AnyControl, { kind: 'attestation' }>, context: AnyContext): Verdict =>
  (control.kind === 'rule' ? control.judgeAnyway?.(context) : undefined) ?? {
    state: 'unknown',
    found: 'the app runs on Kubernetes with Azure Arc, and func-harden does not check such apps',
    wanted: '',
  };

/** Judges a control that does not apply. A bad value fails all the same: ARM returns it, and it takes effect on another plan. */
function judgeAnyway(control: Exclude<AnyControl, { kind: 'attestation' }>, context: AnyContext, off: Off): Verdict {
  if (typeof off !== 'string') {
    const judged = judge(control, context);
    return judged.state === 'pass' ? judged : { ...judged, state: 'unknown', found: off.unknown };
  }
  const verdict = control.kind === 'rule' ? control.judgeAnyway?.(context) : failIfSet(control, context, off);
  return verdict ?? { state: 'not-applicable', found: off, wanted: '' };
}

/** Returns a failure for a bad value that was set. A good value, or none, means that the setting does not apply. */
function failIfSet(setting: Setting<unknown>, context: AnyContext, off: string): Verdict | undefined {
  if (!isReadAnyway(setting)) return undefined;
  if ((valueAt(context.facts[setting.at[0]] as unknown as Json, setting.at[1]) ?? null) === null) return undefined;
  const verdict = judge(setting, context);
  return verdict.state === 'fail' ? { ...verdict, found: `${verdict.found}, although ${off}` } : undefined;
}

function attested(decision: Decision | undefined, today: string): Pick<ControlState, 'state' | 'found' | 'reason' | 'signed'> {
  if (decision?.decision !== 'attest') return { state: 'attestation-missing', found: 'no attestation', reason: null };
  const found = `${decision.by}, until ${decision.until}: ${decision.evidence}`;
  return decision.until < today
    ? { state: 'attestation-expired', found, reason: `expired on ${decision.until}`, signed: decision }
    : { state: 'attested', found, reason: null, signed: decision };
}

function accepted(decision: Decision | undefined, today: string): Pick<ControlState, 'state' | 'reason' | 'signed'> {
  if (decision?.decision !== 'accept') return { state: 'fail', reason: null };
  if (decision.until < today)
    return { state: 'fail', reason: `the exception of ${decision.by} expired on ${decision.until}`, signed: decision };
  return { state: 'accepted', reason: `${decision.by}, until ${decision.until}: ${decision.reason}`, signed: decision };
}

/** Judges a finding that only an answer makes good: accepted as an exception if a person is responsible for it, else a finding. */
function applyException(
  step: AnyStep,
  control: Exclude<AnyControl, { kind: 'attestation' }>,
  context: AnyContext,
  decided: StepDecision,
  today: string,
): Partial<ControlState> | undefined {
  if (Object.keys(decided.answers).length === 0) return undefined;
  const without = (names: readonly string[]) => {
    const answers = Object.entries(decided.answers).filter(([name]) => !names.includes(name));
    return judge(control, { ...context, answers: Object.fromEntries(answers) });
  };
  const names = questionsOf(step).flatMap(([name, { exempts }]) => (exempts && decided.answers[name] !== undefined ? [name] : []));
  const strict = names.length > 0 ? without(names) : undefined;
  if (strict?.state !== 'fail') return undefined;
  const own = names.filter((name) => without([name]).state === 'fail');
  const { exception } = decided;
  const decision = decisionOn({ answers: {}, controls: decided.controls }, control.id);
  if (exception && decision?.decision !== 'accept') {
    const signed = accepted({ decision: 'accept', ...exception }, today);
    return signed.state === 'accepted'
      ? { ...signed, wanted: strict.wanted }
      : { ...signed, ...asFinding(strict), stays: signed.reason ?? '' };
  }
  const finding = { ...asFinding(strict), ...accepted(decision, today) };
  if (finding.state === 'accepted') return finding;
  const reason = `the answer ${(own.length > 0 ? own : names).join(', ')} is an exception; add the fields "by", "reason" and "until" to the area`;
  return { ...finding, reason: finding.reason ?? reason, stays: finding.reason ?? reason };
}

const asFinding = ({ found, wanted, lines = [] }: Verdict): Pick<ControlState, 'found' | 'wanted' | 'lines'> => ({ found, wanted, lines });

/** Returns what happened and what to do, as one text. A message of Azure may end without a period. */
export const adviceOf = ({ message, next }: ArmFailure): string => `${message.replace(/\.?$/, '.')} ${next}`;
