/** The table of keys by screen. Keys are handled by it, and the footer and the help are drawn from it. */
import { changesOfJob, isUndo } from '../../../engine/session.ts';
import { isBroken } from '../../../engine/run/troubles.ts';
import type { Flow } from '../state/flow.ts';
import type { KeyEvent } from '../fields/key-events.ts';
import type { AreaMode, WizardState } from '../state/state.ts';
import {
  COPY,
  COPY_ID,
  LAST_RUN,
  LINK,
  BACK,
  besideText,
  FINDINGS,
  HELP,
  MOVE,
  of,
  QUIT,
  SCROLL,
  SEARCH,
  STOP,
  when,
  type Command,
  type KeyBinding,
} from './key-binding.ts';
import { runBindings, runsBindings } from './keys-log.ts';
import { batchBindings, findingsBindings } from './keys-many.ts';
import { SIGNED_WITH } from '../../../engine/judge/decisions.ts';
import { isFixable } from '../../../engine/judge/area-decisions.ts';
import { mildBindings } from './mild-fixes.ts';
import { searchAll } from '../state/search-results.ts';
import { flowOf, matchingApps, stepStateOf } from '../state/derived-state.ts';
import { editedText } from '../fields/text-edit.ts';
import { queuedIn } from '../../../view/app-progress.ts';

export type { Command, KeyBinding } from './key-binding.ts';

/** Returns what each key does now, most useful first. */
export function bindings(state: WizardState): readonly KeyBinding[] {
  const { screen } = state;
  if (state.help !== undefined) return [SCROLL, of('back', 'escape enter ? q', 'Esc', 'close')];
  const flow = flowOf(state);
  if (flow) return flowBindings(state, flow);
  switch (screen.at) {
    case 'apps': {
      const isAnyShown = matchingApps(state, editedText(screen.filter)).length > 0;
      const isAnyMeant = isAnyShown || screen.marked.length > 0;
      return [
        ...when(isAnyMeant, of('choose', 'enter', 'Enter', screen.marked.length > 1 ? `open all ${screen.marked.length}` : 'choose')),
        ...when(isAnyShown, of('mark', 'tab', 'Tab', 'mark apps')),
        ...when(isAnyMeant, of('findings', 'f2', 'F2', screen.marked.length > 0 ? 'findings (marked)' : 'findings')),
        of('undo-log', 'f3', 'F3', 'undo log'),
        ...when(isAnyShown, besideText(screen.filter), of('mark-all', 'shift-tab', 'Shift-Tab', 'mark all shown')),
        ...when(editedText(screen.filter) === '', SEARCH, HELP, LAST_RUN),
        of('back', 'escape', 'Esc', editedText(screen.filter) === '' ? 'leave' : 'clear'),
      ];
    }
    case 'opening':
      return [BACK, STOP];
    case 'fleet': {
      const { safe, disruptive } = mildBindings(state);
      const isFixed = state.fleet.some(({ steps }) => steps?.[screen.area]?.controls.some((one) => one.state === 'fail' && isFixable(one)));
      return [
        of('choose', 'enter', 'Enter', 'open'),
        // In an area that needs no change, the key only says so.
        isFixed ? FIX_AREA : { ...FIX_AREA, shown: '', says: '' },
        of('sideways', 'left right h l', '←→', 'area'),
        safe,
        FINDINGS,
        of('move', 'up down pageup pagedown home end j k', '↑↓', 'app'),
        HELP,
        disruptive,
        SEARCH,
        LINK,
        LAST_RUN,
        of('read-again', 'R', 'R', 'read again'),
        of('back', 'escape', 'Esc', 'apps'),
        QUIT,
      ];
    }
    case 'areas':
      return areasBindings(state);
    case 'search':
      return [...when(searchAll(state, screen).length > 0, of('choose', 'enter', 'Enter', 'open'), besideText(screen.filter)), BACK];
    case 'batch':
      return batchBindings(screen);
    case 'campaign':
      return [
        ...askBindings(screen),
        ...when(!screen.oneByOne && screen.targets.length > 1, of('differs', 'tab', 'Tab', 'answer app by app')),
      ];
    case 'findings':
      return findingsBindings(state, screen);
    case 'address':
      return [of('choose', 'enter', 'Enter', 'save'), BACK];
    case 'runs':
      return runsBindings(screen.runs?.[screen.cursor]);
    case 'run':
      return runBindings(screen);
    case 'cut-off':
      return [
        of('resume', 'enter r', 'Enter', 'check and finish'),
        ...when(screen.run.start.undoes === undefined, of('roll-back', 'b', 'b', 'roll back')),
        of('back', 'escape l', 'Esc', 'later'),
        HELP,
      ];
    case 'trouble':
      return [of('choose', 'enter escape', 'Enter', screen.back === 'apps' && state.apps.length === 0 ? 'leave' : 'back')];
    case 'area':
      return areaBindings(state, screen);
    default:
      return [];
  }
}

