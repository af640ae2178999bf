/** The undo log that a team shares, on real storage: written line by line, read on another machine, refused to a second writer. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missing, startAzurite, type Azurite } from '../helpers/azurite.ts';
import { tmpdir } from 'node:os';
import { sharedPlace } from '../../src/arm/shared-log/shared-place.ts';
import type { Target } from '../../src/azure/index.ts';
import { sharedState } from '../../src/connect.ts';
import type { UndoState } from '../../src/engine/undo-state.ts';
import { testTime } from '../helpers/clock.ts';
import { inside } from '../helpers/inside.ts';
import { listening } from '../helpers/listening.ts';
import { withoutOneWay } from '../helpers/states.ts';
import { ANSWERS, runName, temporaryFolder, world, type World } from '../helpers/world.ts';

const why = missing();

/** Without the chain, and about resources of another app. */
const asVersion1 = (line: string): string =>
  line.replace(/^\{"v":2,"prev":"[^"]*",/, '{"v":1,').replaceAll(/("resource":"[^"]*\/sites\/)fn-orders/g, '$1fn-ledger');

/** Returns two clones of one repository that holds a file. */
async function clonesWith(name: string, text: string): Promise<readonly [string, string]> {
  const folder = await temporaryFolder();
  const origin = join(folder, 'origin');
  const git = (...args: readonly string[]) => execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@contoso.example', ...args]);
  git('init', '-q', origin);
  await writeFile(join(origin, name), text);
  git('-C', origin, 'add', name);
  git('-C', origin, 'commit', '-q', '-m', 'Answers');
  const clones = [join(folder, 'of A'), join(folder, 'of B')] as const;
  for (const clone of clones) git('clone', '-q', origin, clone);
  return clones;
}

describe.skipIf(why !== undefined)(`shared undo log${why ? ` (skipped: ${why})` : ''}`, () => {
  let folder: string;
  let azurite: Azurite;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'azurite-'));
    azurite = await startAzurite(folder);
  });
  afterAll(async () => {
    await azurite.close();
    await rm(folder, { recursive: true });
  });

  let count = 0;
  const state = async () => `${await azurite.container(`logs-${++count}`)}/team`;
  const as = async (here: World, ...args: string[]) =>
    inside(here, args, { ...azurite.environment, XDG_STATE_HOME: await temporaryFolder() });
  const asProcess = async (here: World, ...args: string[]) =>
    here.cli(args, { ...azurite.environment, XDG_STATE_HOME: await temporaryFolder() });

  test('one operator applies, another reverts on another machine', async () => {
    const here = await world();
    const at = await state();
    const answers = join(here.folder, 'answers.yaml');
    await writeFile(answers, ANSWERS);
    const before = await here.state();
    const replay = await asProcess(here, 'replay', answers, '--yes', '--confirm', 'fn-orders', '--state', at);
    expect([replay.code, replay.stdout + replay.stderr]).toEqual([0, expect.stringContaining('APPLIED')]);
    const run = runName(replay);
    const blob = await azurite.send('GET', `${at}/journal/${run}.jsonl`);
    expect(blob.headers['x-ms-blob-type']).toBe('AppendBlob');
    expect(Number(blob.headers['x-ms-blob-committed-block-count'])).toBe(blob.text.trimEnd().split('\n').length);
    const history = await as(here, 'history', '--state', at, '--json');
    expect(JSON.parse(history.stdout)).toMatchObject({ runs: [{ run, state: 'done' }] });
    const undo = await asProcess(here, 'undo', run, '--yes', '--confirm', 'fn-orders', '--state', at);
    expect([undo.code, undo.stdout + undo.stderr]).toEqual([0, expect.stringContaining('UNDONE')]);

    expect(withoutOneWay(await here.state(), before)).toEqual(before);
  });

  test('a log in storage with a changed, removed or forged line: undo and resume send nothing', async () => {
    const here = await world();
    const at = await state();
    const answers = join(here.folder, 'answers.yaml');
    await writeFile(answers, ANSWERS);
    const run = runName(await as(here, 'replay', answers, '--yes', '--confirm', 'fn-orders', '--state', at));
    const blob = `${at}/journal/${run}.jsonl`;
    const lines = (await azurite.send('GET', blob)).text.trimEnd().split('\n');
    const sent = (await here.writes()).length;
    const forged: readonly (readonly [command: string, lines: readonly string[], says: RegExp])[] = [
      [
        'undo',
        lines.map((line, place) => (place === 2 ? line.replace('"change":', '"change": ') : line)),
        /:4: it does not match the line before/,
      ],
      ['resume', lines.toSpliced(2, 1), /:3: it does not match the line before/],
      // Without the chain, and about resources of another app.
      ['undo', lines.map(asVersion1), /\w/],
    ];
    for (const [command, text, says] of forged) {
      await azurite.send('DELETE', blob);
      await azurite.send('PUT', blob, { 'x-ms-blob-type': 'AppendBlob' });
      expect((await azurite.send('PUT', `${blob}?comp=appendblock`, {}, `${text.join('\n')}\n`)).status).toBe(201);
      const { code, stderr } = await as(here, command, run, '--yes', '--confirm', 'fn-orders', '--state', at);
      expect([code, stderr], command).toEqual([1, expect.stringMatching(says)]);
    }
    expect((await here.writes()).length).toBe(sent);
  });

  test('one operator plans, another approves by digest, the first applies, the second reverts; the evidence is valid until a byte changes', async () => {
    const here = await world();
    const at = await state();
    const [ofA, ofB] = [await temporaryFolder(), await temporaryFolder()];
    const by = (home: string, ...args: string[]) =>
      inside(here, args, { ...azurite.environment, FUNC_HARDEN_STATE: at, XDG_STATE_HOME: home });
    const [cloneOfA, cloneOfB] = await clonesWith('answers.yaml', ANSWERS);
    const plan = join(ofA, 'plan.json');
    const before = await here.state();
    expect((await by(ofA, 'plan', join(cloneOfA, 'answers.yaml'), '--out', plan)).code).toBe(2);
    const read = await by(ofB, 'plan', join(cloneOfB, 'answers.yaml'), '--json');
    const { digest } = JSON.parse(read.stdout) as { digest: string };
    const approved = ['--require-digest', digest, '--approved-by', 'B'];
    const replay = await by(ofA, 'replay', '--plan', plan, ...approved, '--yes', '--confirm', 'fn-orders');
    expect([replay.code, replay.stdout + replay.stderr]).toEqual([0, expect.stringContaining('APPLIED')]);
    const pack = join(ofB, 'evidence.zip');
    const packed = await by(ofB, 'evidence', 'last', '--output', pack);
    expect(packed.code, packed.stderr).toBe(0);
    const undo = await by(ofB, 'undo', 'last', '--yes', '--confirm', 'fn-orders');
    expect([undo.code, undo.stdout + undo.stderr]).toEqual([0, expect.stringContaining('UNDONE')]);
    expect(withoutOneWay(await here.state(), before)).toEqual(before);
    const verified = await by(ofA, 'evidence', '--verify', pack);
    expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining('VALID')]);
    const bytes = await readFile(pack);
    const digestAt = bytes.indexOf(digest);
    bytes[digestAt + 10] = bytes[digestAt + 10]! ^ 1;
    await writeFile(pack, bytes);
    expect((await by(ofA, 'evidence', '--verify', pack)).code).toBe(1);
  });

  test('no blob in the container is overwritten or deleted', async () => {
    const here = await world();
    const at = await state();
    const answers = join(here.folder, 'answers.yaml');
    await writeFile(answers, ANSWERS);
    for (const args of [
      ['replay', answers],
      ['undo', 'last'],
      ['replay', answers],
    ])
      expect((await as(here, ...args, '--yes', '--confirm', 'fn-orders', '--state', at)).code).toBe(0);
    const { text } = await azurite.send('GET', `${at.replace(/\/team$/, '')}?restype=container&comp=list`);
    const blobs = [...text.matchAll(/<Blob>.*?<\/Blob>/gs)].map(([blob]) => blob);
    expect(blobs.filter((blob) => blob.includes('AppendBlob'))).toHaveLength(3);
    for (const blob of blobs.filter((one) => one.includes('BlockBlob'))) {
      const at = (name: string) => new RegExp(`<${name}>([^<]*)`).exec(blob)?.[1];
      expect(at('Last-Modified'), 'a lock is made once').toBe(at('Creation-Time'));
    }
  });

  describe('the log itself', () => {
    const opened = async (at: string): Promise<UndoState> =>
      sharedState({ auth: 'token', environment: azurite.environment, clock: testTime().clock, version: 'test', say: () => {} }, at);
    const RUN = '20261128T101112131Z-abcd';

    test('a second writer is refused, and a line whose answer was lost is written once', async () => {
      const at = await state();
      const log = await (await opened(at)).open(RUN, false);
      await log.append('one\n', 0);
      // As after a lost answer: the same line at the same position.
      await log.append('one\n', 0);
      expect(String(await log.read())).toBe('one\n');
      const other = await (await opened(at)).open(RUN, true);
      await other.append('two\n', 4);
      await expect(log.append('three\n', 4)).rejects.toThrow('Another process also writes');
      expect(String(await other.read())).toBe('one\ntwo\n');
      await expect((await opened(at)).open(RUN, false)).rejects.toThrow('started a run with this name');
    });

    test('a lock is a lease: refused to others, lost when it is broken, free after its holder is gone', async () => {
      const at = await state();
      const target = { id: '/subscriptions/x', label: 'fn-orders' } as Target;
      const hold = await (await opened(at)).locks.hold(target, RUN);
      await hold.assertHeld();
      await expect((await opened(at)).locks.hold(target, RUN)).rejects.toThrow('fn-orders is in use by another process');
      const [name] = /locks\/\w+\.lock/.exec((await azurite.send('GET', `${at.replace(/\/team$/, '')}?restype=container&comp=list`)).text)!;
      const broken = { 'x-ms-lease-action': 'break', 'x-ms-lease-break-period': '0' };
      expect((await azurite.send('PUT', `${at}/${name}?comp=lease`, broken)).status).toBe(202);
      const next = await (await opened(at)).locks.hold(target, RUN);
      await expect(hold.assertHeld()).rejects.toThrow('was lost');
      await next();
      await (
        await (await opened(at)).locks.hold(target, RUN)
      )();
    });

    test('lost storage stops the run before the next write to Azure', async () => {
      const here = await world();
      const at = await state();
      const answers = join(here.folder, 'answers.yaml');
      await writeFile(answers, ANSWERS);
      const nobody = createServer();
      const gone = `https://localhost:${await listening(nobody)}/devstoreaccount1/logs/team`;
      await new Promise((resolve) => nobody.close(resolve));
      const run = await inside(here, ['replay', answers, '--yes', '--confirm', 'fn-orders', '--state', gone], azurite.environment);
      expect(run.code).toBe(1);
      expect(run.stderr).toContain('cannot be reached');
      const refused = await inside(here, ['replay', answers, '--yes', '--confirm', 'fn-orders', '--state', at], {
        ...azurite.environment,
        FUNC_HARDEN_STORAGE_TOKEN: 'bm8gdG9rZW4',
      });
      expect([refused.code, refused.stderr]).toEqual([4, expect.stringContaining('Storage Blob Data Contributor')]);
      expect(await here.writes()).toEqual([]);
      // Listing the runs reports the same; an invalid address is a usage error.
      const listing = (address: string) =>
        inside(here, ['history', '--state', address, '--auth', 'token'], { FUNC_HARDEN_STORAGE_TOKEN: 'bm8gdG9rZW4' });
      expect(await listing(at)).toMatchObject({ code: 4, stderr: expect.stringContaining('cannot be accessed') });
      expect(await listing('https://example.com/logs')).toMatchObject({ code: 64 });
    });
  });
});

