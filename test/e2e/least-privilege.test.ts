/** The roles that `steps --permissions` prints are enough for the complete job, and each permission in them is needed. */
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contoso } from '../../src/emulator/samples/contoso.ts';
import { startEmulator } from '../../src/emulator/server/server.ts';
import { guidOf } from '../../src/emulator/guid.ts';
import type { Grant } from '../../src/emulator/access/rights.ts';
import type { State } from '../../src/emulator/state.ts';
import { BEFORE_WRITES, FINDING } from '../../src/report/permissions.ts';
import { testTime } from '../helpers/clock.ts';
import { cloud, type Cloud } from '../helpers/in-process.ts';
import { inside } from '../helpers/inside.ts';
import { APPLY, askedFor, AUDIT, granted, moreToDo, moreToSee } from '../helpers/least.ts';
import { withoutOneWay } from '../helpers/states.ts';
import { GONE } from '../../src/emulator/samples/sample-apps.ts';
import { APPS, CONFIRMED, strictAnswers } from '../helpers/strict.ts';
import { runName, temporaryFolder, world, type Outcome, type World } from '../helpers/world.ts';

const SITES_OF = APPS.filter((app) => !app.includes('/')).flatMap((app) => ['--app', app]);
const areasOf = (areas: readonly string[]): string[] => areas.filter((area) => area !== FINDING && area !== BEFORE_WRITES);
/** A cloud in which the caller has only these permissions; without sockets, because there is one cloud for each permission. */
const cloudFor = async (state: State, grants: readonly Grant[]): Promise<Cloud> =>
  cloud(state, await temporaryFolder(), (_, handle) => handle(), { name: 'one@contoso.example', id: guidOf('one'), grants });
/** The complete output without line breaks and in lower case, because ARM ignores case too. */
const said = ({ stdout, stderr }: Outcome): string => `${stdout} ${stderr}`.replaceAll(/\s+/g, ' ').toLowerCase();
const as = (here: World, args: readonly string[], name: string) => inside(here, args, { FUNC_HARDEN_ACCESS_TOKEN: here.tokens![name]! });

interface Judged {
  readonly apps: { name: string; slot: string | null; steps: { controls: { id: string; state: string; reason: string | null }[] }[] }[];
}
const controlsOf = ({ stdout }: Outcome) =>
  (JSON.parse(stdout) as Judged).apps.flatMap(({ name, slot, steps }) =>
    steps.flatMap(({ controls }) =>
      controls.map(({ id, state, reason }) => ({ app: `${name}/${slot ?? ''}`, id, state, reason: reason ?? '' })),
    ),
  );
/** Matches the action, but not a longer action that begins with it. */
const named = (action: string) => new RegExp(`(?<![\\w./])${action.toLowerCase().replaceAll('.', '\\.')}(?![\\w/])`);

// The state after the complete run, for the tests of undo.
let done: { readonly state: State; readonly run: string; readonly stateDir: string } | undefined;
let answers = '';
const folders: string[] = [];
beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'least-'));
  folders.push(folder);
  answers = join(folder, 'strict.json');
  await writeFile(answers, strictAnswers(moreToDo()));
  const emulator = await startEmulator({ port: 0, scenario: 'contoso', apps: 1, latency: 0, faults: [], seed: moreToDo });
  const here = { ...emulator, folder, clock: testTime().clock } as unknown as World;
  const replay = await inside(here, ['replay', answers, '--yes', '--my-ip', '198.51.100.7', ...CONFIRMED]);
  expect(replay.code, replay.stderr).toBe(0);
  const state = (await (
    await fetch(`${emulator.endpoint}/_emulator/state`, { headers: { authorization: `Bearer ${emulator.accessToken}` } })
  ).json()) as State;
  done = { state, run: runName(replay), stateDir: folder };
  await emulator.close();
}, 60_000);
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

