/** Thousands of keys, pastes and sizes in a real terminal: the wizard does not crash, and restores the terminal. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seedOf } from '../../helpers/random-cases.ts';
import { KEYS } from '../../helpers/terminal.ts';
import { intoArea, wizard } from '../../helpers/wizard.ts';
import { world } from '../../helpers/world.ts';

const PIECES = [
  ...Object.values(KEYS).filter((key) => key !== KEYS.ctrlC && key !== KEYS.esc),
  ...'abdegijkmnoprstuwxyJKR/? 0123456789',
  ...Array.from({ length: 6 }, () => KEYS.enter),
  ...Array.from({ length: 6 }, () => KEYS.down),
  'fn-orders',
  '関数',
  '\u001B[200~100 Allow 203.0.113.0/24 office\n\u001B[201~',
  '\u001B[5~',
  '\u001B[6~',
  'y\r',
  '\u0000',
  '\u001A',
  // A key that is held down, and another key in between: all arrive before the process stops.
  '\u001A\u001B[B\u001A',
];

const SESSIONS = [1, 2, 3, 4, 5, 6];

test.each(SESSIONS)('random keys, sizes and pastes, %i', { timeout: 60_000 }, async (session) => {
  const here = await world();
  const screen = wizard(here, ['--dry-run', '--app', 'fn-orders'], { after: 'echo "code $code"; stty -a; read -r line' });
  await intoArea(screen, 'https', /❯ \(x\) Require HTTPS/);
  const keys = fc.sample(fc.constantFrom(...PIECES), { numRuns: 600, seed: seedOf(20261124) + session });
  let isOver = false;
  void screen.ended.then(() => (isOver = true));
  for (const [index, key] of keys.entries()) {
    expect(isOver, `it lived to key ${index}:\n${screen.screen()}`).toBe(false);
    // Esc only now and then, and not in the list of apps, because it leaves the wizard there.
    screen.type(index % 40 === 39 && !screen.screen().includes('Which function app?') ? KEYS.esc : key);
    if (index % 50 === 0) screen.resize(40 + ((index * 7) % 120), 15 + ((index * 3) % 30));
    // One key at a time, like fast typing, because in one chunk they would be text.
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
  screen.type('ctrlC');
  await screen.sees(/\bechok\b/);
  screen.type('enter');
  expect(await screen.ended, 'it lived to the end').toBe(130);
  expect(screen.raw().lastIndexOf('\u001B[?25h'), 'the cursor is shown again').toBeGreaterThan(screen.raw().lastIndexOf('\u001B[?25l'));
  expect(screen.raw().lastIndexOf('\u001B[?2004l'), 'bracketed paste is off again').toBeGreaterThan(
    screen.raw().lastIndexOf('\u001B[?2004h'),
  );
  const modes = screen.raw().slice(screen.raw().lastIndexOf('speed '));
  expect(modes, 'no raw mode is left behind').toMatch(/[^-]icanon[\s\S]*[^-]echo\b/);
  expect(await here.writes(), 'a dry run').toEqual([]);
});
