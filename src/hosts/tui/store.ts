/** Holds the state, runs the effects that the reducer returns, and dispatches their results. */
import { decisionFrom, skipArea } from '../../engine/judge/area-decisions.ts';
import { NO_DECISION, signedDecision } from '../../engine/judge/decisions.ts';
import { withoutStops } from '../../engine/plan/plan.ts';
import { UserError } from '../../engine/errors.ts';
import type { Job, OpenApp, Session } from '../../engine/session.ts';
import type { AnyStep, Decision, StepDecision } from '../../contract/index.ts';
import type { RecordedRun } from '../../change/undo-log.ts';
import type { Line } from '../../text/spans.ts';
import type { Look } from '../../text/symbols.ts';
import { planLines } from '../../view/change-lines.ts';
import { queuedDecisions, queuedIn } from '../../view/app-progress.ts';
import { remainingLines, settledLines } from '../../view/resume-lines.ts';
import { undoPlanLines } from '../../view/undo-lines.ts';
import { sketchKey } from './press/area.ts';
import { appsScreen } from './press/lists.ts';
import { undoKey } from './press/log.ts';
import { reduce, type Action } from './reducer.ts';
import { createJobRunner } from './effects/run-job.ts';
import { search } from './effects/search.ts';
import { stepStateOf } from './state/derived-state.ts';
import type { Effect, Effects, WizardState } from './state/state.ts';
import { troubleLines } from './effects/error-lines.ts';
import { fleetWork } from './effects/fleet-work.ts';

type Chosen = Pick<Extract<Effect, { do: 'plan' | 'sketch' | 'queue' }>, 'step' | 'ticked' | 'answers'>;

const stepOf = (id: string): string => id.slice(0, id.indexOf('.'));
const nameOf = (id: string): string => id.slice(id.indexOf('.') + 1);

