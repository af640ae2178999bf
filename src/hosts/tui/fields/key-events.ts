/** Input of the terminal as key events. One chunk of input may contain several keys, or text together with an Enter. */
import type { Key as InkKey } from 'ink';
import type { EditCommand } from './text-edit.ts';

export type KeyName = 'f2' | 'f3' | 'up' | 'down' | 'pageup' | 'pagedown' | 'enter' | 'escape' | 'tab' | 'shift-tab' | EditCommand;

export type KeyEvent =
  /** `glued`: the key came in one chunk with text, as in a paste without brackets. */
  | { readonly type: 'key'; readonly name: KeyName; readonly glued?: boolean }
  /** `alone`: the character was the whole chunk, so it is one single key press. */
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
/** The keys of a shell: in a text field they edit, in a list they move. */
const CONTROL: Readonly<Record<string, KeyName>> = {
  a: 'home',
  e: 'end',
  b: 'left',
  f: 'right',
  u: 'clear',
  k: 'delete-rest',
  w: 'delete-word',
  d: 'delete',
  p: 'up',
  n: 'down',
};

const FUNCTION_KEYS: Readonly<Record<string, 'f2' | 'f3'>> = {
  '\u001BOQ': 'f2',
  '\u001B[12~': 'f2',
  '\u001B[[B': 'f2',
  '\u001BOR': 'f3',
  '\u001B[13~': 'f3',
  '\u001B[[C': 'f3',
};

/** Returns the function key that a chunk is. Ink drops function keys. */
export const functionKey = (chunk: string): 'f2' | 'f3' | undefined =>
  Object.hasOwn(FUNCTION_KEYS, chunk) ? FUNCTION_KEYS[chunk] : undefined;

/** Returns the events of one chunk, in order. */
export function eventsOf(input: string, key: InkKey): KeyEvent[] {
  if (key.tab) return [{ type: 'key', name: key.shift ? 'shift-tab' : 'tab' }];
  const named = NAMED.find(([name]) => key[name] === true);
  if (named) return [{ type: 'key', name: named[1] }];
  if (key.ctrl) {
    const name = CONTROL[input];
    return name ? [{ type: 'key', name }] : [];
  }
  if (key.meta || input === '') return [];
  // If an escape sequence is split, its second half arrives as text: "[A" is part of a key, not typed text.
  if (/^\[[A-D]$/.test(input)) return [];
  return chunkEvents(input);
}

/** Control characters that are keys when they are part of a longer chunk. */
const GLUED: Readonly<Record<string, KeyName>> = { '\t': 'tab', '\u007F': 'backspace', '\b': 'backspace' };

/** Matches one key press; anything longer did not come from one key. */
const ONE_KEY = /^(?:\u001B?(?:\[[\d;]*[A-Za-z~]|O[A-Z])|\u001B|[\s\S])$/u;
export const isOneKey = (chunk: string): boolean => ONE_KEY.test(chunk);

/** Marks an event as part of a longer chunk: it moves the cursor and types text, but does not confirm. */
export const asGlued = (event: KeyEvent): KeyEvent =>
  event.type === 'key' ? { ...event, glued: true } : event.type === 'character' ? { ...event, alone: false } : event;

function chunkEvents(input: string): KeyEvent[] {
  // An Enter with one key right after it means that the user types ahead while the wizard is busy.
  const [, behind] = /^[\r\n]([^\r\n])$/u.exec(input) ?? [];
  if (behind !== undefined) return [{ type: 'key', name: 'enter', glued: true }, ...chunkEvents(behind).map(asGlued)];
  // Several Enters that a busy machine reads together are one: they answer one question and confirm nothing.
  if (/^[\r\n]{2,}$/.test(input) && input !== '\r\n') return [{ type: 'key', name: 'enter', glued: true }];
  const lines = input.split(/\r\n|\r|\n/);
  const characters = [...input].filter((character) => character !== '\r' && character !== '\n');
  const alone = characters.length === 1 && lines.length === 1;
  // Text with exactly one Enter at its end is fast typing over a slow connection; more lines are a paste.
  if (lines.length > 2 || (lines.length === 2 && lines[1] !== '')) return [{ type: 'paste', text: input }];
  return [
    ...characters.map((text): KeyEvent => {
      const name = GLUED[text];
      return name ? { type: 'key', name, glued: true } : { type: 'character', text, alone };
    }),
    ...(lines.length === 2 ? [{ type: 'key', name: 'enter', glued: characters.length > 0 } as const] : []),
  ];
}

/** Joins typed or pasted text into one line. A trailing line break of a paste is removed; a typed blank is kept. */
export const oneLine = (event: Exclude<KeyEvent, { type: 'key' }>): string => {
  const line = event.text.replace(/[\r\n]+/g, ' ');
  return event.type === 'paste' ? line.trimEnd() : line;
};
