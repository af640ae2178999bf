/** Who caused an error: an answer in another form than documented comes from Azure; any other exception is a bug of func-harden. */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DOCUMENTED, isDocumented } from '../../src/azure/resources/documented-shape.ts';
import { contoso } from '../../src/emulator/samples/contoso.ts';
import { assess, readsOfSteps } from '../../src/engine/judge/assess.ts';
import { FactStore } from '../../src/engine/judge/facts.ts';
import { catalogue } from '../../steps/index.ts';
import { troubleLines } from '../../src/hosts/tui/effects/error-lines.ts';
import { lineText } from '../../src/text/spans.ts';
import { cloud } from '../helpers/in-process.ts';
import { storeOf } from '../helpers/one-app.ts';
import { temporaryFolder } from '../helpers/world.ts';
import type { AnyStep } from '../../src/contract/index.ts';

const read = (name: string) => readFileSync(join(import.meta.dirname, '..', '..', name), 'utf8');
const TYPES = [
  'azure/resources/resources.ts',
  'azure/resources/site.ts',
  'azure/resources/network-resources.ts',
  'azure/resources/provider-resources.ts',
];

test('each member with text, objects or lists in the types has a documented kind', () => {
  // The first area that uses a member declares it.
  const areas = catalogue.flatMap(({ id }) => read(`steps/${id}.ts`).match(/^declare module [\s\S]*?^}/m) ?? []);
  const types = [...TYPES.map((name) => read(`src/${name}`)), ...areas].join('\n');
  const members = [...types.matchAll(/readonly (\w+)\??: (.)(?!oolean|umber)/g)].map(([, name]) => name!);
  // Members that have different kinds in different places.
  const several = ['value', 'status', 'subnet', 'sku', 'storage', 'functions', 'gitHubActionConfiguration'];
  // No schema describes this one, and any value counts.
  const undocumented = ['clientCertExclusionEndPoints'];
  expect(members.filter((name) => !DOCUMENTED.has(name) && ![...several, ...undocumented].includes(name))).toEqual([]);
  expect([...DOCUMENTED].filter((name) => !new RegExp(`readonly ${name}\\??:`).test(types))).toEqual([]);
});

test('answers of the documented form are accepted for each app', async () => {
  const { discovery, writer } = await cloud(contoso(), await temporaryFolder()).connection();
  const reads = new Set(
    catalogue.flatMap((step) => step.controls.flatMap((control) => ('draftReads' in control ? (control.draftReads ?? []) : []))),
  );
  for (const { id } of await discovery.subscriptions())
    for await (const target of discovery.apps(id, () => {})) {
      const store = new FactStore(writer, target);
      await store.load([...reads, ...readsOfSteps(catalogue)]);
      for (const key of [...reads, ...readsOfSteps(catalogue)]) {
        const fact = store.fact(key);
        if (fact?.state === 'read') expect([target.label, key, isDocumented(key, fact.body)]).toEqual([target.label, key, true]);
      }
    }
});

test('a role assignment that names no role, or no holder, is not of the documented form', () => {
  const properties = { principalId: 'p', roleDefinitionId: '/r', scope: '/s' };
  const rows = (row: object) => ({ value: [{ id: 'i', name: 'n', properties: row }] }) as unknown as Parameters<typeof isDocumented>[1];
  for (const key of ['roleAssignments', 'identityRoles'] as const) {
    expect(isDocumented(key, rows(properties))).toBe(true);
    for (const name of Object.keys(properties)) expect(isDocumented(key, rows({ ...properties, [name]: undefined }))).toBe(false);
    expect(isDocumented(key, rows({}))).toBe(false);
  }
});

test('a name that a person chose does not count as part of the form', () => {
  const chosen = { constructor: 'a', toString: 'b', properties: 'c', subnets: 'd', bindings: 'e', version: 'f' };
  expect(isDocumented('appSettings', { properties: chosen })).toBe(true);
  expect(isDocumented('appSettings', { properties: { ...chosen, count: 1 } })).toBe(false);
  const strings = Object.fromEntries(Object.keys(chosen).map((name) => [name, { value: 'a', type: 'SQLAzure' }]));
  expect(isDocumented('connectionStrings', { properties: strings })).toBe(true);
  expect(isDocumented('connectionStrings', { properties: { constructor: { value: 1, type: 'SQLAzure' } } })).toBe(false);
  const site = { id: 'i', name: 'n', location: 'l', kind: 'functionapp', tags: chosen, properties: {} };
  expect(isDocumented('site', site)).toBe(true);
  expect(isDocumented('site', { ...site, properties: { siteConfig: null, hostNameSslStates: 'x' } })).toBe(false);
  expect(isDocumented('site', { ...site, properties: { clientCertExclusionEndPoints: ['/a'] } })).toBe(true);
});

/** An area with a bug that does not depend on Azure's answer. */
const [https] = catalogue.filter(({ id }) => id === 'https');
const faulty = (judge: () => never): AnyStep => ({
  ...https!,
  controls: [
    { ...https!.controls.find(({ kind }) => kind === 'rule')!, reads: ['siteConfig'], judge, notOn: {}, appliesTo: () => true } as never,
  ],
});
const step = faulty(() => (undefined as unknown as { a: never }).a);
const today = { decisions: {}, today: '2026-11-28' };

test('an exception on documented answers is a bug of func-harden, and is not blamed on Azure', async () => {
  const { store, reader } = await storeOf({}, ['site', 'siteConfig']);
  expect(() => assess([step], store, reader, today)).toThrow(TypeError);
});

test.each<[string, Record<string, never>]>([
  ['a list where text is documented', { ftpsState: [] as never }],
  ['a number in a list of rules', { ipSecurityRestrictions: [7] as never }],
  ['no list of rules but text', { cors: { allowedOrigins: 'x' } as never }],
])('%s: one control is unknown, and nothing is reported as a bug', async (_, config) => {
  const { store, reader } = await storeOf({ config }, ['site', 'siteConfig']);
  expect(assess([step], store, reader, today)[0]!.controls[0]).toMatchObject({ state: 'unknown', failure: { code: 'UnexpectedAnswer' } });
});

test('a bug is reported with what to attach', () => {
  const [what, ...next] = troubleLines(new TypeError('x is undefined')).map(lineText);
  expect(what).toBe('Internal error in func-harden: x is undefined');
  expect(next.join(' ')).toMatch(/Open an issue .* --version.* --debug FILE/);
});

test('a check that could not be made leaves out only its own control, and is named', async () => {
  const here = cloud(contoso(), await temporaryFolder(), ({ url }, handle) => {
    const body = { error: { code: 'AuthorizationFailed', message: 'no' } };
    return url.includes('/config/connectionstrings/') ? { status: 403, headers: {}, text: JSON.stringify(body) } : handle();
  });
  const safe = await here.command('plan', '--safe', '--disruptive', '--app', 'fn-orders', '--step', 'storage');
  expect(safe.stdout).toContain('storage.min-tls');
  expect(safe.stdout).toMatch(/^blocked storage\.secure-transfer: Could not check the effects of "/m);
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, 'version: 1\ndefaults:\n  steps:\n    storage: { decision: apply }\n');
  const replay = await here.command('replay', file, '--app', 'fn-orders', '--yes');
  expect(replay.code).toBe(3);
  expect(replay.stderr).toContain('lock-out changes of fn-orders; could not check what it breaks: storage.secure-transfer');
});
