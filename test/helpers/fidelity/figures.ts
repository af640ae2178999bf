/** Counts how far the emulator agrees with the recordings. */
import type { Json } from '../../../src/emulator/state.ts';
import type { Recorded } from '../recorded.ts';
import { disagreeing, memberPaths } from './compare.ts';

export interface Compared {
  readonly recorded: Recorded;
  /** Name of the place. */
  readonly place: string;
  /** Without the place in front. */
  readonly found: readonly string[];
}

export interface Figures {
  readonly exchanges: number;
  /** Exchanges without any difference. */
  readonly same: number;
  readonly paths: number;
  readonly agreeing: number;
  /** Members that only the emulator returns. */
  readonly more: number;
}

export function figuresOf(all: readonly Compared[]): Figures {
  const counted = all.map(({ recorded, found }) => {
    const paths = memberPaths(recorded.responseBody as Json);
    return { paths: paths.length, off: disagreeing(paths, found).length, more: found.filter((line) => line.startsWith('more ')).length };
  });
  const sum = (name: 'paths' | 'off' | 'more') => counted.reduce((total, one) => total + one[name], 0);
  return {
    exchanges: all.length,
    same: all.filter(({ found }) => found.length === 0).length,
    paths: sum('paths'),
    agreeing: sum('paths') - sum('off'),
    more: sum('more'),
  };
}

export const share = ({ paths, agreeing }: Figures): number => agreeing / paths;
export const percent = (figures: Figures): string => `${(Math.floor(share(figures) * 10_000) / 100).toFixed(2)} %`;
export const line = (name: string, figures: Figures): string =>
  `${name}: ${figures.exchanges} exchanges, ${figures.same} without a difference; ${figures.agreeing} of ${figures.paths} recorded members agree (${percent(figures)}); ${figures.more} more here`;
