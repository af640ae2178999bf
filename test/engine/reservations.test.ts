/** Two apps of one plan that use the same resource: the keys of two hosts in one vault, policies and roles of one vault. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withoutRefused } from '../../src/engine/plan/reservations.ts';
import type { Plan } from '../../src/engine/plan/plan.ts';
import { ROLE } from '../../src/emulator/access/roles.ts';
import { keyOf, type SiteRecord, type State } from '../../src/emulator/state.ts';
import { principalOf, role, systemIdentity } from '../../src/emulator/samples/sample-resources.ts';
import { altered, membersOf, notesOf, VAULT } from '../helpers/altered.ts';
import { inside } from '../helpers/inside.ts';
import type { World } from '../helpers/world.ts';

const KEYVAULT = { store: 'keyvault', vault: 'kv-bad' };

/** A second app like the bad one; both may write secrets in the vault. */
function pair(state: State, site: SiteRecord): SiteRecord {
  const id = site.id.replace(/[^/]+$/, 'fn-second');
  const second = { ...structuredClone(site), id, name: 'fn-second' };
  state.sites[keyOf(id)] = second;
  for (const one of [site, second]) {
    one.identity = systemIdentity(one.id, state.tenantId);
    const granted = role(VAULT, ROLE.secretsOfficer, principalOf(one.id));
    state.resources[keyOf(String(granted['id']))] = granted;
  }
  membersOf(state, VAULT)['enableRbacAuthorization'] = true;
  return second;
}

async function planned(here: World, apps: Record<string, object>) {
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, JSON.stringify({ version: 1, apps }));
  const run = await inside(here, ['plan', file, '--json']);
  return { ...run, apps: [...new Set((JSON.parse(run.stdout) as { changes: { app: string }[] }).changes.map(({ app }) => app))] };
}

const moveKeys = { steps: { 'access-keys': { answers: KEYVAULT, controls: { 'secret-storage': { decision: 'apply' } } } } };

test('keys of a second host are not moved into the vault that has the keys of another host', async () => {
  const app = await altered((state, site) => {
    const second = pair(state, site);
    delete second.appSettings['AzureWebJobsSecretStorageType'];
    Object.assign(second.appSettings, {
      azurewebjobssecretstoragetype: 'KeyVault',
      AzureWebJobsSecretStorageKeyVaultUri: 'https://KV-bad.vault.azure.net',
    });
  });
  const plan = await app.planned(['access-keys.secret-storage'], { 'access-keys': KEYVAULT });
  expect(plan.changes).toEqual([]);
  expect(notesOf(plan).join('\n')).toMatch(/stop: fn-second stores its host keys in kv-bad/);
});

test('of two apps of one plan, only the first moves its keys into a vault', async () => {
  const { here } = await altered((state, site) => void pair(state, site));
  const { apps, stderr } = await planned(here, { 'fn-bad': moveKeys, 'fn-second': moveKeys });
  expect(apps).toHaveLength(1);
  expect(stderr).toMatch(
    /access-keys\.secret-storage is not changed: fn-\w+ is changed first in this plan: it stores its host keys in kv-bad/,
  );
});

test('a vault that one app changes to roles gets no access policy for another', async () => {
  const { here } = await altered((state, site) => {
    pair(state, site);
    site.appSettings['Secret'] = '@Microsoft.KeyVault(VaultName=kv-bad;SecretName=s)';
    Object.assign(membersOf(state, VAULT), { enableRbacAuthorization: false, accessPolicies: [] });
  });
  const { stderr } = await planned(here, {
    'fn-bad': { steps: { 'key-vault': { controls: { rbac: { decision: 'apply' } } } } },
    'fn-second': {
      steps: {
        'key-vault': { answers: { vault: 'kv-bad', settings: ['PaymentApiKey'] }, controls: { references: { decision: 'apply' } } },
      },
    },
  });
  expect(stderr).toMatch(
    /key-vault\.references is not changed: fn-bad is changed first in this plan: it sets the permission model of vault kv-bad to Azure RBAC roles/,
  );
});

test('equal desired values of two apps are compatible', async () => {
  const plan = (label: string, as: string): Plan =>
    ({ target: { label }, changes: [{ reserves: [{ on: 'One', as, says: '' }] }] }) as unknown as Plan;
  const again: string[] = [];
  const made = await withoutRefused([plan('a', 'x'), plan('b', 'x'), plan('c', 'y')], (one, reserved) => {
    again.push(`${one.target.label} ${reserved.get('one')?.by ?? ''}`);
    return Promise.resolve({ ...one, changes: [] });
  });
  expect(again).toEqual(['c b']);
  expect(made.map(({ changes }) => changes.length)).toEqual([1, 1, 0]);
});
