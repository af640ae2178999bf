/** Which values count as secrets, and which of them findings may show. */
import { expect, test } from 'vitest';
import { RESOURCES } from '../../src/arm/resource-table.ts';
import { learnFrom } from '../../src/arm/secret-places.ts';
import { redact } from '../../src/change/redact.ts';
import { secrets } from '../../src/change/secrets.ts';

const AUTH = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Web/sites/fn/config/authsettings';

test('a path that is excluded from authentication is shown; a client secret of the old format is not', () => {
  learnFrom(`${AUTH}V2/list`, null, { properties: { globalValidation: { excludedPaths: ['/api/Get-Orders-7'] } } });
  learnFrom(`${AUTH}/list`, null, { properties: { clientSecret: 'q8Zr~tQ-77abcDEF' } });
  expect(secrets.fromText('open: /api/get-orders-7')).toBe('open: /api/get-orders-7');
  expect(secrets.fromText('refused: q8Zr~tQ-77abcDEF')).not.toContain('q8Zr');
});

test('tags of the site that Azure repeats beside the settings are shown; a setting of the same name is not', () => {
  const tags = { owner: 'dana.lee@northwind.example', costcenter: 'Tailspin 4711', 'api-key': 'payments-9' };
  learnFrom('/subscriptions/s/resourceGroups/rg/providers/Microsoft.Web/sites/fn/config/appsettings/list', null, {
    tags,
    properties: { tags: 'Kq7/pL-29xZ+' },
  });
  const line = Object.values(tags).join(' ');
  expect(secrets.fromQuote(line)).toBe(line);
  expect(secrets.fromText('refused: Kq7/pL-29xZ+')).not.toContain('Kq7');
});

test('a connection string that was pasted into the name of a setting is shown and recorded without its password', () => {
  const properties = { 'Server=sql-1;Password=Wd7-kLm29Zx;': '1', TARGET: '1' };
  learnFrom('/subscriptions/s/resourceGroups/rg/providers/Microsoft.Web/sites/fn/config/appsettings/list', null, { properties });
  expect(secrets.fromText(Object.keys(properties).join(', '))).toBe('Server=sql-1;Password=(sensitive value);, TARGET');
  expect(Object.keys(redact(properties) as object)).toEqual(['Server=sql-1;Password=(sensitive value);', 'TARGET']);
});

test('the parts of a setting name after a colon are no credentials: other names that contain them are shown', () => {
  const properties = { 'Identity:Password:RequiredLength': '8', 'Identity:Password:RequireDigit': 'true' };
  learnFrom('/subscriptions/s/resourceGroups/rg/providers/Microsoft.Web/sites/fn/config/appsettings/list', null, { properties });
  expect(secrets.fromText('+ vaults/kv/secrets/fn-Identity-Password-RequiredLength')).toBe(
    '+ vaults/kv/secrets/fn-Identity-Password-RequiredLength',
  );
  expect(Object.keys(redact(properties) as object)).toEqual(Object.keys(properties));
});

test.each([
  ['https://ghp_16C7e42F292c@github.com/contoso/orders', 'https://github.com/contoso/orders'],
  ['https://dana:h2Kq-77@dev.azure.com/contoso/_git/orders?token=h2Kq-77', 'https://dev.azure.com/contoso/_git/orders'],
  ['https://github.com/contoso/orders', 'https://github.com/contoso/orders'],
  ['git@github.com:contoso/orders', 'git@github.com:contoso/orders'],
  [null, null],
])('the address of a repository is read without its token: %s', (repoUrl, expected) => {
  const body = { properties: { repoUrl, branch: 'main' } };
  expect(RESOURCES.sourceControl.clean?.(body)).toEqual({ properties: { repoUrl: expected, branch: 'main' } });
});
