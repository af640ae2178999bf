/** Asks for one line of text at the terminal, on stderr, because stdout carries the result. */
import type { Invocation } from '../cli/invocation.ts';
import { openKeyboard } from '../files/keyboard.ts';
import { createAsking } from '../files/prompt-gate.ts';
import { optionErrors } from './errors/options.ts';

/** Asks for a text. `check` returns true, or the problem of the text. @throws UserError where no answer is given */
export async function askText({ io, signal }: Invocation, message: string, check: (text: string) => true | string): Promise<string> {
  const { Prompts } = await import('../hosts/lines/prompts.ts');
  const keyboard = openKeyboard();
  try {
    const asking = createAsking({ stdin: process.stdin, output: process.stderr, keyboard });
    const prompts = new Prompts({ out: io.err, outLook: io.errLook, width: io.width }, asking, signal);
    return (await prompts.line(message, { check })).trim();
  } catch (error) {
    if (error instanceof Error && /^(Leave|Back)Error$/.test(error.name)) throw optionErrors.noAnswerGiven();
    throw error;
  } finally {
    keyboard.close();
  }
}
