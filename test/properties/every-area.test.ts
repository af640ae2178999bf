import fc from 'fast-check';
import { test } from 'vitest';
import { generatedApp } from '../helpers/generated.ts';
import { holds, runs } from './holds.ts';

test('Enter on each question in each area: plan, two replays, audit and undo agree', async () => {
  await fc.assert(
    fc.asyncProperty(generatedApp, (app) => holds(app)),
    runs(6, 50),
  );
}, 600_000);
