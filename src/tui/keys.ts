/** What can be pressed where: the footer and the help are made from this. */
import type { State } from './state.ts';

export interface Binding {
  readonly keys: string;
  readonly says: string;
}

const MOVE: Binding = { keys: '↑↓', says: 'move' };
const HELP: Binding = { keys: '?', says: 'help' };
const BACK: Binding = { keys: 'Esc', says: 'back' };
const QUIT: Binding = { keys: 'q', says: 'quit' };

/** The keys that do something now, most useful first. */
export function bindings(state: State): readonly Binding[] {
  const { screen, dryRun } = state;
  if (state.help) return [{ keys: 'any key', says: 'close' }];
  switch (screen.at) {
    case 'apps':
      return [{ keys: 'Enter', says: 'choose' }, MOVE, { keys: 'type', says: 'filter' }, { keys: 'Esc', says: 'leave' }];
    case 'opening':
      return [{ keys: 'Ctrl-C', says: 'stop' }];
    case 'areas':
      return [
        { keys: 'Enter', says: 'open' },
        MOVE,
        HELP,
        { keys: 'u', says: 'undo' },
        ...((state.open?.siblings.length ?? 0) > 1 ? [{ keys: 'o', says: 'other slot' }] : []),
        { keys: 'R', says: 'read again' },
        { keys: 'Esc', says: 'apps' },
        QUIT,
      ];
    case 'runs':
      return [{ keys: 'Enter', says: 'look' }, MOVE, BACK, HELP];
    case 'undo':
      if (screen.progress) return [{ keys: 'Ctrl-C', says: 'stop after this request' }];
      return screen.done ? [{ keys: 'Enter', says: 'back' }] : [...confirmKeys(screen.preview, dryRun), BACK];
    case 'trouble':
      return [{ keys: 'Enter', says: screen.back === 'apps' && state.apps.length === 0 ? 'leave' : 'back' }];
    case 'area':
      return areaBindings(screen.mode, screen.ticked.length, dryRun);
  }
}

type Mode = Extract<State['screen'], { at: 'area' }>['mode'];
type Previewed = Extract<State['screen'], { at: 'undo' }>['preview'];

function areaBindings(mode: Mode, ticked: number, dryRun: boolean): readonly Binding[] {
  switch (mode.kind) {
    case 'look':
      return [
        { keys: 'Enter', says: ticked > 0 ? 'go on' : 'next area' },
        { keys: 'Space', says: 'tick' },
        HELP,
        { keys: 'a', says: 'accept or attest' },
        { keys: 's', says: 'skip' },
        BACK,
      ];
    case 'ask':
      return mode.widget.kind === 'list'
        ? [{ keys: 'Enter', says: 'add; empty: done' }, { keys: '↑ x', says: 'remove' }, { keys: '↑ e', says: 'edit' }, BACK]
        : mode.widget.kind === 'ticks'
          ? [{ keys: 'Space', says: 'tick' }, { keys: 'Enter', says: 'answer' }, MOVE, BACK]
          : [{ keys: 'Enter', says: 'answer' }, ...(mode.widget.kind === 'field' ? [] : [MOVE]), BACK];
    case 'sign':
      return [{ keys: 'Enter', says: 'next' }, BACK];
    case 'planning':
      return [];
    case 'preview':
      return [
        ...confirmKeys(mode.preview, dryRun),
        { keys: typeof mode.preview.asked === 'object' ? 'Tab' : 'd', says: mode.preview.bodies ? 'diff' : 'request' },
        BACK,
      ];
    case 'applying':
      return [{ keys: 'Ctrl-C', says: 'stop after this request' }];
    case 'done':
      return [
        { keys: 'Enter', says: 'next area' },
        ...((mode.summary?.failed ?? 0) > 0 ? [{ keys: 'r', says: 'try again' }] : []),
        { keys: 'u', says: 'undo' },
        BACK,
      ];
  }
}

function confirmKeys(preview: Previewed, dryRun: boolean): readonly Binding[] {
  if (!preview || preview.changes.length === 0) return [{ keys: 'Enter', says: 'next' }];
  if (dryRun) return [{ keys: '↑↓', says: 'scroll' }];
  if (typeof preview.asked === 'object') return [{ keys: 'Enter', says: 'apply, once typed' }];
  return preview.asked === 'yes'
    ? [
        { keys: 'y', says: 'apply' },
        { keys: '↑↓', says: 'scroll' },
      ]
    : [
        { keys: 'Enter', says: 'apply' },
        { keys: '↑↓', says: 'scroll' },
      ];
}
