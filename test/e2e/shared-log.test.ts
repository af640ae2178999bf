/** The undo log that a team shares, on real storage: kept line by line, read from another place, refused to a second writer. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missing, startAzurite, type Azurite } from '../helpers/azurite.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { withoutOneWay } from '../helpers/states.ts';
import { ANSWERS, runName, temporaryFolder, world, type World } from '../helpers/world.ts';

const why = missing();

describe.skipIf(why !== undefined)(`shared undo log${why ? ` (skipped: ${why})` : ''}`, () => {
  let folder: string;
  let azurite: Azurite;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'azurite-'));
    azurite = await startAzurite(folder);
  });
  afterAll(async () => {
    await azurite.close();
    await rm(folder, { recursive: true });
  });

  let count = 0;
  const state = async () => `${await azurite.container(`logs-${++count}`)}/team`;
  const as = async (here: World, ...args: string[]) => here.cli(args, { ...azurite.environment, XDG_STATE_HOME: await temporaryFolder() });

  test('one applies, another takes it back from elsewhere', async () => {
    const here = await world();
    const at = await state();
    const answers = join(here.folder, 'answers.yaml');
    await writeFile(answers, ANSWERS);
    const before = await here.state();
    const replay = await as(here, 'replay', answers, '--yes', '--confirm', 'fn-orders', '--state-dir', at);
    expect([replay.code, replay.stdout + replay.stderr]).toEqual([0, expect.stringContaining('APPLIED')]);
    const run = runName(replay);
    const blob = await azurite.send('GET', `${at}/journal/${run}.jsonl`);
    expect(blob.headers['x-ms-blob-type']).toBe('AppendBlob');
    expect(Number(blob.headers['x-ms-blob-committed-block-count'])).toBe(blob.text.trimEnd().split('\n').length);
    const history = await as(here, 'history', '--state-dir', at, '--json');
    expect(JSON.parse(history.stdout)).toMatchObject({ runs: [{ run, state: 'done' }] });
    const undo = await as(here, 'undo', run, '--yes', '--confirm', 'fn-orders', '--state-dir', at);
    expect([undo.code, undo.stdout + undo.stderr]).toEqual([0, expect.stringContaining('UNDONE')]);

    expect(withoutOneWay(await here.state(), before)).toEqual(before);
  });
});
