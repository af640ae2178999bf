import type { Invocation } from '../cli/invocation.ts';
import type { AnyStep, Json, Option } from '../step.ts';
import { questionsOf } from '../step.ts';
import { assess, contextOf, type AnyContext } from '../engine/assess.ts';
import { decisionsFor, NO_DECISION, type AnswersFile, type Decisions, type StepDecision } from '../engine/decisions.ts';
import { Unreadable, type FactStore } from '../engine/facts.ts';
import { appOf } from '../engine/hosting.ts';
import { plan } from '../engine/plan.ts';
import type { Connection, Target } from '../engine/ports.ts';
import { changesOf, type Job, type Judged, type OpenApp, type Session } from '../engine/session.ts';
import { threeWay } from '../engine/three-way.ts';
import { survey } from '../engine/survey.ts';
import { productionOf } from '../engine/targets.ts';
import { planUndo } from '../engine/plan-undo.ts';
import { loadAnswers } from '../files/answers.ts';
import { readRuns } from '../files/journal.ts';
import { writeAnswers } from '../files/write-answers.ts';
import { execute, type RunOptions } from './applying.ts';
import { Namesakes } from './namesakes.ts';
import { isFree, planResume } from './resuming.ts';
import { asTheyCome } from '../engine/limited.ts';
import { isUnfinished } from '../engine/journal.ts';
import type { Change } from '../engine/plan.ts';
import { select, selectionTroubles } from './choosing.ts';
import { circumstances, openApp, stateDirOf, stepsOf } from './shared.ts';
import { byApp } from './undo.ts';
import { UserError } from '../engine/errors.ts';
import { existsSync } from 'node:fs';

const SAVE = 'func-harden.answers.yaml';

