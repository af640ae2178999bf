/** Which host, language and plan an app runs on, and until when each is supported. */
import { expect, test } from 'vitest';
import { judgedOf, type OneApp } from '../helpers/one-app.ts';

const windows = (worker: string, config: OneApp['config'] = {}, settings: OneApp['settings'] = {}): OneApp => ({
  config: config!,
  settings: { FUNCTIONS_WORKER_RUNTIME: worker, ...settings },
});
const linux = (linuxFxVersion: string | null, worker = ''): OneApp => ({
  plan: 'D-linux',
  config: { linuxFxVersion },
  settings: worker ? { FUNCTIONS_WORKER_RUNTIME: worker } : {},
});
const flex = (name: string, version: string): OneApp => ({ plan: 'FC1', site: { functionAppConfig: { runtime: { name, version } } } });

const LANGUAGES: readonly (readonly [string, OneApp, string, RegExp])[] = [
  // C# in-process model, whatever version is set.
  ['in-process .NET 8', windows('dotnet', { netFrameworkVersion: 'v8.0' }), 'fail', /dotnet 8\.0 \(in-process model\).*2026-11-10/],
  ['in-process, without a version', windows('dotnet', { netFrameworkVersion: 'v4.0' }), 'fail', /\(in-process model\).*2026-11-10/],
  ['in-process .NET 10', windows('DotNet', { netFrameworkVersion: 'v10.0' }), 'fail', /2026-11-10/],
  ['in-process .NET 6 ended before', linux('DOTNET|6.0'), 'fail', /2024-11-12/],
  ['in-process on Linux, by its setting', linux('', 'dotnet'), 'fail', /2026-11-10/],
  ['isolated .NET 10', windows('dotnet-isolated', { netFrameworkVersion: 'v10.0' }), 'pass', /dotnet 10\.0, supported until 2028-11-14/],
  ['isolated .NET 8', linux('DOTNET-ISOLATED|8.0', 'dotnet-isolated'), 'fail', /2026-11-10/],
  ['isolated, without a version', windows('dotnet-isolated', { netFrameworkVersion: 'v4.0' }), 'unknown', /does not report/],
  ['isolated, with .NET Framework 4.8', windows('dotnet-isolated', { netFrameworkVersion: 'v4.8' }), 'unknown', /does not report/],
  ['.NET written without its zero', flex('dotnet-isolated', '10'), 'pass', /2028-11-14/],
  // A version of another language is left over.
  ['.NET with a left-over Java', windows('dotnet-isolated', { netFrameworkVersion: 'v10.0', javaVersion: '1.8' }), 'pass', /^dotnet 10/],
  [
    'Node.js with a left-over PowerShell',
    windows('node', { powerShellVersion: '7.2' }, { WEBSITE_NODE_DEFAULT_VERSION: '~22' }),
    'pass',
    /^node 22/,
  ],
  // Java 8 is 1.8.
  [
    'Java 1.8',
    windows('java', { javaVersion: '1.8' }),
    'pass',
    /^java 1\.8, supported until 2027-09-30 .*older pages of Microsoft: 2026-11-30/,
  ],
  ['Java 1.8.0_202', windows('java', { javaVersion: '1.8.0_202' }), 'pass', /you must update yourself/],
  ['Java 8', linux('Java|8'), 'pass', /2027-09-30/],
  ['Java 17', windows('java', { javaVersion: '17' }), 'pass', /2027-09-30/],
  ['Java 17.0', windows('java', { javaVersion: '17.0' }), 'pass', /^java 17\.0, supported until 2027-09-30$/],
  ['Java 17.0.8', windows('java', { javaVersion: '17.0.8' }), 'pass', /^java 17\.0\.8, supported .* you must update yourself$/],
  ['Java 25', linux('JAVA|25'), 'pass', /2029-05-31 .*OpenJDK: 2030-09-30/],
  ['Java 18', windows('java', { javaVersion: '18' }), 'fail', /no longer supported/],
  // Words and partial versions are no versions.
  ['NODE|lts', linux('NODE|lts'), 'unknown', /node lts/],
  ['PYTHON|latest', linux('PYTHON|latest'), 'unknown', /does not know/],
  ['Python 3', linux('Python|3'), 'unknown', /does not know/],
  ['PowerShell ~7', windows('powershell', { powerShellVersion: '~7' }), 'unknown', /does not know/],
  ['PowerShell ~7.4', windows('powershell', { powerShellVersion: '~7.4' }), 'fail', /2026-11-10/],
  ['PowerShell 7.6', windows('powershell', { powerShellVersion: '7.6' }), 'pass', /2028-11-14/],
  ['PowerShell 6', windows('powershell', { powerShellVersion: '6' }), 'fail', /no longer supported/],
  ['Node.js ~20', windows('node', {}, { WEBSITE_NODE_DEFAULT_VERSION: '~20' }), 'fail', /2026-04-30/],
  [
    'Node.js 22.11.0',
    windows('node', {}, { WEBSITE_NODE_DEFAULT_VERSION: '22.11.0' }),
    'fail',
    /^node 22\.11\.0, pinned: it gets no updates/,
  ],
  ['Node.js ~22', windows('node', {}, { WEBSITE_NODE_DEFAULT_VERSION: '~22' }), 'pass', /2027-04-30/],
  ['Node.js 22-lts', linux('NODE|22-lts'), 'pass', /2027-04-30/],
  ['Node.js 26', linux('Node|26-nightly'), 'unknown', /does not know/],
  // A version that is left over says nothing of the language where no setting names it.
  ['no language, with a version of Java', { config: { javaVersion: '17' }, settings: {} }, 'unknown', /does not report/],
  ['no language, with a version of PowerShell', { config: { powerShellVersion: '7.6' }, settings: {} }, 'unknown', /does not report/],
  ['Node.js without a version', windows('node'), 'unknown', /does not report/],
  ['Python 3.14', linux('PYTHON|3.14'), 'pass', /2029-04-30 .*python\.org: 2030-10-31/],
  ['a custom handler', linux('Custom|1.0', 'custom'), 'not-applicable', /own language runtime/],
  // An image contains its own runtime.
  ['an image on Elastic Premium', { ...linux('DOCKER|contoso.azurecr.io/fn:4'), plan: 'EP' }, 'not-applicable', /image/],
  ['an image on Linux', linux('docker|contoso.azurecr.io/fn:4', 'dotnet'), 'not-applicable', /image/],
  ['an image on Windows', windows('dotnet', { windowsFxVersion: 'DOCKER|contoso.azurecr.io/fn:4' }), 'not-applicable', /image/],
];
test.each(LANGUAGES)('%s', async (_, app, state, says) => {
  const judged = (await judgedOf(app))('runtime.language');
  expect([judged.state, judged.found]).toEqual([state, expect.stringMatching(says)]);
});

