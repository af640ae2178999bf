import { fileProblem } from '../files/file-problem.ts';
import { readLimited } from '../files/read-limited.ts';
import { createRecording, parseRecording, type Recording } from '../emulator/server/recorded.ts';
import type { CommandModule } from '../cli/invocation.ts';
import { startEmulator } from '../emulator/server/server.ts';
import type { Json } from '../emulator/state.ts';
import { ARM_BUDGET } from '../emulator/server/throttle.ts';
import { EXIT } from '../engine/errors.ts';
import { commandErrors } from './errors.ts';

/** The largest number of each option. Timers of Node take no longer time, and fire at once instead. */
const MOST = { port: 65_535, apps: 100_000, subscriptions: 1000, latency: 2 ** 31 - 1, propagation: 2 ** 31 - 1 };

export const run: CommandModule['run'] = async ({ io, options, signal }) => {
  const whole = (text: string, name: keyof typeof MOST): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value <= MOST[name]) return value;
    throw commandErrors.noWholeNumber({ option: name, text, most: MOST[name] });
  };
  const { state, log } = options;
  const others = (['state', 'scenario', 'apps', 'propagation'] as const).filter((name) => options[name] !== undefined);
  if (options.recorded !== undefined && others.length > 0) throw commandErrors.recordedWithOthers({ options: others });
  const emulator = await startEmulator({
    port: whole(options.port ?? '0', 'port'),
    scenario: options.scenario ?? 'contoso',
    apps: whole(options.apps ?? '100', 'apps'),
    ...(options.subscriptions === undefined ? {} : { subscriptions: Math.max(1, whole(options.subscriptions, 'subscriptions')) }),
    latency: whole(options.latency ?? '0', 'latency'),
    propagation: whole(options.propagation ?? '0', 'propagation'),
    faults: options.faults ? await readFaults(options.faults) : [],
    ...(state ? { stateFile: state } : {}),
    ...(log ? { logFile: log } : {}),
    ...(options.recorded === undefined ? {} : { recording: await readRecording(options.recorded) }),
    ...(options.throttle ? { budget: ARM_BUDGET } : {}),
  }).catch((error: NodeJS.ErrnoException) => {
    throw commandErrors.emulatorNotStarted({ why: error.message, isPortUsed: error.code === 'EADDRINUSE' });
  });
  const { close, ...facts } = emulator;
  io.out(`${JSON.stringify(facts)}\n`);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
  await close();
  return EXIT.ok;
};

/** Maximum size in bytes; a recording of 500 apps has about 50 million. */
const MOST_RECORDING = 512 * 1024 * 1024;

async function readRecording(file: string): Promise<Recording> {
  try {
    return createRecording(parseRecording(JSON.parse(await readLimited(file, MOST_RECORDING)) as Json));
  } catch (error) {
    throw commandErrors.noRecording({ file, why: fileProblem(error) });
  }
}

async function readFaults(file: string): Promise<Json> {
  try {
    return JSON.parse(await readLimited(file, MOST_RECORDING)) as Json;
  } catch (error) {
    throw commandErrors.noFaultList({ file, why: fileProblem(error) });
  }
}
