import { ArmFailure } from '../../../engine/ports.ts';
import { INTERNAL_ERROR, REPORT_A_BUG, UserError } from '../../../engine/errors.ts';
import { failureCode } from '../../../view/failure-code.ts';
import { plainText } from '../../../text/plain.ts';
import { line, span, type Line } from '../../../text/spans.ts';

/** Formats an error and its next step as lines. */
export function troubleLines(error: unknown): Line[] {
  if (error instanceof ArmFailure)
    return [
      line(plainText(error.message)),
      line(error.next),
      ...(failureCode(error) === '' ? [] : [line(span(failureCode(error), 'dim'))]),
    ];
  if (error instanceof UserError)
    return [...error.message.split('\n').map((text) => line(plainText(text))), ...error.next.map((text) => line(plainText(text)))];
  return [
    line(`${INTERNAL_ERROR}: ${plainText(error instanceof Error ? error.message : String(error))}`),
    ...REPORT_A_BUG.map((text) => line(text)),
  ];
}
