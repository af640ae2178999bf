import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { dumbLine } from '../../src/hosts/lines/dumb-line.ts';
import { Prompts } from '../../src/hosts/lines/prompts.ts';
import type { Asking } from '../../src/engine/ports.ts';

const look = { colour: false, ascii: true, dumb: true } as const;

test('on a dumb terminal a question and its answer hold no control sequence', async () => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const asking = ((ask) => ask({ input, output: output as unknown as NodeJS.WriteStream })) as Asking;
  const prompts = new Prompts({ out: () => {}, outLook: look, width: 80 }, asking, new AbortController().signal);
  const answer = prompts.line('Which app?');
  input.write('fn-\u001B[Dorderx\u007Fs\r');
  expect(await answer).toBe('fn-orders');
  expect(String(output.read())).not.toContain('\u001B');
});

test('Ctrl-C and a stop leave the question', async () => {
  const input = new PassThrough();
  const asked = dumbLine('Which?', { input, output: new PassThrough() }, new AbortController().signal);
  input.write('\u0003');
  await expect(asked).rejects.toMatchObject({ name: 'ExitPromptError' });
  await expect(dumbLine('Which?', { input, output: new PassThrough() }, AbortSignal.abort())).rejects.toMatchObject({
    name: 'ExitPromptError',
  });
});
