/** Azure Resource Graph: the queries of func-harden and many others, with Microsoft's parser and with the emulator. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ALL_SITES_QUERY, CONFIGS_QUERY, configsQuery, COUNT_QUERY, SITES_QUERY } from '../../src/arm/reads/resource-graph.ts';
import { InvalidQuery, parseQuery } from '../../src/emulator/graph/kql.ts';
import type { JsonObject } from '../../src/emulator/state.ts';
import { faultsOf } from '../helpers/kusto.ts';
import { ORDERS, world } from '../helpers/world.ts';

const OF_SOME = configsQuery(["/subscriptions/s/resourceGroups/o'b\\n/providers/Microsoft.Web/sites/A", '/b']);
const QUERIES = { SITES_QUERY, ALL_SITES_QUERY, COUNT_QUERY, CONFIGS_QUERY, OF_SOME };

function refusedHere(query: string): string | undefined {
  try {
    parseQuery(query).run([]);
    return undefined;
  } catch (error) {
    if (!(error instanceof InvalidQuery)) throw error;
    return error.message;
  }
}

test.each(Object.entries(QUERIES))("the query %s of func-harden is valid for Microsoft's parser and for the emulator", (_, query) => {
  expect([faultsOf(query), refusedHere(query)]).toEqual([[], undefined]);
});

/** Queries of other clients, and similar ones. */
const TAKEN = [
  "Resources\n| where type in~ ('microsoft.devcenter/projects')\n| where properties['provisioningState'] =~ 'Succeeded'\n| project id, location, tenantId, name, properties, type",
  "resources | where isnotempty(properties.siteConfig) and not(name startswith 'x') | distinct type, location",
  'resources | extend enabled=tobool(properties.enabled) | where enabled == true | order by tolower(name) asc | take 5',
  'resources | where strlen(name) - 1 >= 3 // long names\n| project properties.a.b, n=toint(properties.n) | where properties_a_b != 3 and n < 4',
  "appserviceresources | project a=properties | where a.SiteConfig[0].x == 'y' | count | project Count",
];
test.each(TAKEN)('Resource Graph query %s is accepted', (query) => {
  expect([faultsOf(query), refusedHere(query)]).toEqual([[], undefined]);
});

const REFUSED = [
  'nothing',
  'resources | where nosuch == 1',
  'resources | where type',
  'resources | where name.a == 1',
  "resources | where Name == 'x'",
  "resources | WHERE name == 'x'",
  "resources | where name == 'x' AND id == 'y'",
  "resources | where name = 'x'",
  "resources | where (name == 'x'",
  "resources | where name == 'x')",
  "resources | where name == 'x' and 3",
  "resources | where strlen(name) =~ '3'",
  "resources | where name < 'x'",
  'resources | where name in ()',
  "resources | where name in~ 'a'",
  'resources | where not name == id',
  'resources | project name, name',
  'resources | project x=name | where name == id',
  'resources | order by properties',
  'resources | limit 3.5',
  'resources | count 3',
  'resources | count | where name == id',
  'resources | extend x=tostring()',
  "resources | extend x=substring(name, 'a')",
  'resources | extend x=name - 1',
  'resources | summarise count()',
  "resources | where name == 'x",
  'resources |',
];
test.each(REFUSED)('Resource Graph query %s is refused', (query) => {
  expect(faultsOf(query)).not.toEqual([]);
  expect(query === 'nothing' ? 'as a table' : refusedHere(query)).toBeDefined();
});

test("queries with a part removed, repeated or moved that the emulator accepts are valid for Microsoft's parser too", () => {
  const pieces = [...Object.values(QUERIES), ...TAKEN].map((query) => query.match(/'[^']*'|\w+|\s+|[^\w\s]/g)!);
  const any = [...new Set(pieces.flat())];
  fc.assert(
    fc.property(
      fc.constantFrom(...pieces),
      fc.array(fc.tuple(fc.nat(), fc.constantFrom('drop', 'twice', 'other'), fc.constantFrom(...any)), { minLength: 1, maxLength: 2 }),
      (query, changes) => {
        const now = [...query];
        for (const [at, how, piece] of changes) {
          const place = at % now.length;
          if (how === 'drop') now.splice(place, 1);
          else if (how === 'twice') now.splice(place, 0, now[place]!);
          else now[place] = piece;
        }
        const text = now.join('');
        const [, table = ''] = /^\s*(\w+)/.exec(text) ?? [];
        // Another test checks which tables exist.
        fc.pre(/^(resources|appserviceresources)$/i.test(table));
        if (refusedHere(text) === undefined) expect(faultsOf(text), text).toEqual([]);
      },
    ),
    { numRuns: 400, seed: 20 },
  );
});

const ROWS: JsonObject[] = [
  { id: '/1', name: 'Blue', type: 'a/b', properties: { n: 3, list: [{ x: 'y' }], on: true } },
  { id: '/2', name: 'red-blue', type: 'a/b', properties: { n: 12 } },
  { id: '/3', name: 'bluish', type: 'a/c', properties: null },
];
test.each([
  ["where name has 'blue'", ['/1', '/2']],
  ["where name contains 'BLU' and type !in ('a/b')", ['/3']],
  ['where properties.n < 5 and isnotnull(properties)', ['/1']],
  ["where properties.list[0].x == 'y' or name in~ ('BLUISH')", ['/1', '/3']],
  ['where tobool(properties.on)', ['/1']],
  ['order by strlen(name) asc, name desc | take 2', ['/1', '/3']],
  ["extend id=substring(id, 1) | where id !startswith '1'", ['2', '3']],
])('%s', (operators, ids) => {
  const query = `resources | ${operators}`;
  expect(faultsOf(query)).toEqual([]);
  expect(
    parseQuery(query)
      .run(ROWS)
      .map(({ id }) => id),
  ).toEqual(ids);
});

test('Resource Graph over HTTP: an invalid query is 400 with its reason; rows are objects or a table', async () => {
  const here = await world();
  const ask = async (query: string, options: object = {}, version = '2024-04-01') => {
    const response = await fetch(`${here.endpoint}/providers/Microsoft.ResourceGraph/resources?api-version=${version}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${here.accessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query, options }),
    });
    // Answers of any shape; the test says what it expects of them.
    // oxlint-disable-next-line typescript/no-explicit-any
    return { status: response.status, body: (await response.json()) as Record<string, any> };
  };
  const bad = await ask('resources | where nosuch == 1');
  expect([bad.status, bad.body['error'].details[0].code]).toEqual([400, 'InvalidQuery']);
  expect((await ask('nothing | count')).body['error'].details[0].code).toBe('DisallowedLogicalTableName');
  const query = `resources | where id == '${ORDERS}' | project name, properties.httpsOnly, tenantId`;
  expect((await ask(query)).body['data']).toEqual([{ name: 'fn-orders', properties_httpsOnly: false, tenantId: here.tenantId }]);
  const table = {
    columns: [
      ['name', 'string'],
      ['properties_httpsOnly', 'object'],
      ['tenantId', 'string'],
    ].map(([name, type]) => ({ name, type })),
  };
  for (const old of [await ask(query, { resultFormat: 'table' }), await ask(query, {}, '2019-04-01')])
    expect(old.body['data']).toEqual({ ...table, rows: [['fn-orders', false, here.tenantId]] });
});
