/** Names from outside that each JavaScript object has as a member are names like any other. */
import { expect, test } from 'vitest';
import { coverOf, endOfSupport, isDocumented, providersOf, roleName, withPrefix, type Site } from '../../src/azure/index.ts';
import type { Intent } from '../../src/change/undo-log.ts';
import { HELP_WIDTH } from '../../src/cli/printed-help.ts';
import { isDeferredSource } from '../../src/contract/index.ts';
import { earlyText } from '../../src/early.ts';
import { problemOf } from '../../src/engine/past/record-check.ts';
import { chainOf } from '../../src/files/undo-log/journal-chain.ts';
import { versionOf } from '../../src/report/exports/exported-changes.ts';
import { runStart } from '../helpers/journal.ts';
import { appOf } from '../../src/engine/judge/app-hosting.ts';
import { parseSiteId } from '../../src/engine/fleet/targets.ts';

const ID = '/subscriptions/d1a7c0de-0001-4f6e-8b1a-c0ffee000001/resourceGroups/rg/providers/Microsoft.Web/sites/fn';
const NAMES = ['constructor', 'toString', 'hasOwnProperty', '__proto__'];

test.each(NAMES)('%s', (name) => {
  const body = JSON.parse(`{"id": "x", "name": "x", "properties": {"${name}": 1, "siteConfig": {"${name}": {"a": []}}}}`) as never;
  expect(isDocumented('site', body)).toBe(true);
  expect(roleName(name)).toBe(`role ${name}`);
  expect(endOfSupport(name, '1.0')).toBeUndefined();
  expect(withPrefix({ ipAddress: '10.0.0.0', subnetMask: `${name}.0.0.0` })).toMatchObject({ ipAddress: '10.0.0.0' });
  const target = parseSiteId(ID)!;
  expect(
    appOf({ ...target, location: '', kind: '', tags: {} }, { kind: 'functionapp', properties: { sku: name } } as unknown as Site).plan,
  ).toBe('D');
  const custom = JSON.parse(
    `{"properties": {"platform": {"enabled": true}, "identityProviders": {"${name}": {"registration": {"clientId": "x"}}}}}`,
  );
  expect(providersOf(custom as never)).toEqual([name]);
});

test.each(NAMES)('%s as a name in an undo log, a route, an export and on the command line', (name) => {
  expect(chainOf(`${JSON.stringify({ type: name })}\n`).flaws[0]).toMatchObject({ line: 1, says: 'its type is unknown' });
  expect(isDeferredSource({ from: name })).toBe(false);
  const target = { ...parseSiteId(ID)!, location: '', kind: '', tags: {} };
  const intent = { key: name, target: ID, app: target.label, resource: ID, path: ID } as unknown as Intent;
  // Like a kind of a newer version.
  expect(problemOf(intent, { start: runStart('r', target) })).toBeUndefined();
  expect(coverOf('/api/orders', `api/{id:${name}}`)).toBe('maybe');
  expect(versionOf(`Microsoft.${name}/x`)).toMatch(/^\d{4}-/);
  expect(earlyText([name, '--help'], HELP_WIDTH)).toBeUndefined();
});
