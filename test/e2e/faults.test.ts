/** Each fault on each kind of write: the undo log and the state of Azure match. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { State } from '../../src/emulator/state.ts';
import { GONE } from '../../src/emulator/samples/sample-apps.ts';
import { readRuns } from '../../src/files/undo-log/journal.ts';
import { testTime } from '../helpers/clock.ts';
import { inside } from '../helpers/inside.ts';
import { world, type World } from '../helpers/world.ts';

interface Kind {
  readonly name: string;
  readonly method: string;
  /** The request with the fault. */
  readonly path: string;
  readonly steps: (state: State) => string;
  /** Requests without a result that can be read back. */
  readonly call?: true;
}

const goneRole = (state: State): string => {
  const found = Object.values(state.resources).find((one) => (one['properties'] as Record<string, unknown>)['principalId'] === GONE);
  return String(found?.['id']).split('/').at(-1) ?? '';
};

const KINDS: readonly Kind[] = [
  { name: 'PATCH', method: 'PATCH', path: 'fn-orders/config/web', steps: () => 'ftp: { decision: apply, answers: { state: Disabled } }' },
  {
    name: 'a list that is replaced',
    method: 'PUT',
    path: 'fn-orders/config/appsettings',
    steps: () => 'access-keys: { controls: { home-page: { decision: apply } } }',
  },
  {
    name: 'a policy that is sent with PUT',
    method: 'PUT',
    path: 'fn-orders/basicPublishingCredentialsPolicies/scm',
    steps: () => 'deployment-credentials: { controls: { scm: { decision: apply } } }',
  },
  {
    name: 'a resource that is created',
    method: 'PUT',
    path: 'diagnosticSettings',
    steps: () => 'monitoring: { answers: { workspace: log-contoso }, controls: { diagnostics: { decision: apply } } }',
  },
  {
    name: 'a resource that is deleted',
    method: 'DELETE',
    path: 'roleAssignments',
    steps: (state) => `user-permissions: { decision: apply, answers: { most: 3, remove: [${goneRole(state)}] } }`,
  },
  {
    name: 'a call',
    method: 'POST',
    path: 'newpassword',
    steps: () => 'deployment-credentials: { controls: { password: { decision: apply } } }',
    call: true,
  },
];

/** `unknown`: the service may still apply it; a fresh read showed the old values, and resume reads again. */
type Outcome = 'applied' | 'failed' | 'unknown';
const CLOCK_BACK = 'a clock that runs backward';

const BUSY = { error: { code: 'Conflict', message: 'Another operation is in progress.' } };

/** The state after a fault; whether a call was made can be unknown. */
const FAULTS: readonly (readonly [string, Record<string, unknown>, Outcome, number])[] = [
  ['429 without Retry-After', { status: 429, times: 1 }, 'applied', 0],
  ['429 with a Retry-After', { status: 429, times: 2, headers: { 'retry-after': '0' } }, 'applied', 0],
  ['500 that did nothing', { status: 500, times: 1 }, 'applied', 0],
  ['503 again and again', { status: 503, times: 20 }, 'unknown', 1],
  ['a connection that broke before', { drop: 'before', times: 1 }, 'applied', 0],
  ['a connection that broke after', { drop: 'after', times: 1 }, 'applied', 0],
  ['a redirect to another host', { status: 302, times: 5, headers: { location: 'https://evil.example/' } }, 'failed', 1],
  ['busy at first', { status: 409, times: 3, body: BUSY }, 'applied', 0],
  ['busy all the time', { status: 409, times: 20, body: BUSY }, 'failed', 1],
  ['an unknown conflict', { status: 409, times: 1, body: { error: { code: 'Conflict', message: 'No.' } } }, 'failed', 1],
  ['a lock', { status: 409, times: 5, body: { error: { code: 'ScopeLocked', message: 'It is locked.' } } }, 'failed', 1],
  [
    'a policy',
    { status: 403, times: 5, body: { error: { code: 'RequestDisallowedByPolicy', message: 'It was disallowed.' } } },
    'failed',
    1,
  ],
  ['no right', { status: 403, times: 5, body: { error: { code: 'AuthorizationFailed', message: 'No authorization.' } } }, 'failed', 4],
  [
    'a token that expired in the meantime',
    { status: 401, times: 5, body: { error: { code: 'ExpiredAuthenticationToken', message: 'Expired.' } } },
    'failed',
    4,
  ],
  ['a Retry-After of eleven days', { status: 429, times: 2, headers: { 'retry-after': '999999' } }, 'applied', 0],
  ['a Retry-After as a date', { status: 429, times: 1, headers: { 'retry-after': 'Fri, 01 Jan 2100 00:00:00 GMT' } }, 'applied', 0],
  ['no answer in time, nothing done', { delayMs: 90_000, drop: 'before', times: 1 }, 'applied', 0],
  ['no answer in time, but done', { delayMs: 90_000, drop: 'after', times: 1 }, 'applied', 0],
  ['an answer that comes too late, and the write with it', { delayMs: 90_000, times: 1 }, 'applied', 0],
  [
    'a token that is refused because the clock is wrong',
    { status: 401, times: 5, headers: { date: 'Thu, 01 Jan 2026 00:00:00 GMT' }, body: { error: { code: 'InvalidAuthenticationToken' } } },
    'failed',
    4,
  ],
  [CLOCK_BACK, { status: 429, times: 1 }, 'applied', 0],
];

