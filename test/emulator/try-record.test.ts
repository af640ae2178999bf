/** The record of `doctor --try`, read like the fidelity test reads it: each exchange is found in the emulator, sent again and compared. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { contoso } from '../../src/emulator/samples/contoso.ts';
import { saveRecordings } from '../../src/files/recording.ts';
import { differences } from '../helpers/fidelity/compare.ts';
import { figuresOf, line, share, type Compared } from '../helpers/fidelity/figures.ts';
import { placeFor } from '../helpers/fidelity/places.ts';
import { replay } from '../helpers/fidelity/replay.ts';
import { SETTABLE } from '../helpers/fidelity/state.ts';
import { leftOutBecause } from '../helpers/fidelity/tables.ts';
import { inside } from '../helpers/inside.ts';
import type { Recorded } from '../helpers/recorded.ts';
import { world } from '../helpers/world.ts';

test('a record that --try keeps is valid evidence, with the counts of its exchanges', async () => {
  const here = await world({ seed: contoso });
  const file = join(here.folder, 'try.json');
  await inside(here, ['doctor', '--app', 'fn-orders', '--try', '--yes', '--json', '--record', file]);
  saveRecordings();
  const items = JSON.parse(await readFile(file, 'utf8')) as Omit<Recorded, 'file' | 'at'>[];
  const all = items.map((one, at): Recorded => ({ ...one, file: 'more-try.json', at }));
  const placed = all.filter((one) => placeFor(one) !== undefined && leftOutBecause(all, one) === undefined);
  const writes = placed.filter(({ method }) => method === 'PUT' || method === 'PATCH');
  expect(writes.length).toBe((await here.writes()).length);
  const compared: Compared[] = [];
  for (const recorded of placed)
    compared.push({ recorded, place: placeFor(recorded)!.name, found: differences(recorded, await replay(all, recorded), SETTABLE) });
  console.log(line('record of --try', figuresOf(compared)));
  expect(share(figuresOf(compared))).toBeGreaterThan(0.98);
  expect(compared.filter(({ recorded: { status }, found }) => status < 300 && found.some((one) => one.startsWith('status')))).toEqual([]);
  // As an additional folder of recordings, it passes the fidelity test unchanged.
  expect(compared.flatMap(({ place, found }) => found.map((one) => `${place}: ${one}`))).toEqual([]);
});
