/** The undo log on the screen: before, after, current; one change of two; later changes of others kept or reverted too. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inside } from '../../helpers/inside.ts';
import { wizard } from '../../helpers/wizard.ts';
import { ORDERS, world } from '../../helpers/world.ts';

test('one change of a run is undone, then the other, which another person changed since', async () => {
  const here = await world();
  const file = join(here.folder, 'given.yaml');
  await writeFile(
    file,
    'version: 1\napps: { fn-orders: { steps: { https: { decision: apply, answers: { minTls: "1.2", scmMinTls: "1.2" } } } } }\n',
  );
  expect((await inside(here, ['replay', file, '--yes'])).code).toBe(0);
  await here.patch(`${ORDERS}/config/web`, { minTlsVersion: '1.3' });
  const screen = wizard(here, ['--app', 'fn-orders'], { columns: 100, rows: 40 });
  await screen.sees('Secure operation');
  screen.type('u');
  await screen.sees(/❯ .*T\d+Z-[\s\S]* applied/);
  screen.type('enter');
  await screen.sees('as the run wrote it');
  screen.type('down');
  const compared = await screen.sees('changed after the run');
  expect(compared).toMatch(/before +"1\.0"\n +written +"1\.2"\n +current +"1\.3"/);
  screen.type('up', ' ');
  await screen.sees('undo 1 change');
  screen.type('enter');
  await screen.sees('Apply this?');
  screen.type('y');
  await screen.sees('UNDONE: 1 undone, 1 verified');
  expect((await here.get(ORDERS))['properties']).toMatchObject({ httpsOnly: false });
  screen.type('enter');
  await screen.sees(/❯ .*T\d+Z-[\s\S]*Undo: /);
  screen.type('down', 'enter');
  await screen.sees('as before the run');
  screen.type('enter');
  await screen.sees('These values stay as they are');
  screen.type('t');
  await screen.sees('minTlsVersion "1.3" → "1.0"');
  await screen.sees('Apply this?');
  screen.type('y');
  await screen.sees('Enter back');
  expect((await here.get(`${ORDERS}/config/web`))['properties']).toMatchObject({ minTlsVersion: '1.0', scmMinTlsVersion: '1.0' });
  screen.type('ctrlC');
  expect(await screen.ended).toBe(130);
});
