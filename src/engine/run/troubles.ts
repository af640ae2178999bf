/** Failures of a job before anything is sent. They are counted the same, with the same exit code, in every host and command. */
import { EXIT, exitOf, worst, type ExitCode } from '../errors.ts';
import { endingAsBefore, endingWithoutRun, type Ending } from './outcome.ts';
import type { Plan } from '../plan/plan.ts';
import type { ArmFailure } from '../ports.ts';
import { isUndo, type Job } from '../session.ts';
import type { Target } from '../../azure/index.ts';
import type { Damage } from '../../change/undo-log.ts';
import { CREATED_SINCE } from '../past/created-since.ts';
import { USED_SINCE } from '../past/later-use.ts';
import { CANNOT_UNSET } from '../past/obstacles.ts';
import { appliedBefore, isHeldUp } from '../past/resume.ts';
import type { UndoPlan } from '../past/undo.ts';

/** A failure before anything was sent, with its exit code. */
export interface Trouble {
  readonly app: string;
  readonly message: string;
  /** Whether the message names the app, or is about no app of its own. */
  readonly isNamed?: true;
  readonly next: readonly string[];
  readonly code: ExitCode;
  /** The reason why apps or slots could not be listed. */
  readonly failure?: ArmFailure;
  /** The kind of the failure. Failures of one kind in many apps are reported as one. */
  readonly kind?: string;
  /** The id of the app, where a guard stops one of its controls. */
  readonly stoppedIn?: string;
  /** The control, and what the message says of it, so that controls of an app with the same failure are reported as one. */
  readonly about?: { readonly control: string; readonly says: string; readonly saysOfSeveral: string };
}

export const troubleCode = (troubles: readonly Trouble[]): ExitCode => worst(troubles.map(({ code }) => code));

/**
 * Returns the exit code of a job that ends because input is missing. In an app that needs the input nothing was tried yet, so a control that
 * a guard stops there is no failure; failures of other apps count.
 */
export function inputCode(troubles: readonly Trouble[], asking: readonly Target[]): ExitCode {
  const ids = new Set(asking.map(({ id }) => id));
  return worst([EXIT.inputNeeded, troubleCode(troubles.filter(({ stoppedIn }) => stoppedIn === undefined || !ids.has(stoppedIn)))]);
}

/** Returns the controls that were chosen and cannot be changed: they could not be read, or a guard stops them. */
export const planTroubles = ({ target: { id: target, label: app }, unknown, blocked }: Plan): Trouble[] => [
  ...unknown.map(({ id, reason, failure }) => {
    // A value may be read whole and still not show whether the control passes.
    const [says, saysOfSeveral] = (failure ? ['could not be read', 'could not be read'] : ['is unknown', 'are unknown']).map(
      (word) => `${word}: ${reason ?? ''}`,
    ) as [string, string];
    return {
      app,
      message: `${id} ${says}`,
      about: { control: id, says, saysOfSeveral },
      next: [],
      code: failure ? exitOf(failure) : EXIT.failed,
      kind: `${id} ${failure?.kind ?? ''}`,
    };
  }),
  ...blocked.map(({ id, control, says: why }) => {
    const says = `is not changed: ${why}`;
    return {
      app,
      message: `${control} ${says}`,
      about: { control, says, saysOfSeveral: `are not changed: ${why}` },
      next: [],
      code: id === 'rights' ? EXIT.forbidden : EXIT.failed,
      kind: `${control} ${id}`,
      ...(id === 'rights' ? {} : { stoppedIn: target }),
    };
  }),
];

type Troubled = Pick<UndoPlan, 'conflicts' | 'left' | 'damage'>;

/** Returns the number of damaged changes. Lines without a known change count as one. */
const damagedChanges = (damage: readonly Damage[]): number => new Set(damage.map(({ change }) => change)).size;

/** Returns the exit code for changes that an undo should have reverted and leaves: refused, or changed by someone else. One-way ones were announced. */
export function undoCode({ conflicts, left, damage }: Troubled, overwrite = false): ExitCode {
  return worst([
    ...[...(overwrite ? [] : conflicts), ...damage].map(() => EXIT.partial),
    ...left.flatMap(({ failure }) =>
      failure ? [[USED_SINCE, CREATED_SINCE, CANNOT_UNSET].includes(failure.code) ? EXIT.partial : exitOf(failure)] : [],
    ),
  ]);
}

/** Returns the number of changes that an undo leaves as they are, wholly or in part, including one-way changes. */
export function countKept({ conflicts, left, damage }: Troubled, overwrite = false): number {
  const foreign = overwrite ? [] : conflicts.map(({ change }) => change);
  return new Set([...foreign, ...left.filter(({ isBack }) => !isBack).map(({ change }) => change)]).size + damagedChanges(damage);
}

/** Returns the number of changes of which nothing is left to revert. */
export const countBack = ({ left }: Pick<UndoPlan, 'left'>): number => left.filter(({ isBack }) => isBack).length;

/** Counts outside the changes of a job. */
interface TroubleCount {
  readonly count: number;
  readonly code: ExitCode;
  /** The number of changes that an undo leaves as they are. */
  readonly kept: number;
}

export function countTroubles(job: Job): TroubleCount {
  if (job.do === 'apply') return countPlans([job.plan]);
  // Controls that are left out of a batch were reported already; they are not failures of the run.
  if (job.do === 'batch') return { count: 0, code: EXIT.ok, kept: 0 };
  if (job.do === 'undo') return countUndo(job.plan, job.options.overwrite);
  const { undo, plans, settled } = job.left;
  const { count, code, kept } = undo ? countUndo(undo.plan, job.run.start.overwrite) : countPlans(plans);
  // If a value cannot be read back, it is unknown whether the change was applied; a person must check it.
  const open = settled.some(({ found }) => found === 'not-known') || job.run.damage ? EXIT.partial : EXIT.ok;
  return { count, code: worst([code, open]), kept };
}

function countPlans(plans: readonly Plan[]): TroubleCount {
  const troubles = plans.flatMap(planTroubles);
  return { count: troubles.length, code: troubleCode(troubles), kept: 0 };
}

/** What an undo leaves is kept. It fails where it is sent and refused. */
const countUndo = (plan: UndoPlan, overwrite?: boolean): TroubleCount => ({
  count: 0,
  code: undoCode(plan, overwrite),
  kept: countKept(plan, overwrite),
});

/** Whether a change failed while it was sent, beyond the failures that were known before. */
export const isBroken = (job: Job, { failed }: Pick<Ending, 'failed'>): boolean => failed > countTroubles(job).count;

/** Returns the ending of a job that sends nothing. */
export function endingWithout(job: Job): Ending {
  const { count, code, kept } = countTroubles(job);
  if (job.do === 'resume' && isHeldUp(job.left)) return endingAsBefore(job.run, appliedBefore(job.run, job.left.entries), count, code);
  const undo = job.do === 'undo' ? job.plan : job.do === 'resume' ? job.left.undo?.plan : undefined;
  return endingWithoutRun(isUndo(job) ? 'undo' : job.do === 'resume' ? 'resume' : 'wizard', count, code, kept, undo && countBack(undo));
}
