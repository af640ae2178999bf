/** A strict answers file for the complete sample subscription: one replay fixes all findings, one undo reverts it. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { GONE } from '../../src/emulator/samples/sample-apps.ts';
import { inside } from '../helpers/inside.ts';
import { APPS, CONFIRMED, strictAnswers } from '../helpers/strict.ts';
import { withoutOneWay } from '../helpers/states.ts';
import { runName, world, type Outcome } from '../helpers/world.ts';

test('a strict answers file replays over an insecure app, and its undo restores the app', { timeout: 120_000 }, async () => {
  const here = await world();
  const before = await here.state();
  const file = join(here.folder, 'strict.json');
  await writeFile(file, strictAnswers(before));

  const replay = await inside(here, ['replay', file, '--yes', ...CONFIRMED]);
  expect(replay, replay.stderr + replay.stdout).toMatchObject({ code: 0 });

  const audit = await inside(here, [
    'audit',
    ...APPS.filter((app) => !app.includes('/')).flatMap((app) => ['--app', app]),
    '--slot',
    'all',
    '--answers',
    file,
    '--json',
  ]);
  expect(leftOf(audit)).toEqual([]);
  expect(audit.code).toBe(0);

  const writes = (await here.writes()).length;
  const again = await inside(here, ['replay', file, '--yes', ...CONFIRMED]);
  expect(again, again.stderr).toMatchObject({ code: 0 });
  expect(await here.writes(), 'a second replay sends no write').toHaveLength(writes);

  const undo = await inside(here, ['undo', runName(replay), '--yes', ...CONFIRMED]);
  expect(undo, undo.stderr + undo.stdout).toMatchObject({ code: 0 });
  for (const [id, one] of Object.entries(before.resources))
    if ((one['properties'] as Record<string, unknown>)['principalId'] === GONE) delete before.resources[id];
  expect(withoutOneWay(await here.state(), before)).toEqual(before);
});

/** Controls that do not pass and that no person accepted or attested. */
function leftOf({ stdout }: Outcome): string[] {
  const { apps } = JSON.parse(stdout) as {
    apps: { name: string; slot: string | null; steps: { controls: { id: string; state: string; found: string }[] }[] }[];
  };
  return apps.flatMap(({ name, slot, steps }) =>
    steps.flatMap(({ controls }) =>
      controls.flatMap(({ id, state, found }) =>
        ['pass', 'attested', 'accepted', 'not-applicable'].includes(state)
          ? []
          : [`${name}${slot ? `/${slot}` : ''} ${id} ${state}: ${found}`],
      ),
    ),
  );
}
