/** Undo of an undo, undo of a part, values that others changed; selections without a match; approvals of completed changes. */
import { spawn } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inside } from '../helpers/inside.ts';
import { ANSWERS, BIN, ORDERS, runName, world, type World } from '../helpers/world.ts';

async function answers(here: World, text = ANSWERS): Promise<string> {
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, text);
  return file;
}
const configOf = async (here: World) => (await here.get(`${ORDERS}/config/web`))['properties'] as Record<string, unknown>;
const only = (steps: string) => `version: 1\napps:\n  fn-orders:\n    steps:\n${steps.replace(/^/gm, '      ')}\n`;

test('undo of an undo that locks callers out requires the name of the app again', async () => {
  const here = await world();
  const replay = await inside(here, ['replay', await answers(here), '--yes', '--confirm', 'fn-orders']);
  const undo = await inside(here, ['undo', runName(replay), '--yes']);
  expect(undo, undo.stderr).toMatchObject({ code: 0 });
  const again = await inside(here, ['undo', runName(undo), '--yes']);
  expect([again.code, again.stderr]).toEqual([3, expect.stringContaining('--confirm fn-orders')]);
  const confirmed = await inside(here, ['undo', runName(undo), '--yes', '--confirm', 'fn-orders']);
  expect(confirmed, confirmed.stderr).toMatchObject({ code: 0 });
  expect(await configOf(here)).toMatchObject({ ipSecurityRestrictionsDefaultAction: 'Deny', minTlsVersion: '1.2' });
  const shown = async (run: string) => (await inside(here, ['history', run])).stdout.trimEnd().split('\n').at(-1);
  expect([await shown(runName(replay)), await shown(runName(undo))], 'what was redone is applied').toEqual([
    'APPLIED: 4 applied.',
    'UNDONE: 4 applied again.',
  ]);
  expect((await inside(here, ['history'])).stdout).toMatch(new RegExp(`${runName(replay)}.* applied\\n`));
  expect((await inside(here, ['history', runName(undo)])).stdout).toContain(`applied again by ${runName(confirmed)}`);
  expect((await inside(here, ['history', runName(confirmed)])).stdout).toMatch(/^1 .*  undone, verified$/m);
  const first = await inside(here, ['undo', runName(replay), '--yes']);
  expect(first, 'what was redone can be undone by its first name').toMatchObject({ code: 0 });
  expect((await inside(here, ['history', runName(replay)])).stdout, 'nothing is left to undo').not.toContain('Undo:');
  expect(await configOf(here)).toMatchObject({ ipSecurityRestrictionsDefaultAction: 'Allow', minTlsVersion: '1.0' });
});

test('an undo that kept a value of another person can be completed with --overwrite', async () => {
  const here = await world();
  const replay = await inside(here, [
    'replay',
    await answers(here, only('https: { decision: apply, answers: { minTls: "1.2", scmMinTls: "1.2" } }')),
    '--yes',
  ]);
  await here.patch(`${ORDERS}/config/web`, { minTlsVersion: '1.3' });
  const kept = await inside(here, ['undo', runName(replay), '--yes']);
  expect([kept.code, kept.stdout]).toEqual([
    5,
    expect.stringContaining('These values stay as they are. Add --overwrite to revert them as well.'),
  ]);
  expect(await configOf(here)).toMatchObject({ minTlsVersion: '1.3', scmMinTlsVersion: '1.0' });
  const nothing = await inside(here, ['undo', runName(replay), '--yes', '--json']);
  expect([nothing.code, JSON.parse(nothing.stdout)], 'nothing is sent, and the value stays').toEqual([
    5,
    expect.objectContaining({ type: 'run-end', run: null, applied: 0, state: 'partial' }),
  ]);
  const forced = await inside(here, ['undo', runName(replay), '--yes', '--overwrite']);
  expect(forced, forced.stderr).toMatchObject({ code: 0 });
  expect(forced.stdout).toContain('The undo overwrites these values.');
  expect(forced.stdout).not.toContain('stay as they are');
  expect(await configOf(here)).toMatchObject({ minTlsVersion: '1.0' });
});

test('a skipped control is not written, and the evidence describes only written controls', async () => {
  const here = await world();
  const text = only(
    'access-restrictions: { decision: apply, controls: { rules: { decision: skip } }, answers: { rules: [{ name: me, priority: 1, action: Allow, ip: 203.0.113.7/32 }], defaultAction: Deny } }',
  );
  await here.patch(`${ORDERS}/config/web`, { ipSecurityRestrictions: [] });
  const plan = await inside(here, ['plan', await answers(here, text), '--json', '--my-ip', '203.0.113.7']);
  const { changes } = JSON.parse(plan.stdout) as { changes: { body: unknown; guards: { says: string }[] }[] };
  expect(changes.map(({ body }) => body)).toEqual([{ properties: { ipSecurityRestrictionsDefaultAction: 'Deny' } }]);
  expect(changes[0]!.guards.map(({ says }) => says).join('\n')).toContain('Your IP address 203.0.113.7 loses access');
});

