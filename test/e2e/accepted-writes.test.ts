/** A write that Azure accepted (2xx) is never reported as not sent, whatever a later read returns. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readRuns } from '../../src/files/undo-log/journal.ts';
import { between, json, type Answer, type Hooks } from '../helpers/between.ts';
import { inside } from '../helpers/inside.ts';
import { ORDERS, world } from '../helpers/world.ts';

type Instead = NonNullable<Hooks['instead']>;
const refused = (status: number, code: string) => json(status, { error: { code, message: 'No.' } });

/** The answer of the operation's address, or the address. */
const BROKEN: readonly (readonly [string, string, Answer | 'reset'])[] = [
  ['400', '/op', refused(400, 'BadRequest')],
  ['401', '/op', refused(401, 'ExpiredAuthenticationToken')],
  ['403', '/op', refused(403, 'AuthorizationFailed')],
  ['404', '/op', refused(404, 'NotFound')],
  ['409 busy', '/op', refused(409, 'AnotherOperationInProgress')],
  ['429 without end', '/op', refused(429, 'TooManyRequests')],
  ['500', '/op', json(500, {})],
  ['a redirect', '/op', { status: 302, headers: { location: 'https://evil.example/' }, text: '' }],
  ['HTML', '/op', { status: 200, headers: { 'content-type': 'text/html' }, text: '<html>sign in</html>' }],
  ['incomplete JSON', '/op', { status: 200, headers: { 'content-type': 'application/json' }, text: '{"status":"Succ' }],
  ['a connection that breaks', '/op', 'reset'],
  ['another host', 'https://evil.example/op', 'reset'],
  ['another port', 'http://127.0.0.1:9/op', 'reset'],
  ['no address', 'http://[', 'reset'],
];

test.each(BROKEN.flatMap((one) => [['azure-asyncoperation', ...one] as const, ['location', ...one] as const]))(
  '%s: %s',
  { timeout: 30_000 },
  async (header, what, place, answer) => {
    const here = await world();
    const before = await here.state();
    const file = join(here.folder, 'answers.yaml');
    await writeFile(file, 'version: 1\napps: { fn-orders: { steps: { ftp: { decision: apply, answers: { state: Disabled } } } } }\n');
    const instead: Instead = ({ url }, incoming) => {
      if (!url.startsWith('/op')) return undefined;
      if (answer !== 'reset') return answer;
      incoming.socket.destroy();
      return 'taken';
    };
    const { endpoint, writes } = await between(here.endpoint, {
      instead,
      after: ({ method }, taken) => {
        if (method === 'PATCH') Object.assign(taken, { status: 202, headers: { ...taken.headers, [header]: place } });
      },
    });
    const env = { FUNC_HARDEN_ARM_ENDPOINT: endpoint, FUNC_HARDEN_LONGEST_WAIT_MS: '5' };
    const ran = await inside(here, ['replay', file, '--yes'], env);
    // An operation that Azure no longer knows has ended, and a read shows its values.
    const isGone = what === '404';
    expect(ran.code, ran.stdout + ran.stderr).toBe(isGone ? 0 : 5);
    expect(ran.stderr).toContain(isGone ? 'ftpsState   verified' : 'Azure accepted the request');
    expect(ran.stderr + ran.stdout).not.toContain('Nothing was sent');
    expect(writes(), 'sent once').toHaveLength(1);
    const [run] = await readRuns(join(here.folder, 'func-harden'));
    expect(run?.changes[0]?.outcome).toMatchObject({ ok: false, error: { mayHaveHappened: true } });
    // The state comes from the emulator itself, because undo reads it too.
    const undone = await inside(here, ['undo', run?.run ?? '', '--yes']);
    expect(undone.code, undone.stdout + undone.stderr).toBe(0);
    expect(await here.state()).toEqual(before);
  },
);

test.each([
  ['a new role assignment', 'PUT', /\/roleAssignments\//i],
  ['a vault', 'PATCH', /\/vaults\/[^/?]+\?/i],
])('%s beside the app', async (_, wanted, place) => {
  const here = await world();
  const before = await here.state();
  const file = join(here.folder, 'answers.yaml');
  const area =
    '{ answers: { vault: kv-orders, settings: [PaymentApiKey] }, controls: { references: { decision: apply }, rbac: { decision: apply } } }';
  await writeFile(file, `version: 1\napps: { fn-orders: { steps: { key-vault: ${area} } } }\n`);
  const { endpoint } = await between(here.endpoint, {
    instead: ({ url }) => (url.startsWith('/op') ? refused(403, 'AuthorizationFailed') : undefined),
    after: ({ method, url }, taken) => {
      if (method === wanted && place.test(url)) Object.assign(taken, { status: 202, headers: { ...taken.headers, location: '/op' } });
    },
  });
  const ran = await inside(here, ['replay', file, '--yes', '--confirm', 'fn-orders'], { FUNC_HARDEN_ARM_ENDPOINT: endpoint });
  expect(ran.code, ran.stdout + ran.stderr).toBe(5);
  const [run] = await readRuns(join(here.folder, 'func-harden'));
  const failed = run?.changes.filter(({ outcome }) => outcome?.ok === false);
  expect(failed?.map(({ outcome }) => outcome?.error?.mayHaveHappened)).toEqual([true]);
  const undone = await inside(here, ['undo', run?.run ?? '', '--yes', '--confirm', 'fn-orders']);
  expect(undone.code, undone.stdout + undone.stderr).toBe(0);
  expect(await here.state()).toEqual(before);
});

test('an operation that Azure reports as failed did not happen if the old value is there', async () => {
  const here = await world();
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, 'version: 1\napps: { fn-orders: { steps: { ftp: { decision: apply, answers: { state: Disabled } } } } }\n');
  const body = { status: 'Failed', error: { code: 'NotEnoughRoom', message: 'There is no room.' } };
  const { endpoint } = await between(here.endpoint, {
    instead: ({ method, url }) =>
      url.startsWith('/op') ? json(200, body) : method === 'PATCH' ? json(202, {}, { 'azure-asyncoperation': '/op' }) : undefined,
  });
  const ran = await inside(here, ['replay', file, '--yes'], { FUNC_HARDEN_ARM_ENDPOINT: endpoint });
  expect(ran.code, ran.stdout + ran.stderr).toBe(1);
  expect(ran.stderr).toContain('There is no room. The resource has the old value.');
  const [run] = await readRuns(join(here.folder, 'func-harden'));
  expect(run?.changes[0]?.state).toBe('failed');
});

test('--on-failure rollback also reverts a change that may have happened', async () => {
  const here = await world();
  const before = await here.state();
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, 'version: 1\napps: { fn-orders: { steps: { ftp: { decision: apply, answers: { state: Disabled } } } } }\n');
  let first = true;
  const { endpoint } = await between(here.endpoint, {
    instead: ({ url }) => (url.startsWith('/op') ? refused(403, 'AuthorizationFailed') : undefined),
    after: ({ method, url }, taken) => {
      if (method !== 'PATCH' || !url.startsWith(ORDERS) || !first) return;
      first = false;
      Object.assign(taken, { status: 202, headers: { ...taken.headers, location: '/op' } });
    },
  });
  const ran = await inside(here, ['replay', file, '--yes', '--on-failure', 'rollback'], { FUNC_HARDEN_ARM_ENDPOINT: endpoint });
  expect(ran.code, ran.stdout + ran.stderr).toBe(5);
  expect(await here.state()).toEqual(before);
});
