/** The settings of a user: the file, mistakes in it, and options and variables that override it. */
import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { settingsOf, withSettings } from '../../src/app/settings.ts';
import { appsOf, selectionOf } from '../../src/app/target-selection.ts';
import { parse } from '../../src/cli/parse.ts';
import { nameHome } from '../../src/files/paths.ts';
import { inside } from '../helpers/inside.ts';
import { temporaryFolder, world } from '../helpers/world.ts';
import { UserError } from '../../src/engine/errors.ts';

async function homeWith(text: string): Promise<{ home: string; file: string }> {
  const home = await temporaryFolder();
  await mkdir(join(home, 'func-harden'), { mode: 0o700 });
  const file = join(home, 'func-harden', 'config.yaml');
  await writeFile(file, text, { mode: 0o600 });
  return { home, file };
}

const given = (...args: string[]) => parse(args, 'test', () => {})!;
const messageOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no error',
    (error: unknown) => `${(error as UserError).exitCode}: ${(error as Error).message}`,
  );

test('an option overrides the variable, and the variable the file, and each value has its source', async () => {
  const { home, file } = await homeWith('subscription: [Sales, Ops]\nauth: azd\nprofile: baseline\nstate: ~/hardening\nowner-tag: team\n');
  const environment = { XDG_CONFIG_HOME: home, HOME: '/home/dana', FUNC_HARDEN_AUTH: 'azure-cli', FUNC_HARDEN_PROFILE: 'strict' };
  const settings = await settingsOf(given('config', '--profile', 'baseline').options, environment, 'linux');
  expect(settings).toEqual([
    { name: 'subscription', value: 'Sales, Ops', source: 'file', place: `${file}:1:15` },
    { name: 'auth', value: 'azure-cli', source: 'environment', place: 'FUNC_HARDEN_AUTH' },
    { name: 'profile', value: 'baseline', source: 'option', place: '--profile' },
    { name: 'theme', value: 'auto', source: 'default' },
    { name: 'state', value: '/home/dana/hardening', source: 'file', place: `${file}:4:8` },
    { name: 'ownerTag', value: 'team', source: 'file', place: `${file}:5:12` },
    { name: 'codeTag', value: null, source: 'default' },
  ]);
  const { options } = await withSettings(given('audit', '--auth', 'azd'), environment, 'linux');
  expect(options).toMatchObject({ subscription: ['Sales', 'Ops'], auth: 'azd', profile: 'strict', stateDir: '/home/dana/hardening' });
});

test('a variable or a list without a value sets nothing, and no folder is named ~', async () => {
  const { home } = await homeWith('subscription: []\nstate: ~/hardening\n');
  const variables = { XDG_CONFIG_HOME: home, FUNC_HARDEN_SUBSCRIPTION: ' , ' };
  const settings = await settingsOf({}, { ...variables, HOME: '/home/dana' }, 'linux');
  expect(settings).toContainEqual({ name: 'subscription', value: null, source: 'default' });
  expect(await messageOf(settingsOf({}, variables, 'linux'))).toContain('No home folder exists');
  // The place is known without a home folder.
  const chosen = await settingsOf({ state: '/srv/log' }, { HOME: '' }, 'linux');
  expect(chosen).toContainEqual({ name: 'state', value: '/srv/log', source: 'option', place: '--state' });
  const service: Record<string, string | undefined> = {};
  nameHome(service);
  expect(service).toEqual({ HOME: homedir() });
});

test('several tags may show that code declares an app, in the file and in the variable', async () => {
  const { home, file } = await homeWith('code-tag: [iac-repo, "contoso-*"]\n');
  const { options } = await withSettings(given('plan', 'a.yaml'), { XDG_CONFIG_HOME: home }, 'linux');
  expect(options.codeTag).toEqual(['iac-repo', 'contoso-*']);
  const settings = await settingsOf(given('config').options, { XDG_CONFIG_HOME: home, FUNC_HARDEN_CODE_TAG: 'stack, team' }, 'linux');
  expect(settings).toContainEqual({ name: 'codeTag', value: 'stack, team', source: 'environment', place: 'FUNC_HARDEN_CODE_TAG' });
  expect(file).toContain('config.yaml');
});

