/** One app, all areas: what the tool adds to the time that Azure takes, and how well independent reads go side by side. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { startEmulator } from '../../../src/emulator/server.ts';
import { figureOf, percentile, type Figure } from './measure.ts';

const BIN = join(import.meta.dirname, '..', '..', '..', 'bin', 'func-harden.cjs');
/** Milliseconds that each answer takes. */
const [SLOW, SLOWER] = [100, 200];

function timed(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<number> {
  const began = performance.now();
  const child = spawn(process.execPath, [...args], { env: { ...process.env, ...env }, stdio: 'ignore' });
  return new Promise((resolve) => child.on('exit', () => resolve(performance.now() - began)));
}

export async function auditFigures(smoke: boolean): Promise<Figure[]> {
  const runs = smoke ? 1 : 9;
  const clouds = await Promise.all(
    [SLOW, SLOWER].map((latency) => startEmulator({ port: 0, scenario: 'contoso', apps: 0, latency, faults: [] })),
  );
  const [bare, slow, slower]: number[][] = [[], [], []];
  const audit = (cloud: (typeof clouds)[number]) =>
    timed([BIN, 'audit', '--app', 'fn-orders', '--json'], {
      FUNC_HARDEN_ARM_ENDPOINT: cloud.endpoint,
      FUNC_HARDEN_ACCESS_TOKEN: cloud.accessToken,
    });
  for (let run = 0; run < runs; run++) {
    bare!.push(await timed(['-e', '0']));
    slow!.push(await audit(clouds[0]!));
    slower!.push(await audit(clouds[1]!));
  }
  await Promise.all(clouds.map((cloud) => cloud.close()));
  const median = (times: readonly number[]) =>
    percentile(
      times.toSorted((a, b) => a - b),
      0.5,
    );
  // What grows with the latency is the longest chain of requests that wait for each other; what does not is the tool.
  const chain = (median(slower!) - median(slow!)) / (SLOWER - SLOW);
  const own = median(slow!) - chain * SLOW;
  return [
    figureOf(`audit of one app, all areas, ${SLOW} ms an answer`, slow!, {
      baseline: { name: `${chain.toFixed(1)} answers in a row`, median: chain * SLOW },
      goal: '1.3 x',
      met: median(slow!) <= 1.3 * chain * SLOW + median(bare!),
    }),
    figureOf('of it what the tool adds', [own], { baseline: { name: 'node -e 0', median: median(bare!) }, goal: '250 ms', met: own < 250 }),
  ];
}
