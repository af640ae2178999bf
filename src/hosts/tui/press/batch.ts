/** Handles keys on one change over many apps: view, deselect, confirm once, and start the run. */
import type { Target } from '../../../azure/index.ts';
import { hasChanges, isPlanned, isWithin, withoutUnticked, type BatchApp, type BatchWork } from '../../../engine/findings/batch.ts';
import type { Job } from '../../../engine/session.ts';
import { emptyWave } from '../../../engine/run/waves.ts';
import { nameToType, waveChoices } from '../../../view/batch-text.ts';
import { chosenTargets, rowKey, rowsOf, totalOf } from '../state/batch.ts';
import { begun, named, previewOf } from '../state/flow.ts';
import type { KeyEvent } from '../fields/key-events.ts';
import type { Command } from '../keys/keys.ts';
import { next, withNotice, withScreen, type Next } from '../transitions.ts';
import type { BatchScreen, Screen, WizardState } from '../state/state.ts';
import { toggled } from '../fields/widget-choose.ts';
import { moved } from './move.ts';

const NOTHING_OFF = { groups: [], apps: [] };

/** Plans one change over many apps; `from` is the screen that Esc returns to. */
export function openBatch(state: WizardState, work: BatchWork, targets: readonly Target[], from: Screen): Next {
  if (targets.length === 0) return withNotice(state, 'The list is empty.');
  const screen: BatchScreen = { at: 'batch', work, targets, from, apps: [], isRead: false, cursor: 0, off: NOTHING_OFF };
  return next(withScreen(state, screen), { do: 'plan-batch', work, targets });
}

/** Plans every safe fix on these apps; `disruptive` includes disruptive fixes. */
export const openSafe = (state: WizardState, targets: readonly Target[], disruptive: boolean): Next =>
  openBatch(state, { kind: 'safe', risks: disruptive ? ['safe', 'disruptive'] : ['safe'] }, targets, state.screen);

export function pressBatch(state: WizardState, screen: BatchScreen, event: KeyEvent, command: Command | undefined): Next {
  const { details, off } = screen;
  const stay = (change: Partial<BatchScreen>) => next(withScreen(state, { ...screen, ...change }));
  if (details) {
    const { details: _, ...rest } = screen;
    if (command === 'back') return next(withScreen(state, rest));
    return stay({ details: { ...details, scroll: moved(details.scroll, Number.MAX_SAFE_INTEGER, event) } });
  }
  if (screen.choosing) return pressWaves(state, screen, screen.choosing.cursor, event, command);
  const rows = rowsOf(screen);
  const cursor = Math.min(screen.cursor, Math.max(0, rows.length - 1));
  const row = rows[cursor];
  switch (command) {
    case 'move':
      return stay({ cursor: moved(cursor, rows.length, event) });
    case 'choose':
    case 'sideways': {
      if (row?.kind === 'app') return command === 'choose' ? showPlan(state, screen, row.target) : next(state);
      const key = row?.kind === 'group' ? row.group.key : row?.block.key;
      if (key === undefined) return next(state);
      const { unfolded, ...rest } = screen;
      return next(withScreen(state, { ...rest, cursor: cursorOf(rest, key, cursor), ...(unfolded === key ? {} : { unfolded: key }) }));
    }
    case 'request': {
      const target = row?.kind === 'app' ? row.target : row?.kind === 'group' ? row.group.apps[0] : row?.block.apps[0];
      return target ? showPlan(state, screen, target) : next(state);
    }
    case 'tick':
      if (row?.kind === 'group') return stay({ off: { ...off, groups: toggled(off.groups, row.group.key) } });
      if (row?.kind === 'app' && !row.isBlocked) return stay({ off: { ...off, apps: toggled(off.apps, row.target.id) } });
      return withNotice(state, 'This control is not changed, so it cannot be deselected.');
    case 'disruptive':
      if (screen.work.kind !== 'safe') return next(state);
      return openBatch(
        state,
        { kind: 'safe', risks: screen.work.risks.includes('disruptive') ? ['safe'] : ['safe', 'disruptive'] },
        screen.targets,
        screen.from,
      );
    case 'first': {
      const at = waveChoices(chosenTargets(screen)).findIndex(({ waves }) => JSON.stringify(waves) === JSON.stringify(screen.first));
      // The cursor starts behind "all at once", because a user who opens this list wants waves.
      return stay({ choosing: { cursor: screen.first === undefined ? 1 : Math.max(0, at) } });
    }
    case 'back':
    case 'refuse':
      return next(withScreen(state, screen.from), { do: 'stop-batch' });
    case 'confirm':
      return event.type === 'character' && event.alone ? confirm(state, screen) : next(state);
    default:
      return next(state);
  }
}

