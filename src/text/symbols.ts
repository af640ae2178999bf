import type { Colour, Tone } from './spans.ts';

export interface Mark {
  readonly symbol: string;
  readonly ascii: string;
  readonly word: string;
  readonly tone: Tone;
}

/** Every state has a symbol and a word; colour never tells anything alone. */
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

/** Fails now, and a change that was decided covers it. It is no state: an audit, which knows no queue, says that it fails. */
export const QUEUED: Mark = { symbol: '(→)', ascii: '[>]', word: 'will pass when applied', tone: 'info' };

/** What kind of terminal text is drawn for. */
export interface Look {
  readonly colour: Colour;
  readonly ascii: boolean;
  /** It understands no control sequence. */
  readonly dumb?: true;
}

/** A box that is ticked: no x, which says that a control fails. */
export const TICKED = '[*] ';

export const symbolOf = (mark: Mark, { ascii }: Pick<Look, 'ascii'>): string => (ascii ? mark.ascii : mark.symbol);
export const ellipsis = ({ ascii }: Pick<Look, 'ascii'>): string => (ascii ? '...' : '…');
export const arrow = ({ ascii }: Pick<Look, 'ascii'>): string => (ascii ? '->' : '→');
