/** Odd answers: JSON of another shape than Azure documents. What stumbles over one is the answer of one resource, never the whole job. */
import type { Facts } from '../../azure/index.ts';
import { areAsDocumented, Unreadable } from './facts.ts';
import { ArmFailure } from '../ports.ts';
import { isOddShape, oddShape } from '../odd-shape.ts';

/**
 * Why something could not be worked out, where that is about what Azure answered; undefined for every other error. Work that stumbles
 * over facts of the documented shape has a mistake of its own, and Azure is not blamed for it.
 */
export function oddIn(error: unknown, facts: Facts): ArmFailure | undefined {
  if (error instanceof Unreadable) return error.failure;
  if (error instanceof ArmFailure) return error;
  return isOddShape(error) && !areAsDocumented(facts) ? oddShape() : undefined;
}
