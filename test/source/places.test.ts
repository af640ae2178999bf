/** Where code declares the values of an app: file and line of each literal, or the reason why there is none. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { contoso } from '../../src/emulator/samples/contoso.ts';
import { cloud } from '../helpers/in-process.ts';
import { inside } from '../helpers/inside.ts';
import { lineOf, type Place, placesIn, SAMPLES, samples } from '../helpers/source.ts';
import { temporaryFolder, world } from '../helpers/world.ts';

type Row = readonly [app: string, control: string, file: string, text: string];

/** The literals of each sample that decide a control, by a text that only their line has. */
const DECLARED: Readonly<Record<string, readonly Row[]>> = {
  'one-file': [
    ['fn-orders', 'https.https-only', 'main.tf', 'https_only  '],
    ['fn-orders', 'https.min-tls', 'main.tf', ' minimum_tls_version'],
    ['fn-orders', 'https.scm-min-tls', 'main.tf', 'scm_minimum_tls_version'],
    ['fn-orders', 'ftp.state', 'main.tf', 'ftps_state'],
    ['fn-orders', 'remote-debugging.off', 'main.tf', 'remote_debugging_enabled'],
    ['fn-orders', 'remote-debugging.web-sockets', 'main.tf', 'websockets_enabled'],
    ['fn-orders', 'cors.origins', 'main.tf', 'allowed_origins'],
    ['fn-orders', 'cors.credentials', 'main.tf', 'support_credentials'],
    ['fn-orders', 'access-restrictions.rules', 'main.tf', 'ip_restriction {'],
    ['fn-orders', 'app-settings.development', 'main.tf', 'ASPNETCORE_ENVIRONMENT'],
    ['fn-orders', 'app-settings.debug-flags', 'main.tf', 'FLASK_DEBUG'],
    ['fn-orders', 'app-settings.clear-secrets', 'main.tf', 'PaymentApiKey'],
    ['fn-orders', 'storage.min-tls', 'main.tf', 'min_tls_version                  ='],
    ['fn-orders', 'storage.secure-transfer', 'main.tf', 'https_traffic_only_enabled'],
    ['fn-orders', 'storage.anonymous-blobs', 'main.tf', 'allow_nested_items_to_be_public'],
    ['fn-orders', 'storage.cross-tenant', 'main.tf', 'cross_tenant_replication_enabled'],
    ['fn-orders', 'storage.sftp', 'main.tf', 'sftp_enabled'],
    ['fn-orders', 'storage.trusted-services', 'main.tf', 'bypass '],
  ],
  modules: [
    ['fn-intake', 'https.https-only', 'main.tf', 'https_only = false'],
    ['fn-intake', 'ftp.state', 'function/variables.tf', 'default = "AllAllowed"'],
    ['fn-report', 'ftp.state', 'main.tf', 'FtpsOnly'],
  ],
  'for-each': [
    ['fn-orders', 'https.https-only', 'main.tf', 'https = false'],
    ['fn-orders', 'https.min-tls', 'main.tf', '"1.1"'],
    ['fn-twin-0', 'https.https-only', 'main.tf', 'https_only      = false'],
    ['fn-twin-1', 'https.https-only', 'main.tf', 'https_only      = false'],
  ],
  tfvars: [
    ['fn-intake', 'https.https-only', 'terraform.tfvars', 'https_only'],
    ['fn-intake', 'ftp.state', 'terraform.tfvars', 'ftps_state'],
    ['fn-intake', 'https.min-tls', 'main.tf', 'tls = "1.0"'],
  ],
  azapi: [
    ['fn-events', 'https.https-only', 'main.tf', 'httpsOnly'],
    ['fn-events', 'https.min-tls', 'main.tf', 'minTlsVersion'],
    ['fn-events', 'managed-identity.deployment-storage', 'main.tf', 'storageaccountconnectionstring'],
    ['fn-legacy', 'access-keys.admin-isolation', 'main.tf', 'functionsRuntimeAdminIsolationEnabled'],
  ],
  slots: [
    ['fn-billing/staging', 'https.https-only', 'main.tf', 'https_only                 = false'],
    ['fn-billing/staging', 'https.min-tls', 'main.tf', 'minimum_tls_version'],
    ['fn-billing/staging', 'remote-debugging.off', 'main.tf', 'remote_debugging_enabled'],
  ],
  flex: [
    ['fn-flex', 'https.https-only', 'main.tf', 'https_only'],
    ['fn-flex', 'managed-identity.deployment-storage', 'main.tf', 'storage_authentication_type'],
    ['fn-flex', 'storage.shared-key', 'main.tf', 'shared_access_key_enabled'],
  ],
  elsewhere: [['fn-known', 'ftp.state', 'main.tf', 'ftps_state']],
  conditions: [
    ['fn-web', 'https.https-only', 'main.tf', 'https_only'],
    ['fn-web', 'app-settings.development', 'main.tf', 'ASPNETCORE_ENVIRONMENT'],
    ['fn-web', 'app-settings.debug-flags', 'main.tf', 'DEBUG '],
  ],
  layered: [
    ['fn-a', 'https.min-tls', 'main.tf', '"1.0"'],
    ['fn-b', 'https.min-tls', 'main.tf', '"1.0"'],
  ],
  arm: [
    ['fn-intake', 'https.https-only', 'main.parameters.json', '"https"'],
    ['fn-intake', 'https.min-tls', 'main.json', '"tls": {'],
    ['fn-intake', 'ftp.state', 'main.json', '"ftpsState"'],
    ['fn-intake', 'app-settings.debug-flags', 'main.json', 'DJANGO_DEBUG'],
    ['fn-intake', 'deployment-credentials.scm', 'main.json', '"allow"'],
    ['fn-intake', 'storage.min-tls', 'main.json', '"minimumTlsVersion"'],
  ],
  bicep: [
    ['fn-events', 'https.https-only', 'main.bicepparam', 'httpsOnly'],
    ['fn-events', 'https.min-tls', 'main.bicep', "var tls = '1.1'"],
    ['fn-events', 'ftp.state', 'main.bicep', 'ftpsState'],
    ['fn-events', 'https.http2', 'main.bicep', 'http20Enabled'],
    ['fn-events', 'app-settings.development', 'main.bicep', 'ASPNETCORE_ENVIRONMENT'],
    ['fn-events', 'deployment-credentials.ftp', 'main.bicep', 'allow: true'],
  ],
  // As templates of the Azure Developer CLI are laid out: a module for the host, names that fall back to generated ones.
  azd: [
    ['fn-named', 'https.https-only', 'infra/core/host/functions.bicep', 'httpsOnly'],
    ['fn-named', 'https.min-tls', 'infra/main.bicep', "minTls: '1.0'"],
    ['processor.functions', 'https.min-tls', 'infra/main.bicep', "minTls: '1.1'"],
    ['fn-named', 'ftp.state', 'infra/core/host/functions.bicep', 'ftpsState'],
    ['fn-named', 'remote-debugging.off', 'infra/core/host/functions.bicep', 'param remoteDebugging'],
    ['fn-named', 'deployment-credentials.scm', 'infra/core/host/functions.bicep', 'allow: true'],
  ],
  // As landing zones are laid out: an environment that calls a module for each entry of a map that is put together by expressions.
  environments: [
    ['module.function.azurerm_linux_function_app.this', 'app-settings.development', 'modules/function/main.tf', 'ASPNETCORE_ENVIRONMENT'],
    ['module.function.azurerm_linux_function_app.this', 'remote-debugging.off', 'modules/function/main.tf', 'remote_debugging_enabled'],
  ],
  // Like the quickstart templates: a nested deployment with its own scope, and a linked one.
  nested: [
    ['fn-nested', 'https.https-only', 'azuredeploy.json', '"httpsOnly"'],
    ['fn-nested', 'https.min-tls', 'azuredeploy.json', '"defaultValue": "1.0"'],
    ['fn-nested', 'ftp.state', 'azuredeploy.json', '"ftpsState"'],
  ],
};