test.each([
  ['2026-11-30', 'pass'],
  // The earlier date is shown and does not decide, because the page of Azure Functions with the later date is newer.
  ['2026-12-01', 'pass'],
  ['2027-10-01', 'fail'],
])('Java 8 on %s', async (today, state) => {
  const judged = (await judgedOf({ ...linux('Java|8'), today }))('runtime.language');
  expect(judged.state).toBe(state);
  expect(judged.found).toContain('2026-11-30');
});

test.each([
  ['2029-05-31', 'pass'],
  ['2029-06-01', 'unknown'],
  ['2030-10-01', 'fail'],
])('Java 25 on %s', async (today, state) => {
  expect((await judgedOf({ ...linux('Java|25'), today }))('runtime.language').state).toBe(state);
});

test('in-process C# was supported until its last day', async () => {
  const state = async (today: string) =>
    (await judgedOf({ ...windows('dotnet', { netFrameworkVersion: 'v8.0' }), today }))('runtime.language').state;
  expect([await state('2026-11-10'), await state('2026-11-11')]).toEqual(['pass', 'fail']);
});

test.each([
  ['~4', 'pass', /^~4$/],
  ['~4 ', 'pass', /^~4$/],
  ['4.0.1.16815', 'fail', /pinned/],
  ['4.1036.3.0', 'fail', /pinned/],
  ['~3', 'fail', /2022-12-13/],
  ['~1', 'fail', /2026-09-14/],
  ['3.0.14916', 'fail', /2022-12-13/],
  ['latest', 'unknown', /does not know/],
  ['~5', 'unknown', /does not know/],
  [undefined, 'fail', /not set/],
])('host version %s', async (version, state, says) => {
  const judged = (await judgedOf({ settings: version === undefined ? {} : { FUNCTIONS_EXTENSION_VERSION: version } }))(
    'runtime.functions-version',
  );
  expect([judged.state, judged.found]).toEqual([state, expect.stringMatching(says)]);
});

