/** Each area on each hosting plan: a bad app, a good app, and values that cannot be read. */
import { expect, test } from 'vitest';
import { catalogue } from '../../steps/index.ts';
import { OPERATOR_ID } from '../../src/emulator/access/roles.ts';
import type { PlanName } from '../../src/emulator/web/sites.ts';
import type { State } from '../../src/emulator/state.ts';
import type { Decisions, AnyControl } from '../../src/contract/index.ts';
import type { Target, ResourceKey } from '../../src/azure/index.ts';
import { assess, readsOf, readsOfSteps } from '../../src/engine/judge/assess.ts';
import { FactStore } from '../../src/engine/judge/facts.ts';
import { plan as planChanges } from '../../src/engine/plan/plan.ts';
import { ArmFailure, type ArmReader, type Fact } from '../../src/engine/ports.ts';
import { applyChange, type ApplyResult } from '../../src/engine/run/apply.ts';
import { recordedRun } from '../../src/change/undo-log.ts';
import { planUndo } from '../../src/engine/past/plan-undo.ts';
import { systemClock } from '../../src/files/clock.ts';
import { controlsNamed, tableOf } from '../helpers/area-tables.ts';
import { world } from '../helpers/world.ts';
import { memoryJournal } from '../helpers/journal.ts';
import { STAND_INS, withoutAllSmb } from '../helpers/states.ts';
import { answersOn, HOSTINGS, seed, targetOf } from '../helpers/hostings.ts';
import { FUTURE_DAY } from '../helpers/future.ts';

const NEVER_BAD = controlsNamed('neverBad');
const EXEMPTED = controlsNamed('exempted');
const MENDED = controlsNamed('mended');
/** Controls without a change: the finding is fixed in the build of the app, or by people. */
const isReported = (control: AnyControl): boolean => control.kind === 'rule' && control.draft === undefined;

/** All controls with a change, including those that are selected by name only, without one-way changes. */
const everything = (plan: PlanName): Decisions =>
  Object.fromEntries(
    catalogue.map((step) => [
      step.id,
      {
        decision: { decision: 'apply' as const },
        answers: answersOn(plan)[step.id] ?? {},
        exception: { by: 'Dana Lee', reason: 'on purpose', until: FUTURE_DAY },
        controls: Object.fromEntries(
          step.controls
            .filter((control) => control.optIn || isOneWay(control))
            .map((control) => [control.id, { decision: isOneWay(control) ? ('skip' as const) : ('apply' as const) }]),
        ),
      },
    ]),
  );
const isNotNeeded = (id: string, key: ResourceKey): boolean => {
  const [area = '', control = ''] = id.split('.');
  return tableOf(area).notNeeded?.[control]?.includes(key) ?? false;
};
const isOneWay = (control: AnyControl): boolean => control.kind === 'rule' && control.risk === 'one-way';

const judged = async (reader: ArmReader, target: Target, decisions: Decisions = {}) => {
  const store = new FactStore(reader, target);
  await store.load(readsOfSteps(catalogue));
  return { store, states: assess(catalogue, store, reader, { decisions, today: '2026-11-24' }).flatMap(({ controls }) => controls) };
};

test.each(HOSTINGS)('%s: a bad app fails, is fixed, and its undo restores it', { timeout: 60_000 }, async (_, planName, linux) => {
  const here = await world({ seed: () => seed(planName, linux) });
  const { reader, writer } = await here.connection();
  const target = targetOf('fn-bad');
  const before = await here.state();

  const first = await judged(reader, target);
  for (const { id, state, reason, lines } of first.states) {
    if (state === 'not-applicable') expect(reason, `${id} says why it does not apply`).toMatch(/\w{3}/);
    else if (state === 'attestation-missing') expect(lines.length, `${id} says what it is about`).toBeGreaterThan(0);
    else if (!NEVER_BAD.includes(id)) expect([id, state]).toEqual([id, 'fail']);
  }

  const decisions = everything(planName);
  const by = { decisions, today: '2026-11-24', me: OPERATOR_ID };
  const plan = await planChanges(catalogue, first.store, writer, by);
  expect(plan.missing).toEqual([]);
  expect(plan.unknown).toEqual([]);
  expect(plan.blocked).toEqual([]);
  // A moved secret stays in the vault, and a deleted principal gets no role; both previews say so. All other changes can be reverted.
  expect(
    plan.changes
      .filter(({ undo }) => undo === 'none')
      .map(({ key, stays }) => [key, stays !== undefined])
      .toSorted(),
  ).toEqual([
    ['roleAssignments', true],
    ['vaultSecret', true],
    ['vaultSecret', true],
  ]);

  const { entries, journal } = memoryJournal(target);
  const tools = { arm: writer, journal, clock: { ...systemClock, sleep: () => Promise.resolve() } };
  for (const [index, change] of plan.changes.entries())
    expect(told(await applyChange(change, index + 1, tools)), change.resource).toEqual(['applied', 'shown']);

  const second = await judged(reader, target, decisions);
  for (const { id, state, control } of second.states) {
    if (control.kind === 'attestation' || isOneWay(control)) continue;
    expect([id, state]).toEqual([
      id,
      state === 'not-applicable'
        ? state
        : EXEMPTED.includes(id)
          ? 'accepted'
          : isReported(control) && !MENDED.includes(id) && !NEVER_BAD.includes(id)
            ? 'fail'
            : 'pass',
    ]);
  }
  expect((await planChanges(catalogue, second.store, writer, by)).changes, 'nothing is left to do').toEqual([]);

  const undo = await planUndo(recordedRun(entries)!, writer);
  expect(undo.conflicts).toEqual([]);
  for (const [index, change] of undo.changes.entries())
    expect(told(await applyChange(change, index + 1, tools)), change.resource).toEqual(['applied', 'shown']);
  const goneName = String((answersOn(planName)['user-permissions']!['remove'] as string[])[0]);
  const after = withoutStandIns(await here.state(), before);
  for (const id of Object.keys(after.resources)) if (/\/secrets\/fn-bad-/.test(id)) delete after.resources[id];
  for (const id of Object.keys(before.resources)) if (id.endsWith(goneName)) delete before.resources[id];
  expect(after).toEqual(before);
});