test('each sample is tested', async () => {
  expect(Object.keys(DECLARED).toSorted()).toEqual((await samples()).toSorted());
});

test.each(Object.entries(DECLARED))('%s: each literal has its line', async (sample, rows) => {
  const places = await placesIn(join(SAMPLES, sample));
  const found = places
    .filter(({ state }) => state === 'declared')
    .map(({ app, control, file, line }) => `${app} ${control} ${file}:${line}`);
  const wanted = await Promise.all(
    rows.map(async ([app, control, file, text]) => `${app} ${control} ${file}:${await lineOf(sample, file, text)}`),
  );
  // Another control may follow from the same literal, so only the lines are compared.
  expect(wanted.filter((one) => !found.includes(one))).toEqual([]);
  const lines = new Set(wanted.map((one) => one.split(' ').at(-1)));
  expect(found.filter((one) => !lines.has(one.split(' ').at(-1)!) && !/host-storage|references|language/.test(one))).toEqual([]);
});

test('each app and control has one place', async () => {
  for (const sample of await samples()) {
    const keys = (await placesIn(join(SAMPLES, sample))).map(({ app, control }) => `${app} ${control}`);
    expect(keys.length).toBe(new Set(keys).size);
  }
});

test('apps are selected by patterns and ids too; a selector without a match is reported, and a tag is refused', async () => {
  const here = cloud(contoso(), await temporaryFolder());
  const asked = async (...apps: readonly string[]) => {
    const { code, stdout, stderr } = await here.command('source', join(SAMPLES, 'modules'), '--json', '--app', ...apps);
    return {
      code,
      stderr,
      apps: stdout === '' ? [] : [...new Set((JSON.parse(stdout) as { places: Place[] }).places.map(({ app }) => app))],
    };
  };
  const id = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Web/sites/fn-intake';
  expect(await asked('FN-IN*')).toEqual({ code: 2, stderr: '', apps: ['fn-intake'] });
  expect(await asked(id)).toEqual({ code: 2, stderr: '', apps: ['fn-intake'] });
  expect(await asked('zz-*')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('This code does not contain the app zz-*'),
    apps: [],
  });
  expect(await asked('tag:env=prod')).toMatchObject({ code: 64, stderr: expect.stringContaining('func-harden source does not read tags') });
});

test('an additional report is refused, not ignored', async () => {
  const here = cloud(contoso(), await temporaryFolder());
  const { code, stderr } = await here.command('source', join(SAMPLES, 'modules'), '--format', 'sarif=places.sarif');
  expect([code, stderr]).toEqual([
    64,
    expect.stringContaining('--format FORMAT=FILE works only with func-harden audit and func-harden plan.'),
  ]);
});

test('an uncertain value is not resolved, and the reason is given', async () => {
  const why = async (sample: string, app: string, control: string) =>
    (await placesIn(join(SAMPLES, sample))).find((one) => one.app === app && one.control === control);
  expect(await why('tfvars', 'fn-intake', 'https.http2')).toMatchObject({
    state: 'not-resolved',
    why: expect.stringContaining('env/prod.tfvars'),
  });
  expect(await why('tfvars', 'fn-intake', 'remote-debugging.web-sockets')).toMatchObject({
    state: 'not-resolved',
    why: expect.stringContaining('no default'),
  });
  expect(await why('elsewhere', 'fn-ledger', 'https.https-only')).toMatchObject({ state: 'not-resolved', address: 'module.ledger' });
  expect(await why('elsewhere', 'fn-known', 'https.min-tls')).toMatchObject({
    state: 'not-resolved',
    why: expect.stringContaining('module.settings'),
  });
  expect(await why('elsewhere', 'fn-known', 'app-settings.development')).toMatchObject({
    state: 'not-resolved',
    why: expect.stringContaining('ignore_changes'),
  });
  expect(await why('layered', 'fn-a', 'private-access.public-network')).toMatchObject({
    state: 'not-resolved',
    why: expect.stringContaining('app_override.tf'),
  });
  expect(await why('conditions', 'fn-web', 'cors.origins')).toMatchObject({
    state: 'not-resolved',
    why: expect.stringContaining('dynamic'),
  });
});

test('an account without a member is not skipped if the age of the account decides what that means', async () => {
  const folder = await temporaryFolder();
  await writeFile(
    join(folder, 'main.bicep'),
    `resource st 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: 'stlonely'
  properties: {
    minimumTlsVersion: 'TLS1_2'
  }
}
resource fn 'Microsoft.Web/sites@2023-12-01' = {
  name: 'fn-lonely'
  kind: 'functionapp,linux'
  properties: {
    siteConfig: { appSettings: [{ name: 'AzureWebJobsStorage__accountName', value: 'stlonely' }] }
  }
}
`,
  );
  const places = await placesIn(folder);
  const place = (control: string) => places.find((one) => one.control === control);
  for (const control of ['storage.anonymous-blobs', 'storage.secure-transfer'])
    expect(place(control), control).toMatchObject({
      state: 'not-resolved',
      file: 'main.bicep',
      address: 'st',
      why: expect.stringContaining('is not set'),
    });
  expect(place('storage.min-tls')).toMatchObject({ state: 'right', line: 4 });
  expect(place('storage.shared-key')).toMatchObject({ state: 'absent' });
});

test('an account in a network security perimeter, or with a member that is null, is not left out', async () => {
  const folder = await temporaryFolder();
  await writeFile(
    join(folder, 'main.bicep'),
    `resource st 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: 'stfenced'
  properties: {
    supportsHttpsTrafficOnly: null
    publicNetworkAccess: 'SecuredByPerimeter'
  }
}
resource fn 'Microsoft.Web/sites@2023-12-01' = {
  name: 'fn-fenced'
  kind: 'functionapp,linux'
  properties: {
    serverFarmId: plan.id
    siteConfig: { appSettings: [{ name: 'AzureWebJobsStorage__accountName', value: 'stfenced' }] }
  }
}
resource plan 'Microsoft.Web/serverfarms@2023-12-01' = {
  name: 'plan'
  sku: { name: 'EP1', tier: 'ElasticPremium' }
}
`,
  );
  const places = await placesIn(folder);
  const place = (control: string) => places.find((one) => one.control === control);
  expect(place('storage.network')).toMatchObject({ state: 'not-resolved', address: 'st', why: expect.stringContaining('perimeter') });
  expect(place('storage.secure-transfer')).toMatchObject({ state: 'not-resolved', line: 4, why: expect.stringContaining('is not set') });
});

