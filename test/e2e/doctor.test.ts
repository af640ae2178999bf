import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inside } from '../helpers/inside.ts';
import { world } from '../helpers/world.ts';

const states = (stdout: string) =>
  Object.fromEntries(
    (JSON.parse(stdout) as { findings: { what: string; state: string }[] }).findings.map(({ what, state }) => [what, state]),
  );

test('what is there and what it found; nothing is changed', async () => {
  const here = await world();
  const { code, stdout } = await inside(here, ['doctor', '--json']);
  expect(code).toBe(0);
  expect(states(stdout)).toEqual({
    node: 'ok',
    terminal: 'warn',
    'undo log': 'ok',
    cloud: 'ok',
    endpoint: 'ok',
    clock: 'ok',
    'sign-in': 'ok',
    token: 'ok',
    tenants: 'ok',
    subscriptions: 'ok',
    apps: 'ok',
  });
  expect((await inside(here, ['doctor'])).stdout).toMatch(/ok +apps +6 function apps/);
  expect(await here.writes()).toEqual([]);
});

test('signed out, and a folder that others can write to: each with what to do', async () => {
  const here = await world();
  const folder = join(here.folder, 'func-harden');
  await mkdir(folder);
  await chmod(folder, 0o777);
  const { code, stdout } = await inside(here, ['doctor'], { FUNC_HARDEN_ACCESS_TOKEN: 'nothing' });
  expect(code).toBe(1);
  expect(stdout).toMatch(/FAIL undo log[\s\S]*chmod 700[\s\S]*FAIL azure[\s\S]*Sign in again/);
});
