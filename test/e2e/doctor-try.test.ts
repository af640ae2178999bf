/** `doctor --app NAME --try`: writes values back as they are, one by one, and tells what came of each. Faults in each step: test/engine/trial-faults.test.ts. */
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ABSENT } from '../../src/change/value.ts';
import { expect, test } from 'vitest';
import { contoso } from '../../src/emulator/samples/contoso.ts';
import { createRecording, parseRecording } from '../../src/emulator/server/recorded.ts';
import type { Json, State } from '../../src/emulator/state.ts';
import { parseSiteId } from '../../src/engine/fleet/targets.ts';
import { FactStore } from '../../src/engine/judge/facts.ts';
import { findSideEffects, isTried, NOT_TRIED, planTrials, READS, TRIED } from '../../src/engine/plan/trials.ts';
import { evidenceFor, WRITE_KINDS } from '../../src/arm/writes/write-proofs.ts';
import type { ResourceKey } from '../../src/azure/index.ts';
import { readRuns } from '../../src/files/undo-log/journal.ts';
import { saveRecordings } from '../../src/files/recording.ts';
import { inside } from '../helpers/inside.ts';
import { ORDERS, world, type Exchange, type World } from '../helpers/world.ts';

interface Found {
  readonly what: string;
  readonly state: string;
  readonly says: string;
  readonly next: string | null;
}
const APP = 'fn-orders';

