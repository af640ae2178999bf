/** A replay that is killed at each step of its undo log and of its writes: resume completes it, undo reverts it. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { goesOnFrom, killedAt, recorded } from '../helpers/killed.ts';

/** Each kind of write: PATCH, a replaced list, a created resource, a secret, and changes that wait for others. */
const ANSWERS = `version: 1
apps:
  fn-orders:
    steps:
      https: { decision: apply, answers: { minTls: "1.2", scmMinTls: "1.2" } }
      deployment-credentials: { controls: { scm: { decision: apply } } }
  fn-events:
    steps:
      key-vault:
        answers: { vault: kv-events, settings: [ServiceBus] }
        controls: { references: { decision: apply } }
`;
const go = ['--yes', '--confirm', 'fn-orders', '--confirm', 'fn-events'];

test('a run is killed at any point, resumed and undone without losing a change', { timeout: 600_000 }, async () => {
  const grounds = await recorded({}, async (folder) => {
    const file = join(folder, 'answers.yaml');
    await writeFile(file, ANSWERS);
    // One app after the other, so that the n-th boundary is always the same.
    return { replay: ['replay', file, '--concurrency', '1'], go };
  });
  const { moments, names } = grounds;
  expect(
    names.filter((name) => /^before (PATCH|PUT)/.test(name)),
    'every write has its boundaries',
  ).toHaveLength(7);
  for (const moment of new Set(moments)) await goesOnFrom(grounds, moment);

  // A killed process leaves the state of that moment.
  for (let at = 5; at <= moments.length; at += 13) {
    const kept = moments[at - 1]!;
    const left = await killedAt(grounds, at);
    expect(left.azure, kept.name).toEqual(kept.azure);
    expect(left.log.map(typeOf), kept.name).toEqual(kept.log.map(typeOf));
    await goesOnFrom(grounds, left);
  }
});

const typeOf = (line: string): string => /"type":"([\w-]+)"/.exec(line)?.[1] ?? line;
