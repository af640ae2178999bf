/** The code of a failure, for the line below its message. It loads nothing, because every command can fail. */
import type { ArmFailure } from '../engine/ports.ts';

/** Returns the code and the correlation id of a failure. A code that the message already contains is left out. */
export const failureCode = ({
  code,
  correlationId,
  message,
}: Pick<ArmFailure, 'code' | 'message'> & Partial<Pick<ArmFailure, 'correlationId'>>): string =>
  [...(message.includes(code) ? [] : [code]), ...(correlationId ? [`correlation id ${correlationId}`] : [])].join(', ');