test('a verdict that depends on more than the code leaves no declared value out', async () => {
  const folder = await temporaryFolder();
  const site = (name: string, properties: string) => `resource ${name} 'Microsoft.Web/sites@2024-04-01' = {
  name: 'fn-${name}'
  kind: 'functionapp'
  properties: {
${properties}
  }
}
`;
  await writeFile(
    join(folder, 'main.bicep'),
    `resource kv 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: 'kv-pay'
  properties: { enablePurgeProtection: false }
}
${site('public', "    publicNetworkAccess: 'Enabled'\n    autoGeneratedDomainNameLabelScope: 'TenantReuse'")}${site(
      'private',
      "    publicNetworkAccess: 'Disabled'",
    )}${site('untold', "    siteConfig: { ipSecurityRestrictionsDefaultAction: 'Allow' }")}${site(
      'settings',
      "    siteConfig: { appSettings: [{ name: 'Key', value: '@Microsoft.KeyVault(VaultName=kv-pay;SecretName=key)' }] }",
    )}`,
  );
  await writeFile(
    join(folder, 'main.tf'),
    `resource "azurerm_service_plan" "p" {
  os_type  = "Linux"
  sku_name = "P1v3"
}
resource "azurerm_linux_function_app" "tf" {
  name                          = "fn-tf"
  service_plan_id               = azurerm_service_plan.p.id
  public_network_access_enabled = true
  site_config {}
}
`,
  );
  const places = await placesIn(folder);
  const place = (app: string, control: string) => places.find((one) => one.app === app && one.control === control);
  // No code has the host names and the private endpoints of an app.
  expect(place('fn-tf', 'private-access.public-network')).toMatchObject({ state: 'declared', file: 'main.tf', line: 8 });
  expect(place('fn-public', 'https.domain-scope')).toMatchObject({ state: 'right' });
  expect(place('fn-untold', 'access-restrictions.default-action')).toMatchObject({
    state: 'not-resolved',
    why: expect.stringContaining('privateEndpointConnections'),
  });
  expect(place('fn-untold', 'access-restrictions.rules')).toBeUndefined();
  // A vault that a setting names is judged, also if connection strings may refer to more.
  expect(place('fn-settings', 'key-vault.purge-protection')).toMatchObject({ state: 'declared', file: 'main.bicep', line: 3 });
  // A setting that a complete list leaves out.
  for (const control of ['access-keys.home-page', 'runtime.functions-version'])
    expect(place('fn-settings', control), control).toMatchObject({ state: 'absent', why: 'the code does not declare it' });
});

test('azapi_update_resource changes apps, accounts and vaults of azapi_resource', async () => {
  const folder = await temporaryFolder();
  const block = (kind: string, name: string, type: string, more: string, properties: string) =>
    `resource "${kind}" "${name}" {\n  type = "${type}@2024-04-01"\n  ${more}\n  body = { ${properties} }\n}\n`;
  await writeFile(
    join(folder, 'main.tf'),
    [
      'variable "group" {}\n',
      block(
        'azapi_resource',
        'fn',
        'Microsoft.Web/sites',
        'name = "fn-azapi"\n  parent_id = var.group',
        'kind = "functionapp", properties = { httpsOnly = true, siteConfig = { minTlsVersion = "1.2", appSettings = [{ name = "AzureWebJobsStorage__accountName", value = "stazapi" }] } }',
      ),
      block(
        'azapi_resource',
        'st',
        'Microsoft.Storage/storageAccounts',
        'name = "stazapi"\n  parent_id = var.group',
        'properties = { minimumTlsVersion = "TLS1_2" }',
      ),
      block(
        'azapi_update_resource',
        'a',
        'Microsoft.Web/sites/config',
        'resource_id = "${azapi_resource.fn.id}/config/web"',
        'properties = { minTlsVersion = "1.0", ftpsState = "AllAllowed" }',
      ),
      block(
        'azapi_update_resource',
        'b',
        'Microsoft.Web/sites',
        'resource_id = azapi_resource.fn.id',
        'properties = { httpsOnly = false }',
      ),
      block(
        'azapi_update_resource',
        'c',
        'Microsoft.Storage/storageAccounts',
        'resource_id = azapi_resource.st.id',
        'properties = { minimumTlsVersion = "TLS1_0" }',
      ),
    ].join(''),
  );
  const places = await placesIn(folder);
  expect(
    ['https.min-tls', 'ftp.state', 'https.https-only', 'storage.min-tls'].map((id) => {
      const { state, line } = places.find(({ control }) => control === id) ?? {};
      return `${id} ${state ?? 'none'} ${line ?? 0}`;
    }),
  ).toEqual(['https.min-tls declared 17', 'ftp.state declared 17', 'https.https-only declared 22', 'storage.min-tls declared 27']);
});

test('azapi blocks that set one member differently leave it open, and so does one whose resource is not resolved', async () => {
  const folder = await temporaryFolder();
  const block = (name: string, type: string, id: string, properties: string) =>
    `resource "azapi_update_resource" "${name}" {\n  type = "${type}@2024-04-01"\n  resource_id = ${id}\n  body = { properties = { ${properties} } }\n}\n`;
  const found = async (...blocks: readonly string[]) => {
    const site = 'type = "Microsoft.Web/sites@2024-04-01"\n  name = "fn-azapi"\n  parent_id = var.group';
    const body = 'body = { kind = "functionapp", properties = { httpsOnly = true, siteConfig = { minTlsVersion = "1.2" } } }';
    const app = `variable "group" {}\nvariable "other" {}\nresource "azapi_resource" "fn" {\n  ${site}\n  ${body}\n}\n`;
    await writeFile(join(folder, 'main.tf'), app + blocks.join(''));
    const places = await placesIn(folder);
    return ['https.https-only', 'https.min-tls'].map((id) => places.find(({ control }) => control === id)?.state);
  };
  const [sites, config, id] = ['Microsoft.Web/sites', 'Microsoft.Web/sites/config', 'azapi_resource.fn.id'];
  const web = block('web', config, '"${azapi_resource.fn.id}/config/web"', 'minTlsVersion = "1.0"');
  expect(await found(block('a', sites, id, 'httpsOnly = false'), block('b', sites, id, 'httpsOnly = true'))).toEqual([
    'not-resolved',
    'right',
  ]);
  expect(await found(block('a', sites, id, 'httpsOnly = false'), block('b', sites, id, 'httpsOnly = false'))).toEqual([
    'declared',
    'right',
  ]);
  expect(await found(web, block('b', sites, id, 'siteConfig = { minTlsVersion = "1.2" }'))).toEqual(['right', 'not-resolved']);
  expect(await found(block('a', sites, 'var.other', 'httpsOnly = true'))).toEqual(['not-resolved', 'right']);
  expect(await found(block('a', config, '"${var.other}/config/web"', 'minTlsVersion = "1.2"'))).toEqual(['right', 'not-resolved']);
});

test('a loop inside a property of Bicep leaves only that property open', async () => {
  const folder = await temporaryFolder();
  const rules = "[for (ip, i) in ips: { ipAddress: ip, action: 'Allow', priority: 100 + i }]";
  const site = `{ minTlsVersion: '1.0', ipSecurityRestrictions: ${rules} }`;
  await writeFile(
    join(folder, 'main.bicep'),
    `param ips array\nresource app 'Microsoft.Web/sites@2024-11-01' = {\n  name: 'fn-loop'\n  kind: 'functionapp'\n  properties: { siteConfig: ${site} }\n}\n`,
  );
  const places = await placesIn(folder);
  expect(places.find(({ control }) => control === 'https.min-tls')).toMatchObject({ state: 'declared', present: '1.0' });
  expect(places.find(({ control }) => control === 'access-restrictions.rules')).toMatchObject({ state: 'not-resolved' });
});

test('functions of ARM templates for truth values, objects and lists are evaluated', async () => {
  const folder = await temporaryFolder();
  const config = "[createObject('minTlsVersion', if(equals('a', 'b'), '1.2', '1.0'), 'remoteDebuggingEnabled', or(false(), true()))]";
  const properties = { httpsOnly: '[not(true())]', clientCertEnabled: '[and(true(), false())]', siteConfig: config };
  const site = { type: 'Microsoft.Web/sites', apiVersion: '2024-11-01', name: 'fn-calls', kind: 'functionapp', properties };
  const $schema = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#';
  await writeFile(join(folder, 'main.json'), JSON.stringify({ $schema, contentVersion: '1.0.0.0', resources: [site] }));
  const places = await placesIn(folder);
  const found = ['https.https-only', 'https.client-cert', 'https.min-tls', 'remote-debugging.off'].map((id) => {
    const { state, present, line } = places.find(({ control }) => control === id)!;
    return [state, present, line];
  });
  expect(found).toEqual([
    ['declared', false, 1],
    ['declared', false, 1],
    ['declared', '1.0', 1],
    ['declared', true, 1],
  ]);
});

