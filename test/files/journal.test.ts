import { appendFile, chmod, mkdir, open, readdir, readFile, rename, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { UserError } from '../../src/engine/errors.ts';
import { recordedRun, type Entry, type Intent } from '../../src/change/undo-log.ts';
import { plain } from '../../src/change/value.ts';
import { chainOf } from '../../src/files/undo-log/journal-chain.ts';
import { folderState } from '../../src/files/undo-log/folder-state.ts';
import { unwritable } from '../../src/engine/run/log-failures.ts';
import type { UndoState } from '../../src/engine/undo-state.ts';
import type { Target } from '../../src/azure/index.ts';
import { appendTo, newRunName, nextRunName, openJournal, readRun, readRuns } from '../../src/files/undo-log/journal.ts';
import { createLocks } from '../../src/files/undo-log/locks.ts';
import { stateDirectory } from '../../src/files/paths.ts';
import { runStart } from '../helpers/journal.ts';
import { temporaryFolder } from '../helpers/world.ts';

const target: Target = {
  id: '/subscriptions/s/resourceGroups/r/providers/Microsoft.Web/sites/fn',
  name: 'fn',
  label: 'fn',
  resourceGroup: 'r',
  subscriptionId: 's',
  location: '',
  kind: '',
  tags: {},
};
const start = (run: string) => runStart(run, target);
const intent = (change: number): Intent => ({
  type: 'intent',
  at: 't',
  change,
  app: 'fn',
  target: target.id,
  step: 'https',
  controls: [],
  resource: target.id,
  key: 'site',
  instance: false,
  method: 'PATCH',
  path: target.id,
  apiVersion: '2024-11-01',
  edits: [{ path: 'properties.a', before: plain(1), after: plain(2) }],
  body: {},
  risk: 'safe',
  undo: 'exact',
});
const outcome = (change: number, ok: boolean, mayHaveHappened = false): Entry => ({
  type: 'outcome',
  at: 't',
  change,
  ok,
  status: 200,
  correlationId: null,
  ...(ok ? {} : { error: { code: 'x', message: 'x', mayHaveHappened } }),
});

test('a log ends before it is too long to be read, with space for the results and for an undo', async () => {
  const folder = folderState(await temporaryFolder());
  const run = newRunName(new Date(0));
  const small = (most: { bytes: number; lines: number }): UndoState => ({
    ...folder,
    open: async (name, again) => ({ ...(await folder.open(name, again)), most }),
  });
  const journal = await openJournal(small({ bytes: Infinity, lines: 8 }), run);
  await journal.append(start(run));
  for (const change of [1, 2]) for (const entry of [intent(change), outcome(change, true)]) await journal.append(entry);
  await journal.append(intent(3));
  const full = await journal.append(intent(4)).catch((error: unknown) => error);
  expect(unwritable(full)).toMatchObject({ message: `The undo log of this run is full: ${folder.fileOf(run)}. Nothing was sent.` });
  expect(unwritable(full).next).toContain('Run the replay again');
  await journal.append(outcome(3, true));
  await journal.append({ type: 'undo', at: 't', change: 1, by: run });
  await journal.close();
  expect(await readRun(folder, run)).not.toHaveProperty('damage');
  // Counted in bytes as well, also where the log was written before.
  const again = await openJournal(small({ bytes: 1000, lines: Infinity }), run, true);
  await expect(again.append(outcome(2, true))).rejects.toThrow('is full');
  await again.close();
});

test('run names sort by time', () => {
  const names = ['2026-11-24T15:06:45.123Z', '2026-11-24T15:06:46.000Z', '2027-01-01T00:00:00.000Z'].map((time) =>
    newRunName(new Date(time)),
  );
  expect(names.toSorted()).toEqual(names);
  expect(names[0]).toMatch(/^20261124T150645123Z-[0-9a-f]{4}$/);
});

test('a clock that was set back: a new run still sorts after all others', async () => {
  const folder = await temporaryFolder();
  expect(await nextRunName(folder, new Date('2026-11-24T15:00:00.000Z'))).toMatch(/^20261124T150000000Z-/);
  const before = newRunName(new Date('2026-12-31T23:59:59.999Z'));
  await (await openJournal(folder, before)).close();
  const after = await nextRunName(folder, new Date('2026-11-24T15:00:00.000Z'));
  expect(after).toMatch(/^20270101T000000000Z-[0-9a-f]{4}$/);
  await (await openJournal(folder, after)).close();
  expect(await nextRunName(folder, new Date('2027-03-01T00:00:00.000Z'))).toMatch(/^20270301T/);
});

test('a full disk is reported in plain words', async () => {
  const folder = await temporaryFolder();
  const journal = await openJournal(folder, newRunName(new Date()));
  const probe = await open(folder);
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  const append = vi.spyOn(Object.getPrototypeOf(probe) as typeof probe, 'appendFile').mockRejectedValueOnce(full);
  await probe.close();
  await expect(journal.append(start('r'))).rejects.toMatchObject({ message: 'the disk is full', code: 'ENOSPC' });
  append.mockRestore();
  await journal.close();
});

test('a torn last line is ignored, and lines that are added later stay readable', async () => {
  const folder = await temporaryFolder();
  const run = newRunName(new Date());
  const journal = await openJournal(folder, run);
  for (const entry of [start(run), intent(1), outcome(1, true), intent(2)]) await journal.append(entry);
  await journal.close();
  // The line ends within a character of several bytes.
  const line = Buffer.from('{"type":"outcome","change":2,"o€').subarray(0, -1);
  await appendFile(join(folder, 'journal', `${run}.jsonl`), line);
  expect((await readRun(folder, run))?.changes.map(({ state }) => state)).toEqual(['applied', 'unknown']);
  await appendTo(folder, run, { type: 'undo', at: 't', change: 1, by: 'later' });
  const [read] = await readRuns(folder);
  expect(read?.changes.map(({ state, undoneBy }) => [state, undoneBy])).toEqual([
    ['undone', 'later'],
    ['unknown', undefined],
  ]);
  expect(read?.state).toBe('open');
});

test.each<[what: string, meddle: (file: string) => Promise<unknown>]>([
  ['removed', (file) => rm(file)],
  ['emptied', (file) => truncate(file, 0)],
  ['longer', (file) => appendFile(file, '{}\n')],
  ['replaced by another', async (file) => (await rm(file), writeFile(file, 'another', { mode: 0o600 }))],
  [
    'saved by an editor',
    async (file) => (await writeFile(`${file}.new`, await readFile(file), { mode: 0o600 }), rename(`${file}.new`, file)),
  ],
])('a log that is %s during its run gets no further line, so that no request follows', async (_, meddle) => {
  const [folder, run] = [await temporaryFolder(), '20260101T000000000Z-abcd'];
  const journal = await openJournal(folder, run);
  await journal.append(start(run));
  await meddle(join(folder, 'journal', `${run}.jsonl`));
  for (const entry of [intent(1), intent(2)]) await expect(journal.append(entry)).rejects.toMatchObject({ code: 'LogChanged' });
  await journal.close();
});

test.skipIf(process.platform === 'win32').each<[what: string, meddle: (file: string) => Promise<unknown>, says: string]>([
  ['a pipe', async (file) => (await rm(file), execFileSync('mkfifo', ['-m', '600', file])), 'it is a socket, a pipe'],
  [
    'a link',
    async (file) => (
      await writeFile(`${file}.precious`, await readFile(file), { mode: 0o600 }),
      await rm(file),
      symlink(`${file}.precious`, file)
    ),
    'it is not a regular file',
  ],
  ['nothing', (file) => rm(file), 'it no longer exists'],
  ['an empty file', (file) => truncate(file, 0), 'no longer the log of this run'],
])('an earlier log that %s replaced after it was read gets no line, and no other file gets one', async (_, meddle, says) => {
  const [folder, run] = [await temporaryFolder(), newRunName(new Date())];
  await appendNew(folder, run);
  const file = join(folder, 'journal', `${run}.jsonl`);
  const before = await readFile(file, 'utf8');
  await meddle(file);
  await expect(appendTo(folder, run, { type: 'undo', at: 't', change: 1, by: run })).rejects.toThrow(says);
  for (const name of (await readdir(join(folder, 'journal'))).filter((one) => one.endsWith('.precious')))
    expect(await readFile(join(folder, 'journal', name), 'utf8')).toBe(before);
  if (says.includes('regular')) await expect(readRun(folder, run), 'a link is not read either').rejects.toThrow(says);
});

async function appendNew(folder: string, run: string): Promise<void> {
  const journal = await openJournal(folder, run);
  for (const entry of [start(run), intent(1), outcome(1, true)]) await journal.append(entry);
  await journal.close();
}

test('a folder that does not answer for a moment is the reason of the system, and the log continues when it answers', async () => {
  const [folder, run] = [await temporaryFolder(), '20260101T000000000Z-abcd'];
  const journal = await openJournal(folder, run);
  await journal.append(start(run));
  // A link to itself, which cannot be read: as a network folder whose server is away.
  const file = join(folder, 'journal', `${run}.jsonl`);
  await rename(file, `${file}.away`);
  await symlink(file, file);
  await expect(journal.append(intent(1))).rejects.toMatchObject({ code: 'ELOOP' });
  await rm(file);
  await rename(`${file}.away`, file);
  await journal.append(intent(1));
  await journal.close();
  expect((await readRun(folder, run))?.changes).toHaveLength(1);
});

test('a log with Windows line endings is one mistake, and valid again after conversion', async () => {
  const folder = await temporaryFolder();
  const run = newRunName(new Date());
  const journal = await openJournal(folder, run);
  for (const entry of [start(run), intent(1), outcome(1, true)]) await journal.append(entry);
  await journal.close();
  const text = await readFile(join(folder, 'journal', `${run}.jsonl`), 'utf8');
  const [written, converted] = [chainOf(text), chainOf(text.replaceAll('\n', '\r\n'))];
  expect(written.flaws).toEqual([]);
  expect(converted.entries).toEqual(written.entries);
  expect(converted.flaws).toEqual([{ line: 1, says: expect.stringContaining('end with CR and LF') as string }]);
});

test('many damaged lines in a row are one mistake, and each change is still known', async () => {
  const folder = await temporaryFolder();
  const run = newRunName(new Date());
  const journal = await openJournal(folder, run);
  for (const entry of [start(run), intent(1), outcome(1, true)]) await journal.append(entry);
  await journal.close();
  const file = join(folder, 'journal', `${run}.jsonl`);
  await appendFile(file, '\n{}\n'.repeat(1000));
  const read = await readRun(folder, run);
  expect(read?.damage).toEqual([{ file, line: 4, says: 'it cannot be read; the lines after it, up to line 2003, are damaged too' }]);
  expect(read?.changes.map(({ state }) => state)).toEqual(['applied']);
});

test('any prefix of an undo log can be read', () => {
  const entries: Entry[] = [
    start('r'),
    intent(1),
    outcome(1, true),
    { type: 'verified', at: 't', change: 1, state: 'shown' },
    intent(2),
    outcome(2, false, true),
    intent(3),
    outcome(3, false),
    { type: 'undo', at: 't', change: 1, by: 'x' },
  ];
  expect(recordedRun(entries)?.changes.map(({ state }) => state)).toEqual(['undone', 'unknown', 'failed']);
  fc.assert(
    fc.property(fc.nat(entries.length), (length) => {
      const run = recordedRun(entries.slice(0, length));
      expect(run === undefined).toBe(length === 0);
    }),
  );
});

test('an undo log that others can read is refused, with a next step', async () => {
  const folder = await temporaryFolder();
  const run = newRunName(new Date());
  await mkdir(join(folder, 'journal'), { recursive: true });
  const file = join(folder, 'journal', `${run}.jsonl`);
  await writeFile(file, `${JSON.stringify(start(run))}\n`);
  await chmod(file, 0o644);
  await expect(readRun(folder, run)).rejects.toThrow(/can be read or changed by other users/);
  await chmod(file, 0o600);
  expect((await readRun(folder, run))?.run).toBe(run);
});

test('a run name cannot lead out of the folder', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'secret.jsonl'), `${JSON.stringify(start('x'))}\n`, { mode: 0o600 });
  expect(await readRun(folder, '../secret')).toBeUndefined();
});

