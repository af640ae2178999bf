/** The last line of a command that ends before its run, and the total of a plan that changes nothing. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inside } from '../helpers/inside.ts';
import { ANSWERS, runName, world } from '../helpers/world.ts';

async function worldWithAnswers() {
  const here = await world();
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, ANSWERS);
  return { here, file };
}

const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1) ?? '';
const SIGNED_OUT = { FUNC_HARDEN_ACCESS_TOKEN: 'not.a.token' };

test('a replay and an undo that Azure refuses to sign in close with FAILED, a resume with STOPPED', async () => {
  const { here, file } = await worldWithAnswers();
  const replay = await inside(here, ['replay', file, '--yes'], SIGNED_OUT);
  expect(replay).toMatchObject({ code: 4, stderr: expect.stringContaining('ERROR: ') });
  expect(lastLine(replay.stdout)).toBe('FAILED: 0 applied, 0 verified, 1 failed, 0 skipped. Nothing was sent.');
  const json = await inside(here, ['replay', file, '--yes', '--json'], SIGNED_OUT);
  expect(JSON.parse(lastLine(json.stdout))).toMatchObject({ type: 'run-end', run: null, failed: 1, state: 'failed' });

  const done = await inside(here, ['replay', file, '--step', 'remote-debugging', '--yes']);
  for (const [command, word] of [
    ['undo', 'FAILED'],
    ['resume', 'STOPPED'],
  ] as const) {
    const ended = await inside(here, [command, runName(done), '--yes', '--auth', 'token'], { FUNC_HARDEN_ACCESS_TOKEN: '' });
    expect(ended.code).toBe(4);
    expect(lastLine(ended.stdout)).toMatch(new RegExp(`^${word}: .* Nothing was sent\\.$`));
  }
});

test('wrong usage, missing input and a dry run have no closing word', async () => {
  const { here, file } = await worldWithAnswers();
  expect(await inside(here, ['replay', join(here.folder, 'none.yaml')])).toMatchObject({ code: 64, stdout: '' });
  expect((await inside(here, ['replay', file, '--no-input'])).stdout).not.toMatch(/^(FAILED|STOPPED)/m);
  expect(await inside(here, ['replay', file, '--dry-run'], SIGNED_OUT)).toMatchObject({ code: 4, stdout: '' });
});

test('a plan whose changes are all blocked does not say that there is nothing to do', async () => {
  const { here, file } = await worldWithAnswers();
  const reader = { FUNC_HARDEN_ACCESS_TOKEN: here.readerToken };
  const plan = await inside(here, ['plan', file, '--step', 'remote-debugging'], reader);
  expect(plan.code).toBe(4);
  expect(lastLine(plan.stdout)).toBe('Plan: no changes; 2 controls are left out.');
  expect((await inside(here, ['plan', file, '--format', 'markdown'], reader)).stdout).toMatch(
    /plan: no changes; \d+ controls are left out/,
  );
});
