import { ArmFailure } from './ports.ts';

/** Functions over bodies expect the documented shape and do not look at each member first: they throw these. */
export const isOddShape = (error: unknown): boolean => error instanceof TypeError || error instanceof RangeError;

export const oddShape = (): ArmFailure =>
  new ArmFailure({
    kind: 'server',
    code: 'UnexpectedAnswer',
    message: 'Azure returned a response in an unexpected format.',
    next: 'Run the command again. If the problem persists, check the endpoint.',
  });
