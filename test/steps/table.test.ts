/** Every area on every hosting plan: a bad app, a good app and one that cannot be read. */
import { expect, test } from 'vitest';
import { catalogue } from '../../steps/index.ts';
import { bad, healthy, planIn, siteOn, type PlanName } from '../../src/emulator/seeds.ts';
import { keyOf, type State } from '../../src/emulator/state.ts';
import type { Json, ResourceKey } from '../../src/step.ts';
import { assess, readsOf, readsOfSteps } from '../../src/engine/assess.ts';
import type { Decisions } from '../../src/engine/decisions.ts';
import { FactStore } from '../../src/engine/facts.ts';
import { plan as planChanges } from '../../src/engine/plan.ts';
import { ArmFailure, type ArmReader, type Target } from '../../src/engine/ports.ts';
import { applyChange } from '../../src/engine/apply.ts';
import { recordedRun } from '../../src/engine/journal.ts';
import { planUndo } from '../../src/engine/undo.ts';
import { systemClock } from '../../src/files/clock.ts';
import { world } from '../helpers/world.ts';
import { memoryJournal } from '../helpers/journal.ts';

const SUBSCRIPTION = '0a000000-0000-4000-8000-000000000001';
const HOSTINGS: readonly (readonly [string, PlanName, boolean])[] = [
  ['Consumption, Windows', 'Y1', false],
  ['Consumption, Linux', 'Y1', true],
  ['Flex Consumption', 'FC1', true],
  ['Elastic Premium', 'EP1', false],
  ['Dedicated, Windows', 'P1v3', false],
  ['Dedicated, Linux', 'P1v3', true],
];

const ANSWERS: Readonly<Record<string, Record<string, Json>>> = {
  https: { minTls: '1.2', scmMinTls: '1.2' },
  cors: { allowedOrigins: ['https://www.contoso.com'], supportCredentials: false },
  'usage-quota': { gbSeconds: 5000 },
  ftp: { state: 'Disabled' },
  scm: { rules: [{ name: 'agents', priority: 10, action: 'Allow', ip: '198.51.100.0/26' }], defaultAction: 'Deny' },
  'access-restrictions': {
    rules: [
      {
        name: 'fd',
        priority: 10,
        action: 'Allow',
        serviceTag: 'AzureFrontDoor.Backend',
        headers: { 'x-azure-fdid': ['6c1b1f9e-2f0a-4f55-9d3e-8a7f3b0c2d11'] },
      },
    ],
    defaultAction: 'Deny',
  },
};
/** Controls that are only reported: what they want is changed where the app is built, or by people. */
const BY_HAND = [
  'https.host-names',
  'usage-quota.max-instances',
  'defender.assessments',
  'function-privilege.shared-credentials',
  'error-handling.developer-pages',
  'runtime.functions-version',
  'runtime.language',
];
const PRICING = `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Security/pricings/AppServices`;
/** Values that ARM cannot take back to "not set"; what comes back behaves the same. */
const STAND_INS = {
  minTlsCipherSuite: 'TLS_RSA_WITH_AES_128_CBC_SHA',
  scmIpSecurityRestrictionsDefaultAction: 'Allow',
  sshEnabled: true,
  remoteDebuggingVersion: 'VS2022',
};

function seed(plan: PlanName, linux: boolean, quality: 'bad' | 'good' = 'bad'): State {
  const record = planIn(SUBSCRIPTION, 'rg', 'plan', plan, linux);
  const sites = [siteOn(record, bad('fn-bad')), siteOn(record, healthy('fn-good'))];
  if (plan === 'Y1') for (const site of sites) if (site.name === 'fn-good') site.properties['dailyMemoryTimeQuota'] = 9000;
  if (linux) {
    for (const site of sites) site.config['linuxFxVersion'] = site.name === 'fn-good' ? 'Python|3.13' : 'Python|3.8';
    for (const site of sites) if (site.name === 'fn-good') site.properties['sshEnabled'] = false;
  }
  if (plan === 'FC1')
    sites[0]!.properties['functionAppConfig'] = {
      scaleAndConcurrency: { maximumInstanceCount: null },
      runtime: { name: 'python', version: '3.9' },
    };
  return {
    tenantId: '0a000000-0000-4000-8000-00000000000f',
    subscriptions: [{ id: SUBSCRIPTION, name: 'Table' }],
    plans: { [keyOf(record.id)]: record },
    sites: Object.fromEntries(sites.map((site) => [keyOf(site.id), site])),
    policyAssignments: [],
    pricings: quality === 'good' ? { [keyOf(PRICING)]: { pricingTier: 'Standard' } } : {},
    assessments: [{ site: targetOf('fn-bad').id, name: 'cb0acdc6', displayName: 'HTTPS only', code: 'Unhealthy' }],
    locks: [],
    resources: {},
    groups: {},
  };
}

