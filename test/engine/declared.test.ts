/** Declarations of areas, for code that has no area. */
import { expect, test } from 'vitest';
import { catalogue } from '../../steps/index.ts';
import { closesSomething, declareAreas, isPlainSetting, terraformName } from '../../src/contract/index.ts';
import type { Json, ResourceKey } from '../../src/azure/index.ts';

const set = (path: string, after: Json) => ({ path: `properties.${path}`, after });
const row = { ipAddress: '203.0.113.0/24', action: 'Allow' };

test.each<readonly [string, ResourceKey, readonly { path: string; after: Json }[], boolean]>([
  ['certificates asked for', 'site', [set('clientCertEnabled', true)], true],
  ['certificates not asked for', 'site', [set('clientCertEnabled', false)], false],
  ['no path left out', 'site', [set('clientCertExclusionPaths', '')], true],
  ['one path left out', 'site', [set('clientCertExclusionPaths', '/open')], false],
  ['no public network', 'site', [set('publicNetworkAccess', 'Disabled')], true],
  ['the public network', 'site', [set('publicNetworkAccess', 'Enabled')], false],
  ['no keys', 'storageAccounts', [set('allowSharedKeyAccess', false)], true],
  ['keys', 'storageAccounts', [set('allowSharedKeyAccess', true)], false],
  ['a firewall', 'vaults', [set('networkAcls', { defaultAction: 'Deny', ipRules: [] })], true],
  ['a firewall that allows all callers', 'storageAccounts', [set('networkAcls', { defaultAction: 'Allow' })], false],
  ['a sign-in', 'authSettings', [{ path: 'properties', after: { globalValidation: { requireAuthentication: true } } }], true],
  ['no sign-in', 'authSettings', [{ path: 'properties', after: { platform: { enabled: false } } }], false],
  ['rules', 'siteConfig', [set('ipSecurityRestrictions', [row])], true],
  [
    'rules, and all others',
    'siteConfig',
    [set('ipSecurityRestrictions', [row]), set('ipSecurityRestrictionsDefaultAction', 'Allow')],
    false,
  ],
  ['no caller by default', 'siteConfig', [set('scmIpSecurityRestrictionsDefaultAction', 'Deny')], true],
  ['no rules', 'siteConfig', [set('scmIpSecurityRestrictions', [])], false],
])('%s on %s', (_, key, sets, closes) => {
  expect(closesSomething(key, sets)).toBe(closes);
});

test('a setting is not secret if its area declares it, in any case, and no other setting', () => {
  for (const name of [
    'AzureWebJobsDisableHomepage',
    'azurewebjobssecretstoragetype',
    'FLASK_DEBUG',
    'ASPNETCORE_ENVIRONMENT',
    'Orders__accountName',
  ])
    expect(isPlainSetting(name), name).toBe(true);
  for (const name of ['ServiceBus', 'MY_DEBUG_TOKEN', 'WEBSITE_CONTENTAZUREFILECONNECTIONSTRING', 'Orders__accountKey'])
    expect(isPlainSetting(name), name).toBe(false);
});

test('Terraform names are declared with the member', () => {
  expect(terraformName('siteConfig', 'properties.ftpsState')).toBe('site_config.ftps_state');
  expect(terraformName('vaults', 'properties.networkAcls')).toBe('azurerm_key_vault.network_acls');
  expect(terraformName('siteConfig', 'properties.httpLoggingEnabled')).toBeUndefined();
});

test('loading an area loads all its declarations', () => {
  const [first] = catalogue;
  declareAreas([{ ...first!, plain: ['MY_SWITCH'], closes: [{ at: ['site', 'properties.sshEnabled'], when: false }] }]);
  expect([isPlainSetting('MY_SWITCH'), isPlainSetting('DEBUG')]).toEqual([true, false]);
  expect(closesSomething('site', [set('sshEnabled', false)])).toBe(true);
  declareAreas(catalogue);
});
