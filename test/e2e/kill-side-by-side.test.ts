/** Killed while four apps are under way at once: up to four requests whose answer nobody has seen. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readRun, readRuns } from '../../src/files/journal.ts';
import { boundariesOf, killedAt } from '../helpers/killed.ts';
import { world } from '../helpers/world.ts';

const ANSWERS = `version: 1
defaults:
  steps:
    https: { decision: apply, answers: { minTls: "1.3", scmMinTls: "1.2" } }
    deployment-credentials: { decision: apply }
    cors: { decision: apply, answers: { allowedOrigins: ["https://portal.azure.com"], supportCredentials: false } }
`;

test('killed with four apps under way, resumed, taken back', { timeout: 180_000 }, async () => {
  const here = await world({ scenario: 'fleet', apps: 6 });
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, ANSWERS);
  const before = await here.state();
  const what = { replay: ['replay', file, '--all', '--concurrency', '4'], go: ['--yes'] };
  const boundaries = await boundariesOf(here, what);
  const wanted = await here.state();
  const [whole] = await readRuns(join(here.folder, 'func-harden'));
  expect((await readRun(join(here.folder, 'func-harden'), whole!.run))?.changes.length).toBeGreaterThan(8);
  const points = fc.sample(fc.uniqueArray(fc.integer({ min: 1, max: boundaries.length }), { minLength: 15, maxLength: 15 }), {
    numRuns: 1,
    seed: 20261127,
  })[0]!;
  for (const at of points) await killedAt(here, what, at, `${at} of ${boundaries.length}`, before, wanted);
});
