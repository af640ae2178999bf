/** `doctor --try` with one fault in each step: the line of each write, the exit code and the undo log report what happened, and no more. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tryWrites } from '../../src/app/doctor/doctor-try.ts';
import type { Invocation } from '../../src/cli/invocation.ts';
import { contoso } from '../../src/emulator/samples/contoso.ts';
import type { Json } from '../../src/azure/index.ts';
import type { State } from '../../src/emulator/state.ts';
import { EXIT, worst } from '../../src/engine/errors.ts';
import { readRuns } from '../../src/files/undo-log/journal.ts';
import { cloud, type Cloud, type Meddle, type Wire } from '../helpers/in-process.ts';
import { temporaryFolder } from '../helpers/world.ts';
import { catalogue } from '../../steps/index.ts';

/** A sample app with all values that can be set. */
function full(): State {
  const state = contoso();
  const site = Object.values(state.sites).find(({ name }) => name === 'fn-orders')!;
  Object.assign(site.properties, { sshEnabled: true, clientCertExclusionPaths: '/health' });
  Object.assign(site.config, { minTlsCipherSuite: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256' });
  return state;
}

type Broken = Wire | 'reset' | 'hang';
type Members = { [name: string]: Json };
const wire = (status: number, body: unknown, headers: Record<string, string> = {}): Wire => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  text: JSON.stringify(body),
});
const refusal = (status: number, code: string, message: string): Wire => wire(status, { error: { code, message } });
const FORBIDDEN = refusal(
  403,
  'AuthorizationFailed',
  "The client does not have authorization to perform action 'Microsoft.Web/sites/write' over scope 'x'.",
);
const BUSY = refusal(409, 'Conflict', 'Another operation is in progress on this resource. Please try again later.');
const BROKEN = refusal(500, 'InternalServerError', 'broken');
const THROTTLED = refusal(429, 'TooManyRequests', 'Slow down.');
const isWrite = (method: string): boolean => method === 'PUT' || method === 'PATCH';
const placeOf = (url: string): string => url.split('?')[0]!.toLowerCase();

/** Answers each write with this; with `isDone` the write happened all the same. */
const always =
  (answer: Broken, isDone = false): Meddle =>
  ({ method }, handle) => {
    if (!isWrite(method)) return handle();
    if (isDone) handle();
    return answer;
  };
/** Answers the first attempt of each write with this. */
function once(answer: Broken, isDone = false): Meddle {
  const seen = new Set<string>();
  const broken = always(answer, isDone);
  return (request, handle) => {
    const key = `${request.url} ${JSON.stringify(request.body)}`;
    if (!isWrite(request.method) || seen.has(key)) return handle();
    seen.add(key);
    return broken(request, handle);
  };
}
const OPERATION = 'http://127.0.0.1:9/subscriptions/s/providers/Microsoft.Web/locations/x/operations/1?api-version=2024-11-01';
/** Accepts each write as an operation, and answers the poll for its result with this. */
const operation =
  (end: Wire): Meddle =>
  (request, handle) =>
    request.url.includes('/operations/1') ? end : always(wire(202, {}, { 'azure-asyncoperation': OPERATION }), true)(request, handle);
/** Breaks the first reads of a resource after each write. */
function readsAfter(answer: Broken, times: number): Meddle {
  const left = new Map<string, number>();
  return ({ method, url }, handle) => {
    const rest = left.get(placeOf(url)) ?? 0;
    if (isWrite(method)) left.set(placeOf(url), times);
    else if (rest > 0) {
      left.set(placeOf(url), rest - 1);
      return answer;
    }
    return handle();
  };
}
/** Returns other values than the last write sent. */
function differs(): Meddle {
  let last: { readonly place: string; readonly body: Members } | undefined;
  return ({ method, url, body }, handle) => {
    const answer = handle();
    if (isWrite(method)) last = { place: placeOf(url), body: changedOf(body as Members) };
    else if (method === 'GET' && placeOf(url) === last?.place) {
      const now = JSON.parse(answer.text) as Members;
      for (const member of ['properties', 'identity'])
        if (last.body[member] !== undefined) now[member] = altered(now[member]!, last.body[member]);
      return { ...answer, text: JSON.stringify(now) };
    }
    return answer;
  };
}
/** A PUT of a site sends all that was read; one member is the change. */
function changedOf(body: Members): Members {
  const { functionsRuntimeAdminIsolationEnabled: only } = (body['properties'] ?? {}) as Members;
  return only === undefined ? body : { properties: { functionsRuntimeAdminIsolationEnabled: only } };
}
function altered(have: Json, sent: Json): Json {
  if (Array.isArray(sent)) return [...(have as Json[]), ...(have as Json[]).slice(0, 1)];
  if (typeof sent === 'object' && sent !== null)
    return Object.fromEntries(
      Object.entries(have as Members).map(([name, value]) => [
        name,
        name in sent ? altered(value, (sent as Members)[name] ?? null) : value,
      ]),
    );
  if (typeof sent === 'string') return `${sent}x`;
  return typeof sent === 'boolean' ? !sent : typeof sent === 'number' ? sent + 1 : sent;
}

