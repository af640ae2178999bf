/** Custom areas (`--controls DIR`): they work like built-in areas everywhere, and can use only the values that they are given. */
import { areaProblems } from '../src/files/controls/check-area.ts';
import { chmod, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { inside } from './helpers/inside.ts';
import { blocksOf } from './helpers/pages.ts';
import { terminal } from './helpers/terminal.ts';
import { BIN, ORDERS, runName, world, type World } from './helpers/world.ts';

const PAGE = await readFile(join(import.meta.dirname, '..', 'docs', 'controls.md'), 'utf8');
const [EXAMPLE = ''] = blocksOf(PAGE, 'ts');
const [ANSWERS = ''] = blocksOf(PAGE, 'yaml');

async function withAreas(files: Readonly<Record<string, string>>): Promise<{ here: World; folder: string; digest: () => Promise<string> }> {
  const here = await world();
  const folder = join(here.folder, 'controls');
  await mkdir(folder, { mode: 0o700 });
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text, { mode: 0o600 });
  await writeFile(join(here.folder, 'a.yaml'), ANSWERS);
  const digest = async () => /sha256:[0-9a-f]{64}/.exec((await inside(here, ['steps', '--controls', folder])).stderr)![0];
  return { here, folder, digest };
}

/** A rule with this code as its verdict function. */
const area = (judge: string, more = '', id = 'x-try'): string => `import { defineStep } from 'func-harden/step';
${more}
export default defineStep({
  contract: 1, id: '${id}', title: 'Try', group: 'operation', why: 'To try it.', docs: [],
  controls: [{ kind: 'rule', id: 'it', label: 'It', because: 'Of this.', severity: 'low', reads: ['site'], judge: (x) => { ${judge} } }],
});
`;

interface Found {
  readonly state: string;
  readonly found: string;
  readonly reason: string | null;
}
/** Returns the verdicts of areas with these verdict functions, from one audit. */
async function judged(sources: readonly string[]): Promise<readonly Found[]> {
  const areas = sources.map((source, index) => [`x-try-${index}`, source] as const);
  const { here, folder } = await withAreas(Object.fromEntries(areas.map(([id, source]) => [`${id}.ts`, area(source, '', id)])));
  const which = areas.flatMap(([id]) => ['--step', id]);
  const { stdout, stderr } = await here.cli(['audit', '--app', 'fn-orders', ...which, '--json', '--controls', folder]);
  if (stdout === '') throw new Error(stderr);
  return (JSON.parse(stdout) as { apps: { steps: { controls: Found[] }[] }[] }).apps[0]!.steps.map(({ controls }) => controls[0]!);
}

test('the example area of docs runs in audit, plan, replay, history, undo, resume and findings', { timeout: 60_000 }, async () => {
  const { here, folder, digest } = await withAreas({ 'health-check.ts': EXAMPLE });
  const own = ['--controls', folder, '--controls-digest', await digest()];
  const audit = await here.cli(['audit', '--app', 'fn-orders', '--json', ...own]);
  const report = JSON.parse(audit.stdout) as { controls: unknown; apps: { steps: { id: string; state: string }[] }[] };
  expect(report.controls).toEqual({ digest: own[3], areas: ['x-health-check'] });
  expect(report.apps[0]!.steps.find(({ id }) => id === 'x-health-check')).toMatchObject({ state: 'fail' });
  const groups = (await inside(here, ['steps', ...own])).stdout.match(/^(Secure|Network)\b.*$/gm);
  expect(groups, 'the area is in its group').toEqual(['Secure operation', 'Secure deployment', 'Network security']);
  for (const format of ['text', 'html', 'markdown', 'sarif'])
    expect((await inside(here, ['audit', '--app', 'fn-orders', '--format', format, ...own])).stdout, format).toContain(own[3]);
  expect((await inside(here, ['findings', '--app', 'fn-orders', ...own], {}, 80, true)).stdout).toContain(
    'Health check path (Health check)',
  );
  expect((await inside(here, ['audit', '--all', '--step', 'x-health-check', '--json', ...own])).code, 'from the inventory').toBe(2);

  const plan = await inside(here, ['plan', join(here.folder, 'a.yaml'), ...own]);
  expect([plan.code, plan.stdout]).toEqual([2, expect.stringContaining('healthCheckPath')]);
  expect(plan.stdout).toContain('Check that /api/health answers without a key');
  const spaced = plan.stdout.replaceAll(/\s+/g, ' ');
  expect(spaced).toContain('Azure may refuse it. func-harden doctor --try does not test it. Apply it to a test app first.');
  expect(spaced).not.toContain('doctor --app NAME --try');
  const script = await inside(here, ['export', join(here.folder, 'a.yaml'), '--app', 'fn-orders', '--format', 'az', ...own]);
  expect([script.code, script.stdout]).toEqual([0, expect.stringContaining('healthCheckPath')]);
  const replay = await here.cli(['replay', join(here.folder, 'a.yaml'), '--yes', ...own]);
  expect([replay.code, replay.stdout]).toEqual([0, expect.stringContaining('APPLIED: 1 applied, 1 verified')]);
  const path = async () => ((await here.get(`${ORDERS}/config/web`))['properties'] as Record<string, unknown>)['healthCheckPath'];
  expect(await path()).toBe('/api/health');
  const run = runName(replay);
  const log = await readFile(join(here.folder, 'func-harden', 'journal', `${run}.jsonl`), 'utf8');
  expect(JSON.parse(log.slice(0, log.indexOf('\n')))).toMatchObject({ controls: { digest: own[3], areas: ['x-health-check'] } });
  expect((await inside(here, ['history', run])).stdout).toContain(own[3]);

  const without = await inside(here, ['undo', run, '--yes']);
  expect([without.code, without.stdout]).toEqual([0, expect.stringContaining('UNDONE')]);
  expect(without.stderr).toContain(own[3]);
  expect(await path()).toBe('');
});

