/** Azure returns 429: the wait is shown, and the change is applied. */
import { expect, test } from 'vitest';
import { intoArea, wizard } from '../../helpers/wizard.ts';
import { ORDERS, world } from '../../helpers/world.ts';

test('a throttled change waits with a message, and is applied once', async () => {
  const here = await world();
  const screen = wizard(here, ['--app', 'fn-orders']);
  await intoArea(screen, 'remote-debugging', /❯ \(x\) Disable remote/);
  await here.faults([{ method: 'PATCH', path: 'config/web', times: 1, status: 429, headers: { 'retry-after': '2' } }]);
  screen.type('enter');
  await screen.sees('Apply this?');
  screen.type('y');
  await screen.sees(/Azure .*(throttl|slow|busy|wait|many)/i);
  await screen.sees('1 applied, 1 verified, 0 failed');
  expect((await here.writes()).map(({ status }) => status)).toEqual([429, 200]);
  expect((await here.get(`${ORDERS}/config/web`))['properties']).toMatchObject({ remoteDebuggingEnabled: false });
});
