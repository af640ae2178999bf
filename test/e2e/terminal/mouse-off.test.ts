/** Mouse reporting is switched off, whatever ends the wizard. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { wizard } from '../../helpers/wizard.ts';
import { QUICK, world } from '../../helpers/world.ts';

const ON = '\u001B[?1000h';
const OFF = '\u001B[?1000l';

test.each(['SIGHUP', 'SIGUSR2'])('mouse reporting is off and the cursor visible after %s', async (signal) => {
  const here = await world();
  // An unexpected error, at a chosen time.
  const crash = join(here.folder, 'crash.cjs');
  const own = join(here.folder, 'pid');
  await writeFile(
    crash,
    `require('node:fs').writeFileSync(${JSON.stringify(own)}, String(process.pid));
     process.on('SIGUSR2', () => setImmediate(() => { throw new Error('crash'); }));`,
  );
  const environment = { NODE_OPTIONS: `${QUICK.NODE_OPTIONS} --require=${JSON.stringify(crash)}` };
  const screen = wizard(here, ['--mouse'], { environment });
  await screen.sees('fn-orders');
  expect(screen.raw()).toContain(ON);
  if (signal === 'SIGUSR2') process.kill(Number(await readFile(own, 'utf8')), signal);
  else screen.signal(signal);
  expect(await screen.ended).toBe(signal === 'SIGHUP' ? 129 : 1);
  if (signal === 'SIGUSR2') expect(screen.history()).toMatch(/ERROR: Internal error in func-harden: Error: crash[\s\S]*Open an issue/);
  expect(screen.raw().lastIndexOf(OFF)).toBeGreaterThan(screen.raw().lastIndexOf(ON));
  expect(screen.raw().lastIndexOf('\u001B[?25h')).toBeGreaterThan(screen.raw().lastIndexOf('\u001B[?25l'));
});
