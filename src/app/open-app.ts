/** Opens one app: reads what judging requires, judges it, and finds the initial values of its questions. */
import { choicesOf, startsOf } from '../engine/judge/question-offers.ts';
import { ArmFailure } from '../engine/ports.ts';
import type { Invocation } from '../cli/invocation.ts';
import type { AnyStep, Decisions } from '../contract/index.ts';
import type { Target } from '../azure/index.ts';
import { assess, readsOfSteps } from '../engine/judge/assess.ts';
import { NO_DECISION, decisionsFor, type AnswersFile } from '../engine/judge/decisions.ts';
import { FactStore } from '../engine/judge/facts.ts';
import type { Connection, ArmReader, Inventoried } from '../engine/ports.ts';
import type { Judged, OpenApp } from '../engine/session.ts';
import { productionOf } from '../engine/fleet/targets.ts';
import { circumstances } from './option-values.ts';
import { knownApp, contextOf, type AnyContext } from '../engine/judge/circumstances.ts';

type Given = readonly [Target, FactStore, readonly AnyStep[], Connection, Decisions, Invocation['options']];

function judgedApp(...[target, store, steps, connection, decisions, options]: Given): Judged {
  const by = circumstances(options, decisions, connection.account);
  const app = knownApp(store);
  return {
    target,
    app: app instanceof ArmFailure ? undefined : app,
    steps: assess(steps, store, connection.reader, by),
    decisions,
    blocked: [],
  };
}

export function appWithQuestions(...given: Given): Omit<OpenApp, 'siblings'> {
  const [, store, steps, connection, decisions, options] = given;
  const by = circumstances(options, decisions, connection.account);
  const contextFor = (step: AnyStep): AnyContext | Error => contextOf(store, decisions[step.id] ?? NO_DECISION, by);
  return {
    ...judgedApp(...given),
    ...(by.codeTags ? { codeTags: by.codeTags } : {}),
    prefill: Object.fromEntries(steps.map((step) => [step.id, startsOf(step, contextFor(step))])),
    options: Object.fromEntries(steps.map((step) => [step.id, choicesOf(step, contextFor(step))])),
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

/** Reads what judging the steps requires, each resource once, in parallel. `held`: what a list of many apps has already. */
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
