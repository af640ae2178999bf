import { defineStep, type AnyStep, type Draft } from '../../src/contract/index.ts';
import type { ResourceKey } from '../../src/azure/index.ts';

/** An area with one control that always fails, for tests of what its drafts do. */
export const trialStep = (id: string, reads: readonly ResourceKey[], drafts: readonly Draft[]): AnyStep =>
  defineStep({
    id,
    title: id,
    group: 'operation',
    why: 'x',
    docs: [],
    controls: [
      {
        kind: 'rule',
        id: 'one',
        label: 'One',
        because: 'x',
        severity: 'low',
        risk: 'safe',
        effect: 'x',
        reads,
        judge: () => ({ state: 'fail', found: '', wanted: '' }),
        draft: () => drafts,
      },
    ],
  });
