/** Applying one change when things go wrong: the requests, the journal, and the final state. */
import { armErrors } from '../../src/arm/errors.ts';
import { plain } from '../../src/change/value.ts';
import { lineText } from '../../src/text/spans.ts';
import { closingLines } from '../../src/view/outcome-lines.ts';
import { eventLines } from '../../src/view/run-lines.ts';
import { systemClock } from '../../src/files/clock.ts';
import { expect, test } from 'vitest';
import { catalogue } from '../../steps/index.ts';
import type { Decisions } from '../../src/contract/index.ts';
import { FactStore } from '../../src/engine/judge/facts.ts';
import { recordedRun, type Entry } from '../../src/change/undo-log.ts';
import { plan } from '../../src/engine/plan/plan.ts';
import { LOG_CHANGED } from '../../src/engine/undo-state.ts';
import { ArmFailure, type ArmWriter, type Clock, type Journal, type Locks } from '../../src/engine/ports.ts';
import { runChanges } from '../../src/engine/run/run.ts';
import { outcomeOf } from '../../src/engine/run/outcome.ts';
import { planUndo } from '../../src/engine/past/plan-undo.ts';
import { readsOfSteps } from '../../src/engine/judge/assess.ts';
import { UserError } from '../../src/engine/errors.ts';
import { ORDERS, world, type World } from '../helpers/world.ts';
import type { Json, Target } from '../../src/azure/index.ts';
import type { RunEvent } from '../../src/engine/run/run-events.ts';
import type { OnFailure } from '../../src/engine/run/run-input.ts';

const target: Target = {
  id: ORDERS,
  name: 'fn-orders',
  label: 'fn-orders',
  resourceGroup: 'rg-shop',
  subscriptionId: 'd1a7c0de-0001-4f6e-8b1a-c0ffee000001',
  location: 'West Europe',
  kind: 'functionapp',
  tags: {},
};
const apply = { decision: 'apply' } as const;
const WORK: Decisions = {
  https: { decision: apply, answers: { minTls: '1.2', scmMinTls: '1.2' }, controls: {} },
  'deployment-credentials': { decision: apply, answers: {}, controls: {} },
};
const clock: Clock = { ...systemClock, now: () => new Date('2026-11-24T12:00:00Z'), sleep: () => Promise.resolve() };

const free = () => Promise.resolve(Object.assign(() => Promise.resolve(), { assertHeld: () => Promise.resolve() }));

interface Ran {
  readonly entries: Entry[];
  readonly events: RunEvent[];
  readonly summary: Awaited<ReturnType<typeof runChanges>>;
}

async function ready(here: World, decisions = WORK) {
  const { writer } = await here.connection();
  const store = new FactStore(writer, target);
  await store.load(readsOfSteps(catalogue));
  const planned = await plan(catalogue, store, writer, { decisions, today: '2026-11-24' });
  return { writer, changes: planned.changes };
}

async function go(
  here: World,
  { writer, changes }: Awaited<ReturnType<typeof ready>>,
  onFailure: OnFailure = 'stop',
  append?: (entry: Entry) => Promise<void>,
  signal?: AbortSignal,
  hold: Locks['hold'] = free,
): Promise<Ran> {
  const entries: Entry[] = [];
  const events: RunEvent[] = [];
  const journal: Journal = {
    run: 'run-1',
    append: append ?? ((entry) => Promise.resolve(void entries.push(entry))),
    close: () => Promise.resolve(),
  };
  const start = {
    tool: 'test',
    user: 'u',
    account: null,
    tenant: null,
    endpoint: here.endpoint,
    mode: 'replay',
    answersDigest: null,
  } as const;
  const summary = await runChanges(
    {
      apps: [{ target, changes }],
      onFailure,
      start,
      locks: { hold, holdRun: free },
      notify: (event) => void events.push(event),
    },
    { arm: writer, journal, clock, ...(signal ? { signal } : {}) },
  );
  return { entries, events, summary };
}

const states = ({ entries }: Ran) => recordedRun(entries)?.changes.map(({ state }) => state);

test('a value that changed since the preview: nothing is sent, and the new difference is shown', async () => {
  const here = await world();
  const prepared = await ready(here);
  await here.patch(`${ORDERS}/config/web`, { minTlsVersion: '1.1' });
  const sent = (await here.writes()).length;
  const ran = await go(here, prepared, 'continue');
  const moved = ran.events.flatMap((event) =>
    event.type === 'change-end' && event.result.state === 'moved'
      ? [event.result.diff.find(({ path }) => path === 'properties.minTlsVersion')]
      : [],
  );
  expect(moved).toEqual([expect.objectContaining({ before: plain('1.1'), after: plain('1.2') })]);
  expect((await here.writes()).slice(sent).some(({ url }) => url.includes('config/web'))).toBe(false);
});

