/**
 * Settings on hostings that do not have them. A bad value that was set fails there too: ARM shows it, it can be
 * set right, and it acts once the app moves to another plan. Not set, good, or the value that "not set" behaves as: not applicable.
 */
import { expect, test } from 'vitest';
import { catalogue } from '../../steps/index.ts';
import { readsOfSteps } from '../../src/engine/judge/assess.ts';
import { FactStore } from '../../src/engine/judge/facts.ts';
import { plan } from '../../src/engine/plan/plan.ts';
import { seed, targetOf } from '../helpers/hostings.ts';
import { judgedOf, type OneApp } from '../helpers/one-app.ts';
import { world } from '../helpers/world.ts';

const bad: readonly (readonly [string, OneApp])[] = [
  ['remote-debugging.off', { plan: 'FC1', config: { remoteDebuggingEnabled: true } }],
  ['remote-debugging.off', { plan: 'Y1-linux', config: { remoteDebuggingEnabled: true } }],
  ['remote-debugging.off', { plan: 'CA', config: { remoteDebuggingEnabled: true } }],
  ['remote-debugging.off', { plan: 'D', config: { remoteDebuggingEnabled: true } }],
  ['https.min-tls', { plan: 'CA', config: { minTlsVersion: '1.0' } }],
  ['https.scm-min-tls', { plan: 'CA', config: { scmMinTlsVersion: '1.1' } }],
  ['cors.credentials', { plan: 'CA', config: { cors: { allowedOrigins: [], supportCredentials: true } } }],
];
test.each(bad)('%s fails on %j', async (id, app) => {
  const { state, found } = (await judgedOf(app))(id);
  expect(state).toBe('fail');
  if (app.plan !== 'D') expect(found).toMatch(/, although \w/);
});

const harmless: readonly (readonly [string, OneApp])[] = [
  ['remote-debugging.off', { plan: 'FC1', config: {} }],
  ['remote-debugging.off', { plan: 'FC1', config: { remoteDebuggingEnabled: false } }],
  ['remote-debugging.ssh', { plan: 'FC1', site: { sshEnabled: true } }],
  ['error-handling.detailed-errors', { plan: 'CA', config: { detailedErrorLoggingEnabled: true } }],
  ['error-handling.detailed-errors', { plan: 'FC1', config: { detailedErrorLoggingEnabled: true } }],
  ['remote-debugging.web-sockets', { plan: 'CA', config: { webSocketsEnabled: true } }],
  // Linux apps accept WebSockets with any value, so off is no pass, and no change could fix on.
  ['remote-debugging.web-sockets', { plan: 'D-linux', config: { webSocketsEnabled: false } }],
  ['remote-debugging.web-sockets', { plan: 'D-linux', config: { webSocketsEnabled: true } }],
  ['https.min-tls', { plan: 'CA', config: { minTlsVersion: null } }],
  ['https.min-tls', { plan: 'CA', config: { minTlsVersion: '1.2' } }],
  ['https.end-to-end', { plan: 'Y1', site: { endToEndEncryptionEnabled: false } }],
  ['ftp.state', { plan: 'FC1', config: { ftpsState: 'AllAllowed' } }],
  ['https.cipher-suite', { plan: 'Y1', config: { minTlsCipherSuite: 'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA' } }],
  // TLS 1.3 has strong suites only.
  ['https.cipher-suite', { plan: 'D', config: { minTlsVersion: '1.3' } }],
  [
    'usage-quota.daily',
    {
      plan: 'EP',
      site: { dailyMemoryTimeQuota: 100 },
      decisions: { 'usage-quota': { decision: { decision: 'apply' }, answers: { gbSeconds: 5 }, controls: {} } },
    },
  ],
];
test.each(harmless)('%s does not apply on %j', async (id, app) => {
  const { state, reason } = (await judgedOf(app))(id);
  expect([state, reason]).toEqual(['not-applicable', expect.stringMatching(/\w/)]);
});

test('a plan corrects such a value', async () => {
  const here = await world({
    seed: () => {
      const state = seed('FC1', true);
      Object.values(state.sites)[0]!.config['remoteDebuggingEnabled'] = true;
      return state;
    },
  });
  const { writer } = await here.connection();
  const store = new FactStore(writer, targetOf('fn-bad'));
  await store.load(readsOfSteps(catalogue));
  const decisions = { 'remote-debugging': { decision: { decision: 'apply' as const }, answers: {}, controls: {} } };
  const { changes } = await plan(catalogue, store, writer, { decisions, today: '2026-11-28' });
  expect(changes.flatMap(({ controls }) => controls)).toContain('remote-debugging.off');
});

test('a value that cannot be read is unknown', async () => {
  const judged = await judgedOf({ plan: 'FC1', others: { siteConfig: undefined } });
  expect(judged('remote-debugging.off').state).toBe('unknown');
});

test('disabled public access passes on Consumption, where no other value is available', async () => {
  const state = async (publicNetworkAccess: string | null, plan: OneApp['plan'] = 'Y1') =>
    (await judgedOf({ plan, site: { publicNetworkAccess } }))('private-access.public-network').state;
  expect(await state('Disabled')).toBe('pass');
  expect(await state('disabled', 'Y1-linux')).toBe('pass');
  expect(await state('Enabled')).toBe('not-applicable');
  expect(await state(null)).toBe('not-applicable');
  // The effect of the member for Container Apps is not documented.
  expect(await state('Disabled', 'CA')).toBe('not-applicable');
});
