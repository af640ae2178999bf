/** Answers with a shape that Azure does not document. Such an answer fails one resource, never the whole job. */
import type { Facts } from '../../azure/index.ts';
import { areAsDocumented, Unreadable } from './facts.ts';
import { ArmFailure } from '../ports.ts';
import { isShapeError, shapeFailure } from '../shape-errors.ts';

/** Returns a failure if an answer of Azure caused the error, else undefined: over documented facts, an error is func-harden's mistake. */
export function unexpectedShapeIn(error: unknown, facts: Facts): ArmFailure | undefined {
  if (error instanceof Unreadable) return error.failure;
  if (error instanceof ArmFailure) return error;
  return isShapeError(error) && !areAsDocumented(facts) ? shapeFailure() : undefined;
}
