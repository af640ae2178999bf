/** Text as data: its words and their meaning. Terminals, reports and screens draw it in their own way. */
export type Tone = 'good' | 'bad' | 'warn' | 'info' | 'dim' | 'strong';

export interface Span {
  readonly text: string;
  readonly tone?: Tone;
  /** URL that a click opens, on terminals that support links. */
  readonly link?: string;
  /** Index of the row of a list that starts here, for mouse clicks. */
  readonly row?: number;
}
export type Line = readonly Span[];

export const span = (text: string, tone?: Tone): Span => (tone ? { text, tone } : { text });
export const line = (...parts: readonly (Span | string)[]): Line => parts.map((part) => (typeof part === 'string' ? { text: part } : part));
export const lineText = (spans: Line): string => spans.map(({ text }) => text).join('');

/** The background of the terminal; false if colors are off. Only the sixteen colors of the terminal's theme are used. */
export type Colour = 'dark' | 'light' | false;
export type Ink = 'green' | 'red' | 'yellow' | 'magenta' | 'cyan' | 'blue' | 'dim' | 'bold';

const TONES: Readonly<Record<Tone, Ink>> = { good: 'green', bad: 'red', warn: 'yellow', info: 'cyan', dim: 'dim', strong: 'bold' };
/** Yellow and cyan are not readable on white. */
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
