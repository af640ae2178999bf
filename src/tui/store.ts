/** Holds the state, runs the effects that the reducer asks for, and sends back what came of them. */
import { decisionFrom } from '../engine/choices.ts';
import { NO_DECISION, signed, type StepDecision } from '../engine/decisions.ts';
import { ArmFailure, type Target } from '../engine/ports.ts';
import { EXIT, exitOf, UserError } from '../engine/errors.ts';
import type { RunEvent, RunSummary } from '../engine/run.ts';
import type { Session } from '../engine/session.ts';
import { plainText } from '../text/plain.ts';
import { line, span, type Line } from '../text/spans.ts';
import type { Look } from '../text/symbols.ts';
import { editOf } from './edit.ts';
import { reduce, type Action } from './reducer.ts';
import { stepStateOf } from './selectors.ts';
import type { Effect, State } from './state.ts';

export interface Store {
  readonly state: () => State;
  readonly subscribe: (changed: () => void) => () => void;
  readonly dispatch: (action: Action) => void;
  /** Ctrl-C or a signal. */
  readonly stop: (signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP') => void;
  readonly start: () => void;
}

export interface StoreOptions {
  readonly session: Session;
  readonly look: Look;
  readonly columns: number;
  readonly rows: number;
  /** Told once when the wizard is to end. */
  readonly onLeave: (stopped: boolean) => void;
  /** A person asked to stop: waits between two tries end. */
  readonly onStop?: () => void;
}

export function createStore({ session, look, columns, rows, onLeave, onStop }: StoreOptions): Store {
  let state: State = {
    look,
    columns,
    rows,
    account: session.account,
    version: session.version,
    answersFile: session.answersFile,
    dryRun: session.dryRun,
    apps: [],
    searching: true,
    screen: { at: 'apps', filter: editOf(''), cursor: 0 },
    help: false,
    finished: [],
    runs: [],
    leaving: false,
    ...(session.profile ? { profile: session.profile } : {}),
  };
  const listeners = new Set<() => void>();
  let running: AbortController | undefined;

  function dispatch(action: Action): void {
    const { state: after, effects } = reduce(state, action);
    if (after === state && effects.length === 0) return;
    state = after;
    for (const changed of listeners) changed();
    for (const effect of effects)
      void perform(effect).catch((error: unknown) => dispatch({ type: 'failed', title: 'That did not work', lines: troubleLines(error) }));
  }

  async function perform(effect: Effect): Promise<void> {
    const { open } = state;
    switch (effect.do) {
      case 'leave':
        return onLeave(false);
      case 'open':
        return dispatch({ type: 'opened', open: await session.open(effect.target) });
      case 'plan': {
        const decided = decisionOf(effect.step, effect.ticked, effect.answers);
        const step = open && stepStateOf(state, effect.step);
        if (open && step && decided) dispatch({ type: 'planned', plan: await session.plan(open, step.step, decided) });
        return;
      }
      case 'skip':
        return keep(effect.step, { ...(open?.decisions[effect.step] ?? NO_DECISION), decision: { decision: 'skip' } });
      case 'sign': {
        const before = open?.decisions[effect.step] ?? NO_DECISION;
        const controls = { ...before.controls, [effect.control]: signed(effect.decision, effect.values) };
        return keep(effect.step, { ...before, controls });
      }
      case 'apply': {
        // Kept first: what is sent must be on record as decided, and a file that cannot be written stops it.
        const decided = decisionOf(effect.step, effect.ticked, effect.answers);
        const step = stepStateOf(state, effect.step)?.step;
        if (decided && step) await session.decide(effect.target, step, decided);
        return went((notify, signal) => session.apply(effect.target, effect.changes, notify, signal), effect.target);
      }
      case 'undo':
        return went((notify, signal) => session.applyUndo(effect.run, effect.changes, notify, signal), open?.target);
      case 'runs':
        return dispatch({ type: 'runs', runs: await session.runs() });
      case 'plan-undo':
        return dispatch({ type: 'undo-planned', plan: await session.planUndo(effect.run) });
    }
  }

  function decisionOf(step: string, ticked: readonly string[], answers: StepDecision['answers']): StepDecision | undefined {
    const stepState = stepStateOf(state, step);
    return stepState && decisionFrom(stepState, ticked, answers, state.open?.decisions[step]);
  }

  async function keep(id: string, decided: StepDecision): Promise<void> {
    const { open } = state;
    const step = open && stepStateOf(state, id);
    if (!open || !step) return;
    await session.decide(open.target, step.step, decided);
    // A decision changes what is judged, so the app is judged again from what is known.
    const judged = await session.open(open.target);
    dispatch({ type: 'opened', open: judged, keep: true });
  }

  /** Runs the changes; the person may stop them meanwhile. Then the app is read again. */
  async function went(
    work: (notify: (event: RunEvent) => void, signal: AbortSignal) => Promise<RunSummary>,
    target: Target | undefined,
  ): Promise<void> {
    running = new AbortController();
    const { signal } = running;
    const summary = await work((event) => dispatch({ type: 'run-event', event, at: Date.now() }), signal);
    running = undefined;
    const open = target && !signal.aborted ? await session.open(target).catch(() => undefined) : undefined;
    dispatch({ type: 'run-ended', summary, ...(open ? { open } : {}) });
    if (signal.aborted) onLeave(true);
  }

  async function search(): Promise<void> {
    let batch: Target[] = [];
    const flush = () => {
      if (batch.length > 0) dispatch({ type: 'found', targets: batch });
      batch = [];
    };
    try {
      let last = Date.now();
      for await (const target of session.apps()) {
        batch.push(target);
        if (batch.length >= 100 || Date.now() - last > 50) {
          flush();
          last = Date.now();
        }
      }
      flush();
      dispatch({ type: 'found-all' });
    } catch (error) {
      flush();
      const exitCode = error instanceof ArmFailure ? exitOf(error) : error instanceof UserError ? error.exitCode : EXIT.failed;
      dispatch({ type: 'found-all', failure: troubleLines(error), exitCode });
    }
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
      if (!running || running.signal.aborted) return onLeave(true);
      running.abort();
      dispatch({ type: 'stopping' });
    },
    start: () => void search(),
  };
}

/** What went wrong and what to do, as lines. */
export function troubleLines(error: unknown): Line[] {
  if (error instanceof ArmFailure)
    return [
      line(plainText(error.message)),
      line(error.next),
      line(span(`${error.code}${error.correlationId ? `, correlation id ${error.correlationId}` : ''}`, 'dim')),
    ];
  if (error instanceof UserError)
    return [...error.message.split('\n').map((text) => line(plainText(text))), ...error.next.map((text) => line(plainText(text)))];
  return [line(`This is a bug in func-harden: ${plainText(error instanceof Error ? error.message : String(error))}`)];
}
