import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'vitest';
import { generatedApp, type GeneratedApp } from '../helpers/generated.ts';
import { cloud } from '../helpers/in-process.ts';
import { inFolder, runs } from './holds.ts';
import { isSettledByOneReplay } from './one-replay.ts';
import { keysOf, TO_AREAS } from './random-keys.ts';
import { openOnly, toAreas, walk } from './wizard-walk.ts';

async function holdsAfter({ name, state }: GeneratedApp, keys: readonly string[]): Promise<void> {
  await inFolder(async (folder) => {
    const file = join(folder, 'answers.yaml');
    const here = cloud(state(), folder);
    const wizard = await walk(here);
    await openOnly(wizard);
    for (const one of keys) {
      if (wizard.left() !== undefined) break;
      await (one === TO_AREAS ? toAreas(wizard) : wizard.keys(one));
    }
    await wizard.finish();
    if (existsSync(file)) await isSettledByOneReplay(here, file, name);
  });
}

test('after random keys the answers file is planned and replayed, and a second replay sends nothing', { timeout: 600_000 }, async () => {
  const keys = keysOf(['fn-bad', 'fn-good']);
  await fc.assert(fc.asyncProperty(generatedApp, keys, holdsAfter), runs(20, 100));
});