test('azapi_update_resource does not make up the members of an object that is not resolved', async () => {
  const folder = await temporaryFolder();
  await writeFile(
    join(folder, 'main.tf'),
    `variable "cors" {}
resource "azapi_resource" "fn" {
  type      = "Microsoft.Web/sites@2024-04-01"
  name      = "fn-azapi"
  parent_id = "/subscriptions/s/resourceGroups/rg"
  body      = { kind = "functionapp", properties = { siteConfig = { cors = var.cors } } }
}
resource "azapi_update_resource" "cors" {
  type        = "Microsoft.Web/sites@2024-04-01"
  resource_id = azapi_resource.fn.id
  body        = { properties = { siteConfig = { cors = { supportCredentials = false } } } }
}
`,
  );
  const places = await placesIn(folder);
  expect(places.find(({ control }) => control === 'cors.origins')).toMatchObject({ state: 'not-resolved' });
  expect(places.find(({ control }) => control === 'cors.credentials')).toMatchObject({ state: 'right', line: 11 });
});

test('configuration of a site that is not in the code is shown, and not resolved', async () => {
  const folder = await temporaryFolder();
  const child = (name: string, type: string, more: string, properties: string) =>
    `resource ${name} 'Microsoft.Web/sites/${type}@2023-12-01' = { ${more}, properties: { ${properties} } }\n`;
  await writeFile(
    join(folder, 'main.bicep'),
    `param name string
resource fn 'Microsoft.Web/sites@2023-12-01' existing = { name: 'fn-outside' }
resource web 'Microsoft.Web/sites@2023-12-01' = { name: 'web-inside', kind: 'app', properties: {} }
${child('a', 'config', "parent: fn, name: 'web'", "minTlsVersion: '1.0', ftpsState: 'Disabled'")}${child(
      'b',
      'basicPublishingCredentialsPolicies',
      "name: 'fn-outside/scm'",
      'allow: true',
    )}${child('c', 'config', "parent: web, name: 'web'", "minTlsVersion: '1.0'")}${child('d', 'config', "name: '${'${name}'}/web'", 'remoteDebuggingEnabled: true')}`,
  );
  await writeFile(
    join(folder, 'main.tf'),
    `resource "azurerm_linux_function_app" "fn" {
  name = "fn-inside"
  site_config {}
}
resource "azapi_resource" "scm" {
  type      = "Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01"
  parent_id = azurerm_linux_function_app.fn.id
  name      = "scm"
  body      = { properties = { allow = false } }
}
`,
  );
  const places = await placesIn(folder);
  const outside = places
    .filter(({ app }) => app !== 'fn-inside')
    .map(({ app, control, line, state }) => `${app} ${control} ${line} ${state}`);
  expect(outside).toEqual([
    'fn-outside https.min-tls 4 not-resolved',
    'fn-outside deployment-credentials.scm 5 not-resolved',
    'fn-outside ftp.state 4 not-resolved',
    'd remote-debugging.off 7 not-resolved',
  ]);
  expect(places.find(({ app }) => app === 'fn-outside')?.why).toBe('the site is not in this code, so it may be a web app');
  expect(places.find(({ app, control }) => app === 'fn-inside' && control === 'deployment-credentials.scm')).toMatchObject({
    state: 'right',
  });
});

test('children inside of a resource that a loop or copy repeats belong to it', async () => {
  const folder = await temporaryFolder();
  await writeFile(
    join(folder, 'main.bicep'),
    `resource fn 'Microsoft.Web/sites@2023-12-01' = [for i in range(0, 2): {
  name: 'fn-\${i}'
  kind: 'functionapp'
  properties: { siteConfig: { minTlsVersion: '1.2' } }
  resource web 'config' = { name: 'web', properties: { minTlsVersion: '1.0' } }
}]
`,
  );
  const child = { type: 'config', apiVersion: '2023-12-01', name: 'web', properties: { minTlsVersion: '1.1' } };
  const site = {
    type: 'Microsoft.Web/sites',
    apiVersion: '2023-12-01',
    name: "[concat('fn', copyIndex())]",
    copy: { name: 'c', count: 2 },
    kind: 'functionapp',
    properties: { siteConfig: { minTlsVersion: '1.2' } },
    resources: [child],
  };
  const $schema = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#';
  await writeFile(join(folder, 'copied.json'), JSON.stringify({ $schema, contentVersion: '1.0.0.0', resources: [site] }));
  const found = (await placesIn(folder)).filter(({ control }) => control === 'https.min-tls');
  expect(found.map(({ app, state, present }) => `${app} ${state} ${String(present)}`).toSorted()).toEqual([
    '/resources/0 declared 1.1',
    'fn declared 1.0',
  ]);
});

test('one ignored setting leaves the other settings resolved', async () => {
  const folder = await temporaryFolder();
  await writeFile(
    join(folder, 'main.tf'),
    `resource "azurerm_linux_function_app" "fn" {
  name = "fn-ignored"
  app_settings = {
    ASPNETCORE_ENVIRONMENT       = "Development"
    PaymentApiKey                = "0123456789abcdef0123456789abcdef"
    AzureWebJobsDisableHomepage  = "true"
  }
  site_config {}
  lifecycle {
    ignore_changes = [app_settings["ASPNETCORE_ENVIRONMENT"], tags]
  }
}
`,
  );
  const places = await placesIn(folder);
  const place = (id: string) => places.find(({ control }) => control === id);
  expect(place('access-keys.home-page')).toMatchObject({ state: 'right', line: 6 });
  expect(place('app-settings.clear-secrets')).toMatchObject({ state: 'declared', line: 5 });
  expect(place('app-settings.development')).toMatchObject({ state: 'not-resolved', why: expect.stringContaining('ignore_changes') });
});

test('a spread replaces the members before it, and union merges objects in objects', async () => {
  const folder = await temporaryFolder();
  const site = (name: string, properties: string) =>
    `resource ${name} 'Microsoft.Web/sites@2024-11-01' = { name: 'fn-${name}', kind: 'functionapp', properties: ${properties} }\n`;
  await writeFile(
    join(folder, 'main.bicep'),
    `param more object
var base = { httpsOnly: true, siteConfig: { minTlsVersion: '1.0', cors: { allowedOrigins: ['*'] } } }
${site('after', "{ siteConfig: { minTlsVersion: '1.2', ...base.siteConfig } }")}${site(
      'before',
      "{ siteConfig: { ...base.siteConfig, minTlsVersion: '1.2' } }",
    )}${site('open', "{ siteConfig: { minTlsVersion: '1.2', ...more } }")}${site(
      'union',
      "union(base, { siteConfig: { ftpsState: 'Disabled' } })",
    )}${site('half', "union({ siteConfig: more }, { siteConfig: { minTlsVersion: '1.2' } })")}`,
  );
  const places = await placesIn(folder);
  const states = ['after', 'before', 'open', 'union', 'half'].map((app) =>
    ['https.min-tls', 'cors.origins'].map((id) => places.find((one) => one.app === `fn-${app}` && one.control === id)?.state),
  );
  expect(states).toEqual([
    ['declared', 'declared'],
    ['right', 'declared'],
    ['not-resolved', 'not-resolved'],
    ['declared', 'declared'],
    ['right', 'not-resolved'],
  ]);
});

