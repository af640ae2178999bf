/** How far an app is, and what comes next. */
import { isFixable } from '../engine/choices.ts';
import type { StepState } from '../engine/assess.ts';
import { isChosen } from '../engine/plan.ts';
import { needsName } from '../engine/risk.ts';
import type { Judged } from '../engine/session.ts';
import type { Severity } from '../step.ts';

/** Areas that were decided and of which something is still to be applied. */
export const queuedIn = ({ steps, decisions }: Pick<Judged, 'steps' | 'decisions'>): readonly StepState[] =>
  steps.filter(({ step, controls }) => {
    const decided = decisions[step.id];
    return decided !== undefined && controls.some((one) => one.state === 'fail' && isFixable(one) && isChosen(one.control, decided));
  });

/** The worst first. */
export const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low'];

/** How many controls fail, by severity, the worst first; only those that there are. */
export function bySeverity(steps: readonly StepState[]): readonly (readonly [Severity, number])[] {
  const failing = steps.flatMap(({ controls }) => controls).filter(({ state }) => state === 'fail');
  return SEVERITIES.map((severity) => [severity, failing.filter((one) => one.severity === severity).length] as const).filter(
    ([, count]) => count > 0,
  );
}

export const passing = (steps: readonly StepState[]): number =>
  steps.flatMap(({ controls }) => controls).filter(({ state }) => state === 'pass' || state === 'attested').length;

/** Where there is most to win for the least risk: the worst findings that can be mended from here, safe ones first. */
export function worthFirst(steps: readonly StepState[], most = 3): readonly StepState[] {
  const rank = ({ controls }: StepState): number => {
    const open = controls.filter((one) => one.state === 'fail' && isFixable(one) && !one.control.optIn);
    if (open.length === 0) return Number.MAX_SAFE_INTEGER;
    const worst = Math.min(...open.map(({ severity }) => SEVERITIES.indexOf(severity)));
    const risky = open.every(({ control }) => control.kind !== 'attestation' && control.risk !== undefined && needsName(control.risk));
    return worst * 100 + (risky ? 50 : 0) - Math.min(49, open.length);
  };
  return steps
    .filter((step) => rank(step) < Number.MAX_SAFE_INTEGER)
    .toSorted((a, b) => rank(a) - rank(b))
    .slice(0, most);
}