test('one process for each app: a second process gets the name of the holder, and the lock of a dead process is replaced', async () => {
  const folder = await temporaryFolder();
  const locks = createLocks(folder, () => new Date('2026-11-24T15:00:00Z'));
  const release = await locks.hold(target, 'run-1');
  await expect(locks.hold({ ...target, id: target.id.toUpperCase() }, 'run-2')).rejects.toThrow(
    new RegExp(`fn is in use by run run-1 \\(process ${process.pid}`),
  );
  await release();
  await (
    await locks.hold(target, 'run-2')
  )();
  const file = (await expectLockFile(folder, locks)) as string;
  const holder = JSON.parse(await readFile(file, 'utf8')) as object;
  await writeFile(file, JSON.stringify({ ...holder, pid: 2 ** 22 + 1 }));
  await (
    await locks.hold(target, 'run-4')
  )();
});

async function expectLockFile(folder: string, locks: ReturnType<typeof createLocks>): Promise<string> {
  const { readdir } = await import('node:fs/promises');
  await locks.hold(target, 'run-3');
  const [name] = await readdir(join(folder, 'locks'));
  return join(folder, 'locks', name!);
}

test.each([
  ['XDG', { XDG_STATE_HOME: '/var/state', HOME: '/home/u' }, 'linux', '/var/state/func-harden'],
  ['a relative XDG value is ignored', { XDG_STATE_HOME: 'state', HOME: '/home/u' }, 'linux', '/home/u/.local/state/func-harden'],
  ['home', { HOME: '/home/u' }, 'darwin', '/home/u/.local/state/func-harden'],
  ['Windows', { LOCALAPPDATA: 'C:\\Users\\Üser x\\AppData\\Local' }, 'win32', 'C:\\Users\\Üser x\\AppData\\Local\\func-harden'],
  ['Windows without that', { USERPROFILE: 'C:\\Users\\u' }, 'win32', 'C:\\Users\\u\\.local\\state\\func-harden'],
  ['an absolute XDG value on Windows', { XDG_STATE_HOME: 'D:\\state' }, 'win32', 'D:\\state\\func-harden'],
] as const)('the undo log is in %s', (_, environment, platform, expected) => {
  expect(stateDirectory(environment, platform)).toBe(expected);
  expect(stateDirectory(environment, platform, '/chosen')).toBe('/chosen');
});

