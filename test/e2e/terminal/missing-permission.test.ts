/** Azure answers 403: the reason and the next step, then retry, continue without it, or undo. */
import { expect, test } from 'vitest';
import { intoArea, wizard } from '../../helpers/wizard.ts';
import { world } from '../../helpers/world.ts';

test('a forbidden change names the missing permission; the other changes are made and can be undone', async () => {
  const here = await world();
  const before = await here.state();
  const screen = wizard(here, ['--app', 'fn-orders'], { rows: 40 });
  await intoArea(screen, 'https', /❯ \(x\) Require HTTPS/);
  screen.type('enter');
  await screen.sees('Question 1 of 2');
  screen.type('enter');
  await screen.sees('Question 2 of 2');
  screen.type('enter');
  await screen.sees('Apply this?');
  const error = {
    code: 'AuthorizationFailed',
    message: "The client does not have authorization to perform action 'Microsoft.Web/sites/write'.",
  };
  await here.faults([{ method: 'PATCH', path: 'sites/fn-orders\\?', times: 1, status: 403, body: { error } }]);
  screen.type('y');
  const told = await screen.sees(/1 failed/);
  expect(told).toContain('Microsoft.Web/sites/write');
  expect(told).toMatch(/AuthorizationFailed, correlation id/);
  screen.type('s');
  await screen.sees('Apply this?');
  screen.type('y');
  await screen.sees(/1 applied, 1 verified, 0 failed/);
  screen.type('b');
  await screen.sees('Apply this?');
  screen.type('y');
  await screen.sees('UNDONE: 1 undone');
  await screen.sees(/Enter back/);
  expect(await here.state()).toEqual(before);
  screen.type('q');
  expect(await screen.ended, 'as its last run').toBe(0);
});

test('a change without permission is not offered, and the missing action is shown; the other changes are offered', async () => {
  const actions = ['*/read', 'Microsoft.Web/sites/config/list/action', 'Microsoft.Web/sites/write'];
  const here = await world({ callers: { some: [{ scope: '/', actions }] } });
  const screen = wizard({ ...here, accessToken: here.tokens!['some']! }, ['--app', 'fn-orders'], { rows: 50 });
  await intoArea(screen, 'https', /❯ \(x\) Require HTTPS/);
  const sketch = await screen.sees(/missing permission/);
  expect(sketch.replaceAll(/\s+/g, ' ')).toContain('It requires Microsoft.Web/sites/config/write');
  expect(sketch).toContain('httpsOnly');
});
