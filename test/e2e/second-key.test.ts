/** An app whose connection string has the second key of its storage account: undo restores that key, and not the first one. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Json } from '../../src/emulator/state.ts';
import { inside } from '../helpers/inside.ts';
import { runName, SITES, world } from '../helpers/world.ts';

const EVENTS = `${SITES}/rg-events/providers/Microsoft.Web/sites/fn-events`;
const GO = ['--yes', '--confirm', 'fn-events'];
const HOST = 'managed-identity: { controls: { host-storage: { decision: apply } } }';

test('undo restores the key that the setting had, also through an undo of the undo', async () => {
  const here = await world();
  const settings = async () => (await here.state()).sites[EVENTS.toLowerCase()]!.appSettings;
  const host = (await settings())['AzureWebJobsStorage']!;
  // The two keys of the emulator differ in their first letters.
  const second = host.replace(/AccountKey=bm/, 'AccountKey=c2');
  expect(second).not.toBe(host);
  await here.put(`${EVENTS}/config/appsettings`, { ...(await settings()), AzureWebJobsStorage: second } as Json);
  const before = await here.state();

  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, `version: 1\napps:\n  fn-events:\n    steps:\n      ${HOST}\n`);
  const run = await inside(here, ['replay', file, ...GO]);
  expect(run, run.stderr).toMatchObject({ code: 0 });
  const moved = await here.state();
  const undo = await inside(here, ['undo', runName(run), ...GO]);
  expect(undo, undo.stderr).toMatchObject({ code: 0 });
  expect(undo.stdout).not.toContain('differs from the value before the run');
  expect(await here.state()).toEqual(before);

  const again = await inside(here, ['undo', runName(undo), ...GO]);
  expect(again, again.stderr).toMatchObject({ code: 0 });
  expect((await settings())['AzureWebJobsStorage__accountName']).toBe(
    moved.sites[EVENTS.toLowerCase()]!.appSettings['AzureWebJobsStorage__accountName'],
  );
});
