/** The plan of everything that can be fixed without an answer. No change in it locks out a caller or is one-way. */
import { type AnyStep, type Decisions, type Profile, type Risk } from '../../contract/index.ts';
import type { ArmWriter } from '../ports.ts';
import { assess, type ControlState } from '../judge/assess.ts';
import type { Circumstances } from '../judge/circumstances.ts';
import type { FactStore } from '../judge/facts.ts';
import type { Target } from '../../azure/index.ts';
import type { Change, GuardNote } from '../../change/change.ts';
import { sharedClashes } from '../judge/contradictions.ts';
import { inProfile } from '../judge/area-decisions.ts';
import { plan, workWithoutStops } from '../plan/plan.ts';
import type { Plan } from '../plan/plan-result.ts';
import { type MildRisk, safeDecisions, withoutControls } from './safe-fixes.ts';

/** The choice of a person: restarts as well, or without some controls. */
export interface SafeChoice {
  readonly risks: readonly MildRisk[];
  readonly profile?: Profile;
  /** Full ids of the controls that were removed. */
  readonly without?: ReadonlySet<string>;
}

/** The plan, and the decisions that give the same plan from an answers file. */
interface SafePlan {
  readonly plan: Plan;
  readonly decided: Decisions;
}

/** Plans everything safe in one app, without changes whose risk is higher than declared, for example if a secret cannot be restored. */
export async function planSafe(
  steps: readonly AnyStep[],
  store: FactStore,
  arm: ArmWriter,
  by: Circumstances,
  { risks, profile, without = new Set() }: SafeChoice,
): Promise<SafePlan> {
  const judged = assess(
    steps.map((step) => inProfile(step, profile)),
    store,
    arm,
    by,
  );
  let decided = withoutControls(safeDecisions(judged, by.decisions, risks), without);
  const unchecked: GuardNote[] = [];
  for (;;) {
    const chosen = decided;
    const result = await plan(
      steps.filter(({ id }) => chosen[id]),
      store,
      arm,
      { ...by, decisions: { ...by.decisions, ...chosen } },
    );
    const isWorse = ({ risk }: { readonly risk: Risk }) => !risks.includes(risk as MildRisk);
    const worse = result.changes.filter(isWorse);
    const unread = unreadSafeControls(judged, risks, without);
    if (worse.length === 0) {
      const all = { ...result, blocked: [...result.blocked, ...unchecked], unknown: [...result.unknown, ...unread] };
      return { plan: { ...all, work: workWithoutStops(all) }, decided };
    }
    for (const note of worse.flatMap(({ guards }) => guards))
      if (note.unchecked && !unchecked.some(({ control, says }) => control === note.control && says === note.says))
        unchecked.push({ ...note, level: 'stop' });
    // The other controls of a request are planned again without the one that makes it risky.
    const risky = worse.flatMap(({ controls, parts = [] }) => {
      const own = parts.filter(isWorse).map(({ control }) => control);
      return own.length > 0 ? own : controls;
    });
    decided = withoutControls(decided, new Set(risky));
  }
}

/**
 * Returns plans that want the same values for what they share: the first app decides, and the others are planned again without the
 * conflicting controls, because no one answered for them.
 */
export async function settlePlans<P extends { readonly target: Target; readonly changes: readonly Change[] }>(
  plans: readonly P[],
  again: (plan: P, without: ReadonlySet<string>) => Promise<P>,
): Promise<P[]> {
  const left = new Map<string, Set<string>>();
  for (const { wanted } of sharedClashes(plans.flatMap(({ changes }) => changes)))
    for (const { change } of wanted.slice(1)) {
      const ids = left.get(change.target.id) ?? new Set();
      left.set(change.target.id, ids);
      for (const id of change.controls) ids.add(id);
    }
  return Promise.all(plans.map((one) => (left.has(one.target.id) ? again(one, left.get(one.target.id) ?? new Set()) : one)));
}

/** Returns the controls that would be in the plan if they failed, and that could not be read. They are reported, not ignored. */
const unreadSafeControls = (judged: ReturnType<typeof assess>, risks: readonly MildRisk[], without: ReadonlySet<string>): ControlState[] =>
  judged
    .flatMap(({ controls }) => controls)
    .filter(
      ({ id, state, failure, control }) =>
        state === 'unknown' &&
        failure !== undefined &&
        control.kind !== 'attestation' &&
        !control.optIn &&
        !without.has(id) &&
        risks.includes((control.risk ?? 'disruptive') as MildRisk),
    );
