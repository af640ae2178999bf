/** Files that are run or replayed: a value that the output would mask is never replaced by the mask. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { contoso } from '../../src/emulator/samples/contoso.ts';
import { inside } from '../helpers/inside.ts';
import { ORDERS, world, type World } from '../helpers/world.ts';

/** The sample subscription with more app settings of fn-orders. */
const withSettings = (settings: Readonly<Record<string, string>>): Promise<World> =>
  world({
    seed: () => {
      const state = contoso();
      Object.assign(state.sites[ORDERS.toLowerCase()]!.appSettings, settings);
      return state;
    },
  });

async function answersFor(here: World, rule: string, more = ''): Promise<string> {
  const file = join(here.folder, 'answers.yaml');
  const scm = `scm: { decision: apply, answers: { rules: [{ name: ${rule}, priority: 10, action: Allow, ip: 198.51.100.0/26 }], defaultAction: Deny } }`;
  await writeFile(file, `version: 1\napps:\n  fn-orders:\n    steps:\n      ${scm}\n${more}`);
  return file;
}

/** Lines without comments of the languages of exports. */
const codeOf = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !/^\s*(#|\/\/)/.test(line))
    .join('\n');

test('an answer that equals a secret setting is left out of an export with its reason, and a plan with it is not saved', async () => {
  const here = await withSettings({ ApiPassword: 'Build-Agents2x' });
  const answers = await answersFor(here, 'Build-Agents2x');
  for (const format of ['az', 'bicep', 'terraform']) {
    const { code, stdout, stderr } = await inside(here, ['export', answers, '--format', format]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('NOTE: 1 of 1 change cannot be written') });
    expect(codeOf(stdout), format).not.toContain('(sensitive value)');
    expect(stdout, format).toContain('Not in this file: properties.scmIpSecurityRestrictions contains a text that is also a secret');
  }
  const file = join(here.folder, 'plan.json');
  const { code, stderr } = await inside(here, ['plan', answers, '--out', file]);
  expect({ code, stderr }).toEqual({
    code: 64,
    stderr: expect.stringContaining('the answer scm.rules of fn-orders contains a text that is also a secret'),
  });
  expect(existsSync(file)).toBe(false);
});

test('an earlier list that contains a secret is not compared by the az script, which would say that it was changed', async () => {
  const here = await world({
    seed: () => {
      const state = contoso();
      const site = state.sites[ORDERS.toLowerCase()]!;
      site.appSettings['ApiPassword'] = 'Build-Agents2x';
      site.config['cors'] = { allowedOrigins: ['https://Build-Agents2x.example', '*'], supportCredentials: false };
      return state;
    },
  });
  const file = join(here.folder, 'answers.yaml');
  await writeFile(
    file,
    'version: 1\napps:\n  fn-orders:\n    steps:\n      cors: { decision: apply, answers: { allowedOrigins: ["https://www.contoso.com"] } }\n',
  );
  const script = (await inside(here, ['export', file, '--format', 'az'])).stdout;
  expect(script).toContain('Not in this file: the earlier value of properties.cors.allowedOrigins contains a text that is also a secret');
  expect(codeOf(script)).not.toContain('(sensitive value)');
  const terraform = (await inside(here, ['export', file, '--format', 'terraform'])).stdout;
  expect(codeOf(terraform)).toContain('"https://www.contoso.com"');
});

test('IP ranges and the words of Azure in app settings do not hide the same values in exports and saved plans', async () => {
  const here = await withSettings({ AGENTS: '198.51.100.0/26', OTHERS: '203.0.113.7, 2001:db8::/32' });
  const answers = await answersFor(
    here,
    'agents',
    '      monitoring: { decision: apply, answers: { component: appi-orders, workspace: log-contoso }, controls: { insights-auth: { decision: apply } } }\n',
  );
  // Another app sends its telemetry with Entra ID.
  expect((await inside(here, ['audit', '--all', '--json'])).code).toBe(2);
  const { stdout, stderr } = await inside(here, ['export', answers, '--format', 'az']);
  expect(stderr).toBe('');
  expect(stdout).toContain('"198.51.100.0/26"');
  expect(stdout).toContain('"to": "Authorization=AAD"');
  expect(stdout).not.toContain('(sensitive value)');
  const file = join(here.folder, 'plan.json');
  expect((await inside(here, ['plan', answers, '--out', file, '--quiet'])).code).toBe(2);
  expect(await readFile(file, 'utf8')).toContain('"ip":"198.51.100.0/26"');
});

test('a list of subscriptions in an app setting does not hide the ids of resources in an audit, an export and a saved plan', async () => {
  const here = await withSettings({ SUBSCRIPTION_IDS: `${ORDERS.split('/')[2]},6d6e6717-79d7-48ca-a107-b1fdbacf21e9` });
  const answers = await answersFor(here, 'agents');
  expect((await inside(here, ['audit', '--app', 'fn-orders', '--json'])).stdout).toContain(`"id": "${ORDERS}"`);
  expect((await inside(here, ['export', answers, '--format', 'terraform'])).stdout).toContain(`"${ORDERS}/config/web"`);
  const file = join(here.folder, 'plan.json');
  expect((await inside(here, ['plan', answers, '--out', file, '--quiet'])).code).toBe(2);
  const replay = await inside(here, ['replay', '--plan', file, '--yes', '--confirm', 'fn-orders']);
  expect(replay.code, replay.stderr).toBe(0);
});