test('an interrupted run with custom areas is resumed only with the same areas', { timeout: 60_000 }, async () => {
  const { here, folder } = await withAreas({ 'health-check.ts': EXAMPLE });
  const own = ['--controls', folder];
  const run = runName(await inside(here, ['replay', join(here.folder, 'a.yaml'), '--yes', ...own]));
  const log = join(here.folder, 'func-harden', 'journal', `${run}.jsonl`);
  const lines = (await readFile(log, 'utf8')).split('\n');
  await writeFile(log, `${lines[0]}\n`, { mode: 0o600 });
  await here.patch(`${ORDERS}/config/web`, { healthCheckPath: '' });
  expect(await inside(here, ['resume', run, '--yes'])).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('Add --controls DIR') as string,
  });
  await writeFile(join(folder, 'more.ts'), area("return { state: 'pass', found: '', wanted: '' }"), { mode: 0o600 });
  expect((await inside(here, ['resume', run, '--yes', ...own])).code).toBe(64);
  await rm(join(folder, 'more.ts'));
  const done = await inside(here, ['resume', run, '--yes', ...own]);
  expect([done.code, done.stdout]).toEqual([0, expect.stringContaining('APPLIED: 1 applied')]);
});

test('the wizard shows a custom area and asks its question', { timeout: 60_000 }, async () => {
  const { here, folder } = await withAreas({ 'health-check.ts': EXAMPLE });
  const { sees, type, ended } = terminal(['--app', 'fn-orders', '--controls', folder], {
    rows: 50,
    environment: { FUNC_HARDEN_ACCESS_TOKEN: here.accessToken, FUNC_HARDEN_ARM_ENDPOINT: here.endpoint, XDG_STATE_HOME: here.folder },
  });
  await sees('Require HTTPS');
  type('end');
  await sees(/❯.*Use a gateway service/);
  // It is in the first group; the other two groups have eight areas.
  type(...Array.from({ length: 8 }, () => 'up' as const));
  await sees(/❯.*Health check/);
  type('enter');
  await sees('Health check path');
  type('enter');
  await sees('Path of the health check');
  type('ctrlC');
  await ended;
});

