/** Resources that an open wizard uses while idle, for each key, and after an hour of keys. Linux only, because it reads /proc. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { startEmulator } from '../../../src/emulator/server/server.ts';
import { figureOf, type Figure } from './measure.ts';
import { BIN, DOWN, environmentOf, session, UP, type Session } from './session.ts';

/** Ten keys a second for an hour. */
const HOUR = 36_000;
/** Milliseconds between two keys of that hour. */
const QUICK = 4;
const KEYS = [
  UP,
  DOWN,
  UP,
  DOWN,
  '\u001B[C',
  '\u001B[D',
  '\u001B[H',
  '\u001B[F',
  '\r',
  '\u001B',
  '\t',
  ' ',
  '?',
  '/',
  'd',
  'n',
  'h',
  'u',
  'w',
  'm',
  'x',
  '7',
];

/** The same sequence of keys for every run. */
function sequence(seed: number): (below: number) => number {
  let value = seed;
  return (below) => {
    value = (Math.imul(value, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((value / 4_294_967_296) * below);
  };
}

async function idle(here: Session, seconds: number): Promise<number> {
  const before = here.taken().cpuMilliseconds;
  await after(seconds * 1000);
  return (here.taken().cpuMilliseconds - before) / seconds;
}

async function bytesOf(here: Session, count: number): Promise<number[]> {
  const each: number[] = [];
  for (let index = 0; index < count; index++) {
    const before = here.bytes();
    await here.press(index % 40 < 20 ? DOWN : UP);
    await after(20);
    each.push(here.bytes() - before);
  }
  return each;
}

export async function upkeepFigures(smoke: boolean): Promise<Figure[]> {
  if (process.platform !== 'linux') {
    console.log('skipped: what an open wizard takes is read from /proc, which this system has not');
    return [];
  }
  const [seconds, presses, keys] = smoke ? [1, 4, 50] : [20, 120, HOUR];
  const folder = await mkdtemp(join(tmpdir(), 'func-harden-bench-'));
  const shop = await startEmulator({ port: 0, scenario: 'contoso', apps: 0, latency: 0, faults: [] });
  const env = environmentOf(shop, folder);
  const wizard = () => session(process.execPath, [BIN, '--app', 'fn-orders', '--save', join(folder, 'a.yaml')], env);
  try {
    const node = session(process.execPath, ['-e', 'process.stdin.resume(); console.log("ready")'], env);
    await node.sees('ready');
    let here = wizard();
    await here.sees('Secure operation');
    const wholeFrame = here.bytes();
    // Work after the first frame (compiling, garbage collection) is not counted as idle use.
    await after(smoke ? 0 : 10_000);
    const [bareIdle, ownIdle] = await Promise.all([idle(node, seconds), idle(here, seconds)]);
    const moves = await bytesOf(here, presses);

    const bare = node.taken().residentMegabytes;
    const random = sequence(20_261_124);
    const resident: number[] = [];
    for (let index = 0; index < keys; index++) {
      if (here.hasEnded()) {
        here = wizard();
        await here.sees('Secure operation');
      }
      here.type(KEYS[random(KEYS.length)]!);
      await after(QUICK);
      if (index % 500 === 499 || index === keys - 1) resident.push(here.hasEnded() ? 0 : here.taken().residentMegabytes);
    }
    const most = Math.max(...resident);
    await Promise.all([here.close(), node.close()]);
    const bytes = figureOf('bytes a key, moving through 25 areas', moves, {
      unit: 'bytes',
      baseline: { name: 'a whole screen', median: wholeFrame },
      goal: '2000 bytes',
    });
    return [
      figureOf('idle: processor time a second', [ownIdle], {
        baseline: { name: 'an idle Node', median: Math.max(bareIdle, TOO_LITTLE) },
        goal: '1 ms',
        met: ownIdle <= 1,
      }),
      { ...bytes, met: bytes.median <= 2000 },
      figureOf(`memory after ${keys.toLocaleString('en')} random keys, at the most`, [most], {
        unit: 'MB',
        baseline: { name: 'an idle Node', median: bare },
        goal: '150 MB',
        met: most < 150,
      }),
    ];
  } finally {
    await shop.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Milliseconds per second; less than one clock tick in the whole time cannot be measured. */
const TOO_LITTLE = 0.5;