test.each(['stop', 'continue', 'rollback'] as const)(
  'a lock that is lost during a run, with --on-failure %s: nothing more is sent',
  async (onFailure) => {
    const here = await world();
    const prepared = await ready(here);
    const sent = (await here.writes()).length;
    const lost = () => here.writes().then((writes) => (writes.length > sent ? Promise.reject(new UserError('lost', 1)) : undefined));
    const hold = () => Promise.resolve(Object.assign(() => Promise.resolve(), { assertHeld: lost }));
    const ran = await go(here, prepared, onFailure, undefined, undefined, hold);
    expect((await here.writes()).length - sent).toBe(1);
    expect(ran.summary).toMatchObject({ applied: 1, failed: 1, exitCode: 5 });
  },
);

test('a lock that is lost before the first write: no intent is added to the log of the other process', async () => {
  const here = await world();
  const prepared = await ready(here);
  const sent = (await here.writes()).length;
  const hold = () =>
    Promise.resolve(Object.assign(() => Promise.resolve(), { assertHeld: () => Promise.reject(new UserError('lost', 1)) }));
  const ran = await go(here, prepared, 'stop', undefined, undefined, hold);
  expect((await here.writes()).length).toBe(sent);
  expect(ran.entries.filter(({ type }) => type === 'intent')).toEqual([]);
  expect(ran.summary).toMatchObject({ applied: 0, failed: 1 });
});

test('a value that is already correct is not written again', async () => {
  const here = await world();
  const prepared = await ready(here);
  await here.patch(ORDERS, { httpsOnly: true, clientAffinityEnabled: false });
  const sent = (await here.writes()).length;
  const ran = await go(here, prepared);
  expect(ran.summary).toMatchObject({ failed: 0, skipped: 1, state: 'done' });
  expect((await here.writes()).slice(sent).map(({ url }) => new URL(url).pathname)).not.toContain(ORDERS);
});

test.each([
  ['429 with Retry-After', { status: 429, headers: { 'Retry-After': '0' } }],
  ['429 without Retry-After', { status: 429 }],
  ['500 before it was done', { status: 500 }],
  ['503 as a page', { status: 503, body: '<html>Service Unavailable</html>' }],
  ['the connection broke before it was done', { drop: 'before' }],
  ['the connection broke after it was done', { drop: 'after' }],
  ['a gateway timed out after it was done', { status: 504, drop: 'after' }],
])('%s: the change is made once, and verified', async (_, fault) => {
  const here = await world();
  const prepared = await ready(here);
  await here.faults([{ method: 'PATCH', path: 'config/web', times: 1, ...fault }]);
  const ran = await go(here, prepared);
  expect(ran.summary).toMatchObject({ failed: 0, state: 'done' });
  expect(ran.summary.verified).toBe(ran.summary.applied);
  expect((await here.get(`${ORDERS}/config/web`))['properties']).toMatchObject({
    minTlsVersion: '1.2',
    scmMinTlsVersion: '1.2',
    http20Enabled: true,
  });
  const done = (await here.writes()).filter(({ url, status }) => url.includes('config/web') && status === 200);
  expect(done.length, 'never written twice').toBeLessThanOrEqual(1);
  expect(states(ran)).toEqual(prepared.changes.map(() => 'applied'));
});

test.each([
  ['forbidden', { status: 403, body: { error: { code: 'AuthorizationFailed', message: 'no' } } }, 4],
  ['locked', { status: 409, body: { error: { code: 'ScopeLocked', message: 'locked' } } }, 1],
  ['refused by policy', { status: 403, body: { error: { code: 'RequestDisallowedByPolicy', message: 'policy' } } }, 1],
  ['an invalid value', { status: 400, body: { Code: 'BadRequest', Message: 'The parameter minTlsVersion has an invalid value.' } }, 1],
  ['permanently unavailable', { status: 500 }, 1],
] as const)('%s at the first change: nothing is changed, and the other changes are not tried', async (_, fault, exitCode) => {
  const here = await world();
  const before = await here.state();
  const prepared = await ready(here);
  await here.faults([
    { method: 'PATCH', path: '.', times: 99, ...fault },
    { method: 'PUT', path: '.', times: 99, ...fault },
  ]);
  const ran = await go(here, prepared);
  expect(ran.summary).toMatchObject({ applied: 0, failed: 1, skipped: prepared.changes.length - 1, state: 'failed', exitCode });
  expect(await here.state()).toEqual(before);
});