const timeless = (text: string): string => text.replaceAll(/"\d{4}-\d\d-\d\dT[\d:.]+Z"/g, '""');

/** `doctor --app fn-orders --try --yes`; with `interactive` a person is asked, and leaves the question. */
function invocationIn({ folder, clock }: Cloud, asked?: { readonly interactive: boolean }): Invocation {
  const look = { colour: false, ascii: true, dumb: true } as const;
  // The first output is the preview. Leaving the question behind it counts as a no.
  const left = new AbortController();
  const leave = () => {
    if (asked) left.abort();
  };
  return {
    args: [],
    options: { app: ['fn-orders'], try: true, yes: asked === undefined, stateDir: join(folder, 'state') },
    io: {
      out: leave,
      err: leave,
      outLook: look,
      errLook: look,
      width: 80,
      interactive: asked?.interactive ?? false,
      asks: asked?.interactive ?? false,
      fullScreen: false,
    },
    environment: {},
    clock,
    version: 'test',
    catalogue: () => Promise.resolve(catalogue),
    signal: left.signal,
  };
}
async function tried(here: Cloud) {
  const lines = await tryWrites(invocationIn(here), await here.connection());
  const writes = lines.filter(({ says }) => /^(?:PUT|PATCH) /.test(says));
  const [run] = await readRuns(join(here.folder, 'state'));
  return {
    lines,
    writes,
    code: worst(lines.map(({ state, code }) => (state === 'fail' ? (code ?? EXIT.failed) : EXIT.ok))),
    logged: new Set(run?.changes.map(({ state, verified }) => `${state} ${verified?.state ?? ''}`.trim())),
  };
}
/** The exit code for the results of the writes in the undo log. */
const CODES: Readonly<Record<string, number>> = {
  'applied shown': EXIT.ok,
  'applied not-shown': EXIT.partial,
  'applied not-readable': EXIT.partial,
  unknown: EXIT.partial,
  failed: EXIT.failed,
};
/** The writes of the sample app that are tried. */
const WRITES = 12;
const ACCEPTED = /: accepted, and the value is unchanged$/;
const asked = /^Request a role that includes/;
const report = /on this app\. Attach the record to an issue\.$/;
const look = /^Check the value in the portal/;
const again = /^(?:Azure is throttling|Another operation is using|Azure had a server error|Check the network)/;

test.each<[string, Meddle, RegExp, RegExp | null, string]>([
  ['nothing', (_, handle) => handle(), ACCEPTED, null, 'applied shown'],
  ['a missing permission', always(FORBIDDEN), /: refused: .*\(AuthorizationFailed\)$/, asked, 'failed'],
  [
    'a permanent conflict',
    always(refusal(409, 'Conflict', 'It cannot be changed.')),
    /: refused: It cannot.*\(Conflict\)$/,
    report,
    'failed',
  ],
  ['a conflict each time', always(BUSY), /: refused: Another operation .*\(Conflict\)$/, again, 'failed'],
  ['a conflict once', once(BUSY), ACCEPTED, null, 'applied shown'],
  ['a wrong value', always(refusal(400, 'BadRequest', 'no')), /: refused: no \(BadRequest\)$/, report, 'failed'],
  ['throttling each time', always(THROTTLED), /: refused: Slow down\. \(TooManyRequests\)$/, again, 'failed'],
  ['throttling once', once(THROTTLED), ACCEPTED, null, 'applied shown'],
  ['a server error each time', always(BROKEN), /: result unknown: broken \(InternalServerError\)$/, again, 'unknown'],
  ['a server error each time, and it was done', always(BROKEN, true), /: result unknown: broken/, again, 'unknown'],
  ['a server error once', once(BROKEN), ACCEPTED, null, 'applied shown'],
  ['a connection that breaks each time', always('reset'), /: result unknown: .* broke before a response/, again, 'unknown'],
  ['a lost answer', once('reset', true), ACCEPTED, null, 'applied shown'],
  ['no answer each time', always('hang'), /: result unknown: .*No response within the time limit/, again, 'unknown'],
  ['no answer once', once('hang'), ACCEPTED, null, 'applied shown'],
  ['an operation that succeeds', operation(wire(200, { status: 'Succeeded' })), ACCEPTED, null, 'applied shown'],
  [
    'an operation that fails',
    operation(wire(200, { status: 'Failed', error: { code: 'BadThing', message: 'It went wrong' } })),
    /: failed: Azure accepted the request but could not complete it: It went wrong\. The resource has the old value\. \(BadThing\)$/,
    report,
    'failed',
  ],
  [
    'an operation that is canceled',
    operation(wire(200, { status: 'Canceled' })),
    /: failed: .*Canceled\. The resource has the old/,
    report,
    'failed',
  ],
  [
    'an operation without a reported result',
    operation(refusal(404, 'NotFound', 'gone')),
    /: result unknown: .*its result could not be read \(gone\)\. The value is unchanged, which does not prove the write\./,
    look,
    'unknown',
  ],
  [
    'an operation without an end',
    operation(wire(200, { status: 'InProgress' }, { 'retry-after': '300' })),
    /: result unknown: .* is not finished\. The value is unchanged, which does not prove the write\./,
    look,
    'unknown',
  ],
  [
    'a read that is refused',
    readsAfter(FORBIDDEN, 1),
    /: accepted, but the value could not be read afterward$/,
    look,
    'applied not-readable',
  ],
  ['a read that fails', readsAfter(BROKEN, 6), /: accepted, but the value could not be read afterward$/, look, 'applied not-readable'],
  ['a read that breaks', readsAfter('reset', 6), /: accepted, but the value could not be read afterward$/, look, 'applied not-readable'],
  [
    'a read without an answer',
    readsAfter('hang', 2),
    /: accepted, but the value could not be read afterward$/,
    look,
    'applied not-readable',
  ],
  [
    'a page instead of a read',
    readsAfter({ ...wire(200, ''), text: '<html>' }, 1),
    /could not be read afterward$/,
    look,
    'applied not-readable',
  ],
  ['a read that differs', differs(), /: accepted, but the value is different now$/, look, 'applied not-shown'],
])('%s in each step', async (name, meddle, says, next, logged) => {
  const here = cloud(full(), await temporaryFolder(), meddle);
  const found = await tried(here);
  expect(found.writes).toHaveLength(WRITES);
  for (const line of found.writes) {
    expect(line.says).toMatch(says);
    expect(line.state).toBe(next === null ? 'ok' : 'fail');
    if (next !== null) expect(line.next).toMatch(next);
  }
  expect([...found.logged]).toEqual([logged]);
  expect(found.code).toBe(next === asked ? EXIT.forbidden : CODES[logged]);
  // Only a value that differs is reported as such, and the comparison of the whole resource finds it too.
  expect(found.lines.some(({ says: text }) => text.endsWith(' does not have its earlier value'))).toBe(name === 'a read that differs');
});

