/** Killed while four apps are changed in parallel: up to four requests without a known response. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readRun, readRuns } from '../../src/files/undo-log/journal.ts';
import { goesOnFrom, killedAt, recorded } from '../helpers/killed.ts';

const POINTS = 15;
const ANSWERS = `version: 1
defaults:
  steps:
    https: { decision: apply, answers: { minTls: "1.3", scmMinTls: "1.2" } }
    deployment-credentials: { decision: apply }
    cors: { decision: apply, answers: { allowedOrigins: ["https://portal.azure.com"], supportCredentials: false } }
`;

test('a run over four parallel apps is killed at any point, resumed and undone', { timeout: 180_000 }, async () => {
  const grounds = await recorded({ scenario: 'fleet', apps: 6 }, async (folder) => {
    const file = join(folder, 'answers.yaml');
    await writeFile(file, ANSWERS);
    return { replay: ['replay', file, '--all', '--concurrency', '4'], go: ['--yes'] };
  });
  const { moments, here } = grounds;
  const [whole] = await readRuns(join(here.folder, 'whole', 'func-harden'));
  expect((await readRun(join(here.folder, 'whole', 'func-harden'), whole!.run))?.changes.length).toBeGreaterThan(8);
  const points = fc.sample(fc.uniqueArray(fc.integer({ min: 1, max: moments.length }), { minLength: POINTS, maxLength: POINTS }), {
    numRuns: 1,
    seed: 20261127,
  })[0]!;
  for (const moment of new Set(points.map((at) => moments[at - 1]!))) await goesOnFrom(grounds, moment);
  // The process is killed with the requests in flight at that moment.
  for (const at of points.slice(0, 4)) await goesOnFrom(grounds, await killedAt(grounds, at));
});
