/** Keys that arrive in one chunk with others move and type, and confirm nothing. */
import { expect, test } from 'vitest';
import { intoArea, toArea, wizard } from '../../helpers/wizard.ts';
import { world } from '../../helpers/world.ts';

test('a y that arrives with an arrow, a deletion or text confirms nothing', async () => {
  const here = await world();
  const screen = wizard(here, ['--app', 'fn-orders']);
  await intoArea(screen, 'remote-debugging', /❯ \(x\) Disable remote/);
  screen.type('enter');
  await screen.sees('Apply this?');
  for (const [index, chunk] of ['\u001B[By', '\u007Fy', 'yy', 'y\r', '\u001B[200~y\u001B[201~'].entries()) {
    const before = screen.screen();
    screen.type(chunk);
    // Input before a resize is read before the resize, so the next key is read alone.
    screen.resize(80, index % 2 === 0 ? 26 : 24);
    await screen.changes(before);
    // A resize changes the screen: a key that was read together with earlier keys is pressed again.
    const again = setInterval(() => {
      if (!screen.screen().includes('PATCH')) screen.type('d');
    }, 3000);
    screen.type('d');
    await screen.sees('PATCH').finally(() => clearInterval(again));
    screen.type('d');
    // Waits until the request is closed, because the next key would arrive in the same chunk.
    await screen.sees(/^(?![\s\S]*PATCH)[\s\S]*Apply this\?/);
  }
  expect(await here.writes()).toEqual([]);
  screen.type('y');
  await screen.sees('1 applied');
});

test('an Enter that arrives with an arrow does not send a lock-out change', async () => {
  const here = await world();
  const screen = wizard(here, ['--app', 'fn-orders'], { rows: 40 });
  await screen.sees('Secure operation');
  screen.type(...toArea('access-restrictions'), 'enter');
  await screen.sees(/findings? selected/);
  screen.type('enter');
  await screen.sees('Callers that may reach the app');
  screen.paste('90 Allow 198.51.100.0/24 agents\n');
  await screen.sees('198.51.100.0/24 agents');
  screen.type('enter');
  await screen.sees('Default action for all other callers');
  screen.type('enter');
  await screen.sees('Enter continues');
  screen.type('enter');
  await screen.sees('Type fn-orders to apply');
  screen.type('fn-orders');
  await screen.sees('Enter applies');
  for (const chunk of ['\u001B[C\r', '\u007Fs\r']) {
    screen.type(chunk);
    await screen.sees('Type exactly fn-orders');
  }
  expect(await here.writes()).toEqual([]);
});