test.each([
  ['https://contoso.blob.core.windows.net', 'it has no container'],
  ['https://contoso.blob.core.windows.net/logs?sv=2024&sig=abc', 'must not contain a key, signature or password'],
  ['https://user:secret@contoso.blob.core.windows.net/logs', 'must not contain a key, signature or password'],
  ['http://contoso.blob.core.windows.net/logs', 'http is allowed only'],
  ['https://contoso.blob.core.windows.net.example.com/logs', 'not an address of Azure Blob Storage'],
  ['https://example.com/logs', 'not an address of Azure Blob Storage'],
  ['https://contoso.blob.core.windows.net/Logs', 'it has no container'],
  ['https://contoso.blob.core.windows.net/logs/%2e%2e/other', 'it has no container|prefix'],
  ['https://127.0.0.1:10000/devstoreaccount1', 'it has no container'],
])('%s is not valid as a place for a shared log', (address, why) => {
  const refusal = () => sharedPlace(address);
  expect(refusal).toThrow(new RegExp(why));
  expect(refusal).not.toThrow(/secret|abc/);
});

test.each([
  ['https://contoso.blob.core.windows.net/logs', { container: 'https://contoso.blob.core.windows.net/logs', prefix: '' }],
  [
    'https://contoso.blob.core.windows.net/logs/team/a/',
    { address: 'https://contoso.blob.core.windows.net/logs/team/a', prefix: 'team/a/' },
  ],
  ['https://contoso.z12.blob.storage.azure.net/logs', { prefix: '' }],
  ['http://127.0.0.1:10000/devstoreaccount1/logs/x', { container: 'http://127.0.0.1:10000/devstoreaccount1/logs', prefix: 'x/' }],
])('%s is valid as a place for a shared log', (address, place) => {
  expect(sharedPlace(address)).toMatchObject(place);
});
