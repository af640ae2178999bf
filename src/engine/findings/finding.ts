/** Findings as values: one control that fails, with the apps it fails for, what mends it and what that does to people. */
import type { AnyControl, AnyStep, Decisions, Severity } from '../../contract/index.ts';
import type { Target } from '../../azure/index.ts';
import { isFixable } from '../judge/area-decisions.ts';
import type { ControlState, State, StepState } from '../judge/assess.ts';
import { isSafeFix } from './safe-fixes.ts';
import type { FindingRisk } from './words.ts';

/** How the finding is mended: by `--safe`, once a person decided or answered, or by hand. */
export type Fix = 'safe' | 'answers' | 'by-hand';

export interface Finding {
  /** Full id of the control, like https.min-tls. */
  readonly id: string;
  readonly step: AnyStep;
  readonly control: AnyControl;
  readonly severity: Severity;
  readonly risk: FindingRisk;
  readonly fix: Fix;
  readonly state: State;
  readonly found: string;
  readonly wanted: string;
  readonly resource: string | null;
  /** The finding is about a resource that several apps may use, and stands once for all of them. */
  readonly isShared: boolean;
  readonly apps: readonly Target[];
}

/** Whether a control is a finding. Nobody was asked to attest anything unless there is an answers file to do it in. */
export const isFinding = ({ state }: Pick<ControlState, 'state'>, asksAttestations: boolean): boolean =>
  state === 'fail' || (asksAttestations && (state === 'attestation-missing' || state === 'attestation-expired'));

export const riskOfFix = (state: ControlState): FindingRisk =>
  isFixable(state) && state.control.kind !== 'attestation' ? (state.control.risk ?? 'disruptive') : 'by-hand';

interface About {
  readonly asksAttestations?: boolean;
  readonly decisions?: Decisions;
}

/** Collects the findings of apps as they are judged; a finding about a resource that several apps use stands once. */
export class Findings {
  readonly #own: Finding[] = [];
  readonly #shared = new Map<string, Finding & { readonly apps: Target[] }>();
  /** Apps that were judged. */
  apps = 0;

  add(target: Target, steps: readonly StepState[], about: About = {}): void {
    this.apps += 1;
    for (const { step, controls } of steps)
      for (const state of controls) if (isFinding(state, about.asksAttestations === true)) this.#take(target, step, state, about);
  }

  #take(target: Target, step: AnyStep, state: ControlState, { decisions = {} }: About): void {
    const { id, control, severity, found, wanted, resource } = state;
    const risk = riskOfFix(state);
    const fix: Fix = risk === 'by-hand' ? 'by-hand' : isSafeFix(step, state, decisions[step.id], ['safe']) ? 'safe' : 'answers';
    const finding = { id, step, control, severity, risk, fix, state: state.state, found, wanted, resource };
    // An exception that ended was one of its app, so that finding stays with the app.
    if (state.state !== 'fail' || state.signed || !state.about || state.about.length === 0) {
      this.#own.push({ ...finding, isShared: false, apps: [target] });
      return;
    }
    for (const about of state.about) {
      const key = `${id} ${about.id.toLowerCase()}`;
      const known = this.#shared.get(key);
      if (known) known.apps.push(target);
      else this.#shared.set(key, { ...finding, found: about.found, resource: about.id, isShared: true, apps: [target] });
    }
  }

  /** Returns every finding so far, in no order. */
  all(): readonly Finding[] {
    return [...this.#own, ...[...this.#shared.values()].map((one) => ({ ...one, apps: [...one.apps] }))];
  }
}
