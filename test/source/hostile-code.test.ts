/** Hostile code: each line is short and requires more memory or time than any machine has. */
import { chmod, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { INTERNAL_ERROR } from '../../src/engine/errors.ts';
import { contoso } from '../../src/emulator/samples/contoso.ts';
import { unifiedDiff } from '../../src/source/unified-diff.ts';
import { cloud } from '../helpers/in-process.ts';
import { temporaryFolder } from '../helpers/world.ts';

const APP = 'azurerm_linux_function_app" "a';
const terraform = (name: string, more = ''): string => `${more}\nresource "${APP}" {\n  name = ${name}\n  https_only = false\n}\n`;
const chain = (count: number, line: (from: string, to: string) => string): string =>
  Array.from({ length: count }, (_, index) => line(`v${index}`, `v${index + 1}`)).join('\n');
const locals = (line: (from: string, to: string) => string, last: string): string => `locals {\n${chain(40, line)}\nv40 = ${last}\n}\n`;
const bicep = (name: string, more = ''): string =>
  `${more}\nresource app 'Microsoft.Web/sites@2024-04-01' = {\n  name: ${name}\n  kind: 'functionapp'\n  properties: { httpsOnly: false }\n}\n`;
const template = (name: string, variables: object): string =>
  JSON.stringify({
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    variables,
    resources: [{ type: 'Microsoft.Web/sites', kind: 'functionapp', apiVersion: '2024-04-01', name, properties: { httpsOnly: false } }],
  });
const variables = (value: (next: string) => unknown): object =>
  Object.fromEntries([
    ...Array.from({ length: 40 }, (_, index) => [`v${index}`, value(`variables('v${index + 1}')`)]),
    ['v40', 'x'.repeat(20)],
  ]);

async function source(files: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const folder = await temporaryFolder();
  for (const [file, text] of Object.entries(files)) {
    await mkdir(join(folder, file, '..'), { recursive: true });
    await writeFile(join(folder, file), text);
  }
  const result = await cloud(contoso(), await temporaryFolder()).command('source', folder, ...args);
  expect(result.stderr).not.toContain(INTERNAL_ERROR);
  return { ...result, folder };
}

/** The app is judged all the same. */
test.each([
  [
    'a text that doubles, in Terraform',
    {
      'a.tf': terraform(
        'local.v0',
        locals((a, b) => `${a} = "\${local.${b}}\${local.${b}}"`, '"xxxxxxxxxxxxxxxx"'),
      ),
    },
  ],
  [
    'a list that doubles',
    {
      'a.tf': terraform(
        'local.v0',
        locals((a, b) => `${a} = concat(local.${b}, local.${b})`, '["x"]'),
      ),
    },
  ],
  [
    'lists in lists',
    {
      'a.tf': terraform(
        'jsonencode(local.v0)',
        locals((a, b) => `${a} = [local.${b}, local.${b}]`, '"x"'),
      ),
    },
  ],
  [
    'a text that is replaced by itself',
    {
      'a.tf': terraform(
        'local.v0',
        locals((a, b) => `${a} = replace(local.${b}, "x", local.${b})`, '"xxxxxxxxxxxxxxxx"'),
      ),
    },
  ],
  ['an invalid character', { 'a.tf': terraform('"\\UFFFFFFFF"') }],
  ['a negative count', { 'a.tf': `${terraform('"x"')}\nresource "azurerm_linux_function_app" "b" {\n  count = -1\n  name = "y"\n}\n` }],
  [
    'a text that doubles, in Bicep',
    { 'a.bicep': bicep('v0', `${chain(40, (a, b) => `var ${a} = '\${${b}}\${${b}}'`)}\nvar v40 = 'xxxxxxxxxxxxxxxx'`) },
  ],
  ['a row of operators', { 'a.bicep': bicep("'x'", `var y = ${'!'.repeat(20_000)}true\nvar z = ${'1 + '.repeat(20_000)}1`) }],
  [
    'two resources that are named by each other',
    { 'a.bicep': `${bicep('other.name')}resource other 'Microsoft.Web/sites@2024-04-01' = {\n  name: app.name\n}\n` },
  ],
  [
    'two resources that are each above the other',
    {
      'a.bicep': `${bicep("'x'").replace('kind', 'parent: other\n  kind')}resource other 'Microsoft.Web/sites@2024-04-01' = {\n  parent: app\n  name: 'y'\n}\n`,
    },
  ],
  [
    'resources that are named by each other twice',
    {
      'a.bicep': `${bicep('v0.name')}${chain(25, (a, b) => `resource ${a} 'Microsoft.Web/sites@2024-04-01' = {\n  name: '\${${b}.name}\${${b}.name}'\n}`)}\nresource v25 'Microsoft.Web/sites@2024-04-01' = {\n  name: 'x'\n}\n`,
    },
  ],
  [
    'a text that doubles, in a template',
    {
      'a.json': template(
        "[variables('v0')]",
        variables((next) => `[concat(${next}, ${next})]`),
      ),
    },
  ],
  [
    'lists in lists, in a template',
    {
      'a.json': template(
        "[variables('v0')]",
        variables((next) => [`[${next}]`, `[${next}]`]),
      ),
    },
  ],
])('%s', async (_, files) => {
  const { stdout } = await source(files);
  expect(stdout).toMatch(/https\.https-only \(high\) {2}false -> true/);
});

/** Code that is too complex is reported, and does not count as "nothing is declared". */
test.each([
  ['brackets in brackets', { 'a.tf': terraform(`${'('.repeat(5000)}"x"${')'.repeat(5000)}`) }],
  ['blocks in blocks', { 'a.tf': `resource "${APP}" {\n${'b {\n'.repeat(5000)}${'}\n'.repeat(5000)}}\n` }],
  ['a line of spaces', { 'a.tf': terraform(`${' '.repeat(5000)}"x"`) }],
  ['members of members', { 'a.bicep': bicep(`${'a.'.repeat(600)}a`) }],
  ['objects in objects', { 'a.bicep': bicep(`${'{ a: '.repeat(5000)}1${' }'.repeat(5000)}`) }],
  [
    'modules of modules',
    Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [
        `m${index}.bicep`,
        `${Array.from({ length: 8 }, (__, at) => `module m${at} './m${index + 1}.bicep' = {\n  name: 'x'\n}`).join('\n')}\n${bicep("'x'")}`,
      ]),
    ),
  ],
  [
    'modules of modules, counted',
    Object.fromEntries(
      Array.from({ length: 9 }, (_, index) => [
        `m${index}/a.tf`,
        `module "a" {\n  source = "../m${index + 1}"\n  count = 100\n}\n${terraform('"x"')}`,
      ]),
    ),
  ],
])('%s', async (_, files) => {
  const { stderr, code } = await source(files);
  expect(stderr).toMatch(/was not read completely: /);
  expect(code).toBe(1);
});

