/** Handles keys on the lists: apps, a fleet, areas, the address question. */
import type { Target } from '../../../azure/index.ts';
import { productionOf } from '../../../engine/fleet/targets.ts';
import { editOf, editedText } from '../fields/text-edit.ts';
import { filtered, typedInto } from '../fields/text-field.ts';
import type { KeyEvent } from '../fields/key-events.ts';
import type { Command } from '../keys/keys.ts';
import { leaveWizard } from '../leaving.ts';
import { areasAt, backToOrigin, next, onCommand, toRuns, withScreen, type Next } from '../transitions.ts';
import { matchingApps } from '../state/derived-state.ts';
import { toggled } from '../fields/widget-choose.ts';
import type { Screen, WizardState } from '../state/state.ts';
import { openArea } from './area.ts';
import { openSafe } from './batch.ts';
import { openAreaFix } from './campaign.ts';
import { openFindings } from './findings.ts';
import { moved } from './move.ts';

type At<A extends Screen['at']> = Extract<Screen, { at: A }>;

export const appsScreen: At<'apps'> = { at: 'apps', filter: editOf(''), cursor: 0, marked: [] };

/** Shows the list of apps, with the cursor on an app; for a slot that is not in the list, on its app. */
export function appsAt(state: WizardState, id = state.open?.target.id ?? '', marked: readonly string[] = []): WizardState {
  const rowOf = (wanted: string) => state.apps.findIndex((app) => app.id.toLowerCase() === wanted.toLowerCase());
  const row = [id, productionOf(id)].map(rowOf).find((found) => found >= 0);
  return withScreen(state, { ...appsScreen, cursor: row ?? 0, marked });
}

export const opening = (state: WizardState, target: Target, area?: string): Next =>
  next(withScreen(state, { at: 'opening', target, ...(area ? { area } : {}), from: state.screen }), {
    do: 'open',
    target,
  });

export function pressApps(state: WizardState, screen: At<'apps'>, event: KeyEvent, command: Command | undefined): Next {
  const matches = matchingApps(state, editedText(screen.filter)).map(({ target }) => target);
  const cursor = Math.min(screen.cursor, Math.max(0, matches.length - 1));
  const here = matches[cursor];
  const stay = (change: Partial<At<'apps'>>) => next(withScreen(state, { ...screen, ...change }));
  switch (command) {
    case 'move':
      return stay({ cursor: moved(cursor, matches.length, event) });
    case 'mark':
      return here ? stay({ marked: toggled(screen.marked, here.id), cursor: moved(cursor, matches.length, event) }) : next(state);
    case 'mark-all': {
      const ids = matches.map(({ id }) => id);
      const all = ids.every((id) => screen.marked.includes(id));
      return stay({ marked: all ? screen.marked.filter((id) => !ids.includes(id)) : [...new Set([...screen.marked, ...ids])] });
    }
    case 'undo-log':
      return toRuns(state);
    case 'findings': {
      if (screen.marked.length > 0)
        return openFindings(
          state,
          state.apps.filter(({ id }) => screen.marked.includes(id)),
          screen,
        );
      const opened = openFindings(state, matches, screen);
      return state.searching && matches.length > 0
        ? { ...opened, state: { ...opened.state, findingsFilter: editedText(screen.filter) } }
        : opened;
    }
    case 'choose': {
      const marked = state.apps.filter(({ id }) => screen.marked.includes(id));
      if (marked.length > 1) return survey(state, marked);
      const target = marked[0] ?? here;
      return target ? opening({ ...state, fleet: [] }, target) : next(state);
    }
    case 'search':
      // Typing filters this list already, so the search key is not part of a name.
      return next({ ...state, notice: 'Type part of a name, resource group or region.' });
    case 'back':
      if (editedText(screen.filter) !== '') return stay({ filter: editOf(''), cursor: 0 });
      if (screen.marked.length > 0) return stay({ marked: [] });
      return screen.leaving
        ? leaveWizard(state)
        : next({ ...withScreen(state, { ...screen, leaving: true }), notice: 'Press Esc again to leave.' });
    default: {
      const { leaving: _, ...rest } = screen;
      return next(withScreen(state, { ...rest, ...filtered(screen.filter, screen.cursor, event) }));
    }
  }
}

