import { ArmFailure } from './ports.ts';

/** Whether an error means a body of an unexpected shape. Functions over bodies throw it instead of checking each member. */
export const isShapeError = (error: unknown): boolean => error instanceof TypeError || error instanceof RangeError;

/** Returns the failure for a body with an unexpected shape. */
export const shapeFailure = (): ArmFailure =>
  new ArmFailure({
    kind: 'server',
    code: 'UnexpectedAnswer',
    message: 'Azure returned a response in an unexpected format.',
    next: 'Run the command again. If the problem persists, check the endpoint.',
  });
