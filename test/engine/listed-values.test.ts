/** The plan of an undo takes from a list what it shows exactly as the run wrote it, and nothing else. */
import { expect, test } from 'vitest';
import { requestFor } from '../../src/arm/writes/requests.ts';
import type { Target } from '../../src/azure/index.ts';
import type { Body } from '../../src/change/json-paths.ts';
import type { Intent } from '../../src/change/undo-log.ts';
import { plain } from '../../src/change/value.ts';
import { ArmFailure, type ArmWriter } from '../../src/engine/ports.ts';
import { listedFacts } from '../../src/engine/past/listed-values.ts';

const arm = { request: requestFor } as ArmWriter;
const COUNT = 24;
const targets = Array.from({ length: COUNT }, (_, index): Target => {
  const name = `fn-${index}`;
  const id = `/subscriptions/s/resourceGroups/r/providers/Microsoft.Web/sites/${name}`;
  return { id, name, label: name, resourceGroup: 'r', subscriptionId: 's', location: '', kind: 'functionapp', tags: {} };
});
const intentOf = (target: Target, path: string): Intent =>
  ({
    key: 'siteConfig',
    resource: `${target.id}/config/web`,
    edits: [{ path, before: plain('AllAllowed'), after: plain('Disabled') }],
  }) as unknown as Intent;

/** Returns the names of the apps that are not read if the list shows these properties. */
async function taken(shown: (index: number) => Body | undefined, path = 'properties.ftpsState', asked = targets): Promise<string[]> {
  const rows = targets.flatMap(({ id }, index) => {
    const properties = shown(index);
    return properties ? [[id.toLowerCase(), { properties }] as const] : [];
  });
  const lists = {
    sites: async function* () {},
    configs: async function* () {
      yield* rows;
      if (shown(-1)) throw new ArmFailure({ kind: 'server', code: 'NotWhole', message: 'Cut off.', next: 'Again.' });
    },
  };
  const found = await listedFacts(
    asked.map((target) => [intentOf(target, path), target]),
    arm,
    lists,
  );
  return targets.filter(({ id }) => found.has(`${id}/config/web`)).map(({ name }) => name);
}

test('an undo does not read again what a list shows as written; other, missing and older values are read', async () => {
  const odd: Record<number, Body | undefined> = {
    [-1]: undefined,
    0: { ftpsState: 'FtpsOnly' },
    1: { ftpsState: 'AllAllowed' },
    2: {},
    3: { ftpsState: null },
    4: undefined,
  };
  const found = await taken((index) => (index in odd ? odd[index] : { ftpsState: 'Disabled' }));
  expect(found).toEqual(targets.slice(5).map(({ name }) => name));
});

test('an undo of few apps reads them, and all resources from which its request would remove something', async () => {
  const ours = (index: number) => (index < 0 ? undefined : { ftpsState: 'Disabled' });
  expect(await taken(ours)).toHaveLength(COUNT);
  expect(await taken(ours, 'properties.ftpsState', targets.slice(0, 19))).toEqual([]);
  const origins = (index: number) => (index < 0 ? undefined : { cors: { allowedOrigins: ['https://a'], supportCredentials: 'Disabled' } });
  expect(await taken(origins, 'properties.cors.supportCredentials')).toEqual([]);
});

test('rows before the failure of a list count, and the apps after it are read', async () => {
  expect(await taken(() => ({ ftpsState: 'Disabled' }))).toHaveLength(COUNT);
});
