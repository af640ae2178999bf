/** Values that were not set before a run and that Azure cannot unset: undo reverts everything else and names them. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { seed, siteId } from '../helpers/hostings.ts';
import { inside } from '../helpers/inside.ts';
import { runName, world } from '../helpers/world.ts';

const GO = ['--yes', '--confirm', 'fn-bad'];

test('a value that Azure cannot unset stays on its own, and the exit code of the undo says it', async () => {
  const start = seed('Y1', false);
  const key = siteId('fn-bad').toLowerCase();
  Object.assign(start.sites[key]!.config, { ftpsState: null, minTlsVersion: '1.0', remoteDebuggingEnabled: true });
  const here = await world({ seed: () => structuredClone(start) });
  const before = (await here.state()).sites[key]!.config;
  const file = join(here.folder, 'answers.yaml');
  await writeFile(
    file,
    `version: 1
apps:
  fn-bad:
    steps:
      https: { answers: { minTls: "1.2" }, controls: { min-tls: { decision: apply } } }
      remote-debugging: { controls: { off: { decision: apply } } }
      ftp: { decision: apply, answers: { state: Disabled } }
`,
  );
  const plan = await inside(here, ['plan', file]);
  expect(plan.stdout).toMatch(/minTlsVersion "1\.0" → "1\.2": 1 app, disruptive/);
  expect(plan.stdout).toMatch(/ftpsState \(not set\) → "Disabled": 1 app, one-way/);
  expect(plan.stdout.replaceAll(/\s+/g, ' ')).toContain('properties.ftpsState is not set, and Azure cannot unset it again.');
  const run = await inside(here, ['replay', file, ...GO]);
  expect(run.code, run.stderr).toBe(0);

  const undo = await inside(here, ['undo', runName(run), ...GO]);
  expect(undo.code, undo.stdout + undo.stderr).toBe(5);
  expect(undo.stdout.replaceAll(/\s+/g, ' ')).toContain('properties.ftpsState was not set before, and Azure cannot unset it');
  expect(undo.stdout).toMatch(/^PARTLY UNDONE: 1 undone, 1 verified, 0 failed, 0 skipped, 1 kept/m);
  const after = (await here.state()).sites[key]!.config;
  expect({ ...after, ftpsState: null }).toEqual(before);

  // The next step is about the value that stays, not about the change that was reverted.
  const again = await inside(here, ['undo', runName(run), ...GO]);
  expect(again.stdout).toMatch(
    /^PARTLY UNDONE: 0 undone, 0 verified, 0 failed, 0 skipped, 1 kept, 1 already reverted. Nothing was sent.$/m,
  );
  expect(again.stdout.replaceAll(/\s+/g, ' ')).toMatch(
    /cannot unset it If the app requires a different value, set it manually.* \(-\) change \d of fn-bad, .* already reverted/,
  );
});
