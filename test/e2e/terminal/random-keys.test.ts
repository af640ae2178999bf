/** Thousands of keys, pastes and sizes at a real terminal: it lives, it leaves the terminal as it was. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KEYS } from '../../helpers/terminal.ts';
import { wizard } from '../../helpers/wizard.ts';
import { world } from '../../helpers/world.ts';

const PIECES = [
  ...Object.values(KEYS).filter((key) => key !== KEYS.ctrlC),
  ...'abdegijkmnoprstuwxyJKR/? 0123456789',
  'fn-orders',
  '関数',
  '\u001B[200~100 Allow 203.0.113.0/24 office\n\u001B[201~',
  '\u001B[5~',
  '\u001B[6~',
  'y\r',
  '\u0000',
  '\u001A',
];

test('random keys', { timeout: 120_000 }, async () => {
  const here = await world();
  const screen = wizard(here, ['--dry-run']);
  await screen.sees('6 apps');
  const keys = fc.sample(fc.constantFrom(...PIECES), { numRuns: 3000, seed: 20261124 });
  for (let from = 0; from < keys.length; from += 20) {
    screen.type(...keys.slice(from, from + 20).filter((key) => key !== 'q'));
    if (from % 200 === 0) screen.resize(40 + ((from * 7) % 120), 15 + ((from * 3) % 30));
    await new Promise((resolve) => setImmediate(resolve));
  }
  screen.resize(80, 24);
  screen.type('ctrlC');
  expect(await screen.ended).toBe(130);
  expect(screen.raw().lastIndexOf('\u001B[?25h'), 'the cursor is shown again').toBeGreaterThan(screen.raw().lastIndexOf('\u001B[?25l'));
  expect(screen.raw().lastIndexOf('\u001B[?2004l'), 'bracketed paste is off again').toBeGreaterThan(
    screen.raw().lastIndexOf('\u001B[?2004h'),
  );
  expect(await here.writes(), 'a dry run').toEqual([]);
});