const survey = (state: WizardState, targets: readonly Target[]): Next =>
  next(withScreen({ ...state, fleet: targets.map((target) => ({ target })) }, { at: 'fleet', cursor: 0, area: 0 }), {
    do: 'survey',
    targets,
  });

export function pressFleet(state: WizardState, screen: At<'fleet'>, event: KeyEvent, command: Command | undefined): Next {
  const areas = state.fleet.find(({ steps }) => steps)?.steps ?? [];
  const here = state.fleet[screen.cursor];
  const targets = state.fleet.map(({ target }) => target);
  return onCommand(state, command, {
    move: () => next(withScreen(state, { ...screen, cursor: moved(screen.cursor, state.fleet.length, event) })),
    sideways: () => next(withScreen(state, { ...screen, area: moved(screen.area, areas.length, event) })),
    choose: () => (here ? opening(state, here.target, areas[screen.area]?.step.id) : next(state)),
    safe: () => openSafe(state, targets, false),
    disruptive: () => openSafe(state, targets, true),
    search() {
      const opened = openFindings(state, targets, screen);
      return opened.state.screen.at === 'findings'
        ? { ...opened, state: withScreen(opened.state, { ...opened.state.screen, isTyping: true }) }
        : opened;
    },
    'fix-all': () => openAreaFix(state, state.fleet, areas[screen.area]?.step.id),
    findings: () => openFindings(state, targets, screen),
    'read-again': () => survey(state, targets),
    back() {
      const ids = targets.map(({ id }) => id);
      return next(appsAt({ ...state, fleet: [] }, here?.target.id, ids));
    },
  });
}

export function pressAreas(state: WizardState, screen: At<'areas'>, event: KeyEvent, command: Command | undefined): Next {
  const { open } = state;
  const steps = open?.steps ?? [];
  const here = steps[screen.cursor];
  if (!open) return next(state);
  return onCommand(state, command, {
    move: () => next(withScreen(state, { ...screen, cursor: moved(screen.cursor, steps.length, event) })),
    choose: () => (here ? openArea(state, here.step.id) : next(state)),
    back() {
      if (state.origin) return backToOrigin(state);
      const fleet = { at: 'fleet', cursor: fleetRow(state, open.target), area: screen.cursor } as const;
      return next(state.fleet.length > 0 ? withScreen(state, fleet) : appsAt(state));
    },
    search: () => next(withScreen(state, { at: 'search', filter: editOf(''), cursor: 0, from: screen })),
    'undo-log': () => toRuns(state),
    'read-again': () => opening(state, open.target),
    safe: () => openSafe(state, [open.target], false),
    disruptive: () => openSafe(state, [open.target], true),
    findings: () => openFindings(state, state.fleet.length > 0 ? state.fleet.map(({ target }) => target) : [open.target], screen),
    address: () => next(withScreen(state, { at: 'address', edit: editOf(state.myIp ?? ''), from: screen })),
    'apply-queue': () =>
      next(withScreen(state, { at: 'queue', flow: { kind: 'planning', says: 'Planning the queued changes', key: 'queue' } }), {
        do: 'plan-queue',
      }),
    slot() {
      const { siblings, target } = open;
      const at = siblings.findIndex(({ id }) => id.toLowerCase() === target.id.toLowerCase());
      const sibling = siblings[(at + 1) % siblings.length];
      return sibling ? opening(state, sibling) : next(state);
    },
  });
}

const fleetRow = ({ fleet }: WizardState, { id }: Target): number =>
  Math.max(
    0,
    fleet.findIndex(({ target }) => target.id === id),
  );

export function pressAddress(state: WizardState, screen: At<'address'>, event: KeyEvent, command: Command | undefined): Next {
  const { problem: _, ...rest } = screen;
  if (command === 'back') return next(screen.from ? withScreen(state, screen.from) : areasAt(state));
  if (command === 'choose') return next(state, { do: 'address', address: editedText(screen.edit).trim() });
  return next(withScreen(state, { ...rest, edit: typedInto(screen.edit, event) }));
}