test('a spread in a list leaves the other members of the resource readable', async () => {
  const folder = await temporaryFolder();
  await writeFile(
    join(folder, 'main.bicep'),
    `var shared = [{ name: 'FUNCTIONS_EXTENSION_VERSION', value: '~4' }]
resource fn 'Microsoft.Web/sites@2024-11-01' = {
  name: 'fn-list'
  kind: 'functionapp'
  properties: {
    httpsOnly: false
    siteConfig: { appSettings: [...shared, { name: 'AzureWebJobsDisableHomepage', value: 'true' }] }
  }
}
`,
  );
  const places = await placesIn(folder);
  const place = (id: string) => places.find(({ control }) => control === id);
  expect(place('https.https-only')).toMatchObject({ state: 'declared', line: 6 });
  expect(place('runtime.functions-version')).toMatchObject({ state: 'not-resolved' });
});

test('the place of several members is one that is not right yet', async () => {
  const folder = await temporaryFolder();
  await writeFile(
    join(folder, 'main.tf'),
    `resource "azurerm_linux_function_app" "fn" {
  name                       = "fn-cert"
  client_certificate_enabled = true
  site_config {
    minimum_tls_cipher_suite = "TLS_RSA_WITH_AES_128_CBC_SHA"
  }
}
`,
  );
  const places = await placesIn(folder);
  expect(places.find(({ control }) => control === 'https.client-cert')).toMatchObject({
    state: 'absent',
    present: null,
    wanted: 'Required',
  });
  expect(places.find(({ control }) => control === 'https.cipher-suite')).toMatchObject({
    line: 5,
    present: 'TLS_RSA_WITH_AES_128_CBC_SHA',
  });
});

test('a vault without a permission model is not resolved with an API version whose new vaults use Azure RBAC', async () => {
  const folder = await temporaryFolder();
  const states = async (version: string) => {
    await writeFile(
      join(folder, 'main.bicep'),
      `resource kv 'Microsoft.KeyVault/vaults@${version}' = { name: 'kv-pay', properties: { enablePurgeProtection: true } }
resource fn 'Microsoft.Web/sites@2024-04-01' = {
  name: 'fn-kv'
  kind: 'functionapp'
  properties: { siteConfig: { appSettings: [{ name: 'Key', value: '@Microsoft.KeyVault(VaultName=kv-pay;SecretName=key)' }] } }
}
`,
    );
    return (await placesIn(folder)).find(({ control }) => control === 'key-vault.rbac');
  };
  expect(await states('2023-07-01')).toMatchObject({ state: 'absent' });
  expect(await states('2026-02-01')).toMatchObject({ state: 'not-resolved', why: expect.stringContaining('a new vault uses Azure RBAC') });
});

test('azapi blocks change resources of azurerm: the app, its children, its account and its vault', async () => {
  const folder = await temporaryFolder();
  const block = (name: string, type: string, id: string, body: string) =>
    `resource "azapi_update_resource" "${name}" {\n  type        = "${type}@2024-04-01"\n  resource_id = ${id}\n  body        = ${body}\n}\n`;
  const found = async (more: string) => {
    await writeFile(
      join(folder, 'main.tf'),
      `variable "body" {}
resource "azurerm_storage_account" "st" {
  name            = "stboth"
  min_tls_version = "TLS1_2"
}
resource "azurerm_key_vault" "kv" {
  name                     = "kv-both"
  purge_protection_enabled = true
}
resource "azurerm_linux_function_app" "fn" {
  name                          = "fn-both"
  storage_account_name          = azurerm_storage_account.st.name
  storage_uses_managed_identity = true
  app_settings                  = { Key = "@Microsoft.KeyVault(VaultName=kv-both;SecretName=key)" }
  site_config {
    cors {
      allowed_origins = ["https://contoso.com"]
    }
  }
}
${more}`,
    );
    const places = await placesIn(folder);
    return (id: string) => places.find(({ control }) => control === id);
  };
  const fn = 'azurerm_linux_function_app.fn.id';
  const policy = 'Microsoft.Web/sites/basicPublishingCredentialsPolicies';
  const place = await found(
    [
      block('a', 'Microsoft.Web/sites', fn, '{ properties = { httpsOnly = true, siteConfig = { CORS = { supportCredentials = true } } } }'),
      block('b', 'Microsoft.Web/sites/config', `"\${${fn}}/config/web"`, '{ properties = { minTlsVersion = "1.0" } }'),
      block('c', policy, `"\${${fn}}/basicPublishingCredentialsPolicies/ftp"`, '{ properties = { allow = false } }'),
      `resource "azapi_resource" "d" {\n  type      = "${policy}@2024-04-01"\n  parent_id = ${fn}\n  name      = "scm"\n  body      = { properties = { allow = false } }\n}\n`,
      block('e', 'Microsoft.Storage/storageAccounts', 'azurerm_storage_account.st.id', '{ properties = { minimumTlsVersion = "TLS1_0" } }'),
      block('f', 'Microsoft.KeyVault/vaults', 'azurerm_key_vault.kv.id', '{ properties = { enablePurgeProtection = false } }'),
    ].join(''),
  );
  const states = (from: typeof place, ...ids: readonly string[]) => ids.map((id) => from(id)?.state);
  expect(states(place, 'https.https-only', 'deployment-credentials.ftp', 'deployment-credentials.scm')).toEqual(Array(3).fill('right'));
  expect(states(place, 'https.min-tls', 'storage.min-tls', 'key-vault.purge-protection')).toEqual(Array(3).fill('declared'));
  expect(place('cors.credentials')).toMatchObject({ state: 'declared', present: true });
  expect(place('cors.origins')).toMatchObject({ state: 'right', line: 17 });
  const open = await found(
    block('a', 'Microsoft.Web/sites', fn, 'var.body') +
      block('b', 'Microsoft.Storage/storageAccounts', 'azurerm_storage_account.st.id', 'var.body'),
  );
  expect(states(open, 'https.https-only', 'https.min-tls', 'storage.min-tls')).toEqual(Array(3).fill('not-resolved'));
});

test('firewall rules of an account that is not resolved may be those of each account', async () => {
  const folder = await temporaryFolder();
  const state = async (id: string) => {
    await writeFile(
      join(folder, 'main.tf'),
      `variable "id" {}
resource "azurerm_storage_account" "st" {
  name = "strules"
}
resource "azurerm_storage_account_network_rules" "rules" {
  storage_account_id = ${id}
  default_action     = "Deny"
}
resource "azurerm_service_plan" "p" {
  sku_name = "EP1"
}
resource "azurerm_linux_function_app" "fn" {
  name                 = "fn-rules"
  service_plan_id      = azurerm_service_plan.p.id
  storage_account_name = azurerm_storage_account.st.name
}
`,
    );
    return (await placesIn(folder)).find(({ control }) => control === 'storage.network')?.state;
  };
  expect(await state('var.id')).toBe('not-resolved');
  const named = (name: string) => `"/subscriptions/0/resourceGroups/r/providers/Microsoft.Storage/storageAccounts/${name}"`;
  expect(await state(named('STRULES'))).toBe('right');
  expect(await state(named('stother'))).toBe('absent');
});

test('a sign-in in Terraform is not resolved, and the reason names what no code contains', async () => {
  const folder = await temporaryFolder();
  const why = async (more: string) => {
    await writeFile(
      join(folder, 'main.tf'),
      `resource "azurerm_linux_function_app" "fn" {\n  name = "fn-anyone"\n  auth_settings_v2 {\n    auth_enabled = true\n    ${more}\n  }\n}\n`,
    );
    const found = (await placesIn(folder)).find(({ control }) => control === 'authentication.required');
    return found?.state === 'not-resolved' ? found.why : found?.state;
  };
  expect(await why('unauthenticated_action = "AllowAnonymous"')).toBe('The code does not contain functions.');
  expect(await why('require_authentication = true')).toContain('identity providers');
});

