import { contextOf } from '../../engine/judge/circumstances.ts';
import { readOffers } from '../../engine/judge/question-offers.ts';
import type { Invocation } from '../../cli/invocation.ts';
import type { AnyStep, Decisions, StepDecision } from '../../contract/index.ts';
import type { Target } from '../../azure/index.ts';
import { isToApply, filterByProfile, withoutStopped } from '../../engine/judge/area-decisions.ts';
import { NO_DECISION } from '../../engine/judge/decisions.ts';
import type { FactStore } from '../../engine/judge/facts.ts';
import { isStop, plan, type Plan } from '../../engine/plan/plan.ts';
import { ArmFailure, type Connection, type Subscription } from '../../engine/ports.ts';
import { changesOfJob, isUndo, type Job, type OpenApp, type Session } from '../../engine/session.ts';
import { describeError } from '../../engine/run/run-app.ts';
import { countTroubles } from '../../engine/run/troubles.ts';
import { threeWay } from '../../engine/past/three-way.ts';
import { survey } from '../../engine/judge/survey.ts';
import { planUndo } from '../../engine/past/plan-undo.ts';
import { readRuns } from '../../files/undo-log/journal.ts';
import { executeRun } from '../runs/execute.ts';
import { KeptDecisions } from '../kept-decisions.ts';
import { Namesakes } from '../same-name-apps.ts';
import { isFree, planResumption } from '../runs/resume-run.ts';
import { isSelector } from '../../engine/fleet/selectors.ts';
import { mergeAsTheyCome } from '../../engine/concurrency.ts';
import { isUnfinished } from '../../change/undo-log.ts';
import { findSelectedApps, selectionTroubles } from '../target-selection.ts';
import { circumstances, concurrencyOf, selectedSteps } from '../option-values.ts';
import { queuedControls, queuedDecisions } from '../../view/app-progress.ts';
import { refuseDamaged } from '../runs/undo-run.ts';
import { beforeRun, UserError, worst } from '../../engine/errors.ts';
import type { Change, GuardNote } from '../../change/change.ts';
import type { RunEvent } from '../../engine/run/run-events.ts';
import { createBatchPlanner } from './wizard-batch.ts';
import { appsOfJob, runOptionsOf, stoppingFor } from './wizard-jobs.ts';
import { appWithQuestions, siblingsOf, openApp, memoizeLast } from '../open-app.ts';
import { stateOf } from '../state-place.ts';

