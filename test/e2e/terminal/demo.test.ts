/** The demo, as it is started first. */
import { expect, test } from 'vitest';
import { terminal } from '../../helpers/terminal.ts';

test('the demo opens the wizard on a terminal', async () => {
  const screen = terminal(['demo']);
  await screen.sees('6 apps');
  screen.type('ctrlC');
  expect(await screen.ended).toBe(130);
});
