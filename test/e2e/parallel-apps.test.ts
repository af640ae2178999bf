/** Several apps of one run in parallel: in order within an app, one log, and never two apps at one resource. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readsOfSteps } from '../../src/engine/judge/assess.ts';
import type { Decisions } from '../../src/contract/index.ts';
import { FactStore } from '../../src/engine/judge/facts.ts';
import type { Entry } from '../../src/change/undo-log.ts';
import { concurrencyOf } from '../../src/app/option-values.ts';
import { plan } from '../../src/engine/plan/plan.ts';
import type { ArmWriter } from '../../src/engine/ports.ts';
import { runChanges } from '../../src/engine/run/run.ts';
import { findTargets } from '../../src/engine/fleet/targets.ts';
import { openJournal, readRun } from '../../src/files/undo-log/journal.ts';
import { catalogue } from '../../steps/index.ts';
import { testTime } from '../helpers/clock.ts';
import { inside } from '../helpers/inside.ts';
import { withoutOneWay } from '../helpers/states.ts';
import { runName, SITES, world, type World } from '../helpers/world.ts';
import { pilot } from '../tui/helpers.ts';
import type { Session } from '../../src/engine/session.ts';
import type { RunEvent } from '../../src/engine/run/run-events.ts';
import type { AppChanges, RunInput } from '../../src/engine/run/run-input.ts';

const apply = { decision: 'apply' } as const;
const WORK: Decisions = {
  https: { decision: apply, answers: { minTls: '1.3', scmMinTls: '1.2' }, controls: {} },
  'deployment-credentials': { decision: apply, answers: {}, controls: {} },
};
const { clock } = testTime();

async function fleet(): Promise<{ here: World; apps: AppChanges[]; writer: ArmWriter }> {
  const here = await world({ scenario: 'fleet', apps: 10 });
  const { writer, discovery } = await here.connection();
  const { targets } = await findTargets(discovery, { subscriptions: [], apps: [], tags: [] });
  const apps = await Promise.all(
    targets.map(async (target) => {
      const store = new FactStore(writer, target);
      await store.load(readsOfSteps(catalogue));
      return plan(catalogue, store, writer, { decisions: WORK, today: '2026-11-24' });
    }),
  );
  return { here, writer, apps: apps.filter(({ changes }) => changes.length > 1) };
}

async function go(here: World, arm: ArmWriter, apps: readonly AppChanges[], more: Partial<RunInput> = {}, signal?: AbortSignal) {
  const run = '20261124T120000000Z-0000';
  const events: RunEvent[] = [];
  const start = {
    tool: 'test',
    user: 'u',
    account: null,
    tenant: null,
    endpoint: here.endpoint,
    mode: 'replay',
    answersDigest: null,
  } as const;
  const free = () => Promise.resolve(Object.assign(() => Promise.resolve(), { assertHeld: () => Promise.resolve() }));
  const locks = { hold: free, holdRun: free };
  const journal = await openJournal(here.folder, run);
  const summary = await runChanges(
    { apps, start, locks, onFailure: 'stop', concurrency: 4, notify: (event) => void events.push(event), ...more },
    { arm, journal, clock, ...(signal ? { signal } : {}) },
  );
  const lines = (await readFile(join(here.folder, 'journal', `${run}.jsonl`), 'utf8')).trim().split('\n');
  return { summary, events, entries: lines.map((line) => JSON.parse(line) as Entry), recorded: await readRun(here.folder, run) };
}

/** Holds each write until the maximum is in flight, and counts them. */
function counted(writer: ArmWriter, most: number) {
  const inFlight: string[] = [];
  const seen = { most: 0, sameApp: false };
  let free = Promise.withResolvers<void>();
  const arm: ArmWriter = {
    ...writer,
    async send(request, onProgress) {
      const app = /sites\/([^/]+)/.exec(request.path)?.[1] ?? '';
      seen.sameApp ||= inFlight.includes(app);
      inFlight.push(app);
      seen.most = Math.max(seen.most, inFlight.length);
      if (inFlight.length >= most) free.resolve();
      await free.promise;
      try {
        return await writer.send(request, onProgress);
      } finally {
        inFlight.splice(inFlight.indexOf(app), 1);
      }
    },
  };
  return { arm, seen };
}