const image = (linuxFxVersion: string, version?: string): OneApp => ({
  ...linux(linuxFxVersion),
  settings: version === undefined ? {} : { FUNCTIONS_EXTENSION_VERSION: version },
});
const container = { kind: 'functionapp,linux,container', plan: 'EP' } as const;
test.each<readonly [string, OneApp, string, RegExp]>([
  ['without a setting', container, 'not-applicable', /image contains the host/],
  // Azure CLI and Terraform write ~4 for images too: Azure/azure-cli issue 12430.
  ['~4, which tools write', { ...container, settings: { FUNCTIONS_EXTENSION_VERSION: '~4' } }, 'not-applicable', /image contains the host/],
  ['an old version that was set', { ...container, settings: { FUNCTIONS_EXTENSION_VERSION: '~3' } }, 'fail', /2022-12-13/],
  ['an app whose kind names no container', image('DOCKER|contoso.azurecr.io/fn:4', '~4'), 'not-applicable', /image contains the host/],
  [
    "Microsoft's image pins the host",
    image('DOCKER|mcr.microsoft.com/azure-functions/node:4.14.0.3-node22', '~4'),
    'fail',
    /4\.14\.0\.3, pinned/,
  ],
  [
    "Microsoft's image of an old host",
    image('docker|mcr.microsoft.com/azure-functions/python:3.0-python3.9', '~4'),
    'fail',
    /host 3\.0, .*2022-12-13/,
  ],
  [
    "Microsoft's image of the newest host",
    image('DOCKER|mcr.microsoft.com/azure-functions/node:4-node22', '~4'),
    'not-applicable',
    /image/,
  ],
])('host version in a container image: %s', async (_, app, state, says) => {
  const judged = (await judgedOf(app))('runtime.functions-version');
  expect([judged.state, judged.found]).toEqual([state, expect.stringMatching(says)]);
});

test('host version 3 stops running on Linux Consumption', async () => {
  const lines = async (plan: OneApp['plan'], version: string) =>
    (await judgedOf({ plan: plan!, settings: { FUNCTIONS_EXTENSION_VERSION: version } }))('runtime.functions-version').lines.join(' ');
  expect(await lines('Y1-linux', '~3')).toContain('after 2026-09-30');
  for (const [plan, version] of [
    ['Y1-linux', '~2'],
    ['Y1', '~3'],
    ['D-linux', '~3'],
  ] as const)
    expect(await lines(plan, version)).not.toContain('2026-09-30');
});

test('Linux Consumption is retired; other plans are not', async () => {
  const judged = async (plan: OneApp['plan']) => (await judgedOf({ plan: plan! }))('runtime.plan');
  expect((await judged('Y1-linux')).found).toMatch(/ends on 2028-09-30/);
  for (const plan of ['Y1', 'FC1', 'EP', 'D', 'D-linux', 'CA'] as const)
    expect([plan, (await judged(plan)).state]).toEqual([plan, 'not-applicable']);
  const inEnvironment = async (sku: string) => (await judgedOf({ site: { sku, hostingEnvironmentProfile: { id: '/e' } } }))('runtime.plan');
  for (const sku of ['Isolated', 'Premium']) expect((await inEnvironment(sku)).found).toMatch(/v1 and v2 ended on 2024-08-31/);
  for (const sku of ['IsolatedV2', 'IsolatedMV2']) expect((await inEnvironment(sku)).state).toBe('not-applicable');
  const old = await judgedOf({ plan: 'Y1-linux', config: { linuxFxVersion: 'Node|20' } });
  expect(old('runtime.language').lines.join(' ')).toContain('no version after Node.js 22');
});
