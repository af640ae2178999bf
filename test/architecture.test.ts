/** The walls of the house: who may import whom (docs/architecture.md). */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const files = ['src', 'steps'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join(folder, name)),
);

/** What each room may use, besides itself. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  step: [],
  text: [],
  diff: [],
  emulator: [],
  engine: ['step'],
  arm: ['engine', 'step', 'text'],
  files: ['engine', 'step', 'text'],
  view: ['engine', 'step', 'text', 'diff'],
  report: ['engine', 'step', 'text', 'view', 'arm/actions.ts'],
  hosts: ['engine', 'step', 'text', 'view'],
  tui: ['engine', 'step', 'text', 'view'],
  cli: ['engine', 'step', 'text', 'files', 'commands', 'arm/auth-modes.ts'],
  commands: ['engine', 'step', 'text', 'view', 'report', 'files', 'hosts', 'tui', 'cli', 'emulator', 'connect.ts'],
};

const roomOf = (path: string): string =>
  path.startsWith('src/step.ts') || path.startsWith('src/step/')
    ? 'step'
    : path.startsWith('src/') && path.split('/').length > 2
      ? path.split('/')[1]!
      : path.startsWith('steps/')
        ? 'steps'
        : 'joins';

const imports = (path: string): { from: string; typeOnly: boolean }[] =>
  [...readFileSync(join(ROOT, path), 'utf8').matchAll(/(?:^(import|export) (type )?[^;]*?from |import\()'([^']+)'/gm)].map(
    ([, , type, from]) => ({ from: from!, typeOnly: type !== undefined }),
  );

test.each(files.map((path) => [path]))('%s stays in its room', (path) => {
  const room = roomOf(path);
  for (const { from } of imports(path)) {
    if (!from.startsWith('.')) {
      if (/^(ink|react|react\/.*)$/.test(from)) expect(room, `${from} belongs to tui`).toBe('tui');
      if (from === '@inquirer/prompts') expect(room).toBe('hosts');
      if (from.startsWith('@azure/')) expect(room).toBe('arm');
      if (from.startsWith('node:')) expect(['files', 'commands', 'emulator', 'joins'], `${from} is I/O`).toContain(room);
      continue;
    }
    const target = relative(ROOT, join(ROOT, dirname(path), from));
    if (room === 'steps') expect(target.startsWith('steps/') || target === 'src/step.ts', target).toBe(true);
    if (room === 'joins' || room === 'steps' || roomOf(target) === room) continue;
    const allowed = MAY[room]!.some((one) => (one.includes('.') ? target.endsWith(one) : roomOf(target) === one));
    expect(allowed, `${room} may not use ${target}`).toBe(true);
  }
});

test.each(files.map((path) => [path]))('%s is no more than a person reads at once', (path) => {
  expect(readFileSync(join(ROOT, path), 'utf8').split('\n').length).toBeLessThan(350);
});

/** Files that may set a timer: the two clocks; what is drawn again as time goes by; what happens once the loop is idle. */
const TIMERS = ['clock.ts', 'app.tsx', 'mount.tsx', 'heap.ts'];

test('whoever waits asks the clock, which tests can set forward; no variable of the environment sets its pace', () => {
  const text = (path: string) => readFileSync(join(ROOT, path), 'utf8');
  const waiting = files.filter((path) => /\b(setTimeout|setInterval)\b|AbortSignal\.timeout/.test(text(path)));
  expect(waiting.filter((path) => !TIMERS.includes(path.split('/').at(-1)!))).toEqual([]);
  expect(files.filter((path) => /FUNC_HARDEN_\w+_MS/.test(text(path)))).toEqual([]);
});

test('docs/architecture.md has the same walls', () => {
  const page = readFileSync(join(ROOT, 'docs', 'architecture.md'), 'utf8');
  const rows = [...page.matchAll(/^\| .*`src\/(\w+)\/` +\|.*\| ([^|]+?) +\|$/gm)].map(([, room, may]) => [
    room!,
    may === '–' ? [] : may!.split(', '),
  ]);
  expect(Object.fromEntries(rows)).toEqual(MAY);
});