test.each([
  ['stop', 1, ['applied', 'failed'], 'partial', 5],
  ['continue', 3, ['applied', 'failed', 'applied', 'applied'], 'partial', 5],
  ['rollback', 0, ['undone', 'failed', 'applied'], 'failed', 1],
] as const)('--on-failure %s', async (onFailure, applied, wanted, state, exitCode) => {
  const here = await world();
  const before = await here.state();
  const prepared = await ready(here);
  expect(prepared.changes.length).toBe(4);
  const second = prepared.changes[1]!;
  await here.faults([
    {
      method: second.method,
      path: `${second.path.split('/').slice(-2).join('/')}\\?`,
      times: 1,
      status: 400,
      body: { Code: 'BadRequest', Message: 'no' },
    },
  ]);
  const ran = await go(here, prepared, onFailure);
  expect(states(ran)).toEqual(wanted);
  expect(ran.summary).toMatchObject({ applied, failed: 1, state, exitCode });
  if (onFailure === 'rollback') expect(await here.state()).toEqual(before);
});

test('an intent that cannot be written stops the change before the request', async () => {
  const here = await world();
  const prepared = await ready(here);
  const ran = await go(here, prepared, 'stop', (entry) =>
    entry.type === 'intent' ? Promise.reject(new Error('ENOSPC: no space left on device')) : Promise.resolve(),
  );
  expect(await here.writes()).toEqual([]);
  const [failed] = ran.events.flatMap((event) =>
    event.type === 'change-end' && event.result.state === 'failed' ? [event.result.failure] : [],
  );
  expect(failed?.message).toContain('so nothing was sent');
});

test('a stop finishes the request in flight and keeps the remaining changes', async () => {
  const here = await world();
  const prepared = await ready(here);
  const stop = new AbortController();
  const writer: typeof prepared.writer = { ...prepared.writer, send: (request) => (stop.abort(), prepared.writer.send(request)) };
  const ran = await go(here, { ...prepared, writer }, 'stop', undefined, stop.signal);
  expect(ran.summary).toMatchObject({ applied: 1, verified: 1, skipped: prepared.changes.length - 1, state: 'stopped', exitCode: 5 });
  expect(await here.writes()).toHaveLength(1);
});

test('a stop during the last change leaves nothing to resume', async () => {
  const prepared = await ready(await world());
  const stop = new AbortController();
  let sent = 0;
  const last = () => (sent += 1) === prepared.changes.length && stop.abort();
  const writer: typeof prepared.writer = { ...prepared.writer, send: (request) => (last(), prepared.writer.send(request)) };
  const { summary } = await go(await world(), { ...prepared, writer }, 'stop', undefined, stop.signal);
  expect([stop.signal.aborted, summary.skipped, summary.state, summary.exitCode]).toEqual([true, 0, 'done', 0]);
});

test('undo keeps a value that another person changed since, unless --overwrite is set', async () => {
  const here = await world();
  const prepared = await ready(here);
  const ran = await go(here, prepared);
  await here.patch(`${ORDERS}/config/web`, { minTlsVersion: '1.3' });
  const run = recordedRun(ran.entries)!;
  const keeping = await planUndo(run, prepared.writer);
  expect(keeping.conflicts).toEqual([
    expect.objectContaining({
      edit: { path: 'properties.minTlsVersion', before: plain('1.0'), after: plain('1.2') },
      now: plain('1.3'),
    }),
  ]);
  const paths = (changes: typeof keeping.changes) => changes.flatMap(({ diff }) => diff.map(({ path }) => path));
  expect(paths(keeping.changes)).not.toContain('properties.minTlsVersion');
  expect(paths((await planUndo(run, prepared.writer, { overwrite: true })).changes)).toContain('properties.minTlsVersion');
  expect(
    keeping.changes.map(({ undoes }) => undoes?.change),
    'last change first',
  ).toEqual([4, 3, 2, 1]);
});

test('undo of one change keeps the other changes', async () => {
  const here = await world();
  const prepared = await ready(here);
  const ran = await go(here, prepared);
  const one = await planUndo(recordedRun(ran.entries)!, prepared.writer, { only: [2] });
  expect(one.changes.map(({ undoes }) => undoes?.change)).toEqual([2]);
});