test('a child belongs to an app whose name only the deployment knows, and is not passed over if its app is not known', async () => {
  const found = async (files: Readonly<Record<string, string>>) => {
    const folder = await temporaryFolder();
    for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
    const places = await placesIn(folder);
    return ['remote-debugging.off', 'runtime.functions-version', 'deployment-credentials.scm'].map(
      (id) => places.find(({ control }) => control === id)?.state,
    );
  };
  const site = (name: string) =>
    `resource fn 'Microsoft.Web/sites@2024-04-01' = ${name.startsWith('[') ? name : `{\n  name: ${name}\n  kind: 'functionapp'\n  properties: {}\n}`}\n`;
  const child = (type: string, parent: string, name: string, body: string) =>
    `resource ${name} 'Microsoft.Web/sites/${type}@2024-04-01' = {\n  parent: ${parent}\n  name: '${name}'\n  properties: ${body}\n}\n`;
  const children = (parent: string) =>
    child('config', parent, 'web', '{ remoteDebuggingEnabled: true }') +
    child('config', parent, 'appsettings', "{ FUNCTIONS_EXTENSION_VERSION: '~3' }") +
    child('basicPublishingCredentialsPolicies', parent, 'scm', '{ allow: true }');
  const all = ['declared', 'declared', 'declared'];
  const parameter = 'param env string\n';
  expect(await found({ 'main.bicep': parameter + site("'func-${env}-${uniqueString(resourceGroup().id)}'") + children('fn') })).toEqual(
    all,
  );
  // A name that cannot be compared is still that of its own resource.
  expect(await found({ 'main.bicep': parameter + site('env == null ? newGuid() : env') + children('fn') })).toEqual(all);
  const call = (symbol: string, name: string) =>
    `module ${symbol} '${symbol}.bicep' = {\n  name: '${symbol}'\n  params: { name: ${name} }\n}\n`;
  const modules = (first: string, second: string) => ({
    'main.bicep': parameter + call('app', first) + call('more', second),
    'app.bicep': `param name string\n${site('name')}`,
    'more.bicep': `param name string\nresource fn 'Microsoft.Web/sites@2024-04-01' existing = { name: name }\n${children('fn')}`,
  });
  expect(await found(modules("'func-${env}'", "'func-${env}'"))).toEqual(all);
  const open = ['not-resolved', 'not-resolved', 'not-resolved'];
  expect(await found(modules("'func-${env}'", "'web-${env}'"))).toEqual(open);
  const loop = "[for one in names: {\n  name: one\n  kind: 'functionapp'\n  properties: {}\n}]";
  expect(await found({ 'main.bicep': `param names array\n${site(loop)}${children('fn[0]')}` })).toEqual(open);
  const resource = (type: string, name: string, properties: object) => ({ type: `Microsoft.Web/sites${type}`, name, properties });
  const template = {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    parameters: { app: { type: 'string' } },
    resources: [
      {
        ...resource('', "[parameters('app')]", {}),
        kind: 'functionapp',
        resources: [{ ...resource('', 'web', { remoteDebuggingEnabled: true }), type: 'config' }],
      },
      resource('/config', "[concat(parameters('app'), '/appsettings')]", { FUNCTIONS_EXTENSION_VERSION: '~3' }),
      resource('/basicPublishingCredentialsPolicies', "[format('{0}/{1}', parameters('app'), 'scm')]", { allow: true }),
    ],
  };
  expect(await found({ 'main.json': JSON.stringify(template) })).toEqual(all);
});

test('the plan of an app is the one of its own file: other files have the same symbol', async () => {
  const folder = await temporaryFolder();
  const app = (name: string, plan: string) => `resource plan 'Microsoft.Web/serverfarms@2024-04-01' ${plan}
resource fn 'Microsoft.Web/sites@2024-04-01' = {
  name: '${name}'
  kind: 'functionapp'
  properties: { serverFarmId: plan.id }
}
`;
  await writeFile(join(folder, 'a.bicep'), app('fn-a', "= {\n  name: 'plan-a'\n  sku: { name: 'Y1' }\n}"));
  await writeFile(join(folder, 'b.bicep'), app('fn-b', "= {\n  name: 'plan-b'\n  sku: { name: 'P1v3' }\n}"));
  await writeFile(join(folder, 'c.bicep'), app('fn-c', "existing = {\n  name: 'plan-c'\n}"));
  const places = await placesIn(folder);
  const states = (control: string) =>
    ['fn-a', 'fn-b', 'fn-c'].map((name) => places.find((one) => one.app === name && one.control === control)?.state);
  expect(states('usage-quota.daily')).toEqual(['absent', undefined, 'not-resolved']);
  expect(states('https.end-to-end')).toEqual([undefined, 'absent', 'not-resolved']);
});

test('outbound routing is that of the configuration up to API version 2023-12-01, and in azurerm', async () => {
  const folder = await temporaryFolder();
  const bicep = (version: string) => `resource fn 'Microsoft.Web/sites@${version}' = {
  name: 'fn-route'
  kind: 'functionapp'
  properties: {
    serverFarmId: '/serverfarms/plan'
    virtualNetworkSubnetId: '/subscriptions/0/subnets/apps'
    siteConfig: { vnetRouteAllEnabled: true, appSettings: [] }
  }
}
resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: 'plan'
  sku: { name: 'P1v3' }
}
`;
  const state = async () => (await placesIn(folder)).find(({ control }) => control === 'isolation.route-all')?.state;
  await writeFile(join(folder, 'main.bicep'), bicep('2022-09-01'));
  expect(await state()).toBe('right');
  // Later versions ignore it (Azure/azure-cli#32634).
  await writeFile(join(folder, 'main.bicep'), bicep('2024-11-01'));
  expect(await state()).toBe('absent');
  await rm(join(folder, 'main.bicep'));
  const terraform = (config: string) => `resource "azurerm_service_plan" "p" {
  sku_name = "EP1"
}
resource "azurerm_linux_function_app" "fn" {
  name                      = "fn-route"
  service_plan_id           = azurerm_service_plan.p.id
  virtual_network_subnet_id = "/subscriptions/0/subnets/apps"
  site_config {${config}}
}
`;
  for (const [config, wanted] of [
    ['\n    vnet_route_all_enabled = true\n  ', 'right'],
    ['\n    vnet_route_all_enabled = false\n  ', 'declared'],
    ['', 'absent'],
  ] as const) {
    await writeFile(join(folder, 'main.tf'), terraform(config));
    expect(await state(), config).toBe(wanted);
  }
});

