import {
  compareVersions,
  type AnyControl,
  type AnyStep,
  type Context,
  type Expect,
  type Json,
  type ResourceKey,
  type Setting,
  type Severity,
  type Verdict,
} from '../step.ts';
import type { Claims } from './claims.ts';
import { NO_DECISION, decisionOn, type Decision, type Decisions, type SignedDecision, type StepDecision } from './decisions.ts';
import { Unreadable, type FactStore } from './facts.ts';
import { appOf, notOn } from './hosting.ts';
import type { ArmFailure, ArmReader } from './ports.ts';
import { valueAt } from './values.ts';

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
/** Worst first: the state of an area is the first of these that one of its controls has. */
export type State = (typeof STATES)[number];

export interface ControlState {
  readonly id: string;
  readonly control: AnyControl;
  readonly state: State;
  readonly severity: Severity;
  readonly found: string;
  readonly wanted: string;
  /** ARM id of the resource it was judged by; null for attestations. */
  readonly resource: string | null;
  readonly path: string | null;
  readonly reason: string | null;
  readonly lines: readonly string[];
  /** What a person put a name to, in force or ended, where the state hangs on it. */
  readonly signed?: SignedDecision;
  /** Why it could not be read, where the state is `unknown`. */
  readonly failure?: ArmFailure;
}

export interface StepState {
  readonly step: AnyStep;
  readonly state: State;
  readonly controls: readonly ControlState[];
}

export interface Circumstances {
  readonly decisions: Decisions;
  /** ISO date, for attestations and exceptions that end. */
  readonly today: string;
  readonly myIp?: string;
  /** Object id of the caller. */
  readonly me?: string;
  readonly meIsApp?: boolean;
  /** What earlier apps of the same plan claimed. */
  readonly claims?: Claims;
}

// oxlint-disable-next-line typescript/no-explicit-any
export type AnyContext = Context<any>;

/** What a verdict on this control looks at. */
export const readsOf = (control: AnyControl): readonly ResourceKey[] =>
  control.kind === 'setting' ? [control.at[0]] : (control.reads ?? []);

/** Every resource that judging these steps needs; the site always, because it tells the hosting. */
export const readsOfSteps = (steps: readonly AnyStep[]): ResourceKey[] => [
  ...new Set<ResourceKey>(['site', ...steps.flatMap((step) => step.controls.flatMap(readsOf))]),
];

/** Judges every control of the steps from what the store has read. */
export function assess(steps: readonly AnyStep[], store: FactStore, reader: ArmReader, by: Circumstances): StepState[] {
  return steps.map((step) => {
    const decided = by.decisions[step.id] ?? NO_DECISION;
    const context = contextOf(store, decided, by);
    const controls = step.controls.map((control) => assessControl(step, control, context, decided, store, reader, by.today));
    return { step, controls, state: STATES.find((state) => controls.some((control) => control.state === state)) ?? 'not-applicable' };
  });
}

export function contextOf(
  store: FactStore,
  decided: StepDecision,
  by: Circumstances,
  chosen: (control: string) => boolean = () => true,
): AnyContext | ArmFailure {
  const site = store.fact('site');
  if (site?.state === 'unreadable') return site.failure;
  return {
    app: appOf(store.target, store.view.site),
    facts: store.view,
    planned: store.view,
    answers: decided.answers,
    today: by.today,
    chosen,
    ...(by.myIp ? { myIp: by.myIp } : {}),
    ...(by.me ? { me: by.me, meIsApp: by.meIsApp === true } : {}),
  };
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
  if (!('app' in context)) return { ...base, state: 'unknown', reason: `${context.message} ${context.next}`, failure: context };
  const off = notOn(control, context.app) ?? reasonOff(control, context);
  if (off !== undefined) return { ...base, state: 'not-applicable', reason: off };
  if (control.kind === 'attestation')
    return { ...base, ...attested(decision, today), wanted: control.statement, lines: subjectOf(control, context) };
  try {
    const verdict = judge(control, context);
    const state = { ...base, state: verdict.state, found: verdict.found, wanted: verdict.wanted, lines: verdict.lines ?? [] };
    if (verdict.state === 'not-applicable' || verdict.state === 'unknown') return { ...state, reason: verdict.found };
    return verdict.state === 'fail' ? { ...state, ...accepted(decision, today) } : state;
  } catch (error) {
    // A body of another shape than ARM documents must not end the audit of everything else.
    if (error instanceof TypeError) return { ...base, state: 'unknown', reason: 'Azure answered in a shape that is not known here.' };
    if (!(error instanceof Unreadable)) throw error;
    return { ...base, state: 'unknown', reason: `${error.failure.message} ${error.failure.next}`, failure: error.failure };
  }
}