test.each([
  ['goes too deep', `${'('.repeat(5000)}"x"${')'.repeat(5000)}`],
  ['takes the parser time by the square of its length', 'a = '.repeat(9000)],
])('a file that %s is reported, and the code beside it is judged', async (_, value) => {
  const { stdout, stderr, code } = await source({ 'deep.tf': terraform(value), 'other/b.tf': terraform('"y"') });
  expect(stderr).toMatch(/deep\.tf:1 was not read completely: the code is too complex/);
  expect(stdout).toMatch(/b\.tf:\d+:\d+ .*https\.https-only/);
  expect(code).toBe(2);
});

const nestedIn = (count: number, inner: object): string =>
  JSON.stringify({
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    resources: Array.from({ length: count }).reduce<object[]>(
      (resources) => [{ type: 'Microsoft.Resources/deployments', name: 'd', properties: { template: { resources } } }],
      [inner],
    ),
  });
const site = (JSON.parse(template('one', {})) as { resources: object[] }).resources[0]!;
const linked = (count: number, form: (from: number) => string, last: string): string[] =>
  Array.from({ length: count }, (_, index) => form(index)).concat(last);

test.each<[what: string, files: Readonly<Record<string, string>>, says: RegExp]>([
  [
    'modules of Bicep in a circle',
    { 'a.bicep': `module b './b.bicep' = {\n  name: 'b'\n}\n`, 'b.bicep': bicep("'x'", `module a './a.bicep' = {\n  name: 'a'\n}\n`) },
    /b\.bicep:1 was not read completely: .* in a circle/,
  ],
  [
    'modules of Terraform in a circle',
    { 'a/m.tf': terraform('"x"', 'module "b" {\n  source = "../b"\n}'), 'b/m.tf': 'module "a" {\n  source = "../a"\n}\n' },
    /a\/m\.tf:\d+ was not read completely: .* in a circle/,
  ],
  [
    'modules of Bicep that are nested too deep',
    Object.fromEntries(
      linked(14, (from) => `module m './${from + 1}.bicep' = {\n  name: 'm'\n}\n`, bicep("'x'")).map((text, at) => [`${at}.bicep`, text]),
    ),
    /\.bicep:1 was not read completely: its modules are nested too deep/,
  ],
  [
    'modules of Terraform that are nested too deep',
    Object.fromEntries(
      linked(24, (from) => `module "m" {\n  source = "../${from + 1}"\n}\n`, terraform('"x"')).map((text, at) => [`${at}/m.tf`, text]),
    ),
    /m\.tf:1 was not read completely: its modules are nested too deep/,
  ],
  [
    'deployments that are nested too deep',
    { 'a.json': nestedIn(14, site) },
    /a\.json:1 was not read completely: its deployments are nested/,
  ],
  [
    'a deployment whose template is an expression',
    {
      'a.json': nestedIn(0, { type: 'Microsoft.Resources/deployments', name: 'd', properties: { template: "[variables('t')]" } }),
    },
    /a\.json:1 was not read completely: the template of a deployment is an expression/,
  ],
])('%s are reported, and not code without apps', async (_, files, says) => {
  const { stderr, code } = await source(files);
  expect(stderr).toMatch(says);
  expect(code).toBe(1);
});

