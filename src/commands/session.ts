import type { Invocation } from '../cli/invocation.ts';
import type { AnyStep, Json, Option } from '../step.ts';
import { questionsOf } from '../step.ts';
import { assess, contextOf, type AnyContext } from '../engine/assess.ts';
import { decisionsFor, NO_DECISION, type AnswersFile, type Decisions } from '../engine/decisions.ts';
import { Unreadable, type FactStore } from '../engine/facts.ts';
import { appOf } from '../engine/hosting.ts';
import { plan } from '../engine/plan.ts';
import type { Connection, Target } from '../engine/ports.ts';
import type { OpenApp, Session } from '../engine/session.ts';
import { planUndo } from '../engine/undo.ts';
import { loadAnswers } from '../files/answers.ts';
import { readRuns } from '../files/journal.ts';
import { writeAnswers } from '../files/write-answers.ts';
import { execute } from './applying.ts';
import { circumstances, openApp, select, selectionTroubles, stateDirOf, stepsOf } from './shared.ts';
import { UserError } from '../engine/errors.ts';
import { existsSync } from 'node:fs';

const SAVE = 'func-harden.answers.yaml';

/** The job of the wizard over a connection: what hosts call, with files and journal behind it. */
export async function createSession(invocation: Invocation, connection: Connection): Promise<Session> {
  const { options, version, catalogue } = invocation;
  const steps = stepsOf(invocation);
  const answersFile = options.save ?? options.answers ?? SAVE;
  const source = options.answers ?? (existsSync(answersFile) ? answersFile : undefined);
  let answers: AnswersFile = source ? (await loadAnswers(source, catalogue)).answers : { defaults: {}, apps: {} };
  const stores = new Map<string, FactStore>();
  circumstances(options, {});

  const keyOf = (target: Target): string =>
    Object.keys(answers.apps).find((key) => key.toLowerCase() === target.id.toLowerCase()) ?? target.label;

  return {
    version,
    account: connection.account,
    endpoint: connection.endpoint,
    steps,
    answersFile,
    dryRun: options.dryRun ?? false,
    ...(options.profile ? { profile: options.profile } : {}),
    async *apps() {
      const { app, slot, tag, resourceGroup, subscription } = options;
      if (app?.length || slot || tag?.length || resourceGroup || subscription?.length) {
        const found = await select(connection, options);
        const [trouble] = selectionTroubles(found);
        if (found.targets.length === 0 && trouble) throw new UserError(trouble.message, trouble.code, trouble.next);
        yield* found.targets;
        return;
      }
      for (const { id } of await connection.discovery.subscriptions()) yield* connection.discovery.apps(id);
    },
    async open(target) {
      const [{ store }, siblings] = await Promise.all([openApp(connection.writer, target, steps, answers), siblingsOf(target, connection)]);
      stores.set(target.id, store);
      // Only somebody who is asked needs what may be chosen from.
      await store.load(steps.flatMap(({ asks }) => asks ?? []));
      return { ...opened(target, store, steps, connection, decisionsFor(answers, target), options), siblings };
    },
    async plan({ target }, step, decided) {
      const store = stores.get(target.id);
      if (!store) throw new TypeError('an app is opened before it is planned');
      return plan([step], store, connection.writer, circumstances(options, { [step.id]: decided }, connection.account));
    },
    async decide(target, step, decided) {
      const key = keyOf(target);
      const next = { ...answers, apps: { ...answers.apps, [key]: { ...answers.apps[key], [step.id]: decided } } };
      if (!options.dryRun) await writeAnswers(answersFile, next);
      answers = next;
    },
    apply: (target, changes, notify, signal) =>
      execute({ ...invocation, signal }, connection, [{ target, changes }], { mode: 'wizard', digest: null, notify }),
    runs: () => readRuns(stateDirOf(invocation)),
    planUndo: (run) => planUndo(run, connection.writer),
    applyUndo: (run, changes, notify, signal) => {
      const targets = [...new Map(changes.map(({ target }) => [target.id, target])).values()];
      const apps = targets.map((target) => ({ target, changes: changes.filter((change) => change.target.id === target.id) }));
      return execute({ ...invocation, signal }, connection, apps, { mode: 'undo', digest: null, undoes: run.run, notify });
    },
  };
}

function opened(
  target: Target,
  store: FactStore,
  steps: readonly AnyStep[],
  connection: Connection,
  decisions: Decisions,
  options: Invocation['options'],
): Omit<OpenApp, 'siblings'> {
  const by = circumstances(options, decisions, connection.account);
  const site = store.fact('site');
  return {
    target,
    app: site?.state === 'read' ? appOf(target, store.view.site) : undefined,
    steps: assess(steps, store, connection.reader, by),
    decisions,
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
async function siblingsOf(target: Target, { discovery }: Connection): Promise<Target[]> {
  const { slot, ...rest } = target;
  const production: Target = slot ? { ...rest, id: target.id.replace(/\/slots\/[^/]+$/i, ''), label: target.name } : target;
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
      if (!(error instanceof Unreadable)) throw error; // What could not be read offers nothing.
    }
  }
  return values;
}
