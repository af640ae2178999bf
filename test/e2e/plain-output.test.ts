/** Line prompts say everything in words: state, severity, number of the question; a terminal without control sequences gets text only. */
import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { wizard } from '../helpers/wizard.ts';
import { BIN, QUICK, temporaryFolder, world } from '../helpers/world.ts';
import { join } from 'node:path';

test('--plain has state and severity in words, and the number of each question', async () => {
  const here = await world();
  const screen = wizard(here, ['--plain', '--app', 'fn-orders'], { rows: 60 });
  const areas = await screen.sees(/which area\? Number(?:, or \? for the list)?\s*$/);
  expect(areas).toMatch(/Require HTTPS: \d+ of \d+ fail, highest severity high/);
  expect(areas).toMatch(/: passes/);
  screen.type('Restrict CORS', 'enter');
  const area = await screen.sees(/What now\? Number\s*$/);
  expect(area).toMatch(/fails/);
  expect(area).toMatch(/\b(critical|high|medium|low)\b/);
  screen.type('fix', 'enter');
  await screen.sees(/controls\? .*\(Enter: .*\)\s*$/);
  screen.type('enter');
  await screen.sees(/Question 1 of \d/);
});

test('a dumb terminal gets no control sequence during a complete demo', async () => {
  const folder = await temporaryFolder();
  const env = { ...process.env, ...QUICK, TERM: 'dumb', XDG_STATE_HOME: join(folder, 'state'), FORCE_COLOR: '' };
  const child = spawn(process.execPath, [BIN, 'demo'], { env, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stdout.on('data', (data) => (said += String(data)));
  child.stderr.on('data', (data) => (said += String(data)));
  const code = await new Promise((resolve) => child.once('close', resolve));
  expect([code, said.includes('\u001B')]).toEqual([0, false]);
  expect(said).toContain('APPLIED');
});

test('an interactive dumb terminal gets line prompts without a control sequence', async () => {
  const here = await world();
  const screen = wizard(here, ['--app', 'fn-orders', '--step', 'remote-debugging'], { environment: { TERM: 'dumb' } });
  await screen.sees('which area? Number');
  screen.type('1', 'enter');
  await screen.sees('What now? Number');
  screen.type('fix', 'enter');
  await screen.sees('the selected ones)');
  screen.type('enter');
  await screen.sees('Send this plan? (y/N)');
  screen.type('y', 'enter');
  await screen.sees('APPLIED');
  expect(screen.raw()).not.toContain('\u001B');
});
