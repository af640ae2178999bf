/** The text and the exit code of an error. */
import type { Io } from '../cli/invocation.ts';
import { exitOf, EXIT, INTERNAL_ERROR, REPORT_A_BUG, UserError, type ExitCode } from '../engine/errors.ts';
import { ArmFailure } from '../engine/ports.ts';
import { fileErrors } from '../files/errors/files.ts';
import { plainText } from '../text/plain.ts';
import { failureCode } from '../view/failure-code.ts';

/** Says what happened and what to do next. */
export function complain(given: unknown, io: Io): ExitCode {
  const error = (given as { readonly syscall?: unknown } | null)?.syscall === 'uv_cwd' ? fileErrors.workingFolderGone() : given;
  if (error instanceof UserError) {
    const lines = error.message.split('\n').map(plainText).join('\n');
    io.err(`ERROR: ${lines}\n${error.next.map((line) => `  ${plainText(line)}\n`).join('')}`);
    return error.exitCode;
  }
  if (error instanceof ArmFailure) {
    const code = failureCode(error);
    io.err(`ERROR: ${plainText(error.message)}\n  ${plainText(error.next)}\n${code === '' ? '' : `  (${code})\n`}`);
    return exitOf(error);
  }
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
  io.err(`ERROR: ${INTERNAL_ERROR}: ${what}\n${REPORT_A_BUG.map((line) => `  ${line}\n`).join('')}`);
  return EXIT.failed;
}
