/** Resources are read when a control or guard uses them. */
import { contextOf } from '../../src/engine/judge/circumstances.ts';
import { expect, test } from 'vitest';
import { catalogue } from '../../steps/index.ts';
import type { ResourceKey } from '../../src/azure/index.ts';
import { readsOf } from '../../src/engine/judge/assess.ts';
import { NO_DECISION } from '../../src/engine/judge/decisions.ts';
import { FactStore } from '../../src/engine/judge/facts.ts';
import { readOffers, startsOf } from '../../src/engine/judge/question-offers.ts';
import type { ArmReader } from '../../src/engine/ports.ts';
import { guardReads } from '../../src/report/catalogue.ts';
import { seed, targetOf } from '../helpers/hostings.ts';
import { world } from '../helpers/world.ts';

const reading = (): { reader: ArmReader; read: ResourceKey[] } => {
  const read: ResourceKey[] = [];
  const reader = {
    read: (_: unknown, key: ResourceKey) => {
      read.push(key);
      return Promise.resolve({ state: 'read', body: { properties: { key } } });
    },
  } as unknown as ArmReader;
  return { reader, read };
};

test('work that needs an unread resource is repeated after the read, and each resource is read once', async () => {
  const { reader, read } = reading();
  const store = new FactStore(reader, targetOf('fn'));
  let times = 0;
  const found = await store.looking(() => {
    times++;
    return [store.view.site, store.view.siteConfig, store.view.site].map(({ properties }) => (properties as { key?: string }).key);
  });
  expect([found, read, times]).toEqual([['site', 'siteConfig', 'site'], ['site', 'siteConfig'], 3]);
  expect([...store.looked]).toEqual(['site', 'siteConfig']);
});

test('an error other than a missing read is passed on', async () => {
  const store = new FactStore(reading().reader, targetOf('fn'));
  await expect(
    store.looking(() => {
      throw new RangeError('other');
    }),
  ).rejects.toThrow('other');
});

test.each(catalogue.map((step) => [step.id, step] as const))(
  'the questions of %s use only resources that its controls read',
  async (_, step) => {
    const here = await world({ seed: () => seed('EP1', false) });
    const { reader } = await here.connection();
    const store = new FactStore(reader, targetOf('fn-bad'));
    await store.load(['site']);
    const context = contextOf(store, NO_DECISION, { decisions: {}, today: '2026-11-28' });
    await readOffers([step], store, () => context);
    const declared = step.controls.flatMap((control) => [
      ...readsOf(control),
      ...guardReads(control),
      ...(control.kind === 'rule' ? (control.draftReads ?? []) : []),
    ]);
    expect(
      [...store.looked].filter((key) => key !== 'site' && !declared.includes(key)),
      'rights that the role would lack',
    ).toEqual([]);
    expect(startsOf(step, context)).toBeTypeOf('object');
  },
);
