/** What the terminal sends, as keys. One chunk may hold several keys, or text and an Enter glued together. */
import type { Key as InkKey } from 'ink';
import type { EditCommand } from './text-edit.ts';

export type KeyName = 'f2' | 'up' | 'down' | 'pageup' | 'pagedown' | 'enter' | 'escape' | 'tab' | 'shift-tab' | EditCommand;

export type KeyEvent =
  /** `glued`: it came in one chunk with text, as a paste without brackets does. */
  | { readonly type: 'key'; readonly name: KeyName; readonly glued?: boolean }
  /** `alone`: this character was the whole chunk, so a person pressed this one key now. */
  | { readonly type: 'character'; readonly text: string; readonly alone: boolean }
  | { readonly type: 'paste'; readonly text: string };

const NAMED: readonly (readonly [keyof InkKey, KeyName])[] = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'pageup'],
  ['pageDown', 'pagedown'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'escape'],
  ['backspace', 'backspace'],
  ['delete', 'delete'],
];
const CONTROL: Readonly<Record<string, KeyName>> = { a: 'home', e: 'end', u: 'clear', w: 'delete-word', p: 'up', n: 'down', d: 'delete' };

/** F2, as terminals send it; Ink drops function keys. */
export const isF2 = (chunk: string): boolean => chunk === '\u001BOQ' || chunk === '\u001B[12~' || chunk === '\u001B[[B';

/** The events of one chunk, in order. */
export function eventsOf(input: string, key: InkKey): KeyEvent[] {
  if (key.tab) return [{ type: 'key', name: key.shift ? 'shift-tab' : 'tab' }];
  const named = NAMED.find(([name]) => key[name] === true);
  if (named) return [{ type: 'key', name: named[1] }];
  if (key.ctrl) {
    const name = CONTROL[input];
    return name ? [{ type: 'key', name }] : [];
  }
  if (key.meta || input === '') return [];
  // After a split escape sequence the rest arrives as text: "[A" is a key that was torn, not something typed.
  if (/^\[[A-D]$/.test(input)) return [];
  return chunkEvents(input);
}

/** Keys that stand in the text of a chunk when they come with others. */
const GLUED: Readonly<Record<string, KeyName>> = { '\t': 'tab', '\u007F': 'backspace', '\b': 'backspace' };

/** One key of a keyboard, as a terminal sends it: anything longer came in one go from somewhere else. */
const ONE_KEY = /^(?:\u001B?(?:\[[\d;]*[A-Za-z~]|O[A-Z])|\u001B|[\s\S])$/u;
export const isOneKey = (chunk: string): boolean => ONE_KEY.test(chunk);

/** The same event, known to have come in one chunk with others: it moves and types, and confirms nothing. */
export const asGlued = (event: KeyEvent): KeyEvent =>
  event.type === 'key' ? { ...event, glued: true } : event.type === 'character' ? { ...event, alone: false } : event;

function chunkEvents(input: string): KeyEvent[] {
  // An Enter and one key right behind it is somebody who types ahead while the wizard is busy.
  const [, behind] = /^[\r\n]([^\r\n])$/u.exec(input) ?? [];
  if (behind !== undefined) return [{ type: 'key', name: 'enter', glued: true }, ...chunkEvents(behind).map(asGlued)];
  const lines = input.split(/\r\n|\r|\n/);
  const characters = [...input].filter((character) => character !== '\r' && character !== '\n');
  const alone = characters.length === 1 && lines.length === 1;
  // Text and exactly one Enter at its end is somebody typing fast over a slow link; more lines are a paste.
  if (lines.length > 2 || (lines.length === 2 && lines[1] !== '')) return [{ type: 'paste', text: input }];
  return [
    ...characters.map((text): KeyEvent => {
      const name = GLUED[text];
      return name ? { type: 'key', name, glued: true } : { type: 'character', text, alone };
    }),
    ...(lines.length === 2 ? [{ type: 'key', name: 'enter', glued: characters.length > 0 } as const] : []),
  ];
}

/** What was typed or pasted, as one line: a paste often ends with a line break that is not meant, a typed blank is. */
export const oneLine = (event: Exclude<KeyEvent, { type: 'key' }>): string => {
  const line = event.text.replace(/[\r\n]+/g, ' ');
  return event.type === 'paste' ? line.trimEnd() : line;
};
