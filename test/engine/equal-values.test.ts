/** Values that Azure returns in another form than they were sent: which of them are equal, and which are not. */
import { expect, test } from 'vitest';
import type { Json } from '../../src/azure/index.ts';
import { showsJson } from '../../src/change/shown.ts';

const SUBNET = '/subscriptions/s/resourceGroups/rg-Shop/providers/Microsoft.Network/virtualNetworks/vnet-Shop/subnets/Apps';
const rule = (name: string, priority: number, more: { [name: string]: Json } = {}) => ({
  ipAddress: '203.0.113.7/32',
  action: 'Allow',
  priority,
  name,
  ...more,
});

test.each<[string, Json | undefined, Json, string?]>([
  // Recorded: enums of functionAppConfig are read in lower case, ids of vault rules (Azure/azure-cli#18391) and of certificate orders
  // (Azure/azure-rest-api-specs#28498, #29446) too.
  ['an enum in lower case', 'storageaccountconnectionstring', 'StorageAccountConnectionString'],
  ['an id in lower case', SUBNET.toLowerCase(), SUBNET],
  ['an id with one other word', SUBNET.replace('resourceGroups', 'resourcegroups'), SUBNET],
  ['an id of a tenant', '/providers/microsoft.authorization/roledefinitions/a', '/providers/Microsoft.Authorization/roleDefinitions/a'],
  ['ids in a list', [{ id: SUBNET.toLowerCase() }], [{ id: SUBNET }]],
  ['an id of a client', 'D1A7C0DE-0001-4F6E-8B1A-C0FFEE000001', 'd1a7c0de-0001-4f6e-8b1a-c0ffee000001', 'properties.clientId'],
  // hashicorp/terraform-provider-azurerm#6608: rules are read in another order.
  ['addresses in another order', [{ value: '10.0.0.2' }, { value: '10.0.0.1' }], [{ value: '10.0.0.1' }, { value: '10.0.0.2' }]],
  ['rules sorted by priority', [rule('a', 100), rule('b', 200)], [rule('b', 200), rule('a', 100)]],
  ['rules with a default tag and empty members', [rule('a', 1, { tag: 'Default', headers: {}, description: null })], [rule('a', 1)]],
  ['origins in lower case', ['https://portal.contoso.com'], ['https://Portal.Contoso.com']],
  ['a URL whose host is in lower case', 'https://login.contoso.com/A/v2', 'https://Login.contoso.com/A/v2'],
  ['a host name', 'shop.contoso.com', 'Shop.Contoso.com'],
  ['words in another order', 'Metrics, Logging, AzureServices', 'Logging, Metrics, AzureServices'],
  ['one address with its prefix length', [{ value: '203.0.113.7/32' }], [{ value: '203.0.113.7' }]],
  ['an IPv6 address in lower case', '2001:db8::1/128', '2001:DB8::1'],
  ['an empty list as null', null, []],
  ['a removed list as an empty one', [], null],
  ['a list that was added empty', { a: 1, allowedApplications: [] }, { a: 1 }],
  ['a null that was removed', { a: 1 }, { a: 1, b: null }],
  ['a default that was added', { enabled: true, days: 7, allowPermanentDelete: false }, { enabled: true, days: 7 }],
  ['a time with other precision', '2026-11-29T08:00:00.0000000Z', '2026-11-29T08:00:00Z'],
  ['a time in another zone', '2026-11-29T08:00:00+00:00', '2026-11-29T08:00:00Z'],
  ['a flag as a word', { enabled: 'True' }, { enabled: true }],
  ['a word as a flag', false, 'False'],
  ['a member in another case', { VnetRouteAllEnabled: true }, { vnetRouteAllEnabled: true }],
])('%s is equal to the sent value', (_, have, want, path) => {
  expect(showsJson(have, want, path)).toBe(true);
});

test.each<[string, Json | undefined, Json, string?]>([
  ['another word', 'AllAllowed', 'FtpsOnly'],
  ['another id', SUBNET.replace('Apps', 'other'), SUBNET],
  ['one more rule', [rule('a', 1), rule('b', 2)], [rule('a', 1)]],
  ['one rule fewer', [rule('a', 1)], [rule('a', 1), rule('b', 2)]],
  ['one of two repeated', [{ value: 'a' }, { value: 'a' }], [{ value: 'a' }, { value: 'b' }]],
  ['a rule with another priority', [rule('a', 2)], [rule('a', 1)]],
  [
    'two rules of one priority in the other order',
    [rule('b', 1, { action: 'Deny' }), rule('a', 1)],
    [rule('a', 1), rule('b', 1, { action: 'Deny' })],
  ],
  ['a rule that is limited to a header', [rule('a', 1, { headers: { 'x-azure-fdid': ['g'] } })], [rule('a', 1)]],
  ['a rule with another action', [rule('a', 1, { action: 'Deny' })], [rule('a', 1)]],
  ['a disabled row', [{ category: 'FunctionAppLogs', enabled: false }], [{ category: 'FunctionAppLogs', enabled: true }]],
  ['an empty list where some were sent', [], [{ value: '10.0.0.1' }]],
  ['null where some were sent', null, ['https://a.contoso.com']],
  ['a list where none was sent', ['*'], []],
  ['an empty text', '', null],
  ['an origin with a path', ['https://a.contoso.com/'], ['https://a.contoso.com']],
  ['http for https', 'http://a.contoso.com', 'https://a.contoso.com'],
  ['a path in another case', 'https://login.contoso.com/a', 'https://login.contoso.com/A'],
  ['a tag in another case', { owner: 'dana' }, { owner: 'Dana' }, 'tags'],
  [
    'a client of another service in another case',
    { clientId: 'abc.apps.googleusercontent.com' },
    { clientId: 'ABC.apps.googleusercontent.com' },
  ],
  ['a whole range for one address', '203.0.113.7/24', '203.0.113.7'],
  ['one more word', 'Logging, Metrics', 'Logging'],
  ['another time', '2026-11-29T08:00:01Z', '2026-11-29T08:00:00Z'],
  ['false where nothing was sent', true, false],
  ['a member that is missing', { a: 1 }, { a: 1, b: false }],
  ['the other word for a flag', 'True', false],
])('%s differs from the sent value', (_, have, want, path) => {
  expect(showsJson(have, want, path)).toBe(false);
});