test('with exactly the listed permissions each command succeeds, and nothing is refused', { timeout: 120_000 }, async () => {
  const here = await world({ seed: moreToDo, callers: { audit: granted(AUDIT), apply: granted(APPLY) } });
  const before = await here.state();
  const audit = ['audit', ...SITES_OF, '--slot', 'all', '--json', '--profile', 'strict'];
  const [by, operator] = [await as(here, audit, 'audit'), await inside(here, audit)];
  expect(controlsOf(by), 'every verdict is that of the operator').toEqual(controlsOf(operator));
  expect((await as(here, ['audit', '--all', '--slot', 'all', '--json'], 'audit')).code).toBe(2);
  expect((await as(here, ['plan', answers], 'apply')).code).toBe(2);
  const replay = await as(here, ['replay', answers, '--yes', '--my-ip', '198.51.100.7', ...CONFIRMED], 'apply');
  expect(replay.code, replay.stderr).toBe(0);
  const judged = await as(here, [...audit, '--answers', answers], 'audit');
  expect(controlsOf(judged).filter(({ state }) => !['pass', 'attested', 'accepted', 'not-applicable'].includes(state))).toEqual([]);
  expect(judged.code).toBe(0);
  const after = await here.state();
  expect(withoutMe(after), 'what stands there is what the operator would have left').toEqual(withoutMe(done!.state));
  const undo = await as(here, ['undo', runName(replay), '--yes', ...CONFIRMED], 'apply');
  expect(undo, undo.stderr).toMatchObject({ code: 0 });
  for (const [id, one] of Object.entries(before.resources))
    if ((one['properties'] as Record<string, unknown>)['principalId'] === GONE) delete before.resources[id];
  expect(withoutOneWay(await here.state(), before)).toEqual(before);
  const rotation = await as(
    here,
    ['replay', await rotating(here), '--yes', '--confirm', 'fn-orders', 'fn-events', 'fn-billing/staging'],
    'apply',
  );
  expect(rotation.code, rotation.stderr).toBe(0);
  const asked = askedFor(await here.exchanges());
  const gateway = /applicationGatewayWebApplicationFirewallPolicies/i;
  expect(
    [...APPLY.needs.keys()].filter((action) => !asked.has(action.toLowerCase()) && !gateway.test(action) && !POLICIES.test(action)),
    'never asked for',
  ).toEqual([]);
  const refused = (await here.exchanges()).filter(({ status }) => status === 401 || status === 403);
  expect(refused.map(({ method, url, responseBody }) => [method, url, responseBody])).toEqual([]);
});

test('an audit uses all permissions of its role, and no others', { timeout: 60_000 }, async () => {
  const here = await world({ seed: moreToSee, callers: { audit: granted(AUDIT) } });
  for (const which of [SITES_OF, ['--all']]) await as(here, ['audit', ...which, '--slot', 'all', '--profile', 'strict'], 'audit');
  const own = [...AUDIT.needs.keys()].map((action) => action.toLowerCase());
  expect([...askedFor(await here.exchanges())].toSorted()).toEqual(own.toSorted());
});

/** Each assigns itself the permission to read the secrets in a new vault. */
const withoutMe = ({ resources, ...state }: State): State => ({
  ...state,
  resources: Object.fromEntries(
    Object.entries(resources).filter(([, one]) => (one['properties'] as Record<string, unknown>)['principalType'] !== 'User'),
  ),
});

describe('an audit with one permission missing', () => {
  test.each([...AUDIT.needs])('%s', { timeout: 30_000 }, async (action, areas) => {
    const here = await cloudFor(moreToSee(), granted(AUDIT, action));
    const steps = areasOf(areas);
    const select = steps.length > 0 ? [...SITES_OF, '--slot', 'all', '--step', ...steps] : ['--all', '--step', 'https'];
    const audit = ['audit', ...select, '--profile', 'strict'];
    const outcome = await here.command(...audit, '--json');
    // Without a readable app there is no report, only the reason.
    const unknown = outcome.stderr.includes('no function app') || !outcome.stdout.endsWith('}\n') ? [] : controlsOf(outcome);
    const reasons = unknown.filter(({ state }) => state === 'unknown').map(({ reason }) => reason.toLowerCase());
    if (reasons.some((reason) => named(action).test(reason))) {
      const others = reasons.flatMap((reason) => /you have no permission to read this resource \((.*?)\)/.exec(reason)?.[1] ?? []);
      expect([...new Set(others)], 'no other action is named').toEqual([action.toLowerCase()]);
      const has = (...states: string[]) => unknown.some(({ state }) => states.includes(state));
      expect(outcome.code).toBe(has('fail') ? 2 : has('pass', 'accepted') ? 6 : 4);
    } else {
      // A missing permission for evidence, or for the list of apps, is only reported.
      expect(said(await here.command(...audit))).toMatch(named(action));
    }
  });
});

