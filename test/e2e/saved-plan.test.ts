/** A plan that is saved, reviewed by another person, and applied exactly as reviewed or not at all. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { writePlan } from '../../src/app/plans/saved-plans.ts';
import type { Invocation } from '../../src/cli/invocation.ts';
import { canonicalJson } from '../../src/change/canonical.ts';
import { digestOfPlan } from '../../src/report/saved-plan.ts';
import { contoso } from '../../src/emulator/samples/contoso.ts';
import { inside } from '../helpers/inside.ts';
import { cases } from '../helpers/random-cases.ts';
import { wrongWith } from '../helpers/schemas.ts';
import { ORDERS, runName, temporaryFolder, world, type World } from '../helpers/world.ts';

const HTTPS = `version: 1
defaults:
  steps:
    https: { decision: apply, answers: { minTls: "1.2", scmMinTls: "1.2" } }
`;

interface Saved {
  readonly digest: string;
  readonly changes: readonly {
    target: string;
    resource: string;
    method: string;
    body: unknown;
    diff: readonly { path: string; before: unknown }[];
  }[];
}

async function saved(here: World, answers: string, ...more: readonly string[]): Promise<{ file: string; plan: Saved; text: string }> {
  const [source, file] = [join(here.folder, 'answers.yaml'), join(here.folder, 'plan.json')];
  await writeFile(source, answers);
  const made = await inside(here, ['plan', source, '--out', file, '--quiet', ...more]);
  expect(made.code, made.stderr).toBe(2);
  const text = await readFile(file, 'utf8');
  return { file, text, plan: JSON.parse(text) as Saved };
}

test('RFC 8785: sorted members, shortest numbers, and the same text for the same value in any order', () => {
  expect(canonicalJson({ b: [1e21, 0.1, -0], a: { '\u{1F600}': 1, '\u{FB33}': 2, '€': '"\u000F\n' } })).toBe(
    '{"a":{"€":"\\"\\u000f\\n","\u{1F600}":1,"\u{FB33}":2},"b":[1e+21,0.1,0]}',
  );
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const turned = Object.fromEntries(Object.entries(value).toReversed());
      expect(canonicalJson(turned as never)).toBe(canonicalJson(value as never));
      expect(JSON.parse(canonicalJson(value as never))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
    { numRuns: 100 },
  );
});

test('a plan that is too large to be read is not saved', async () => {
  const file = join(await temporaryFolder(), 'plan.json');
  const io = { err: () => {} } as unknown as Invocation['io'];
  const pieces = () => ReadableStream.from(['{"a":"', 'é'.repeat(10), '"}\n']) as AsyncIterable<string>;
  await expect(writePlan({ io }, file, { digest: 'sha256:0', pieces }, 28)).rejects.toThrow(/The plan has more than .* MiB/);
  await expect(readFile(file)).rejects.toThrow('ENOENT');
  await writePlan({ io }, file, { digest: 'sha256:0', pieces }, 29);
  expect(await readFile(file, 'utf8')).toHaveLength(19);
});

test('one value changed on one of 50 apps: 49 are changed, and one is skipped with the difference', { timeout: 60_000 }, async () => {
  const here = await world({ scenario: 'fleet', apps: 90 });
  const all = await saved(here, HTTPS, '--all');
  const ids = [...new Set(all.plan.changes.map(({ target }) => target))].slice(0, 50);
  const { file, plan, text } = await saved(here, HTTPS, '--app', ...ids);
  expect(wrongWith('saved-plan', JSON.parse(text))).toEqual([]);
  expect(text).toBe(`${canonicalJson(JSON.parse(text) as never)}\n`);
  const victim = plan.changes.find(({ diff }) => diff.some(({ path }) => path === 'properties.minTlsVersion'))!;
  await here.patch(victim.resource, { minTlsVersion: '1.1' });
  const before = (await here.writes()).length;

  const run = await inside(here, [
    'replay',
    '--plan',
    file,
    '--require-digest',
    plan.digest,
    '--approved-by',
    'Dana Lee',
    '--yes',
    '--quiet',
  ]);
  expect(run.code, run.stderr).toBe(5);
  expect(run.stderr).toMatch(/not changed[^]*minTlsVersion: "1\.0" when planned, "1\.1" now/);
  expect(run.stdout.trimEnd().split('\n').at(-1)).toMatch(
    /^PARTLY FAILED: 66 applied, .* skipped \(counted in requests; 1 failed without a request\)\.$/,
  );
  expect(run.stdout.replaceAll(/\s+/g, ' ')).toContain(`Saved plan: its content has the required digest. Digest: ${plan.digest} `);
  const sent = (await here.writes()).slice(before);
  const meant = plan.changes.filter(({ target }) => target !== victim.target);
  const requests = (list: readonly { method: string; resource: string; body: unknown }[]) =>
    list.map(({ method, resource, body }) => `${method} ${resource} ${canonicalJson(body as never)}`).toSorted();
  expect(
    requests(sent.map(({ method, url, requestBody }) => ({ method, resource: new URL(url, here.endpoint).pathname, body: requestBody }))),
  ).toEqual(requests(meant));
  expect(new Set(sent.map(({ url }) => /sites\/([^/?]+)/.exec(url)?.[1])).size).toBe(49);

  const name = runName(run);
  const history = JSON.parse((await inside(here, ['history', name, '--json'])).stdout) as { runs: { plan: unknown }[] };
  expect(history.runs[0]?.plan).toEqual({ digest: plan.digest, approvedBy: 'Dana Lee' });
  expect(wrongWith('history', history)).toEqual([]);
  expect((await inside(here, ['history', name])).stdout.replaceAll(/\s+/g, ' ')).toContain(
    `Saved plan ${plan.digest}, approved by Dana Lee`,
  );
  const [start = ''] = (await readFile(join(here.folder, 'func-harden', 'journal', `${name}.jsonl`), 'utf8')).split('\n');
  expect(JSON.parse(start)).toMatchObject({ type: 'run-start', plan: { digest: plan.digest, approvedBy: 'Dana Lee' } });

  const again = await inside(here, ['replay', '--plan', file, '--yes', '--quiet']);
  expect(again, 'the others are in place').toMatchObject({ code: 1 });
  await here.patch(victim.resource, { minTlsVersion: '1.0' });
  expect(await inside(here, ['replay', '--plan', file, '--yes', '--quiet'])).toMatchObject({ code: 0 });
  const count = (await here.writes()).length;
  const done = await inside(here, ['replay', '--plan', file, '--yes', '--json']);
  expect(done.code).toBe(0);
  expect(JSON.parse(done.stdout.trim().split('\n').at(-1)!)).toMatchObject({ type: 'run-end', applied: 0, state: 'done' });
  expect((await inside(here, ['replay', '--plan', file, '--yes', '--quiet'])).stdout).toMatch(
    /^Saved plan: its content has the digest in the file\.\n  Digest:\s+sha256:\w+\nNOTHING TO DO/m,
  );
  expect((await here.writes()).length, 'nothing is sent twice').toBe(count);
});

test('if each app changed since the plan, nothing is sent, and the run fails', async () => {
  const here = await world();
  const { file, plan } = await saved(here, HTTPS, '--app', 'fn-orders');
  const tls = plan.changes.find(({ diff }) => diff.some(({ path }) => path === 'properties.httpsOnly'))!;
  await here.patch(tls.resource, { httpsOnly: true });
  const before = (await here.writes()).length;
  const run = await inside(here, ['replay', '--plan', file, '--yes', '--quiet']);
  expect(run.code).toBe(1);
  expect(run.stderr).toContain('sites/fn-orders httpsOnly: false when planned, true now');
  expect((await here.writes()).length).toBe(before);
});

test('a plan that names the former storage account of an app is out of date, also where the new account passes', async () => {
  const here = await world();
  const answers = 'version: 1\ndefaults: { steps: { storage: { controls: { anonymous-blobs: { decision: apply } } } } }\n';
  const { file, plan } = await saved(here, answers, '--app', 'fn-orders');
  const account = plan.changes[0]!.resource;
  const before = await here.get(account);
  await here.send('PUT', account.replace(/[^/]+$/, 'stnew'), {
    location: before['location'],
    sku: before['sku'],
    kind: before['kind'],
    properties: { ...(before['properties'] as object), allowBlobPublicAccess: false },
  } as never);
  const { appSettings } = (await here.state()).sites[ORDERS.toLowerCase()]!;
  const moved = JSON.parse(JSON.stringify(appSettings).replaceAll(account.split('/').at(-1)!, 'stnew')) as never;
  await here.put(`${ORDERS}/config/appsettings`, moved);
  const run = await inside(here, ['replay', '--plan', file, '--yes', '--quiet']);
  expect(run.code, run.stdout).toBe(1);
  expect(run.stderr.replaceAll(/\s+/g, ' ')).toContain(
    `${account.split('/').at(-1)} is in the plan, and Azure does not show that the app still uses it.`,
  );
});

test('the same state and answers give the same digest, for each person, time and order', { timeout: 60_000 }, async () => {
  const here = await world({ scenario: 'fleet', apps: 12 });
  const names = Array.from({ length: 12 }, (_, index) => `fn-${String(index + 1).padStart(5, '0')}`);
  const { plan } = await saved(here, HTTPS, '--app', ...names);
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray(names, { minLength: names.length }),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 0, max: 30 }),
      async (order, concurrency, days) => {
        await here.clock.sleep(days * 86_400_000);
        const other = await saved({ ...here, folder: here.folder }, HTTPS, '--app', ...order, '--concurrency', String(concurrency));
        expect(other.plan.digest).toBe(plan.digest);
      },
    ),
    { numRuns: cases(3, 6) },
  );
  const json = JSON.parse((await inside(here, ['plan', join(here.folder, 'answers.yaml'), '--app', ...names, '--json'])).stdout) as Saved;
  expect(json.digest, 'plan --json tells it too').toBe(plan.digest);
  await here.patch(plan.changes[0]!.resource, { http20Enabled: true, minTlsVersion: '1.1' });
  expect((await saved(here, HTTPS, '--app', ...names)).plan.digest, 'another state is another plan').not.toBe(plan.digest);
});

test('a plan that differs from the approved plan is refused before anything is sent', async () => {
  const here = await world();
  const { file, text, plan } = await saved(here, HTTPS, '--app', 'fn-orders');
  const before = (await here.exchanges()).length;
  const edit = async (change: (value: Record<string, unknown>) => void) => {
    const value = JSON.parse(text) as Record<string, unknown>;
    change(value);
    await writeFile(file, JSON.stringify(value));
    return inside(here, ['replay', '--plan', file, '--yes', '--quiet']);
  };
  expect(await edit((value) => (value['changes'] as unknown[]).pop())).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('edited'),
  });
  expect(await edit((value) => ((value['work'] as { decisions: object }[])[0]!.decisions = {}))).toMatchObject({ code: 64 });
  expect(await edit((value) => (value['digest'] = `sha256:${'0'.repeat(64)}`))).toMatchObject({ code: 64 });
  await writeFile(file, text);
  const asked = (...more: string[]) => inside(here, ['replay', '--plan', file, '--yes', '--quiet', ...more]);
  expect(await asked('--require-digest', `sha256:${'0'.repeat(64)}`)).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('is required'),
  });
  expect(await asked('--app', 'fn-orders')).toMatchObject({ code: 64 });
  expect(await asked('--max-age', 'soon')).toMatchObject({ code: 64 });
  expect(await asked('--approved-by', ' ')).toMatchObject({ code: 64 });
  await here.clock.sleep(8 * 86_400_000);
  expect(await asked('--max-age', '7d')).toMatchObject({ code: 64, stderr: expect.stringContaining('older than') });
  await here.clock.sleep(-16 * 86_400_000);
  expect(await asked('--max-age', '7d')).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('but the clock of this machine shows'),
  });
  await here.clock.sleep(16 * 86_400_000);
  expect(await inside(here, ['replay', '--require-digest', plan.digest])).toMatchObject({ code: 64 });
  expect(await inside(here, ['replay', 'answers.yaml', '--plan', file])).toMatchObject({ code: 64 });
  expect((await here.exchanges()).length, 'nothing was asked of Azure').toBe(before);
  const other = await world();
  expect(await inside(other, ['replay', '--plan', file, '--yes', '--quiet'])).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('endpoint'),
  });
  expect(await other.writes()).toEqual([]);
  expect(await asked('--dry-run')).toMatchObject({ code: 2 });
});

test('a saved plan has no secret, and a changed secret is shown by its digest', async () => {
  const here = await world({
    seed: () => {
      const state = contoso();
      state.sites[ORDERS.toLowerCase()]!.appSettings['PaymentApiKey'] = 'cnry-payment-Zq7xAbc91';
      return state;
    },
  });
  const answers = `version: 1
apps:
  fn-orders:
    steps:
      key-vault: { answers: { vault: kv-events, settings: [PaymentApiKey] }, controls: { references: { decision: apply } } }
`;
  const { file, text, plan } = await saved(here, answers);
  expect(text).not.toContain('cnry-payment');
  expect(text).toContain('"kind":"digest"');
  const before = (await here.writes()).length;
  const settings = await here.state().then(({ sites }) => sites[ORDERS.toLowerCase()]!.appSettings);
  await here.put(`${ORDERS}/config/appsettings`, { ...settings, PaymentApiKey: 'cnry-other-Zq7xAbc92' } as never);
  const moved = await inside(here, ['replay', '--plan', file, '--yes', '--confirm', 'fn-orders', '--quiet']);
  expect(moved.code, moved.stderr).toBe(1);
  expect(moved.stderr).toContain('PaymentApiKey');
  expect(moved.stderr + moved.stdout).not.toContain('cnry-');
  expect((await here.writes()).length).toBe(before + 1);
  await here.put(`${ORDERS}/config/appsettings`, settings as never);
  const run = await inside(here, ['replay', '--plan', file, '--yes', '--confirm', 'fn-orders', '--quiet']);
  expect(run.code, run.stderr).toBe(0);
  expect(plan.changes.length).toBeGreaterThan(0);
});

test('an answer of another type in a saved plan, or in the log of a run, is named, and is no internal error', async () => {
  const here = await world();
  const { file, text } = await saved(here, HTTPS, '--app', 'fn-orders');
  const edited = JSON.parse(text.replace('"minTls":"1.2"', '"minTls":true')) as Record<string, never>;
  await writeFile(file, JSON.stringify({ ...edited, digest: await digestOfPlan(edited) }));
  const refused = await inside(here, ['replay', '--plan', file, '--yes', '--quiet']);
  expect(refused.code).toBe(64);
  expect(refused.stderr.replaceAll(/\s+/g, ' ')).toMatch(/https\.minTls is missing or not valid\. Nothing was sent\./);
  expect(await here.writes()).toEqual([]);

  await writeFile(file, text);
  const name = runName(await inside(here, ['replay', '--plan', file, '--yes', '--quiet']));
  const log = join(here.folder, 'func-harden', 'journal', `${name}.jsonl`);
  const [start = ''] = (await readFile(log, 'utf8')).split('\n');
  await writeFile(log, `${start.replace('"minTls":"1.2"', '"minTls":true')}\n`, { mode: 0o600 });
  const resumed = await inside(here, ['resume', name, '--yes', '--quiet']);
  expect(resumed.code).toBe(1);
  expect(resumed.stderr.replaceAll(/\s+/g, ' ')).toMatch(/contains an answer that is not valid: https\.minTls\. Nothing was sent\./);
});

test('the password in a CORS origin is not in a saved plan or on the screen, and undo restores it', async () => {
  const origins = ['https://user:cnry-Zq7xAbc91@host.example.com', '*'];
  const here = await world({
    seed: () => {
      const state = contoso();
      state.sites[ORDERS.toLowerCase()]!.config['cors'] = { allowedOrigins: origins, supportCredentials: false };
      return state;
    },
  });
  const cors = async () => (await here.state()).sites[ORDERS.toLowerCase()]!.config['cors'];
  const before = await cors();
  const answers =
    'version: 1\napps:\n  fn-orders:\n    steps:\n      cors: { decision: apply, answers: { allowedOrigins: ["https://www.contoso.com"] } }\n';
  const { file, text } = await saved(here, answers);
  expect(text).toContain('https://user:(sensitive value)@host.example.com');
  const run = await inside(here, ['replay', '--plan', file, '--yes', '--confirm', 'fn-orders']);
  expect(run.code, run.stderr).toBe(0);
  const undo = await inside(here, ['undo', runName(run), '--yes', '--confirm', 'fn-orders']);
  expect(undo.code, undo.stderr).toBe(0);
  expect(await cors()).toEqual(before);
  expect(text + run.stdout + undo.stdout).not.toContain('cnry-');
});

test('an interrupted run of a saved plan is resumed with the approved requests only', async () => {
  const here = await world();
  const { file, plan } = await saved(here, HTTPS, '--app', 'fn-orders');
  const name = runName(await inside(here, ['replay', '--plan', file, '--approved-by', 'Dana Lee', '--yes', '--quiet']));
  const log = join(here.folder, 'func-harden', 'journal', `${name}.jsonl`);
  const lines = (await readFile(log, 'utf8')).trimEnd().split('\n');
  const intent = lines.findIndex((text) => text.includes('"type":"intent"'));
  await writeFile(log, `${lines.slice(0, intent + 1).join('\n')}\n`, { mode: 0o600 });
  const first = (JSON.parse(lines[intent]!) as { resource: string }).resource;
  const rest = plan.changes.filter(({ resource }) => resource !== first);
  expect(rest.length).toBeGreaterThan(0);
  for (const { resource, diff } of rest)
    await here.patch(resource, Object.fromEntries(diff.map(({ path, before }) => [path.replace('properties.', ''), before])) as never);
  const tls = rest.find(({ diff }) => diff.some(({ path }) => path === 'properties.minTlsVersion'))!;
  await here.patch(tls.resource, { minTlsVersion: '1.1' });
  const before = (await here.writes()).length;
  const moved = await inside(here, ['resume', name, '--yes', '--quiet', '--json']);
  expect(moved.code).not.toBe(0);
  expect(moved.stderr).toContain('differs from the saved plan');
  expect((await here.writes()).slice(before).filter(({ url }) => url.includes(tls.resource))).toEqual([]);
});

test('a control that the saved plan could not change is no failure, neither in its run nor if that run is resumed', async () => {
  const here = await world();
  const [source, file] = [join(here.folder, 'answers.yaml'), join(here.folder, 'plan.json')];
  await writeFile(
    source,
    'version: 1\napps:\n  fn-intake:\n    steps:\n      ftp: { decision: apply, answers: { state: Disabled } }\n      storage: { controls: { min-tls: { decision: apply }, shared-key: { decision: apply } } }\n',
  );
  const planned = await inside(here, ['plan', source, '--out', file]);
  expect([planned.code, planned.stderr]).toEqual([1, expect.stringContaining('storage.shared-key is not changed')]);
  const run = await inside(here, ['replay', '--plan', file, '--yes']);
  expect(run, run.stderr).toMatchObject({ code: 0, stdout: expect.stringMatching(/^APPLIED: 2 applied/m) });
  // The process ended before the last request.
  const log = join(here.folder, 'func-harden', 'journal', `${runName(run)}.jsonl`);
  const lines = (await readFile(log, 'utf8')).trimEnd().split('\n');
  const last = lines.findLastIndex((text) => text.includes('"type":"intent"'));
  const { resource } = JSON.parse(lines[last]!) as { resource: string };
  await writeFile(log, `${lines.slice(0, last).join('\n')}\n`, { mode: 0o600 });
  await here.patch(resource, resource.endsWith('config/web') ? { ftpsState: 'FtpsOnly' } : { minimumTlsVersion: 'TLS1_0' });
  const resumed = await inside(here, ['resume', runName(run), '--yes']);
  expect(resumed, resumed.stderr).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^APPLIED: 2 applied.* 1 applied before resume\.$/m),
  });
});

/** A person who edits a plan on purpose also computes its digest again; its content is checked all the same. */
test('a plan with another structure is refused, also with a matching digest', async () => {
  const here = await world();
  const { file, text } = await saved(here, HTTPS, '--app', 'fn-orders');
  type Raw = Record<string, unknown> & {
    readonly changes: readonly Record<string, unknown>[];
    readonly work: readonly Record<string, unknown>[];
  };
  const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
  const altered: readonly ((plan: Raw) => Record<string, unknown>)[] = [
    (plan) => ({ ...plan, targets: [7] }),
    (plan) => ({ ...plan, tenant: {} }),
    (plan) => ({ ...plan, changes: [null] }),
    (plan) => ({ ...plan, changes: ['x'] }),
    (plan) => ({ ...plan, changes: plan.changes.map((one) => ({ ...one, target: 7 })) }),
    (plan) => ({ ...plan, changes: plan.changes.map((one) => ({ ...one, resource: 7 })) }),
    (plan) => ({ ...plan, changes: plan.changes.map((one) => ({ ...one, diff: [{ path: 7 }] })) }),
    (plan) => ({ ...plan, changes: plan.changes.map((one) => ({ ...one, controls: 'x' })) }),
    (plan) => ({ ...plan, work: [null] }),
    (plan) => ({ ...plan, work: [{}] }),
    (plan) => ({ ...plan, work: plan.work.map((one) => ({ ...one, decisions: { https: null } })) }),
    (plan) => ({ ...plan, work: plan.work.map((one) => ({ ...one, decisions: { https: { answers: 7, controls: {} } } })) }),
    (plan) => ({ ...plan, work: plan.work.map((one) => ({ ...one, decisions: { https: { answers: {} } } })) }),
    (plan) => ({ ...plan, work: plan.work.map((one) => ({ ...one, beside: 7 })) }),
    (plan) => ({ ...plan, work: plan.work.map((one) => ({ ...one, profile: {} })) }),
  ];
  for (const alter of altered) {
    const plan = alter(JSON.parse(text) as Raw);
    await writeFile(file, JSON.stringify({ ...plan, digest: await digestOfPlan(plan as never) }));
    const { code, stderr } = await inside(here, ['replay', '--plan', file, '--yes']);
    expect([code, stderr], alter.toString()).toEqual([
      64,
      expect.stringMatching(/does not have the structure of a saved\s+plan: (targets|tenant|changes|work)/),
    ]);
  }
  await writeFile(file, text.replace('"work":[', `"work":[${deep},`));
  expect(await inside(here, ['replay', '--plan', file, '--yes'])).toMatchObject({ code: 64 });
  await writeFile(file, text.replace('{', `{"more":${deep},`));
  expect(await inside(here, ['replay', '--plan', file, '--yes'])).toMatchObject({ code: 64 });
  expect(await here.writes()).toEqual([]);
});

