/** Writes that the service reads back in another form: they count as verified, are not sent again, and are reverted exactly. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Json } from '../../src/azure/index.ts';
import { altered, membersOf, STORAGE, VAULT } from '../helpers/altered.ts';
import { between, reword } from '../helpers/between.ts';
import { siteId, SUBNETS, WORKSPACE } from '../helpers/hostings.ts';
import { inside } from '../helpers/inside.ts';
import { runName } from '../helpers/world.ts';

type Members = Record<string, Json>;
type Row = { readonly [name: string]: Json };
interface Case {
  readonly control: string;
  readonly answers?: Members;
  /** What is read before and after. */
  readonly place: string;
  readonly before?: Members;
  /** Changes the properties of the resource in each answer to a GET. */
  readonly read: (properties: Members) => void;
}

const rowsOf = (value: Json | undefined): readonly Row[] => (Array.isArray(value) ? (value as readonly Row[]) : []);
const OFF = { enabled: false, retentionPolicy: { enabled: false, days: 0 } };
/** A row for each category that was not sent (hashicorp/terraform-provider-azurerm#3572, #7235, #29406). */
function withRowsNotSent(properties: Members): void {
  const more = { logs: ['FunctionAppLogs', 'AppServiceAuthenticationLogs'], metrics: ['AllMetrics'] };
  for (const [name, categories] of Object.entries(more)) {
    const rows = rowsOf(properties[name]);
    const unsent = categories.filter((one) => !rows.some(({ category }) => category === one));
    properties[name] = [...rows, ...unsent.map((category) => ({ category, ...OFF }))];
  }
}
/** hashicorp/terraform-provider-azurerm#2164 */
function withPrefixes(properties: Members): void {
  const acls = properties['networkAcls'] as Members;
  const spelled = (value: string) => (value.includes('/') ? value : `${value}/32`);
  acls['ipRules'] = rowsOf(acls['ipRules']).map(({ value }) => ({ value: spelled(String(value)) }));
}
/** Recorded: rules that let everybody in are not returned. */
function withoutOpenRules(properties: Members): void {
  if ((properties['networkAcls'] as Members | undefined)?.['defaultAction'] === 'Allow') delete properties['networkAcls'];
}
function withMoreRules(properties: Members): void {
  Object.assign((properties['networkAcls'] ??= {}) as Members, { resourceAccessRules: [], ipv6Rules: [] });
}

const SETTING = `${siteId('fn-bad')}/providers/microsoft.insights/diagnosticSettings/func-harden`;
const logs = { control: 'monitoring.diagnostics', place: SETTING, read: withRowsNotSent };
const someLogs = { workspace: 'log', categories: ['FunctionAppLogs'] };
const open = { bypass: 'AzureServices', defaultAction: 'Allow', ipRules: [], virtualNetworkRules: [] };
const oneAddress = { networkAcls: { ...open, ipRules: [{ value: '203.0.113.7' }] } };

test.each<[string, Case]>([
  ['some log categories in a new setting, with disabled rows for the others', { ...logs, answers: someLogs }],
  [
    'log categories in a setting that exists',
    { ...logs, answers: someLogs, before: { workspaceId: WORKSPACE, logs: [{ category: 'AppServiceAuthenticationLogs', enabled: true }] } },
  ],
  [
    'vault rules for one address, also the one that is added, with a prefix length',
    { control: 'key-vault.firewall', place: VAULT, before: oneAddress, read: withPrefixes },
  ],
  ['vault rules that are null while the vault is open', { control: 'key-vault.firewall', place: VAULT, read: withoutOpenRules }],
  ['storage rules with members that were not sent', { control: 'storage.network', place: STORAGE, read: withMoreRules }],
])('%s: verified, not sent again, reverted', async (_, { control, answers = {}, place, before, read }) => {
  const { here } = await altered((state, site) => {
    site.appSettings['Secret'] = '@Microsoft.KeyVault(VaultName=kv-bad;SecretName=s)';
    site.properties['virtualNetworkSubnetId'] = `${SUBNETS}/apps`;
    membersOf(state, STORAGE)['networkAcls'] = open;
    if (before && place === VAULT) Object.assign(membersOf(state, VAULT), before);
  });
  if (before && place === SETTING) await here.put(SETTING, { ...before } as never);
  const { endpoint, writes } = await between(here.endpoint, {
    after: ({ method, url }, answer) => {
      if (method !== 'GET' || answer.status !== 200) return;
      reword(answer, (body) => {
        const all = (Array.isArray(body['value']) ? body['value'] : [body]) as { id?: string; properties?: Members }[];
        for (const { id, properties } of all)
          if (id?.toLowerCase() === place.toLowerCase() && properties && !url.includes('resources?')) read(properties);
        return body;
      });
    },
  });
  const [area = '', name = ''] = control.split('.');
  const file = join(here.folder, 'answers.yaml');
  const steps = { [area]: { answers, controls: { [name]: { decision: 'apply' } } } };
  await writeFile(file, JSON.stringify({ version: 1, apps: { 'fn-bad': { steps } } }));
  const run = (...args: string[]) => inside({ ...here, endpoint }, [...args, '--yes', '--confirm', 'fn-bad', '--my-ip', '198.51.100.9']);
  // As the service shows it, so with what it adds by itself.
  const shown = async () => {
    const { properties = null } = await here.get(place);
    if (properties !== null) read(properties as Members);
    return properties;
  };
  const was = await shown();

  const first = await run('replay', file);
  expect(first, first.stderr).toMatchObject({ code: 0, stdout: expect.stringMatching(/^APPLIED: 1 applied, 1 verified/m) });
  const second = await run('replay', file);
  expect([second.code, writes().length], second.stdout).toEqual([0, 1]);
  const undo = await inside({ ...here, endpoint }, ['undo', runName(first), '--yes']);
  expect(undo, undo.stderr).toMatchObject({ code: 0, stdout: expect.stringMatching(/^UNDONE: 1 undone, 1 verified/m) });
  expect(await shown()).toEqual(was);
});
