/** Opens one app: reads what judging requires, judges it, and finds the initial values of its questions. */
import { choicesOf, startsOf } from '../engine/judge/question-offers.ts';
import { ArmFailure } from '../engine/ports.ts';
import type { Invocation } from '../cli/invocation.ts';
import type { AnyStep, Decisions } from '../contract/index.ts';
import type { Target } from '../azure/index.ts';
import { assess, readsOfSteps, type StepState } from '../engine/judge/assess.ts';
import { NO_DECISION, decisionsFor, type AnswersFile } from '../engine/judge/decisions.ts';
import { FactStore } from '../engine/judge/facts.ts';
import type { Connection, ArmReader, Inventoried } from '../engine/ports.ts';
import type { OpenApp } from '../engine/session.ts';
import { productionOf } from '../engine/fleet/targets.ts';
import { circumstances } from './option-values.ts';
import { knownApp, contextOf, type Circumstances } from '../engine/judge/circumstances.ts';

type Given = readonly [Target, FactStore, readonly AnyStep[], Connection, Decisions, Invocation['options']];

/** An area as a host shows it: its verdicts, and the initial values and choices of its questions. */
interface AreaWithQuestions {
  readonly state: StepState;
  readonly prefill: ReturnType<typeof startsOf>;
  readonly choices: ReturnType<typeof choicesOf>;
}

/** The inputs of an area's state: facts, options, date, caller, and the decisions that it read, as texts. */
interface MadeFrom {
  readonly around: readonly unknown[];
  readonly looked: ReadonlyMap<string, string>;
  readonly area: AreaWithQuestions;
}

const MADE = new WeakMap<FactStore, Map<AnyStep, MadeFrom>>();
const textOf = (decisions: Decisions, area: string): string => JSON.stringify(decisions[area]) ?? '';

/** Returns an area; the one from before where nothing changed that it looks at, because a person decides one area after the other. */
function areaOf(step: AnyStep, store: FactStore, reader: ArmReader, by: Circumstances, options: Invocation['options']): AreaWithQuestions {
  const made = MADE.get(store) ?? new Map<AnyStep, MadeFrom>();
  MADE.set(store, made);
  const around = [store.reads, options, by.today, by.me];
  const before = made.get(step);
  if (
    before?.around.every((one, at) => one === around[at]) &&
    [...before.looked].every(([area, text]) => text === textOf(by.decisions, area))
  )
    return before.area;
  const looked = new Map<string, string>();
  const decisions = new Proxy(by.decisions, {
    get(of, area: string) {
      looked.set(area, textOf(of, area));
      return of[area];
    },
  });
  const here = { ...by, decisions };
  const context = contextOf(store, decisions[step.id] ?? NO_DECISION, here);
  const [state] = assess([step], store, reader, here) as [StepState];
  const area = { state, prefill: startsOf(step, context), choices: choicesOf(step, context) };
  made.set(step, { around, looked, area });
  return area;
}

export function appWithQuestions(...[target, store, steps, connection, decisions, options]: Given): Omit<OpenApp, 'siblings'> {
  const by = circumstances(options, decisions, connection.account);
  const app = knownApp(store);
  const areas = steps.map((step) => areaOf(step, store, connection.reader, by, options));
  return {
    target,
    app: app instanceof ArmFailure ? undefined : app,
    steps: areas.map(({ state }) => state),
    decisions,
    blocked: [],
    ...(by.codeTags ? { codeTags: by.codeTags } : {}),
    prefill: Object.fromEntries(areas.map(({ state, prefill }) => [state.step.id, prefill])),
    options: Object.fromEntries(areas.map(({ state, choices }) => [state.step.id, choices])),
    readAt: new Date(),
  };
}

/** Returns production and slots; only the app where slots cannot be listed, as on plans without slots. */
export async function siblingsOf(target: Target, { discovery }: Connection): Promise<Target[]> {
  const { slot, ...rest } = target;
  const production: Target = slot ? { ...rest, id: productionOf(target.id), label: target.name } : target;
  return [production, ...(await discovery.slots(production).catch(() => (slot ? [target] : [])))];
}

interface OpenedApp {
  readonly target: Target;
  readonly store: FactStore;
  readonly decisions: Decisions;
}

/** Reads what judging the steps requires, each resource once, in parallel. `held`: resources that the list of many apps has read already. */
export async function openApp(
  reader: ArmReader,
  target: Target,
  steps: readonly AnyStep[],
  answers: AnswersFile | undefined,
  held?: Inventoried['held'],
): Promise<OpenedApp> {
  const store = new FactStore(reader, target, held);
  await store.load(readsOfSteps(steps));
  return { target, store, decisions: answers ? decisionsFor(answers, target) : {} };
}

/** Returns a cache of the last result, which is reused while all inputs are the same objects. */
export function memoizeLast<T>(): (from: readonly unknown[], make: () => T) => T {
  let last: { readonly from: readonly unknown[]; readonly made: T } | undefined;
  return (from, make) => {
    if (!last || from.some((one, at) => one !== last?.from[at])) last = { from, made: make() };
    return last.made;
  };
}
