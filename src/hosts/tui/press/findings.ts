/** Handles keys on the list of findings: move, sort, filter, open the area, fix. */
import type { Target } from '../../../azure/index.ts';
import type { Finding } from '../../../engine/findings/finding.ts';
import { SORTS } from '../../../engine/findings/finding-terms.ts';
import { editOf } from '../fields/text-edit.ts';
import { filtered } from '../fields/text-field.ts';
import { ALL_RISKS, ALL_SEVERITIES, appsIn, isFiltered, nextRisks, nextSeverities, visibleFindings } from '../state/findings.ts';
import type { KeyEvent } from '../fields/key-events.ts';
import type { Command } from '../keys/keys.ts';
import { next, withNotice, withScreen, type Next } from '../transitions.ts';
import type { FindingsScreen, Screen, WizardState } from '../state/state.ts';
import { openSafe } from './batch.ts';
import { openFix } from './campaign.ts';
import { moved } from './move.ts';

/** Lists the findings of these apps; findings of the same apps that were read before are shown again. */
export function openFindings(state: WizardState, targets: readonly Target[], from: Screen): Next {
  if (targets.length === 0) return withNotice(state, 'The list is empty.');
  const ids = new Set(targets.map(({ id }) => id));
  const listed = state.findings?.targets;
  const isListed = listed !== undefined && listed.length === ids.size && listed.every(({ id }) => ids.has(id));
  const screen: FindingsScreen = {
    at: 'findings',
    from,
    cursor: 0,
    filter: editOf(''),
    sort: 'severity',
    severities: ALL_SEVERITIES,
    risks: ALL_RISKS,
  };
  if (isListed) return next(withScreen(state, screen));
  const { findings: _, findingsFilter: __, ...rest } = state;
  // The open app was read already, so both of its lists say the same. The key to read again reads it.
  const known = state.open && ids.has(state.open.target.id) ? { known: state.open } : {};
  return next(withScreen(rest, screen), { do: 'find', targets, how: 'afresh', ...known });
}

export function pressFindings(state: WizardState, screen: FindingsScreen, event: KeyEvent, command: Command | undefined): Next {
  const list = visibleFindings(state.findings, screen);
  const cursor = Math.min(screen.cursor, Math.max(0, list.length - 1));
  const here = list[cursor];
  const stay = (change: Partial<FindingsScreen>) => next(withScreen(state, { ...screen, ...change }));
  switch (command) {
    case 'move':
      return stay({ cursor: moved(cursor, list.length, event) });
    case 'search':
      return stay({ isTyping: true });
    case 'sort':
      return stay({ sort: SORTS[(SORTS.indexOf(screen.sort) + 1) % SORTS.length] ?? 'severity', cursor: 0 });
    case 'severity':
      return stay({ severities: nextSeverities(screen.severities), cursor: 0 });
    case 'risk':
      return stay({ risks: nextRisks(screen.risks), cursor: 0 });
    case 'fix':
      return here ? openFix(state, here, here.apps) : next(state);
    case 'fix-all':
      return here ? openFix(state, here, state.findings?.targets ?? here.apps) : next(state);
    case 'safe':
    case 'disruptive':
      return openSafe(state, appsToFix(state, screen, list), command === 'disruptive');
    case 'read-again':
      return next(withScreen(state, { ...screen, cursor }), { do: 'find', targets: state.findings?.targets ?? [], how: 'afresh' });
    case 'choose': {
      if (screen.isTyping) return stopTyping(state, screen);
      const [target] = here?.apps ?? [];
      if (!here || !target) return next(state);
      const opening: Screen = { at: 'opening', target, area: here.step.id, control: here.control.id, from: { ...screen, cursor } };
      return next(withScreen(state, opening), { do: 'open', target });
    }
    case 'back':
      if (screen.isTyping) return stopTyping(state, { ...screen, filter: editOf(''), cursor: 0 });
      if (isFiltered(screen)) return stay({ filter: editOf(''), severities: ALL_SEVERITIES, risks: ALL_RISKS, cursor: 0 });
      return next(withScreen(state, screen.from));
    default:
      return screen.isTyping ? stay(filtered(screen.filter, cursor, event)) : next(state);
  }
}

/** Returns the apps of the list. An app that is not read yet may have something to fix: only a filter leaves it out. */
function appsToFix({ findings }: WizardState, screen: FindingsScreen, list: readonly Finding[]): readonly Target[] {
  const isRead = findings === undefined || findings.read + findings.failed >= findings.targets.length;
  return isRead || isFiltered(screen) ? appsIn(list) : findings.targets;
}

function stopTyping(state: WizardState, screen: FindingsScreen): Next {
  const { isTyping: _, ...rest } = screen;
  return next(withScreen(state, rest));
}
