/** Compares the Azure CLI and func-harden on the same facts about one app, from the same emulator. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmulator, type RunningEmulator } from '../../../src/emulator/server/server.ts';
import { azureCli, lacksAzureCli } from '../az/cli.ts';
import { taken, type Taken } from './children.ts';
import { QUESTIONS, type Facts, type Question } from './facts-by-az.ts';
import { figureOf, type Figure } from './measure.ts';

const BIN = join(import.meta.dirname, '..', '..', '..', 'bin', 'func-harden.cjs');
/** Milliseconds that each answer takes. */
const LATENCY = 100;

interface Cost {
  readonly milliseconds: number;
  readonly cpuMilliseconds: number;
  readonly peakMegabytes: number;
  readonly requests: number;
}

const together = (all: readonly Taken[], requests: number): Cost => ({
  milliseconds: all.reduce((sum, one) => sum + one.milliseconds, 0),
  cpuMilliseconds: all.reduce((sum, one) => sum + one.cpuMilliseconds, 0),
  peakMegabytes: Math.max(...all.map((one) => one.peakMegabytes)),
  requests,
});

/** `smoke`: one question, to check that it runs. */
export async function sideBySideFigures(smoke: boolean): Promise<Figure[]> {
  const lacking = lacksAzureCli();
  if (lacking) {
    console.log(`az: skipped, ${lacking}`);
    return [];
  }
  const folder = await mkdtemp(join(tmpdir(), 'func-harden-az-bench-'));
  const cloud = await startEmulator({ port: 0, scenario: 'contoso', apps: 0, latency: LATENCY, faults: [] });
  try {
    const az = await azureCli(cloud, folder);
    try {
      return await compared(cloud, { ...process.env, ...az.environment }, folder, smoke);
    } finally {
      await az.close();
    }
  } finally {
    await cloud.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function compared(cloud: RunningEmulator, azEnvironment: NodeJS.ProcessEnv, folder: string, smoke: boolean): Promise<Figure[]> {
  const questions = smoke ? QUESTIONS.slice(0, 1) : QUESTIONS;
  const ours = {
    ...process.env,
    FUNC_HARDEN_ARM_ENDPOINT: cloud.endpoint,
    FUNC_HARDEN_ACCESS_TOKEN: cloud.accessToken,
    XDG_STATE_HOME: folder,
  };
  const [byAz, byTool]: Cost[][] = [[], []];
  for (let run = 0; run < (smoke ? 1 : 3); run++) {
    const start = await exchanges(cloud);
    const answers: Taken[] = [];
    for (const { args } of questions) answers.push(await taken('az', [...args, '--output', 'json'], azEnvironment));
    const between = await exchanges(cloud);
    // Exit code 2 means findings.
    const audit = await taken(process.execPath, [BIN, 'audit', '--app', 'fn-orders', '--json'], ours, [2]);
    byAz!.push(together(answers, between - start));
    byTool!.push(together([audit], (await exchanges(cloud)) - between));
    mustAgree(questions, answers, audit.stdout);
  }
  return figuresOf(`az, ${questions.length} command${questions.length === 1 ? '' : 's'} in a row`, byAz!, byTool!);
}

async function exchanges({ endpoint, accessToken }: RunningEmulator): Promise<number> {
  const headers = { authorization: `Bearer ${accessToken}` };
  return ((await (await fetch(`${endpoint}/_emulator/exchanges`, { headers })).json()) as unknown[]).length;
}

/** Both must find the same values, or the comparison is meaningless. */
function mustAgree(questions: readonly Question[], answers: readonly Taken[], audit: string): void {
  const { apps } = JSON.parse(audit) as { apps: { steps: { controls: { id: string; found: string }[] }[] }[] };
  const found: Facts = Object.fromEntries(
    apps.flatMap(({ steps }) => steps.flatMap(({ controls }) => controls.map((one) => [one.id, one.found]))),
  );
  const told: Facts = Object.assign({}, ...questions.map(({ facts }, index) => facts(answers[index]!.stdout)));
  const differ = Object.entries(told).filter(([id, value]) => found[id] !== value);
  if (differ.length > 0) throw new Error(differ.map(([id, value]) => `${id}: "${value}" to az, "${found[id]}" to func-harden`).join('\n'));
  console.log(`az: ${Object.keys(told).length} facts, the same from both; func-harden judged ${Object.keys(found).length} controls`);
}

function figuresOf(what: string, byAz: readonly Cost[], byTool: readonly Cost[]): Figure[] {
  const figure = (name: string, unit: string, of: keyof Cost): Figure => {
    const baseline = figureOf(
      'func-harden audit',
      byTool.map((one) => one[of]),
    );
    return figureOf(
      `${what}: ${name}`,
      byAz.map((one) => one[of]),
      { unit, baseline },
    );
  };
  return [
    figure(`time, ${LATENCY} ms an answer`, 'ms', 'milliseconds'),
    figure('processor', 'ms', 'cpuMilliseconds'),
    figure('peak memory', 'MB', 'peakMegabytes'),
    figure('requests', '', 'requests'),
  ].filter(({ median }) => !Number.isNaN(median));
}
