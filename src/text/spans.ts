/** Text as data: what it says and what it means. Terminals, reports and screens each draw it in their own way. */
export type Tone = 'good' | 'bad' | 'warn' | 'info' | 'dim' | 'strong';

export interface Span {
  readonly text: string;
  readonly tone?: Tone;
}
export type Line = readonly Span[];

export const span = (text: string, tone?: Tone): Span => (tone ? { text, tone } : { text });
export const line = (...parts: readonly (Span | string)[]): Line => parts.map((part) => (typeof part === 'string' ? { text: part } : part));
export const lineText = (spans: Line): string => spans.map(({ text }) => text).join('');

const CODES: Readonly<Record<Tone, string>> = { good: '32', bad: '31', warn: '33', info: '36', dim: '2', strong: '1' };

/** For a terminal: only the sixteen colours of its own theme, or none. */
export const ansiLine = (spans: Line, colour: boolean): string =>
  spans.map(({ text, tone }) => (colour && tone && text ? `\u001B[${CODES[tone]}m${text}\u001B[0m` : text)).join('');