test.skipIf(process.platform !== 'linux')('a folder that cannot be created is an error, without endless attempts', async () => {
  await expect(openJournal('/proc/nowhere/state/func-harden', '20261124T150645123Z-3f2a')).rejects.toThrow(UserError);
});

test('if many processes find a dead holder at once, exactly one gets the lock', async () => {
  for (let round = 0; round < 40; round++) {
    const folder = await temporaryFolder();
    const locks = createLocks(folder, () => new Date());
    const release = await locks.hold(target, 'dead');
    const [name] = (await readdir(join(folder, 'locks'))).filter((one) => one.endsWith('.lock'));
    const file = join(folder, 'locks', name!);
    await writeFile(file, JSON.stringify({ ...(JSON.parse(await readFile(file, 'utf8')) as object), pid: 2 ** 22 + 7, token: 'gone' }));
    const won = await Promise.allSettled(Array.from({ length: 6 }, (_, index) => locks.hold(target, `run ${index}`)));
    expect(won.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await release();
  }
});

test('an empty lock file after a power cut blocks only for a moment', async () => {
  const folder = await temporaryFolder();
  const locks = createLocks(folder, () => new Date());
  await (
    await locks.hold(target, 'first')
  )();
  const release = await locks.hold(target, 'second');
  const [name] = (await readdir(join(folder, 'locks'))).filter((one) => one.endsWith('.lock'));
  const file = join(folder, 'locks', name!);
  await writeFile(file, '');
  await expect(locks.hold(target, 'third')).rejects.toThrow('is in use');
  await utimes(file, new Date(0), new Date(0));
  await (
    await locks.hold(target, 'third')
  )();
  await release();
});

test('parallel appends write whole lines in their order; an append that fails stops no other', async () => {
  const folder = await temporaryFolder();
  const run = newRunName(new Date());
  const journal = await openJournal(folder, run);
  const entries: Entry[] = [start(run), ...Array.from({ length: 40 }, (_, index) => intent(index + 1))];
  const broken = { ...intent(99), body: 1n } as unknown as Entry;
  const results = await Promise.allSettled([...entries.slice(0, 20), broken, ...entries.slice(20)].map((entry) => journal.append(entry)));
  await journal.close();
  expect(results.flatMap(({ status }, index) => (status === 'rejected' ? [index] : []))).toEqual([20]);
  const { entries: read, flaws } = chainOf(await readFile(join(folder, 'journal', `${run}.jsonl`), 'utf8'));
  expect(read.map(({ entry }) => entry)).toEqual(entries);
  expect(flaws).toEqual([]);
});
