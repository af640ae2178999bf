/** Vaults and storage accounts: who has access, the meaning of missing members, what was not checked, and roles beside policies. */
import { describe, expect, test } from 'vitest';
import { storageAccounts } from '../../src/arm/resources/storage.ts';
import { ROLE } from '../../src/emulator/access/roles.ts';
import { keyOf, type JsonObject, type SiteRecord, type State } from '../../src/emulator/state.ts';
import { principalOf, systemIdentity } from '../../src/emulator/samples/sample-resources.ts';
import { closedFor, entranceOf, isTaken, allowsAllAddresses, openEntrance, operatorAccess } from '../../steps/lib/network/firewalls.ts';
import { mayReachBack } from '../../steps/lib/vault/vaults.ts';
import { FLAWS, notKept } from '../../steps/lib/storage/storage.ts';
import { altered, membersOf, notesOf, STORAGE, VAULT } from '../helpers/altered.ts';
import { SUBNETS } from '../helpers/hostings.ts';

const REFERENCE = '@Microsoft.KeyVault(VaultName=kv-bad;SecretName=s)';
const withoutReferences = ({ appSettings }: SiteRecord) =>
  Object.fromEntries(Object.entries(appSettings).filter(([, value]) => !value.startsWith('@')));
const refers = (site: SiteRecord): void => void (site.appSettings['Secret'] = REFERENCE);

describe('firewall rules of vaults and accounts', () => {
  test.each([
    [['0.0.0.0/0']],
    [['0.0.0.0/1', '128.0.0.0/1']],
    [['128.0.0.0/1', '64.0.0.0/2', '0.0.0.0/2', '203.0.113.7']],
    [['1.0.0.0/8', '2.0.0.0/7', '4.0.0.0/6', '8.0.0.0/5', '16.0.0.0/4', '32.0.0.0/3', '64.0.0.0/2', '128.0.0.0/2', '192.0.0.0/3']],
    [['::/0']],
    [['::/1', '8000::/1']],
    [['2000::/3']],
  ])('%j allows all addresses', (values) => expect(allowsAllAddresses(values)).toBe(true));

  test.each([[[]], [['203.0.113.0/24']], [['0.0.0.0/1']], [['10.0.0.0/8', '224.0.0.0/3']], [['::/4']], [['no address', '1.2.3.4/40']]])(
    '%j does not allow all addresses',
    (values) => expect(allowsAllAddresses(values)).toBe(false),
  );

  const rules = (...values: string[]) => ({ defaultAction: 'deny', ipRules: values.map((value) => ({ value })) });
  test.each([
    ['closed', { publicNetworkAccess: 'disabled' }],
    ['closed', { networkAcls: rules('203.0.113.0/24') }],
    ['open', { networkAcls: rules('0.0.0.0/0') }],
    ['open', { networkAcls: { defaultAction: 'Deny', ipv6Rules: [{ value: '::/0' }] } }],
    ['open', { publicNetworkAccess: 'Enabled', networkAcls: { defaultAction: 'Allow' } }],
    ['open', {}],
    ['unclear', { networkAcls: rules('203.0.113.0/24', '0.0.0.0-255.255.255.255') }],
    ['open', { networkAcls: rules('0.0.0.0/0', '0.0.0.0-255.255.255.255') }],
    ['closed', { publicNetworkAccess: 'Disabled', networkAcls: rules('0.0.0.0-255.255.255.255') }],
    ['perimeter', { publicNetworkAccess: 'SecuredByPerimeter', networkAcls: { defaultAction: 'Allow' } }],
  ] as const)('%s: %j', (is, entrance) => expect(entranceOf(entrance)).toBe(is));

  test.each(['0.0.0.0-255.255.255.255', '*', 'Any', ''])('it is not known which addresses the rule "%s" allows', (value) => {
    const networkAcls = rules('203.0.113.0/24', value);
    expect(openEntrance({ networkAcls })).toEqual({
      unseen: `the firewall has rules that are neither an address nor a range (CIDR): ${value || '(empty)'}`,
    });
    expect(openEntrance({ networkAcls, publicNetworkAccess: 'Disabled' })).toBeUndefined();
  });

  test('narrow rules that allow all addresses together are named and removed', () => {
    const before = rules(...Array.from({ length: 223 }, (_, index) => `${index + 1}.0.0.0/8`));
    expect(openEntrance({ networkAcls: before })).toMatch(/^its rules allow every address: 1\.0\.0\.0\/8, 2\.0\.0\.0\/8, /);
    expect(closedFor(before, undefined, '198.51.100.7')['ipRules']).toEqual([{ value: '198.51.100.7' }]);
  });

  test('a firewall rule without a value in the list of rules makes one answer unexpected, and is no bug', () => {
    const account = {
      id: 'st',
      properties: { networkAcls: { defaultAction: 'Deny', ipRules: [null, { value: '203.0.113.7', action: 'Allow' }] } },
    };
    expect(storageAccounts.clean?.(account)).toEqual({
      id: 'st',
      properties: { networkAcls: { defaultAction: 'Deny', ipRules: [null, { value: '203.0.113.7' }] } },
    });
  });

  test('closing removes the ranges that allow all addresses, keeps the others, and adds an address that is not allowed yet', () => {
    const before = { defaultAction: 'Deny', ipRules: [{ value: '0.0.0.0/1' }, { value: '128.0.0.0/1' }, { value: '203.0.113.0/24' }] };
    expect(closedFor(before, undefined, '198.51.100.7')['ipRules']).toEqual([{ value: '203.0.113.0/24' }, { value: '198.51.100.7' }]);
    expect(closedFor(before, undefined, '203.0.113.9')['ipRules']).toEqual([{ value: '203.0.113.0/24' }]);
  });

  test.each(['10.1.2.3', '172.20.0.1', '192.168.1.1', '127.0.0.1', '2001:db8::1'])('Azure accepts no rule for %s', (address) => {
    expect(isTaken(address)).toBe(false);
    expect(closedFor(undefined, undefined, address)['ipRules']).toEqual([]);
    expect(operatorAccess(address, 'reads it.')).toMatchObject({
      level: 'warn',
      says: expect.stringContaining('does not allow your IP address'),
    });
  });
});

