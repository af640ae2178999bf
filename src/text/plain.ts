import type { Line } from './spans.ts';

// C0 and C1 controls, escape sequences (SGR, OSC 8 links and the like) and bidirectional marks.
const ESCAPES = /\u001B\][^\u0007\u001B]*(?:\u0007|\u001B\\)|\u001B[[\]()#;?]*(?:\d{1,4}(?:[;:]\d{0,4})*)?[\dA-PR-TZcf-nq-uy=><~]/g;
const CONTROLS = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069\u061C]/g;

/** Text that came from outside, safe to show on any terminal: one line, no escapes, no controls. */
export const plainText = (text: string): string =>
  text
    .replace(ESCAPES, '')
    .replace(/[\r\n\t]+/g, ' ')
    .replace(CONTROLS, '');

/** JSON in which nothing steers a terminal: JSON itself leaves C1 controls and bidirectional marks as they are. */
export const safeJson = (value: unknown, indent?: number): string =>
  JSON.stringify(value, null, indent).replace(
    /[\u007F-\u009F\u200E\u200F\u061C\u202A-\u202E\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

const UNSAFE = /[\u0000-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069\u061C]/;

/** The last wall before a terminal: whatever a line was made of, nothing in it steers. */
export const cleanLine = (line: Line): Line =>
  line.map((span) => (UNSAFE.test(span.text) ? { ...span, text: plainText(span.text) } : span));
