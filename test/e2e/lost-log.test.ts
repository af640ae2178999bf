/** An undo log that is removed during its run is closed all the same. */
import { readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { inside } from '../helpers/inside.ts';
import { world } from '../helpers/world.ts';

const openFiles = async (): Promise<string[]> =>
  (await Promise.all((await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')))).filter((path) =>
    path.includes('.jsonl'),
  );

test.runIf(process.platform === 'linux')('a log that cannot be written to its end leaves no open file behind', async () => {
  const here = await world();
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, 'version: 1\napps:\n  fn-orders: { steps: { remote-debugging: { decision: apply } } }\n');
  await here.faults([{ method: 'PATCH', path: '.', times: 1, status: null, delayMs: 500 }]);
  const folder = join(here.folder, 'func-harden', 'journal');
  const run = inside(here, ['replay', file, '--yes']);
  const [log] = await vi.waitFor(async () => {
    const names = await readdir(folder);
    expect(names).toHaveLength(1);
    return names;
  }, 10_000);
  await rm(join(folder, log!));
  expect((await run).code).not.toBe(0);
  expect((await openFiles()).filter((path) => path.startsWith(here.folder))).toEqual([]);
});
