/** Text as data: what it says and what it means. Terminals, reports and screens each draw it in their own way. */
export type Tone = 'good' | 'bad' | 'warn' | 'info' | 'dim' | 'strong';

export interface Span {
  readonly text: string;
  readonly tone?: Tone;
  /** Where a click leads, on terminals that have links. */
  readonly link?: string;
  /** Number of the row of a list that it begins, which a click points at. */
  readonly row?: number;
}
export type Line = readonly Span[];

export const span = (text: string, tone?: Tone): Span => (tone ? { text, tone } : { text });
export const line = (...parts: readonly (Span | string)[]): Line => parts.map((part) => (typeof part === 'string' ? { text: part } : part));
export const lineText = (spans: Line): string => spans.map(({ text }) => text).join('');

/** What the background is; false if nothing is coloured. Only the sixteen colours of the terminal's own theme are used. */
export type Colour = 'dark' | 'light' | false;
export type Ink = 'green' | 'red' | 'yellow' | 'magenta' | 'cyan' | 'blue' | 'dim' | 'bold';

const TONES: Readonly<Record<Tone, Ink>> = { good: 'green', bad: 'red', warn: 'yellow', info: 'cyan', dim: 'dim', strong: 'bold' };
/** Yellow and cyan cannot be read on white. */
const ON_LIGHT: Partial<Readonly<Record<Tone, Ink>>> = { warn: 'magenta', info: 'blue' };
const CODES: Readonly<Record<Ink, string>> = {
  green: '32',
  red: '31',
  yellow: '33',
  magenta: '35',
  cyan: '36',
  blue: '34',
  dim: '2',
  bold: '1',
};

export const inkOf = (tone: Tone, colour: Exclude<Colour, false>): Ink => (colour === 'light' ? ON_LIGHT[tone] : undefined) ?? TONES[tone];

export const ansiLine = (spans: Line, colour: Colour): string =>
  spans.map(({ text, tone }) => (colour && tone && text ? `\u001B[${CODES[inkOf(tone, colour)]}m${text}\u001B[0m` : text)).join('');