test('a write that cannot be read back is applied, but not counted as verified', async () => {
  const here = await world();
  const prepared = await ready(here);
  const failure = new ArmFailure({ kind: 'forbidden', code: 'AuthorizationFailed', message: 'no', next: '' });
  let sent = false;
  const writer: typeof prepared.writer = {
    ...prepared.writer,
    send: (request) => ((sent = true), prepared.writer.send(request)),
    readOne: (...asked) => (sent ? Promise.resolve({ state: 'unreadable', failure }) : prepared.writer.readOne(...asked)),
  };
  const ran = await go(here, { writer, changes: prepared.changes.slice(0, 1) });
  expect(ran.summary).toMatchObject({ applied: 1, verified: 0, exitCode: 5 });
});

test('a member that is missing in the answer after the write is not verified, although its default is the desired value', async () => {
  const here = await world();
  const prepared = await ready(here, { 'remote-debugging': { decision: apply, answers: {}, controls: {} } });
  let sent = false;
  const writer: typeof prepared.writer = {
    ...prepared.writer,
    send: (request) => ((sent = true), prepared.writer.send(request)),
    readOne: async (...asked) => {
      const fact = await prepared.writer.readOne(...asked);
      if (!sent || fact.state !== 'read') return fact;
      const { remoteDebuggingEnabled: _, ...properties } = (fact.body?.['properties'] ?? {}) as Record<string, Json>;
      return { state: 'read', body: { ...fact.body, properties } };
    },
  };
  const changes = prepared.changes.filter(({ controls }) => controls.includes('remote-debugging.off'));
  expect(changes).toHaveLength(1);
  expect((await go(here, { writer, changes })).summary).toMatchObject({ applied: 1, verified: 0, exitCode: 5 });
});

test('if another operation of Azure changed the resource in the meantime, nothing is written over it', async () => {
  const here = await world();
  const prepared = await ready(here, {
    'access-keys': { answers: {}, controls: { 'home-page': apply } },
  });
  const settings = { method: 'PUT', path: `${ORDERS}/config/appsettings` };
  const answers: (boolean | undefined)[] = [];
  const writer: typeof prepared.writer = {
    ...prepared.writer,
    send: async (request, meanwhile) => {
      answers.push(await meanwhile?.isCurrent?.());
      const { path } = settings;
      await here.put(path, {
        ...(request.body as { properties: object }).properties,
        AzureWebJobsDisableHomepage: 'no',
        New: 'by somebody',
      });
      answers.push(await meanwhile?.isCurrent?.());
      throw new ArmFailure({ kind: 'conflict', code: 'ChangedMeanwhile', message: 'x', next: '' });
    },
  };
  const ran = await go(here, { ...prepared, writer });
  expect([answers, ran.summary.failed]).toEqual([[true, false], 1]);
});

test('if Azure does not name the policy that denied a request, the policies in scope are named', async () => {
  const here = await world();
  const prepared = await ready(here);
  const guards = [{ id: 'L29', level: 'warn', says: '', control: '', policy: 'Guardrails' }] as const;
  const [first] = prepared.changes;
  const error = { code: 'RequestDisallowedByPolicy', message: 'It was disallowed.' };
  await here.faults([{ method: first!.method, path: '/sites/fn-orders', status: 403, times: 9, body: { error } }]);
  const ran = await go(here, { ...prepared, changes: [{ ...first!, guards }] });
  const next = ran.events.flatMap((event) =>
    event.type === 'change-end' && event.result.state === 'failed' ? [event.result.failure.next] : [],
  );
  expect(next).toEqual([expect.stringContaining('Assignments in scope that deny: "Guardrails".')]);
});

test('a role that another person assigned in the meantime counts as done; undo keeps it', async () => {
  const here = await world();
  const prepared = await ready(here);
  const writer: typeof prepared.writer = {
    ...prepared.writer,
    send: () =>
      Promise.resolve({
        status: 409,
        correlationId: null,
        exists: { code: 'RoleAssignmentExists', message: 'It exists.', sameName: true },
      }),
  };
  const ran = await go(here, { writer, changes: prepared.changes.slice(0, 1) });
  expect(ran.summary).toMatchObject({ applied: 0, failed: 0, skipped: 1, exitCode: 0 });
  expect((await planUndo(recordedRun(ran.entries)!, prepared.writer)).changes).toEqual([]);
});

