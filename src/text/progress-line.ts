/** Formats the progress of a long task as one line. */
import type { Look } from './symbols.ts';

export interface Progress {
  readonly done: number;
  /** undefined while the total is unknown. */
  readonly total: number | undefined;
  /** Milliseconds since the start. */
  readonly elapsed: number;
  /** Requests that were answered, and those that are sent and not answered yet. They are shown until the first item is done. */
  readonly reads?: { readonly done: number; readonly open: number };
  /** Why progress is slow at the moment. */
  readonly why?: string;
}

const BAR = 20;

/** Formats `412 of 5,000 apps  ████······  38 a second, 2 min left`, at most `width` columns. */
export function progressLine({ done, total, elapsed, reads, why }: Progress, noun: string, width: number, look: Look): string {
  const number = (value: number) => value.toLocaleString('en-US');
  const rate = elapsed > 1000 ? done / (elapsed / 1000) : 0;
  const filled = total ? Math.min(BAR, Math.floor((done / total) * BAR)) : 0;
  const bar = total ? `${(look.ascii ? '#' : '█').repeat(filled)}${(look.ascii ? '.' : '·').repeat(BAR - filled)}` : '';
  const left = total !== undefined && rate > 0 && total > done ? `${spoken((total - done) / rate)} left` : '';
  const pace = rate > 0 ? `${rate >= 10 ? Math.round(rate) : rate.toFixed(1)} a second` : '';
  const ahead = [pace, left].filter(Boolean).join(', ');
  // While the first item is read, the number of reads is the only progress; with one item, until the end.
  const read =
    done === 0 && reads ? `${number(reads.done)} ${reads.done === 1 ? 'read' : 'reads'} done, ${number(reads.open)} waiting` : '';
  const nouns = total === 1 ? noun.replace(/^apps/, 'app') : noun;
  const parts: string[] = [
    total === undefined ? `${number(done)} ${nouns}` : `${number(done)} of ${number(Math.max(done, total))} ${nouns}`,
    bar,
    ahead,
    read,
    why ?? '',
  ].filter(Boolean);
  // In a short line, the less important parts are dropped first.
  const order: (string | undefined)[] = [why, bar, ahead, read];
  for (let dropped = 0; dropped <= order.length; dropped++) {
    const line = parts.filter((part) => !order.slice(0, dropped).includes(part)).join('  ');
    if (line.length <= width) return line;
  }
  return (parts[0] ?? '').slice(0, width);
}

function spoken(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}

/**
 * Describes why a request waits, and for how long. `now`: adds the time at which the wait ends, because the text stays on the screen.
 * `isMost`: the wait may end earlier.
 */
export const waitWords = (why: string, milliseconds: number, { now, isMost = false }: { now?: Date; isMost?: boolean } = {}): string =>
  `${why}; waiting ${isMost ? 'up to ' : ''}${Math.ceil(milliseconds / 1000)} s${now ? `, until ${new Date(now.getTime() + milliseconds).toTimeString().slice(0, 8)}` : ''}`;
