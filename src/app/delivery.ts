/** The destination of a command's result: stdout, or the file of `--output`. */
import type { Invocation } from '../cli/invocation.ts';
import { openOutput, type Output, type OutputOptions } from '../files/output.ts';
import { checkFiles } from './connection.ts';

/** Opens the destination of the result. The file of `--output` is replaced once it is complete. @throws UserError if it is not writable */
export async function openDelivery({ options, args, io }: Invocation): Promise<Output> {
  const { output } = options;
  await checkFiles({ options, args });
  if (output === undefined) return stdoutOf(io);
  const file = await openOutput(output);
  return {
    ...file,
    async end() {
      await file.end();
      io.err(`Written to ${output}\n`);
    },
  };
}

const stdoutOf = (io: Invocation['io']): Output => ({
  async write(text) {
    if (text) io.out(text);
    await io.drained?.();
  },
  end: () => Promise.resolve(),
  discard: () => Promise.resolve(),
});

/** A result: a text, or its pieces if the whole text would need too much memory. */
export type Result = string | Iterable<string> | AsyncIterable<string>;

/** Writes a whole result; where it fails, the file stays as it was. */
async function writeWhole(out: Output, result: Result): Promise<void> {
  try {
    await writeResult(out, result);
    await out.end();
  } catch (error) {
    await out.discard();
    throw error;
  }
}

/** Writes a result, with a line break at its end. */
async function writeResult({ write }: Output, result: Result): Promise<void> {
  let last = '';
  for await (const piece of typeof result === 'string' ? [result] : result) {
    if (last !== '') await write(last);
    last = piece;
  }
  await write(last.endsWith('\n') ? last : `${last}\n`);
}

/** Writes another form of the result to a file. @throws UserError where it cannot be written */
export async function writeReportFile({ io }: Invocation, file: string, result: Result): Promise<void> {
  await writeFileOf(file, result);
  io.err(`Written to ${file}\n`);
}

/** Writes a result to a file. @throws UserError where it cannot be written */
export async function writeFileOf(file: string, result: Result, options?: OutputOptions): Promise<void> {
  await writeWhole(await openOutput(file, options), result);
}

/** Prints a result, whatever `--output` says. */
export const print = (result: Result, io: Invocation['io']): Promise<void> => writeResult(stdoutOf(io), result);

/** Prints the result, or writes it to the file of `--output`. */
export async function deliver(invocation: Invocation, result: Result): Promise<void> {
  await writeWhole(await openDelivery(invocation), result);
}
