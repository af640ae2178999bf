/** `npm run record`, on the emulator: what is kept of an exchange, and what is not. */
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ORDERS, temporaryFolder, world, type World } from './helpers/world.ts';

const TOOL = join(import.meta.dirname, 'tools', 'record.ts');

function record(here: World, ...args: string[]): Promise<{ code: number | null; said: string }> {
  const env = { ...process.env, FUNC_HARDEN_ACCESS_TOKEN: here.accessToken, FUNC_HARDEN_ARM_ENDPOINT: here.endpoint };
  const child = spawn(process.execPath, [TOOL, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, said })));
}

test('exchanges are recorded one by one, without secrets, tokens, ids and people', async () => {
  const here = await world();
  const folder = await temporaryFolder();
  const [file, body] = [join(folder, '28-new.json'), join(folder, 'body.json')];
  await writeFile(body, '{"properties":{"httpsOnly":true}}');
  expect((await record(here, file, 'POST', `${ORDERS}/config/appsettings/list?api-version=2024-11-01`)).said).toContain('Added to');
  await record(here, file, 'PATCH', `${ORDERS}?api-version=2024-11-01`, body);
  const text = await readFile(file, 'utf8');
  const [settings, patch] = JSON.parse(text) as Record<string, unknown>[];
  expect(settings).toMatchObject({ method: 'POST', status: 200, apiVersion: '2024-11-01', requestBody: null });
  expect(patch).toMatchObject({ method: 'PATCH', status: 200, requestBody: { properties: { httpsOnly: true } } });
  expect(String(patch!['url'])).toMatch(/^https:\/\/management\.azure\.com\/subscriptions\/00000000-0000-0000-0000-[\da-f]{12}\//);
  for (const secret of ['AccountKey', 'canary-', here.accessToken, here.endpoint, here.tenantId, 'operator@'])
    expect(text, secret).not.toContain(secret);
});

test('a recording that lacks an option sends nothing', async () => {
  const here = await world();
  for (const args of [[], ['f.json', 'GET', '/subscriptions'], ['f.json', 'TRACE', '/subscriptions?api-version=2022-12-01']])
    expect(await record(here, ...args)).toMatchObject({ code: 64, said: expect.stringContaining('Usage:') as unknown });
  expect(await here.exchanges()).toEqual([]);
});