const told = (result: ApplyResult): unknown[] =>
  result.state === 'applied'
    ? ['applied', result.verified]
    : [result.state, result.state === 'failed' ? result.failure.message : JSON.stringify(result)];

/** Removes a replacement value if the app had no value before. */
function withoutStandIns(after: State, start: State): State {
  withoutAllSmb(after, start);
  for (const [key, site] of Object.entries(after.sites)) {
    // Once written, the settings of a sign-in can be switched off but not made unwritten.
    if (start.sites[key]?.auth === undefined && JSON.stringify(site.auth) === '{"platform":{"enabled":false}}') delete site.auth;
    for (const part of ['properties', 'config'] as const) {
      for (const [name, value] of Object.entries(STAND_INS))
        if (site[part][name] === value && start.sites[key]?.[part][name] === undefined) delete site[part][name];
    }
  }
  return after;
}

test.each(HOSTINGS)('%s: a good app passes, and nothing is planned', async (_, planName, linux) => {
  const here = await world({ seed: () => seed(planName, linux, 'good') });
  const { reader, writer } = await here.connection();
  const { store, states } = await judged(reader, targetOf('fn-good'));
  for (const { id, state, found } of states)
    // On a plan that is retiring, no app passes forever.
    if (!(id === 'runtime.plan' && planName === 'Y1' && linux))
      expect(['pass', 'not-applicable', 'attestation-missing'], `${id}: ${state} ${found}`).toContain(state);
  const decisions = Object.fromEntries(
    catalogue.map((step) => [step.id, { decision: { decision: 'apply' as const }, answers: {}, controls: {} }]),
  );
  const plan = await planChanges(catalogue, store, writer, { decisions, today: '2026-11-24' });
  expect([plan.changes, plan.missing]).toEqual([[], []]);
});

test.each(HOSTINGS)('%s: a value that cannot be read is unknown with the reason, never pass or fail', async (_, planName, linux) => {
  const here = await world({ seed: () => seed(planName, linux) });
  const { reader } = await here.connection();
  const target = targetOf('fn-bad');
  const failure = new ArmFailure({ kind: 'forbidden', code: 'AuthorizationFailed', message: 'You may not read this.', next: 'Ask.' });
  const blindFor = await answeredOnce(reader, target);
  for (const hidden of readsOfSteps(catalogue)) {
    const blind = blindFor(hidden, { state: 'unreadable', failure });
    for (const { id, control, state, reason } of (await judged(blind, target)).states) {
      if (!readsOf(control).includes(hidden) || state === 'not-applicable' || control.kind === 'attestation') continue;
      // On Flex Consumption the site itself tells the language, and on Linux no setting is needed for it.
      if (id === 'runtime.language' && ((planName === 'FC1' && hidden === 'siteConfig') || (linux && hidden === 'appSettings'))) continue;
      // An app that is in no network routes nothing through it, whatever its settings say.
      if (/^isolation\.(route-all|content-routing)$/.test(id) && hidden === 'appSettings') continue;
      if (isNotNeeded(id, hidden)) {
        expect([id, state]).toEqual([id, 'fail']);
        continue;
      }
      expect([id, state]).toEqual([id, 'unknown']);
      expect(reason).toContain('You may not read this.');
    }
  }
});

/** Reads everything once. Returns a reader that hides one resource and asks Azure again only for what is found through it. */
async function answeredOnce(reader: ArmReader, target: Target): Promise<(hidden: ResourceKey, fact: Fact) => ArmReader> {
  const answers = new Map<ResourceKey, Fact>();
  const through = new Map<ResourceKey, Set<ResourceKey>>();
  const listening: ArmReader = {
    ...reader,
    async read(at, key, known) {
      const asked = new Set<ResourceKey>();
      through.set(key, asked);
      const fact = await reader.read(at, key, (other) => {
        asked.add(other);
        return known(other);
      });
      answers.set(key, fact);
      return fact;
    },
  };
  await new FactStore(listening, target).load(readsOfSteps(catalogue));
  const isThrough = (key: ResourceKey, hidden: ResourceKey): boolean =>
    [...through.get(key)!].some((other) => other === hidden || isThrough(other, hidden));
  return (hidden, fact) => ({
    ...reader,
    read: (at, key, known) => {
      const answer = key === hidden ? fact : answers.get(key);
      return answer && (key === hidden || !isThrough(key, hidden)) ? Promise.resolve(answer) : reader.read(at, key, known);
    },
  });
}
