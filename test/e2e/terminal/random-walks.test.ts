/** Random keys in a real terminal: the answers file that the wizard leaves behind is valid and works. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cloud } from '../../helpers/in-process.ts';
import { cases, seedOf } from '../../helpers/random-cases.ts';
import type { KEYS, Terminal } from '../../helpers/terminal.ts';
import { intoArea, wizard } from '../../helpers/wizard.ts';
import { ORDERS, world } from '../../helpers/world.ts';
import { isSettledByOneReplay } from '../../properties/one-replay.ts';
import { keysOf, TO_AREAS } from '../../properties/random-keys.ts';

const NAMED: Readonly<Record<string, keyof typeof KEYS>> = { escape: 'esc' };
/** The number of parallel walks, and of repetitions. */
const [TOGETHER, TIMES] = [4, cases(1, 5)];
const walks = fc.sample(keysOf(['fn-orders']), { numRuns: TOGETHER * TIMES, seed: seedOf(20261128) });
/** Whether each walk left an answers file. How many do depends on the speed of the machine, because keys are typed in a fixed rhythm. */
const left: boolean[] = [];

test.each(Array.from({ length: TIMES }, (_, index) => index))(
  `after random keys the answers file is planned, replayed once and undone, ${TOGETHER} walks, %i`,
  { timeout: 90_000 },
  async (time) => void left.push(...(await Promise.all(walks.slice(time * TOGETHER, (time + 1) * TOGETHER).map(holdsAfter)))),
);

test('walks leave a file, which is what they are about', () => {
  expect(left).toContain(true);
});

/** Whether an answers file remains: decisions that are all removed leave none. */
async function holdsAfter(keys: readonly string[]): Promise<boolean> {
  const here = await world();
  const screen = wizard(here, ['--app', 'fn-orders'], { columns: 100, rows: 40 });
  await intoArea(screen, 'https', /❯ \(x\) Require HTTPS/);
  screen.type('w');
  await screen.sees('Question 1 of 2');
  screen.type('enter');
  await screen.sees('Question 2 of 2');
  screen.type('enter');
  await screen.sees('Secure operation');
  for (const key of keys) {
    if (key === TO_AREAS) await toAreas(screen);
    else await typed(screen, NAMED[key] ?? key);
  }
  screen.type('ctrlC');
  expect([0, 130], screen.screen()).toContain(await screen.ended);
  const file = join(here.folder, 'answers.yaml');
  if (!existsSync(file)) return false;
  await isSettledByOneReplay(cloud(await here.state(), join(here.folder, 'after')), file, 'fn-orders', ORDERS);
  return true;
}

/** Like fast typing: in one chunk the keys would be text. */
async function typed(screen: Terminal, key: string): Promise<void> {
  screen.type(key);
  await new Promise((resolve) => setTimeout(resolve, 15));
}

async function toAreas(screen: Terminal): Promise<void> {
  for (let tries = 0; tries < 20; tries++) {
    if (screen.screen().includes('Secure operation')) return;
    await typed(screen, screen.screen().includes('Which function app?') ? 'enter' : 'esc');
  }
}
