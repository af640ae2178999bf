import fc from 'fast-check';
import { test } from 'vitest';
import { generatedApp } from '../helpers/generated.ts';
import { ALL, holds, runs } from './holds.ts';

const some = fc.uniqueArray(fc.constantFrom(...ALL), { minLength: 2, maxLength: 4 });

test('Enter throughout, in some areas: planned, replayed once and twice, audited and undone, it is one truth, over 450 apps', async () => {
  await fc.assert(fc.asyncProperty(generatedApp, some, holds), runs(450));
}, 600_000);
