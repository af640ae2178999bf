/** Asks for one line of text at the terminal, on stderr: stdout carries the result. */
import type { Invocation } from '../cli/invocation.ts';
import { EXIT, UserError } from '../engine/errors.ts';
import { openKeyboard } from '../files/keyboard.ts';
import { askingAt } from '../files/prompt-gate.ts';

/** `check`: true where the text can be used, else why not. @throws UserError where the question is left without an answer */
export async function askText({ io, signal }: Invocation, message: string, check: (text: string) => true | string): Promise<string> {
  const { Prompts } = await import('../hosts/lines/prompts.ts');
  const keyboard = openKeyboard();
  try {
    const asking = askingAt({ stdin: process.stdin, output: process.stderr, keyboard });
    const prompts = new Prompts({ out: io.err, outLook: io.errLook, width: io.width }, asking, signal);
    return (await prompts.line(message, { check })).trim();
  } catch (error) {
    if (error instanceof Error && /ExitPrompt|Abort/.test(error.name))
      throw new UserError('Nothing was written.', EXIT.failed, ['Run the command again, or give the answers as options.']);
    throw error;
  } finally {
    keyboard.close();
  }
}
