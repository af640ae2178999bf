/** The same changes as a file: it is executed, and the result is compared with a replay. */
import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { State } from '../../src/emulator/state.ts';
import { inside } from '../helpers/inside.ts';
import { lacksTools, runScript } from '../helpers/fake-az.ts';
import { strictAnswers } from '../helpers/strict.ts';
import { ANSWERS, ORDERS, runName, world, type World } from '../helpers/world.ts';

const lacking = lacksTools();
const withTools = lacking ? test.skip : test;
const named = (title: string): string => (lacking ? `${title} (skipped: ${lacking})` : title);

async function answersIn(here: World, text: string = ANSWERS): Promise<string> {
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, text);
  return file;
}

/** Settings of fn-orders that hold a key or a password. */
const secretsOf = (state: State): string[] => {
  const found = Object.values(state.sites[ORDERS.toLowerCase()]!.appSettings).filter((value) => /Key=/i.test(value));
  expect(found.length).toBeGreaterThan(0);
  return found;
};

const exported = (here: World, ...args: string[]) => inside(here, ['export', ...args]);

describe('az', () => {
  withTools(
    named('the script brings about what a replay does, secrets and all, and nothing the second time'),
    { timeout: 180_000 },
    async () => {
      const [here, other] = await Promise.all([world(), world()]);
      const file = await answersIn(here, strictAnswers(await here.state()));
      const { code, stdout: script, stderr } = await exported(here, file, '--format', 'az', '--app', 'fn-orders');
      expect(stderr).toBe('');
      expect(code).toBe(0);
      const before = await here.state();
      for (const value of Object.values(before.sites[ORDERS.toLowerCase()]!.appSettings))
        if (/Key=|^sk_|secret/i.test(value) && !value.startsWith('@')) expect(script).not.toContain(value);

      const first = await runScript(here, script, ['--rotate']);
      expect(first, first.stderr).toMatchObject({ code: 0, stderr: '' });
      const replay = await inside(other, ['replay', file, '--app', 'fn-orders', '--yes', '--confirm', 'fn-orders']);
      expect(replay, replay.stderr).toMatchObject({ code: 0 });
      expect(await here.state()).toEqual(await other.state());

      const writes = (await here.writes()).length;
      const second = await runScript(here, script);
      expect(second, second.stderr).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^0 sent, \d+ already correct, 1 only with --rotate/),
      });
      expect(await here.writes()).toHaveLength(writes);
    },
  );

  withTools(named('a run is exported without Azure, and sets the same on an app as it was before'), { timeout: 90_000 }, async () => {
    const [here, other] = await Promise.all([world(), world()]);
    const replay = await inside(here, ['replay', await answersIn(here), '--yes', '--confirm', 'fn-orders']);
    const { code, stdout: script } = await inside(here, ['export', runName(replay), '--format', 'az'], {
      FUNC_HARDEN_ARM_ENDPOINT: 'http://127.0.0.1:9',
    });
    expect(code).toBe(0);
    const before = await other.state();
    const dry = await runScript(other, script, [], { DRY_RUN: '1' });
    expect(dry, dry.stderr).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+ would be sent, 0 already correct/m) });
    expect(await other.state()).toEqual(before);
    const ran = await runScript(other, script);
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    expect((await other.state()).sites[ORDERS.toLowerCase()]).toEqual((await here.state()).sites[ORDERS.toLowerCase()]);
  });

  withTools(named('a list that somebody changed since stops the script; OVERWRITE=1 does not'), { timeout: 90_000 }, async () => {
    const here = await world();
    const only = ANSWERS.split('\n')
      .filter((line) => !/^ {6}/.test(line) || / cors:/.test(line))
      .join('\n');
    const { stdout: script } = await exported(here, await answersIn(here, only), '--format', 'az');
    await here.patch(`${ORDERS}/config/web`, { cors: { allowedOrigins: ['https://new.contoso.com'] } });
    const writes = (await here.writes()).length;
    const stopped = await runScript(here, script);
    expect(stopped).toMatchObject({ code: 1, stderr: expect.stringContaining('(properties.cors.allowedOrigins)') });
    expect(await here.writes()).toHaveLength(writes);
    expect(await runScript(here, script, [], { OVERWRITE: '1' })).toMatchObject({ code: 0 });
    expect((await here.state()).sites[ORDERS.toLowerCase()]!.config['cors']).toMatchObject({
      allowedOrigins: ['https://portal.azure.com', 'https://www.contoso.com'],
    });
  });

  test('the script is valid shell, and refuses unknown options', async () => {
    const here = await world();
    const { stdout: script } = await exported(here, await answersIn(here), '--format', 'az');
    expect(spawnSync('bash', ['-n'], { input: script }).status).toBe(0);
    expect(spawnSync('bash', ['-s', '--', '--force'], { input: script }).status).toBe(64);
  });
});