/** The job of the wizard over a connection: what hosts call, with files and journal behind it. */
export async function createSession(given: Invocation, connection: Connection): Promise<Session> {
  let invocation = given;
  const { options, version } = given;
  const [catalogue, steps] = await Promise.all([given.catalogue(), stepsOf(given)]);
  const answersFile = options.save ?? options.answers ?? SAVE;
  const source = options.answers ?? (existsSync(answersFile) ? answersFile : undefined);
  let answers: AnswersFile = source ? (await loadAnswers(source, catalogue)).answers : { defaults: {}, apps: {} };
  const surveyor = connection.surveyor();
  const logicApps = new Set<string>();
  const stores = new Map<string, FactStore>();
  circumstances(options, {});

  const namesakes = new Namesakes(connection.discovery);
  /** Ids of apps whose name another app in reach has too: in the answers file only their resource id says which app is meant. */
  const byId = new Set<string>();

  async function lookForNamesakes(target: Target): Promise<void> {
    if (await namesakes.has(target)) byId.add(target.id);
  }

  /** Only a name that stands in the file can mean the wrong app. */
  async function decisionsOf(target: Target): Promise<Decisions> {
    if (!byId.has(target.id) && Object.keys(answers.apps).some((key) => key.toLowerCase() === target.label.toLowerCase()))
      await lookForNamesakes(target);
    return known(target);
  }
  const known = (target: Target): Decisions => decisionsFor(answers, target, byId.has(target.id));

  const keyOf = (target: Target): string => {
    const written = (wanted: string) => Object.keys(answers.apps).find((key) => key.toLowerCase() === wanted.toLowerCase());
    return written(target.id) ?? (byId.has(target.id) ? target.id : (written(target.label) ?? target.label));
  };

  /** One after the other: two that are decided at once must not forget each other. */
  let deciding: Promise<void> = Promise.resolve();
  async function decide(target: Target, step: AnyStep, decided: StepDecision): Promise<void> {
    const before = deciding;
    const { promise, resolve } = Promise.withResolvers<void>();
    deciding = promise;
    await before;
    try {
      await lookForNamesakes(target);
      const key = keyOf(target);
      const next = { ...answers, apps: { ...answers.apps, [key]: { ...answers.apps[key], [step.id]: decided } } };
      if (!options.dryRun) await writeAnswers(answersFile, next);
      answers = next;
    } finally {
      resolve();
    }
  }

  /** What was taken back is no longer decided: replaying the file must not do it again. */
  async function withdraw(changes: readonly Change[]): Promise<void> {
    for (const { target, steps: ids } of changes) {
      await lookForNamesakes(target);
      for (const step of steps.filter(({ id }) => ids.includes(id))) {
        const { decision: _, ...rest } = answers.apps[keyOf(target)]?.[step.id] ?? NO_DECISION;
        const controls = Object.fromEntries(Object.entries(rest.controls).filter(([, one]) => one.decision !== 'apply'));
        if (answers.apps[keyOf(target)]?.[step.id]) await decide(target, step, { ...rest, controls });
      }
    }
  }

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
      const subscriptions = await connection.discovery.subscriptions();
      const lists = subscriptions.map(({ id }) => connection.discovery.apps(id, (name) => void logicApps.add(`${id} ${name}`)));
      for await (const target of asTheyCome(lists)) {
        namesakes.note(target);
        yield target;
      }
      namesakes.noteAll();
    },
    async open(target) {
      const [{ store }, siblings, decisions] = await Promise.all([
        openApp(connection.writer, target, steps, undefined),
        siblingsOf(target, connection),
        decisionsOf(target),
      ]);
      stores.set(target.id, store);
      // Only somebody who is asked needs what may be chosen from.
      await store.load(steps.flatMap(({ asks }) => asks ?? []));
      return { ...opened(target, store, steps, connection, decisions, invocation.options), siblings };
    },
    leftOut: () => logicApps.size,
    judge({ target, siblings, readAt }) {
      const store = stores.get(target.id);
      if (!store) throw new TypeError('an app is opened before it is judged');
      return { ...opened(target, store, steps, connection, known(target), invocation.options), siblings, readAt };
    },
    async survey(target) {
      const decisions = await decisionsOf(target);
      const by = circumstances(invocation.options, decisions, connection.account);
      return { ...(await survey({ target, held: new Map() }, steps, surveyor, by)), decisions };
    },
    async plan({ target }, decided) {
      const store = stores.get(target.id);
      if (!store) throw new TypeError('an app is opened before it is planned');
      const chosen = steps.filter(({ id }) => decided[id]);
      return plan(chosen, store, connection.writer, circumstances(invocation.options, decided, connection.account));
    },
    myIp: () => invocation.options.myIp,
    setMyIp(myIp) {
      circumstances({ ...options, myIp }, {});
      invocation = { ...invocation, options: { ...options, myIp } };
    },
    decide,
    direct: options.app?.length === 1,
    runs: () => readRuns(stateDirOf(invocation)),
    async unfinished() {
      const run = (await readRuns(stateDirOf(invocation))).find(isUnfinished);
      return run && (await isFree(invocation, run)) ? run : undefined;
    },
    compare: (run) => threeWay(run, connection.reader),
    planUndo: (run, how) => planUndo(run, connection.writer, how),
    planResume: (run) => planResume(invocation, connection, run),
    async run(job, notify, signal) {
      const apps = job.do === 'apply' ? [job.plan] : job.do === 'undo' ? byApp({ changes: changesOf(job) }) : job.left.apps;
      if (job.do === 'apply' && job.keep) await decide(job.plan.target, job.keep.step, job.keep.decided);
      const summary = await execute({ ...invocation, signal }, connection, apps, { ...howOf(job), notify });
      if (job.do === 'undo' && summary.applied > 0) await withdraw(changesOf(job));
      return summary;
    },
  };
}

/** How a job stands in the undo log. */
function howOf(job: Job): Omit<RunOptions, 'notify'> {
  if (job.do === 'apply') return { mode: 'wizard', digest: null };
  if (job.do === 'undo') return { mode: 'undo', digest: null, undoes: job.run.run, ...job.options };
  const { run, left } = job;
  const resumes = { run, entries: left.entries };
  return { mode: left.undo ? 'undo' : 'resume', digest: run.start.answersDigest, resumes, ...(left.undo ? { undoes: left.undo.run } : {}) };
}

type Given = readonly [Target, FactStore, readonly AnyStep[], Connection, Decisions, Invocation['options']];

function judged(...[target, store, steps, connection, decisions, options]: Given): Judged {
  const by = circumstances(options, decisions, connection.account);
  const site = store.fact('site');
  return {
    target,
    app: site?.state === 'read' ? appOf(target, store.view.site) : undefined,
    steps: assess(steps, store, connection.reader, by),
    decisions,
  };
}

function opened(...given: Given): Omit<OpenApp, 'siblings'> {
  const [, store, steps, connection, decisions, options] = given;
  const by = circumstances(options, decisions, connection.account);
  return {
    ...judged(...given),
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
      if (!(error instanceof Unreadable)) throw error; // What could not be read offers nothing.
    }
  }
  return values;
}
