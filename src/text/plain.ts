import type { Line } from './spans.ts';

// C0 and C1 controls, escape sequences (SGR, OSC 8 links and the like), bidirectional marks, and characters that nobody sees.
const ESCAPES = /\u001B\][^\u0007\u001B]*(?:\u0007|\u001B\\)|\u001B[[\]()#;?]*(?:\d{1,4}(?:[;:]\d{0,4})*)?[\dA-PR-TZcf-nq-uy=><~]/g;
/** Everything that steers or hides, but for line feeds and tabs, and what makes one picture of several. */
const STEERING = String.raw`[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u00AD\u061C\u115F\u1160\u180E\u200B\u200C\u200E\u200F\u2028-\u202E\u2060-\u206F\u3164\uFE00-\uFE0E\uFEFF\uFFA0\uFFF9-\uFFFC\u{E0000}-\u{E0FFF}]|(?<!\p{Extended_Pictographic}\uFE0F?)\u200D|\u200D(?!\p{Extended_Pictographic})|(?<!\p{Extended_Pictographic})\uFE0F`;
const CONTROLS = new RegExp(STEERING, 'gu');

/** Text that came from outside, safe to show on any terminal: one line, no escapes, no controls. */
export const plainText = (text: string): string =>
  text
    .replace(ESCAPES, '')
    .replace(/[\r\n\t\u2028\u2029]+/g, ' ')
    .replace(CONTROLS, '');

const escaped = (text: string): string =>
  Array.from({ length: text.length }, (_, index) => `\\u${text.charCodeAt(index).toString(16).padStart(4, '0')}`).join('');
/** What JSON itself leaves as it is, and what the log of a pipeline takes for a command. */
const IN_JSON = new RegExp(`${STEERING}|#(?=#(?:vso)?\\[)`, 'giu');

/** JSON in which nothing steers a terminal or the log of a pipeline; it says the same. */
export const safeJson = (value: unknown, indent?: number): string => JSON.stringify(value, null, indent).replace(IN_JSON, escaped);

const UNSAFE = new RegExp(`[\\n\\t]|${STEERING}`, 'u');
/** A command of GitHub Actions, as it may stand at the beginning of a line once it was wrapped. */
const COMMAND = /::(?=[a-z][a-z-]*(?:\s[^:]*)?::)/gi;

/** Text of a line, in which nothing steers a terminal or the log of a pipeline. */
function cleanText(text: string): string {
  const plain = UNSAFE.test(text) ? plainText(text) : text;
  return plain.includes('::') ? plain.replace(COMMAND, ': :') : plain;
}

/** Whatever a line was made of, nothing in it steers. */
export const cleanLine = (line: Line): Line =>
  line.map((span) => {
    const text = cleanText(span.text);
    return text === span.text ? span : { ...span, text };
  });

/** The sequences that this program writes itself: its colours, and a line that is drawn over. */
const OWN = String.raw`\u001B\[(?:0|[12]|3[1-6])m|\r\u001B\[K`;
const NOT_OWN = new RegExp(`\r\n|${OWN}|${STEERING}`, 'gu');
const OWN_WHOLE = new RegExp(`^(?:${OWN})$`);

/**
 * The last wall before stdout and stderr: whatever was made of whatever, nothing steers the terminal, and nothing is a command to the
 * pipeline that reads the log. `draws`: whether the stream may have colours.
 */
export function walled(text: string, draws: boolean): string {
  const clean = text.replace(NOT_OWN, (found) => (found === '\r\n' || (draws && OWN_WHOLE.test(found)) ? found : ''));
  return clean.replace(/##(?=(?:vso)?\[)/gi, '# # ').replace(/^([ \t]*):(?=:[a-z])/gim, '$1: ');
}
