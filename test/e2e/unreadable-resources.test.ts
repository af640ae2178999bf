/** What an audit could not read, and its exit code: 6 where there are no findings, 4 where there is nothing at all, 1 where Azure gave no answer. */
import { describe, expect, test } from 'vitest';
import { inside } from '../helpers/inside.ts';
import { world, type World } from '../helpers/world.ts';

const audit = (here: World, ...args: string[]) => inside(here, ['audit', ...args]);
const GOOD = ['--app', 'fn-ledger'];
const forbidden = { status: 403, times: 999, body: { error: { code: 'AuthorizationFailed', message: 'No authorization.' } } };
const says = (word: string) => `Encountered an error (${word}) from host runtime.`;

interface Found {
  readonly id: string;
  readonly state: string;
  readonly reason: string | null;
}
const controlsIn = (stdout: string): Found[] =>
  (JSON.parse(stdout) as { apps: { steps: { controls: Found[] }[] }[] }).apps.flatMap(({ steps }) =>
    steps.flatMap(({ controls }) => controls),
  );

describe('a host that does not answer', () => {
  test.each([
    [400, { Code: 'BadRequest', Message: says('BadRequest') }],
    [404, { error: { code: 'NotFound', message: says('NotFound') } }],
    [404, { Code: 'NotFound', Message: 'Error retrieving master key. <html><h1>404 Not Found</h1></html>' }],
    [503, { Code: 'ServiceUnavailable', Message: says('ServiceUnavailable') }],
    [401, { Code: 'Unauthorized', Message: says('Unauthorized') }],
    // A stopped app (Azure/azure-functions-host 5634 and 8321).
    [401, { Code: 'Unauthorized', Message: 'Encountered an error (Forbidden) from extensions API.' }],
  ])('is unknown, with the reason, and no failure of the audit: %i %j', async (status, body) => {
    const here = await world();
    await here.faults([{ method: 'POST', path: 'fn-ledger/host/default/listkeys', times: 999, status, body }]);
    const { code, stdout } = await audit(here, ...GOOD, '--step', 'access-keys', 'https', '--json');
    const unknown = controlsIn(stdout).filter(({ state }) => state === 'unknown');
    expect(unknown.length).toBeGreaterThan(0);
    for (const { reason } of unknown)
      expect(reason).toMatch(/^The Functions host of the app does not answer \(\d+: [^<]+\)\. Start the app/);
    expect(code).toBe(controlsIn(stdout).some(({ state }) => state === 'fail') ? 2 : 6);
  });

  test('is no failure of the audit even if nothing else was requested', async () => {
    const here = await world();
    const body = { Code: 'BadRequest', Message: says('BadRequest') };
    await here.faults([{ method: 'POST', path: 'listkeys', times: 999, status: 400, body }]);
    const { stdout } = await audit(here, ...GOOD, '--json');
    const control = controlsIn(stdout).find(({ state }) => state === 'unknown');
    const { code } = await audit(here, ...GOOD, '--step', control!.id.split('.')[0]!);
    expect([2, 6]).toContain(code);
  });
});

describe('the exit code', () => {
  const hidden = async (here: World) => here.faults([{ method: 'GET', path: 'fn-ledger/config/web', ...forbidden }] as never);
  const STEPS = ['--step', 'https'];

  test('is 0 if all is read and passes', async () => {
    expect((await audit(await world(), ...GOOD, ...STEPS)).code).toBe(0);
  });

  test('is 6 if some resources could not be read, and 0 if that is allowed', async () => {
    const here = await world();
    await hidden(here);
    expect((await audit(here, ...GOOD, ...STEPS)).code).toBe(6);
    expect((await audit(here, ...GOOD, ...STEPS, '--allow-unknown')).code).toBe(0);
  });

  test('is 2 with findings, of this app or of another', async () => {
    const here = await world();
    await hidden(here);
    for (const more of [[], ['--allow-unknown']]) expect((await audit(here, ...GOOD, 'fn-orders', ...STEPS, ...more)).code).toBe(2);
  });

  test('is 4 if nothing may be read, which cannot be allowed', async () => {
    const here = await world();
    await here.faults([{ method: 'GET', path: 'sites/fn-ledger', ...forbidden }] as never);
    for (const more of [[], ['--allow-unknown']]) expect((await audit(here, ...GOOD, ...STEPS, ...more)).code).toBe(4);
  });

  test('is 1 if Azure gave no answer at all', async () => {
    const here = await world();
    await here.faults([{ method: 'GET', path: 'sites/fn-ledger', times: 999, drop: 'before' }] as never);
    expect((await audit(here, ...GOOD, ...STEPS, '--allow-unknown')).code).toBe(1);
  });

  test('is 1 if a requested app does not exist', async () => {
    const here = await world();
    await hidden(here);
    expect((await audit(here, ...GOOD, 'fn-nowhere', ...STEPS, '--allow-unknown')).code).toBe(1);
  });

  test('is 6 if the slots could not be listed', async () => {
    const here = await world();
    await here.faults([{ method: 'GET', path: 'fn-ledger/slots\\?', ...forbidden }] as never);
    const all = [...GOOD, ...STEPS, '--slot', 'all'];
    expect((await audit(here, ...all)).code).toBe(6);
    expect((await audit(here, ...all, '--allow-unknown')).code).toBe(0);
  });
});

