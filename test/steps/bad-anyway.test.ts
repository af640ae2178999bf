/**
 * Settings on hostings that do not have them. A value that is bad and that somebody set is a fail there too: ARM shows it, it can be
 * set right, and it acts once the app moves to another plan. Not set, good, or the value that "not set" behaves as: not applicable.
 */
import { expect, test } from 'vitest';
import { catalogue } from '../../steps/index.ts';
import { readsOfSteps } from '../../src/engine/judge/assess.ts';
import { FactStore } from '../../src/engine/judge/facts.ts';
import { isReadAnyway } from '../../src/engine/judge/app-hosting.ts';
import { plan } from '../../src/engine/plan/plan.ts';
import { seed, targetOf } from '../helpers/hostings.ts';
import { judgedOf, type OneApp } from '../helpers/one-app.ts';
import { world } from '../helpers/world.ts';

const DECIDED: Readonly<Record<string, string>> = {
  // Failing where a bad value was set.
  'remote-debugging.off': 'fails: a debugger port is the worst that can be left open, and every scanner reports it on every plan',
  'remote-debugging.web-sockets': 'fails: it is off unless somebody switched it on',
  'error-handling.detailed-errors': 'fails: it is off unless somebody switched it on',
  'https.min-tls': 'fails: config/web of Container Apps is null unless somebody wrote an old version into it',
  'https.scm-min-tls': 'fails: as above',
  'cors.credentials': 'fails: it is off unless somebody switched it on',
  // Not set already behaves as the bad value does, so nothing that is set can be worse.
  'remote-debugging.ssh': 'never bad: on is what "not set" means',
  'https.http2': 'never bad: off is what "not set" means',
  'https.end-to-end': 'never bad: off is what "not set" means',
  'access-keys.admin-isolation': 'never bad: off is what "not set" means',
  'deployment-credentials.scm': 'never bad: allowed is what "not set" means, and Container Apps has no such site',
  'deployment-credentials.ftp': 'never bad: allowed is what "not set" means, and Container Apps has no FTP',
  'https.client-affinity': 'never bad: on is what "not set" means, and these plans have no instances of their own to stick to',
  'monitoring.http-logs': 'never bad: off is what "not set" means',
  // No value does anything there, or ARM refuses to change it.
  'ftp.state': 'inert: there is no FTP to open, and ARM refuses the member on Flex Consumption',
  'https.cipher-suite': 'inert: below Basic nobody can choose the suite, and the default is weaker than most choices',
  'usage-quota.daily': 'inert: a quota stops nothing outside Consumption, whatever its number',
};

test('each setting that some hosting lacks is decided on', () => {
  const lacking = catalogue.flatMap(({ id, controls }) =>
    controls.filter((control) => control.kind === 'setting' && control.notOn).map((control) => ({ id: `${id}.${control.id}`, control })),
  );
  expect(lacking.map(({ id }) => id).toSorted()).toEqual(Object.keys(DECIDED).toSorted());
  for (const { id, control } of lacking) expect([id, isReadAnyway(control)]).toEqual([id, DECIDED[id]!.startsWith('fails')]);
});

const bad: readonly (readonly [string, OneApp])[] = [
  ['remote-debugging.off', { plan: 'FC1', config: { remoteDebuggingEnabled: true } }],
  ['remote-debugging.off', { plan: 'Y1-linux', config: { remoteDebuggingEnabled: true } }],
  ['remote-debugging.off', { plan: 'CA', config: { remoteDebuggingEnabled: true } }],
  ['remote-debugging.off', { plan: 'D', config: { remoteDebuggingEnabled: true } }],
  ['remote-debugging.web-sockets', { plan: 'CA', config: { webSocketsEnabled: true } }],
  ['error-handling.detailed-errors', { plan: 'CA', config: { detailedErrorLoggingEnabled: true } }],
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
  ['https.min-tls', { plan: 'CA', config: { minTlsVersion: null } }],
  ['https.min-tls', { plan: 'CA', config: { minTlsVersion: '1.2' } }],
  ['https.end-to-end', { plan: 'Y1', site: { endToEndEncryptionEnabled: false } }],
  ['ftp.state', { plan: 'FC1', config: { ftpsState: 'AllAllowed' } }],
  ['https.cipher-suite', { plan: 'Y1', config: { minTlsCipherSuite: 'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA' } }],
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

test('a plan sets such a value right', async () => {
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

test('where the value cannot be read, nothing is known', async () => {
  const judged = await judgedOf({ plan: 'FC1', others: { siteConfig: undefined } });
  expect(judged('remote-debugging.off').state).toBe('unknown');
});

test('public access that is off passes on Consumption, where nothing else can be asked', async () => {
  const state = async (publicNetworkAccess: string | null, plan: OneApp['plan'] = 'Y1') =>
    (await judgedOf({ plan, site: { publicNetworkAccess } }))('private-access.public-network').state;
  expect(await state('Disabled')).toBe('pass');
  expect(await state('disabled', 'Y1-linux')).toBe('pass');
  expect(await state('Enabled')).toBe('not-applicable');
  expect(await state(null)).toBe('not-applicable');
  // What the member does for Container Apps is not documented.
  expect(await state('Disabled', 'CA')).toBe('not-applicable');
});
