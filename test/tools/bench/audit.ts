/** Measures what func-harden adds to Azure's time for one app and all areas, and how well independent reads run in parallel. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmulator, type RunningEmulator } from '../../../src/emulator/server/server.ts';
import { taken } from './children.ts';
import { figureOf, type Figure } from './measure.ts';

const BIN = join(import.meta.dirname, '..', '..', '..', 'bin', 'func-harden.cjs');
const RAW = join(import.meta.dirname, 'raw-http.cjs');
/** Milliseconds that each answer takes. */
const LATENCY = 100;

interface Exchange {
  readonly time: string;
  readonly method: string;
  readonly url: string;
  readonly requestBody: unknown;
}

/** @param smoke runs once, to check that it works */
export async function auditFigures(smoke: boolean): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'func-harden-audit-'));
  const cloud = await startEmulator({ port: 0, scenario: 'contoso', apps: 0, latency: LATENCY, faults: [] });
  const env = {
    ...process.env,
    FUNC_HARDEN_ARM_ENDPOINT: cloud.endpoint,
    FUNC_HARDEN_ACCESS_TOKEN: cloud.accessToken,
    ACCESS_TOKEN: cloud.accessToken,
    XDG_STATE_HOME: folder,
  };
  try {
    // Exit code 2 means findings.
    const audit = () => taken(process.execPath, [BIN, 'audit', '--app', 'fn-orders', '--json'], env, [2]);
    if (!smoke) await audit(); // The first run fills the compile cache.
    const again = async () => {
      await clear(cloud);
      const { milliseconds } = await audit();
      return { milliseconds, exchanges: await exchangesOf(cloud) };
    };
    const waves = wavesOf((await again()).exchanges);
    const file = join(folder, 'waves.json');
    await writeFile(
      file,
      JSON.stringify(waves.map((wave) => wave.map(({ method, url, requestBody }) => ({ method, url, body: requestBody })))),
    );
    const times: Times = { bare: [], raw: [], whole: [], reads: [], own: [] };
    for (let run = 0; run < (smoke ? 1 : 15); run++) {
      times.bare.push((await taken(process.execPath, ['-e', '0'], env)).milliseconds);
      const loop = await taken(process.execPath, [RAW, file], env);
      times.raw.push(loop.milliseconds);
      const { milliseconds, exchanges } = await again();
      times.whole.push(milliseconds);
      times.reads.push(Date.parse(exchanges.at(-1)!.time) - Date.parse(exchanges[0]!.time) + LATENCY);
      times.own.push(milliseconds - Number(loop.stdout));
    }
    return figuresOf(waves.length, times);
  } finally {
    await cloud.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Milliseconds of each run. */
type Times = Record<'bare' | 'raw' | 'whole' | 'reads' | 'own', number[]>;

function figuresOf(answers: number, times: Times): Figure[] {
  const median = (one: keyof Times) => figureOf('', times[one]).median;
  const chain = { name: `the longest chain, ${answers} answers of ${LATENCY} ms`, median: answers * LATENCY };
  // No read can be sent before Node has started.
  const started = { name: 'that chain and one start of a bare Node', median: chain.median + median('bare') };
  const whole = figureOf('audit of one app, all areas, start to end', times.whole);
  const reads = figureOf('of it from the first question to the last answer', times.reads, { baseline: chain, goal: '1.3 x' });
  const own = figureOf('of it the tool itself', times.own, { baseline: { name: 'node -e 0', median: median('bare') }, goal: '250 ms' });
  return [
    { ...whole, baseline: { name: 'the same requests in a bare HTTP loop', median: median('raw') } },
    { ...whole, baseline: started, goal: '1.3 x', met: whole.median <= 1.3 * started.median },
    { ...reads, met: reads.median <= 1.3 * chain.median },
    { ...own, met: own.median < 250 },
  ];
}

const signedIn = ({ accessToken }: RunningEmulator) => ({ authorization: `Bearer ${accessToken}` });
const clear = (running: RunningEmulator) => fetch(`${running.endpoint}/_emulator/reset`, { method: 'POST', headers: signedIn(running) });
const exchangesOf = async (running: RunningEmulator): Promise<Exchange[]> =>
  (await (await fetch(`${running.endpoint}/_emulator/exchanges`, { headers: signedIn(running) })).json()) as Exchange[];

/** Milliseconds between requests in the same wave; a later request has waited for an answer. */
const TOGETHER = LATENCY * 0.6;

function wavesOf(exchanges: readonly Exchange[]): Exchange[][] {
  const waves: Exchange[][] = [];
  let began = Number.NEGATIVE_INFINITY;
  for (const one of exchanges.toSorted((a, b) => a.time.localeCompare(b.time))) {
    const at = Date.parse(one.time);
    if (at - began > TOGETHER) {
      waves.push([]);
      began = at;
    }
    waves.at(-1)!.push(one);
  }
  return waves;
}
