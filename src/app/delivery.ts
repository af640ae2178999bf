/** The destination of a command's result: stdout, or the file of `--output`. */
import type { Invocation } from '../cli/invocation.ts';
import { openOutput, type Output } from '../files/output.ts';
import { checkFiles } from './connection.ts';

/** Opens the destination of the result. The file of `--output` is replaced once it is complete. @throws UserError if it is not writable */
export async function openDelivery({ options, args, io }: Invocation): Promise<Output> {
  const { output } = options;
  await checkFiles({ options, args });
  if (output === undefined)
    return {
      async write(text) {
        if (text) io.out(text);
        await io.drained?.();
      },
      end: () => Promise.resolve(),
      discard: () => Promise.resolve(),
    };
  const file = await openOutput(output);
  return {
    ...file,
    async end() {
      await file.end();
      io.err(`Written to ${output}\n`);
    },
  };
}

/** Writes another form of the result to a file. @throws UserError where it cannot be written */
export async function writeReportFile({ io }: Invocation, file: string, text: string): Promise<void> {
  const out = await openOutput(file);
  await out.write(text.endsWith('\n') ? text : `${text}\n`);
  await out.end();
  io.err(`Written to ${file}\n`);
}

/** Prints the result, or writes it to the file of `--output`. */
export async function deliver(invocation: Invocation, text: string): Promise<void> {
  const { write, end } = await openDelivery(invocation);
  await write(text.endsWith('\n') ? text : `${text}\n`);
  await end();
}