function areasBindings(state: WizardState): readonly KeyBinding[] {
  const { open, fleet, origin } = state;
  const { safe, disruptive } = mildBindings(state);
  const queued = open !== undefined && queuedIn(open).length > 0;
  return [
    ...when(queued, of('apply-queue', 'g', 'g', 'apply the queue')),
    of('choose', 'enter', 'Enter', 'open'),
    safe,
    FINDINGS,
    of('undo-log', 'u f3', 'u', 'undo log'),
    HELP,
    MOVE,
    SEARCH,
    disruptive,
    ...when((open?.siblings.length ?? 0) > 1, of('slot', 't', 't', 'other slot')),
    LINK,
    LAST_RUN,
    COPY_ID,
    of('read-again', 'R', 'R', 'read again'),
    of('address', 'i', 'i', 'my address'),
    of('back', 'escape', 'Esc', origin ? 'findings' : fleet.length > 0 ? 'all apps' : 'apps'),
    QUIT,
  ];
}

const FIX_AREA = of('fix-all', 'a', 'a', 'fix area in all');
const TICK = of('tick', 'space', 'Space', 'select');

function areaBindings(state: WizardState, screen: Extract<WizardState['screen'], { at: 'area' }>): readonly KeyBinding[] {
  const { mode } = screen;
  const ticked = screen.ticked.length;
  switch (mode.kind) {
    case 'look': {
      const step = stepStateOf(state, screen.step);
      const here = step?.controls[screen.cursor];
      const isAttestation = here?.control.kind === 'attestation';
      const signed = here && state.open?.decisions[screen.step]?.controls[here.control.id]?.decision;
      const isSigned = signed === 'accept' || signed === 'attest';
      const sign = of('sign', 'a', 'a', isAttestation ? 'attest' : 'accept');
      const canTick = step?.controls.some(isFixable) === true;
      return [
        // If only a signature can settle the control, signing is offered first.
        ...when(isAttestation, sign),
        of('choose', 'enter', 'Enter', ticked > 0 ? 'continue' : 'next area'),
        // On a control that cannot be changed, the key only says so.
        ...when(canTick, here && isFixable(here) ? TICK : { ...TICK, shown: '', says: '' }),
        MOVE,
        HELP,
        ...when(canTick && ticked > 0, of('queue', 'w', 'w', 'queue')),
        ...when(!isAttestation && (here?.state === 'fail' || here?.state === 'accepted'), sign),
        ...when(isSigned, of('revoke', 'x', 'x', 'revoke')),
        of('skip', 's', 's', 'skip'),
        ...when(ticked > 0, of('request', 'd', 'd', 'preview')),
        of('why', 'm', 'm', 'details'),
        of('next', 'n', 'n', 'next area'),
        of('previous', 'p', 'p', 'previous area'),
        SEARCH,
        LINK,
        COPY,
        COPY_ID,
        LAST_RUN,
        BACK,
        QUIT,
      ];
    }
    case 'why':
    case 'sketch':
      return [of('back', 'escape enter m d', 'Esc', 'back'), SCROLL];
    case 'ask':
      return askBindings(mode);
    case 'sign':
      return [of('choose', 'enter', 'Enter', mode.field === SIGNED_WITH[mode.decision].at(-1) ? mode.decision : 'next'), BACK];
    case 'flow':
      return [];
  }
}

