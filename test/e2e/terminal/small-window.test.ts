/** A window that is too small, and a window that changes its size all the time. */
import { expect, test } from 'vitest';
import { widthOf } from '../../../src/text/width.ts';
import { catalogue } from '../../../steps/index.ts';
import { intoArea, wizard } from '../../helpers/wizard.ts';
import { world } from '../../helpers/world.ts';

test('a window that is too small says so, and the wizard continues once it is larger', async () => {
  const here = await world();
  const screen = wizard(here, [], { columns: 30, rows: 10 });
  await screen.sees(/needs 40 by 15/);
  screen.resize(80, 24);
  await screen.sees('6 apps');
});

test('many changes of the window size leave one complete screen', async () => {
  const here = await world();
  const screen = wizard(here, ['--app', 'fn-orders'], { columns: 80, rows: 24 });
  await intoArea(screen, 'https', /❯ \(x\) Require HTTPS/);
  for (let step = 0; step < 60; step++) screen.resize(40 + ((step * 37) % 160), 15 + ((step * 13) % 40));
  screen.resize(100, 30);
  screen.type('?');
  await screen.sees('Keys on this screen');
  screen.type('esc');
  const shown = await screen.sees(new RegExp(`Area 3 of ${catalogue.length}[\\s\\S]*findings selected`));
  for (const line of shown.split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(100);
  expect(await here.writes()).toEqual([]);
});
