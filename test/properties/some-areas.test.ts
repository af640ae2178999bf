import fc from 'fast-check';
import { test } from 'vitest';
import { generatedApp } from '../helpers/generated.ts';
import { ALL, holds, runs } from './holds.ts';

const some = fc.uniqueArray(fc.constantFrom(...ALL), { minLength: 2, maxLength: 4 });

test('Enter on each question in some areas: plan, two replays, audit and undo agree', async () => {
  await fc.assert(fc.asyncProperty(generatedApp, some, holds), runs(40, 450));
}, 600_000);
