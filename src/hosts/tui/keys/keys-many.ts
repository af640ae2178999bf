/** Keys on the screens about many apps: the list of findings, and one change over all of them. */
import { wavesText } from '../../../engine/run/waves.ts';
import { rowsOf, totalOf } from '../state/batch.ts';
import { isFiltered, visibleFindings } from '../state/findings.ts';
import {
  COPY,
  COPY_ID,
  LAST_RUN,
  LINK,
  ARROWS,
  besideText,
  BACK,
  HELP,
  MOVE,
  of,
  QUIT,
  SCROLL,
  when,
  type KeyBinding,
} from './key-binding.ts';
import { mildBindings } from './mild-fixes.ts';
import type { BatchScreen, FindingsScreen, WizardState } from '../state/state.ts';

export function findingsBindings(state: WizardState, screen: FindingsScreen): readonly KeyBinding[] {
  const { findings } = state;
  const { safe, disruptive } = mildBindings(state);
  const list = visibleFindings(findings, screen);
  const any = list.length > 0;
  if (screen.isTyping)
    return [of('choose', 'enter', 'Enter', 'done'), ...when(any, besideText(screen.filter)), of('back', 'escape', 'Esc', 'clear')];
  const isByHand = list[Math.min(screen.cursor, list.length - 1)]?.risk === 'by-hand';
  const isMany = (findings?.targets.length ?? 0) > 1;
  const isFilterSet = isFiltered(screen);
  // These keys also fix findings of apps that the filter hides. With a filter, the footer would suggest that they fix only the visible apps.
  const unlessFiltered = (key: KeyBinding): KeyBinding => (isFilterSet ? { ...key, shown: '', says: '' } : key);
  return [
    ...when(any, of('choose', 'enter', 'Enter', 'open')),
    ...when(isByHand, { ...LINK, says: 'documentation' }, of('fix', 'x a', '', '')),
    ...when(any && !isByHand, of('fix', 'x', 'x', 'fix')),
    ...when(any && !isByHand && isMany, of('fix-all', 'a', 'a', 'fix in all')),
    ...when(any, unlessFiltered(isMany && safe.shown !== '' ? { ...safe, says: 'all safe' } : safe)),
    of('search', '/', '/', 'filter'),
    HELP,
    ...when(any, of('move', `${ARROWS} j k`, '↑↓', 'move'), of('sort', 's', 's', 'sort')),
    of('severity', 'e', 'e', 'severity'),
    of('risk', 'r', 'r', 'risk'),
    ...when(any, unlessFiltered(disruptive)),
    ...when(any && !isByHand, LINK),
    ...when(any, COPY, COPY_ID),
    LAST_RUN,
    of('read-again', 'R', 'R', 'read again'),
    of('back', 'escape', 'Esc', isFilterSet ? 'clear' : 'back'),
    QUIT,
  ];
}

/** The keys of the row with the cursor: a group or block lists its apps or hides them, an app shows its plan. */
function rowBindings(screen: BatchScreen): readonly KeyBinding[] {
  const rows = rowsOf(screen);
  const row = rows[Math.min(screen.cursor, rows.length - 1)];
  if (row === undefined) return [];
  if (row.kind === 'app') return [of('request', 'enter d', 'Enter', 'plan')];
  const { key } = row.kind === 'group' ? row.group : row.block;
  return [of('choose', 'enter', 'Enter', key === screen.unfolded ? 'hide apps' : 'list apps'), of('request', 'd', 'd', 'plan')];
}

export function batchBindings(screen: BatchScreen): readonly KeyBinding[] {
  const { details, choosing, isRead, work, apps, off, isSettling, first } = screen;
  if (choosing) return [of('choose', 'enter', 'Enter', 'select'), MOVE, BACK];
  if (details) return [of('back', 'escape enter d q', 'Esc', 'back'), SCROLL];
  const isAny = rowsOf(screen).length > 0;
  const canSend = isRead && !isSettling && totalOf({ apps, off }).changes.length > 0;
  return [
    ...when(canSend, of('confirm', 'y', 'y', 'apply')),
    // What was confirmed is sent, so nothing is selected or deselected while it is planned again.
    ...when(isAny && isSettling !== true, of('tick', 'space', 'Space', 'select')),
    ...when(canSend && apps.length > 1, of('first', 'w', 'w', first === undefined ? 'waves' : `first: ${wavesText(first)}`)),
    ...rowBindings(screen),
    HELP,
    ...when(isAny, MOVE),
    ...when(
      work.kind === 'safe',
      of('disruptive', 'F f', 'F', work.kind === 'safe' && work.risks.includes('disruptive') ? 'safe only' : 'disruptive too'),
    ),
    ...when(isAny && work.kind === 'controls', of('differs', 'e', 'e', 'answers for this app')),
    ...when(canSend, of('refuse', 'n', 'n', 'no')),
    BACK,
  ];
}