async function tried(here: World, ...more: string[]) {
  const file = join(here.folder, 'try.json');
  const outcome = await inside(here, ['doctor', '--app', APP, '--try', '--json', '--record', file, ...more]);
  saveRecordings();
  const { findings } = JSON.parse(outcome.stdout || '{"findings":[]}') as { findings: Found[] };
  return {
    ...outcome,
    file,
    of: (state: string) => findings.filter((one) => one.what === 'try' && one.state === state).map(({ says }) => says),
    findings,
  };
}
/** A sample app with all values that can be set. */
function full(): State {
  const state = contoso();
  const site = Object.values(state.sites).find(({ name }) => name === APP)!;
  Object.assign(site.properties, { sshEnabled: true, clientCertExclusionPaths: '/health' });
  Object.assign(site.config, { minTlsCipherSuite: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256' });
  return state;
}
const timeless = (state: State): string => JSON.stringify(state).replaceAll(/"\d{4}-\d\d-\d\dT[\d:.]+Z"/g, '""');
const pathOf = ({ url }: Exchange) => new URL(url).pathname;

test('doctor --try asks first: without approval it writes nothing and shows the requests', async () => {
  const here = await world({ seed: full });
  const { code, of, stderr } = await tried(here);
  expect(code).toBe(3);
  expect(of('fail').join()).toMatch(/Approval is needed[\s\S]*Nothing was sent/);
  expect(stderr).toMatch(
    /write the current values of fn-orders back:\n {2}PUT sites\/fn-orders\/basicPublishingCredentialsPolicies\/scm allow = (true|false)/,
  );
  expect(stderr).toMatch(/may restart up to \d+ times/);
  expect(await here.writes()).toEqual([]);
});

test('doctor --try with a pattern that matches several apps is refused', async () => {
  const here = await world();
  const outcome = await inside(here, [
    'doctor',
    '--app',
    'fn-*',
    '--try',
    '--json',
    '--yes',
    '--record',
    join(here.folder, 'several.json'),
  ]);
  expect(outcome.code).toBe(64);
  expect(outcome.stdout).toMatch(/--try requires exactly one app\. Nothing was sent\. --app matches [2-9] apps/);
  expect(outcome.stdout).toContain(`--app ${ORDERS}`);
  expect(await here.writes()).toEqual([]);
});

test('each unproven write is sent once, recorded before and read after; Azure is left as it was', async () => {
  const here = await world({ seed: full });
  const before = timeless(await here.state());
  const { code, of, file } = await tried(here, '--yes');
  expect(of('fail')).toEqual([]);
  expect(code).toBe(0);
  expect(timeless(await here.state())).toBe(before);
  const taken = of('ok').filter((says) => says.endsWith('accepted, and the value is unchanged'));
  const writes = await here.writes();
  expect(taken.length).toBe(writes.length);
  expect(taken.length).toBeGreaterThan(10);
  expect(taken.join('\n')).toMatch(/sshEnabled[\s\S]*functionsRuntimeAdminIsolationEnabled/);
  // Of the vaults of the subscription, only the vault in the settings of the app.
  expect(new Set(writes.map(pathOf).filter((path) => path.includes('/vaults/'))).size).toBe(1);
  expect(of('warn').join()).toMatch(/not tested: [\s\S]*POST newpassword/);

  const [run] = await readRuns(join(here.folder, 'func-harden'));
  expect(run?.start.mode).toBe('try');
  expect(run?.changes.map(({ state }) => state)).toEqual(writes.map(() => 'applied'));
  expect(run?.damage).toBeUndefined();
  // It writes the current values, so it has no area and nothing to revert.
  expect((await inside(here, ['history'])).stdout).toContain('test of writes (doctor --try) · 1 app: fn-orders');
  expect((await inside(here, ['history', 'last'])).stdout).not.toContain('Undo: ');

  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const text = await readFile(file, 'utf8');
  expect(text).not.toMatch(/fn-orders|rg-shop|kv-orders|contoso/i);
  const served = createRecording(parseRecording(JSON.parse(text) as Json));
  expect(served.apps.length).toBeGreaterThan(0);
  const proofs = (JSON.parse(text) as { method: string; status: number }[]).filter(({ method }) => /PUT|PATCH/.test(method));
  expect(proofs.map(({ method, status }) => [method, status])).toEqual(writes.map(({ method, status }) => [method, status]));
});

test('a missing permission, a lost answer and a failing service are each reported as such', async () => {
  const here = await world({ seed: full });
  const at = (name: string) => `basicPublishingCredentialsPolicies/${name}\\?`;
  await here.faults([
    {
      method: 'PUT',
      path: at('scm'),
      times: 1,
      status: 403,
      body: {
        error: {
          code: 'AuthorizationFailed',
          message:
            "The client does not have authorization to perform action 'Microsoft.Web/sites/basicPublishingCredentialsPolicies/scm/write' over scope 'x'.",
        },
      },
    },
    { method: 'PUT', path: at('ftp'), times: 1, drop: 'after' },
    {
      method: 'PATCH',
      path: '/sites/fn-orders/config/web\\?',
      times: 1,
      status: 500,
      body: { error: { code: 'InternalServerError', message: 'broken' } },
    },
  ]);
  const { code, of } = await tried(here, '--yes');
  expect(code).not.toBe(0);
  expect(of('fail').join('\n')).toMatch(/scm allow: refused: [\s\S]*basicPublishingCredentialsPolicies\/scm\/write/);
  // After a lost answer the request is sent again, and that answer counts.
  expect(of('ok').join('\n')).toMatch(/ftp allow: accepted, and the value is unchanged/);
  expect((await here.writes()).filter(({ url }) => /Policies\/ftp\?/.test(url))).toHaveLength(2);
});

test('repeated server errors: a value that was set before proves nothing', async () => {
  const here = await world({ seed: full });
  await here.faults([
    {
      method: 'PUT',
      path: 'basicPublishingCredentialsPolicies/scm\\?',
      times: 99,
      status: 500,
      body: { error: { code: 'InternalServerError', message: 'broken' } },
    },
  ]);
  const { code, of, file } = await tried(here, '--yes');
  expect(code).toBe(5);
  expect(of('fail')).toEqual([expect.stringMatching(/^PUT \S+\/scm allow: result unknown: /)]);
  expect(of('ok').join('\n')).not.toMatch(/scm allow/);
  expect((await readRuns(join(here.folder, 'func-harden')))[0]?.changes.map(({ state }) => state)).toContain('unknown');
  expect(await readFile(file, 'utf8')).not.toMatch(/fn-orders|rg-shop/);
});

test('a member that changed together with the written value is detected', async () => {
  const here = await world({ seed: full });
  const { reader, writer } = await here.connection();
  const store = new FactStore(reader, { ...parseSiteId(ORDERS)!, location: '', kind: 'functionapp', tags: {} });
  await store.load(READS);
  const { changes } = planTrials(store, writer);
  expect(await findSideEffects(changes, store, reader)).toEqual({ changed: [], unread: [] });
  await here.patch(ORDERS, { httpsOnly: true });
  expect(await findSideEffects(changes, store, reader)).toEqual({ changed: ['sites/fn-orders httpsOnly'], unread: [] });
});

test('doctor --try sends nothing if the undo log cannot be written', async () => {
  const here = await world({ seed: full });
  const file = join(here.folder, 'file');
  await writeFile(file, '');
  const { code, of } = await tried(here, '--yes', '--state-dir', join(file, 'below'));
  expect(code).toBe(1);
  expect(of('fail').length).toBeGreaterThan(0);
  expect(await here.writes()).toEqual([]);
});

test('doctor --try requires the name of the app, and --yes alone is no approval', async () => {
  const here = await world();
  for (const args of [['--try'], ['--try', '--app', 'fn-orders', 'fn-events']]) {
    const { code, stderr } = await inside(here, ['doctor', ...args, '--yes']);
    expect([code, stderr]).toEqual([64, expect.stringContaining('--try requires exactly one app')]);
  }
  expect(await here.writes()).toEqual([]);
});

test('a request is called tested by --try only where --try sends such a request', () => {
  const tried = (key: ResourceKey, method: string, path: string) =>
    isTried({ key, method, diff: [{ path, before: ABSENT, after: ABSENT }] } as unknown as Parameters<typeof isTried>[0]);
  expect(tried('siteConfig', 'PATCH', 'properties.cors.supportCredentials')).toBe(true);
  expect(tried('authSettings', 'PUT', 'properties.platform.enabled')).toBe(true);
  expect(tried('site', 'PATCH', 'identity.userAssignedIdentities')).toBe(true);
  expect(tried('siteConfig', 'PATCH', 'properties.healthCheckPath'), 'a member of a custom area').toBe(false);
  expect(tried('vaults', 'PATCH', 'properties.accessPolicies')).toBe(false);
  expect(tried('vnetConnection', 'DELETE', '')).toBe(false);
  expect(tried('publishingPassword', 'POST', '')).toBe(false);
});

test('each unproven kind of write is tried, or the reason why not is given', () => {
  const reasons = NOT_TRIED.map(({ what }) => what).join('\n');
  const names = (key: ResourceKey) => (TRIED[key] ?? []).flat().map((path) => path.replace(/^properties\./, '').split('.')[0]);
  const open = WRITE_KINDS.filter((kind) => evidenceFor(kind, false) !== 'recording').filter(({ key, member, method }) => {
    if (method !== 'DELETE' && (member === undefined ? key in TRIED : names(key).includes(member))) return false;
    const word =
      method === 'DELETE' ? /DELETE/ : key === 'vaults' ? /access policies/ : key === 'publishingPassword' ? /newpassword/ : /refresh/;
    return !word.test(reasons);
  });
  expect(open.map(({ key, method, member }) => `${key} ${method} ${member ?? ''}`)).toEqual([]);
});