describe('files', () => {
  test('Bicep has a main file and one file for each resource group, without secrets', async () => {
    const here = await world();
    const before = await here.state();
    const file = await answersIn(here, strictAnswers(before));
    const output = join(here.folder, 'harden.bicep');
    const apps = ['--app', 'fn-orders', '--app', 'fn-reports'];
    const { code, stderr } = await exported(here, file, '--format', 'bicep', '--output', output, ...apps);
    expect(code).toBe(0);
    expect(stderr).toMatch(/\d+ of \d+ changes are written as comments/);
    const main = await readFile(output, 'utf8');
    for (const [, name] of main.matchAll(/'\.\/([^']+)'/g))
      expect(await readFile(join(here.folder, name!), 'utf8')).toMatch(/^targetScope|\ntargetScope/);
    const shop = await readFile(join(here.folder, 'harden.rg-shop.bicep'), 'utf8');
    expect(shop).toMatch(/CARRY into the resource that declares fn-orders:\n\/\/ {3}properties: {\n\/\/ {5}httpsOnly: true/);
    expect(shop).toContain("resource config_fn_orders_web 'Microsoft.Web/sites/config@2024-11-01' = {");
    expect(shop).toContain('principalId: sites_fn_orders.identity.principalId');
    expect(shop).toContain('Not in this file: a template cannot delete');
    for (const value of secretsOf(before)) expect(main + shop).not.toContain(value);
    expect(await here.writes()).toEqual([]);
  });

  test('Terraform changes members, names the azurerm argument, and takes secrets from variables', async () => {
    const here = await world();
    const before = await here.state();
    const file = await answersIn(here, strictAnswers(before));
    const { code, stdout } = await exported(here, file, '--format', 'terraform', '--app', 'fn-orders');
    expect(code).toBe(0);
    expect(stdout).toMatch(/# azurerm: site_config\.minimum_tls_version, .*\nresource "azapi_update_resource" "config_fn_orders_web" {/);
    expect(stdout).toMatch(/sensitive_body = {\n.*\n.*var\.secret_fn_orders_value_of_the_setting_ServiceBus/);
    expect(stdout).toContain('count       = var.rotate ? 1 : 0');
    for (const value of secretsOf(before)) expect(stdout).not.toContain(value);
  });

  test('policies are exported from an answers file, not from a run', async () => {
    const here = await world();
    const file = await answersIn(here);
    const policy = await exported(here, file, '--format', 'policy', '--effect', 'deny');
    expect(policy).toMatchObject({ code: 0, stdout: expect.stringContaining("name: 'func-harden-6d555dd1'") });
    expect(await exported(here, file, '--format', 'policy', '--as', 'az')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^#!.*bash\n/),
    });
    const replay = await inside(here, ['replay', file, '--yes', '--confirm', 'fn-orders']);
    expect(await exported(here, runName(replay), '--format', 'policy')).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('answers file'),
    });
    expect(await exported(here, file, '--format', 'az', '--as', 'az')).toMatchObject({ code: 64 });
    expect(await exported(here, file, '--format', 'policy', '--effect', 'repair')).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('audit, deny, modify'),
    });
  });
});

describe('the command', () => {
  test('lists the formats if none or an unknown one is given', async () => {
    const here = await world();
    const file = await answersIn(here);
    expect(await exported(here, file)).toMatchObject({ code: 64, stderr: expect.stringContaining('az, bicep, terraform, policy') });
    expect(await exported(here, file, '--format', 'pulumi')).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('az, bicep, terraform, policy'),
    });
  });

  test('an unknown run and missing answers have the same messages as in other commands', async () => {
    const here = await world();
    expect(await exported(here, '20261124T150645123Z-3f2a', '--format', 'az')).toMatchObject({ code: 64 });
    const file = await answersIn(here, 'version: 1\napps:\n  fn-orders:\n    steps:\n      cors: { decision: apply }\n');
    expect(await exported(here, file, '--format', 'az')).toMatchObject({ code: 3 });
  });

  test.each(['az', 'bicep', 'terraform'])('one change is named in the singular in %s', async (format) => {
    const here = await world();
    const file = await answersIn(here, 'version: 1\napps:\n  fn-orders:\n    steps:\n      remote-debugging: { decision: apply }\n');
    const { stdout } = await exported(here, file, '--format', format);
    expect(stdout).toContain('1 change that hardens Azure Function apps;');
  });

  test('an empty export is reported and is not a failure', async () => {
    const here = await world();
    const file = await answersIn(
      here,
      'version: 1\napps:\n  fn-ledger:\n    steps:\n      https: { decision: apply, answers: { minTls: "1.2", scmMinTls: "1.2" } }\n',
    );
    expect(await exported(here, file, '--format', 'az')).toMatchObject({ code: 0, stderr: expect.stringContaining('Nothing to export') });
  });
});
