/** Chooses how the plans of a command read. */
import type { Target } from '../../azure/index.ts';
import type { ArmWriter, Connection } from '../../engine/ports.ts';

/** For this many apps or more, plans read resources that apps share once a minute. */
const MANY = 3;

/** Returns the writer that plans of these apps read with. */
export const plannerFor = ({ writer, planner }: Connection, targets: readonly Target[]): ArmWriter =>
  targets.length < MANY ? writer : planner();