describe('a run with one permission missing', () => {
  const more = [...APPLY.needs].filter(([action]) => !AUDIT.needs.has(action) && !POLICIES.test(action));
  test.each(more)('%s', { timeout: 60_000 }, async (action, areas) => {
    const rights = granted(APPLY, action);
    const steps = areasOf(areas).flatMap((area) => ['--step', area]);
    const tried: string[] = [];
    /** Whether the output names the missing permission; no request may be sent that Azure refuses. */
    const tells = async (here: Cloud, args: readonly string[]): Promise<boolean> => {
      const outcome = await here.command(...args);
      const refused = here.writes.filter(({ status }) => status === 403);
      expect(refused, `${args[0]}: a change is refused before it is sent`).toEqual([]);
      tried.push(`${args.join(' ')}: ${said(outcome)}`);
      return named(action).test(said(outcome));
    };
    const finished = await cloudFor(structuredClone(done!.state), rights);
    await cp(join(done!.stateDir, 'func-harden'), join(finished.folder, 'state'), { recursive: true });
    const undone = () => tells(finished, ['undo', done!.run, '--dry-run']);
    // An undo deletes the resources that its run created.
    if (action.endsWith('/delete') && (await undone())) return;
    const fresh = await cloudFor(moreToDo(), rights);
    const file = action.includes('keys/write') ? await rotating(fresh) : answers;
    if (await tells(fresh, ['plan', file, ...(file === answers ? steps : [])])) return;
    // Some areas have a change only after the change of another area.
    if (await tells(fresh, ['plan', file])) return;
    if (await undone()) return;
    if (await tells(fresh, ['replay', answers, '--yes', '--my-ip', '198.51.100.7', ...CONFIRMED])) return;
    if (await tells(finished, ['undo', done!.run, '--yes', ...CONFIRMED])) return;
    expect.fail(`${action} is superfluous: nothing misses it\n${tried.map((text) => text.slice(0, 300)).join('\n')}`);
  });
});

/** The strict answers change each vault to roles; access policies are written if the vault keeps them. */
const POLICIES = /accessPolicies\/write$/;

test('an access policy of a vault requires its own permission, and no other permission on the vault', { timeout: 30_000 }, async () => {
  const [right = ''] = [...APPLY.needs.keys()].filter((action) => POLICIES.test(action));
  const ofVault = right.replace(/accessPolicies\/write$/, 'write');
  const seed = () => {
    const state = contoso();
    const vault = Object.values(state.resources).find(({ id }) => String(id).endsWith('/vaults/kv-events'))!;
    Object.assign(vault['properties'] as object, { enableRbacAuthorization: false, accessPolicies: [] });
    return state;
  };
  const here = await world({ seed, callers: { one: granted(APPLY, right), all: granted(APPLY, ofVault) } });
  const file = join(here.folder, 'policy.yaml');
  await writeFile(
    file,
    `version: 1\napps:\n  fn-orders:\n    steps: { key-vault: { answers: { vault: kv-events, settings: [PaymentApiKey] }, controls: { references: { decision: apply } } } }\n`,
  );
  const without = await as(here, ['plan', file], 'one');
  expect(said(without)).toMatch(named(right));
  const vault = async () => JSON.stringify((await here.state()).resources);
  const before = await vault();
  const replay = await as(here, ['replay', file, '--yes', '--confirm', 'fn-orders'], 'all');
  const policies = (await here.writes()).filter(({ url }) => /vaults\/kv-events/i.test(url) && !/secrets/.test(url));
  expect(policies.map(({ method, url, status }) => [method, /vaults\/kv-events([^?]*)/.exec(url)?.[1], status])).toEqual([
    ['PUT', '/accessPolicies/add', 200],
  ]);
  const undo = await as(here, ['undo', runName(replay), '--yes', '--confirm', 'fn-orders'], 'all');
  const last = (await here.writes()).filter(({ url }) => /accessPolicies/.test(url)).at(-1);
  expect([last?.method, /accessPolicies\/\w+/.exec(last?.url ?? '')?.[0]], undo.stderr).toEqual(['PUT', 'accessPolicies/remove']);
  expect(await vault()).not.toContain('"get"');
  expect(before).not.toContain('"get"');
});

/** Keys of each kind, selected by name, because the strict answers rotate no keys. */
async function rotating({ folder }: Pick<World, 'folder'>): Promise<string> {
  const file = join(folder, 'rotation.json');
  const rotate = (...places: string[]) => ({
    steps: { 'access-keys': { controls: { rotate: { decision: 'apply' } }, answers: { rotate: places } } },
  });
  await writeFile(
    file,
    JSON.stringify({
      version: 1,
      apps: {
        'fn-orders': rotate('host/ci', 'PlaceOrder/default'),
        'fn-events': rotate('system/eventgrid_extension'),
        'fn-billing/staging': rotate('host/default', 'CreateInvoice/default', 'system/eventgrid_extension'),
      },
    }),
  );
  return file;
}
