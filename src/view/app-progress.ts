/** The progress of an app, and the areas that come next. */
import { isFixable } from '../engine/judge/area-decisions.ts';
import type { StepState } from '../engine/judge/assess.ts';
import { isChosen } from '../engine/judge/decisions.ts';
import { needsName } from '../engine/plan/risk.ts';
import type { Judged } from '../engine/session.ts';
import type { Severity, Decisions, StepDecision } from '../contract/index.ts';

type Decided = Pick<Judged, 'steps' | 'decisions' | 'blocked'>;

/** Returns the full ids of controls that fail now and will pass when the decisions are applied. */
export function queuedControls(judged: Decided): ReadonlySet<string> {
  const found = queued.get(judged) ?? findQueued(judged);
  queued.set(judged, found);
  return found;
}

/** Cached, because a screen computes the queue several times. */
const queued = new WeakMap<Decided, ReadonlySet<string>>();

function findQueued({ steps, decisions, blocked }: Decided): ReadonlySet<string> {
  const waits = ({ step, controls }: StepState) => {
    const decided = decisions[step.id];
    if (decided === undefined) return [];
    return controls.filter((one) => one.state === 'fail' && isFixable(one) && isChosen(one.control, decided) && !blocked.includes(one.id));
  };
  return new Set(steps.flatMap(waits).map(({ id }) => id));
}

/** Returns the queue: areas with a decision that is not fully applied. It follows from decisions and states and is not stored. */
export function queuedIn(judged: Decided): readonly StepState[] {
  const waiting = queuedControls(judged);
  return judged.steps.filter(({ controls }) => controls.some(({ id }) => waiting.has(id)));
}

export const queuedDecisions = (judged: Decided): Decisions =>
  Object.fromEntries(queuedIn(judged).map(({ step }) => [step.id, judged.decisions[step.id] as StepDecision]));

/** Severities, the worst first. */
export const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low'];

/** Counts failing controls by severity, the worst first. Severities without findings are left out. */
export function bySeverity(steps: readonly StepState[]): readonly (readonly [Severity, number])[] {
  const counts = new Map<Severity, number>();
  for (const { controls } of steps)
    for (const { state, severity } of controls) if (state === 'fail') counts.set(severity, (counts.get(severity) ?? 0) + 1);
  return SEVERITIES.flatMap((severity) => {
    const count = counts.get(severity);
    return count === undefined ? [] : [[severity, count] as const];
  });
}

/** Counts the controls that pass. Attested and accepted controls are not included. */
export const passingCount = (steps: readonly StepState[]): number =>
  steps.flatMap(({ controls }) => controls).filter(({ state }) => state === 'pass').length;

/** Returns the areas to begin with, without those in the queue. */
export function undecidedWorst(judged: Decided): readonly StepState[] {
  const waiting = queuedControls(judged);
  return worstAreasFirst(judged.steps.filter(({ controls }) => !controls.some(({ id }) => waiting.has(id))));
}

/** Returns the areas with the highest benefit for the least risk: the worst findings that func-harden can fix, safe fixes first. */
function worstAreasFirst(steps: readonly StepState[], most = 3): readonly StepState[] {
  const rank = ({ controls }: StepState): number => {
    const open = controls.filter((one) => one.state === 'fail' && isFixable(one) && !one.control.optIn);
    if (open.length === 0) return Number.MAX_SAFE_INTEGER;
    const worst = Math.min(...open.map(({ severity }) => SEVERITIES.indexOf(severity)));
    const risky = open.every(({ control }) => control.kind !== 'attestation' && control.risk !== undefined && needsName(control.risk));
    return worst * 100 + (risky ? 50 : 0) - Math.min(49, open.length);
  };
  return steps
    .map((step) => ({ step, rank: rank(step) }))
    .filter((one) => one.rank < Number.MAX_SAFE_INTEGER)
    .toSorted((a, b) => a.rank - b.rank)
    .slice(0, most)
    .map(({ step }) => step);
}