/** Lists the keys of widgets for the help only; widgets handle these keys themselves. */
function askBindings({ widget }: Pick<Extract<AreaMode, { kind: 'ask' }>, 'widget'>): readonly KeyBinding[] {
  const hint = (shown: string, says: string): KeyBinding => ({ command: 'choose', keys: [], shown, says });
  const isEmpty = !('edit' in widget) || editedText(widget.edit) === '';
  const help = when(isEmpty, HELP);
  switch (widget.kind) {
    case 'list': {
      // Under the cursor is an entry, or the line for a new one; there, letters are text.
      const isOnEntry = widget.cursor < widget.items.length;
      const key = (letters: string): string => (isOnEntry ? letters : `↑ then ${letters}`);
      return [
        hint('Enter', isOnEntry ? 'edit' : editedText(widget.edit) === '' ? 'done' : 'add'),
        ...when(widget.items.length > 0, hint(key('x'), 'remove')),
        ...when(widget.items.length > 0 && !isOnEntry, hint(key('e'), 'edit')),
        ...when(widget.itemKind === 'rules' && widget.items.length > 1, hint(key('J K'), 'reorder')),
        ...when(isOnEntry, hint('↑↓', 'move')),
        ...help,
        BACK,
      ];
    }
    case 'ticks':
      return [
        hint('Enter', isEmpty ? 'answer' : 'add'),
        ...when(widget.cursor < widget.options.length, hint('Space', 'tick')),
        ...when(widget.options.length > 0, hint('↑↓', 'move')),
        ...help,
        BACK,
      ];
    case 'field':
      return [hint('Enter', 'answer'), ...help, BACK];
    case 'pick':
      return [hint('Enter', 'answer'), hint('type', 'filter'), hint('↑↓', 'move'), ...help, BACK];
    case 'choice':
      return [hint('Enter', 'answer'), hint('↑↓', 'move'), ...help, BACK];
  }
}

function flowBindings(state: WizardState, flow: Flow): readonly KeyBinding[] {
  const { screen, dryRun } = state;
  switch (flow.kind) {
    case 'planning':
      return [BACK, STOP];
    case 'preview': {
      const { asked, job } = flow;
      const send = isUndo(job) ? 'undo' : 'apply';
      const nothing = asked === 'enter' && job.do !== 'resume' && changesOfJob(job).length === 0;
      const go =
        nothing || dryRun
          ? of('confirm', 'enter y', 'Enter', 'next')
          : asked === 'yes'
            ? of('confirm', 'y', 'y', send)
            : of('confirm', 'enter', 'Enter', asked !== 'enter' ? 'continue' : changesOfJob(job).length > 0 ? send : 'close');
      return [
        go,
        SCROLL,
        HELP,
        of('request', 'd', 'd', flow.bodies ? 'diff' : 'request'),
        ...when(screen.at === 'area' && !nothing, of('queue', 'w', 'w', 'queue')),
        ...when(
          job.do === 'undo' && (job.plan.conflicts.length > 0 || job.options.overwrite === true),
          of('theirs', 't', 't', job.do === 'undo' && job.options.overwrite === true ? 'keep current values' : 'overwrite'),
        ),
        ...when(asked === 'yes', of('refuse', 'n', 'n', 'no')),
        of('back', 'escape e', 'Esc', 'back'),
      ];
    }
    case 'naming':
      return [
        of('confirm', 'enter', 'Enter', `${isUndo(flow.preview.job) ? 'undo' : 'apply'} (after you type the name)`),
        BACK,
        of('scroll', 'up down pageup pagedown', '↑↓', 'scroll'),
      ];
    case 'applying':
      return [{ ...STOP, says: flow.progress.isOver ? 'leave' : flow.progress.current ? 'stop after this request' : 'stop' }];
    case 'done': {
      const inArea = screen.at === 'area' || screen.at === 'queue';
      const isNew = inArea || screen.at === 'batch' || (screen.at === 'resume' && !isUndo(flow.job));
      const broke = isBroken(flow.job, flow.summary);
      return [
        of(
          'choose',
          'enter',
          'Enter',
          screen.at === 'area' ? 'next area' : screen.at === 'undo' && screen.from === 'log' ? 'back to the runs' : 'back',
        ),
        ...when(broke, of('retry', 'r', 'r', screen.at === 'batch' ? 'retry failed apps' : 'retry')),
        ...when(broke && inArea && flow.summary.skipped > 0, of('skip-failed', 's', 's', 'skip and continue')),
        ...when(isNew && flow.summary.applied > 0, of('roll-back', 'b', 'b', 'roll back')),
        SCROLL,
        ...when(!(screen.at === 'undo' && screen.from === 'log'), of('undo-log', 'u', 'u', 'undo log')),
        HELP,
        BACK,
        QUIT,
      ];
    }
  }
}

const nameOf = (event: KeyEvent): string | undefined =>
  event.type === 'key' ? event.name : event.type === 'character' ? (event.text === ' ' ? 'space' : event.text) : undefined;

/** Returns the command of a key; undefined if the key is text or does nothing. */
export function commandOf(state: WizardState, event: KeyEvent): Command | undefined {
  const name = nameOf(event);
  return name === undefined ? undefined : bindings(state).find(({ keys }) => keys.includes(name))?.command;
}
