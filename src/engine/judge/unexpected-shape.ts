/** Answers with a shape that Azure does not document. Such an answer fails one resource, never the whole job. */
import type { Facts } from '../../azure/index.ts';
import { areAsDocumented, Unreadable } from './facts.ts';
import { ArmFailure } from '../ports.ts';
import { isShapeError, shapeFailure } from '../shape-errors.ts';

/**
 * Returns a failure where an answer of Azure caused the error, or undefined for every other error. An error over facts of the documented
 * shape is a mistake in func-harden, and Azure is not blamed for it.
 */
export function unexpectedShapeIn(error: unknown, facts: Facts): ArmFailure | undefined {
  if (error instanceof Unreadable) return error.failure;
  if (error instanceof ArmFailure) return error;
  return isShapeError(error) && !areAsDocumented(facts) ? shapeFailure() : undefined;
}
