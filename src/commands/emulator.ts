import { readLimited } from '../files/read-limited.ts';
import { createRecording, parseRecording, type Recording } from '../emulator/recorded.ts';
import type { CommandModule } from '../cli/invocation.ts';
import { startEmulator } from '../emulator/server.ts';
import type { Json } from '../emulator/state.ts';
import { ARM_BUDGET } from '../emulator/throttle.ts';
import { EXIT, UserError } from '../engine/errors.ts';

export const run: CommandModule['run'] = async ({ io, options, signal }) => {
  const whole = (text: string, name: string): number => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= 0) return value;
    throw new UserError(`--${name} requires a whole number, not "${text}".`, EXIT.usage, [`Example: --${name} 1`]);
  };
  const { state, log } = options;
  const others = (['state', 'scenario', 'apps', 'propagation'] as const).filter((name) => options[name] !== undefined);
  if (options.recorded !== undefined && others.length > 0)
    throw new UserError(`--recorded serves recorded responses and cannot be combined with --${others.join(', --')}.`, EXIT.usage, [
      'Remove --recorded or the other options.',
    ]);
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
    throw new UserError(
      `The emulator cannot start (${error.message}).`,
      EXIT.failed,
      error.code === 'EADDRINUSE' ? ['The port is in use. Use --port 0 to choose a free port.'] : [],
    );
  });
  const { close, ...told } = emulator;
  io.out(`${JSON.stringify(told)}\n`);
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
    throw new UserError(`${file} is not a recording (${(error as Error).message}).`, EXIT.usage, [
      'Write one with --record FILE on the command that you want to repeat.',
    ]);
  }
}

async function readFaults(file: string): Promise<Json> {
  try {
    return JSON.parse(await readLimited(file, MOST_RECORDING)) as Json;
  } catch (error) {
    throw new UserError(`${file} is not a fault list (${(error as Error).message}).`, EXIT.usage, [
      'src/emulator/BEHAVIOUR.md describes the format.',
    ]);
  }
}
