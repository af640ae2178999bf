/** The roles that `steps --permissions` prints. */
import { expect, test } from 'vitest';
import { parse } from '../../src/cli/parse.ts';
import { builtInForAll, heldAt, isData, scopeName, slotAction } from '../../src/engine/plan/rights.ts';
import { leastRoles } from '../../src/report/permissions.ts';
import { catalogue } from '../../steps/index.ts';

const only = (...ids: string[]) => catalogue.filter(({ id }) => ids.includes(id));

test('an area needs its own actions and those that find the apps, for sites and slots', () => {
  const [audit, apply] = leastRoles(only('ftp'));
  expect(audit!.definition.Actions).toEqual([
    'Microsoft.ResourceGraph/resources/read',
    'Microsoft.Web/sites/config/read',
    'Microsoft.Web/sites/read',
    'Microsoft.Web/sites/slots/config/read',
    'Microsoft.Web/sites/slots/read',
  ]);
  expect(apply!.definition.Actions).toEqual(
    expect.arrayContaining(['Microsoft.Web/sites/config/write', 'Microsoft.Authorization/locks/read']),
  );
  expect(apply!.definition.Actions.filter((action) => /\/(write|delete)$/.test(action))).toEqual([
    'Microsoft.Web/sites/config/write',
    'Microsoft.Web/sites/slots/config/write',
  ]);
  expect(apply!.needs.get('Microsoft.Web/sites/config/write')).toEqual(['ftp']);
});

test('no wildcard, data actions separately, one scope to fill in; an attested control needs no write', () => {
  for (const { definition } of leastRoles(catalogue)) {
    expect([...definition.Actions, ...definition.DataActions].filter((action) => action.includes('*'))).toEqual([]);
    expect(definition.Actions.filter(isData)).toEqual([]);
    expect(definition.AssignableScopes).toEqual(['/subscriptions/SUBSCRIPTION_ID']);
  }
  expect(leastRoles(catalogue)[1]!.definition.DataActions).toEqual(['Microsoft.KeyVault/vaults/secrets/getSecret/action']);
  const [audit, apply] = leastRoles(only('data-validation'));
  expect(apply!.definition.Actions).toEqual(audit!.definition.Actions);
});

test('the baseline profile leaves out actions of strict controls', () => {
  const writes = (profile?: 'baseline') => leastRoles(only('access-keys'), profile)[1]!.definition.Actions;
  expect(writes()).toContain('Microsoft.Web/serverfarms/join/action');
  expect(writes('baseline')).not.toContain('Microsoft.Web/serverfarms/join/action');
});

test('built-in roles, slots, scopes', () => {
  expect(builtInForAll(['Microsoft.Web/sites/read', 'Microsoft.Web/sites/config/write'])).toEqual(['Website Contributor']);
  expect(slotAction('Microsoft.Web/sites/slots/read')).toBe('Microsoft.Web/sites/slots/read');
  expect(slotAction('Microsoft.Web/sites/read')).toBe('Microsoft.Web/sites/slots/read');
  const group = '/subscriptions/s/resourceGroups/g';
  const site = `${group}/providers/Microsoft.Web/sites/a`;
  expect(heldAt(`${site}/slots/b/config/web`)).toBe(`${site}/slots/b`);
  expect(heldAt(`${group}/providers/Microsoft.KeyVault/vaults/v`, true), 'what is to be made has the rights of its group').toBe(group);
  expect(heldAt(`${group}/providers/Microsoft.Authorization/roleAssignments/x`)).toBe(group);
  expect(heldAt('/subscriptions/s/providers/Microsoft.Security/pricings/AppServices')).toBe('/subscriptions/s');
  expect(scopeName(`${site}/slots/b`)).toBe('a/b');
  expect(scopeName(group)).toBe('the resource group g');
});

test('options of the permissions command are checked', () => {
  expect(parse(['steps', '--permissions', '--profile', 'baseline', '--step', 'https', 'ftp'], 'test', () => {})?.options).toMatchObject({
    permissions: true,
    step: ['https', 'ftp'],
  });
});
