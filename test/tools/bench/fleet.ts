/** An audit of a whole fleet: requests, memory, processor time, and how much of Azure's budget it uses. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ARM_BUDGET } from '../../../src/emulator/server/throttle.ts';
import type { Figure } from './measure.ts';

const BIN = join(import.meta.dirname, '..', '..', '..', 'bin', 'func-harden.cjs');
export const SUBSCRIPTION_HOLDS = 1000;

export interface Ran {
  readonly apps: number;
  readonly seconds: number;
  readonly requests: number;
  readonly refused: number;
  /** Requests that Azure counts as writes, because settings are listed by POST. */
  readonly actions: number;
  /** Reads of subscriptions: each has a budget of them. */
  readonly reads: number;
  readonly peakMegabytes: number;
  readonly cpuMilliseconds: number;
  readonly reportMegabytes: number;
}

interface Job {
  readonly apps: number;
  readonly profile: 'baseline' | 'strict';
  readonly format?: string;
  readonly throttle?: boolean;
}

async function audit({ apps, profile, format = 'json', throttle = false }: Job): Promise<Ran> {
  const folder = await mkdtemp(join(tmpdir(), 'func-harden-fleet-'));
  const log = join(folder, 'log');
  const cloud = spawn(
    process.execPath,
    [BIN, 'emulator', '--scenario', 'fleet', '--apps', String(apps), '--log', log, ...(throttle ? ['--throttle'] : [])],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  try {
    const told = JSON.parse(await firstLine(cloud)) as { endpoint: string; accessToken: string };
    const env = {
      ...process.env,
      FUNC_HARDEN_ARM_ENDPOINT: told.endpoint,
      FUNC_HARDEN_ACCESS_TOKEN: told.accessToken,
      XDG_STATE_HOME: folder,
    };
    const report = join(folder, 'report');
    const args = [BIN, 'audit', '--all', '--profile', profile, '--format', format, '--output', report, '--quiet'];
    const began = performance.now();
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'ignore'] });
    const used = watch(child);
    await new Promise((resolve) => child.on('exit', resolve));
    const seconds = (performance.now() - began) / 1000;
    const reportMegabytes = (await stat(report)).size / 1e6;
    return { apps, seconds, reportMegabytes, ...used(), ...(await counted(log)) };
  } finally {
    cloud.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  }
}

export async function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (!stdout) throw new TypeError('the emulator has a stdout');
  for await (const line of createInterface({ input: stdout })) return line;
  throw new Error('the emulator did not start');
}

/** Reads memory and time of another process from /proc; NaN on other systems. */
export function watch({ pid }: ChildProcess): () => Pick<Ran, 'peakMegabytes' | 'cpuMilliseconds'> {
  let [peakMegabytes, cpuMilliseconds] = [Number.NaN, Number.NaN];
  const look = async (): Promise<void> => {
    const [status, line] = await Promise.all([readFile(`/proc/${pid}/status`, 'utf8'), readFile(`/proc/${pid}/stat`, 'utf8')]);
    const [, peak] = /VmHWM:\s+(\d+)/.exec(status) ?? []; // One that is just ending has no memory any more.
    if (peak) peakMegabytes = Number(peak) / 1024;
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
    cpuMilliseconds = (Number(fields[11]) + Number(fields[12])) * 10;
  };
  const timer = setInterval(() => void look().catch(() => undefined), 50);
  return () => {
    clearInterval(timer);
    return { peakMegabytes, cpuMilliseconds };
  };
}

export async function counted(log: string): Promise<Pick<Ran, 'requests' | 'refused' | 'actions' | 'reads'>> {
  let [requests, refused, actions, reads] = [0, 0, 0, 0];
  for await (const line of createInterface({ input: createReadStream(log) })) {
    requests += 1;
    if (line.includes('"status":429,')) refused += 1;
    if (/"method":"GET"/.test(line) && line.includes('/subscriptions/')) reads += 1;
    if (/"method":"(POST|PUT|PATCH)"/.test(line) && line.includes('/sites/')) actions += 1;
  }
  return { requests, refused, actions, reads };
}

export const figure = (name: string, value: number, unit: string, more: Partial<Figure> = {}): Figure => ({
  name,
  median: value,
  p99: value,
  runs: 1,
  unit,
  ...more,
});

/** `smoke`: a few apps, to check that it runs. */
export async function fleetFigures(smoke: boolean): Promise<Figure[]> {
  const [few, many] = smoke ? [10, 20] : [1000, 5000];
  const small = await audit({ apps: few, profile: 'baseline' });
  const base = await audit({ apps: many, profile: 'baseline' });
  const strict = await audit({ apps: many, profile: 'strict' });
  const perApp = ({ requests, apps }: Ran) => requests / apps;
  const figures = [
    figure(`${many} apps, baseline: requests an app`, perApp(base), '', { goal: 'at most 2', met: perApp(base) <= 2 }),
    figure(`${many} apps, strict: requests an app`, perApp(strict), ''),
    figure(`${many} apps, baseline: peak memory`, base.peakMegabytes, 'MB', {
      baseline: { name: `${few} apps`, median: small.peakMegabytes },
      goal: 'at most 150 MB',
      met: base.peakMegabytes <= 150,
    }),
    figure(`${many} apps, strict: peak memory`, strict.peakMegabytes, 'MB', { goal: 'under 300 MB', met: strict.peakMegabytes < 300 }),
    figure(`${many} apps, baseline: processor time an app`, base.cpuMilliseconds / many, 'ms', {
      goal: 'at most 1.5 ms',
      met: base.cpuMilliseconds / many <= 1.5,
    }),
  ];
  if (smoke) return figures;
  const slow = await audit({ apps: many, profile: 'baseline', throttle: true });
  const { size, rate } = ARM_BUDGET.writes;
  const given = Math.ceil(many / SUBSCRIPTION_HOLDS) * (size + rate * slow.seconds);
  return [
    ...figures,
    figure(`${many} apps, throttled: share of the tightest budget used`, (100 * slow.actions) / given, '%', {
      goal: 'at least 90 %',
      met: slow.actions / given >= 0.9,
    }),
    figure(`${many} apps, throttled: refused for want of budget`, slow.refused, '', { goal: '0', met: slow.refused === 0 }),
  ];
}
