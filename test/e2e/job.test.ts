import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { catalogue } from '../../steps/index.ts';
import { inside } from '../helpers/inside.ts';
import { ANSWERS, ORDERS, runName, world, type Outcome } from '../helpers/world.ts';

interface Audit {
  apps: { name: string; plan: string; steps: { id: string; controls: { id: string; state: string; found: string }[] }[] }[];
  summary: Record<string, number>;
}
const audited = ({ stdout }: Outcome) => JSON.parse(stdout) as Audit;
const statesOf = (audit: Audit) =>
  Object.fromEntries(audit.apps[0]!.steps.flatMap(({ controls }) => controls.map(({ id, state }) => [id, state])));

test('the complete job without a terminal: audit, plan, replay, audit, second replay, undo', async () => {
  const here = await world();
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, ANSWERS);
  const before = await here.state();

  const first = await here.cli(['audit', '--app', 'fn-orders', '--json']);
  expect(first.code).toBe(2);
  expect(first.stderr).toBe('');
  // The table test checks all verdicts; this test checks that all areas exist and that the planted findings show.
  const states = statesOf(audited(first));
  expect(audited(first).apps[0]!.steps).toHaveLength(catalogue.length);
  expect(states).toMatchObject({
    'https.https-only': 'fail',
    'https.end-to-end': 'not-applicable',
    'defender.plan': 'pass',
    'data-validation.reviewed': 'attestation-missing',
    'private-access.endpoint': 'not-applicable',
    'app-settings.clear-secrets': 'fail',
    'key-vault.resolve': 'fail',
  });
  expect(Object.values(states)).not.toContain('unknown');
  expect(await here.state(), 'an audit changes nothing').toEqual(before);

  const plan = await inside(here, ['plan', file, '--json']);
  expect(plan.code).toBe(2);
  const { changes } = JSON.parse(plan.stdout) as { changes: { resource: string; risk: string; method: string; body: unknown }[] };
  expect(new Set(changes.map(({ resource }) => resource)).size, 'one request a resource').toBe(changes.length);
  expect(
    changes.map(({ risk }) => risk),
    'the riskiest last',
  ).toEqual(['disruptive', 'disruptive', 'disruptive', 'lock-out']);
  expect(await here.writes()).toEqual([]);

  const replay = await here.cli(['replay', file, '--yes', '--confirm', 'fn-orders']);
  expect(replay, replay.stderr).toMatchObject({ code: 0 });
  const sent = await here.writes();
  expect(
    sent.map(({ method, requestBody }) => ({ method, requestBody })),
    'what was previewed is what was sent',
  ).toEqual(changes.map(({ method, body }) => ({ method, requestBody: body })));
  expect((await here.get(ORDERS))['properties']).toMatchObject({ httpsOnly: true, dailyMemoryTimeQuota: 13000 });
  expect((await here.get(`${ORDERS}/config/web`))['properties']).toMatchObject({
    minTlsVersion: '1.2',
    scmMinTlsVersion: '1.2',
    ftpsState: 'Disabled',
    remoteDebuggingEnabled: false,
    cors: { allowedOrigins: ['https://portal.azure.com', 'https://www.contoso.com'], supportCredentials: false },
    ipSecurityRestrictionsDefaultAction: 'Deny',
  });

  const second = await inside(here, ['audit', '--app', 'fn-orders', '--json', '--answers', file]);
  const failing = Object.entries(statesOf(audited(second))).filter(([, state]) => state === 'fail');
  const answered = /^(https|cors|usage-quota|remote-debugging|deployment-credentials|ftp|scm|access-restrictions)\./;
  expect(
    failing.filter(([id]) => answered.test(id)),
    'what is left is chosen by name only, or no change can mend it',
  ).toEqual([
    ['https.client-cert', 'fail'],
    ['https.domain-scope', 'fail'],
  ]);

  const again = await inside(here, ['replay', file, '--yes', '--confirm', 'fn-orders']);
  expect(again.code).toBe(0);
  expect(await here.writes(), 'a second replay sends no write').toHaveLength(sent.length);

  const undo = await here.cli(['undo', runName(replay), '--yes']);
  expect(undo, undo.stderr).toMatchObject({ code: 0 });
  // The preview explains its words, and says how often the app restarts.
  expect(undo.stdout).toMatch(
    /^unproven: this request is not tested on Azure yet[\s\S]*^Undo: 4 resources to modify, in 4 requests, 2 restarts\.$/m,
  );
  // ARM cannot unset a default action; "Allow" behaves like "not set".
  const after = await here.state();
  delete after.sites[ORDERS.toLowerCase()]!.config['scmIpSecurityRestrictionsDefaultAction'];
  expect(after).toEqual(before);

  const history = JSON.parse((await inside(here, ['history', '--json'])).stdout) as {
    runs: { run: string; state: string; changes: { state: string }[] }[];
  };
  expect(history.runs.map(({ changes: list, state }) => [state, list.map((change) => change.state)])).toEqual([
    ['done', ['applied', 'applied', 'applied', 'applied']],
    ['done', ['undone', 'undone', 'undone', 'undone']],
  ]);
  const twice = await inside(here, ['undo', runName(replay), '--yes']);
  expect(twice.code, 'undoing twice does nothing').toBe(0);
  expect(twice.stdout).toContain('Nothing to revert.');
});