test('each mistake in the settings file is reported at once, with line and column', async () => {
  const { home, file } = await homeWith(
    'auth: azure-clii\nprofil: strict\ntheme: 3\nstate: here\nauth: azd\nsubscription:\n  - Sales\n  - {}\n',
  );
  expect(await messageOf(settingsOf({}, { XDG_CONFIG_HOME: home }, 'linux'))).toBe(
    [
      `64: 6 mistakes in ${file}; nothing was sent.`,
      `  ${file}:1:7: auth is "azure-clii"; allowed values: auto, azure-cli, azd, environment, workload-identity, managed-identity, browser, device-code, token. Did you mean "azure-cli"?`,
      `  ${file}:2:1: unknown setting "profil". Did you mean "profile"?`,
      `  ${file}:3:8: "theme" takes text`,
      `  ${file}:4:8: state is "here"; an absolute path or a URL is required`,
      `  ${file}:5:1: "auth" appears twice`,
      `  ${file}:8:5: "subscription" takes text or a list of strings`,
    ].join('\n'),
  );
  // A stack overflow means nothing to a person, and a thousand errors of one nesting are one mistake.
  const nest = await homeWith(`auth: ${'['.repeat(20_000)}`);
  const told = await messageOf(settingsOf({}, { XDG_CONFIG_HOME: nest.home }, 'linux'));
  expect(told).not.toMatch(/call stack/i);
  expect(told.split('\n').length).toBeLessThan(25);
  const list = await homeWith('- auth\n');
  expect(await messageOf(settingsOf({}, { XDG_CONFIG_HOME: list.home }, 'linux'))).toContain(':1:1: write settings as "name: value"');
  expect(await messageOf(settingsOf({}, { FUNC_HARDEN_PROFILE: 'lax' }, 'linux'))).toContain('FUNC_HARDEN_PROFILE: profile is "lax"');
});

test('a settings file that another user could change is refused', async () => {
  const { home, file } = await homeWith('state: /elsewhere\n');
  await (await import('node:fs/promises')).chmod(file, 0o666);
  expect(await messageOf(settingsOf({}, { XDG_CONFIG_HOME: home }, 'linux'))).toMatch(/^64: .*all users of this machine can change it/);
});

test('a missing or empty settings file means no settings; the demo ignores it', async () => {
  const { home } = await homeWith('# nothing yet\n');
  for (const XDG_CONFIG_HOME of [home, '/nowhere'])
    expect((await settingsOf({}, { XDG_CONFIG_HOME, HOME: '/home/dana' }, 'linux')).every(({ source }) => source === 'default')).toBe(true);
  const demo = await withSettings(given('demo'), { FUNC_HARDEN_STATE: '/elsewhere', FUNC_HARDEN_THEME: 'light' }, 'linux');
  expect([demo.options.stateDir, demo.options.theme]).toEqual([undefined, 'light']);
});

test('the subscription in the settings narrows the selection of a file and selects nothing itself; a resource id overrides it', async () => {
  const environment = { FUNC_HARDEN_SUBSCRIPTION: 'Sales' };
  const { options } = await withSettings(given('plan', 'answers.yaml'), environment, 'linux');
  const file = (key: string) =>
    ({ version: 1, defaults: { steps: {} }, apps: { [key]: { steps: {} } } }) as unknown as Parameters<typeof appsOf>[1];
  const named = appsOf(options, file('fn-orders'));
  expect([named.apps, selectionOf(options, named).subscriptions]).toEqual([['fn-orders'], ['Sales']]);
  expect(selectionOf(options, appsOf(options, file('/subscriptions/x/y'))).subscriptions).toEqual([]);
});

test('the built command reads the settings file', async () => {
  const { cli, folder } = await world();
  await mkdir(join(folder, 'func-harden'));
  await writeFile(join(folder, 'func-harden', 'config.yaml'), 'theme: light\n');
  const { stdout, stderr, code } = await cli(['config'], { XDG_CONFIG_HOME: folder });
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^theme\s+light\s+file\s+config\.yaml:\d+:\d+$/m);
  expect(code).toBe(0);
});

test.each([40, 60, 78, 80])('the place of a value is shown at a width of %i columns', async (width) => {
  const here = await world();
  const environment = { FUNC_HARDEN_PROFILE: 'baseline', XDG_CONFIG_HOME: here.folder };
  const { stdout } = await inside(here, ['config'], environment, width);
  expect(stdout).toMatch(/profile:? +baseline\s+environment:? +FUNC_HARDEN_PROFILE$/m);
});
