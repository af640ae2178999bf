/** Odd answers: JSON of another shape than Azure documents. What stumbles over one is the answer of one resource, never the whole job. */
import { Unreadable } from './facts.ts';
import { ArmFailure } from '../ports.ts';
import { isOddShape, oddShape } from '../odd-shape.ts';

/** Why something could not be worked out, where that is about what Azure answered; undefined for every other error. */
export function oddIn(error: unknown): ArmFailure | undefined {
  if (error instanceof Unreadable) return error.failure;
  if (error instanceof ArmFailure) return error;
  return isOddShape(error) ? oddShape() : undefined;
}
