/** A replay that is killed at every boundary of its journal and of its writes: resume completes it, undo takes it back. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { boundariesOf, killedAt } from '../helpers/killed.ts';
import { world, type World } from '../helpers/world.ts';

/** Every kind of write: PATCH, a list replaced whole, a resource made, a secret, and what waits for what. */
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

test('killed anywhere, resumed, taken back: not one case is lost', { timeout: 600_000 }, async () => {
  const worlds = await Promise.all([world(), world()]);
  const [first] = worlds;
  const file = join(first.folder, 'answers.yaml');
  await writeFile(file, ANSWERS);
  const before = await first.state();
  // One app after the other, so that the n-th boundary is the same one each time.
  const what = { replay: ['replay', file, '--concurrency', '1'], go };
  const boundaries = await boundariesOf(first, what);
  expect(
    boundaries.filter((name) => /^before (PATCH|PUT)/.test(name)),
    'every write has its boundaries',
  ).toHaveLength(7);
  const wanted = await first.state();

  let next = 1;
  const worker = async (here: World) => {
    for (let at = next++; at <= boundaries.length; at = next++)
      await killedAt(here, what, at, `${at} of ${boundaries.length}, ${boundaries[at - 1]}`, before, wanted);
  };
  await Promise.all(worlds.map(worker));
});
