/** A change that can lock callers out: evidence, a paste of ranges, the name of the app. */
import { expect, test } from 'vitest';
import { toArea, wizard } from '../../helpers/wizard.ts';
import { ORDERS, world } from '../../helpers/world.ts';

test('a lock-out change: evidence, a paste of ranges, and the name of the app', async () => {
  const here = await world();
  const screen = wizard(here, ['--app', 'fn-orders']);
  await screen.sees('Secure operation');
  screen.type(...toArea('access-restrictions'), 'enter');
  await screen.sees(/findings? selected/);
  screen.type('enter');
  await screen.sees('Callers that may reach the app');
  screen.paste('100 Allow 198.51.100.0/24 agents\n110 Allow 2001:db8::/48 office-v6\n');
  await screen.sees('office-v6');
  screen.type('enter');
  await screen.sees('Default action for all other callers');
  screen.type('enter');
  await screen.sees('Enter shows more');
  screen.type('enter');
  await screen.sees(/↑ \d+ more lines/);
  screen.type('enter');
  await screen.sees('Enter continues');
  screen.type('enter');
  await screen.sees('Type fn-orders to apply');
  screen.paste('fn-orders\n');
  await screen.sees('Enter applies');
  expect(await here.writes(), 'a pasted newline does not confirm').toEqual([]);
  screen.type('enter');
  await screen.sees('1 applied');
  expect((await here.get(`${ORDERS}/config/web`))['properties']).toMatchObject({ ipSecurityRestrictionsDefaultAction: 'Deny' });
});
