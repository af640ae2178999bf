/** Forged undo logs of version 1, which have no chain: nothing outside the app is written, and an incomplete undo is never a success. */
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { contoso } from '../../src/emulator/samples/contoso.ts';
import type { State } from '../../src/emulator/state.ts';
import { cloud } from '../helpers/in-process.ts';
import { ORDERS, SITES, temporaryFolder } from '../helpers/world.ts';

const FIXTURES = join(import.meta.dirname, '..', 'fixtures', 'undo-log-1');
const RUN = '20261128T134339369Z-c6f6';
const GO = ['--yes', '--confirm', 'fn-orders'];
const json = (...place: string[]) => JSON.parse(readFileSync(join(FIXTURES, ...place), 'utf8')) as Partial<State>;
const LINES = readFileSync(join(FIXTURES, 'vault', `${RUN}.jsonl`), 'utf8')
  .trimEnd()
  .split('\n');
const SEED = json('seed.json');
const AFTER = json('vault', 'state.json');

/** The subscription after the run; `lines` is the log of the run. */
async function opened(lines: readonly string[]) {
  const state = structuredClone({ ...contoso(), ...SEED }) as State;
  for (const part of ['sites', 'resources'] as const) Object.assign(state[part], structuredClone(AFTER[part] ?? {}));
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'state', 'journal'), { recursive: true, mode: 0o700 });
  await writeFile(join(folder, 'state', 'journal', `${RUN}.jsonl`), `${lines.join('\n')}\n`, { mode: 0o600 });
  return cloud(state, folder);
}

/** The resources that the run itself wrote. */
const PLACES = [...LINES.join('\n').matchAll(/"path":"([^"]+)"/g)].map(([, path]) => path!.toLowerCase());

type Intent = Record<string, unknown> & { key: string; restore: Record<string, unknown>; before: Record<string, unknown> };
const BILLING = ORDERS.replace('fn-orders', 'fn-billing');
const OTHER_SUBSCRIPTION = ORDERS.replace(/subscriptions\/[^/]+/, 'subscriptions/d1a7c0de-0002-4f6e-8b1a-c0ffee000002');
const moved = (from: string, to: string) => (text: string) => text.replaceAll(from, to);
const placed = (from: string, to: string) => (text: string) =>
  text.replaceAll(/"(resource|path)":"[^"]*"/g, (found) => found.replaceAll(from, to));
/** Changes the recorded values of one resource. */
const edited = (key: string, edit: (line: Intent) => object) => (text: string) => {
  const line = JSON.parse(text) as Intent;
  return line.key === key ? JSON.stringify({ ...line, ...edit(line) }) : text;
};
const restored = (value: unknown) =>
  edited('appSettings', ({ restore }) => ({ restore: Object.fromEntries(Object.keys(restore).map((path) => [path, value])) }));
const unfetched = (value: unknown) =>
  edited('appSettings', ({ restore }) => ({
    fetch: [],
    restore: Object.fromEntries(Object.keys(restore).map((path) => [path, value])),
  }));
const later = (...parts: unknown[]) => ({ $later: parts });
const secretOf = (of: string) => later({ key: 'vaultSecret', path: 'properties.value', of, words: 'the secret of this app' });
const VAULT = `${SITES}/rg-shop/providers/Microsoft.KeyVault/vaults/kv-orders`;
const ACCOUNT = `${SITES}/rg-shop/providers/Microsoft.Storage/storageAccounts/stfnbilling`;
const wholly = (key: string, id: string) =>
  edited('siteIdentity', () => ({
    key,
    instance: true,
    resource: id,
    path: id,
    method: 'PUT',
    before: { '': null },
    restore: { '': null },
    after: { '': { properties: {} } },
    absent: {},
  }));

test.each<[string, (intent: string) => string]>([
  ['another app', placed(ORDERS, BILLING)],
  ['another subscription', placed(ORDERS, OTHER_SUBSCRIPTION)],
  ['an encoded parent path', placed('sites/fn-orders', 'sites/fn-orders/%2e%2e/fn-billing')],
  ['a backslash', placed('sites/fn-orders', 'sites/fn-orders\\\\..\\\\fn-billing')],
  ['a parent path', placed('sites/fn-orders', 'sites/fn-orders/../fn-billing')],
  ['a line feed', placed('sites/fn-orders', 'sites/fn-orders\\n')],
  ['a second slash', placed('/sites/fn-orders', '//sites/fn-orders')],
  ['a query', placed('sites/fn-orders', 'sites/fn-orders?x=')],
  ['an encoded letter', placed('sites/fn-orders', 'sites/fn-%6frders')],
  ['another label', moved('"app":"fn-orders"', '"app":"fn-billing"')],
  ['a storage account that the run never created', wholly('storageAccounts', ACCOUNT)],
  ['the app itself', wholly('site', ORDERS)],
  [
    'a vault to delete',
    edited('siteIdentity', () => ({ ...(JSON.parse(wholly('vaults', VAULT)('{"key":"siteIdentity"}')) as object), undo: 'exact' })),
  ],
  ['a deletion', edited('siteIdentity', () => ({ method: 'DELETE' }))],
  [
    'another member',
    edited('siteIdentity', () => ({ before: { location: 'x' }, after: { location: 'y' }, restore: { location: 'x' }, absent: {} })),
  ],
  ['the secret of another vault', restored(secretOf(`${VAULT}/secrets/legacy`))],
  ['another secret of the vault', (text) => text.replaceAll(/("of":"[^"]*\/secrets\/)[^"]*"/g, '$1legacy"')],
  ['the key of another account', restored(later({ key: 'storageKeys', path: 'properties.key1', of: ACCOUNT, words: 'key' }))],
  ['a source of another kind', restored(later({ key: 'appSettings', path: 'properties.X', of: ORDERS, words: 'x' }))],
  ['a text as a source', restored(later('the secret of this app'))],
  ['a text for a secret', unfetched('<the secret legacy in the vault kv-orders>')],
  ['a text for a setting', unfetched('<value of the setting ServiceBus>')],
  ['a text for a new key', unfetched('<a new key>')],
  ['an empty text', unfetched('<the password>')],
  ['a text for a digest', unfetched('(sensitive value, sha256 0123456789abcdef)')],
  ['a secret in plain text', unfetched('bm90LWEta2V5LWJ1dC1zaGFwZWQtbGlrZS1vbmU=')],
  ['a list as a setting', unfetched(['x'])],
  ['marked as not reversible', edited('siteIdentity', () => ({ undo: 'none' }))],
  ['settings marked as not reversible', edited('appSettings', () => ({ undo: 'none' }))],
  ['a role marked as not reversible', edited('roleAssignments', () => ({ undo: 'none' }))],
])('%s', async (_, forge) => {
  const lines = LINES.map((line) => (line.includes('"type":"intent"') ? forge(line) : line));
  expect(lines, 'a line was forged').not.toEqual(LINES);
  const here = await opened(lines);
  const { code, stdout, stderr } = await here.command('undo', RUN, '--overwrite', ...GO);
  expect(code, stderr + stdout).toBe(1);
  for (const { url } of here.writes) expect(PLACES, url).toContain(url.split('?')[0]!.toLowerCase());
  // A change with a forged mark is kept and the others are reverted; any other forgery stops the whole undo.
  if (stdout.includes('PARTLY UNDONE')) expect(stdout).not.toContain('preview');
  else expect(here.writes).toEqual([]);
});