test('an area that an app skips is skipped, although the defaults choose its controls', async () => {
  const here = await world();
  const text =
    'version: 1\ndefaults:\n  steps:\n    https: { controls: { https-only: { decision: apply } } }\napps:\n  fn-orders:\n    steps:\n      https: { decision: skip }\n';
  const plan = await inside(here, ['plan', await answers(here, text)]);
  expect(plan, plan.stderr).toMatchObject({ code: 0 });
});

test.each([
  ['--resource-group', 'rg-shp'],
  ['--tag', 'env=prdo'],
  ['--subscription', 'nope'],
  ['--app', 'fn-ordres'],
])('a selection without a match is an error: %s %s', async (flag, value) => {
  const here = await world();
  const file = await answers(here);
  for (const command of [['replay', file, '--yes'], ['plan', file], ['audit']]) {
    const outcome = await inside(here, [...command, flag, value]);
    expect([command[0], outcome.code, outcome.stderr]).toEqual([
      command[0],
      1,
      expect.stringMatching(/was not found|No function app matches/),
    ]);
  }
});

test('an unknown subscription is one error, also with an app', async () => {
  const here = await world();
  for (const command of [
    ['audit', '--app', 'fn-orders'],
    ['replay', await answers(here), '--yes'],
  ]) {
    const { stdout, stderr } = await inside(here, [...command, '--subscription', 'nope']);
    expect(`${stdout}${stderr}`.match(/was not found|matches/g), `${command[0]}: ${stdout}${stderr}`).toHaveLength(1);
  }
});

test('--confirm may name an app without open changes', async () => {
  const here = await world();
  const file = await answers(here);
  await inside(here, ['replay', file, '--yes', '--confirm', 'fn-orders']);
  expect(await inside(here, ['replay', file, '--yes', '--confirm', 'fn-orders', '--app', 'fn-orders'])).toMatchObject({ code: 0 });
});

test('an option with several values does not consume the file argument', async () => {
  const here = await world();
  const plan = await inside(here, ['plan', '--app', 'fn-orders', await answers(here)]);
  expect(plan, plan.stderr).toMatchObject({ code: 2 });
});

test('an answer without its members is unknown, never a pass', async () => {
  const here = await world();
  await here.faults([{ method: 'GET', path: 'config/web', times: 99, status: 200, body: { id: 'x' } }]);
  const audit = await inside(here, ['audit', '--app', 'fn-ledger', '--step', 'remote-debugging', '--json']);
  const { apps } = JSON.parse(audit.stdout) as { apps: { steps: { controls: { state: string }[] }[] }[] };
  expect([audit.code, apps[0]!.steps[0]!.controls.map(({ state }) => state)]).toEqual([1, ['unknown', 'not-applicable', 'unknown']]);
});

test('a closed reader of stdout does not end a run between its changes', async () => {
  const here = await world();
  const file = await answers(here);
  const env = {
    ...process.env,
    FUNC_HARDEN_ACCESS_TOKEN: here.accessToken,
    FUNC_HARDEN_ARM_ENDPOINT: here.endpoint,
    XDG_STATE_HOME: here.folder,
  };
  const child = spawn(process.execPath, [BIN, 'replay', file, '--yes', '--confirm', 'fn-orders', '--json'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.once('data', () => child.stdout.destroy());
  child.stderr.destroy();
  expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0);
  expect(await here.writes()).toHaveLength(4);
  expect(await readdir(join(here.folder, 'func-harden', 'journal'))).toHaveLength(1);
  const { runs } = JSON.parse((await inside(here, ['history', '--json'])).stdout) as { runs: { state: string }[] };
  expect(runs.map(({ state }) => state)).toEqual(['done']);
});

test('an undo log of another cloud is refused', async () => {
  const here = await world();
  const replay = await inside(here, ['replay', await answers(here), '--yes', '--confirm', 'fn-orders']);
  const file = join(here.folder, 'func-harden', 'journal', `${runName(replay)}.jsonl`);
  const { readFile } = await import('node:fs/promises');
  await writeFile(file, (await readFile(file, 'utf8')).replaceAll(here.endpoint, 'https://management.azure.com'));
  const undo = await inside(here, ['undo', runName(replay), '--yes']);
  expect([undo.code, undo.stderr]).toEqual([64, expect.stringContaining('changed https://management.azure.com')]);
});