function pressWaves(state: WizardState, screen: BatchScreen, cursor: number, event: KeyEvent, command: Command | undefined): Next {
  const choices = waveChoices(chosenTargets(screen));
  const { choosing: _, first: __, ...rest } = screen;
  if (command === 'move') return next(withScreen(state, { ...screen, choosing: { cursor: moved(cursor, choices.length, event) } }));
  if (command === 'back') return next(withScreen(state, { ...rest, ...(screen.first ? { first: screen.first } : {}) }));
  const waves = choices[cursor]?.waves;
  return command === 'choose' ? next(withScreen(state, { ...rest, ...(waves ? { first: waves } : {}) })) : next(state);
}

/** Finds a row after all other groups were folded. */
function cursorOf(screen: BatchScreen, key: string, otherwise: number): number {
  const at = rowsOf(screen).findIndex((row) => rowKey(row) === key);
  return at < 0 ? otherwise : at;
}

const showPlan = (state: WizardState, screen: BatchScreen, { id }: Target): Next =>
  next(withScreen(state, { ...screen, details: { id, scroll: 0 } }));

function confirm(state: WizardState, screen: BatchScreen): Next {
  if (!screen.isRead) return withNotice(state, 'Some apps are not planned yet. Wait until all are planned.');
  const total = totalOf(screen);
  if (total.changes.length === 0) return withNotice(state, 'No change is selected.');
  if (state.dryRun) return withNotice(state, 'Dry run: nothing is sent.');
  if (!total.isPartial) return begin(state, screen, screen.apps);
  const { without } = withoutUnticked(screen.apps, screen.off);
  const targets = total.apps.map(({ target }) => target);
  return next(withScreen(state, { ...screen, isSettling: true }), { do: 'settle-batch', work: screen.work, targets, without });
}

/** Sends the selected changes, or asks for the number of apps if a change can lock people out. */
function begin(state: WizardState, screen: BatchScreen, apps: readonly BatchApp[]): Next {
  const { isSettling: _, ...rest } = screen;
  // The apps were planned in the order of the answers; sorting makes the order of sending the same every time.
  const kept = apps
    .filter(hasChanges)
    .filter(({ target }) => !screen.off.apps.includes(target.id))
    .toSorted((a, b) => (a.target.label < b.target.label ? -1 : 1));
  const empty = screen.first && emptyWave(kept, screen.first);
  if (empty !== undefined)
    return withNotice(
      withScreen(state, rest),
      `No app with the tag ${empty} is selected any more. Choose again which apps are changed first.`,
    );
  const { risky } = totalOf({ apps: kept, off: NOTHING_OFF });
  const job: Job = {
    do: 'batch',
    apps: kept,
    ...(screen.first === undefined ? {} : { first: screen.first }),
  };
  if (risky.length === 0) return next(withScreen(state, { ...rest, flow: begun(job) }), { do: 'run', job });
  const preview = { ...previewOf(job, []), asked: { name: nameToType(risky) } };
  return next(withScreen(state, { ...rest, flow: named(preview) }));
}

/** Continues after planning again without the deselected controls. If the plan has changes not yet shown, it is shown again. */
export function settledBatch(state: WizardState, screen: BatchScreen, settled: readonly BatchApp[]): Next {
  const before = new Map(screen.apps.filter(isPlanned).map((app) => [app.target.id, app]));
  const isShown = settled.every((app) => !isPlanned(app) || isWithin(app.plan, before.get(app.target.id)?.plan ?? app.plan));
  if (isShown) return begin(state, screen, settled);
  const { isSettling: _, ...rest } = screen;
  const notice = 'Values changed in the meantime. Review the new plan and confirm again.';
  return next({ ...withScreen(state, { ...rest, apps: settled, off: { ...screen.off, groups: [] } }), notice });
}

/** Plans the same change again for the apps in which it failed. */
export function retryBatch(state: WizardState, screen: BatchScreen, failed: readonly string[]): Next {
  const targets = screen.targets.filter(({ id }) => failed.includes(id));
  return openBatch(state, screen.work, targets.length > 0 ? targets : screen.targets, screen.from);
}

/** Returns to the screen where it began. */
export const leaveBatch = (state: WizardState, { from }: BatchScreen): Next => next(withScreen(state, from));