test.each([
  ['named', { networkAcls: { defaultAction: 'Deny', ipRules: [{ value: '203.0.113.0/24' }] } }, '198.51.100.7', 1],
  ['named', { networkAcls: { defaultAction: 'Deny', ipRules: [] } }, undefined, 1],
  ['named', { publicNetworkAccess: 'Disabled', networkAcls: { ipRules: [{ value: '203.0.113.0/24' }] } }, '203.0.113.9', 1],
  ['not named', { networkAcls: { defaultAction: 'Deny', ipRules: [{ value: '203.0.113.0/24' }] } }, '203.0.113.9', 0],
  ['not named', {}, undefined, 0],
])('before a secret moves, a firewall that may refuse the machine of the operator is %s: %j, %s', (_, properties, myIp, count) => {
  const vault = { id: VAULT, name: 'kv-bad', location: 'westeurope', properties };
  expect(mayReachBack((myIp ? { myIp } : {}) as never, { id: VAULT, name: 'kv-bad', vault } as never)).toHaveLength(count);
});

test('a firewall that its rules open fails and is closed; a perimeter is unknown and not changed', async () => {
  const closing =
    (networkAcls: JsonObject, more: JsonObject = {}) =>
    (state: State, site: SiteRecord) => {
      refers(site);
      site.properties['virtualNetworkSubnetId'] = `${SUBNETS}/apps`;
      for (const id of [VAULT, STORAGE]) Object.assign(membersOf(state, id), { networkAcls, ...more });
    };
  const everybody = { defaultAction: 'Deny', bypass: 'AzureServices', ipRules: [{ value: '0.0.0.0/0' }], virtualNetworkRules: [] };
  const open = await altered(closing(everybody));
  for (const control of ['key-vault.firewall', 'storage.network']) {
    expect(await open.judged(control)).toMatchObject({ state: 'fail', found: expect.stringContaining('allow every address: 0.0.0.0/0') });
    const plan = await open.planned([control]);
    expect(plan.changes[0]?.diff[0]?.after).toMatchObject({ json: { defaultAction: 'Deny', ipRules: [] } });
    expect(notesOf(plan).join('\n')).toMatch(/warn: 0\.0\.0\.0\/0 allow all callers/);
  }
  const perimeter = await altered(
    closing({ ...everybody, ipRules: [], defaultAction: 'Allow' }, { publicNetworkAccess: 'SecuredByPerimeter' }),
  );
  for (const control of ['key-vault.firewall', 'storage.network']) {
    expect(await perimeter.judged(control)).toMatchObject({ state: 'unknown', found: expect.stringContaining('perimeter') });
    expect((await perimeter.planned([control])).changes).toEqual([]);
  }
});