test('apps are changed in parallel, the changes of one app in order, and the log is complete', async () => {
  const { here, writer, apps } = await fleet();
  expect(apps.length).toBeGreaterThan(5);
  const { arm, seen } = counted(writer, 4);
  const { summary, events, entries, recorded } = await go(here, arm, apps);
  const count = apps.reduce((sum, { changes }) => sum + changes.length, 0);
  expect(summary).toMatchObject({ applied: count, verified: count, failed: 0, skipped: 0, state: 'done' });
  expect(seen).toEqual({ most: 4, sameApp: false });
  expect(new Set(recorded?.changes.map(({ intent }) => intent.change)).size, 'numbers are unique').toBe(count);
  for (const { target, changes } of apps)
    expect(
      recorded?.changes.filter(({ intent }) => intent.target === target.id).map(({ intent }) => intent.resource),
      'each app in its own order',
    ).toEqual(changes.map(({ resource }) => resource));
  for (const change of recorded!.changes.map(({ intent }) => intent.change))
    expect(entries.flatMap((entry) => ('change' in entry && entry.change === change ? [entry.type] : []))).toEqual([
      'intent',
      'outcome',
      'verified',
    ]);
  expect(events.flatMap((event) => (event.type === 'change-start' ? [[event.change, event.of]] : []))).toEqual(
    Array.from({ length: count }, (_, index) => [index + 1, count]),
  );
});

test('one app at a time if requested, four by default', async () => {
  expect(concurrencyOf({})).toBe(4);
  const { here, writer, apps } = await fleet();
  const { arm, seen } = counted(writer, 1);
  expect((await go(here, arm, apps, { concurrency: 1 })).summary.state).toBe('done');
  expect(seen.most).toBe(1);
});

test('--stop-on-failure: running apps are finished, and no other app is started', async () => {
  const { here, writer, apps } = await fleet();
  const [first] = apps;
  const body = { error: { code: 'ScopeLocked', message: 'Locked.' } };
  await here.faults([{ method: first!.changes[0]!.method, path: `sites/${first!.target.name}\\b`, times: 9, status: 409, body }]);
  const { summary, recorded } = await go(here, writer, apps, { concurrency: 2, stopOnFailure: true });
  const touched = new Set(recorded?.changes.map(({ intent }) => intent.target));
  expect([...touched].toSorted()).toEqual([first!.target.id, apps[1]!.target.id].toSorted());
  expect(summary).toMatchObject({ applied: apps[1]!.changes.length, failed: 1, state: 'partial', exitCode: 5 });
  expect(summary.applied + summary.failed + summary.skipped).toBe(apps.reduce((sum, { changes }) => sum + changes.length, 0));
});

test('a stop finishes the requests in flight and starts nothing', async () => {
  const { here, writer, apps } = await fleet();
  const stop = new AbortController();
  const { arm } = counted(writer, 4);
  let begun = 0;
  const stopping: ArmWriter = { ...arm, send: (...args) => ((begun += 1) === 4 && stop.abort(), arm.send(...args)) };
  const { summary, recorded } = await go(here, stopping, apps, {}, stop.signal);
  expect(summary).toMatchObject({ applied: 4, verified: 4, failed: 0, state: 'stopped', exitCode: 5 });
  expect(recorded?.changes.map(({ state }) => state)).toEqual(Array.from({ length: 4 }, () => 'applied'));
});

test('--on-failure rollback reverts the app that failed, and no other', async () => {
  const { here, writer, apps } = await fleet();
  const before = await here.state();
  const [, second] = apps;
  const last = second!.changes.at(-1)!;
  const body = { error: { code: 'ScopeLocked', message: 'Locked.' } };
  await here.faults([{ method: last.method, path: last.path, times: 1, status: 409, body }]);
  const { summary } = await go(here, writer, apps, { onFailure: 'rollback' });
  expect(summary).toMatchObject({ failed: 1, state: 'partial', applied: summary.verified });
  const after = await here.state();
  const id = second!.target.id.toLowerCase();
  expect(withoutOneWay(after, before).sites[id]).toEqual(before.sites[id]);
});

