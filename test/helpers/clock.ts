/** Test clocks: waits end at once, and the clock shows the time that was waited for. */
import type { EmulatorClock } from '../../src/emulator/server/clock.ts';
import type { Clock } from '../../src/engine/ports.ts';

export interface TestTime {
  readonly clock: Clock;
  /** For the service: while it takes time, the time limits of its clients run. */
  readonly service: EmulatorClock;
}

export function testTime(): TestTime {
  let ahead = 0;
  const limits = new Set<{ left: number; readonly call: () => void }>();
  const now = () => new Date(Date.now() + ahead);
  const elapsed = () => performance.now() + ahead;
  const pass = async (milliseconds: number) => {
    ahead += milliseconds;
    await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    clock: {
      now,
      elapsed,
      sleep: (milliseconds, signal) => (signal?.aborted ? Promise.resolve() : pass(milliseconds)),
      after(milliseconds, call) {
        const limit = { left: milliseconds, call };
        limits.add(limit);
        return () => void limits.delete(limit);
      },
    },
    service: {
      now,
      elapsed,
      async sleep(milliseconds) {
        for (const limit of limits) {
          limit.left -= milliseconds;
          if (limit.left <= 0 && limits.delete(limit)) limit.call();
        }
        await pass(milliseconds);
      },
    },
  };
}
