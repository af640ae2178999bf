import type { Line } from './spans.ts';

// C0 and C1 controls, escape sequences (SGR, OSC 8 links and others), bidirectional marks, and invisible characters.
const ESCAPES =
  /(?:\u001B\]|\u009D)[^\u0007\u001B\u009C\u009D]*(?:\u0007|\u001B\\|\u009C)|(?:\u001B[[\]()#;?]*|\u009B\??)(?:\d{1,4}(?:[;:]\d{0,4})*)?[\dA-PR-TZcf-nq-uy=><~]/g;
/** Characters that control a terminal or are invisible, except line feeds and tabs, and joiners that merge characters into one. */
const STEERING = String.raw`[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B\u200C\u200E\u200F\u2028-\u202E\u2060-\u206F\u3164\uFE00-\uFE0E\uFEFF\uFFA0\uFFF0-\uFFFC\u{1BCA0}-\u{1BCA3}\u{1D173}-\u{1D17A}\u{E0000}-\u{E0FFF}]|(?<!\p{Extended_Pictographic}\uFE0F?)\u200D|\u200D(?!\p{Extended_Pictographic})|(?<!\p{Extended_Pictographic})\uFE0F`;
const CONTROLS = new RegExp(STEERING, 'gu');

/** Makes external text safe to print on any terminal: one line, no escape sequences, no control characters. */
export const plainText = (text: string): string =>
  text
    .replace(ESCAPES, '')
    .replace(/[\r\n\t\u2028\u2029]+/g, ' ')
    .replace(CONTROLS, '');

/** Makes a message that quotes external text safe to print, and says where a quoted text differs from what is printed. */
export function plainMessage(text: string): string {
  const plain = plainText(text);
  return plain === text.replace(/[\r\n\t\u2028\u2029]+/g, ' ') ? plain : `${plain} (The text contains characters that are not visible.)`;
}

const escaped = (text: string): string =>
  Array.from({ length: text.length }, (_, index) => `\\u${text.charCodeAt(index).toString(16).padStart(4, '0')}`).join('');
/** Characters that literals of JSON and of code may contain, and the start of a command in the log of a pipeline. */
const IN_LITERAL = new RegExp(`${STEERING}|#(?=#(?:vso)?\\[)`, 'giu');

/** Escapes such characters in a literal, as its language writes them; its meaning is the same. */
export const escapeLiteral = (text: string, escape: (character: string) => string): string =>
  text.replace(IN_LITERAL, (one) => escape(one));

/** Escapes such characters in JSON; its meaning is the same. */
export const escapeJson = (json: string): string => escapeLiteral(json, escaped);

/** Formats JSON with such characters escaped. */
export const safeJson = (value: unknown, indent?: number): string => escapeJson(JSON.stringify(value, null, indent));

const UNSAFE = new RegExp(`[\\n\\t]|${STEERING}`, 'u');
/** Matches a command of GitHub Actions, which could start a line after wrapping. */
const COMMAND = /::(?=[a-z][a-z-]*(?:\s[^:]*)?::)/gi;

/** Removes everything from a line's text that controls a terminal or the log of a pipeline. */
function cleanText(text: string): string {
  const plain = UNSAFE.test(text) ? plainText(text) : text;
  return plain.includes('::') ? plain.replace(COMMAND, ': :') : plain;
}

export const cleanLine = (line: Line): Line =>
  line.map((span) => {
    const text = cleanText(span.text);
    return text === span.text ? span : { ...span, text };
  });

/** The escape sequences that func-harden itself writes: colors, and redrawing a line. */
const OWN = String.raw`\u001B\[(?:0|[12]|3[1-6])m|\r\u001B\[K`;
const NOT_OWN = new RegExp(`\r\n|${OWN}|${STEERING}`, 'gu');
const OWN_WHOLE = new RegExp(`^(?:${OWN})$`);

/**
 * Breaks the commands of pipelines, also where a job prints a file: Azure Pipelines obeys them anywhere in a line, GitHub Actions at the
 * beginning of one, after white space of any kind.
 */
export function withoutPipelineCommands(text: string): string {
  // Most texts of a fleet's report have no such characters, and one search for them is ten times faster than a check of each line.
  if (!text.includes('##') && !text.includes('::')) return text;
  return text.replace(/##(?=(?:vso)?\[)/gi, '# # ').replace(/(?<=^[^\S\n]*):(?=:[a-z])/gim, ': ');
}

/** Removes control sequences and pipeline commands right before stdout and stderr. `draws`: it may contain func-harden's own colors. */
export function walled(text: string, draws: boolean): string {
  const clean = text.replace(NOT_OWN, (found) => (found === '\r\n' || (draws && OWN_WHOLE.test(found)) ? found : ''));
  return withoutPipelineCommands(clean);
}
