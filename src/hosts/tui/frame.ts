/** A screen as lines, cut to the width of the window and the height of the live part. */
import { withoutSecrets } from '../../view/print-lines.ts';
import { line, span, type Line } from '../../text/spans.ts';
import { type Look, ellipsis } from '../../text/symbols.ts';
import { cutLine, widthOf, wrapLine } from '../../text/width.ts';
import { cleanLine } from '../../text/plain.ts';
import type { KeyBinding } from './keys/keys.ts';
import { liveRows, type WizardState } from './state/state.ts';

export interface Frame {
  /** Always shown, from the top. */
  readonly head: readonly Line[];
  /** Scrolls between head and foot. */
  readonly body: readonly Line[];
  /** The line of the body that must be in view. */
  readonly focus?: number;
  /** First line of the body in view, once the user has scrolled. */
  readonly scroll?: number;
  /** Always shown, below the body. */
  readonly foot: readonly Line[];
}

/** The lines on screen, and the scroll position of the body. */
export interface View {
  readonly lines: readonly Line[];
  /** First line of the body in view. */
  readonly scroll: number;
  /** Whether the end of the body is in view. */
  readonly toEnd: boolean;
}

export function fit(frame: Frame, keys: readonly KeyBinding[], columns: number, rows: number, look: Look): View {
  const foot = [...frame.foot, ...footer(keys, columns, look, footerRows(columns, rows))];
  const room = Math.max(1, rows - frame.head.length - foot.length);
  const { shown, scroll, toEnd } = inView(frame, room, look);
  const lines = [...frame.head, ...shown, ...foot]
    .slice(0, rows)
    .map((one) => cutLine(withoutSecrets(cleanLine(one)), columns, ellipsis(look)));
  return { lines, scroll, toEnd };
}

function inView({ body, focus, scroll }: Frame, room: number, look: Look): { shown: Line[]; scroll: number; toEnd: boolean } {
  if (body.length <= room) return { shown: [...body], scroll: 0, toEnd: true };
  const most = body.length - room;
  const start = Math.min(most, Math.max(0, scroll ?? (focus === undefined ? 0 : focus - Math.floor(room / 2))));
  const shown = body.slice(start, start + room);
  const above = start > 0 ? start + 1 : 0;
  const below = body.length - start - room > 0 ? body.length - start - room + 1 : 0;
  const more = (count: number, up: boolean) =>
    line(span(`${look.ascii ? (up ? '^' : 'v') : up ? '↑' : '↓'} ${count} more ${count === 1 ? 'line' : 'lines'}`, 'dim'));
  return {
    shown: shown.map((one, index) =>
      index === 0 && above > 0 ? more(above, true) : index === room - 1 && below > 0 ? more(below, false) : one,
    ),
    scroll: start,
    toEnd: start === most,
  };
}

/** The names of keys, in letters where arrows cannot be shown. */
export const keyNames = (shown: string, { ascii }: Look): string =>
  ascii ? shown.replaceAll('↑↓', 'up/down').replaceAll('←→', 'left/right').replaceAll('↑', 'up') : shown;

/** Returns the number of lines for the footer: two in a narrow window that is tall enough. */
const footerRows = (columns: number, rows: number): number => (columns < 60 && rows >= 18 ? 2 : 1);

/** Returns the number of lines of a screen, less the extra lines of the footer. */
export const listRows = (state: Pick<WizardState, 'columns' | 'rows'>): number =>
  liveRows(state) - footerRows(state.columns, liveRows(state)) + 1;

/** Returns whether the footer always shows a key: the first one, back, help, and fixing everything safe. */
const isKept = (key: KeyBinding, first: KeyBinding | undefined): boolean =>
  key === first || key.command === 'help' || key.command === 'back' || key.command === 'safe';

/** Lays out as many keys as fit, the first keys first. If even the keys that are always shown do not fit on a line, they are shortened. */
export function footer(keys: readonly KeyBinding[], columns: number, look: Look, lines = 1): Line[] {
  const [first] = keys;
  const pair = ({ shown, says }: KeyBinding): string => `${keyNames(shown, look)} ${says}`;
  const rowsOf = (some: readonly KeyBinding[], gap: number): KeyBinding[][] => packed(some, columns, gap, pair);
  const kept = keys.filter((key) => isKept(key, first));
  const isTight = rowsOf(kept, 3).length > lines;
  const short = isTight ? keys.map((key) => (key.short === undefined ? key : { ...key, says: key.short })) : keys;
  const gap = isTight ? 2 : 3;
  let shown = short.filter((_, index) => isKept(keys[index] as KeyBinding, first));
  for (const key of short) {
    if (shown.includes(key)) continue;
    const more = short.filter((one) => one === key || shown.includes(one));
    if (rowsOf(more, gap).length > lines) break;
    shown = more;
  }
  return rowsOf(shown, gap)
    .slice(0, lines)
    .map((row) =>
      row.flatMap((binding, index) => [
        ...(index > 0 ? [span(' '.repeat(gap))] : []),
        span(keyNames(binding.shown, look), 'strong'),
        span(` ${binding.says}`, 'dim'),
      ]),
    );
}

/** Breaks keys into lines of the given width, in their order. */
function packed(keys: readonly KeyBinding[], columns: number, gap: number, textOf: (key: KeyBinding) => string): KeyBinding[][] {
  const rows: KeyBinding[][] = [[]];
  let used = 0;
  for (const key of keys) {
    const wide = widthOf(textOf(key));
    if (used > 0 && used + gap + wide > columns) {
      rows.push([]);
      used = 0;
    }
    used += (used > 0 ? gap : 0) + wide;
    rows.at(-1)?.push(key);
  }
  return rows;
}

/** Wraps lines to a number of rows at most; a mark at the end shows that there is more. */
export function wrappedAtMost(lines: readonly Line[], columns: number, most: number, look: Look, indent = 0): Line[] {
  const rows = wrapped(lines, columns, indent);
  const last = rows[most - 1];
  if (rows.length <= most || last === undefined) return rows;
  const mark = ellipsis(look);
  const tone = last.at(-1)?.tone;
  return [...rows.slice(0, most - 1), line(...cutLine(last, columns - widthOf(mark), ''), span(mark, tone))];
}

/** Paragraphs wrapped to the window. */
export const wrapped = (lines: readonly Line[], columns: number, indent = 2): Line[] =>
  lines.flatMap((one) => (one.length === 0 ? [one] : wrapLine(one, columns, leading(one) + indent)));

const leading = (one: Line): number => /^ */.exec(one.map(({ text }) => text).join(''))?.[0].length ?? 0;
