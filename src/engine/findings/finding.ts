/** Findings as values: one control that fails, with the apps it fails for, what mends it and what that does to people. */
import type { AnyControl, AnyStep, Decisions, Severity, StepDecision } from '../../contract/index.ts';
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
  /** By app, so that an app that is read again takes the place of itself. */
  readonly #byApp = new Map<string, readonly Finding[]>();
  readonly #texts = new Texts();

  /** Apps that were judged. */
  get apps(): number {
    return this.#byApp.size;
  }

  add(target: Target, steps: readonly StepState[], { asksAttestations = false, decisions = {} }: About = {}): void {
    const about: InApp = { apps: [target], texts: this.#texts };
    const found = steps.flatMap(({ step, controls }) =>
      controls.flatMap((state) => (isFinding(state, asksAttestations) ? findingsIn(about, step, state, decisions[step.id]) : [])),
    );
    this.#byApp.set(target.id, found);
  }

  /** Returns every finding so far, in no order. */
  all(): readonly Finding[] {
    const own: Finding[] = [];
    const shared = new Map<string, Finding & { readonly apps: Target[] }>();
    for (const list of this.#byApp.values())
      for (const one of list) {
        if (!one.isShared) {
          own.push(one);
          continue;
        }
        const key = `${one.id} ${(one.resource ?? '').toLowerCase()}`;
        const known = shared.get(key);
        if (known) known.apps.push(...one.apps);
        else shared.set(key, { ...one, apps: [...one.apps] });
      }
    return [...own, ...shared.values()];
  }
}

/** Texts that may be told from each other; the apps of a fleet have most of them in common. */
const MOST_TEXTS = 10_000;

/** The same text for the same words: each app is judged anew, so each has copies of its own. */
class Texts {
  readonly #known = new Map<string, string>();
  same<T extends string | null>(text: T): T {
    if (text === null) return text;
    const known = this.#known.get(text);
    if (known === undefined && this.#known.size < MOST_TEXTS) this.#known.set(text, text);
    return (known ?? text) as T;
  }
}

/** What all findings of an app share. */
interface InApp {
  readonly apps: readonly [Target];
  readonly texts: Texts;
}

/** One finding of a control, or one for each shared resource that it is about. */
function findingsIn({ apps, texts }: InApp, step: AnyStep, state: ControlState, decided: StepDecision | undefined): Finding[] {
  const { control, severity, about = [] } = state;
  const [id, found, wanted] = [texts.same(state.id), texts.same(state.found), texts.same(state.wanted)];
  const resource = state.resource === apps[0].id ? apps[0].id : texts.same(state.resource);
  const risk = riskOfFix(state);
  const fix: Fix = risk === 'by-hand' ? 'by-hand' : isSafeFix(step, state, decided, ['safe']) ? 'safe' : 'answers';
  const finding = { id, step, control, severity, risk, fix, state: state.state, found, wanted, resource, isShared: false, apps };
  // An exception that ended was one of its app, so that finding stays with the app.
  if (state.state !== 'fail' || state.signed || about.length === 0) return [finding];
  return about.map((one) => ({ ...finding, found: texts.same(one.found), resource: texts.same(one.id), isShared: true }));
}
