/** How long it takes to start, against a Node that does nothing. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import * as pty from '@lydell/node-pty';
import { startEmulator, type RunningEmulator } from '../../../src/emulator/server.ts';
import { figureOf, type Figure } from './measure.ts';

const BIN = join(import.meta.dirname, '..', '..', '..', 'bin', 'func-harden.cjs');

function timed(args: readonly string[]): Promise<number> {
  const start = performance.now();
  const child = spawn(process.execPath, [...args], { stdio: 'ignore' });
  return new Promise((resolve) => child.on('exit', () => resolve(performance.now() - start)));
}

/** Until the first screen of the wizard is there. */
function firstFrame(emulator: RunningEmulator): Promise<number> {
  const env = {
    FUNC_HARDEN_ACCESS_TOKEN: emulator.accessToken,
    FUNC_HARDEN_ARM_ENDPOINT: emulator.endpoint,
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '/',
    LANG: 'C.UTF-8',
    TERM: 'xterm-256color',
  };
  const start = performance.now();
  const child = pty.spawn(process.execPath, [BIN], { cols: 80, rows: 24, env });
  return new Promise((resolve) => {
    let text = '';
    child.onData((data) => {
      text += data;
      if (!text.includes('Which function app?')) return;
      resolve(performance.now() - start);
      child.kill('SIGKILL');
    });
  });
}

export async function startFigures(smoke: boolean): Promise<Figure[]> {
  const emulator = await startEmulator({ port: 0, scenario: 'contoso', apps: 0, latency: 0, faults: [] });
  const runs = smoke ? 1 : 15;
  const [bare, version, help, frame]: number[][] = [[], [], [], []];
  // In turns, so that a busy moment of the machine falls on all of them.
  for (let run = 0; run < runs; run++) {
    bare!.push(await timed(['-e', '0']));
    version!.push(await timed([BIN, '--version']));
    help!.push(await timed([BIN, '--help']));
    frame!.push(await firstFrame(emulator));
  }
  await emulator.close();
  const base = figureOf('node -e 0', bare!);
  const against = (name: string, times: number[], most: number): Figure => {
    const figure = figureOf(name, times, { baseline: { name: 'node -e 0', median: base.median }, goal: `${most} x` });
    return { ...figure, met: figure.median <= most * base.median };
  };
  return [base, against('--version', version!, 1.5), against('--help', help!, 1.5), against('first frame of the wizard', frame!, 4)];
}
