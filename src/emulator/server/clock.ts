/** The time of the emulated cloud. */
import { setTimeout as wait } from 'node:timers/promises';

export interface EmulatorClock {
  now(): Date;
  /** Milliseconds since an arbitrary moment. It is monotonic, so changes of the machine's clock do not affect it. */
  elapsed(): number;
  sleep(milliseconds: number): Promise<void>;
}

export const machineClock: EmulatorClock = {
  now: () => new Date(),
  elapsed: () => performance.now(),
  sleep: (milliseconds) => wait(milliseconds),
};
