/** `--canary`: the first apps are changed and verified before the other apps. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inside } from '../helpers/inside.ts';
import { withoutOneWay } from '../helpers/states.ts';
import { terminal } from '../helpers/terminal.ts';
import { QUICK, runName, world, type World } from '../helpers/world.ts';

async function fleet(): Promise<{ here: World; args: string[]; sites: () => Promise<string[]> }> {
  const here = await world({ scenario: 'fleet', apps: 8 });
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, 'version: 1\ndefaults: { steps: { https: { decision: apply, answers: { minTls: "1.3", scmMinTls: "1.2" } } } }\n');
  const sites = async () => [...new Set((await here.writes()).map(({ url }) => /sites\/([^/?]+)/.exec(url)![1]!))].toSorted();
  return { here, args: ['replay', file, '--all'], sites };
}
const locked = { status: 409, body: { error: { code: 'ScopeLocked', message: 'The scope is locked.' } } };
const eventsOf = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test('canary: the other apps follow if the first apps succeed', async () => {
  const { here, args, sites } = await fleet();
  const { code, stdout } = await inside(here, [...args, '--yes', '--canary', '2', '--json']);
  expect(code).toBe(0);
  const events = eventsOf(stdout);
  const at = events.findIndex(({ type }) => type === 'canary');
  expect(events[at]).toEqual({ type: 'canary', apps: ['fn-00001', 'fn-00002'], ok: true });
  const appsIn = (list: Record<string, unknown>[]) => new Set(list.flatMap(({ type, app }) => (type === 'change-end' ? [app] : [])));
  expect([...appsIn(events.slice(0, at))].toSorted()).toEqual(['fn-00001', 'fn-00002']);
  expect(appsIn(events.slice(at)).size).toBe(6);
  expect(await sites()).toHaveLength(8);
  expect(events.at(-1)).toMatchObject({ type: 'run-end', failed: 0, skipped: 0, state: 'done' });
});

test('canary: if one of the first apps fails, the others are not changed, and the message names the next step', async () => {
  const { here, args, sites } = await fleet();
  const before = await here.state();
  await here.faults([{ method: 'PATCH', path: 'sites/fn-00002', times: 9, ...locked }]);
  const replay = await inside(here, [...args, '--yes', '--canary', '2']);
  expect(replay.code).toBe(5);
  expect(await sites()).toEqual(['fn-00001', 'fn-00002']);
  const run = runName(replay);
  expect(replay.stderr).toContain('changed first: fn-00001, fn-00002 failed or could not be verified');
  expect(replay.stderr).toContain('ERROR: The first apps (--canary) failed, so the other 6 apps were not changed.');
  expect(replay.stderr).toContain(`func-harden undo ${run}`);
  expect(replay.stdout).toMatch(/PARTLY FAILED: \d+ applied, \d+ verified, 1 failed, [1-9]\d* skipped/);

  await here.faults([]);
  const again = await inside(here, [...args, '--yes', '--canary', '2']);
  expect(again, again.stderr).toMatchObject({ code: 0 });
  for (const one of [again, replay]) expect((await inside(here, ['undo', runName(one), '--yes'])).code).toBe(0);
  expect(withoutOneWay(await here.state(), before)).toEqual(before);
});

test('canary: a run that applied nothing exits with 1, whatever the cause', async () => {
  const { here, args } = await fleet();
  const body = { error: { code: 'AuthorizationFailed', message: 'No.' } };
  await here.faults([{ method: 'PATCH', path: '.', times: 99, status: 403, body }]);
  const { code, stdout } = await inside(here, [...args, '--yes', '--canary', '1', '--json']);
  const events = eventsOf(stdout);
  expect([code, events.at(-1)]).toEqual([1, expect.objectContaining({ applied: 0, failed: 1, state: 'failed' })]);
  expect(events.find(({ type }) => type === 'canary')).toMatchObject({ ok: false });
});

test.each([
  ['0', '"0" is neither a number of apps nor a tag.'],
  ['two', '"two" is neither a number of apps nor a tag.'],
  ['env=', '"env=" is neither a number of apps nor a tag.'],
])('--canary %s is refused before anything is read', async (given, says) => {
  const { here, args } = await fleet();
  const { code, stderr } = await inside(here, [...args, '--canary', given]);
  expect([code, stderr, (await here.exchanges()).length]).toEqual([64, expect.stringContaining(says), 0]);
});

test('waves by tag: the apps of each value are one wave, then all other apps', async () => {
  const { here, args } = await fleet();
  const tagged = new Map(Object.values((await here.state()).sites).map(({ name, tags }) => [name, tags!['env']]));
  const { code, stdout } = await inside(here, [...args, '--yes', '--canary', 'env=test', '--json']);
  expect(code).toBe(0);
  const events = eventsOf(stdout);
  const at = events.findIndex(({ type }) => type === 'canary');
  const appsIn = (list: Record<string, unknown>[]) =>
    new Set(list.flatMap(({ type, app }) => (type === 'change-end' ? [String(app)] : [])));
  expect([...appsIn(events.slice(0, at))].map((app) => tagged.get(app))).toEqual((events[at]!['apps'] as string[]).map(() => 'test'));
  expect([...appsIn(events.slice(at))].map((app) => tagged.get(app))).toEqual([...appsIn(events.slice(at))].map(() => 'prod'));
});

test('a canary tag that no app has is refused, and nothing is sent', async () => {
  const { here, args } = await fleet();
  const { code, stderr } = await inside(here, [...args, '--yes', '--canary', 'ring=0']);
  expect([code, (await here.writes()).length]).toEqual([64, 0]);
  expect(stderr).toContain('--canary ring=0: none of the apps to change has this tag.');
});

test('on a terminal, a question is asked before the other apps are changed', async () => {
  const { here, args, sites } = await fleet();
  const screen = terminal([...args, '--canary', '1'], {
    environment: {
      FUNC_HARDEN_ACCESS_TOKEN: here.accessToken,
      FUNC_HARDEN_ARM_ENDPOINT: here.endpoint,
      ...QUICK,
      XDG_STATE_HOME: here.folder,
    },
  });
  await screen.sees(/Send these \d+ requests\?/);
  screen.type('y', 'enter');
  await screen.sees('Continue with the other apps?');
  expect(await sites()).toEqual(['fn-00001']);
  screen.type('n', 'enter');
  expect(await screen.ended).toBe(5);
  expect(screen.history()).toMatch(/As you selected, the other 7 apps were not changed[\s\S]*func-harden resume/);
  const [, run] = /Run: (\S+)/.exec(screen.history())!;
  const left = await inside(here, ['resume', run!, '--dry-run']);
  expect(left.stdout.trimEnd().split('\n').at(-1)).toMatch(/^Plan: \d+ changes in \d+ requests on 7 apps, /);
  expect(left.stdout).not.toContain('nothing to do');
  const resumed = await inside(here, ['resume', run!, '--yes']);
  expect(resumed, resumed.stderr).toMatchObject({ code: 0 });
  expect(await sites()).toHaveLength(8);
});
