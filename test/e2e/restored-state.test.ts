/** For any app: applying and reverting its plan restores the original state. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json, JsonObject, State } from '../../src/emulator/state.ts';
import { seed, siteId } from '../helpers/hostings.ts';
import { inside } from '../helpers/inside.ts';
import { withoutOneWay } from '../helpers/states.ts';
import { runName, world } from '../helpers/world.ts';

const ANSWERS = `version: 1
apps:
  fn-bad:
    steps:
      https: { decision: apply, answers: { minTls: "1.2", scmMinTls: "1.3" } }
      cors: { decision: apply, answers: { allowedOrigins: ["https://portal.azure.com"], supportCredentials: false } }
      remote-debugging: { decision: apply }
      error-handling: { decision: apply }
      deployment-credentials: { decision: apply }
      ftp: { decision: apply, answers: { state: Disabled } }
      access-keys: { controls: { home-page: { decision: apply }, admin-isolation: { decision: apply } } }
      access-restrictions: { decision: apply, answers: { rules: [{ name: office, priority: 100, action: Allow, ip: 203.0.113.0/24 }], defaultAction: Deny } }
      scm: { decision: apply, answers: { sameAsMain: true } }
`;

// The emulator stores only differences from a new app, so defaults are left out here too.
const version = fc.constantFrom('1.0', '1.1', '1.3');
const action = fc.constantFrom('Allow', 'Deny');
const row = fc
  .record({
    ip: fc.tuple(fc.nat(255), fc.nat(255)),
    action,
    priority: fc.integer({ min: 1, max: 60_000 }),
    name: fc.string({ minLength: 1, maxLength: 20 }),
  })
  .map(({ ip: [a, b], ...rest }): JsonObject => ({ ipAddress: `10.${a}.${b}.0/24`, tag: 'Default', ...rest }));
const rows = fc
  .uniqueArray(row, { minLength: 1, maxLength: 6, selector: ({ priority }) => priority })
  .map((list) => list.toSorted((a, b) => Number(a['priority']) - Number(b['priority'])));
const some = <T extends Json>(members: Record<string, fc.Arbitrary<T>>) =>
  fc.record(members, { requiredKeys: [] }) as fc.Arbitrary<JsonObject>;
const app = fc.record({
  properties: some<Json>({
    httpsOnly: fc.constant(true),
    clientCertEnabled: fc.constant(true),
    functionsRuntimeAdminIsolationEnabled: fc.constant(true),
  }),
  config: some<Json>({
    minTlsVersion: version,
    scmMinTlsVersion: version,
    ftpsState: fc.constantFrom('AllAllowed', 'Disabled'),
    http20Enabled: fc.constant(true),
    remoteDebuggingEnabled: fc.constant(true),
    webSocketsEnabled: fc.constant(true),
    detailedErrorLoggingEnabled: fc.constant(true),
    cors: fc.record({
      allowedOrigins: fc.array(
        fc.webUrl({ validSchemes: ['https'] }).map((url) => new URL(url).origin),
        { maxLength: 5 },
      ),
      supportCredentials: fc.boolean(),
    }),
    ipSecurityRestrictions: rows,
    ipSecurityRestrictionsDefaultAction: action,
    scmIpSecurityRestrictions: rows,
    scmIpSecurityRestrictionsDefaultAction: action,
    scmIpSecurityRestrictionsUseMain: fc.constant(true),
  }),
  publishing: fc.record({ scm: fc.constant(false), ftp: fc.constant(false) }, { requiredKeys: [] }),
  settings: fc.dictionary(fc.stringMatching(/^[A-Za-z_][\w:.-]{0,20}$/), fc.string({ maxLength: 30 }), { maxKeys: 5 }),
});

test('plan, apply and undo leave the app as it was before', { timeout: 180_000 }, async () => {
  let wanted = seed('Y1', false);
  const here = await world({ seed: () => structuredClone(wanted) });
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, ANSWERS);
  await fc.assert(
    fc.asyncProperty(app, async ({ properties, config, publishing, settings }) => {
      const start: State = seed('Y1', false);
      const site = start.sites[siteId('fn-bad').toLowerCase()]!;
      Object.assign(site, {
        properties: { ...site.properties, ...properties },
        config: { ...config, netFrameworkVersion: 'v10.0' },
        publishing,
      });
      Object.assign(site.appSettings, settings);
      wanted = start;
      await fetch(`${here.endpoint}/_emulator/reset`, { method: 'POST', headers: { authorization: `Bearer ${here.accessToken}` } });
      const before = await here.state();
      const go = ['--yes', '--confirm', 'fn-bad'];
      const replay = await inside(here, ['replay', file, ...go]);
      expect([0, 1], replay.stderr).toContain(replay.code);
      if (!/^Run: /m.test(replay.stdout)) return;
      const undo = await inside(here, ['undo', runName(replay), ...go]);
      expect(undo.code, undo.stdout + undo.stderr).toBe(0);
      expect(withoutOneWay(await here.state(), before)).toEqual(before);
    }),
    { numRuns: 40, seed: 20261124 },
  );
});
