/** Values that are read when the request is sent: an identity that the same plan created may show its ids late. */
import { expect, test } from 'vitest';
import { SYSTEM_PRINCIPAL } from '../../src/contract/index.ts';
import { desiredValue } from '../../src/change/value.ts';
import type { ArmReader } from '../../src/engine/ports.ts';
import { readWhenCreated } from '../../src/engine/run/read-deferred.ts';
import type { Target } from '../../src/azure/index.ts';
import { testTime } from '../helpers/clock.ts';

const target = { id: '/subscriptions/s/sites/fn' } as Target;
const site = (identity: object) => ({ state: 'read', body: { identity } }) as const;
const readsAfter = (late: number) => {
  let looks = 0;
  const readOne = () => Promise.resolve(site((looks += 1) > late ? { principalId: 'p' } : { type: 'SystemAssigned' }));
  return { arm: { readOne } as unknown as ArmReader, looks: () => looks };
};

test('the ids of a new identity are awaited, with a message', async () => {
  const { arm, looks } = readsAfter(3);
  const said: string[] = [];
  const { clock } = testTime();
  const value = await readWhenCreated(desiredValue(SYSTEM_PRINCIPAL), target, { arm, clock, onWait: (what) => void said.push(what) });
  expect(value).toMatchObject({ kind: 'plain', json: 'p' });
  expect([looks(), said.length, said[0]]).toEqual([4, 3, 'the app reports the ids of its new identity']);
});

test('the wait for the ids of a new identity ends', async () => {
  const { arm, looks } = readsAfter(99);
  await expect(readWhenCreated(desiredValue(SYSTEM_PRINCIPAL), target, { arm, clock: testTime().clock })).rejects.toMatchObject({
    code: 'NotThereYet',
  });
  expect(looks()).toBe(6);
});
