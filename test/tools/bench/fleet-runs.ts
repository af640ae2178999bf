/** One control over a whole fleet, applied and reverted: requests, memory, processor time, and how much of Azure's tightest budget it uses. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ARM_BUDGET } from '../../../src/emulator/server/throttle.ts';
import { counted, figure, firstLine, SUBSCRIPTION_HOLDS, watch, type Ran } from './fleet.ts';
import type { Figure } from './measure.ts';

const BIN = join(import.meta.dirname, '..', '..', '..', 'bin', 'func-harden.cjs');
const ANSWERS = 'version: 1\ndefaults: { steps: { ftp: { decision: apply, answers: { state: Disabled } } } }\n';

type Took = Omit<Ran, 'reportMegabytes'> & { readonly applied: number };

/** Runs a replay and then its undo, on the same fleet. */
async function replayAndUndo(apps: number): Promise<Record<'replay' | 'undo', Took>> {
  const folder = await mkdtemp(join(tmpdir(), 'func-harden-runs-'));
  const [log, answers] = [join(folder, 'log'), join(folder, 'answers.yaml')];
  await writeFile(answers, ANSWERS);
  const fleet = [BIN, 'emulator', '--scenario', 'fleet', '--apps', String(apps), '--log', log, '--throttle'];
  const cloud = spawn(process.execPath, fleet, { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const told = JSON.parse(await firstLine(cloud)) as { endpoint: string; accessToken: string };
    const env = {
      ...process.env,
      FUNC_HARDEN_ARM_ENDPOINT: told.endpoint,
      FUNC_HARDEN_ACCESS_TOKEN: told.accessToken,
      XDG_STATE_HOME: folder,
    };
    const job = async (...words: readonly string[]): Promise<Took> => {
      await truncate(log).catch(() => undefined);
      const began = performance.now();
      const child = spawn(process.execPath, [BIN, ...words, '--yes', '--json', '--quiet'], { env, stdio: ['ignore', 'pipe', 'ignore'] });
      const used = watch(child);
      let last = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (last = (last + text).slice(-4000)));
      await new Promise((resolve) => child.on('close', resolve));
      const seconds = (performance.now() - began) / 1000;
      const end = JSON.parse(last.trimEnd().split('\n').at(-1)!) as { applied: number };
      return { apps, seconds, applied: end.applied, ...used(), ...(await counted(log)) };
    };
    return { replay: await job('replay', answers, '--all', '--concurrency', '32'), undo: await job('undo', 'last', '--concurrency', '32') };
  } finally {
    cloud.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  }
}

/** `smoke`: a few apps, to check that it runs. */
export async function fleetRunFigures(smoke: boolean): Promise<Figure[]> {
  const [few, many] = smoke ? [10, 20] : [1000, 5000];
  const [small, large] = [await replayAndUndo(few), await replayAndUndo(many)];
  const given = (kind: 'reads' | 'writes', seconds: number) =>
    Math.ceil(many / SUBSCRIPTION_HOLDS) * (ARM_BUDGET[kind].size + ARM_BUDGET[kind].rate * seconds);
  return (['replay', 'undo'] as const).flatMap((name) => {
    const took = large[name];
    // An undo reads only the apps of its run.
    const apps = name === 'replay' ? many : took.applied;
    // A change is read before and after its write, and planned from reads: those run out first.
    const share = { reads: took.reads / given('reads', took.seconds), writes: took.actions / given('writes', took.seconds) };
    const tightest = share.reads > share.writes ? 'reads' : 'writes';
    const title = `${name} of one control, ${many} apps (${took.applied} changed)`;
    return [
      figure(`${title}: requests an app`, took.requests / apps, '', { goal: 'at most 3', met: took.requests / apps <= 3 }),
      figure(`${title}: share of the tightest budget used (${tightest})`, 100 * share[tightest], '%', {
        goal: 'at least 90 %',
        met: share[tightest] >= 0.9,
      }),
      figure(`${title}: share of the budget for writes used`, 100 * share.writes, '%'),
      figure(`${title}: peak memory`, took.peakMegabytes, 'MB', {
        baseline: { name: `${few} apps`, median: small[name].peakMegabytes },
        goal: 'at most 1.3 x',
        met: took.peakMegabytes <= 1.3 * small[name].peakMegabytes,
      }),
      figure(`${title}: processor time an app`, took.cpuMilliseconds / apps, 'ms'),
      figure(`${title}: refused for want of budget`, took.refused, '', { goal: '0', met: took.refused === 0 }),
    ];
  });
}