const reset = (here: World) =>
  fetch(`${here.endpoint}/_emulator/reset`, { method: 'POST', headers: { authorization: `Bearer ${here.accessToken}` } });

/** Each read of the clock is one hour earlier than the one before. */
function runBackwards(): void {
  const real = Date;
  let looks = 0;
  vi.stubGlobal(
    'Date',
    class extends real {
      constructor(...of: [] | [number]) {
        super(...((of.length === 0 ? [real.now() - 3_600_000 * looks++] : of) as [number]));
      }
      static override now = () => real.now() - 3_600_000 * looks++;
    },
  );
}

test.each(KINDS)('$name', { timeout: 120_000 }, async (kind) => {
  onTestFinished(() => void vi.unstubAllGlobals());
  const here = await world({ time: testTime() });
  const before = await here.state();
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, `version: 1\napps: { fn-orders: { steps: { ${kind.steps(before)} } } }\n`);
  const go = (state: string) =>
    inside(here, ['replay', file, '--yes', '--confirm', 'fn-orders'], {
      XDG_STATE_HOME: state,
    });
  const whole = await go(join(here.folder, 'whole'));
  expect(whole, whole.stderr + whole.stdout).toMatchObject({ code: 0 });
  const wanted = await here.state();

  for (const [index, [name, fault, outcome, exitCode]] of FAULTS.entries()) {
    await reset(here);
    await here.faults([{ method: kind.method, path: kind.path, ...fault }] as never);
    const state = join(here.folder, `case-${index}`);
    if (name === CLOCK_BACK) runBackwards();
    const ran = await go(state);
    vi.unstubAllGlobals();
    await here.faults([]);
    const [run] = await readRuns(join(state, 'func-harden'));
    const change = run?.changes[0];
    const said = `${name}: ${ran.stdout}${ran.stderr}`;
    // The result of a call without an answer cannot be read, so the call is never sent again.
    const wasLost = kind.call === true && (fault['drop'] !== undefined || fault['delayMs'] !== undefined || fault['status'] === 500);
    if (name.includes('the clock')) expect(ran.stderr, said).toMatch(/The clock of this machine is \d+ minutes ahead of Azure's/);
    expect(run?.changes, said).toHaveLength(1);
    expect(change?.state, said).toBe(wasLost ? 'unknown' : outcome);
    // The result of a call cannot be read, so it is unknown whether the call was made.
    expect(ran.code, said).toBe(kind.call && change?.state === 'unknown' ? 5 : exitCode);
    expect(await here.state(), `${name}: what stands there is what the undo log says`).toEqual(
      change?.state === 'applied' ? wanted : before,
    );
  }
});

test('an operation that Azure accepts and that fails later is not called applied', async () => {
  const here = await world();
  const before = await here.state();
  const file = join(here.folder, 'answers.yaml');
  const subnet =
    '/subscriptions/d1a7c0de-0001-4f6e-8b1a-c0ffee000001/resourceGroups/rg-network/providers/Microsoft.Network/virtualNetworks/vnet-contoso/subnets/endpoints';
  await writeFile(
    file,
    `version: 1\napps: { fn-reports: { steps: { private-access: { answers: { subnet: ${subnet}, dnsZone: privatelink.azurewebsites.net }, controls: { endpoint: { decision: apply } } } } } }\n`,
  );
  const body = { status: 'Failed', error: { code: 'PrivateEndpointCannotBeCreated', message: 'The subnet is full.' } };
  await here.faults([{ method: 'GET', path: 'locations/.*/operations', times: 5, status: 200, body }] as never);
  const ran = await inside(here, ['replay', file, '--yes', '--confirm', 'fn-reports']);
  const polls = (await here.exchanges()).filter(({ url }) => url.includes('/operations/'));
  expect(ran.code, ran.stdout + ran.stderr + JSON.stringify(polls)).toBe(5);
  expect(ran.stderr).toContain(
    'could not complete it: The subnet is full. The resource has the new value, and its provisioning state is Updating.',
  );
  const [run] = await readRuns(join(here.folder, 'func-harden'));
  expect(run?.changes.map(({ state }) => state)).toEqual(['unknown']);
  await here.faults([]);
  const undone = await inside(here, ['undo', run?.run ?? '', '--yes', '--confirm', 'fn-reports']);
  expect(undone.code, undone.stdout + undone.stderr).toBe(0);
  expect(await here.state()).toEqual(before);
});