test('a time limit after the write is a lost answer, not a failure', async () => {
  const here = await world();
  const prepared = await ready(here);
  const lost = new ArmFailure({ kind: 'network', code: 'Timeout', message: 'late', mayHaveHappened: true, next: '' });
  const writer: typeof prepared.writer = {
    ...prepared.writer,
    send: async (request) => (await prepared.writer.send(request), Promise.reject(lost)),
  };
  const ran = await go(here, { ...prepared, writer });
  expect(ran.summary).toMatchObject({ failed: 0, state: 'done' });
  expect(states(ran)).toEqual(prepared.changes.map(() => 'applied'));
});

test('a full disk after a write stops the run with a message, and the intent is recorded', async () => {
  const here = await world();
  const prepared = await ready(here);
  const entries: Entry[] = [];
  const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  const ran = await go(here, prepared, 'stop', (entry) =>
    entry.type === 'outcome' ? Promise.reject(full) : Promise.resolve(void entries.push(entry)),
  );
  expect(ran.summary).toMatchObject({ failed: 1, exitCode: 5 });
  expect(outcomeOf(ran.summary)).toBe('PARTLY FAILED');
  expect(recordedRun(entries)?.changes.map(({ state }) => state)).toEqual(['unknown']);
  const atEnd = await go(await world(), prepared, 'stop', (entry) => (entry.type === 'run-end' ? Promise.reject(full) : Promise.resolve()));
  // As in the history, where a log without an end is a stopped run that resume ends.
  expect(atEnd.summary).toMatchObject({ failed: 0, state: 'stopped', exitCode: 5 });
  expect(closingLines(atEnd.summary).map(lineText).slice(-2)).toEqual([
    `Resume: func-harden resume ${atEnd.summary.run}`,
    expect.stringMatching(/^STOPPED: /),
  ]);
  expect(
    atEnd.events
      .flatMap((event) => eventLines(event, { ascii: true, colour: false }))
      .map(lineText)
      .join('\n'),
  ).toContain('[x] The end of the run could not be written to the undo log (no space left on device).\n    Free disk space');
});

test('a log that became read-only is not a full disk', async () => {
  const here = await world();
  const prepared = await ready(here);
  const readOnly = Object.assign(new Error('you have no permission'), { code: 'EACCES' });
  const ran = await go(here, prepared, 'stop', (entry) => (entry.type === 'outcome' ? Promise.reject(readOnly) : Promise.resolve()));
  const [failed] = ran.events.flatMap((event) =>
    event.type === 'change-end' && event.result.state === 'failed' ? [event.result.failure] : [],
  );
  expect(failed?.next).toMatch(/^Make the undo log writable again, then check the current values\./);
});

test('a shared undo log that is lost after a write ends the run with its counts, and claims nothing about requests that were sent', async () => {
  const file = 'https://st.blob.core.windows.net/logs/journal/x.jsonl';
  for (const lost of [
    armErrors.sharedLogInUse({ file }),
    armErrors.sharedLogForbidden({ address: file, which: 'AuthorizationFailure, 403' }),
    armErrors.sharedLogUnreachable({ address: file, why: 'no response' }),
    armErrors.immutableContainer({ address: file }),
  ]) {
    const here = await world();
    const prepared = await ready(here);
    const atStart = go(here, prepared, 'stop', (entry) => (entry.type === 'run-start' ? Promise.reject(lost) : Promise.resolve()));
    const { message } = lost;
    await expect(atStart).rejects.toThrow(`${message} Nothing was sent.`);
    expect(await here.writes()).toEqual([]);
    lost.message = message;
    const ran = await go(here, prepared, 'stop', (entry) => (entry.type === 'outcome' ? Promise.reject(lost) : Promise.resolve()));
    expect(ran.summary, lost.message).toMatchObject({ failed: 1, exitCode: 5 });
    const [failed] = ran.events.flatMap((event) =>
      event.type === 'change-end' && event.result.state === 'failed' ? [event.result.failure] : [],
    );
    expect(failed?.message).toContain('The request was sent, but its outcome could not be written');
    expect(failed?.message).not.toMatch(/nothing was sent|no further/i);
  }
});