test('a block whose condition is not resolved decides nothing, unless its app has the same condition', async () => {
  const folder = await temporaryFolder();
  const states = async (file: string, text: string, ...controls: readonly string[]) => {
    await writeFile(join(folder, file), text);
    const places = await placesIn(folder);
    await rm(join(folder, file));
    return controls.map((id) => places.find(({ control }) => control === id)?.state);
  };
  const bicep = (site: string, child: string) => `param hard bool
resource fn 'Microsoft.Web/sites@2024-04-01' = ${site}{
  name: 'fn-if'
  kind: 'functionapp'
  properties: { siteConfig: { ftpsState: 'AllAllowed' } }
  resource ftp 'basicPublishingCredentialsPolicies' existing = { name: 'ftp' }
}
resource web 'Microsoft.Web/sites/config@2024-04-01' = ${child}{
  parent: fn
  name: 'web'
  properties: { ftpsState: 'Disabled', minTlsVersion: '1.2' }
}
`;
  const both = ['ftp.state', 'https.min-tls', 'deployment-credentials.ftp'] as const;
  expect(await states('main.bicep', bicep('', 'if (hard) '), ...both)).toEqual(['not-resolved', 'not-resolved', undefined]);
  expect(await states('main.bicep', bicep('if (hard) ', 'if (hard) '), ...both)).toEqual(['right', 'right', undefined]);
  expect(await states('main.bicep', bicep('', 'if (false) '), 'ftp.state')).toEqual(['declared']);
  const template = (more: object) =>
    JSON.stringify({
      $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
      parameters: { hard: { type: 'bool' } },
      resources: [
        { type: 'Microsoft.Web/sites', name: 'fn-if', kind: 'functionapp', properties: {}, ...more },
        { condition: "[parameters('hard')]", type: 'Microsoft.Web/sites/config', name: 'fn-if/web', properties: { ftpsState: 'Disabled' } },
      ],
    });
  expect(await states('main.json', template({}), 'ftp.state')).toEqual(['not-resolved']);
  expect(await states('main.json', template({ condition: "[parameters('hard')]" }), 'ftp.state')).toEqual(['right']);
  const terraform = (count: string) => `variable "hard" {}
resource "azurerm_storage_account" "st" {
  name = "stif"
}
resource "azurerm_storage_account_network_rules" "rules" {
  count              = ${count}
  storage_account_id = azurerm_storage_account.st.id
  default_action     = "Deny"
}
resource "azurerm_service_plan" "p" {
  sku_name = "EP1"
}
resource "azurerm_linux_function_app" "fn" {
  name                 = "fn-if"
  service_plan_id      = azurerm_service_plan.p.id
  storage_account_name = azurerm_storage_account.st.name
}
resource "azapi_update_resource" "web" {
  count       = ${count}
  type        = "Microsoft.Web/sites@2024-04-01"
  resource_id = azurerm_linux_function_app.fn.id
  body        = { properties = { httpsOnly = true } }
}
`;
  for (const [count, wanted] of [
    ['var.hard ? 1 : 0', 'not-resolved'],
    ['1', 'right'],
    ['0', 'absent'],
  ] as const)
    expect(await states('main.tf', terraform(count), 'storage.network', 'https.https-only'), count).toEqual([wanted, wanted]);
});

test('a module whose condition is not resolved decides nothing, and equal conditions of two modules are not the same', async () => {
  const found = async (files: Readonly<Record<string, string>>, ...ids: readonly string[]) => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'more'));
    for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
    const places = await placesIn(folder);
    return ids.map((id) => places.find(({ control }) => control === id)?.state);
  };
  const site = (when: string) =>
    `param hard bool\nresource fn 'Microsoft.Web/sites@2024-04-01' = ${when}{\n  name: 'fn-x'\n  kind: 'functionapp'\n  properties: { siteConfig: { ftpsState: 'AllAllowed' } }\n}\n`;
  const web = (when: string) =>
    `param hard bool\nresource web 'Microsoft.Web/sites/config@2024-04-01' = ${when}{\n  name: 'fn-x/web'\n  properties: { ftpsState: 'Disabled' }\n}\n`;
  const call = (file: string, when: string, hard: string) =>
    `module ${file} '${file}.bicep' = ${when}{\n  name: '${file}'\n  params: { hard: ${hard} }\n}\n`;
  const bicep = (when: string, inner: string) => ({
    'main.bicep': `param a bool\nparam b bool\n${call('app', '', 'a')}${call('more', when, 'b')}`,
    'app.bicep': site(inner),
    'more.bicep': web(inner),
  });
  expect(await found(bicep('', ''), 'ftp.state')).toEqual(['right']);
  expect(await found(bicep('if (a) ', ''), 'ftp.state')).toEqual(['not-resolved']);
  expect(await found(bicep('if (false) ', ''), 'ftp.state')).toEqual(['declared']);
  expect(await found(bicep('', 'if (hard) '), 'ftp.state')).toEqual(['not-resolved']);

  const $schema = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#';
  const child = { type: 'Microsoft.Web/sites/config', name: 'fn-x/web', properties: { ftpsState: 'Disabled' } };
  const template = (more: object) => ({
    'main.json': JSON.stringify({
      $schema,
      parameters: { hard: { type: 'bool' } },
      resources: [
        { type: 'Microsoft.Web/sites', name: 'fn-x', kind: 'functionapp', properties: {} },
        { type: 'Microsoft.Resources/deployments', name: 'd', properties: { template: { $schema, resources: [child] } }, ...more },
      ],
    }),
  });
  expect(await found(template({}), 'ftp.state')).toEqual(['right']);
  expect(await found(template({ condition: "[parameters('hard')]" }), 'ftp.state')).toEqual(['not-resolved']);

  const terraform = (count: string) => ({
    'main.tf': `variable "hard" {}
resource "azurerm_storage_account" "st" {
  name = "stx"
}
resource "azurerm_service_plan" "p" {
  sku_name = "EP1"
}
resource "azurerm_linux_function_app" "fn" {
  name                 = "fn-x"
  service_plan_id      = azurerm_service_plan.p.id
  storage_account_name = "stx"
}
module "more" {
  source = "./more"
  count  = ${count}
  st     = azurerm_storage_account.st.id
  fn     = azurerm_linux_function_app.fn.id
}
`,
    'more/main.tf': `variable "st" {}
variable "fn" {}
resource "azurerm_storage_account_network_rules" "rules" {
  storage_account_id = var.st
  default_action     = "Deny"
}
resource "azapi_update_resource" "site" {
  type        = "Microsoft.Web/sites@2024-04-01"
  resource_id = var.fn
  body        = { properties = { httpsOnly = true } }
}
`,
  });
  for (const [count, wanted] of [
    ['1', 'right'],
    ['var.hard ? 1 : 0', 'not-resolved'],
  ] as const)
    expect(await found(terraform(count), 'storage.network', 'https.https-only'), count).toEqual([wanted, wanted]);
});

test('a slot without a kind is what its site is', async () => {
  const folder = await temporaryFolder();
  const apps = async (kind: string) => {
    await writeFile(
      join(folder, 'main.bicep'),
      `param env string
resource site 'Microsoft.Web/sites@2024-04-01' = {
  name: 'site-${'${env}'}'
  kind: '${kind}'
}
resource slot 'Microsoft.Web/sites/slots@2024-04-01' = {
  parent: site
  name: 'staging'
  properties: { httpsOnly: false }
}
`,
    );
    return new Set((await placesIn(folder)).map(({ address }) => address));
  };
  expect(await apps('app')).toEqual(new Set());
  expect(await apps('functionapp')).toEqual(new Set(['site', 'slot']));
});

test('config/web overrides members of siteConfig one by one: what it leaves out keeps its value', async () => {
  const folder = await temporaryFolder();
  const found = async (child: string) => {
    await writeFile(
      join(folder, 'main.bicep'),
      `param extra object
resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: 'fn-both'
  kind: 'functionapp'
  properties: {
    siteConfig: {
      ftpsState: 'AllAllowed'
      minTlsVersion: '1.2'
      RemoteDebuggingEnabled: true
    }
  }
}
resource web 'Microsoft.Web/sites/config@2024-04-01' = {
  parent: app
  name: 'web'
  properties: ${child}
}
`,
    );
    const places = await placesIn(folder);
    const place = (id: string) => places.find(({ control }) => control === id);
    return ['ftp.state', 'https.min-tls', 'remote-debugging.off'].map((id) => [place(id)?.state, place(id)?.line]);
  };
  expect(await found("{ alwaysOn: true, minTlsVersion: '1.0' }")).toEqual([
    ['declared', 7],
    ['declared', 16],
    ['declared', 9],
  ]);
  expect(await found('{ remoteDebuggingEnabled: false }')).toEqual([
    ['declared', 7],
    ['right', 8],
    ['right', 16],
  ]);
  // The object may set each of the members.
  expect((await found('union(extra, { alwaysOn: true })')).map(([state]) => state)).toEqual(Array(3).fill('not-resolved'));
});

