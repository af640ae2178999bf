/** Effects of changes of several areas in one plan: a change that is left out, and a setting that is removed. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isChangeable, type Draft } from '../../src/contract/index.ts';
import { showValue } from '../../src/change/value.ts';
import { contoso } from '../../src/emulator/samples/contoso.ts';
import { keyOf } from '../../src/emulator/state.ts';
import { catalogue } from '../../steps/index.ts';
import { lockedOutCallers } from '../../steps/lib/network/private-callers.ts';
import { VAULT } from '../helpers/altered.ts';
import { HOSTINGS } from '../helpers/hostings.ts';
import { cloud } from '../helpers/in-process.ts';
import { FRONT_DOOR, GROUP } from '../helpers/places.ts';
import { plannedOn } from '../helpers/planned.ts';
import { APPS, strictAnswers } from '../helpers/strict.ts';
import { trialStep } from '../helpers/trial-step.ts';
import { temporaryFolder } from '../helpers/world.ts';

const row = (name: string, ipAddress: string) => ({ name, ipAddress, priority: 100, action: 'Allow', tag: 'Default' });

test('rules that a guard stops are not sent with the rule of the Front Door', async () => {
  const { changes, blocked } = await plannedOn({
    plan: 'P1v3',
    controls: ['access-restrictions.rules', 'gateway.only-way'],
    answers: {
      'access-restrictions': { rules: [{ name: 'all', priority: 100, action: 'Allow', ip: '0.0.0.0/0' }], defaultAction: 'Deny' },
      gateway: { frontDoorId: FRONT_DOOR },
    },
    change: (_, { config }) =>
      Object.assign(config, { ipSecurityRestrictions: [row('office', '203.0.113.0/24')], ipSecurityRestrictionsDefaultAction: 'Deny' }),
  });
  expect(blocked.map(({ id, control }) => [id, control])).toEqual([['exception', 'access-restrictions.rules']]);
  const sent = changes.flatMap(({ diff }) => diff).find(({ path }) => path === 'properties.ipSecurityRestrictions');
  expect(sent && (showValue(sent.after) as { name: string }[]).map(({ name }) => name)).toEqual(['front-door']);
});

test('a setting that one area removes is no value for another area', async () => {
  const { changes, unused } = await plannedOn({
    plan: 'FC1',
    linux: true,
    controls: ['managed-identity.host-storage', 'managed-identity.deployment-storage', 'key-vault.references'],
    answers: { 'key-vault': { settings: [] } },
  });
  expect(changes.flatMap(({ diff }) => diff.map(({ path }) => path))).toContain('properties.AzureWebJobsStorage');
  expect(unused.join('\n')).toContain('key-vault.references is not changed');
});

test.each([
  ['a control that is only reported', { 'domain-scope': 'apply' }, true],
  ['the area as a whole', {}, false],
] as const)('%s, chosen by name, is named where it stays', async (_, chosen, isNamed) => {
  const { changes, unused } = await plannedOn({
    plan: 'P1v3',
    controls: ['https.https-only', ...Object.keys(chosen).map((id) => `https.${id}`)],
  });
  expect(changes.flatMap(({ controls }) => controls)).toEqual(['https.https-only']);
  expect(unused).toEqual(
    isNamed
      ? [
          'https.domain-scope is not changed: func-harden only reports this control. The finding stays (name without a generated part). How to change it: https://learn.microsoft.com/azure/app-service/reference-dangling-subdomain-prevention',
        ]
      : [],
  );
});

test('a control that is only reported is named where the person answered its question', async () => {
  const { unused } = await plannedOn({
    plan: 'P1v3',
    controls: [],
    whole: ['storage'],
    answers: { storage: { keySource: 'Microsoft.Keyvault' } },
  });
  expect(unused.join('\n')).toMatch(/^storage.key-source is not changed: func-harden only reports this control. The finding stays \(/m);
});

test.each([
  ['FtpsOnly', /plain FTP \(ftp:\/\/\) first/, 'Deployments by plain FTP fail. FTPS stays possible.'],
  ['Disabled', /ftp:\/\/ or ftps:\/\//, 'Deployments by FTP fail.'],
])('FTP state %s: the notes are about what stops working', async (state, note, effect) => {
  const { changes } = await plannedOn({
    plan: 'P1v3',
    controls: ['ftp.state'],
    answers: { ftp: { state } },
    change: (_, { config }) => Object.assign(config, { ftpsState: 'AllAllowed' }),
  });
  expect(changes.flatMap(({ guards }) => guards.map(({ says }) => says)).join('\n')).toMatch(note);
  expect(changes.flatMap(({ effects }) => effects)).toContain(effect);
});

test('secure transfer is not stopped by a connection string over plain HTTP that the same plan removes, and is sent after it', async () => {
  const planned = (controls: readonly string[]) =>
    plannedOn({
      plan: 'P1v3',
      controls: [...controls],
      change: (_, { appSettings }) =>
        void (appSettings['AzureWebJobsStorage'] = appSettings['AzureWebJobsStorage']!.replace('Protocol=https', 'Protocol=http')),
    });
  expect((await planned(['storage.secure-transfer'])).blocked.map(({ id }) => id)).toEqual(['plain-http']);
  const { changes, blocked } = await planned(['storage.secure-transfer', 'managed-identity.host-storage']);
  expect(blocked).toEqual([]);
  expect(changes.map(({ key }) => key).filter((key) => /^(appSettings|storageAccounts)$/.test(key))).toEqual([
    'appSettings',
    'storageAccounts',
  ]);
});

// The identity of the app gets a role on the vault, and this change waits for the vault.
test.each([
  ['FC1', ['isolation.vnet', 'managed-identity.deployment-storage'], ['vaults', 'site']],
  ['P1v3', ['isolation.vnet', 'isolation.route-all'], ['site', 'vaults']],
] as const)('on %s, the firewall of a vault waits for the site only if the plan routes all traffic', async (plan, others, order) => {
  const { changes, blocked } = await plannedOn({
    plan,
    linux: true,
    controls: ['key-vault.references', 'key-vault.firewall', ...others],
    change: ({ resources }) => void Object.assign(resources[keyOf(VAULT)]!['properties'] as object, { enableRbacAuthorization: true }),
  });
  expect(blocked).toEqual([]);
  expect(changes.map(({ key }) => key).filter((key) => key === 'vaults' || key === 'site')).toEqual(order);
});

const EVERY_CONTROL = catalogue.flatMap(({ id, controls }) => controls.filter(isChangeable).map((one) => `${id}.${one.id}`));

test.each(HOSTINGS)('%s: all controls of all areas in one plan', async (_, plan, linux) => {
  const { changes, blocked } = await plannedOn({ plan, linux, controls: EVERY_CONTROL });
  expect(changes.length).toBeGreaterThan(5);
  expect(blocked.filter(({ id }) => id === 'order')).toEqual([]);
});

test('all areas of each sample app in one plan', async () => {
  const folder = await temporaryFolder();
  const state = contoso();
  const answers = join(folder, 'answers.yaml');
  await writeFile(answers, strictAnswers(state));
  const { code, stdout } = await cloud(state, folder).command('plan', answers, '--json');
  const { changes, blocked } = JSON.parse(stdout) as { changes: { app: string }[]; blocked: { says: string }[] };
  expect([code, new Set(changes.map(({ app }) => app)).size]).toEqual([2, APPS.length]);
  expect(blocked.filter(({ says }) => says.includes('waits for'))).toEqual([]);
});

const trial = (id: string, draft: Draft) => trialStep(id, ['site', 'siteConfig'], [draft]);

test('changes that wait for each other are refused by name, and the other changes are planned', async () => {
  const { changes, blocked } = await plannedOn({
    plan: 'P1v3',
    controls: ['x-first.one', 'x-second.one', 'deployment-credentials.scm'],
    more: [
      trial('x-first', { at: ['siteConfig', 'properties.http20Enabled'], to: true, after: ['site'] }),
      trial('x-second', { at: ['site', 'properties.clientCertEnabled'], to: true, after: ['siteConfig'] }),
    ],
  });
  expect(changes.map(({ controls }) => controls)).toEqual([['deployment-credentials.scm']]);
  expect(blocked.map(({ control, says }) => [control, /\((.+?)\)/.exec(says)?.[1]])).toEqual([
    ['x-first.one', 'x-second.one'],
    ['x-second.one', 'x-first.one'],
  ]);
});

const READER = '22222222-2222-2222-2222-222222222222';

test('areas choose the same identity for references if Azure reports its principal only', async () => {
  const id = `${GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader`;
  const { changes, blocked } = await plannedOn({
    plan: 'P1v3',
    controls: ['managed-identity.reference-identity', 'key-vault.references'],
    change: (_, site) => {
      site.identity = { type: 'UserAssigned', userAssignedIdentities: { [id]: { principalId: READER, clientId: '' } } };
      site.appSettings['Api__Key'] = '@Microsoft.KeyVault(SecretUri=https://kv-table.vault.azure.net/secrets/api/)';
    },
  });
  expect(blocked).toEqual([]);
  const edit = changes.flatMap(({ diff }) => diff).find(({ path }) => path === 'properties.keyVaultReferenceIdentity');
  expect(edit && showValue(edit.after)).toBe(id);
  expect(changes.map(({ key }) => key)).not.toContain('siteIdentity');
  // The access policy of the vault.
  expect(JSON.stringify(changes.find(({ key }) => key === 'vaults')?.diff)).toContain(READER);
});

test('a private DNS zone that could not be read is not called missing', () => {
  const site = {
    id: 'site',
    properties: { privateEndpointConnections: [{ properties: { privateLinkServiceConnectionState: { status: 'Approved' } } }] },
  };
  const facts = { site, siteConfig: { properties: {} }, privateEndpoints: { value: [] }, maybe: () => undefined };
  const says = lockedOutCallers({ facts, planned: facts } as never).map((note) => note.says);
  expect(says.join('\n')).toContain('The private DNS zone of the private endpoint could not be read.');
});