test('a log that another program changes during the run stops it before the next request, and the advice is not about the disk', async () => {
  const here = await world();
  const prepared = await ready(here);
  const changed = Object.assign(new Error('another program changed the file'), { code: LOG_CHANGED });
  let intents = 0;
  const ran = await go(here, prepared, 'stop', (entry) =>
    entry.type === 'intent' && ++intents > 1 ? Promise.reject(changed) : Promise.resolve(),
  );
  expect(ran.summary).toMatchObject({ applied: 1, failed: 1, exitCode: 5 });
  const failures = ran.events.flatMap((event) =>
    event.type === 'change-end' && event.result.state === 'failed' ? [event.result.failure] : [],
  );
  expect(failures).toMatchObject([
    {
      message: 'The undo log could not be written (another program changed the file), so nothing was sent.',
      next: expect.stringContaining('an undo does not find the changes that the log has lost'),
    },
  ]);
  expect(failures[0]?.next).not.toContain('disk');
});

test('an id that may not be written stops only its own undo or change', async () => {
  const here = await world();
  const prepared = await ready(here);
  const ran = await go(here, prepared, 'continue');
  const foreign = new ArmFailure({ kind: 'untrusted', code: 'ForeignId', message: 'not of this app', next: 'Look at it.' });
  const request: typeof prepared.writer.request = (target_, key, ...rest) => {
    if (key === 'siteConfig') throw foreign;
    return prepared.writer.request(target_, key, ...rest);
  };
  const undo = await planUndo(recordedRun(ran.entries)!, { ...prepared.writer, request });
  expect(undo.left.map(({ failure }) => failure?.code)).toEqual(['ForeignId']);
  expect(undo.changes.length).toBe(ran.summary.applied - 1);
  const other = await world();
  const again = await ready(other);
  const applied = await go(other, { ...again, writer: { ...again.writer, request } }, 'continue');
  expect(applied.summary).toMatchObject({ applied: ran.summary.applied - 1, failed: 1 });
});

/** An id that may not be written to: detected when the request is made. */
const refusing = (writer: ArmWriter, isRefused: (...args: Parameters<ArmWriter['request']>) => boolean): ArmWriter =>
  Object.create(writer, {
    request: {
      value: (...args: Parameters<ArmWriter['request']>) => {
        if (isRefused(...args))
          throw new ArmFailure({ kind: 'untrusted', code: 'ForeignId', message: 'An id that leads elsewhere.', next: '' });
        return writer.request(...args);
      },
    },
  }) as ArmWriter;

test('an id that nothing may be written to stops its own change, and the plan has the other changes', async () => {
  const here = await world();
  const { writer } = await here.connection();
  const store = new FactStore(writer, target);
  await store.load(readsOfSteps(catalogue));
  const moved = { answers: { vault: 'kv-events', settings: ['PaymentApiKey'] }, controls: { references: apply } };
  const decided = (arm: ArmWriter, decisions: Decisions) => plan(catalogue, store, arm, { decisions, today: '2026-11-24' });
  const others = (await decided(writer, WORK)).changes.map(({ resource, key }) => [resource, key]);
  const decisions = { ...WORK, 'key-vault': moved } as unknown as Decisions;
  expect((await decided(writer, decisions)).changes.map(({ key }) => key)).toContain('roleAssignments');
  const planned = await decided(
    refusing(writer, (_, key) => key === 'roleAssignments'),
    decisions,
  );
  expect(planned.changes.map(({ resource, key }) => [resource, key])).toEqual(others);
  expect([...planned.unknown.map(({ id }) => id), ...planned.blocked.map(({ control }) => control)]).toContain('key-vault.references');
});

test('a change that cannot be reverted because of its id does not stop the revert of the others', async () => {
  const here = await world();
  const { writer, changes } = await ready(here);
  const arm = refusing(writer, (_, __, ___, sets) => sets.some(({ path, to }) => path === 'properties.httpsOnly' && to === false));
  const last = changes.at(-1)!;
  const body = { Code: 'BadRequest', Message: 'no' };
  await here.faults([{ method: last.method, path: `${last.path.split('/').slice(-2).join('/')}\\?`, times: 1, status: 400, body }]);
  const ran = await go(here, { writer: arm, changes }, 'rollback');
  const isStuck = changes.map(({ diff }) => diff.some(({ path }) => path === 'properties.httpsOnly'));
  expect(isStuck.filter(Boolean)).toEqual([true]);
  expect(states(ran)?.slice(0, changes.length - 1)).toEqual(isStuck.slice(0, -1).map((one) => (one ? 'applied' : 'undone')));
  expect(ran.summary).toMatchObject({ applied: 1, state: 'partial' });
});