test('the row that Azure adds to access rules is none in code: Azure ignores it, and the app stays open', async () => {
  const folder = await temporaryFolder();
  const app = (action: string) => `resource app 'Microsoft.Web/sites@2023-12-01' = {
  name: 'fn-open'
  kind: 'functionapp'
  properties: {
    publicNetworkAccess: 'Enabled'
    siteConfig: {
      ipSecurityRestrictions: [{ ipAddress: 'Any', action: 'Deny', priority: 2147483647, name: 'Deny all' }]${action}
    }
  }
}
`;
  const found = async (action: string) => {
    await writeFile(join(folder, 'main.bicep'), app(action));
    const places = await placesIn(folder);
    return ['rules', 'default-action'].map((id) => places.find(({ control }) => control === `access-restrictions.${id}`)?.state);
  };
  expect(await found('')).toEqual(['declared', 'absent']);
  expect(await found("\n      ipSecurityRestrictionsDefaultAction: 'Deny'")).toEqual(['right', 'right']);
});

test('the image of a Terraform app shows its registry: its password need not stay where an identity pulls', async () => {
  const folder = await temporaryFolder();
  const app = (byIdentity: boolean) => `resource "azurerm_linux_function_app" "a" {
  name                 = "fn-image"
  storage_account_name = "stimage"
  app_settings         = { DOCKER_REGISTRY_SERVER_PASSWORD = "kQ7pL29xZ0vB4nM8" }
  site_config {
    container_registry_use_managed_identity = ${byIdentity}
    application_stack {
      docker {
        registry_url = "https://contoso.azurecr.io"
        image_name   = "orders"
        image_tag    = "1"
      }
    }
  }
}
`;
  for (const [byIdentity, state] of [
    [true, 'declared'],
    [false, 'right'],
  ] as const) {
    await writeFile(join(folder, 'main.tf'), app(byIdentity));
    const found = (await placesIn(folder)).find(({ control }) => control === 'app-settings.clear-secrets');
    expect(found, String(byIdentity)).toMatchObject({ state });
  }
});

test('a kind that depends on a condition is known where each of its values is a function app, and that of Flex Consumption always', async () => {
  const folder = await temporaryFolder();
  const site = (kind: string) =>
    `param linux bool\nparam other bool\nvar kind = ${kind}\nresource app 'Microsoft.Web/sites@2024-04-01' = {\n  name: 'fn-either'\n  kind: kind\n  properties: { httpsOnly: false }\n}\n`;
  for (const kind of [
    "linux ? 'functionapp,linux' : 'functionapp'",
    "linux ? 'functionapp,linux' : (other ? 'functionapp' : 'FunctionApp,Linux')",
  ]) {
    await writeFile(join(folder, 'main.bicep'), site(kind));
    expect((await placesIn(folder)).find(({ control }) => control === 'https.https-only')).toMatchObject({ state: 'declared' });
  }
  const flex = site('other').replace('{ httpsOnly: false }', "{ httpsOnly: false, functionAppConfig: { runtime: { name: 'node' } } }");
  await writeFile(join(folder, 'main.bicep'), flex);
  expect((await placesIn(folder)).find(({ control }) => control === 'https.https-only')).toMatchObject({ state: 'declared' });
});

test('code in an unsupported format is reported, and does not count as no code', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'live'));
  const app = { resource: { azurerm_linux_function_app: { a: { name: 'fn-json', https_only: false } } } };
  await writeFile(join(folder, 'main.tf.json'), JSON.stringify(app));
  await writeFile(join(folder, 'app.tofu'), 'resource "azurerm_linux_function_app" "b" {\n  name = "fn-tofu"\n}\n');
  await writeFile(join(folder, 'live', 'terragrunt.hcl'), 'terraform {\n  source = "../app"\n}\n');
  const inside = (name: string, kind: string) =>
    `resource "azurerm_resource_group_template_deployment" "${name}" {\n  template_content = ${JSON.stringify(JSON.stringify({ type: 'Microsoft.Web/sites', kind }))}\n}`;
  await writeFile(
    join(folder, 'older.tf'),
    [
      'resource "azurerm_function_app" "old" {\n  count = 2\n  name  = "fn-old"\n}',
      inside('in', '[variables(1)]'),
      inside('web', 'app,linux'),
      'resource "azurerm_resource_group_template_deployment" "out" {\n  template_content = file("app.json")\n}\n',
    ].join('\n'),
  );
  const site = (name: string, kind: string) =>
    `resource ${name} 'Microsoft.Web/sites@2024-04-01' = {\n  name: '${name}'\n  kind: ${kind}\n}\n`;
  const kinds = {
    fnuntold: "'functionapp,${kind}'",
    web: "'app'",
    webs: "empty(kind) ? 'app' : 'app,linux'",
    either: "empty(kind) ? 'app' : 'functionapp'",
  };
  const sites = Object.entries(kinds).map(([name, kind]) => site(name, kind));
  await writeFile(join(folder, 'kinds.bicep'), `param kind string\n${sites.join('')}`);
  const here = cloud(contoso(), await temporaryFolder());
  const { code, stderr } = await here.command('source', '--check', folder);
  expect(code).toBe(1);
  for (const [file, why] of [
    ['main.tf.json:1', 'Terraform in JSON'],
    ['app.tofu:1', 'OpenTofu'],
    ['live/terragrunt.hcl:1', 'Terragrunt'],
    ['older.tf:1', 'azurerm_function_app of azurerm 3'],
    ['older.tf:5', 'a template inside Terraform'],
    ['kinds.bicep:2', 'the kind of fnuntold is not resolved'],
    ['kinds.bicep:14', 'the kind of either is not resolved'],
  ])
    expect(stderr).toMatch(new RegExp(`NOTE: ${file} was not read completely: .*${why}`));
  expect(stderr.match(/older\.tf|kinds\.bicep/g)).toHaveLength(4);
  expect((await here.command('audit', '--app', 'fn-orders', '--source', folder)).stderr).toContain('main.tf.json');
});

test('a linked template is reported, and its content is not guessed', async () => {
  const here = cloud(contoso(), await temporaryFolder());
  const { stderr } = await here.command('source', join(SAMPLES, 'nested'));
  const line = await lineOf('nested', 'azuredeploy.json', 'templateLink');
  expect(stderr).toMatch(new RegExp(`azuredeploy\\.json:${line} .*linked template https://contoso\\.example/templates/function\\.json`));
});

test('addresses have the format of each language', async () => {
  const address = async (sample: string, app: string) =>
    (await placesIn(join(SAMPLES, sample))).find((one) => one.app === app && one.control === 'https.https-only')?.address;
  expect(await address('modules', 'fn-intake')).toBe('module.intake.azurerm_linux_function_app.this');
  expect(await address('for-each', 'fn-orders')).toBe('azurerm_linux_function_app.each["orders"]');
  expect(await address('layered', 'fn-a')).toBe('module.apps["fn-a"].azurerm_linux_function_app.app');
  expect(await address('arm', 'fn-intake')).toBe('/resources/2');
  expect(await address('bicep', 'fn-events')).toBe('app');
});

test('on a terminal, the lines are wrapped at words; in a pipe they are whole', async () => {
  const here = await world();
  const args = ['source', join(SAMPLES, 'one-file')];
  const [narrow, whole] = [await inside(here, args, {}, 40), await inside(here, args, {}, 40, true)];
  const words = new Set(whole.stdout.split(/\s+/));
  expect(narrow.stdout.split(/\s+/).filter((word) => !words.has(word))).toEqual([]);
  expect(narrow.stdout.split('\n').filter((text) => text.length > 40 && text.trim().includes(' '))).toEqual([]);
  expect(whole.stdout.split('\n').length).toBeLessThan(narrow.stdout.split('\n').length);
});
