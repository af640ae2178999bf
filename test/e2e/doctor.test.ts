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

test('what the account may do at an app: all of it, what is missing and which role brings it, and no such app', async () => {
  const here = await world();
  const may = await inside(here, ['doctor', '--app', 'fn-billing', '--slot', 'all', '--json']);
  expect(may.code).toBe(0);
  const { findings } = JSON.parse(may.stdout) as { findings: { what: string; says: string }[] };
  const lines = findings.filter(({ what }) => what.startsWith('may '));
  expect(lines.map(({ what, says }) => `${what} ${says.replace(/\d+/, 'N')}`)).toEqual(
    ['fn-billing', 'fn-billing/staging'].flatMap((app) => ['audit', 'apply'].map((what) => `may ${what} ${app}: all N actions`)),
  );
  const reader = await inside(here, ['doctor', '--app', 'fn-orders'], { FUNC_HARDEN_ACCESS_TOKEN: here.readerToken });
  expect(reader.code).toBe(0);
  expect(reader.stdout).toMatch(/note may audit +fn-orders: not .*Microsoft\.Web\/sites\/config\/list\/action[\s\S]*Website Contributor/);
  expect(reader.stdout).toMatch(/note may apply +fn-orders: not\s[\s\S]*and\s+\d+\s+more/);
  const nothing = await inside(here, ['doctor', '--app', 'fn-order']);
  expect(nothing.code).toBe(1);
  expect(nothing.stdout).toMatch(/FAIL app +There is no function app "fn-order" in reach/);
});