test('a plan with a change for an app that its resource or the rest of the plan does not belong to is refused', async () => {
  const here = await world();
  const { file, text } = await saved(here, HTTPS, '--app', 'fn-orders');
  type Raw = Record<string, unknown> & { readonly changes: readonly Record<string, unknown>[]; readonly work: readonly object[] };
  const other = ORDERS.replace('fn-orders', 'fn-events');
  const [app, target] = ['fn-events', other];
  const altered: readonly ((plan: Raw) => Record<string, unknown>)[] = [
    (plan) => ({ ...plan, changes: plan.changes.map((one) => ({ ...one, target })) }),
    (plan) => ({
      ...plan,
      changes: plan.changes.map((one) => ({ ...one, target, app })),
      targets: [target],
      work: plan.work.map((one) => ({ ...one, target })),
    }),
    (plan) => ({ ...plan, changes: plan.changes.map((one) => ({ ...one, resource: `${other}/config/web` })) }),
    (plan) => ({ ...plan, changes: plan.changes.map((one) => ({ ...one, app })) }),
    (plan) => ({ ...plan, targets: [target] }),
    (plan) => ({ ...plan, work: plan.work.map((one) => ({ ...one, target })) }),
  ];
  const before = (await here.exchanges()).length;
  for (const alter of altered) {
    const plan = alter(JSON.parse(text) as Raw);
    await writeFile(file, JSON.stringify({ ...plan, digest: await digestOfPlan(plan as never) }));
    const { code, stderr } = await inside(here, ['replay', '--plan', file, '--yes']);
    expect([code, stderr.replaceAll(/\s+/g, ' ')], alter.toString()).toEqual([
      64,
      expect.stringContaining('This app does not own the resource'),
    ]);
  }
  expect((await here.exchanges()).length, 'nothing was asked of Azure').toBe(before);
});

test('the safety checks run again on the current state: what the plan did not know yet is shown before anything is sent', async () => {
  const here = await world();
  const { file, text } = await saved(here, HTTPS, '--app', 'fn-orders');
  expect(text).not.toContain('added-later');
  await here.put(`${ORDERS}/providers/Microsoft.Authorization/locks/added-later`, { level: 'ReadOnly' });
  const before = (await here.writes()).length;
  const { code, stdout } = await inside(here, ['replay', '--plan', file, '--dry-run']);
  expect([code, stdout]).toEqual([2, expect.stringContaining('added-later')]);
  expect((await here.writes()).length).toBe(before);
});
