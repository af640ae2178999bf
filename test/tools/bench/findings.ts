/** Measures the list of findings over a whole fleet: first result, response to keys and memory in a real pseudo-terminal, memory as JSON. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmulator } from '../../../src/emulator/server/server.ts';
import { watch } from './fleet.ts';
import { figureOf, type Figure } from './measure.ts';
import { BIN, DOWN, environmentOf, session, UP, type Session } from './session.ts';

const SHIFT_TAB = '\u001B[Z';
const F2 = '\u001BOQ';
/** Idle milliseconds: V8 collects the garbage of the reads some seconds after the last of them. */
const REST = 20_000;

const one = (name: string, value: number, unit: string, more: Partial<Figure>): Figure => ({
  name,
  median: value,
  p99: value,
  runs: 1,
  unit,
  ...more,
});

async function pressed(here: Session, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index++) times.push(await here.press(index % 40 < 20 ? DOWN : UP));
  return times;
}

/** Returns the peak memory of the command that writes all findings as JSON, in megabytes. */
async function peakOfJson(env: NodeJS.ProcessEnv, folder: string): Promise<number> {
  const args = [BIN, 'findings', '--all', '--profile', 'strict', '--json', '--output', join(folder, 'findings.json'), '--quiet'];
  const child = spawn(process.execPath, args, { env, stdio: 'ignore' });
  const used = watch(child);
  await new Promise((resolve) => child.on('exit', resolve));
  return used().peakMegabytes;
}

/** `smoke`: a few apps, to check that it runs. */
export async function findingsFigures(smoke: boolean): Promise<Figure[]> {
  const apps = smoke ? 20 : 5000;
  const folder = await mkdtemp(join(tmpdir(), 'func-harden-bench-'));
  const fleet = await startEmulator({ port: 0, scenario: 'fleet', apps, latency: 0, faults: [] });
  try {
    const here = session(process.execPath, [BIN, '--profile', 'strict', '--save', join(folder, 'a.yaml')], environmentOf(fleet, folder));
    await here.sees(`${apps} apps`);
    here.type(SHIFT_TAB);
    await here.sees(`${apps} marked`);
    const began = performance.now();
    here.type(F2);
    await here.sees(/^[1-9]\d* findings/m);
    const first = performance.now() - began;
    const before = here.taken().cpuMilliseconds;
    await here.sees(new RegExp(`findings in ${apps} apps`), 600_000);
    const perApp = (here.taken().cpuMilliseconds - before) / apps;
    const times = await pressed(here, smoke ? 4 : 200);
    await new Promise((resolve) => setTimeout(resolve, smoke ? 0 : REST));
    const { residentMegabytes } = here.taken();
    await here.close();
    const peak = await peakOfJson(environmentOf(fleet, folder), folder);
    const figure = figureOf(`findings of ${apps} apps: move`, times, { goal: 'median 16 ms, p99 50 ms' });
    return [
      one(`findings of ${apps} apps: first one`, first, 'ms', { goal: 'within 2,000 ms', met: first <= 2000 }),
      one(`findings of ${apps} apps: processor time an app`, perApp, 'ms', {}),
      { ...figure, met: figure.median <= 16 && figure.p99 <= 50 },
      one(`findings of ${apps} apps: memory at rest`, residentMegabytes, 'MB', { goal: 'at most 150 MB', met: residentMegabytes <= 150 }),
      one(`findings of ${apps} apps as JSON, strict: peak memory`, peak, 'MB', { goal: 'at most 150 MB', met: peak <= 150 }),
    ];
  } finally {
    await fleet.close();
    await rm(folder, { recursive: true, force: true });
  }
}