test('custom areas load only from an absolute folder that no other user can change, with its digest', { timeout: 60_000 }, async () => {
  const { here, folder, digest } = await withAreas({ 'health-check.ts': EXAMPLE });
  const steps = (...more: string[]) => inside(here, ['steps', ...more]);
  const refused = async (says: RegExp, ...more: string[]) => {
    const { code, stdout, stderr } = await steps(...more);
    expect([code, stdout, stderr]).toEqual([64, '', expect.stringMatching(says)]);
  };
  const right = await digest();
  expect((await steps('--controls', folder, '--controls-digest', right)).code).toBe(0);
  await refused(/absolute path/, '--controls', 'controls');
  await refused(/does not exist/, '--controls', join(folder, 'none'));
  await refused(/cannot be read: it is not a folder/, '--controls', join(folder, 'health-check.ts'));
  await writeFile(join(folder, 'large.ts'), ' '.repeat(1024 * 1024 + 1));
  await refused(/large\.ts cannot be read: it is too large/, '--controls', folder);
  await rm(join(folder, 'large.ts'));
  await refused(new RegExp(`have the digest ${right}`), '--controls', folder, '--controls-digest', `sha256:${'0'.repeat(64)}`);
  await refused(/64 hexadecimal/, '--controls', folder, '--controls-digest', 'sha256:1');
  await refused(/requires --controls DIR/, '--controls-digest', right);
  await symlink(folder, join(here.folder, 'link'));
  await refused(/symbolic link/, '--controls', join(here.folder, 'link'));
  await symlink('/etc/hostname', join(folder, 'other.ts'));
  await refused(/does not follow links/, '--controls', folder);
  await rm(join(folder, 'other.ts'));
  await chmod(join(folder, 'health-check.ts'), 0o666);
  await refused(/all users of this machine can change it/, '--controls', folder);
  await chmod(join(folder, 'health-check.ts'), 0o600);
  await chmod(folder, 0o777);
  await refused(/all users of this machine can change it/, '--controls', folder);
  await chmod(folder, 0o700);
  await chmod(here.folder, 0o777);
  await refused(/all users of this machine can change it/, '--controls', folder);
  await chmod(here.folder, 0o700);
  await writeFile(join(folder, 'health-check.ts'), `${EXAMPLE}\n`);
  expect(await digest()).not.toBe(right);
});

const PASS = "return { state: 'pass', found: String(",
  END = "), wanted: '' };";
/** Each function tries to get access to more than it was given, and returns what it found. */
const WAYS_OUT: Readonly<Record<string, string>> = {
  process: `${PASS}typeof process + typeof require + typeof fetch + typeof setTimeout + typeof console + typeof Buffer${END}`,
  'a constructor of what is handed over': `let out = 'none'; try { out = x.facts.site.constructor.constructor('return typeof process')(); } catch (e) { out = 'refused'; } ${PASS}out${END}`,
  'a constructor of functions that are handed over': `let out; try { out = x.chosen.constructor('return typeof process')(); } catch { out = 'refused'; } ${PASS}out${END}`,
  'the constructor of defineStep': `let out; try { out = defineStep.constructor('return typeof process')(); } catch { out = 'refused'; } ${PASS}out${END}`,
  'frames of the stack': `let out = 'none'; try { Error.prepareStackTrace = (_, frames) => { out = frames.map((f) => typeof f.getFunction()).join(); }; new Error('x').stack; } catch { out = 'refused'; } ${PASS}out${END}`,
  'an error where no room is left on the stack': `let out = 'none', foreign; Function.prototype.stackTraceLimit = 10; const full = () => { try { new Error('x').stack; Error.captureStackTrace?.({}); } catch (e) { if (!(e instanceof Error)) foreign = e; return; } full(); }; try { full(); } catch (e) { if (!(e instanceof Error)) foreign = e; } if (foreign) out = foreign.constructor.constructor('return typeof process')(); ${PASS}out${END}`,
  'callers of callers': `let out; try { out = typeof arguments.callee.caller; } catch { out = 'refused'; } ${PASS}out${END}`,
  'prototypes that others share': `Object.prototype.state = 'pass'; Array.prototype.map = () => ['mine']; ${PASS}'mine only'${END}`,
};

test('a custom area has no access to files, network or processes', { timeout: 30_000 }, async () => {
  const found = await judged(Object.values(WAYS_OUT));
  for (const [index, way] of Object.keys(WAYS_OUT).entries()) {
    const { state, found: out } = found[index]!;
    expect(state === 'pass' ? out : state, `by ${way}`).toMatch(/^(undefined)+$|^refused$|^none$|^mine only$|^unknown$/);
  }
});

