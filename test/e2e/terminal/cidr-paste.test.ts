/** Address ranges that are pasted from a mail: valid ones become rules, invalid ones stay in the line with the mistake, sorted by priority. */
import { expect, test } from 'vitest';
import { intoArea, wizard } from '../../helpers/wizard.ts';
import { world } from '../../helpers/world.ts';

test('a paste of several rules with one invalid rule, then moved and removed', async () => {
  const here = await world();
  const screen = wizard(here, ['--app', 'fn-orders'], { columns: 100, rows: 40 });
  await intoArea(screen, 'access-restrictions', /❯ \(x\) Set access/);
  screen.type('enter');
  await screen.sees('Callers that may reach the app');
  screen.paste('90 Allow 198.51.100.0/24 agents\r\n110 Allow 2001:db8::/48 office-v6\r\n120 Allow 203.0.113.999/24 typo\r\n');
  const shown = await screen.sees('203.0.113.999');
  expect(shown).toMatch(
    /90 Allow 198\.51\.100\.0\/24 agents[\s\S]*110 Allow 2001:db8::\/48 office-v6[\s\S]*200 Allow 203\.0\.113\.0\/24 office/,
  );
  expect(shown).toContain('203.0.113.999');
  screen.type('\u0015');
  await screen.sees(/add ❯ ▏/);
  // The first rule becomes the second: positions and priorities change.
  screen.type('up', 'up', 'up');
  await screen.sees(/❯ 90 Allow/);
  screen.type('J');
  await screen.sees(/90 Allow 2001:db8::\/48 office-v6\n.*110 Allow 198\.51\.100\.0\/24 agents/);
  screen.type('x');
  await screen.sees(/90 Allow 2001:db8::\/48 office-v6\n.*200 Allow/);
  expect(await here.writes()).toEqual([]);
});
