import { expect, test } from 'vitest';
import type { Change, GuardNote } from '../../src/change/change.ts';
import { changeJson } from '../../src/report/plan-json.ts';

test('a note of two guards of one control is shown once, and once for each control', () => {
  const note = (id: string, control: string, says = 'Look.'): GuardNote => ({ id, control, level: 'warn', says });
  const guards = [
    note('L1', 'storage.shared-key'),
    note('shared', 'storage.shared-key'),
    note('L1', 'storage.network'),
    note('L3', 'storage.network', 'Other.'),
  ];
  const change = { target: { label: 'fn' }, steps: [], controls: [], diff: [], guards } as unknown as Change;
  const told = (changeJson(change) as { guards: GuardNote[] }).guards;
  expect(told.map(({ id, control, says }) => `${id} ${control} ${says}`)).toEqual([
    'L1 storage.shared-key Look.',
    'L1 storage.network Look.',
    'L3 storage.network Other.',
  ]);
});
