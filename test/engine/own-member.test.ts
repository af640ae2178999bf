/** Names from outside that every object answers to are names like any other. */
import { expect, test } from 'vitest';
import { endOfSupport, isDocumented, providersOf, roleName, withPrefix, type Site } from '../../src/azure/index.ts';
import { appOf } from '../../src/engine/judge/app-hosting.ts';
import { parseSiteId } from '../../src/engine/fleet/targets.ts';

const NAMES = ['constructor', 'toString', 'hasOwnProperty', '__proto__'];

test.each(NAMES)('%s', (name) => {
  const body = JSON.parse(`{"id": "x", "name": "x", "properties": {"${name}": 1, "siteConfig": {"${name}": {"a": []}}}}`) as never;
  expect(isDocumented('site', body)).toBe(true);
  expect(roleName(name)).toBe(`role ${name}`);
  expect(endOfSupport(name, '1.0')).toBeUndefined();
  expect(withPrefix({ ipAddress: '10.0.0.0', subnetMask: `${name}.0.0.0` })).toMatchObject({ ipAddress: '10.0.0.0' });
  const target = parseSiteId('/subscriptions/d1a7c0de-0001-4f6e-8b1a-c0ffee000001/resourceGroups/rg/providers/Microsoft.Web/sites/fn')!;
  expect(
    appOf({ ...target, location: '', kind: '', tags: {} }, { kind: 'functionapp', properties: { sku: name } } as unknown as Site).plan,
  ).toBe('D');
  const custom = JSON.parse(
    `{"properties": {"platform": {"enabled": true}, "identityProviders": {"${name}": {"registration": {"clientId": "x"}}}}}`,
  );
  expect(providersOf(custom as never)).toEqual([name]);
});
