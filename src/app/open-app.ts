/** Opens one app: reads what judging needs, judges it, and finds where its questions start. */
import { oddIn } from '../engine/judge/odd.ts';
import { ArmFailure } from '../engine/ports.ts';
import type { Invocation } from '../cli/invocation.ts';
import { type AnyStep, type Option, questionsOf, type Decisions } from '../contract/index.ts';
import type { Json, Target } from '../azure/index.ts';
import { assess, readsOfSteps } from '../engine/judge/assess.ts';
import { NO_DECISION, decisionsFor, type AnswersFile } from '../engine/judge/decisions.ts';
import { FactStore } from '../engine/judge/facts.ts';
import type { Connection, ArmReader } from '../engine/ports.ts';
import type { Judged, OpenApp } from '../engine/session.ts';
import { productionOf } from '../engine/fleet/targets.ts';
import { circumstances } from './option-values.ts';
import { knownApp, contextOf, type AnyContext } from '../engine/judge/circumstances.ts';

type Given = readonly [Target, FactStore, readonly AnyStep[], Connection, Decisions, Invocation['options']];

export function judgedApp(...[target, store, steps, connection, decisions, options]: Given): Judged {
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
  return {
    ...judgedApp(...given),
    prefill: Object.fromEntries(
      steps.map((step) => [step.id, asked<Json>(step, step.prefill, contextOf(store, decisions[step.id] ?? NO_DECISION, by))]),
    ),
    options: Object.fromEntries(
      steps.map((step) => [step.id, asked<readonly Option[]>(step, step.options, contextOf(store, decisions[step.id] ?? NO_DECISION, by))]),
    ),
    readAt: new Date(),
  };
}

/** Production and slots; the app alone where slots cannot be listed, as on plans that have none. */
export async function siblingsOf(target: Target, { discovery }: Connection): Promise<Target[]> {
  const { slot, ...rest } = target;
  const production: Target = slot ? { ...rest, id: productionOf(target.id), label: target.name } : target;
  return [production, ...(await discovery.slots(production).catch(() => (slot ? [target] : [])))];
}

/** What each question starts with, or may be answered with. */
function asked<T>(
  step: AnyStep,
  by: Readonly<Record<string, ((x: AnyContext) => unknown) | undefined>> | undefined,
  context: AnyContext | Error,
): Record<string, T> {
  if (context instanceof Error) return {};
  const values: Record<string, T> = {};
  for (const [name] of questionsOf(step)) {
    try {
      const value = by?.[name]?.(context);
      if (value !== undefined) values[name] = value as T;
    } catch (error) {
      if (!oddIn(error)) throw error; // What could not be read offers nothing.
    }
  }
  return values;
}

export interface OpenedApp {
  readonly target: Target;
  readonly store: FactStore;
  readonly decisions: Decisions;
}

/** Reads what judging the steps needs, each resource once, all at the same time. */
export async function openApp(
  reader: ArmReader,
  target: Target,
  steps: readonly AnyStep[],
  answers: AnswersFile | undefined,
): Promise<OpenedApp> {
  const store = new FactStore(reader, target);
  await store.load(readsOfSteps(steps));
  return { target, store, decisions: answers ? decisionsFor(answers, target) : {} };
}
