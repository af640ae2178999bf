/** Keys in the undo log. */
import { changesLeft, isUnfinished, type RecordedRun } from '../../../change/undo-log.ts';
import { BACK, HELP, LINK, MOVE, of, QUIT, SEARCH, when, type KeyBinding } from './key-binding.ts';
import type { WizardState } from '../state/state.ts';

export const runsBindings = (run: RecordedRun | undefined): readonly KeyBinding[] =>
  // An empty list cannot be opened or searched.
  run === undefined
    ? [BACK, HELP, QUIT]
    : [
        of('choose', 'enter', 'Enter', 'open'),
        MOVE,
        ...when(isUnfinished(run), of('resume', 'r', 'r', 'finish run')),
        BACK,
        HELP,
        SEARCH,
        LINK,
        QUIT,
      ];

export const runBindings = (screen: Extract<WizardState['screen'], { at: 'run' }>): readonly KeyBinding[] => [
  ...when(
    changesLeft(screen.run).length > 0,
    of(
      'choose',
      'enter u',
      'Enter',
      screen.ticked.length > 0 ? `undo ${screen.ticked.length} ${screen.ticked.length === 1 ? 'change' : 'changes'}` : 'undo run',
    ),
    of('tick', 'space', 'Space', 'select'),
  ),
  ...when(screen.run.changes.length > 0, MOVE),
  HELP,
  ...when(isUnfinished(screen.run), of('resume', 'r', 'r', 'finish run')),
  LINK,
  BACK,
  QUIT,
];