describe('a reason that many controls share', () => {
  const refused = async () => {
    const here = await world();
    await here.faults([{ method: 'POST', path: 'fn-ledger/config/', ...forbidden }] as never);
    const { stdout } = await inside(here, ['audit', ...GOOD], {}, 80, true);
    return stdout.split('\n');
  };
  const REASON = 'Request a role that includes Microsoft.Web/sites/config/list/action';

  test('is shown once for the app in the text report, with the number of controls and areas', async () => {
    const lines = await refused();
    const named = lines.filter((one) => one.includes(REASON));
    expect(named).toHaveLength(1);
    expect(named[0]).toMatch(/^ {2}Unknown: \d\d controls in \d+ areas\. You have no permission/);
    // The controls themselves are all listed as unknown.
    const controls = Number(/(\d+) controls/.exec(named[0]!)?.[1]);
    expect(lines.filter((one) => /\(\?\) unknown {3}/.test(one)).length).toBe(controls);
  });

  test('is shown once for an area', async () => {
    const lines = (
      await inside(await world(), ['audit', '--app', 'fn-orders', '--step', 'private-access', 'https'], {}, 80, true)
    ).stdout.split('\n');
    expect(lines).toContain('  All controls: a Consumption app cannot have a private endpoint');
    expect(lines.filter((one) => one.includes('a Consumption app cannot have a private endpoint'))).toHaveLength(1);
  });
});

test('a refusal with another cause than a missing role keeps the message of Azure', async () => {
  const here = await world();
  const message = "The subscription 's' is disabled and therefore marked as read only.";
  const body = { error: { code: 'ReadOnlyDisabledSubscription', message } };
  await here.faults([{ method: 'GET', path: 'fn-ledger/config/web', times: 999, status: 403, body }]);
  const { stdout } = await audit(here, ...GOOD, '--step', 'https', '--json');
  const [reason] = controlsIn(stdout).flatMap((one) => (one.state === 'unknown' ? (one.reason ?? []) : []));
  expect(reason).toContain(message);
  expect(reason).not.toContain('no permission');
});

/** Microsoft's clients accept only 200 for a read; 201 and 202 are for operations, and for a repository that is being connected. */
describe('a read that Azure does not answer with 200', () => {
  const web = 'sites/fn-ledger/config/web(\\?|$)';
  const config = async (here: World) => {
    await audit(here, ...GOOD, '--step', 'https');
    return (await here.exchanges()).find(({ method, url }) => method === 'GET' && /fn-ledger\/config\/web/.test(url))!.responseBody;
  };
  const states = (stdout: string) => Object.fromEntries(controlsIn(stdout).map(({ id, state }) => [id, state]));

  test.each([201, 202, 203, 206, 207])('is unknown: %i', async (status) => {
    const here = await world();
    await here.faults([{ method: 'GET', path: web, times: 999, status, body: await config(here) }]);
    const { stdout } = await audit(here, ...GOOD, '--step', 'https', '--json');
    expect(states(stdout)).toMatchObject({ 'https.min-tls': 'unknown' });
    expect(controlsIn(stdout).find(({ id }) => id === 'https.min-tls')?.reason).toContain(`with status ${status}`);
  });

  test.each([206, 202])('is unknown also for a list and for settings: %i', async (status) => {
    const here = await world();
    await here.faults([
      { path: '/appsettings/list|/providers/Microsoft.Authorization/locks', times: 999, status, body: { value: [], properties: {} } },
    ]);
    const { stdout, code } = await audit(here, ...GOOD, '--json');
    expect(code).not.toBe(0);
    expect(controlsIn(stdout).filter(({ reason }) => reason?.includes(`with status ${status}`)).length).toBeGreaterThan(0);
  });
});

test('a list of apps that Azure refuses for the tenant of the token names the tenant to use', async () => {
  const here = await world();
  const message =
    "The access token is from the wrong issuer 'https://sts.windows.net/11111111-1111-4111-8111-111111111111/'. It must match the tenant 'https://sts.windows.net/22222222-2222-4222-8222-222222222222/' associated with this subscription.";
  const body = { error: { code: 'InvalidAuthenticationTokenTenant', message } };
  await here.faults([{ method: 'GET', path: 'providers/Microsoft.Web/sites\\?', times: 99, status: 401, body }]);
  const { code, stderr } = await inside(here, ['audit', '--app', 'fn-orders']);
  expect(code).toBe(4);
  expect(stderr).toContain('--tenant 22222222-2222-4222-8222-222222222222');
});
