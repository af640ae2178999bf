/** Eighty apps, eight of which fail in four ways: the other apps are changed, each failure is reported, and one undo reverts everything. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inside } from '../helpers/inside.ts';
import { withoutOneWay } from '../helpers/states.ts';
import { world } from '../helpers/world.ts';

const ANSWERS = `version: 1
defaults:
  steps:
    https: { decision: apply, answers: { minTls: "1.2", scmMinTls: "1.2" } }
    ftp: { decision: apply, answers: { state: Disabled } }
    remote-debugging: { decision: apply }
    cors: { decision: apply, answers: { allowedOrigins: ["https://www.contoso.com"], supportCredentials: false } }
    deployment-credentials: { decision: apply }
`;

/** The error of Azure, and its code in the report. */
const CAUSES = [
  [403, 'AuthorizationFailed', 'The client does not have authorization to perform this action.'],
  [409, 'ScopeLocked', 'The scope cannot perform write operation because following scope(s) are locked.'],
  [403, 'RequestDisallowedByPolicy', 'Resource was disallowed by policy.'],
  [400, 'BadRequest', 'The parameter has an invalid value.'],
] as const;
const nameOf = (number: number) => `fn-${String(number).padStart(5, '0')}`;
/** Each tenth app fails, with the causes in turn. */
const FAILING = Array.from({ length: 8 }, (_, index) => ({ app: nameOf(index * 10 + 7), cause: CAUSES[index % CAUSES.length]! }));

interface Event {
  readonly type: string;
  readonly run?: string;
  readonly app?: string;
  readonly result?: {
    readonly state: string;
    readonly verified?: string;
    readonly failure?: { code: string; message: string; next: string };
  };
}

test('a replay over 80 apps, of which 8 fail', { timeout: 120_000 }, async () => {
  const here = await world({ scenario: 'fleet', apps: 80 });
  const before = await here.state();
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, ANSWERS);
  await here.faults(
    FAILING.flatMap(({ app, cause: [status, code, message] }) =>
      ['PATCH', 'PUT'].map((method) => ({ method, path: `/sites/${app}\\b`, times: 99, status, body: { error: { code, message } } })),
    ),
  );

  const replay = await inside(here, ['replay', file, '--all', '--yes', '--json']);
  expect(replay.code, replay.stderr).toBe(5);
  const events = replay.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Event);
  const ends = events.filter(({ type }) => type === 'change-end');
  const failures = ends.filter(({ result }) => result?.state !== 'applied');
  expect(Object.fromEntries(failures.map(({ app, result }) => [app, result?.failure?.code]))).toEqual(
    Object.fromEntries(FAILING.map(({ app, cause: [, code] }) => [app, code])),
  );
  for (const { app, result } of failures) {
    const [, , message] = FAILING.find((one) => one.app === app)!.cause;
    expect(result?.failure, app).toMatchObject({ message: expect.stringContaining(message), next: expect.stringMatching(/.{10}/) });
  }
  const done = ends.filter(({ result }) => result?.state === 'applied');
  expect(new Set(done.map(({ app }) => app)).size).toBe(72);
  expect(done.every(({ result }) => result?.verified === 'shown')).toBe(true);
  expect(events.at(-1)).toMatchObject({ type: 'run-end', applied: done.length, verified: done.length, failed: 8, state: 'partial' });
  const changed = await here.state();
  const failing = new Set(FAILING.map(({ app }) => app));
  const moved = Object.keys(before.sites).filter((id) => JSON.stringify(changed.sites[id]) !== JSON.stringify(before.sites[id]));
  expect(moved.length, 'the others are done').toBe(72);
  expect(moved.some((id) => failing.has(id.split('/').at(-1)!))).toBe(false);

  const undo = await inside(here, ['undo', events.at(-1)!.run!, '--yes']);
  expect(undo, undo.stderr).toMatchObject({ code: 0 });
  expect(withoutOneWay(await here.state(), before)).toEqual(before);
});
