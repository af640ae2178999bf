/** The single file in an empty folder, with an empty PATH: no Node, no shell tools, no home folder. */
import { spawn } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { blocksOf } from './helpers/pages.ts';
import { noRelease, released, SINGLE_FILE } from './helpers/released.ts';
import { terminal } from './helpers/terminal.ts';
import { temporaryFolder, world, type Outcome } from './helpers/world.ts';
import { VERSION } from '../src/version.ts';

const skipped = noRelease !== undefined;
if (skipped) console.log(`skipped: a release contains the single file; ${noRelease}`);
const NAME = SINGLE_FILE;
let made: string;

beforeAll(async () => {
  if (skipped) return;
  const { files, result } = await released();
  if (!result.ok) throw new Error(result.log);
  made = join(files, SINGLE_FILE);
}, 180_000);

/** A folder with nothing but the file. */
async function bare(): Promise<string> {
  const folder = join(await temporaryFolder(), 'bare');
  await mkdir(folder);
  await copyFile(made, join(folder, NAME));
  return folder;
}

function start(folder: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const child = spawn(join(folder, NAME), args, { cwd: folder, env: { PATH: '', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...output })));
}

test.skipIf(skipped)('help, version and the demo without a terminal leave no file in the folder', { timeout: 60_000 }, async () => {
  const folder = await bare();
  expect((await stat(made)).size, 'bytes').toBeLessThan(160e6);
  expect(await start(folder, ['--version'])).toEqual({ code: 0, stdout: `${VERSION}\n`, stderr: '' });
  expect((await start(folder, ['--help'])).stdout).toContain('Usage: func-harden');
  expect((await start(folder, ['--licenses'])).stdout).toMatch(/^Node\.js v24\.[\s\S]*OpenSSL[\s\S]*^ink /m);
  const demo = await start(folder, ['demo'], { HOME: '/nonexistent' });
  expect(demo.code, demo.stderr).toBe(0);
  expect(demo.stdout).toMatch(/^APPLIED: /m);
  expect(demo.stdout).toMatch(/^UNDONE: /m);
  expect(await readdir(folder)).toEqual([NAME]);
});

test.skipIf(skipped)('audit, replay, history and undo run in the single file', { timeout: 60_000 }, async () => {
  const [here, folder] = [await world(), await bare()];
  const env = {
    FUNC_HARDEN_ACCESS_TOKEN: here.accessToken,
    FUNC_HARDEN_ARM_ENDPOINT: here.endpoint,
    XDG_STATE_HOME: join(dirname(folder), 'state'),
  };
  const answers = 'version: 1\napps: { fn-orders: { steps: { ftp: { decision: apply, answers: { state: Disabled } } } } }\n';
  await writeFile(join(folder, 'a.yaml'), answers);
  const audit = await start(folder, ['audit', '--all', '--json'], env);
  expect(audit.code, audit.stderr).toBe(2);
  expect(JSON.parse(audit.stdout)).toHaveProperty('summary.fail');
  expect((await start(folder, ['audit', '--app', 'fn-orders', '--format', 'html', '--output', 'a.html'], env)).code).toBe(2);
  const replay = await start(folder, ['replay', 'a.yaml', '--yes'], env);
  expect([replay.code, replay.stdout]).toEqual([0, expect.stringContaining('APPLIED: 1 applied, 1 verified')]);
  expect((await start(folder, ['history'], env)).stdout).toContain('applied');
  const undo = await start(folder, ['undo', 'last', '--yes'], env);
  expect([undo.code, undo.stdout]).toEqual([0, expect.stringContaining('UNDONE: 1 undone, 1 verified')]);
});

test.skipIf(skipped)('Terraform code is read, because the single file contains the grammar', { timeout: 60_000 }, async () => {
  const folder = await bare();
  await mkdir(join(folder, 'infra'));
  await writeFile(
    join(folder, 'infra', 'main.tf'),
    `resource "azurerm_linux_function_app" "orders" {\n  name       = "fn-orders"\n  https_only = false\n  site_config {}\n}\n`,
  );
  const source = await start(folder, ['source', 'infra', '--json']);
  expect(source.code, source.stderr).toBe(2);
  expect((JSON.parse(source.stdout) as { places: object[] }).places).toContainEqual(
    expect.objectContaining({ control: 'https.https-only', file: 'main.tf', line: 3 }),
  );
});

test.skipIf(skipped)('custom areas load in the single file', { timeout: 60_000 }, async () => {
  const [here, folder] = [await world(), await bare()];
  const controls = join(folder, 'controls');
  await mkdir(controls, { mode: 0o700 });
  const [source = ''] = blocksOf(await readFile(join(import.meta.dirname, '..', 'docs', 'controls.md'), 'utf8'), 'ts');
  await writeFile(join(controls, 'health-check.ts'), source, { mode: 0o600 });
  const env = { FUNC_HARDEN_ACCESS_TOKEN: here.accessToken, FUNC_HARDEN_ARM_ENDPOINT: here.endpoint };
  const audit = await start(folder, ['audit', '--app', 'fn-orders', '--step', 'x-health-check', '--controls', controls], env);
  expect([audit.code, audit.stdout]).toEqual([2, expect.stringContaining('Health check path')]);
});

test.skipIf(skipped)('the wizard of the demo runs on a terminal', { timeout: 60_000 }, async () => {
  const folder = await bare();
  const { sees, type, ended } = terminal(['demo'], {
    program: [join(folder, NAME)],
    environment: { PATH: '', HOME: '/nonexistent' },
  });
  await sees('Which function app?');
  type('ord');
  await sees('1 matches');
  type('enter');
  await sees('Require HTTPS');
  type('ctrlC');
  expect([0, 130]).toContain(await ended);
});
