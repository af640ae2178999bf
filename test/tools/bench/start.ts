/** Measures the start, compared with a Node that does nothing. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as pty from '@lydell/node-pty';
import { startEmulator, type RunningEmulator } from '../../../src/emulator/server/server.ts';
import { figureOf, type Figure } from './measure.ts';
import { smallestInk } from './smallest-ink.ts';

const IS_LINUX = process.platform === 'linux' && process.arch === 'x64';
const BIN = join(import.meta.dirname, '..', '..', '..', 'bin', 'func-harden.cjs');

function timed(args: readonly string[], file: string = process.execPath): Promise<number> {
  const start = performance.now();
  const child = spawn(file, [...args], { stdio: 'ignore' });
  return new Promise((resolve) => child.on('exit', () => resolve(performance.now() - start)));
}

/**
 * Resolves when the first screen of the wizard is shown. The program is then killed, or ended with Ctrl-C: Node writes its compile cache at
 * the end of a program, so only one that ended fills it for the next.
 */
function firstFrame(emulator: RunningEmulator, program: readonly string[], end: 'kill' | 'ctrl-c' = 'kill'): Promise<number> {
  const env = {
    FUNC_HARDEN_ACCESS_TOKEN: emulator.accessToken,
    FUNC_HARDEN_ARM_ENDPOINT: emulator.endpoint,
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '/',
    LANG: 'C.UTF-8',
    TERM: 'xterm-256color',
  };
  const start = performance.now();
  const [file = '', ...args] = program;
  const child = pty.spawn(file, args, { cols: 80, rows: 24, env });
  return new Promise((resolve) => {
    let text = '';
    let took: number | undefined;
    child.onData((data) => {
      text += data;
      if (took !== undefined || !text.includes('Which function app?')) return;
      took = performance.now() - start;
      if (end === 'kill') child.kill('SIGKILL');
      else child.write('\u0003');
    });
    child.onExit(() => resolve(took ?? Number.NaN));
  });
}

export async function startFigures(smoke: boolean): Promise<Figure[]> {
  const emulator = await startEmulator({ port: 0, scenario: 'contoso', apps: 0, latency: 0, faults: [] });
  const folder = await mkdtemp(join(tmpdir(), 'func-harden-start-'));
  try {
    const ink = await smallestInk(folder);
    // A run that only checks leaves the single file out: test/binary.test.ts builds it, starts it and reads its frames.
    const binary =
      IS_LINUX && !smoke ? await (await import('../binary/index.ts')).buildBinary(join(folder, 'func-harden-linux-x64')) : undefined;
    const screens: Record<string, readonly string[]> = {
      ink: [process.execPath, ink],
      frame: [process.execPath, BIN],
      ...(binary ? { binaryFrame: [binary] } : {}),
    };
    const jobs: Record<string, () => Promise<number>> = {
      bare: () => timed(['-e', '0']),
      version: () => timed([BIN, '--version']),
      help: () => timed([BIN, '--help']),
      ...(binary ? { binary: () => timed(['--version'], binary) } : {}),
      ...Object.fromEntries(Object.entries(screens).map(([name, program]) => [name, () => firstFrame(emulator, program)])),
    };
    const times: Record<string, number[]> = {};
    // Fills the compile cache, of the smallest program as well as of the wizard.
    if (!smoke) {
      for (const program of Object.values(screens)) await firstFrame(emulator, program, 'ctrl-c');
      for (const job of Object.values(jobs)) await job();
    }
    // Jobs take turns, so that other load on the machine affects all of them.
    for (let run = 0; run < (smoke ? 1 : 25); run++) for (const [name, job] of Object.entries(jobs)) (times[name] ??= []).push(await job());
    const base = figureOf('node -e 0', times['bare']!);
    const smallest = figureOf('smallest program with Ink: first frame', times['ink']!);
    const against = (name: string, of: string, baseline: Figure, most: number): Figure => {
      const figure = figureOf(name, times[of]!, { baseline, goal: `${most} x` });
      return { ...figure, met: figure.median <= most * baseline.median };
    };
    return [
      base,
      against('--version', 'version', base, 1.3),
      against('--help', 'help', base, 1.3),
      smallest,
      against('first frame of the wizard', 'frame', smallest, 1.5),
      ...(binary
        ? [
            against('single file: --version', 'binary', base, 1.5),
            against('single file: first frame of the wizard', 'binaryFrame', smallest, 1.5),
            { name: 'single file: size', unit: 'MB', median: (await stat(binary)).size / 1e6, p99: 0, runs: 1 },
          ]
        : []),
    ];
  } finally {
    await emulator.close();
    await rm(folder, { recursive: true, force: true });
  }
}