test('an app of a deployment that copy repeats is judged', async () => {
  const copied = { type: 'Microsoft.Resources/deployments', name: 'd', copy: { name: 'c', count: 2 } };
  const { stdout, code } = await source({ 'a.json': nestedIn(0, { ...copied, properties: { template: { resources: [site] } } }) });
  expect(stdout).toMatch(/^a\.json:\d+:\d+ {2}one {2}https\.https-only \(high\) {2}false -> true/m);
  expect(code).toBe(2);
});

test('a loop in Bicep creates apps with unknown names', async () => {
  const loop =
    "resource apps 'Microsoft.Web/sites@2024-04-01' = [for (item, at) in items: if (at > 0) {\n  name: 'fn${at}'\n  kind: 'functionapp'\n  properties: { httpsOnly: false }\n}]\n";
  const { stdout } = await source({ 'a.bicep': `${loop}${bicep("'one'")}` });
  expect(stdout).toMatch(/^a\.bicep:4:\d+ {2}apps {2}https\.https-only \(high\) {2}false -> true/m);
  expect(stdout).toMatch(/ one {2}https\.https-only/);
});

test.skipIf(process.platform === 'win32')('names and values without a limit are refused', async () => {
  for (const option of ['--template', '--terraform-state'])
    expect(await cloud(contoso(), await temporaryFolder()).command('source', import.meta.dirname, option, '/dev/zero')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('/dev/zero cannot be read: it is too large'),
    });
});

test('links are not followed, and a file that is too large for code is reported', async () => {
  const { folder } = await source({ 'a.tf': terraform('"x"') });
  await symlink('/', join(folder, 'root'));
  await symlink(folder, join(folder, 'around'));
  await writeFile(join(folder, 'large.tf'), '#'.repeat(9 * 1024 * 1024));
  const { stdout, stderr } = await cloud(contoso(), await temporaryFolder()).command('source', folder);
  expect(stdout).toContain('https.https-only');
  expect(stderr.split('\n').filter(Boolean)).toEqual([expect.stringMatching(/large\.tf was not read completely: it is too large/)]);
});

test.skipIf(process.platform === 'win32')('the name of a file adds no line to a patch, and git accepts the patch', async () => {
  const name = 'e\u001b]0;x\u0007\n+++ b/other "q" \\é.tf';
  const text = unifiedDiff(name, 'a\n', 'b\n');
  expect(text.split('\n').slice(0, 4)).toEqual([
    String.raw`diff --git "a/e\033]0;x\007\012+++ b/other \"q\" \\\303\251.tf" "b/e\033]0;x\007\012+++ b/other \"q\" \\\303\251.tf"`,
    String.raw`--- "a/e\033]0;x\007\012+++ b/other \"q\" \\\303\251.tf"`,
    String.raw`+++ "b/e\033]0;x\007\012+++ b/other \"q\" \\\303\251.tf"`,
    '@@ -1 +1 @@',
  ]);
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'e\u001b]0;x\u0007\n+++ b'), { recursive: true });
  await writeFile(join(folder, name), 'a\n');
  await writeFile(join(folder, 'harden.patch'), text);
  const git = (...args: readonly string[]) => execFileSync('git', ['-C', folder, ...args]);
  git('init', '-q');
  git('apply', 'harden.patch');
  expect(await readFile(join(folder, name), 'utf8')).toBe('b\n');
});

/** The one line of the secret is next to a value that the patch adds, so the patch has it; SECURITY.md says so. */
test('a secret in code is in no output except the patch', async () => {
  const secret = 'S3cretOfTheCode-x9';
  const code = `resource "${APP}" {\n  name = "fn-orders"\n  https_only = false\n  app_settings = { "DbPassword" = "${secret}" }\n}\n`;
  for (const format of ['text', 'json', 'sarif', 'markdown']) {
    const { stdout, stderr, code: exit } = await source({ 'a.tf': code }, '--format', format);
    expect(exit).toBe(2);
    expect(stdout).toContain('a.tf');
    expect(stdout + stderr).not.toContain(secret);
  }
  const patch = join(await temporaryFolder(), 'harden.patch');
  const { stdout, stderr } = await source({ 'a.tf': code }, '--patch', patch);
  expect(stdout + stderr).not.toContain(secret);
  expect(await readFile(patch, 'utf8')).toContain(secret);
  if (process.platform === 'win32') return;
  expect((await stat(patch)).mode & 0o777).toBe(0o600);
  // A file that was there with other permissions becomes private too.
  await chmod(patch, 0o644);
  await source({ 'a.tf': code }, '--patch', patch);
  expect((await stat(patch)).mode & 0o777).toBe(0o600);
});
