/** Findings as values: a control that fails, the apps that it fails for, its fix, and the effect of the fix on people. */
import type { AnyControl, AnyStep, Decisions, Severity, StepDecision } from '../../contract/index.ts';
import type { Target } from '../../azure/index.ts';
import { isFixable } from '../judge/area-decisions.ts';
import type { ControlState, State, StepState } from '../judge/assess.ts';
import { isSafeFix } from './safe-fixes.ts';
import type { FindingRisk } from './finding-terms.ts';

/** The kind of fix: with `--safe`, after a decision or an answer, or by hand. */
type Fix = 'safe' | 'answers' | 'by-hand';

export interface Finding {
  /** The full id of the control, like https.min-tls. */
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
  /** Set where the finding is about a resource that several apps may use. It is listed once for all of them. */
  readonly isShared: boolean;
  readonly apps: readonly Target[];
}

/** Whether a control is a finding. A missing attestation is one only where there is an answers file. */
export const isFinding = ({ state }: Pick<ControlState, 'state'>, asksAttestations: boolean): boolean =>
  state === 'fail' || (asksAttestations && (state === 'attestation-missing' || state === 'attestation-expired'));

/** Returns the risk of the fix, or `by-hand` where func-harden cannot change the control. */
export const riskOfFix = (state: ControlState): FindingRisk =>
  isFixable(state) && state.control.kind !== 'attestation' ? (state.control.risk ?? 'disruptive') : 'by-hand';

export interface About {
  readonly asksAttestations?: boolean;
  readonly decisions?: Decisions;
}

/** Collects the findings of apps as they are judged. A finding about a shared resource is collected once. */
export class Findings {
  /** Findings by app, so that a second reading of an app replaces the first. */
  readonly #byApp = new Map<string, readonly Finding[]>();
  readonly #unknown = new Map<string, number>();
  readonly #texts = new Texts();

  /** The number of controls that are unknown in these apps: a list without them would look complete. */
  get unknown(): number {
    return this.#unknown.values().reduce((sum, count) => sum + count, 0);
  }

  /** The number of apps that were judged. */
  get apps(): number {
    return this.#byApp.size;
  }

  add(target: Target, steps: readonly StepState[], about: About = {}): void {
    this.#byApp.set(target.id, findingsOf({ apps: [target], same: (text) => this.#texts.same(text) }, steps, about));
    this.#unknown.set(target.id, steps.flatMap(({ controls }) => controls.filter(({ state }) => state === 'unknown')).length);
  }

  /** Returns every finding so far, in no particular order. */
  all(): readonly Finding[] {
    const own: Finding[] = [];
    const shared = new SharedFindings();
    for (const list of this.#byApp.values())
      for (const one of list)
        if (one.isShared) shared.add(one);
        else own.push(one);
    return [...own, ...shared.all()];
  }
}

/** Findings about resources that several apps may use: one for each control and resource, with all apps. */
export class SharedFindings {
  readonly #known = new Map<string, Finding & { readonly apps: Target[] }>();

  add(one: Finding): void {
    const key = `${one.id} ${(one.resource ?? '').toLowerCase()}`;
    const known = this.#known.get(key);
    if (known) known.apps.push(...one.apps);
    else this.#known.set(key, { ...one, apps: [...one.apps] });
  }

  all(): Finding[] {
    return [...this.#known.values()];
  }
}

/** The number of texts that are kept. Most texts of the apps in a fleet are the same. */
const MOST_TEXTS = 10_000;

/** Returns the same string object for equal texts, because each app is judged separately and brings its own copies. */
class Texts {
  readonly #known = new Map<string, string>();
  same<T extends string | null>(text: T): T {
    if (text === null) return text;
    const known = this.#known.get(text);
    if (known === undefined && this.#known.size < MOST_TEXTS) this.#known.set(text, text);
    return (known ?? text) as T;
  }
}

/** Values that all findings of an app share. */
interface InApp {
  readonly apps: readonly [Target];
  /** Returns the string object that is held for a text. */
  readonly same: <T extends string | null>(text: T) => T;
}

/** Returns the findings in one app. */
export const findingsOf = (
  here: InApp,
  steps: readonly StepState[],
  { asksAttestations = false, decisions = {} }: About = {},
): readonly Finding[] =>
  steps.flatMap(({ step, controls }) =>
    controls.flatMap((state) => (isFinding(state, asksAttestations) ? findingsIn(here, step, state, decisions[step.id]) : [])),
  );

/** Returns the finding of a control, or one for each shared resource that it is about. */
function findingsIn({ apps, same }: InApp, step: AnyStep, state: ControlState, decided: StepDecision | undefined): Finding[] {
  const { control, severity, about = [] } = state;
  const [id, found, wanted] = [same(state.id), same(state.found), same(state.wanted)];
  const resource = state.resource === apps[0].id ? apps[0].id : same(state.resource);
  const risk = riskOfFix(state);
  const fix: Fix = risk === 'by-hand' ? 'by-hand' : isSafeFix(step, state, decided, ['safe']) ? 'safe' : 'answers';
  const finding = { id, step, control, severity, risk, fix, state: state.state, found, wanted, resource, isShared: false, apps };
  // An expired exception belongs to one app, so the finding stays with this app.
  if (state.state !== 'fail' || state.signed || about.length === 0) return [finding];
  return about.map((one) => ({ ...finding, found: same(one.found), resource: same(one.id), isShared: true }));
}