test('more rules than a vault accepts stop the change', async () => {
  const app = await altered((state, site) => {
    refers(site);
    site.properties['virtualNetworkSubnetId'] = `${SUBNETS}/apps`;
    const virtualNetworkRules = Array.from({ length: 200 }, (_, index) => ({ id: `${SUBNETS}/n${index}` }));
    membersOf(state, VAULT)['networkAcls'] = { defaultAction: 'Allow', bypass: 'None', ipRules: [], virtualNetworkRules };
  });
  const plan = await app.planned(['key-vault.firewall']);
  expect(plan.changes).toEqual([]);
  expect(notesOf(plan).join('\n')).toMatch(/stop: kv-bad would have 201 network rules, but Azure allows 200/);
});

describe('missing members of an account', () => {
  const made = (day: string) => ({ creationTime: `${day}T10:00:00.0000000Z` });
  const unseen = { unseen: expect.any(String) };
  test.each([
    ['anonymous', made('2021-05-01'), expect.stringContaining('allowed')],
    ['anonymous', made('2023-10-01'), unseen],
    ['anonymous', made('2024-06-27'), undefined],
    ['anonymous', {}, unseen],
    ['anonymous', { creationTime: 'not known' }, unseen],
    ['transfer', { creationTime: '' }, unseen],
    ['anonymous', { ...made('2021-05-01'), allowBlobPublicAccess: false }, undefined],
    ['crossTenant', made('2021-05-01'), expect.stringContaining('allowed')],
    ['crossTenant', { ...made('2024-06-27'), allowCrossTenantReplication: true }, 'allowed'],
    ['crossTenant', {}, unseen],
    ['transfer', made('2018-05-01'), expect.stringContaining('off')],
    ['transfer', made('2024-05-01'), unseen],
    ['transfer', { supportsHttpsTrafficOnly: true }, undefined],
    ['tls', {}, expect.stringContaining('TLS1_0')],
    ['tls', { minimumTlsVersion: 'tls1_2' }, undefined],
    ['tls', { minimumTlsVersion: 'TLS1_1' }, 'TLS1_1'],
    ['tls', { minimumTlsVersion: 'TLS1_4' }, undefined],
    ['tls', { minimumTlsVersion: 'TLS1_20' }, 'TLS1_20'],
    ['tls', { minimumTlsVersion: 'SSL3' }, 'SSL3'],
    ['keys', {}, 'allowed'],
  ] as const)('%s, %j', (name, properties, flaw) => expect(FLAWS[name](properties)).toEqual(flaw));

  test('a missing retention policy keeps nothing', () => {
    expect(notKept({ id: '/x/blobServices/default', properties: { deleteRetentionPolicy: { enabled: true, days: 7 } } })).toEqual([
      'containerDeleteRetentionPolicy',
    ]);
    expect(notKept({ id: '/x/fileServices/default', properties: {} })).toEqual(['shareDeleteRetentionPolicy']);
  });
});

