/** Files of code that are links, pipes, or no UTF-8: they are read or named, and never left out in silence. */
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, realpath, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { contoso } from '../../src/emulator/samples/contoso.ts';
import { cloud } from '../helpers/in-process.ts';
import { temporaryFolder } from '../helpers/world.ts';

const APP = `variable "tls" {
  default = "1.2"
}
resource "azurerm_linux_function_app" "orders" {
  name       = "fn-orders"
  https_only = true
  site_config {
    minimum_tls_version = var.tls
  }
}
`;

/** A repository with an app in the folder infra; `make` adds to it. */
async function repository(make: (root: string, infra: string) => Promise<unknown>): Promise<string> {
  const root = await temporaryFolder();
  const infra = join(root, 'infra');
  await mkdir(infra);
  await writeFile(join(infra, 'main.tf'), APP);
  execFileSync('git', ['-C', root, 'init', '-q']);
  await make(root, infra);
  return infra;
}

const source = async (infra: string, ...more: readonly string[]) =>
  cloud(contoso(), await temporaryFolder()).command('source', infra, '--step', 'https', ...more);

test('a link to a file of the repository is read like the file, and the patch changes its target', async () => {
  const infra = await repository(async (root, folder) => {
    await mkdir(join(root, 'env'));
    await writeFile(join(root, 'env', 'prod.tfvars'), 'tls = "1.0"\n');
    await symlink('../env/prod.tfvars', join(folder, 'terraform.tfvars'));
  });
  const patch = join(await temporaryFolder(), 'harden.patch');
  const { code, stdout } = await source(infra, '--patch', patch);
  expect(code).toBe(2);
  expect(stdout).toContain('terraform.tfvars:1:7  fn-orders  https.min-tls (high)  1.0 -> 1.2');
  execFileSync('git', ['-C', join(infra, '..'), 'apply', await realpath(patch)]);
  expect(await readFile(join(infra, '..', 'env', 'prod.tfvars'), 'utf8')).toBe('tls = "1.2"\n');
});

test('one patch changes a file once that several links show', async () => {
  const infra = await repository(async (_, folder) => {
    await writeFile(join(folder, 'one.tfvars'), 'tls = "1.0"\n');
    await symlink('one.tfvars', join(folder, 'a.auto.tfvars'));
    await mkdir(join(folder, 'other'));
    await writeFile(join(folder, 'other', 'main.tf'), APP.replace('fn-orders', 'fn-other'));
    await symlink('../one.tfvars', join(folder, 'other', 'a.auto.tfvars'));
  });
  const patch = join(await temporaryFolder(), 'harden.patch');
  await source(infra, '--patch', patch);
  const text = await readFile(patch, 'utf8');
  expect(text.match(/^\+\+\+ b\/infra\/one\.tfvars$/gm)).toHaveLength(1);
  execFileSync('git', ['-C', infra, 'apply', '--check', await realpath(patch)]);
});

test('a link out of the repository, a link to no file and a pipe are named', async () => {
  const infra = await repository(async (root, folder) => {
    const outside = join(await temporaryFolder(), 'out.tf');
    await writeFile(outside, APP.replace('fn-orders', 'fn-outside'));
    await symlink(outside, join(folder, 'outside.tf'));
    await symlink('none.tfvars', join(folder, 'terraform.tfvars'));
    await symlink('someone@host.123', join(folder, '.#main.tf'));
    await symlink(root, join(folder, 'up'));
    execFileSync('mkfifo', [join(folder, 'x.auto.tfvars')]);
  });
  const { stdout, stderr } = await source(infra);
  expect(stdout).not.toContain('fn-outside');
  expect(stderr.split('\n').filter(Boolean)).toEqual([
    'NOTE: outside.tf was not read completely: it is a symbolic link to a file outside of the repository',
    'NOTE: terraform.tfvars was not read completely: the file does not exist',
    'NOTE: x.auto.tfvars was not read completely: it is not a file',
  ]);
});

test('a file that is not UTF-8 is judged, and left out of the patch, which names it', async () => {
  const infra = await repository((_, folder) =>
    writeFile(join(folder, 'main.tf'), Buffer.from(`# caf\xe9\n${APP.replace('= true', '= false')}`, 'latin1')),
  );
  const patch = join(await temporaryFolder(), 'harden.patch');
  const { stdout, stderr } = await source(infra, '--patch', patch);
  expect(stdout).toContain('https.https-only (high)  false -> true');
  expect(stderr).toContain('NOTE: main.tf is not UTF-8 text, so the patch does not change it.');
  expect(stderr).toContain('the patch is empty, because it changes no file.');
  expect(await readFile(patch, 'utf8')).toBe('');
});

test('a variable is not resolved if a variable file was not read completely, because the file may set it', async () => {
  for (const make of [
    (file: string) => symlink('none.tfvars', file),
    (file: string) => writeFile(file, 'x {\n'),
    (file: string) => writeFile(`${file}.json`, '{"tls": "1.0"'),
  ]) {
    const infra = await repository((_, folder) => make(join(folder, 'terraform.tfvars')));
    const { stdout } = await source(infra, '--json');
    const { places } = JSON.parse(stdout) as { places: { control: string; state: string; why: string }[] };
    expect(places.find(({ control }) => control === 'https.min-tls')).toMatchObject({
      state: 'not-resolved',
      why: expect.stringMatching(/^terraform\.tfvars(\.json)? may set var\.tls, but it was not read completely$/),
    });
    expect(places.find(({ control }) => control === 'https.https-only')).toMatchObject({ state: 'right' });
  }
});

test('a value is not resolved if an override file beside it was not read completely, because the file may change it', async () => {
  for (const make of [
    (folder: string) => symlink('none.tf', join(folder, 'override.tf')),
    (folder: string) =>
      writeFile(join(folder, 'app_override.tf'), 'resource "azurerm_linux_function_app" "orders" {\n  https_only = false\n'),
    (folder: string) => writeFile(join(folder, 'override.tf.json'), '{}'),
  ]) {
    const infra = await repository((_, folder) => make(folder));
    const { stdout } = await source(infra, '--json');
    const { places } = JSON.parse(stdout) as { places: { control: string; state: string; why: string }[] };
    expect(places.find(({ control }) => control === 'https.https-only')).toMatchObject({
      state: 'not-resolved',
      why: expect.stringMatching(/override\.tf(\.json)? may override this value, but it was not read completely$/),
    });
    expect(places.filter(({ control, state }) => /^(https|cors|ftp)\./.test(control) && state === 'right')).toEqual([]);
  }
});
