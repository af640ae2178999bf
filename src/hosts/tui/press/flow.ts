/** Handles keys from the preview to the result. Only `confirm` sends requests, and only after its question was on screen. */
import { byCase } from '../../../azure/index.ts';
import { hasWork } from '../../../engine/session.ts';
import { editedText } from '../fields/text-edit.ts';
import { typedInto } from '../fields/text-field.ts';
import type { KeyEvent } from '../fields/key-events.ts';
import { begun, named, type Flow } from '../state/flow.ts';
import type { Command } from '../keys/keys.ts';
import { areasAt, next, onCommand, withNotice, toRuns, withFinished, withScreen, type Next } from '../transitions.ts';
import { withFlow } from '../state/derived-state.ts';
import type { BatchScreen, WizardState } from '../state/state.ts';
import { leaveBatch, retryBatch } from './batch.ts';
import { openArea, planArea, queueArea, skipFailed } from './area.ts';
import { leaveLog, reopenRun, previewResume, previewUndo } from './log.ts';
import { appsAt } from './lists.ts';
import { moved } from './move.ts';

type Of<K extends Flow['kind']> = Extract<Flow, { kind: K }>;

export const pressFlow = (state: WizardState, flow: Flow, event: KeyEvent, command: Command | undefined): Next =>
  byCase('kind', flow, {
    planning: () => (command === 'back' ? back(state) : next(state)),
    preview: (preview) => pressPreview(state, preview, event, command),
    naming: (naming) => pressNaming(state, naming, event, command),
    applying: () => next(state),
    done: (done) => pressDone(state, done, command),
  });

/** Scrolls the preview. The lower limit is applied when it is drawn; here only the upper limit is known. */
function pressPreview(state: WizardState, flow: Of<'preview'>, event: KeyEvent, command: Command | undefined): Next {
  const { screen } = state;
  return onCommand(state, command, {
    scroll: () => next(withFlow(state, { ...flow, scroll: moved(flow.scroll, Number.MAX_SAFE_INTEGER, event) })),
    request: () => next(withFlow(state, { ...flow, bodies: !flow.bodies, scroll: 0 })),
    queue: () => (screen.at === 'area' ? queueArea(state, screen) : next(state)),
    theirs: () => (screen.at === 'undo' ? previewUndo(state, screen.run, { ...screen, overwrite: !screen.overwrite }) : next(state)),
    back: () => back(state),
    refuse: () => back(state),
    confirm: () => confirm(state, flow, event),
  });
}

/** Returns whether a key can confirm: a paste cannot, nor a key that came in one chunk with others. */
const isMeant = (event: KeyEvent): boolean => (event.type === 'key' ? event.glued !== true : event.type === 'character' && event.alone);

function confirm(state: WizardState, flow: Of<'preview'>, event: KeyEvent): Next {
  if (!isMeant(event)) return next(state);
  const { job, asked, read } = flow;
  if (!hasWork(job)) return leaveFlow(state);
  if (state.dryRun) return withNotice(state, 'Dry run: nothing is sent.');
  if (typeof asked === 'object' && flow.bodies && !read) return next(withFlow(state, { ...flow, bodies: false, scroll: 0 }));
  if (typeof asked === 'object')
    // A change that can lock people out is confirmed only after its preview was read to the end.
    return read
      ? next(withFlow(state, named(flow)))
      : next(withFlow(state, { ...flow, scroll: flow.scroll + Math.max(3, state.rows - 14) }));
  return next(withFlow(state, begun(job)), { do: 'run', job });
}

function pressNaming(state: WizardState, flow: Of<'naming'>, event: KeyEvent, command: Command | undefined): Next {
  const { preview, typed } = flow;
  if (command === 'back')
    return next(state.screen.at === 'batch' ? withoutFlow(state, state.screen) : withFlow(state, { kind: 'preview', ...preview }));
  if (command === 'scroll') return next(withFlow(state, { ...flow, scroll: Math.min(20, moved(flow.scroll, 21, event)) }));
  if (command !== 'confirm') return next(withFlow(state, { ...flow, typed: typedInto(typed, event) }));
  const name = typeof preview.asked === 'object' ? preview.asked.name : '';
  if (editedText(typed) !== name || !isMeant(event)) return withNotice(state, `Type exactly ${name}, then press Enter.`);
  return next(withFlow(state, begun(preview.job)), { do: 'run', job: preview.job });
}

/** Closes the dialog and returns to the batch. */
function withoutFlow(state: WizardState, screen: BatchScreen): WizardState {
  const { flow: _, ...rest } = screen;
  return withScreen(state, rest);
}

function pressDone(before: WizardState, flow: Of<'done'>, command: Command | undefined): Next {
  const state = withFinished(before, flow.lines);
  return onCommand(before, command, {
    choose: () => leaveFlow(state),
    back: () => back(state),
    'undo-log': () => toRuns(state),
    'roll-back': () => next(before, { do: 'undo-of', name: flow.summary.run }),
    retry: () => again(state, flow.failedApps),
    'skip-failed': () => skipFailed(state, flow.failed),
  });
}

function again(state: WizardState, failedApps: readonly string[]): Next {
  const { screen } = state;
  switch (screen.at) {
    case 'area':
      return planArea(state, screen);
    case 'queue':
      return next(withFlow(state, { kind: 'planning', says: 'Planning the remaining changes', key: 'queue' }), { do: 'plan-queue' });
    case 'undo':
      return previewUndo(state, screen.run, screen);
    case 'resume':
      return previewResume(state, screen.run);
    case 'batch':
      return retryBatch(state, screen, failedApps);
    default:
      return next(state);
  }
}

/** Handles Esc: goes back without losing anything. */
function back(state: WizardState): Next {
  const { screen } = state;
  switch (screen.at) {
    case 'area': {
      const isDone = screen.mode.kind === 'flow' && screen.mode.flow.kind === 'done';
      return isDone ? next(areasAt(state, screen.step)) : next(withScreen(state, { ...screen, mode: { kind: 'look' } }));
    }
    case 'queue':
      return next(areasAt(state));
    case 'undo':
      return screen.from === 'result' ? leaveLog(state) : reopenRun(state, screen.run, screen.from === 'last-run');
    case 'resume':
      return isFromLog(state) || screen.flow.kind === 'done'
        ? leaveFlow(state)
        : next(withScreen(state, { at: 'cut-off', run: screen.run }));
    case 'batch':
      return leaveBatch(state, screen);
    default:
      return next(state);
  }
}

/** Whether a run is resumed from the undo log, and not from the offer at the start. */
const isFromLog = ({ open, logFrom }: WizardState): boolean => open !== undefined || logFrom !== undefined;

/** Handles Enter when nothing more is to be done here. */
function leaveFlow(state: WizardState): Next {
  const { screen } = state;
  switch (screen.at) {
    case 'area': {
      const steps = state.open?.steps ?? [];
      const following = steps[steps.findIndex(({ step }) => step.id === screen.step) + 1];
      return following ? openArea(state, following.step.id) : next(areasAt(state, screen.step));
    }
    case 'queue':
      return next(areasAt(state));
    case 'undo':
      return screen.from === 'log' ? toRuns(state) : leaveLog(state);
    case 'resume':
      return isFromLog(state) ? toRuns(state) : next(appsAt(state));
    case 'batch':
      return leaveBatch(state, screen);
    default:
      return next(state);
  }
}
