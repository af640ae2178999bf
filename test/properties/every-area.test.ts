import fc from 'fast-check';
import { test } from 'vitest';
import { generatedApp } from '../helpers/generated.ts';
import { holds, runs } from './holds.ts';

test('Enter throughout, in every area: planned, replayed once and twice, audited and undone, it is one truth, over 50 apps', async () => {
  await fc.assert(
    fc.asyncProperty(generatedApp, (app) => holds(app)),
    runs(50),
  );
}, 600_000);