describe('vaults that were not checked', () => {
  const elsewhere = '@Microsoft.KeyVault(VaultName=kv-central;SecretName=s)';
  const CONTROLS = ['soft-delete', 'purge-protection', 'rbac', 'firewall'];

  test('a vault of another subscription is neither deleted nor missing', async () => {
    const app = await altered((_, site) => (site.appSettings = { ...withoutReferences(site), Secret: elsewhere }));
    for (const name of CONTROLS)
      expect(await app.judged(`key-vault.${name}`)).toMatchObject({
        state: 'unknown',
        found: expect.stringContaining('kv-central: not in this'),
      });
  });

  test('a bad vault that was read fails all the same', async () => {
    const app = await altered((_, site) => Object.assign(site.appSettings, { Secret: REFERENCE, Other: elsewhere }));
    expect(await app.judged('key-vault.purge-protection')).toMatchObject({
      state: 'fail',
      found: expect.stringMatching(/^kv-bad: off; kv-central: not in/),
    });
  });

  test('the vault with the keys of the host counts as one', async () => {
    const app = await altered(
      (_, site) =>
        (site.appSettings = {
          ...withoutReferences(site),
          AzureWebJobsSecretStorageType: 'KeyVault',
          AzureWebJobsSecretStorageKeyVaultUri: 'https://kv-central.vault.azure.net/',
        }),
    );
    expect(await app.judged('key-vault.purge-protection')).toMatchObject({
      state: 'unknown',
      found: expect.stringContaining('kv-central'),
    });
  });

  test('vaults in connection strings count too', async () => {
    const app = await altered((_, site) => {
      site.appSettings = withoutReferences(site);
      site.connectionStrings = { Orders: { value: elsewhere, type: 'Custom' } };
    });
    expect(await app.judged('key-vault.soft-delete')).toMatchObject({
      state: 'not-applicable',
      reason: expect.stringContaining('not checked'),
    });
    for (const name of [...CONTROLS.slice(1), 'secret-expiry', 'resolve'])
      expect([name, (await app.judged(`key-vault.${name}`)).state]).toEqual([name, 'unknown']);
    expect((await app.judged('key-vault.resolve')).found).toContain('references in connection strings were not checked: Orders');
  });

  test('an id in another subscription is not written', async () => {
    const app = await altered(() => {});
    const vault = '/subscriptions/0b000000-0000-4000-8000-000000000009/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv-far';
    const plan = await app.planned(['key-vault.references'], { 'key-vault': { vault, settings: ['PaymentApiKey'] } });
    expect(plan.changes).toEqual([]);
    expect(notesOf(plan).join('\n')).toMatch(/stop: The vault kv-far is in another subscription/);
  });

  // Azure/azure-sdk-for-js 6221, MicrosoftDocs/azure-docs 39907: a vault keeps its tenant when its subscription moves to another one.
  test('a vault of another tenant refuses the app, so nothing is moved there', async () => {
    const moved = '0b000000-0000-4000-8000-00000000000f';
    const plannedIn = async (tenant: (state: State) => string) => {
      const app = await altered((state, site) => {
        site.identity = systemIdentity(site.id, state.tenantId);
        membersOf(state, VAULT)['tenantId'] = tenant(state);
      });
      return app.planned(['key-vault.references'], { 'key-vault': { vault: 'kv-bad', settings: ['PaymentApiKey'] } });
    };
    const there = await plannedIn(() => moved);
    expect(there.changes).toEqual([]);
    expect(notesOf(there).join('\n')).toMatch(/stop: The vault kv-bad belongs to the tenant 0b000000.*az keyvault update/);
    expect((await plannedIn((state) => state.tenantId.toUpperCase())).changes).not.toEqual([]);
  });
});

describe('roles and access policies of a vault', () => {
  const ANSWERS = { 'key-vault': { vault: 'kv-bad', settings: ['PaymentApiKey'] } };
  const policy = (state: State, objectId: string, secrets: string[], more: JsonObject = {}) => ({
    tenantId: state.tenantId,
    objectId,
    permissions: { secrets, ...more },
  });
  const withPolicies =
    (secrets: string[], more: JsonObject = {}) =>
    (state: State, site: SiteRecord) => {
      refers(site);
      site.identity = systemIdentity(site.id, state.tenantId);
      Object.assign(membersOf(state, VAULT), {
        enableRbacAuthorization: false,
        accessPolicies: secrets.length > 0 ? [policy(state, principalOf(site.id).toUpperCase(), secrets, more)] : [],
      });
    };
  const roles = (changes: readonly { readonly key: string; readonly body: unknown }[]) =>
    changes.flatMap(({ key, body }) => (key === 'roleAssignments' ? [JSON.stringify(body)] : []));

  test('a reference alone gets an access policy', async () => {
    const app = await altered(withPolicies([]));
    const { changes } = await app.planned(['key-vault.references'], ANSWERS);
    expect(changes.flatMap(({ diff }) => diff.map(({ path }) => path))).toContain('properties.accessPolicies');
  });

  // Azure-Samples/key-vault-node-getting-started 3: with an application id, a policy is for users of that application.
  test('a policy for the app and an application does not allow the app to read', async () => {
    const app = await altered((state, site) => {
      withPolicies(['get'])(state, site);
      const { accessPolicies } = membersOf(state, VAULT) as { accessPolicies: JsonObject[] };
      accessPolicies[0]!['applicationId'] = '11111111-2222-4333-8444-666666666666';
    });
    const { changes } = await app.planned(['key-vault.references'], ANSWERS);
    const written = changes.flatMap(({ diff }) => diff.filter(({ path }) => path === 'properties.accessPolicies'));
    expect(written.map(({ after }) => after)).toMatchObject([
      { json: [{ applicationId: expect.anything() }, { permissions: { secrets: ['get'] } }] },
    ]);
  });

  test('a policy of the app without the permission is replaced alone, so that no policy of others is written', async () => {
    const app = await altered((state, site) => {
      withPolicies(['list'])(state, site);
      const { accessPolicies } = membersOf(state, VAULT) as { accessPolicies: JsonObject[] };
      accessPolicies.push(policy(state, '11111111-2222-4333-8444-555555555555', ['get']));
    });
    const { changes } = await app.planned(['key-vault.references'], ANSWERS);
    const written = changes.filter(({ path }) => path.includes('/accessPolicies/'));
    expect(written.map(({ method, path }) => [method, path.split('/').at(-1)])).toEqual([['PUT', 'replace']]);
    expect(written[0]!.body).toMatchObject({ properties: { accessPolicies: [{ permissions: { secrets: ['list', 'get'] } }] } });
  });

  test('in a plan that changes the vault to roles, the app gets a role first, and the plan says so', async () => {
    const app = await altered(withPolicies([]));
    const plan = await app.planned(['key-vault.references', 'key-vault.rbac'], ANSWERS);
    const paths = plan.changes.flatMap(({ diff }) => diff.map(({ path }) => path));
    expect(paths).not.toContain('properties.accessPolicies');
    expect(roles(plan.changes)).toEqual([expect.stringContaining(ROLE.secretsUser)]);
    const order = plan.changes.map(({ key }) => key);
    expect(order.indexOf('roleAssignments')).toBeLessThan(order.indexOf('vaults'));
    expect(notesOf(plan).join('\n')).toMatch(/warn: The same plan changes kv-bad to Azure RBAC, where an access policy has no effect/);
    const run = await app.replayed(['key-vault.references', 'key-vault.rbac'], ANSWERS);
    expect(run, run.stderr).toMatchObject({ code: 0 });
    expect((await app.settings())['PaymentApiKey']).toMatch(/^@Microsoft\.KeyVault/);
  });

  test('an app that writes secrets with its policy gets a role that writes them; keys and certificates are named', async () => {
    const app = await altered(withPolicies(['get', 'set', 'list', 'delete'], { keys: ['get'] }));
    const plan = await app.planned(['key-vault.rbac']);
    expect(roles(plan.changes)).toEqual([expect.stringContaining(ROLE.secretsOfficer)]);
    expect(notesOf(plan).join('\n')).toMatch(/clear: Only this app has an access policy of kv-bad/);
    expect(notesOf(plan).join('\n')).toMatch(/warn: The access policy of this app also gives access to keys or certificates/);
  });
});

