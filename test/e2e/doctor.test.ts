import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inside } from '../helpers/inside.ts';
import { SITES, world } from '../helpers/world.ts';

const states = (stdout: string) =>
  Object.fromEntries(
    (JSON.parse(stdout) as { findings: { what: string; state: string }[] }).findings.map(({ what, state }) => [what, state]),
  );

test('doctor lists its checks and their results, and changes nothing', async () => {
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

test('signed out, and a folder that others can write to: each has a next step', async () => {
  const here = await world();
  const folder = join(here.folder, 'func-harden');
  await mkdir(folder);
  await chmod(folder, 0o777);
  const { code, stdout } = await inside(here, ['doctor'], { FUNC_HARDEN_ACCESS_TOKEN: 'nothing' });
  expect(code).toBe(1);
  expect(stdout).toMatch(/FAIL undo log[\s\S]*chmod 700[\s\S]*FAIL azure[\s\S]*Sign in again/);
});

test('permissions on an app: all present, one missing with the role that grants it, and an unknown app', async () => {
  const here = await world();
  const may = await inside(here, ['doctor', '--app', 'fn-billing', '--slot', 'all', '--json']);
  expect(may.code).toBe(0);
  const { findings } = JSON.parse(may.stdout) as { findings: { what: string; says: string }[] };
  const lines = findings.filter(({ what }) => what.startsWith('may '));
  expect(lines.map(({ what, says }) => `${what} ${says.replace(/\d+/, 'N')}`)).toEqual(
    ['fn-billing', 'fn-billing/staging'].flatMap((app) =>
      ['audit', 'apply'].map(
        (what) =>
          `may ${what} ${app}: all N required actions on the app are allowed; permissions on other resources are checked before each change`,
      ),
    ),
  );
  const reader = await inside(here, ['doctor', '--app', 'fn-orders'], { FUNC_HARDEN_ACCESS_TOKEN: here.readerToken });
  expect(reader.code).toBe(0);
  expect(reader.stdout).toMatch(
    /note may audit +fn-orders: not allowed:\s[\s\S]*Microsoft\.Web\/sites\/config\/list\/action[\s\S]*Website Contributor/,
  );
  expect(reader.stdout).toMatch(/note may apply +fn-orders: not\s+allowed:\s[\s\S]*and\s+\d+\s+more/);
  const nothing = await inside(here, ['doctor', '--app', 'fn-order']);
  expect(nothing.code).toBe(1);
  expect(nothing.stdout).toMatch(/FAIL app +Function app "fn-order" was not found/);
});

const tokenOf = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;

test('a token that has expired, one with an invalid expiry, and an invalid token', async () => {
  const here = await world();
  const doctor = async (FUNC_HARDEN_ACCESS_TOKEN: string) => inside(here, ['doctor'], { FUNC_HARDEN_ACCESS_TOKEN });
  expect((await doctor(tokenOf({ exp: 1_500_000_000 }))).stdout).toMatch(/note token +expired at 2017-07-14 02:40 UTC/);
  const endless = await doctor(tokenOf({ exp: 1e17 }));
  expect(endless.stdout).toMatch(/ok +sign-in/);
  expect(endless.stdout).not.toMatch(/(ok|note) +token/);
  const none = await doctor('abc…');
  expect(none.code).toBe(4);
  expect(none.stdout).toMatch(/FAIL sign-in +FUNC_HARDEN_ACCESS_TOKEN is not a valid token/);
  expect((await doctor(`${here.accessToken}\n`)).code).toBe(0);
});

test('a subscription whose apps may not be listed is named; --subscription leaves it out', async () => {
  const here = await world();
  const [, , id = ''] = SITES.split('/');
  const value = [
    { subscriptionId: '00000000-0000-0000-0000-000000000009', displayName: 'Closed' },
    { subscriptionId: id, displayName: 'Open' },
  ];
  await here.faults([{ method: 'GET', path: '^/subscriptions\\?', times: 9, status: 200, body: { value } }]);
  const both = await inside(here, ['doctor']);
  expect(both.code).not.toBe(0);
  expect(both.stdout).toMatch(
    /ok +subscriptions +Closed, Open[\s\S]*FAIL apps +Closed: [\s\S]*--subscription[\s\S]*ok +apps +6 function apps/,
  );
  expect((await inside(here, ['doctor', '--subscription', 'Open'])).code).toBe(0);
  const oneUnknown = await inside(here, ['doctor', '--subscription', 'Open', 'Elsewhere']);
  expect([oneUnknown.code, oneUnknown.stdout]).toEqual([
    4,
    expect.stringMatching(/FAIL subscriptions +Elsewhere: cannot be read[\s\S]*ok +apps +6 /),
  ]);
  const nowhere = await inside(here, ['doctor', '--subscription', 'Elsewhere']);
  expect([nowhere.code, nowhere.stdout]).toEqual([4, expect.stringMatching(/FAIL subscriptions +Elsewhere: cannot be read/)]);
});

test('narrow terminal: results are below the names of the checks, and no line is too wide', async () => {
  const here = await world();
  const { stdout } = await inside(here, ['doctor', '--app', 'fn-orders'], { FUNC_HARDEN_ACCESS_TOKEN: here.readerToken }, 40);
  expect(stdout.split('\n').filter((line) => line.length > 40)).toEqual([]);
  expect(stdout).toMatch(/^ok {3}apps\n {5}6 function apps$/m);
});

test('in a pipe an id is never broken, so that a script can find it', async () => {
  const here = await world();
  const id = `${SITES}/rg-shop/providers/Microsoft.Web/sites/fn-nobody`;
  expect((await inside(here, ['doctor', '--app', id], {}, 80, true)).stdout).toContain(id);
});
