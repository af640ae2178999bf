/** NO_COLOR and ASCII. */
import { expect, test } from 'vitest';
import { wizard } from '../../helpers/wizard.ts';
import { world } from '../../helpers/world.ts';

test('with NO_COLOR nothing is colored, and the selected row has a sign', async () => {
  const here = await world();
  const screen = wizard(here, ['--ascii'], { environment: { NO_COLOR: '1' } });
  await screen.sees('> fn-orders');
  screen.type('enter');
  await screen.sees('[x]  Require HTTPS');
  expect(screen.raw()).not.toMatch(/\u001B\[(3[0-7]|9[0-7]|38|2|1|7)(;\d+)*m/);
  expect(screen.screen()).not.toMatch(/[❯✓…→↑↓│·▏]/);
});
