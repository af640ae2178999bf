/** The same changes as a file: it is run for real, and what comes of it is compared with a replay. */
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
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

      const dry = await runScript(here, script, [], { DRY_RUN: '1' });
      expect(dry, dry.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining('would be sent, 0 as wanted already') });
      expect(await here.state()).toEqual(before);

      const first = await runScript(here, script, ['--rotate']);
      expect(first, first.stderr).toMatchObject({ code: 0, stderr: '' });
      const replay = await inside(other, ['replay', file, '--app', 'fn-orders', '--yes', '--confirm', 'fn-orders']);
      expect(replay, replay.stderr).toMatchObject({ code: 0 });
      expect(await here.state()).toEqual(await other.state());

      const writes = (await here.writes()).length;
      const second = await runScript(here, script);
      expect(second, second.stderr).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^0 sent, \d+ as wanted already, 1 only with --rotate/),
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
    expect(stopped).toMatchObject({ code: 1, stderr: expect.stringContaining('properties.cors.allowedOrigins of') });
    expect(await here.writes()).toHaveLength(writes);
    expect(await runScript(here, script, [], { OVERWRITE: '1' })).toMatchObject({ code: 0 });
    expect((await here.state()).sites[ORDERS.toLowerCase()]!.config['cors']).toMatchObject({
      allowedOrigins: ['https://portal.azure.com', 'https://www.contoso.com'],
    });
  });

  test('the script parses, and refuses what it does not know', async () => {
    const here = await world();
    const { stdout: script } = await exported(here, await answersIn(here), '--format', 'az');
    expect(spawnSync('bash', ['-n'], { input: script }).status).toBe(0);
    expect(spawnSync('bash', ['-s', '--', '--force'], { input: script }).status).toBe(64);
  });
});

describe('the command', () => {
  test('names the formats where none or a wrong one is given', async () => {
    const here = await world();
    const file = await answersIn(here);
    expect(await exported(here, file)).toMatchObject({ code: 64, stderr: expect.stringContaining('az, bicep, terraform, policy') });
    await expect(exported(here, file, '--format', 'pulumi')).rejects.toThrow(/az, bicep, terraform, policy/);
  });

  test('a run that is not there, and answers that are missing, are said as elsewhere', async () => {
    const here = await world();
    expect(await exported(here, '20261124T150645123Z-3f2a', '--format', 'az')).toMatchObject({ code: 64 });
    const file = await answersIn(here, 'version: 1\napps:\n  fn-orders:\n    steps:\n      cors: { decision: apply }\n');
    expect(await exported(here, file, '--format', 'az')).toMatchObject({ code: 3 });
  });

  test('nothing to export is said, and is no failure', async () => {
    const here = await world();
    const file = await answersIn(
      here,
      'version: 1\napps:\n  fn-ledger:\n    steps:\n      https: { decision: apply, answers: { minTls: "1.2", scmMinTls: "1.2" } }\n',
    );
    expect(await exported(here, file, '--format', 'az')).toMatchObject({ code: 0, stderr: expect.stringContaining('nothing to export') });
  });
});