test('a custom area cannot import anything, neither statically nor dynamically', { timeout: 30_000 }, async () => {
  const { here, folder } = await withAreas({});
  const good = "return { state: 'pass', found: '', wanted: '' };";
  for (const more of [
    "import { readFileSync } from 'node:fs';",
    "import fs from 'node:fs';",
    "export * from 'node:fs';",
    "const late = () => import('node:fs');",
    "const late = () => import/**/('node:fs');",
  ]) {
    await writeFile(join(folder, 'try.ts'), area(good, more), { mode: 0o600 });
    expect((await inside(here, ['steps', '--controls', folder])).stderr, more).toMatch(
      /try\.ts:2: an area can import only from 'func-harden\/step'/,
    );
  }
});

test('an error in a custom area makes its controls unknown, and the message names the file', { timeout: 60_000 }, async () => {
  const reasons = (
    await judged([
      "throw new Error('no idea');",
      "return { state: 'fine' };",
      'for (;;);',
      "try { x.facts.functions } catch {} return { state: 'pass', found: '', wanted: '' };",
      'for (let n = 0; ; n++) x.chosen(`x${n}`);',
      'let deep = []; for (let n = 0; n < 3000; n++) deep = [deep]; const list = []; list.map = () => deep; return list;',
      "return { $own: 'function', at: 7 };",
      "return { state: 'fail', found: 'x'.repeat(5e6), wanted: '' };",
      "Object.defineProperty(globalThis, 'request', { writable: false }); return { state: 'pass', found: '', wanted: '' };",
      "return { state: 'fail', found: '', wanted: '' };",
    ])
  ).map(({ state, reason }) => [state, reason]);
  expect(reasons).toEqual([
    ['unknown', expect.stringContaining('no idea')],
    ['unknown', expect.stringContaining('must return a verdict')],
    ['unknown', expect.stringMatching(/x-try-2\.ts failed.*timed out/)],
    ['unknown', expect.any(String)],
    ['unknown', expect.stringMatching(/x-try-4\.ts failed.*(timed out|takes more than)/)],
    ['unknown', expect.stringContaining('nested too deep')],
    ['unknown', expect.stringContaining('does not declare')],
    ['unknown', expect.stringContaining('more than 4194304 characters')],
    ['pass', null],
    ['unknown', expect.stringMatching(/read only|no more requests/)],
  ]);
  const { here, folder } = await withAreas({
    'a.ts': EXAMPLE.replace('x-health-check', 'https'),
    'b.js': 'export default { id: 1 };',
    'c.ts': 'let let = 1',
  });
  const cannot = await inside(here, ['steps', '--controls', folder]);
  expect([cannot.code, cannot.stderr]).toEqual([64, expect.stringMatching(/c\.ts cannot be loaded/)]);
  await writeFile(join(folder, 'c.ts'), "export default { contract: 1, id: { $own: 'pattern', source: '(', flags: '' } };");
  const pattern = await inside(here, ['steps', '--controls', folder]);
  expect([pattern.code, pattern.stderr]).toEqual([64, expect.stringContaining('c.ts cannot be loaded: it returned a pattern')]);
  const slow = await withAreas({ 'slow.js': 'export default { contract: 1, get id() { throw new Error("no id today"); } };' });
  const unread = await inside(slow.here, ['steps', '--controls', slow.folder]);
  expect([unread.code, unread.stderr]).toEqual([64, expect.stringContaining('slow.js cannot be loaded: no id today')]);
  await writeFile(join(folder, 'c.ts'), EXAMPLE);
  await writeFile(join(folder, 'd.ts'), EXAMPLE);
  expect((await inside(here, ['steps', '--controls', folder])).stderr).toMatch(
    /a\.ts: id: must begin with x-[\s\S]*b\.js: contract: must be 1[\s\S]*d\.ts: id: x-health-check is already used/,
  );
});