describe('names of secrets', () => {
  const ANSWERS = { 'key-vault': { vault: 'kv-bad', settings: ['PaymentApiKey'] } };
  const another = (name: string, group: string) => (state: State, site: SiteRecord) => {
    const id = site.id.replace('/resourceGroups/rg/', `/resourceGroups/${group}/`).replace(/[^/]+$/, name);
    state.sites[keyOf(id)] = { ...structuredClone(site), id, name };
  };
  const secretsOf = async (change: (state: State, site: SiteRecord) => void) => {
    const app = await altered(change);
    const { changes } = await app.planned(['key-vault.references'], ANSWERS);
    return changes.flatMap(({ key, resource }) => (key === 'vaultSecret' ? [resource.split('/').at(-1)] : []));
  };

  test('consist of app and setting, with a suffix if another app could use the same', async () => {
    expect(await secretsOf(() => {})).toEqual(['fn-bad-PaymentApiKey']);
    expect(await secretsOf(another('FN-BAD', 'rg-other'))).toEqual([expect.stringMatching(/^fn-bad-PaymentApiKey-[0-9a-f]{6}$/)]);
    expect(await secretsOf(another('fn-bad-too', 'rg-other'))).toEqual(['fn-bad-PaymentApiKey']);
  });

  test('a secret of that name from another source is not overwritten', async () => {
    const app = await altered((state) => {
      const id = `${VAULT}/secrets/fn-bad-PaymentApiKey`;
      state.resources[keyOf(id)] = { id, name: 'fn-bad-PaymentApiKey', properties: { value: 'of-somebody-else' } };
    });
    const before = await app.settings();
    const run = await app.replayed(['key-vault.references'], ANSWERS);
    expect(run.code).not.toBe(0);
    expect(membersOf(await app.here.state(), `${VAULT}/secrets/fn-bad-PaymentApiKey`)).toEqual({ value: 'of-somebody-else' });
    expect((await app.settings())['PaymentApiKey']).toBe(before['PaymentApiKey']);
  });

  test('a value that is too long for a vault is not moved', async () => {
    const app = await altered((_, site) => (site.appSettings['PaymentApiKey'] = 'x'.repeat(25_601)));
    expect(notesOf(await app.planned(['key-vault.references'], ANSWERS)).join('\n')).toMatch(/stop: PaymentApiKey has 25601 bytes/);
  });
});
