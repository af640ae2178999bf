/** Keys that are pressed while Azure is still asked answer no question that comes after; a key on sight of it counts. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { terminal } from '../../helpers/terminal.ts';
import { wizard } from '../../helpers/wizard.ts';
import { world } from '../../helpers/world.ts';

const LATENCY = 100;
/** Moments in milliseconds at which a key is pressed while Azure has not answered, the same ones in each run. */
const moments = fc.sample(fc.integer({ min: 5, max: LATENCY / 2 }), { numRuns: 20, seed: 20261128 });

test('in the wizard, a y before "Apply this?" is no yes', { timeout: 60_000 }, async () => {
  const here = await world({ latency: LATENCY });
  const screen = wizard(here, ['--app', 'fn-orders', '--step', 'remote-debugging']);
  for (const moment of moments.slice(0, 5)) {
    await screen.sees(/❯ \(x\) Disable remote/);
    screen.type('enter');
    await screen.sees(/findings? ticked/);
    screen.type('enter');
    await screen.sees('Reading what stands there now');
    await later(moment);
    screen.type('y');
    await screen.sees('Apply this?');
    screen.type('n');
    await screen.sees(/findings? ticked/);
    screen.type('esc');
    await screen.sees(/❯ \(x\) Disable remote/);
    // Read afresh, so that there is something to wait for again.
    screen.type('R');
    await screen.sees('Reading fn-orders');
  }
  expect(await here.writes()).toEqual([]);
  await screen.sees(/❯ \(x\) Disable remote/);
  screen.type('enter');
  await screen.sees(/findings? ticked/);
  screen.type('enter');
  await screen.sees('Apply this?');
  screen.type('y');
  await screen.sees('APPLIED: 1 applied');
});

test('by line prompts, a yes and Enter before "Send this?" send nothing', { timeout: 60_000 }, async () => {
  const here = await world({ latency: LATENCY });
  const screen = wizard(here, ['--plain', '--app', 'fn-orders', '--step', 'remote-debugging'], { rows: 60 });
  for (const moment of moments.slice(0, 5)) {
    await screen.sees(/which area\? Number\s*$/);
    screen.type('1', 'enter');
    await screen.sees(/What now\? Number\s*$/);
    screen.type('1', 'enter');
    await screen.sees(/marked x\s*$/);
    screen.type('enter');
    await later(moment);
    screen.type('y', 'enter', 'y', 'enter');
    await screen.sees(/Send this\? \(y\/N\)\s*$/);
    screen.type('n', 'enter');
    await screen.sees(/Not approved; nothing was sent[\s\S]*which area\? Number\s*$/);
    screen.type('4', 'enter');
    await screen.sees('Nothing was changed from here yet.');
  }
  expect(await here.writes()).toEqual([]);
});

test('a yes before a replay asks for it approves nothing', async () => {
  const here = await world({ latency: LATENCY });
  const file = join(here.folder, 'given.yaml');
  await writeFile(file, 'version: 1\napps: { fn-orders: { steps: { remote-debugging: { decision: apply } } } }\n');
  const environment = { FUNC_HARDEN_ACCESS_TOKEN: here.accessToken, FUNC_HARDEN_ARM_ENDPOINT: here.endpoint, XDG_STATE_HOME: here.folder };
  const screen = terminal(['replay', file], { environment });
  screen.type('y', 'enter', 'y', 'enter');
  await screen.sees('Send this request?');
  screen.type('n', 'enter');
  expect(await screen.ended).toBe(1);
  expect(await here.writes()).toEqual([]);
});
