/** Keys on the screens about many apps: the list of findings, and one change over all of them. */
import { wavesText } from '../../engine/run/waves.ts';
import { totalOf } from './batch.ts';
import {
  COPY,
  COPY_ID,
  LAST_RUN,
  LINK,
  ARROWS,
  ARROWS_ONLY,
  BACK,
  DISRUPTIVE,
  HELP,
  MOVE,
  of,
  QUIT,
  SAFE,
  SCROLL,
  when,
  type KeyBinding,
} from './key-binding.ts';
import type { BatchScreen, FindingsScreen, WizardState } from './state.ts';

export function findingsBindings({ findings }: WizardState, screen: FindingsScreen): readonly KeyBinding[] {
  if (screen.isTyping) return [of('choose', 'enter', 'Enter', 'done'), ARROWS_ONLY, of('back', 'escape', 'Esc', 'clear')];
  const any = (findings?.list.length ?? 0) > 0;
  return [
    ...when(any, of('choose', 'enter', 'Enter', 'open')),
    of('move', `${ARROWS} j k`, '↑↓', 'move'),
    ...when(any, of('fix', 'x', 'x', 'fix')),
    ...when(any && (findings?.targets.length ?? 0) > 1, of('fix-all', 'a', 'a', 'fix in all apps')),
    ...when(any, SAFE),
    HELP,
    of('search', '/', '/', 'filter'),
    of('sort', 's', 's', 'sort'),
    of('severity', 'e', 'e', 'severity'),
    of('risk', 'r', 'r', 'risk'),
    ...when(any, DISRUPTIVE, LINK, COPY, COPY_ID),
    LAST_RUN,
    of('read-again', 'R', 'R', 'read again'),
    BACK,
    QUIT,
  ];
}

export function batchBindings({ details, choosing, isRead, work, apps, off, isSettling, first }: BatchScreen): readonly KeyBinding[] {
  if (choosing) return [of('choose', 'enter', 'Enter', 'select'), MOVE, BACK];
  if (details) return [of('back', 'escape enter d q', 'Esc', 'back'), SCROLL];
  const canSend = isRead && !isSettling && totalOf({ apps, off }).changes.length > 0;
  return [
    ...when(canSend, of('confirm', 'y', 'y', 'apply')),
    of('tick', 'space', 'Space', 'select'),
    MOVE,
    of('choose', 'enter', 'Enter', 'apps'),
    of('request', 'd', 'd', 'details'),
    HELP,
    ...when(
      work.kind === 'safe',
      of('disruptive', 'F f', 'F', work.kind === 'safe' && work.risks.includes('disruptive') ? 'safe only' : 'disruptive too'),
    ),
    ...when(canSend && apps.length > 1, of('first', 'w', 'w', first === undefined ? 'canary' : `canary: ${wavesText(first)}`)),
    ...when(work.kind === 'controls', of('differs', 'e', 'e', 'answers of this app')),
    of('refuse', 'n', 'n', 'no'),
    BACK,
  ];
}
