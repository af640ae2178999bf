/** Without a terminal: an error message, and no wait for input. */
import { expect, test } from 'vitest';
import { world } from '../../helpers/world.ts';

test('the wizard without a terminal names the commands to use instead', async () => {
  const here = await world();
  const { code, stderr } = await here.cli([]);
  expect(code).toBe(3);
  expect(stderr).toMatch(/requires a terminal[\s\S]*audit, plan and replay/);
});
