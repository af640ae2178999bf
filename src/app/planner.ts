/** Chooses how the plans of a command read. */
import type { Target } from '../azure/index.ts';
import type { ArmWriter, Connection } from '../engine/ports.ts';

/** From this many apps on, plans read once a minute what the apps share. */
const MANY = 3;

/** Returns the writer that plans of these apps read with. */
export const plannerFor = ({ writer, planner }: Connection, targets: readonly Target[]): ArmWriter =>
  targets.length < MANY ? writer : planner();