test('a fault in one step is reported for that step only, and the others continue', async () => {
  const all = cloud(full(), await temporaryFolder());
  await tried(all);
  for (const [index, { method, url, body }] of all.writes.entries()) {
    const isOne = (one: { method: string; url: string; body: Json }) =>
      one.method === method && one.url === url && JSON.stringify(one.body) === JSON.stringify(body);
    const here = cloud(full(), await temporaryFolder(), (request, handle) =>
      isOne(request) ? refusal(400, 'BadRequest', `not in step ${index}`) : handle(),
    );
    const before = JSON.stringify(here.state());
    const { writes } = await tried(here);
    expect(writes.filter(({ state }) => state === 'fail').map(({ says }) => says)).toEqual([
      expect.stringMatching(new RegExp(`^${method} .*: refused: not in step ${index} \\(BadRequest\\)$`)),
    ]);
    expect(writes.filter(({ says }) => ACCEPTED.test(says))).toHaveLength(WRITES - 1);
    expect(timeless(JSON.stringify(here.state()))).toBe(timeless(before));
  }
});

test('a resource that cannot be compared at the end is reported', async () => {
  let isLast = false;
  const here = cloud(full(), await temporaryFolder(), ({ method, url }, handle) => {
    if (isWrite(method)) isLast = /\/vaults\//i.test(url);
    return isLast && method === 'GET' && /\/sites\/fn-orders\?/i.test(url) ? BROKEN : handle();
  });
  const { lines } = await tried(here);
  expect(lines.filter(({ state }) => state === 'fail').map(({ says }) => says)).toEqual([
    'sites/fn-orders could not be read after the run, so its other values were not compared',
  ]);
});

test('if no resource of the app can be read, no write is called proven', async () => {
  const here = cloud(full(), await temporaryFolder(), ({ url, method }, handle) =>
    method === 'GET' && /\/sites\/fn-orders(?:\/|\?)|\/(?:vaults|storageAccounts)/i.test(url) ? FORBIDDEN : handle(),
  );
  const { lines } = await tried(here);
  expect(lines.map(({ says }) => says).join('\n')).toContain('nothing was sent, because resources of this app could not be read');
  expect(lines.map(({ says }) => says).join('\n')).not.toContain('show that every write for this app works');
});

test.each([
  [true, 'Not approved. Nothing was sent.', 'To send the requests, run the command again and answer y.'],
  [
    false,
    /^Approval is needed, but there is no terminal to ask for it\. Nothing was sent\.\n {2}--yes {3}approves these requests$/,
    'Review the requests first, then run the command again with --yes.',
  ],
])(
  'without an approval (someone can be asked: %s) nothing is sent, and the next step is about requests',
  async (interactive, says, next) => {
    const here = cloud(full(), await temporaryFolder());
    const found = await tryWrites(invocationIn(here, { interactive }), await here.connection());
    expect(found).toEqual([
      expect.objectContaining({ state: 'fail', says: typeof says === 'string' ? says : expect.stringMatching(says), next }),
    ]);
    expect(here.writes).toEqual([]);
  },
);
