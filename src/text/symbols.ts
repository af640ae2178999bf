import type { Colour, Tone } from './spans.ts';

export interface Mark {
  readonly symbol: string;
  readonly ascii: string;
  readonly word: string;
  readonly tone: Tone;
}

/** Every state has a symbol and a word, so that color alone never carries meaning. */
export const MARKS = {
  pass: { symbol: '(✓)', ascii: '[ok]', word: 'passes', tone: 'good' },
  fail: { symbol: '(x)', ascii: '[x]', word: 'fails', tone: 'bad' },
  unknown: { symbol: '(?)', ascii: '[?]', word: 'unknown', tone: 'warn' },
  'not-applicable': { symbol: '(-)', ascii: '[-]', word: 'not applicable', tone: 'dim' },
  attested: { symbol: '(✎)', ascii: '[a]', word: 'attested', tone: 'info' },
  'attestation-missing': { symbol: '(!)', ascii: '[!]', word: 'not attested', tone: 'warn' },
  'attestation-expired': { symbol: '(e)', ascii: '[e]', word: 'attestation expired', tone: 'warn' },
  accepted: { symbol: '(~)', ascii: '[~]', word: 'accepted', tone: 'info' },
} as const satisfies Readonly<Record<string, Mark>>;

/** A failing control that a queued change fixes. It is not a state: an audit does not know the queue and reports a failure. */
export const QUEUED: Mark = { symbol: '(→)', ascii: '[>]', word: 'will pass after the change', tone: 'info' };

/** The abilities of the output for which text is drawn. */
export interface Look {
  readonly colour: Colour;
  readonly ascii: boolean;
  /** The text is read aloud: words in place of symbols. */
  readonly spoken?: true;
}

/** A ticked box. It is not an x, because x means that a control fails. */
export const TICKED = '[*] ';

export const symbolOf = (mark: Mark, { ascii }: Pick<Look, 'ascii'>): string => (ascii ? mark.ascii : mark.symbol);
/** Returns a symbol at the beginning of a row, as wide in every row of a list: `[ok]` has four characters, the other ASCII symbols three. */
export const rowSymbol = (mark: Mark, { ascii }: Pick<Look, 'ascii'>): string => (ascii ? `${mark.ascii.padEnd(4)} ` : `${mark.symbol} `);
/** Returns the symbol before the word of a state; nothing if the text is read aloud, because the word says the same. */
export const symbolBefore = (mark: Mark, look: Pick<Look, 'ascii' | 'spoken'>): string => (look.spoken ? '' : `${symbolOf(mark, look)} `);
/** Returns a symbol without a word; an empty text for screen readers. */
export const signOf = (sign: string, { spoken }: Pick<Look, 'spoken'>): string => (spoken ? '' : sign);
export const ellipsis = ({ ascii }: Pick<Look, 'ascii'>): string => (ascii ? '...' : '…');
export const arrow = ({ ascii, spoken }: Pick<Look, 'ascii' | 'spoken'>): string => (spoken ? 'becomes' : ascii ? '->' : '→');