test.each([
  [{ questions: { q: { kind: 'text' } } }, 'questions.q: must have pattern, which is a regular expression, and example, which is text'],
  [{ questions: { q: { kind: 'choice', options: [1] } } }, 'questions.q: must have options, a list of text'],
  [
    { questions: { q: { kind: 'names', of: 'apps', example: 'a', pattern: 'a' } } },
    'questions.q: must have of and example, which are text',
  ],
  [{ questions: { q: { kind: 'constructor' } } }, 'questions.q: must have kind, label and help'],
  [{ plain: [5] }, 'plain: must be a list of names and patterns'],
  [{ skip: { q: true } }, 'skip: must be a map of functions'],
  [{ control: { needs: 'q' } }, 'controls[0].needs: must be a list of questions'],
  [{ control: { policy: {} } }, 'controls[0].policy: must have id, title and effects of a definition'],
  [{ control: { expect: { equal: true } } }, 'controls[0].expect: must have equals, oneOf, atLeastVersion or positive'],
])('a member of a custom area with another type is a mistake of its file: %j', ({ control = {}, ...members }: Members, problem) => {
  const setting = { kind: 'setting', id: 'c', label: 'L', because: 'b', severity: 'low', risk: 'safe', effect: 'e', set: true };
  const named = Object.entries((members['questions'] ?? {}) as Members).map(([name, one]) => [name, { label: 'l', help: 'h', ...one }]);
  const area = {
    contract: 1,
    id: 'x-a',
    title: 'T',
    why: 'w',
    group: 'operation',
    docs: [],
    ...members,
    questions: Object.fromEntries(named),
  };
  const controls = [{ ...setting, at: ['site', 'properties.httpsOnly'], expect: { equals: true }, ...control }];
  expect(areaProblems({ ...area, controls }, ['site'])).toEqual([problem]);
});
type Members = Readonly<Record<string, object>>;

test('code of a custom area always has a time limit, and its late errors do not end the process', { timeout: 60_000 }, async () => {
  const { here, folder } = await withAreas({ 'try.ts': `${EXAMPLE}\nPromise.reject(new Error('that nothing waits for'));\n` });
  const late = await here.cli(['audit', '--app', 'fn-orders', '--step', 'x-health-check', '--controls', folder]);
  expect([late.code, late.stdout]).toEqual([2, expect.stringContaining('Health check path')]);
  for (const [code, says] of [
    ['throw { get stack() { for (;;); }, get message() { for (;;); } };', 'it threw a value that is not an Error'],
    ['throw new Proxy({}, { get() { for (;;); }, getPrototypeOf() { for (;;); } });', 'it threw a value that is not an Error'],
    ["Object.defineProperty(globalThis, 'request', { set() { for (;;); } });", 'Cannot redefine property: request'],
    ['new FinalizationRegistry(() => {}).register({}, 1);', 'FinalizationRegistry is not defined'],
  ] as const) {
    await writeFile(join(folder, 'try.ts'), `${EXAMPLE}\n${code}\n`, { mode: 0o600 });
    // A process that hangs here reacts to no other signal.
    const limits = { timeout: 15_000, killSignal: 'SIGKILL' } as const;
    const ran = await promisify(execFile)(process.execPath, [BIN, 'steps', '--controls', folder], limits).catch((error: unknown) => error);
    expect(ran, code).toMatchObject({ code: 64, stderr: expect.stringContaining(says) as string });
  }
  await writeFile(join(folder, 'try.ts'), EXAMPLE.replace(/pattern: .*,$/m, 'pattern: /^(\\/a+)+$/,'), { mode: 0o600 });
  const answers = join(here.folder, 'slow.yaml');
  const asked = (path: string) => `version: 1\ndefaults: { steps: { x-health-check: { answers: { path: "${path}" } } } }\n`;
  await writeFile(answers, asked(`${'/aaaaaaaa'.repeat(5)}!`));
  const slow = await promisify(execFile)(process.execPath, [BIN, 'plan', answers, '--controls', folder], {
    timeout: 15_000,
    killSignal: 'SIGKILL',
  }).catch((error: unknown) => error);
  expect(slow).toMatchObject({ code: 64, stderr: expect.stringContaining('is not valid; write it like') as string });
});

test('a member that the inventory does not contain is read before it counts as not set', { timeout: 30_000 }, async () => {
  const { here, folder } = await withAreas({ 'health-check.ts': EXAMPLE });
  await here.patch(`${ORDERS}/config/web`, { healthCheckPath: '/api/health' });
  const { stdout } = await inside(here, ['audit', '--all', '--step', 'x-health-check', '--json', '--controls', folder]);
  const apps = (JSON.parse(stdout) as { apps: { name: string; steps: { state: string }[] }[] }).apps;
  expect(apps.find(({ name }) => name === 'fn-orders')!.steps[0]!.state).toBe('pass');
  expect(apps.find(({ name }) => name === 'fn-events')!.steps[0]!.state).toBe('fail');
});
