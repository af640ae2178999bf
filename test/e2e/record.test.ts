/** `--record` and `emulator --recorded`: a session is served again from a file without identifying data. */
import { mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { contoso } from '../../src/emulator/samples/contoso.ts';
import { createRecording, parseRecording } from '../../src/emulator/server/recorded.ts';
import type { Json, State } from '../../src/emulator/state.ts';
import { saveRecordings } from '../../src/files/recording.ts';
import { inside } from '../helpers/inside.ts';
import { differencesBesidesNames } from '../helpers/renamed.ts';
import { intoArea, wizard } from '../helpers/wizard.ts';
import { run, temporaryFolder, world, type Outcome, type World } from '../helpers/world.ts';

const planted: string[] = [];
function canary(place: string): string {
  const value = `cnry${planted.length}-${place}-Zq7+x/é`;
  planted.push(value);
  return value;
}

/** A different secret in each place that can hold one, and names that only the owner uses. */
function plant(state: State): State {
  for (const site of Object.values(state.sites)) {
    for (const [name, value] of Object.entries(site.appSettings))
      if (/(Account|Access)Key=/.test(value))
        site.appSettings[name] = value.replace(/(?<=Account|Access)Key=[^;]+/, `Key=${canary('storage')}`);
    site.appSettings['WoodgroveLedgerPassword'] = canary('password');
    site.appSettings['UnsuspiciousWingtip'] = canary('setting');
    site.appSettings['FabrikamHook'] = `https://hooks.fabrikam.example/a/${canary('path')}?code=${canary('code')}`;
    site.connectionStrings = {
      LitwareSql: { value: `Server=tcp:sql-litware.database.windows.net,1433;User Id=dana;Password=${canary('sql')};`, type: 'SQLAzure' },
    };
    site.keys = { 'host/default/functionKeys/proseware': canary('key'), 'host/default/systemKeys/eventgrid': canary('systemkey') };
    Object.assign(site.properties, { clientCertExclusionPaths: '/wingtip' });
    if (!/linux/.test(site.kind)) Object.assign(site.config, { appCommandLine: 'run fabrikam' });
    site.config['ipSecurityRestrictions'] = [
      {
        ipAddress: '203.0.113.7/32',
        action: 'Allow',
        priority: 90,
        name: 'Proseware office',
        description: 'Dana at Litware',
        headers: { 'x-forwarded-host': ['shop.northwind.example'] },
      },
      ...((site.config['ipSecurityRestrictions'] ?? []) as Json[]),
    ];
    site.tags = { ...site.tags, costcenter: 'Tailspin 4711', owner: 'dana.lee@northwind.example' };
  }
  for (const [id, resource] of Object.entries(state.resources))
    if (/\/secrets\//.test(id)) (resource['properties'] as Record<string, Json>)['value'] = canary('vaultsecret');
  return state;
}

/** Identifying data of the subscription. */
function telling(state: State): string[] {
  const names = [
    ...Object.values(state.sites).flatMap(({ id, name, functions }) => [id.split('/')[4]!, name, ...functions.map((one) => one.name)]),
    ...Object.keys(state.resources).flatMap(
      (id) => /\/(storageAccounts|vaults|workspaces|components|privateEndpoints|virtualNetworks|secrets)\/([^/]+)$/i.exec(id)?.[2] ?? [],
    ),
    ...Object.values(state.plans).map(({ name }) => name),
  ];
  const ids = [state.tenantId, ...state.subscriptions.map(({ id }) => id)];
  const words = 'woodgrove wingtip fabrikam litware dana lee northwind tailspin proseware contoso 203.0.113'.split(' ');
  return [...new Set([...names.map((name) => name.toLowerCase()), ...ids, ...words])].filter(
    (name) => name.length > 3 && !GENERAL.includes(name),
  );
}
/** Names in the sample that are common technical words. */
const GENERAL = ['staging', 'secrets', 'legacy'];

async function recorded(here: World, args: readonly string[]): Promise<{ outcome: Outcome; file: string; text: string }> {
  const file = join(here.folder, 'exchanges.json');
  const outcome = await inside(here, [...args, '--record', file]);
  saveRecordings();
  return { outcome, file, text: await readFile(file, 'utf8') };
}
const served = (text: string) => world({ recording: createRecording(parseRecording(JSON.parse(text) as Json)) });
const isTime = (path: string) => /\/(generatedAt|tool)$/.test(path);

test('an audit of a recording has the same result except for names and times, and the file identifies no one', async () => {
  const here = await world({ seed: () => plant(contoso()) });
  const { outcome, file, text } = await recorded(here, ['audit', '--all', '--slot', 'all', '--json']);
  expect(outcome.code).toBe(2);

  const there = await served(text);
  expect(there.apps.length).toBe(here.apps.length);
  const again = await inside(there, ['audit', '--all', '--slot', 'all', '--json']);
  expect(again.code).toBe(2);
  expect(differencesBesidesNames(JSON.parse(outcome.stdout), JSON.parse(again.stdout), isTime)).toEqual([]);
  // Replacements have the length of the original, so the report has the same length.
  const timeless = ({ stdout }: Outcome) => stdout.replaceAll(/"(generatedAt|tool|asOf)": ?"[^"]*"|127\.0\.0\.1:\d+/g, '');
  expect(timeless(again).length).toBe(timeless(outcome).length);
  const states = (printed: string) => printed.match(/"state": ?"[a-z-]+"/g);
  expect(states(again.stdout)).toEqual(states(outcome.stdout));

  expect(planted.length).toBeGreaterThan(40);
  for (const value of [...planted, here.accessToken])
    for (const form of [value, encodeURIComponent(value), Buffer.from(value).toString('base64').slice(0, -4)])
      expect(text).not.toContain(form);
  const words = new Set(text.toLowerCase().match(/[\p{L}\p{N}]+(?:[-.][\p{L}\p{N}]+)*|[\p{L}\p{N}]+/gu));
  for (const name of telling(await here.state())) {
    expect(words.has(name), `${name} stands in the recording`).toBe(false);
    if (name.length > 7) expect(text.toLowerCase().includes(name), `${name} is in the recording`).toBe(false);
  }
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

/** Only the named apps, with their slots. */
function few(...apps: string[]): State {
  const state = contoso();
  const sites = Object.entries(state.sites).filter(([, { name }]) => apps.includes(name.split('/')[0] ?? ''));
  return { ...state, sites: Object.fromEntries(sites) };
}
const FORMATS = ['text', 'json', 'sarif', 'junit', 'markdown', 'html', 'csv'] as const;
/** Removes times and the port of the emulator. */
const timelessText = (text: string): string =>
  text.replaceAll(/\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::[\d.]+)?(?:Z| UTC)?)?|\d\d:\d\d UTC|127\.0\.0\.1:\d+/g, '');

async function reports(here: World, ...more: string[]): Promise<Record<string, string>> {
  const files = FORMATS.map((format) => [format, join(here.folder, `report.${format}`)] as const);
  await inside(here, ['audit', '--all', '--slot', 'all', ...files.flatMap(([format, file]) => ['--format', `${format}=${file}`]), ...more]);
  return Object.fromEntries(await Promise.all(files.map(async ([format, file]) => [format, timelessText(await readFile(file, 'utf8'))])));
}

test('reports of each format are the same from the recording, and from a recording of the recording', async () => {
  const here = await world({ seed: () => plant(few('fn-orders', 'fn-billing')) });
  const file = join(here.folder, 'exchanges.json');
  const first = await reports(here, '--record', file);
  saveRecordings();
  for (const format of FORMATS) expect(first[format]!.includes('dana.lee@'), format).toBe(true);
  const text = await readFile(file, 'utf8');
  const there = await served(text);
  const again = join(there.folder, 'again.json');
  const second = await reports(there, '--record', again);
  saveRecordings();
  // The same recording gives the same bytes from each emulator.
  const third = await reports(await served(text));
  for (const format of FORMATS) {
    const lines = second[format]!.split('\n');
    expect(
      third[format]!.split('\n').flatMap((line, at) => (line === lines[at] ? [] : [`${lines[at]} is ${line}`])),
      format,
    ).toEqual([]);
  }
  const last = await reports(await served(await readFile(again, 'utf8')));
  for (const format of FORMATS)
    for (const [one, other] of [
      [first, second],
      [second, last],
    ] as const) {
      expect(differencesBesidesNames(one[format]!.split('\n'), other[format]!.split('\n')), format).toEqual([]);
    }
});

test('the report of a recording still recognizes the caller, whose id was replaced', async () => {
  const here = await world();
  const { outcome, text } = await recorded(here, ['audit', '--app', 'fn-orders', '--step', 'user-permissions']);
  const again = await inside(await served(text), ['audit', '--all', '--step', 'user-permissions']);
  const own = ({ stdout }: Outcome) => stdout.split('(you)').length;
  expect([own(outcome) > 1, own(again)]).toEqual([true, own(outcome)]);
  expect(text).not.toContain(JSON.parse(Buffer.from(here.accessToken.split('.')[1]!, 'base64url').toString()).oid);
});

test('a recording has the format of recorded traffic', async () => {
  const here = await world();
  const { text } = await recorded(here, ['audit', '--app', 'fn-orders', '--json']);
  const items = JSON.parse(text) as Record<string, unknown>[];
  expect(items.length).toBeGreaterThan(20);
  for (const item of items) {
    expect(Object.keys(item)).toEqual(
      'method url apiVersion status requestHeaders responseHeaders requestBody responseBody source'.split(' '),
    );
    expect(item['url']).toMatch(/^https:\/\/management\.azure\.com\//);
    expect(Object.keys(item['responseHeaders'] as object).join(' ')).not.toMatch(/request-id|www-auth|set-cookie/);
  }
  expect(JSON.stringify(items)).not.toContain('127.0.0.1');
});

const answersFor = (app: string) =>
  `version: 1\napps:\n  ${app}:\n    steps:\n      https: { decision: apply, answers: { minTls: "1.2", scmMinTls: "1.2" } }\n      ftp: { decision: apply, answers: { state: Disabled } }\n      remote-debugging: { decision: apply }\n`;

test('a run that writes has the same result on its recording, including the reads after each write', async () => {
  const here = await world();
  const answers = join(here.folder, 'answers.yaml');
  await writeFile(answers, answersFor('fn-orders'));
  const { outcome, text } = await recorded(here, ['replay', answers, '--yes', '--json']);
  expect(outcome.code).toBe(0);

  const there = await served(text);
  const [site] = JSON.parse(text).flatMap(({ method, url }: { method: string; url: string }) =>
    method === 'PATCH' ? [/\/sites\/([^/?]+)/.exec(url)![1]!] : [],
  ) as string[];
  const theirs = join(there.folder, 'answers.yaml');
  await writeFile(theirs, answersFor(site!));
  const again = await inside(there, ['replay', theirs, '--yes', '--json']);
  const last = ({ stdout }: Outcome) => {
    const { applied, verified, failed, state } = JSON.parse(stdout.trim().split('\n').at(-1)!) as Record<string, unknown>;
    return { applied, verified, failed, state };
  };
  expect(last(again)).toEqual(last(outcome));
  expect(again.code).toBe(0);
});

test.each<[string, readonly string[]]>([
  ['findings', ['findings', '--all', '--json']],
  ['a plan', ['plan', '--safe', '--all', '--json']],
  ['doctor', ['doctor', '--json']],
])('%s: the same result on its recording, except for names', async (_, args) => {
  // Of several apps the order depends on their names.
  const here = await world({ seed: () => plant(few('fn-orders')) });
  const { outcome, text } = await recorded(here, args);
  const again = await inside(await served(text), args);
  expect([again.code, JSON.parse(text).length > 0], again.stderr).toEqual([outcome.code, true]);
  const isOfHere = (path: string) => isTime(path) || /\/(createdAt|digest|endpoint|tenant|account)$/.test(path);
  const told = ({ stdout }: Outcome) =>
    JSON.parse(
      stdout.replaceAll(/127\.0\.0\.1:\d+|"[^"]*(?:undo log|token)[^"]*"|\/tmp\/[^" ,]*/g, (part) => (part.startsWith('"') ? '""' : '')),
    ) as unknown;
  expect(differencesBesidesNames(told(outcome), told(again), isOfHere)).toEqual([]);
  for (const value of planted) expect(text).not.toContain(value);
});

test('an undo is recorded like a run: each write with its answer, and no identifying data', async () => {
  const here = await world();
  const answers = join(here.folder, 'answers.yaml');
  await writeFile(answers, answersFor('fn-orders'));
  await inside(here, ['replay', answers, '--yes']);
  const before = (await here.writes()).length;
  const { outcome, text } = await recorded(here, ['undo', 'last', '--yes']);
  expect(outcome.code).toBe(0);
  const sent = (await here.writes()).slice(before).map(({ method, status }) => [method, status]);
  const items = JSON.parse(text) as { method: string; status: number }[];
  expect(items.filter(({ method }) => /PUT|PATCH|DELETE/.test(method)).map(({ method, status }) => [method, status])).toEqual(sent);
  expect(sent.length).toBeGreaterThan(0);
  expect(text).not.toMatch(/fn-orders|rg-shop|contoso/i);
});

test('a failing command is recorded too, and the file is complete', async () => {
  const here = await world();
  await here.faults([
    {
      method: 'GET',
      path: '/subscriptions\\?',
      times: 9,
      status: 403,
      body: {
        error: {
          code: 'AuthorizationFailed',
          message: `The client 'dana@contoso.com' with object id 'd1a7c0de-0001-4f6e-8b1a-c0ffee000009' does not have authorization.`,
        },
      },
    },
  ]);
  const { outcome, text } = await recorded(here, ['audit', '--all', '--json']);
  expect(outcome.code).toBe(4);
  const [first] = JSON.parse(text) as { status: number; responseBody: { error: { message: string } } }[];
  expect(first?.status).toBe(403);
  expect(first?.responseBody.error.message).toMatch(
    /^The client '\w+@\w+\.com' with object id '00000000-0000-0000-0000-\w{12}' does not have authorization\.$/,
  );
});

test('the recording follows no link, overwrites no input, and is refused before anything is sent', async () => {
  const here = await world();
  const target = join(here.folder, 'target.json');
  await writeFile(target, 'mine');
  await symlink(target, join(here.folder, 'link.json'));
  const linked = await inside(here, ['audit', '--app', 'fn-orders', '--record', join(here.folder, 'link.json')]);
  expect([linked.code, linked.stderr]).toEqual([64, expect.stringContaining('it is a symbolic link')]);
  expect(await readFile(target, 'utf8')).toBe('mine');
  const answers = join(here.folder, 'a.yaml');
  await writeFile(answers, answersFor('fn-orders'));
  const over = await inside(here, ['plan', answers, '--record', answers]);
  expect([over.code, over.stderr]).toEqual([64, expect.stringContaining('would overwrite')]);
  for (const option of ['--debug', '--record']) {
    const same = await inside(here, ['audit', '--app', 'fn-orders', '--output', join(here.folder, 'b'), option, join(here.folder, 'b')]);
    expect([same.code, same.stderr]).toEqual([64, expect.stringContaining(`--output and ${option} would write to the same file`)]);
  }
  await mkdir(join(here.folder, 'folder'));
  expect((await inside(here, ['audit', '--app', 'fn-orders', '--record', join(here.folder, 'folder')])).code).toBe(64);
  expect(await here.exchanges()).toEqual([]);
});

test('the emulator serves recorded answers, reports requests that were not recorded, and refuses invalid recordings', async () => {
  const url = 'https://management.azure.com/subscriptions/s1/x';
  const there = await served(
    JSON.stringify([
      { method: 'GET', url: `${url}?api-version=1`, status: 200, responseBody: { nextLink: `${url}/2` } },
      { method: 'GET', url: `${url}?api-version=1`, status: 404 },
    ]),
  );
  const ask = async (path: string, token: string | undefined = there.accessToken) => {
    const response = await fetch(`${there.endpoint}${path}`, { headers: token ? { authorization: `Bearer ${token}` } : {} });
    return [response.status, await response.text()];
  };
  expect(await ask('/subscriptions/S1/x?api-version=2024-01-01')).toEqual([501, expect.stringContaining('NotRecorded')]);
  expect((await ask('/subscriptions/s1/x?api-version=1', ''))[0]).toBe(401);
  const folder = await temporaryFolder();
  const file = join(folder, 'no.json');
  await writeFile(file, '{"a":1}');
  const refused = await run(['emulator', '--recorded', file]);
  expect([refused.code, refused.stderr]).toEqual([64, expect.stringContaining('it is not a list of exchanges')]);
  const both = await run(['emulator', '--recorded', file, '--scenario', 'fleet']);
  expect([both.code, both.stderr]).toEqual([64, expect.stringContaining('--scenario')]);
});

test('the wizard records too: its reads and writes are served again, without names', async () => {
  const here = await world();
  const file = join(here.folder, 'wizard.json');
  const screen = wizard(here, ['--app', 'fn-orders', '--record', file]);
  await intoArea(screen, 'ftp', /❯ .*Disable FTP/);
  screen.type('enter');
  await screen.sees('Question 1 of 1');
  screen.type('enter');
  await screen.sees('Apply this?');
  screen.type('y');
  await screen.sees('APPLIED');
  screen.type('q');
  expect(await screen.ended).toBe(0);
  const text = await readFile(file, 'utf8');
  const exchanges = JSON.parse(text) as { request: { method: string } }[];
  expect(text).not.toMatch(/fn-orders|rg-shop|operator@contoso/);
  expect(text).not.toContain(here.accessToken);
  expect(text).toContain('"PATCH"');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(exchanges.length).toBeGreaterThan(20);
  // All that the wizard read of the app is there, so an audit of it needs nothing else.
  const there = await served(text);
  const { code, stdout } = await inside(there, ['audit', '--app', there.apps[0] ?? '', '--step', 'https', '--json']);
  expect(code).toBe(2);
  expect(stdout).toContain('"unknown": 0');
});

test('the first app of a recording is the app that the command read, not one that it only listed', async () => {
  const { text } = await recorded(await world(), ['audit', '--app', 'fn-ledger', '--step', 'https', '--json']);
  const there = await served(text);
  expect(there.apps.length).toBeGreaterThan(1);
  const { stdout } = await inside(there, ['audit', '--app', there.apps[0] ?? '', '--step', 'https', '--json']);
  expect(stdout).toContain('"unknown": 0');
});