/** What an attestation is about; a list that cannot be read does not stop a person from attesting. */
function subjectOf(control: Extract<AnyControl, { kind: 'attestation' }>, context: AnyContext): readonly string[] {
  try {
    return control.subject?.(context) ?? [];
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return [`What it is about could not be read: ${error.failure.message}`];
  }
}

function reasonOff(control: AnyControl, context: AnyContext): string | undefined {
  const applies = control.appliesTo?.(context) ?? true;
  return applies === true ? undefined : applies;
}

function attested(decision: Decision | undefined, today: string): Pick<ControlState, 'state' | 'found' | 'reason' | 'signed'> {
  if (decision?.decision !== 'attest') return { state: 'attestation-missing', found: 'nobody has attested it', reason: null };
  const found = `${decision.by}, until ${decision.until}: ${decision.evidence}`;
  return decision.until < today
    ? { state: 'attestation-expired', found, reason: `ended on ${decision.until}`, signed: decision }
    : { state: 'attested', found, reason: null, signed: decision };
}

function accepted(decision: Decision | undefined, today: string): Pick<ControlState, 'state' | 'reason' | 'signed'> {
  if (decision?.decision !== 'accept') return { state: 'fail', reason: null };
  if (decision.until < today)
    return { state: 'fail', reason: `the exception of ${decision.by} ended on ${decision.until}`, signed: decision };
  return { state: 'accepted', reason: `${decision.by}, until ${decision.until}: ${decision.reason}`, signed: decision };
}

export function judge(control: Exclude<AnyControl, { kind: 'attestation' }>, context: AnyContext): Verdict {
  if (control.kind === 'rule') return control.judge(context);
  const value = settingValue(control, context);
  const expect: Expect = typeof control.expect === 'function' ? control.expect(context) : control.expect;
  return { state: meets(value, expect) ? 'pass' : 'fail', found: shown(value), wanted: wantedText(expect) };
}

function settingValue(setting: Setting<unknown>, context: AnyContext): Json {
  const body = context.facts[setting.at[0]] as unknown as Json;
  return valueAt(body, setting.at[1]) ?? setting.absent ?? null;
}

function meets(value: Json, expect: Expect): boolean {
  if ('equals' in expect) return value === expect.equals;
  if ('oneOf' in expect) return expect.oneOf.includes(value);
  if ('positive' in expect) return typeof value === 'number' && value > 0;
  return typeof value === 'string' && compareVersions(value, expect.atLeastVersion) >= 0;
}

function wantedText(expect: Expect): string {
  if ('equals' in expect) return shown(expect.equals);
  if ('oneOf' in expect) return expect.oneOf.map(shown).join(' or ');
  return 'positive' in expect ? 'more than 0' : `${expect.atLeastVersion} or later`;
}

/** A value as a person reads it. */
export const shown = (value: Json | undefined): string =>
  value === true
    ? 'on'
    : value === false
      ? 'off'
      : value === null || value === undefined
        ? 'not set'
        : typeof value === 'string'
          ? value || '(empty)'
          : typeof value === 'object'
            ? JSON.stringify(value)
            : String(value);
