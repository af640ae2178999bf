/** The shared undo log in a container under an immutability policy. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inside } from '../helpers/inside.ts';
import { startImmutableStorage, TOKEN } from '../helpers/immutable-storage.ts';
import { withoutOneWay } from '../helpers/states.ts';
import { ANSWERS, runName, world } from '../helpers/world.ts';

async function ready(appends: boolean) {
  const [here, storage] = [await world(), await startImmutableStorage(appends)];
  const answers = join(here.folder, 'answers.yaml');
  await writeFile(answers, ANSWERS);
  const by = (...args: string[]) => inside(here, [...args, '--state', `${storage.container}/team`], { FUNC_HARDEN_STORAGE_TOKEN: TOKEN });
  return { here, storage, answers, by };
}

test('with protected append writes, a run is applied, shown, exported as evidence and undone; nothing is overwritten or deleted', async () => {
  const { here, storage, answers, by } = await ready(true);
  const before = await here.state();
  const plan = join(here.folder, 'plan.json');
  expect((await by('plan', answers, '--out', plan)).code).toBe(2);
  const replay = await by('replay', '--plan', plan, '--yes', '--confirm', 'fn-orders');
  expect([replay.code, replay.stderr]).toEqual([0, expect.any(String)]);
  const run = runName(replay);
  expect((await by('history', '--json')).stdout).toContain(run);
  const pack = join(here.folder, 'evidence.zip');
  const packed = await by('evidence', run, '--output', pack);
  expect(packed.code, packed.stderr).toBe(0);
  expect((await inside(here, ['evidence', '--verify', pack])).code).toBe(0);
  const undo = await by('undo', run, '--yes', '--confirm', 'fn-orders');
  expect([undo.code, undo.stdout]).toEqual([0, expect.stringContaining('UNDONE')]);
  expect(withoutOneWay(await here.state(), before)).toEqual(before);
  expect(storage.refused).toEqual([]);
  // The server of the test does refuse to overwrite or delete what was written.
  const log = `team/journal/${run}.jsonl`;
  expect(storage.texts().get(log)).toContain('"type":"run-end"');
  expect(await storage.send('DELETE', log)).toBe('BlobImmutableDueToPolicy');
  expect(await storage.send('PUT', log, { 'x-ms-blob-type': 'AppendBlob' })).toBe('BlobImmutableDueToPolicy');
});

test('if the policy of the container allows no appends, nothing is sent to Azure, and the message gives the reason', async () => {
  const { here, storage, answers, by } = await ready(false);
  const before = await here.state();
  const replay = await by('replay', answers, '--yes', '--confirm', 'fn-orders');
  expect(replay.code).toBe(1);
  expect(`${replay.stdout}${replay.stderr}`).toContain('refuses to append to the undo log');
  expect(storage.refused).toEqual([expect.stringContaining('append')]);
  expect(await here.state()).toEqual(before);
});
