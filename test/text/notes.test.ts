/** The notes on one change. */
import { expect, test } from 'vitest';
import type { Change } from '../../src/change/change.ts';
import { lineText } from '../../src/text/spans.ts';
import { changesOfPlan } from '../../src/view/change-lines.ts';

test('a note that several areas have is shown once, after their names', () => {
  const says = 'All others get 403.';
  const note = (control: string, text = says) => ({ id: 'callers', control, level: 'warn', says: text });
  const change = {
    method: 'PATCH',
    resource: '/subscriptions/1/resourceGroups/rg/providers/Microsoft.Web/sites/fn',
    apiVersion: '2024-11-01',
    diff: [],
    effects: [],
    restarts: false,
    parts: [
      { control: 'a.one', area: 'Set access restrictions' },
      { control: 'b.one', area: 'Use a gateway service' },
    ],
    guards: [note('a.one'), note('b.one'), note('b.one', 'The finding stays.')],
  } as unknown as Change;
  const lines = changesOfPlan([change], { colour: false, ascii: true }).map((one) => lineText(one).trim());
  expect(lines.slice(1)).toEqual([
    `note Set access restrictions, Use a gateway service: ${says}`,
    'note Use a gateway service: The finding stays.',
  ]);
});
