/** The time of the emulated cloud. */
import { setTimeout as wait } from 'node:timers/promises';

export interface EmulatorClock {
  now(): Date;
  /** Milliseconds since some moment; the clock of the machine may be set meanwhile, this one goes on. */
  elapsed(): number;
  sleep(milliseconds: number): Promise<void>;
}

export const machineClock: EmulatorClock = {
  now: () => new Date(),
  elapsed: () => performance.now(),
  sleep: (milliseconds) => wait(milliseconds),
};
