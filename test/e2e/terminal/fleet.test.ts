/** Several apps at once: marked in the picker, shown side by side, one opened. */
import { expect, test } from 'vitest';
import { catalogue } from '../../../steps/index.ts';
import { wizard } from '../../helpers/wizard.ts';
import { world } from '../../helpers/world.ts';

test('three apps are audited side by side, and Enter opens one of them at the selected area', async () => {
  const here = await world();
  const screen = wizard(here);
  await screen.sees(/6 apps, 1 Logic App left out/);
  screen.type('tab', 'tab', 'tab', 'enter');
  const shown = await screen.sees(/3 apps +all read/);
  expect(shown).toMatch(new RegExp(`fn-orders +[x✓!?·~]{${catalogue.length}} +\\d+ high`));
  screen.type('\u001B[C', '\u001B[C');
  await screen.sees(/Require HTTPS/);
  screen.type('enter');
  await screen.sees(new RegExp(`Area 3 of ${catalogue.length} +Require HTTPS`));
  screen.type('esc');
  await screen.sees('Secure operation');
  screen.type('esc');
  await screen.sees(/3 apps +all read/);
  expect(await here.writes()).toEqual([]);
});