test('a secure app has no finding, and nothing to change', async () => {
  const here = await world();
  const audit = await inside(here, ['audit', '--app', 'fn-ledger', '--json']);
  expect(audit.code).toBe(0);
  expect(audited(audit).summary).toMatchObject({ fail: 0, unknown: 0 });
});

test('a slot is a separate app, by its name and by --slot', async () => {
  const here = await world();
  const bySlot = audited(await inside(here, ['audit', '--app', 'fn-billing', '--slot', 'all', '--json']));
  expect(bySlot.apps.map(({ name }) => name)).toEqual(['fn-billing', 'fn-billing']);
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, 'version: 1\napps:\n  fn-billing/staging:\n    steps:\n      remote-debugging: { decision: apply }\n');
  const replay = await inside(here, ['replay', file, '--yes']);
  expect(replay, replay.stderr).toMatchObject({ code: 0 });
  expect((await here.writes()).map(({ url }) => new URL(url).pathname)).toEqual([
    `${ORDERS.replace('rg-shop', 'rg-finance').replace('fn-orders', 'fn-billing')}/slots/staging/config/web`,
  ]);
});

test('the undo log is readable by its owner only, and each intent precedes its outcome', async () => {
  const here = await world();
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, ANSWERS);
  await inside(here, ['replay', file, '--yes', '--confirm', 'fn-orders']);
  const folder = join(here.folder, 'func-harden', 'journal');
  const [name] = await readdir(folder);
  const text = await readFile(join(folder, name!), 'utf8');
  const types = text
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { type: string }).type);
  expect(types).toEqual(['run-start', ...Array.from({ length: 4 }, () => ['intent', 'outcome', 'verified']).flat(), 'run-end']);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  expect((await stat(join(folder, name!))).mode & 0o777).toBe(0o600);
  expect(text).not.toContain(here.accessToken);
});

test('replay --json prints only events, and the end of the run last', async () => {
  const here = await world();
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, ANSWERS);
  const { stdout, code } = await here.cli(['replay', file, '--yes', '--confirm', 'fn-orders', '--json']);
  expect(code).toBe(0);
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(events.at(-1)).toMatchObject({ type: 'run-end', applied: 4, verified: 4, failed: 0, skipped: 0, state: 'done' });
});

test('the demo without a terminal runs to its end', async () => {
  const here = await world();
  const demo = await here.cli(['demo']);
  expect(demo, demo.stderr).toMatchObject({ code: 0 });
  expect(demo.stdout).toContain('The sample subscription is');
});