/** Creates the session of the wizard over a connection. Hosts call it; it keeps files and journal. */
export async function createWizardSession(given: Invocation, connection: Connection): Promise<Session> {
  let invocation = given;
  const { options, version } = given;
  const [catalogue, all] = await Promise.all([given.catalogue(), selectedSteps(given)]);
  // The areas that are shown and counted. Plans use all areas with the profile, as replay does.
  const steps = filterByProfile(all, options.profile);
  const namesakes = new Namesakes(connection.discovery);
  const kept = await KeptDecisions.open(options, catalogue, namesakes);
  let surveyor = connection.surveyor();
  const forgetShared = (): void => void (surveyor = connection.surveyor());
  const logicApps = new Set<string>();
  const subscriptionNames = new Map<string, string>();
  const noteNames = (found: readonly Subscription[]): void =>
    found.forEach(({ id, name }) => subscriptionNames.set(id.toLowerCase(), name));
  const stores = new Map<string, FactStore>();
  let opens = 0;
  /** The number of the opening that read the values of an app. */
  const openedBy = new Map<string, number>();
  circumstances(options, {});

  const planned = (target: Target, decided: Decisions): Promise<Plan> => {
    // Decisions of other areas count if they write the same property.
    const together = { ...kept.of(target), ...decided };
    const by = circumstances(invocation.options, together, connection.account);
    return plan(
      all.filter(({ id }) => decided[id]),
      storeOf(target),
      connection.writer,
      by,
      options.profile,
    );
  };

  function storeOf({ id }: Target): FactStore {
    const store = stores.get(id);
    if (!store) throw new TypeError('the app was judged or planned before it was opened');
    return store;
  }

  /** Areas that were decided in this session, by app. */
  const made = new Map<string, { readonly target: Target; readonly steps: Set<string> }>();

  function decideHere(target: Target, step: AnyStep, decided: StepDecision): Promise<void> {
    const here = made.get(target.id) ?? { target, steps: new Set() };
    made.set(target.id, here);
    here.steps.add(step.id);
    return kept.decide(target, step, decided);
  }

  /** Keeps the decisions that a job applies, before any request is sent. */
  async function keepBefore(job: Job): Promise<void> {
    if (job.do === 'batch') await kept.decideAll(job.apps);
    if (job.do === 'apply' && job.keep) await decideHere(job.plan.target, job.keep.step, job.keep.decided);
    if (job.do === 'apply') await leaveOut(job.plan.target);
  }

  /** Removes what guards stop. A decision that only lacks a right stays, because another person may replay it. */
  async function leaveOut(target: Target): Promise<readonly GuardNote[]> {
    const here = [...(made.get(target.id)?.steps ?? [])].filter((id) => isToApply(kept.of(target)[id]));
    if (options.dryRun || here.length === 0) return [];
    const { blocked, unknown } = await planned(target, Object.fromEntries(here.map((id) => [id, kept.of(target)[id] as StepDecision])));
    const stopped = [...blocked.filter(isStop).map(({ control }) => control), ...unknown.map(({ id }) => id)];
    // A decision that the user is making now is not overwritten.
    await kept.settled();
    for (const step of catalogue.filter(({ id }) => here.includes(id))) {
      const own = kept.ownOf(target, step.id);
      const ids = stopped.filter((id) => id.startsWith(`${step.id}.`));
      if (own && ids.length > 0) await kept.decide(target, step, withoutStopped(step, own, ids));
    }
    return blocked.filter(isStop);
  }

  /** The planned decisions of each app, and the controls that the plan does not change. */
  const looked = new Map<string, { readonly at: string; readonly blocked: readonly string[] }>();

  /** Reuses the last opened app, because hosts ask after each answer, and twice where nothing changed. */
  const unlessSame = memoizeLast<Omit<OpenApp, 'siblings'>>();
  function judgedNow(target: Target): Omit<OpenApp, 'siblings'> {
    const store = storeOf(target);
    const now = unlessSame([target, store, store.reads, kept.answers, kept.isById(target), invocation.options], () =>
      appWithQuestions(target, store, steps, connection, kept.of(target), invocation.options),
    );
    const last = looked.get(target.id);
    return last?.at === JSON.stringify(queuedDecisions(now)) ? { ...now, blocked: last.blocked } : now;
  }

  /** Plans the queue, to find out which of its changes are possible. */
  async function look(target: Target): Promise<void> {
    const now = { ...judgedNow(target), blocked: [] };
    const decided = queuedDecisions(now);
    if (Object.keys(decided).length === 0 || looked.get(target.id)?.at === JSON.stringify(decided)) return;
    try {
      const { changes, missing } = await planned(target, decided);
      const moves = new Set([...changes.flatMap(({ controls }) => controls), ...missing.map(({ control }) => control)]);
      const blocked = [...queuedControls(now)].filter((id) => !moves.has(id));
      looked.set(target.id, { at: JSON.stringify(decided), blocked });
    } catch (error) {
      if (!(error instanceof ArmFailure)) throw error; // The error is reported when the queue is applied.
    }
  }

  return {
    version,
    account: connection.account,
    endpoint: connection.endpoint,
    steps,
    answersFile: kept.file,
    hasDecided: () => made.size > 0,
    ...(invocation.demo ? { isDemo: true, ...(invocation.demo.keepsAnswers ? {} : { deletesAnswers: true }) } : {}),
    dryRun: options.dryRun ?? false,
    ...(options.ownerTag === undefined ? {} : { ownerTag: options.ownerTag }),
    subscriptionNames,
    ...(options.profile ? { profile: options.profile } : {}),
    async *apps() {
      const { app, slot, tag, owner, resourceGroup, subscription, managementGroup } = options;
      if (app?.length || slot || tag?.length || owner || resourceGroup || subscription?.length || managementGroup?.length) {
        const found = await findSelectedApps(connection, options);
        const [trouble] = selectionTroubles(found);
        if (found.targets.length === 0 && trouble) throw new UserError(trouble.message, trouble.code, trouble.next);
        noteNames(found.subscriptions);
        yield* found.targets;
        return;
      }
      const subscriptions = await connection.discovery.subscriptions();
      noteNames(subscriptions);
      const lists = subscriptions.map(({ id }) => connection.discovery.apps(id, (name) => void logicApps.add(`${id} ${name}`)));
      for await (const target of mergeAsTheyCome(lists)) {
        namesakes.note(target);
        yield target;
      }
      namesakes.noteAll();
    },
    async open(target) {
      const order = (opens += 1);
      const [{ store }, siblings] = await Promise.all([
        openApp(connection.writer, target, all, undefined),
        siblingsOf(target, connection),
        kept.lookUp(target),
      ]);
      const by = circumstances(invocation.options, kept.of(target), connection.account);
      await readOffers(steps, store, (step) => contextOf(store, kept.of(target)[step.id] ?? NO_DECISION, by));
      // The app may be opened again before this read ends. Its newest values are kept, and only once all of them are read.
      if (order > (openedBy.get(target.id) ?? 0)) {
        stores.set(target.id, store);
        openedBy.set(target.id, order);
      }
      looked.delete(target.id);
      await look(target);
      return { ...judgedNow(target), siblings };
    },
    leftOut: () => logicApps.size,
    judge: ({ target, siblings, readAt }) => ({ ...judgedNow(target), siblings, readAt }),
    async look({ target, siblings, readAt }) {
      await look(target);
      return { ...judgedNow(target), siblings, readAt };
    },
    survey: async (target) => {
      const decisions = await kept.lookUp(target);
      const by = circumstances(invocation.options, decisions, connection.account);
      return { ...(await survey({ target, held: new Map() }, steps, surveyor, by)), decisions, blocked: [] };
    },
    forgetShared,
    plan: ({ target }, decided) => planned(target, decided),
    planBatch: createBatchPlanner({
      connection,
      steps: all,
      profile: options.profile,
      decisionsOf: (target) => kept.lookUp(target),
      around: (decisions) => circumstances(invocation.options, decisions, connection.account),
    }),
    myIp: () => invocation.options.myIp,
    setMyIp(myIp) {
      circumstances({ ...options, myIp }, {});
      invocation = { ...invocation, options: { ...options, myIp } };
    },
    decide: decideHere,
    leaveOut,
    async finish() {
      for (const { target } of made.values()) await leaveOut(target);
    },
    direct: options.app?.length === 1 && !options.app.some(isSelector),
    runs: (onUnreadable) => readRuns(stateOf(invocation), onUnreadable),
    async unfinished() {
      const run = (await readRuns(stateOf(invocation))).find(isUnfinished);
      return run && (await isFree(invocation, run)) ? run : undefined;
    },
    compare: (run) => threeWay(run, connection.reader),
    planUndo: async (run, how) => {
      refuseDamaged(run, options.despiteDamage);
      return planUndo(run, connection.writer, { ...how, concurrency: concurrencyOf(options), lists: connection.discovery });
    },
    planResume: (run) => planResumption(invocation, connection, run),
    async run(job, notify, signal) {
      const apps = appsOfJob(job);
      await keepBefore(job).catch((error: unknown) => {
        throw beforeRun(error);
      });
      const troubles = countTroubles(job);
      const called: Change[] = [];
      const noted = (event: RunEvent): void => {
        if (event.type === 'change-end' && event.what.call !== undefined && event.result.state === 'applied') called.push(event.what);
        notify(event);
      };
      const how = {
        ...runOptionsOf(job),
        failedBefore: troubles.count,
        kept: troubles.kept,
        notify: noted,
      };
      const by = stoppingFor(job, invocation);
      const summary = await executeRun({ ...by, signal }, connection, apps, how).finally(forgetShared);
      // The run has ended, so a file that cannot be saved does not hide its result.
      const noteUnsaved = (error: unknown) => notify({ type: 'app-failed', app: '', ...describeError(error) });
      if (isUndo(job) && summary.applied > 0) await kept.withdraw(changesOfJob(job)).catch(noteUnsaved);
      if (called.length > 0) await kept.withdrawCalls(called).catch(noteUnsaved);
      return { ...summary, exitCode: worst([summary.exitCode, troubles.code]) };
    },
  };
}
