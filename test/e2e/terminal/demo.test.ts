/** The demo at its first start. */
import { expect, test } from 'vitest';
import { terminal } from '../../helpers/terminal.ts';
import { intoArea } from '../../helpers/wizard.ts';
import { FASTER } from '../../helpers/world.ts';

test('the demo opens the wizard on a terminal, in colors, with addresses as links', async () => {
  // Variables that do not make a terminal a pipeline.
  const screen = terminal(['demo'], { environment: { CI: '', CONTINUOUS_INTEGRATION: '1' } });
  await screen.sees('6 apps');
  screen.type('/', 'fn-orders', 'enter');
  await screen.sees('Secure operation');
  screen.type('o');
  await screen.sees('learn.microsoft.com');
  expect(screen.raw()).toMatch(/\u001B\]8;;https:\/\/learn\.microsoft\.com[^\u0007]*\u0007/);
  expect(screen.raw()).toContain('\u001B[31m');
  screen.type('ctrlC');
  expect(await screen.ended).toBe(130);
});

test('in the demo a secret moves to a vault: the wait for the new identity is shown, and the change is verified', async () => {
  const screen = terminal(['demo'], { rows: 100, columns: 110, environment: FASTER });
  await screen.sees('6 apps');
  screen.type('/', 'fn-orders', 'enter');
  await intoArea(screen, 'key-vault', /❯ \(x\) Key/);
  screen.type('enter');
  await screen.sees('Question 1 of 2');
  screen.type('enter');
  await screen.sees('Question 2 of 2');
  screen.type('enter');
  await screen.sees('Enter continues');
  screen.type('enter');
  await screen.sees('Type fn-orders to apply');
  screen.type('fn-orders');
  await screen.sees('Enter applies');
  screen.type('enter');
  await screen.sees(/waiting|identity is not/i);
  expect(await screen.sees(/^\w+: 7 applied/m)).toContain('APPLIED: 7 applied, 7 verified, 0 failed');
  screen.type('ctrlC');
  expect(await screen.ended).toBe(130);
});