test('a canary that Azure accepts but does not show is not verified, and the other apps are not changed', async () => {
  const { here, writer, apps } = await fleet();
  const [first] = apps;
  await here.faults([
    { method: first!.changes[0]!.method, path: first!.changes[0]!.path, times: 1, status: 200, body: { properties: {} } },
  ]);
  const goOn = () => Promise.reject(new Error('nobody is asked'));
  const { summary, events, recorded } = await go(here, writer, apps, { canary: { waves: [1], confirmOthers: goOn } });
  expect(summary).toMatchObject({ state: 'partial', exitCode: 5, held: { why: 'canary', apps: apps.length - 1 } });
  expect(summary.verified).toBe(summary.applied - 1);
  expect(events).toContainEqual({ type: 'canary', apps: [first!.target.label], ok: false });
  expect(new Set(recorded?.changes.map(({ intent }) => intent.target))).toEqual(new Set([first!.target.id]));
});

test('the wizard undoes four apps at a time; an interrupted undo that is resumed restores all values', async () => {
  const here = await world({ scenario: 'fleet', apps: 10 });
  const before = await here.state();
  const file = join(here.folder, 'answers.yaml');
  const steps = '{ https: { decision: apply, answers: { minTls: "1.3", scmMinTls: "1.2" } }, deployment-credentials: { decision: apply } }';
  await writeFile(file, `version: 1\ndefaults: { steps: ${steps} }\n`);
  const replay = await inside(here, ['replay', file, '--all', '--yes', '--state-dir', join(here.folder, 'state')]);
  expect(replay, replay.stderr).toMatchObject({ code: 0 });
  const connection = await here.connection();
  const { arm, seen } = counted(connection.writer, 4);
  const stop = new AbortController();
  let begun = 0;
  const send: ArmWriter['send'] = (...args) => ((begun += 1) === 4 && stop.abort(), begun > 4 ? connection.writer : arm).send(...args);
  let session: Session | undefined;
  const ground = { ...here, connection: () => Promise.resolve({ ...connection, writer: { ...arm, send } }) };
  await pilot(ground, {}, {}, (one) => (session = one));
  const [run] = await session!.runs();
  const plan = await session!.planUndo(run!);
  const undo = await session!.run({ do: 'undo', run: run!, plan, options: {} }, () => {}, stop.signal);
  expect(undo).toMatchObject({ applied: 4, failed: 0, state: 'stopped' });
  expect(seen).toEqual({ most: 4, sameApp: false });
  const [stopped] = await session!.runs();
  const left = await session!.planResume(stopped!);
  const resumed = await session!.run({ do: 'resume', run: stopped!, left }, () => {}, new AbortController().signal);
  // The counts are those of the whole run.
  expect(resumed).toMatchObject({
    applied: plan.changes.length,
    verified: plan.changes.length,
    appliedBefore: 4,
    failed: 0,
    state: 'done',
  });
  expect(withoutOneWay(await here.state(), before)).toEqual(before);
});

test('two apps that write the same resource are changed one after the other, and both values are there in the end', async () => {
  const here = await world();
  const before = await here.state();
  const network = `${SITES}/rg-network/providers/Microsoft.Network/virtualNetworks/vnet-contoso/subnets`;
  const steps = (subnet: string) =>
    `steps: { isolation: { decision: apply, answers: { subnet: "${network}/${subnet}" } }, storage: { controls: { network: { decision: apply } } } }`;
  const file = join(here.folder, 'answers.yaml');
  await writeFile(
    file,
    `version: 1\napps:\n  fn-billing: { ${steps('apps-finance')} }\n  fn-billing/staging: { ${steps('apps-reports')} }\n`,
  );
  const go = ['--yes', '--confirm', 'fn-billing', '--confirm', 'fn-billing/staging'];
  const replay = await inside(here, ['replay', file, ...go]);
  expect(replay, replay.stderr).toMatchObject({ code: 0 });
  expect(replay.stderr).toContain('together with the change that this run made for another app');
  const account = await here.get(`${SITES}/rg-finance/providers/Microsoft.Storage/storageAccounts/stfnbilling`);
  const { networkAcls } = account['properties'] as { networkAcls: { virtualNetworkRules: { id: string }[] } };
  expect(networkAcls.virtualNetworkRules.map(({ id }) => id.split('/').at(-1)).toSorted()).toEqual(['apps-finance', 'apps-reports']);
  const undo = await inside(here, ['undo', runName(replay), ...go]);
  expect(undo, undo.stderr).toMatchObject({ code: 0 });
  expect(withoutOneWay(await here.state(), before)).toEqual(before);
});
