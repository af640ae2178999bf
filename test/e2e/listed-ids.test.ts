/** Invalid ids in lists of Azure: nothing is written outside of the app that is shown. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { between } from '../helpers/between.ts';
import { inside } from '../helpers/inside.ts';
import { SITES, world } from '../helpers/world.ts';

const STORAGE = 'storage: { decision: apply, answers: { keySource: Microsoft.Storage } }';
const BILLING = `${SITES}/rg-finance/providers/Microsoft.Storage/storageAccounts/stfnbilling`;

test.each([
  ['a fragment', `${BILLING}#`],
  ['a query', `${BILLING}?x=`],
  [
    'escapes',
    `${SITES}/rg-shop/providers/Microsoft.Storage/storageAccounts/x/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/rg-finance/providers/Microsoft.Storage/storageAccounts/stfnbilling`,
  ],
  ['backslashes', `${SITES}/rg-shop\\..\\rg-finance/providers/Microsoft.Storage/storageAccounts/stfnbilling`],
  ['the id of another account', BILLING],
  ['a doubled slash', BILLING.replace('/providers/', '//providers/')],
  ['another subscription', BILLING.replace('d1a7c0de-0001', '00000000-beef')],
  ['another type', `${SITES}/rg-finance/providers/Microsoft.KeyVault/vaults/kv-billing`],
  ['another app', `${SITES}/rg-finance/providers/Microsoft.Web/sites/fn-ledger`],
])('a storage account that is listed under %s', async (_, id) => {
  const here = await world();
  const before = await here.state();
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, `version: 1\napps: { fn-orders: { steps: { ${STORAGE} } } }\n`);
  const { endpoint, writes } = await between(here.endpoint, {
    after: (__, answer) => {
      answer.text = answer.text.replaceAll(/"id":"[^"]*\/storageAccounts\/stfnorders"/gi, `"id":${JSON.stringify(id)}`);
    },
  });
  const ran = await inside(here, ['replay', file, '--yes', '--confirm', 'fn-orders'], { FUNC_HARDEN_ARM_ENDPOINT: endpoint });
  expect(ran.code, ran.stdout + ran.stderr).toBe(1);
  expect(writes()).toEqual([]);
  expect(await here.state()).toEqual(before);
});

test('a vault that is listed under the id of another vault is not written', async () => {
  const here = await world();
  const file = join(here.folder, 'answers.yaml');
  await writeFile(
    file,
    'version: 1\napps: { fn-orders: { steps: { key-vault: { controls: { soft-delete: { decision: apply }, purge-protection: { decision: apply } } } } } }\n',
  );
  const { endpoint, writes } = await between(here.endpoint, {
    after: (_, answer) => {
      answer.text = answer.text.replaceAll(/"id":"([^"]*\/vaults\/)kv-orders"/gi, '"id":"$1kv-events"');
    },
  });
  const ran = await inside(here, ['replay', file, '--yes', '--confirm', 'fn-orders'], { FUNC_HARDEN_ARM_ENDPOINT: endpoint });
  expect([ran.code, writes()], ran.stdout + ran.stderr).toEqual([1, []]);
});

test('an app that is listed under an invalid id is reported, and the others are changed', async () => {
  const here = await world();
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, 'version: 1\ndefaults: { steps: { ftp: { decision: apply, answers: { state: Disabled } } } }\n');
  const { endpoint, writes } = await between(here.endpoint, {
    after: ({ url }, answer) => {
      if (/Microsoft\.Web\/sites\?/i.test(url)) answer.text = answer.text.replaceAll('/sites/fn-orders"', '/sites/x\\\\..\\\\fn-ledger"');
    },
  });
  const ran = await inside(here, ['replay', file, '--all', '--yes'], { FUNC_HARDEN_ARM_ENDPOINT: endpoint });
  expect(ran.code, ran.stdout + ran.stderr).toBe(1);
  expect(ran.stderr).toContain('An app is listed with an id outside this subscription');
  expect(writes().length).toBeGreaterThan(1);
  expect(writes().filter(({ url }) => /fn-orders/.test(url))).toEqual([]);
});

test('an invalid id that appears after an earlier change stops only its own change', async () => {
  const here = await world();
  const file = join(here.folder, 'answers.yaml');
  // Shared key access can be disabled once the host no longer uses a key; from then on only the plan uses the id.
  const steps =
    'storage: { controls: { shared-key: { decision: apply } } }, managed-identity: { controls: { host-storage: { decision: apply } } }';
  await writeFile(file, `version: 1\napps: { fn-reports: { steps: { ${steps} } } }\n`);
  const id = `${SITES}/rg-finance/providers/Microsoft.KeyVault/vaults/stfnreports`;
  const { endpoint } = await between(here.endpoint, {
    after: (_, answer) => {
      answer.text = answer.text.replaceAll(/"id":"[^"]*\/storageAccounts\/stfnreports"/gi, `"id":"${id}"`);
    },
  });
  const ran = await inside(here, ['plan', file, '--json'], { FUNC_HARDEN_ARM_ENDPOINT: endpoint });
  const answer = JSON.parse(ran.stdout) as {
    readonly changes: readonly { readonly controls: readonly string[] }[];
    readonly blocked: readonly { readonly says: string }[];
  };
  expect(JSON.stringify(answer.changes)).toContain('managed-identity.host-storage');
  expect(answer.blocked.map(({ says }) => says).join()).toContain('must not write to this resource id');
});
