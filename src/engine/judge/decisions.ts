import type { AnyControl, Decision, StepDecision, Signed, Decisions, Profile } from '../../contract/index.ts';
import type { Target } from '../../azure/index.ts';
import { KEY_KINDS, kindOf, matchesKey } from '../fleet/selectors.ts';
export const SIGNED_WITH: Readonly<Record<Signed, readonly ['by', 'reason' | 'evidence', 'until']>> = {
  accept: ['by', 'reason', 'until'],
  attest: ['by', 'evidence', 'until'],
};

/** Makes a signed decision of the texts that were given for it. */
export function signedDecision(decision: Signed, said: Readonly<Record<string, string>>): Decision {
  const { by = '', until = '', reason = '', evidence = '' } = said;
  return decision === 'accept' ? { decision, by, reason, until } : { decision, by, evidence, until };
}

/** Returns why a text is not a date, or is a date in the past, or undefined where it is valid. 30 February is not valid. */
export function dayProblem(text: string, today?: Date): string | undefined {
  const day = /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined;
  if (day && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text))
    return today && day < new Date(today.toISOString().slice(0, 10)) ? `${text} is in the past` : undefined;
  return `"${text}" is not a date; write it as YYYY-MM-DD`;
}

/** Returns why a member of a signed decision, as a person typed it, is not accepted, or undefined where it is. */
export function memberProblem(member: string, text: string, today?: Date): string | undefined {
  if (member === 'until') return text === '' ? 'An end date is required. Write it as YYYY-MM-DD.' : dayProblem(text, today);
  return text === '' ? 'This field is required, so that the decision can be explained later.' : undefined;
}

export interface AnswersFile {
  readonly defaults: Decisions;
  /** Decisions by app name, `app/slot`, resource id, pattern of names, or tags. */
  readonly apps: Readonly<Record<string, Decisions>>;
  /** The folder with the code that declares the apps. */
  readonly source?: string;
}

export const NO_DECISION: StepDecision = { answers: {}, controls: {} };

/** Whether a key of `apps:` is the name or the resource id of this target. */
export function namesTarget(key: string, target: Target): boolean {
  const wanted = key.toLowerCase();
  return wanted === target.label.toLowerCase() || wanted === target.id.toLowerCase();
}

/**
 * Returns the decisions for one app, merged member by member: defaults, tags, patterns, its name, its id. Of equal keys, the later one in
 * the file takes precedence. Where another app has the same name (`isShared`), the name selects neither of them.
 */
export const decisionsFor = (file: AnswersFile, target: Target, isShared = false): Decisions =>
  sectionsFor(file, target, isShared).reduce((merged, [, decisions]) => mergeDecisions(merged, decisions), file.defaults);

/** Returns the sections of `apps:` that match this target, the weakest first. */
function sectionsFor({ apps }: AnswersFile, target: Target, isShared = false): (readonly [string, Decisions])[] {
  const rank = ([key]: readonly [string, Decisions]) => KEY_KINDS.indexOf(kindOf(key));
  return Object.entries(apps)
    .filter(([key]) => matchesKey(key, target) && !(isShared && kindOf(key) === 'name'))
    .toSorted((a, b) => rank(a) - rank(b));
}

/** Returns the path in the file of the area, or of one of its answers, that takes precedence for this target. */
export function placeIn(file: AnswersFile, target: Target, step: string, question?: string): readonly string[] {
  const holds = (own: StepDecision | undefined) => (question === undefined ? own : own?.answers[question]) !== undefined;
  const key = sectionsFor(file, target).findLast(([, decisions]) => holds(decisions[step]))?.[0];
  return [...(key === undefined ? ['defaults'] : ['apps', key]), 'steps', step, ...(question === undefined ? [] : ['answers', question])];
}

/** Merges decisions onto others, member by member. */
export function mergeDecisions(base: Decisions, own: Decisions): Decisions {
  const merged: Record<string, StepDecision> = { ...base };
  for (const [id, step] of Object.entries(own)) {
    const below = merged[id] ?? NO_DECISION;
    const decision = step.decision ?? below.decision;
    // A new answer needs a new person, reason and date.
    const exception = step.exception ?? (Object.keys(step.answers).length > 0 ? undefined : below.exception);
    merged[id] = {
      ...(decision ? { decision } : {}),
      ...(exception ? { exception } : {}),
      answers: { ...below.answers, ...step.answers },
      // A decision for the area of an app overrides decisions for single controls of all apps.
      controls: step.decision ? step.controls : { ...below.controls, ...step.controls },
    };
  }
  return merged;
}

/** Whether a control is to be changed, by its own decision or by the decision of its area. */
export function isChosen(control: Pick<AnyControl, 'id' | 'optIn' | 'strict'>, decided: StepDecision, profile?: Profile): boolean {
  const own = decided.controls[control.id];
  if (own) return own.decision === 'apply';
  return decided.decision?.decision === 'apply' && !control.optIn && !(profile === 'baseline' && control.strict);
}

/** Returns the decision for one control; that of its area where it has none. */
export const decisionOn = (step: StepDecision | undefined, control: string): Decision | undefined =>
  step?.controls[control] ?? step?.decision;