export interface Store {
  readonly state: () => WizardState;
  readonly subscribe: (changed: () => void) => () => void;
  readonly dispatch: (action: Action) => void;
  /** Handles Ctrl-C or a signal. */
  readonly stop: (signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP') => void;
  /** Returns whether a request is in progress. */
  readonly busy: () => boolean;
  readonly start: () => void;
}

interface StoreOptions {
  readonly session: Session;
  readonly look: Look;
  readonly columns: number;
  readonly rows: number;
  /** Called once when the wizard ends. */
  readonly onLeave: (stopped: boolean) => void;
  /** Called when the user stops the run, to end waits between retries. */
  readonly onStop?: () => void;
  /** Copies text to the clipboard, if the terminal supports it. */
  readonly onCopy?: (text: string) => void;
}

export function createStore({ session, look, columns, rows, onLeave, onStop, onCopy }: StoreOptions): Store {
  let state: WizardState = {
    look,
    columns,
    rows,
    account: session.account,
    version: session.version,
    answersFile: session.answersFile,
    dryRun: session.dryRun,
    ...(session.isDemo ? { isDemo: true } : {}),
    ...(session.deletesAnswers ? { deletesAnswers: true } : {}),
    areas: session.steps,
    endpoint: session.endpoint,
    apps: [],
    searching: true,
    leftOut: 0,
    fleet: [],
    began: {},
    queues: {},
    direct: session.direct,
    screen: appsScreen,
    asked: 0,
    acceptsKeys: false,
    finished: [],
    endings: [],
    leaving: false,
    ...(session.profile ? { profile: session.profile } : {}),
    ...(session.myIp() ? { myIp: session.myIp() as string } : {}),
  };
  const listeners = new Set<() => void>();
  let sketching = false;
  /** The last write of decisions, finished or not; the next one waits for it. */
  let keeping: Promise<unknown> = Promise.resolve();
  let waiting: Chosen | undefined;

  function dispatch(action: Action): void {
    const { state: after, effects } = reduce(state, action);
    if (after === state && effects.length === 0) return;
    state = after;
    for (const changed of listeners) changed();
    for (const effect of effects)
      void perform(effect).catch((error: unknown) =>
        dispatch({ type: 'failed', effect: effect.do, title: 'The operation failed', lines: troubleLines(error) }),
      );
  }

  async function perform(effect: Effect): Promise<void> {
    await (effects[effect.do] as (effect: Effect) => unknown)(effect);
  }

  const jobs = createJobRunner({ session, state: () => state, dispatch, onStopped: leave });
  const effects: Effects = {
    ...fleetWork(session, dispatch, () => state.open?.target.id, onCopy),
    leave: () => onLeave(false),
    open: async ({ target }) => dispatch({ type: 'opened', open: await session.open(target) }),
    sketch,
    async plan(effect) {
      const { open } = state;
      const decided = decisionOf(effect);
      if (!open || !decided) return;
      const plan = await session.plan(open, { [effect.step]: decided.decided });
      const key = sketchKey(effect.step, effect.ticked, effect.answers);
      const job: Job = { do: 'apply', plan: withoutStops(plan), keep: decided };
      dispatch({ type: 'planned', key, job, lines: planLines(plan, look) });
    },
    async 'plan-queue'() {
      const { open } = state;
      if (!open) return;
      const left = await session.leaveOut(open.target);
      const now = session.judge(open);
      dispatch({ type: 'opened', open: now, keep: true });
      const plan = await session.plan(now, queuedDecisions(now));
      const lines = planLines({ ...plan, blocked: [...left, ...plan.blocked] }, look);
      dispatch({ type: 'planned', key: 'queue', job: { do: 'apply', plan: withoutStops(plan) }, lines });
    },
    async queue(effect) {
      await keep(effect.step, (before) => decisionOf(effect)?.decided ?? before);
      const waits = state.open && queuedIn(state.open).some(({ step }) => step.id === effect.step);
      const notice = waits
        ? 'Queued. Press g to preview and apply the queue.'
        : 'Not queued: none of the selected controls can be changed.';
      dispatch({ type: 'saved', notice });
    },
    keep: ({ step, answers }) => keep(step, (before) => ({ ...before, answers: { ...before.answers, ...answers } })),
    skip: ({ step }) => keep(step, skipArea),
    async 'skip-controls'({ controls }) {
      for (const step of new Set(controls.map(stepOf)))
        await keep(step, withControls(controls.filter((id) => stepOf(id) === step).map(nameOf), { decision: 'skip' }));
      await perform({ do: 'plan-queue' });
    },
    sign: ({ step, control, decision, values }) => keep(step, withControls([control], signedDecision(decision, values))),
    revoke: ({ step, control }) =>
      keep(step, (before) => {
        const { [control]: _, ...controls } = before.controls;
        return { ...before, controls };
      }),
    run: ({ job }) => jobs.run(job),
    async runs() {
      const unread: string[] = [];
      const runs = await session.runs((error) => unread.push(error instanceof Error ? error.message : String(error)));
      dispatch({ type: 'runs', runs, unread });
    },
    compare: ({ run, afresh }) => compare(run, afresh === true),
    async 'undo-of'({ name }) {
      const run = (await session.runs()).find((one) => one.run === name);
      if (run) dispatch({ type: 'undo-of', run });
    },
    async 'plan-undo'({ run, only, overwrite }) {
      const options = { ...(only.length > 0 ? { only } : {}), overwrite };
      const plan = await session.planUndo(run, options);
      const lines = undoPlanLines(run.run, plan, look, overwrite ? 'overwritten' : 'Press t').slice(2);
      dispatch({ type: 'planned', key: undoKey(run, only, overwrite), job: { do: 'undo', run, plan, options }, lines });
    },
    async 'plan-resume'({ run }) {
      const left = await session.planResume(run);
      const lines = [...settledLines(left.settled), ...remainingLines(left, run, look)];
      dispatch({ type: 'planned', key: `resume ${run.run}`, job: { do: 'resume', run, left }, lines });
    },
    address: ({ address }) => setAddress(address),
  };

  /** Compares a run with the current values; `afresh` reads the run again first. */
  async function compare(before: RecordedRun, afresh: boolean): Promise<void> {
    const now = afresh ? (await session.runs()).find(({ run }) => run === before.run) : undefined;
    const rows = await session.compare(now ?? before);
    dispatch({ type: 'compared', run: before.run, rows, ...(now ? { now } : {}) });
  }

  const withControls =
    (names: readonly string[], decision: Decision) =>
    (before: StepDecision): StepDecision => ({
      ...before,
      controls: { ...before.controls, ...Object.fromEntries(names.map((name) => [name, decision])) },
    });

  function decisionOf({ step: id, ticked, answers }: Chosen): { step: AnyStep; decided: StepDecision } | undefined {
    const found = stepStateOf(state, id);
    return found && { step: found.step, decided: decisionFrom(found, ticked, answers, state.open?.decisions[id]) };
  }

  /** Plans the selected changes for the preview, one plan at a time; of waiting selections only the newest is planned. */
  async function sketch(chosen: Chosen): Promise<void> {
    waiting = chosen;
    if (sketching) return;
    sketching = true;
    try {
      while (waiting) {
        const { step, ticked, answers } = waiting;
        waiting = undefined;
        const key = sketchKey(step, ticked, answers);
        const decision = decisionOf({ step, ticked, answers });
        if (!state.open || !decision) continue;
        try {
          dispatch({ type: 'sketched', key, plan: await session.plan(state.open, { [step]: decision.decided }) });
        } catch (error) {
          dispatch({ type: 'sketched', key, why: error instanceof Error ? error.message : String(error) });
        }
      }
    } finally {
      sketching = false;
    }
  }

  function setAddress(address: string): void {
    try {
      session.setMyIp(address);
      dispatch({ type: 'address', address });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      dispatch({ type: 'address', address, problem: error.message });
    }
  }

  /** Saves decisions one after the other, each based on the one before, because keys are faster than the disk. */
  async function keep(id: string, change: (before: StepDecision) => StepDecision): Promise<void> {
    const now = () => keepNow(id, change);
    const kept = keeping.then(now, now);
    keeping = kept;
    const open = await kept;
    if (open && queuedIn(open).length > 0) dispatch({ type: 'opened', open: await session.look(open), keep: true });
  }

  async function keepNow(id: string, change: (before: StepDecision) => StepDecision): Promise<OpenApp | undefined> {
    const { open } = state;
    const step = open && stepStateOf(state, id);
    if (!open || !step) return undefined;
    await session.decide(open.target, step.step, change(open.decisions[id] ?? NO_DECISION));
    // A decision changes verdicts, so the app is judged again from the facts that were read.
    const judged = session.judge(open);
    dispatch({ type: 'opened', open: judged, keep: true });
    return judged;
  }

  /** Ends the wizard on Ctrl-C or a signal. */
  function leave(lines?: readonly Line[]): void {
    dispatch({ type: 'stopped', ...(lines ? { lines } : {}) });
    onLeave(true);
  }

  async function begin(): Promise<void> {
    await offerUnfinished();
    await search(session, dispatch);
  }

  /** Offers an unfinished run. An unreadable undo log is not reported here, but where it is needed. */
  async function offerUnfinished(): Promise<void> {
    const run = await session.unfinished().catch(() => undefined);
    if (run) dispatch({ type: 'unfinished', run });
  }

  return {
    state: () => state,
    subscribe(changed) {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    dispatch,
    stop() {
      onStop?.();
      if (!jobs.stop()) leave();
    },
    busy: jobs.busy,
    start() {
      void begin();
    },
  };
}
