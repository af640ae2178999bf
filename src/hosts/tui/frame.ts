/** A screen as lines, cut to the window: nothing wider than it, nothing taller than the live part may be. */
import { withoutSecrets } from '../../view/printed.ts';
import { line, span, type Line } from '../../text/spans.ts';
import { type Look, ellipsis } from '../../text/symbols.ts';
import { cutLine, widthOf, wrapLine } from '../../text/width.ts';
import { cleanLine } from '../../text/plain.ts';
import type { KeyBinding } from './keys.ts';

export interface Frame {
  /** Always shown, from the top. */
  readonly head: readonly Line[];
  /** Scrolls. */
  readonly body: readonly Line[];
  /** The line of the body that must be in view. */
  readonly focus?: number;
  /** First line of the body in view, where a person scrolls it. */
  readonly scroll?: number;
  /** Always shown, below the body. */
  readonly foot: readonly Line[];
}

/** What is on screen, and where its scrolled part stands. */
export interface View {
  readonly lines: readonly Line[];
  /** First line of the body in view. */
  readonly scroll: number;
  /** Whether the end of the body is in view. */
  readonly toEnd: boolean;
}

export function fit(frame: Frame, keys: readonly KeyBinding[], columns: number, rows: number, look: Look): View {
  const foot = [...frame.foot, footer(keys, columns, look)];
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

/** As many keys as fit in one line, the first ones first; help always has its place. */
export function footer(keys: readonly KeyBinding[], columns: number, look: Look): Line {
  const text = ({ shown }: KeyBinding) => keyNames(shown, look);
  const wide = (binding: KeyBinding) => widthOf(`${text(binding)} ${binding.says}`) + 3;
  // The way on, the way back and the way to all other keys are there in every window.
  const [first] = keys;
  const kept = keys.filter((one) => one === first || one.command === 'help' || one.command === 'back');
  let left = columns + 3 - kept.reduce((sum, one) => sum + wide(one), 0);
  const shown = keys.filter((one) => {
    if (kept.includes(one)) return true;
    left = wide(one) > left ? 0 : left - wide(one);
    return left > 0;
  });
  return shown.flatMap((binding, index) => [
    ...(index > 0 ? [span('   ')] : []),
    span(text(binding), 'strong'),
    span(` ${binding.says}`, 'dim'),
  ]);
}

/** Paragraphs wrapped to the window. */
export const wrapped = (lines: readonly Line[], columns: number, indent = 2): Line[] =>
  lines.flatMap((one) => (one.length === 0 ? [one] : wrapLine(one, columns, leading(one) + indent)));

const leading = (one: Line): number => /^ */.exec(one.map(({ text }) => text).join(''))?.[0].length ?? 0;
