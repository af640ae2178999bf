import { expect } from 'vitest';

/** Microseconds below which a time is the clock's noise: work of this length is not slow, and a ratio to it says nothing. */
const NOISE = 2000;
/** As many as a busy machine needs: other programs make a try longer, never shorter. */
const TRIES = 10;

/**
 * Expects that `work` takes less than `times` as much processor time for `large` as for `small`, in one of ten tries. Only the time of this
 * thread counts, because V8 collects garbage in others.
 */
export function expectGrowthBelow<T>(times: number, small: T, large: T, work: (size: T) => void, message?: string): void {
  const cost = (size: T): number => {
    const before = process.threadCpuUsage();
    work(size);
    const { user, system } = process.threadCpuUsage(before);
    return Math.max(NOISE, user + system);
  };
  cost(small);
  let least = Infinity;
  for (let tries = 0; tries < TRIES && least >= times; tries++) least = Math.min(least, cost(large) / cost(small));
  expect(least, message).toBeLessThan(times);
}
