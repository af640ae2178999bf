/** The wizard by line prompts without a terminal: answers in, text out, over the real session and emulator. */
import { PassThrough } from 'node:stream';
import { join } from 'node:path';
import { createWizardSession } from '../../src/app/wizard/wizard-session.ts';
import type { Invocation } from '../../src/cli/invocation.ts';
import type { Options } from '../../src/cli/options.ts';
import type { Asking } from '../../src/engine/ports.ts';
import { runLines, type LinesEnded } from '../../src/hosts/lines/line-wizard.ts';
import { catalogue } from '../../steps/index.ts';
import type { World } from './world.ts';

export interface LinePilot {
  /** The complete output. */
  said(): string;
  /** Waits for a question with this end and answers it; returns the output since the last answer. */
  answer(asked: RegExp, text: string): Promise<string>;
  /** Presses Esc at a question with this end. */
  escape(asked: RegExp): Promise<string>;
  readonly ended: Promise<LinesEnded>;
}

export async function linePilot(here: Pick<World, 'connection' | 'folder' | 'clock'>, options: Options = {}): Promise<LinePilot> {
  const connection = await here.connection();
  const stop = new AbortController();
  const look = { colour: false, ascii: true } as const;
  let said = '';
  let from = 0;
  let heard: () => void = () => {};
  const say = (text: string): void => {
    said += text;
    heard();
  };
  const io = { out: say, err: () => {}, outLook: look, errLook: look, width: 200, interactive: true, asks: true, fullScreen: false };
  const invocation: Invocation = {
    args: [],
    options: { stateDir: join(here.folder, 'state'), save: join(here.folder, 'answers.yaml'), ...options },
    io,
    environment: {},
    clock: here.clock,
    version: '0.0.0',
    catalogue: () => Promise.resolve(catalogue),
    signal: stop.signal,
  };
  const [input, output] = [new PassThrough(), new PassThrough()];
  output.on('data', (chunk: Buffer) => say(String(chunk)));
  const ask = ((work) => work({ input, output: output as unknown as NodeJS.WriteStream })) as Asking;
  const session = await createWizardSession(invocation, connection);
  const ended = runLines({ session, io, ask, signal: stop.signal });
  const press = (asked: RegExp, keys: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`never asked ${String(asked)}:\n${said.slice(from)}`)), 10_000);
      heard = () => {
        const since = said.slice(from);
        if (!asked.test(since)) return;
        clearTimeout(timer);
        heard = () => {};
        from = said.length;
        input.write(keys);
        resolve(since);
      };
      heard();
    });
  return {
    said: () => said,
    answer: (asked, text) => press(asked, `${text}\r`),
    escape: (asked) => press(asked, '\u001B'),
    ended,
  };
}
