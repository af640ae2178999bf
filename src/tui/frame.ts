/** A screen as lines, cut to the window: nothing wider than it, nothing taller than the live part may be. */
import { line, span, type Line } from '../text/spans.ts';
import type { Look } from '../text/symbols.ts';
import { ellipsis } from '../text/symbols.ts';
import { cutLine, widthOf, wrapLine } from '../text/width.ts';
import type { Binding } from './keys.ts';

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

export function fit(frame: Frame, keys: readonly Binding[], columns: number, rows: number, look: Look): Line[] {
  const foot = [...frame.foot, footer(keys, columns, look)];
  const room = Math.max(1, rows - frame.head.length - foot.length);
  const body = window(frame, room, look);
  return [...frame.head, ...body, ...foot].slice(0, rows).map((one) => cutLine(one, columns, ellipsis(look)));
}

function window({ body, focus, scroll }: Frame, room: number, look: Look): Line[] {
  if (body.length <= room) return [...body];
  const most = body.length - room;
  const start = Math.min(most, Math.max(0, scroll ?? (focus === undefined ? 0 : focus - Math.floor(room / 2))));
  const shown = body.slice(start, start + room);
  const above = start > 0 ? start + 1 : 0;
  const below = body.length - start - room > 0 ? body.length - start - room + 1 : 0;
  const more = (count: number, up: boolean) =>
    line(span(`${look.ascii ? (up ? '^' : 'v') : up ? '↑' : '↓'} ${count} more ${count === 1 ? 'line' : 'lines'}`, 'dim'));
  return shown.map((one, index) =>
    index === 0 && above > 0 ? more(above, true) : index === room - 1 && below > 0 ? more(below, false) : one,
  );
}

/** As many keys as fit in one line. */
export function footer(keys: readonly Binding[], columns: number, look: Look): Line {
  const shown: Line[number][] = [];
  let used = 0;
  for (const { keys: names, says } of keys) {
    const key = look.ascii ? names.replaceAll('↑↓', 'up/down').replaceAll('↑', 'up') : names;
    const wide = widthOf(`${key} ${says}`) + (shown.length > 0 ? 3 : 0);
    if (used + wide > columns) break;
    if (shown.length > 0) shown.push(span('   '));
    shown.push(span(key, 'strong'), span(` ${says}`, 'dim'));
    used += wide;
  }
  return shown;
}

/** Paragraphs wrapped to the window. */
export const wrapped = (lines: readonly Line[], columns: number, indent = 2): Line[] =>
  lines.flatMap((one) => (one.length === 0 ? [one] : wrapLine(one, columns, leading(one) + indent)));

const leading = (one: Line): number => /^ */.exec(one.map(({ text }) => text).join(''))?.[0].length ?? 0;
