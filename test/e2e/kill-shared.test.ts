/** A replay with a shared undo log, killed at each step of the log and of its writes: resume completes it, undo reverts it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { missing, startAzurite } from '../helpers/azurite.ts';
import { goesOnFrom, killedAt, recorded } from '../helpers/killed.ts';

const ANSWERS = `version: 1
apps:
  fn-orders:
    steps:
      https: { decision: apply, answers: { minTls: "1.2", scmMinTls: "1.2" } }
      deployment-credentials: { controls: { scm: { decision: apply } } }
`;
const go = ['--yes', '--confirm', 'fn-orders'];
const why = missing();

test.skipIf(why !== undefined)(
  `a run with a shared log is killed at any point, resumed and undone${why ? ` (skipped: ${why})` : ''}`,
  { timeout: 600_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'azurite-'));
    const azurite = await startAzurite(folder);
    try {
      const grounds = await recorded(
        {},
        async (place) => {
          const file = join(place, 'answers.yaml');
          await writeFile(file, ANSWERS);
          return { replay: ['replay', file, '--concurrency', '1'], go };
        },
        (_, name) => azurite.logs(name),
      );
      const { moments, names } = grounds;
      const writes = names.filter((name) => /^before (PATCH|PUT)/.test(name));
      expect(writes, 'every write has its boundaries').toHaveLength(3);
      const intents = (log: readonly string[]) => log.filter((line) => line.includes('"type":"intent"')).length;
      for (const [at, name] of names.entries())
        if (/^before (PATCH|PUT)/.test(name)) {
          const sent = names.slice(0, at + 1).filter((one) => writes.includes(one)).length;
          expect(intents(moments[at]!.log), `${name}: nothing is sent without its intent in the blob`).toBe(sent);
        }
      for (const moment of new Set(moments)) await goesOnFrom(grounds, moment);
      const left = await killedAt(grounds, Math.ceil(moments.length / 2));
      expect(left.azure).toEqual(moments[Math.ceil(moments.length / 2) - 1]!.azure);
    } finally {
      await azurite.close();
      await rm(folder, { recursive: true });
    }
  },
);