function targetOf(name: string): Target {
  const id = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Web/sites/${name}`;
  return {
    id,
    name,
    label: name,
    resourceGroup: 'rg',
    subscriptionId: SUBSCRIPTION,
    location: 'West Europe',
    kind: 'functionapp',
    tags: {},
  };
}

/** Everything that can be changed, those chosen by name only included, less what is one-way. */
const everything = (): Decisions =>
  Object.fromEntries(
    catalogue.map((step) => [
      step.id,
      {
        decision: { decision: 'apply' as const },
        answers: ANSWERS[step.id] ?? {},
        controls: Object.fromEntries(
          step.controls
            .filter(({ optIn }) => optIn)
            .map((control) => [
              control.id,
              { decision: control.kind === 'rule' && control.risk === 'one-way' ? ('skip' as const) : ('apply' as const) },
            ]),
        ),
      },
    ]),
  );

const judged = async (reader: ArmReader, target: Target, decisions: Decisions = {}) => {
  const store = new FactStore(reader, target);
  await store.load(readsOfSteps(catalogue));
  return { store, states: assess(catalogue, store, reader, { decisions, today: '2026-11-24' }).flatMap(({ controls }) => controls) };
};

test.each(HOSTINGS)('%s: a bad app fails, is brought in line, and comes back to what it was', async (_, planName, linux) => {
  const here = await world({ seed: () => seed(planName, linux) });
  const { reader, writer } = await here.connection();
  const target = targetOf('fn-bad');
  const before = await here.state();

  const first = await judged(reader, target);
  for (const { id, state, reason, lines } of first.states) {
    if (state === 'not-applicable') expect(reason, `${id} says why it does not apply`).toMatch(/\w{3}/);
    else if (state === 'attestation-missing') expect(lines.length, `${id} says what it is about`).toBeGreaterThan(0);
    else expect(state, id).toBe('fail');
  }

  const decisions = everything();
  const by = { decisions, today: '2026-11-24' };
  const plan = await planChanges(catalogue, first.store, writer, by);
  expect(plan.missing).toEqual([]);
  expect(plan.unknown).toEqual([]);
  expect(
    plan.changes.every(({ undo }) => undo !== 'none'),
    'each change can be taken back',
  ).toBe(true);

  const { entries, journal } = memoryJournal(target);
  const tools = { arm: writer, journal, clock: systemClock };
  for (const [index, change] of plan.changes.entries())
    expect(await applyChange(change, index + 1, tools), change.resource).toMatchObject({ state: 'applied', verified: 'shown' });

  const second = await judged(reader, target, decisions);
  for (const { id, state, control } of second.states) {
    if (control.kind === 'attestation' || (control.kind === 'rule' && control.risk === 'one-way')) continue;
    expect([id, state]).toEqual([id, state === 'not-applicable' ? state : BY_HAND.includes(id) ? 'fail' : 'pass']);
  }
  expect((await planChanges(catalogue, second.store, writer, by)).changes, 'nothing is left to do').toEqual([]);

  const undo = await planUndo(recordedRun(entries)!, writer);
  expect(undo.conflicts).toEqual([]);
  for (const [index, change] of undo.changes.entries())
    expect(await applyChange(change, index + 1, tools)).toMatchObject({ state: 'applied', verified: 'shown' });
  expect(withoutStandIns(await here.state(), before)).toEqual(before);
});

/** Drops a stand-in where the app had nothing before. */
function withoutStandIns(after: State, start: State): State {
  for (const [key, site] of Object.entries(after.sites)) {
    for (const part of ['properties', 'config'] as const) {
      for (const [name, value] of Object.entries(STAND_INS))
        if (site[part][name] === value && start.sites[key]?.[part][name] === undefined) delete site[part][name];
    }
  }
  return after;
}

test.each(HOSTINGS)('%s: a good app passes and nothing is planned', async (_, planName, linux) => {
  const here = await world({ seed: () => seed(planName, linux, 'good') });
  const { reader, writer } = await here.connection();
  const { store, states } = await judged(reader, targetOf('fn-good'));
  for (const { id, state, found } of states)
    expect(['pass', 'not-applicable', 'attestation-missing'], `${id}: ${state} ${found}`).toContain(state);
  const decisions = Object.fromEntries(
    catalogue.map((step) => [step.id, { decision: { decision: 'apply' as const }, answers: {}, controls: {} }]),
  );
  const plan = await planChanges(catalogue, store, writer, { decisions, today: '2026-11-24' });
  expect([plan.changes, plan.missing]).toEqual([[], []]);
});

test('what cannot be read is unknown with the reason, never pass or fail', async () => {
  const here = await world({ seed: () => seed('EP1', false) });
  const { reader } = await here.connection();
  const target = targetOf('fn-bad');
  const keys = readsOfSteps(catalogue);
  for (const hidden of keys) {
    const failure = new ArmFailure({ kind: 'forbidden', code: 'AuthorizationFailed', message: 'You may not read this.', next: 'Ask.' });
    const blind: ArmReader = {
      ...reader,
      read: (at, key: ResourceKey, known) =>
        key === hidden ? Promise.resolve({ state: 'unreadable', failure }) : reader.read(at, key, known),
    };
    for (const { id, control, state, reason } of (await judged(blind, target)).states) {
      if (!readsOf(control).includes(hidden) || state === 'not-applicable' || control.kind === 'attestation') continue;
      expect([id, state]).toEqual([id, 'unknown']);
      expect(reason).toContain('You may not read this.');
    }
  }
});
