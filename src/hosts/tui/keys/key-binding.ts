/** Key bindings and their display, and the keys that several screens share. */
import { editedText, type Edit } from '../fields/text-edit.ts';

export type Command =
  | 'move'
  | 'sideways'
  | 'choose'
  | 'mark'
  | 'mark-all'
  | 'back'
  | 'quit'
  | 'help'
  | 'search'
  | 'undo-log'
  | 'slot'
  | 'read-again'
  | 'queue'
  | 'apply-queue'
  | 'address'
  | 'next'
  | 'previous'
  | 'tick'
  | 'sign'
  | 'revoke'
  | 'skip'
  | 'why'
  | 'confirm'
  | 'refuse'
  | 'scroll'
  | 'request'
  | 'theirs'
  | 'retry'
  | 'skip-failed'
  | 'roll-back'
  | 'resume'
  | 'safe'
  | 'fix'
  | 'fix-all'
  | 'disruptive'
  | 'first'
  | 'differs'
  | 'findings'
  | 'sort'
  | 'severity'
  | 'risk'
  | 'everywhere'
  | 'link'
  | 'copy'
  | 'copy-id'
  | 'last-run'
  | 'stop';

export interface KeyBinding {
  readonly command: Command;
  /** Names of keys, or single characters. */
  readonly keys: readonly string[];
  /** The key as the footer shows it; empty where the key only says why it does nothing here. */
  readonly shown: string;
  readonly says: string;
  /** A shorter form of `says` for narrow windows. */
  readonly short?: string;
}

export const of = (command: Command, keys: string, shown: string, says: string): KeyBinding => ({
  command,
  keys: keys.split(' '),
  shown,
  says,
});
export const ARROWS = 'up down pageup pagedown home end';
export const MOVE = of('move', `${ARROWS} tab shift-tab j k`, '↑↓', 'move');
const ARROWS_ONLY = of('move', ARROWS, '↑↓', 'move');
/** The keys of a list below a text field: Home and End belong to the text as soon as there is some. */
export const besideText = (field: Edit): KeyBinding =>
  editedText(field) === '' ? ARROWS_ONLY : { ...ARROWS_ONLY, keys: ARROWS_ONLY.keys.filter((key) => key !== 'home' && key !== 'end') };
export const HELP = of('help', '?', '?', 'help');
export const BACK = of('back', 'escape', 'Esc', 'back');
export const QUIT = of('quit', 'q', 'q', 'quit');
export const SCROLL = of('scroll', `${ARROWS} tab`, '↑↓', 'scroll');
/** Ctrl-C is listed for display only: the store receives it separately, because it must work at any time. */
export const STOP = of('stop', '', 'Ctrl-C', 'stop');
export const SAFE: KeyBinding = { ...of('safe', 'f', 'f', 'fix all safe'), short: 'safe' };
export const DISRUPTIVE = of('disruptive', 'F', 'F', 'fix safe and disruptive');
export const FINDINGS = of('findings', 'f2 v', 'v', 'findings');
export const SEARCH = of('search', '/', '/', 'search');
export const LINK = of('link', 'o', 'o', 'link');
export const COPY = of('copy', 'c', 'c', 'copy value');
export const COPY_ID = of('copy-id', 'C', 'C', 'copy id');
export const LAST_RUN = of('last-run', '.', '.', 'last run');
export const when = (on: boolean, ...bindings: readonly KeyBinding[]): readonly KeyBinding[] => (on ? bindings : []);
