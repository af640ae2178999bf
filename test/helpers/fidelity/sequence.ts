/** Recorded sequences: writes and the read that shows what they led to, on one emulator, nothing put into its state in between. */
import type { Recorded } from '../recorded.ts';
import { pathOf } from './places.ts';
import { isLost } from './sent.ts';
import { orderOf } from './state.ts';

export interface Sequence {
  /** From the first write on; the last is a read. */
  readonly steps: readonly Recorded[];
}

const isWrite = ({ method }: Recorded): boolean => /^(PUT|PATCH|DELETE)$/.test(method);
const isRead = ({ method, url }: Recorded): boolean => method === 'GET' || (method === 'POST' && /\/list(keys)?\?/i.test(url));
/** The resource of a write and a read. */
const about = (recorded: Recorded): string =>
  pathOf(recorded)
    .toLowerCase()
    .replace(/\/list$/, '');

/** Their recorder sorts by address, so the order is not the order in time. */
const SORTED: ReadonlySet<string> = new Set(['Azure/azure-libraries-for-net', 'Azure/azure-sdk-for-net']);

/** Each read after a write to the same resource in the same recording, with all writes since the first of them. */
export function sequencesIn(all: readonly Recorded[]): Sequence[] {
  const bySource = Map.groupBy(all, ({ file, source }) => `${file} ${source.path}`);
  const inTime = [...bySource.values()].filter((same) => !SORTED.has(same[0]?.source.repo ?? ''));
  return inTime.flatMap((same) => {
    const ordered = same.toSorted((a, b) => orderOf(a) - orderOf(b));
    return ordered.flatMap((read, index) => {
      if (!isRead(read) || read.status !== 200) return [];
      const before = ordered.slice(0, index).filter((one) => about(one) === about(read));
      const lastRead = before.findLastIndex((one) => isRead(one));
      const first = before.slice(lastRead + 1).find((one) => isWrite(one) && one.status < 300);
      if (!first) return [];
      // It may also show values that were written elsewhere in the meantime.
      const writes = ordered.slice(ordered.indexOf(first), index).filter((one) => isWrite(one) && one.status < 300);
      // The written values are unknown.
      if (writes.some((one) => about(one) === about(read) && isLost(one))) return [];
      return [{ steps: [...writes, read] }];
    });
  });
}
