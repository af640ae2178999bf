/** What holds of every answers file that the wizard left behind. */
import { readFile } from 'node:fs/promises';
import { expect } from 'vitest';
import type { Cloud } from '../helpers/in-process.ts';
import { siteId } from '../helpers/hostings.ts';
import { withoutStandIns } from '../helpers/states.ts';
import { runName } from '../helpers/world.ts';

/** Plans and replays the file, checks that a second replay sends nothing, and that undo restores the state before. */
export async function isSettledByOneReplay(here: Cloud, file: string, app: string, site = siteId(app)): Promise<void> {
  const start = here.shown(site);
  const planned = await here.command('plan', file, '--json');
  expect([0, 2], `${planned.stderr}\n${await readFile(file, 'utf8')}`).toContain(planned.code);
  const earlier = here.writes.length;
  const replay = await here.command('replay', file, '--yes', '--confirm', app);
  expect(replay.code, replay.stderr + replay.stdout).toBe(0);
  const sent = here.writes.length;
  const second = await here.command('replay', file, '--yes', '--confirm', app);
  expect([second.code, here.writes.length], second.stderr + second.stdout).toEqual([0, sent]);
  if (sent === earlier) return;
  const undo = await here.command('undo', runName(replay), '--yes', '--confirm', app);
  expect(undo.code, undo.stderr + undo.stdout).toBe(0);
  expect(withoutStandIns(here.shown(site), start), 'undo returns to the start').toEqual(start);
}
