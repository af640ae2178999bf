import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandModule } from '../cli/invocation.ts';
import { connect } from '../connect.ts';
import { startEmulator } from '../emulator/server/server.ts';
import { runWizard, Stop } from './wizard.ts';

/** Runs the emulator and the wizard in one process; without a terminal, runs the same steps headless. */
export const run: CommandModule['run'] = async (invocation) => {
  const { io, options, environment, version } = invocation;
  // Milliseconds, shorter than the recorded 40 to 55 s, but long enough to see how the wizard waits for a new identity.
  const [latency, propagation] = io.interactive ? [60, 3000] : [0, 0];
  const emulator = await startEmulator({ port: 0, scenario: 'contoso', apps: 0, latency, propagation, faults: [] });
  const folder = await mkdtemp(join(tmpdir(), 'func-harden-demo-'));
  // A second signal ends the process at once, and a file that was being made may appear while the folder is removed: then Node.js tries again.
  const removeFolder = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 10 });
  process.once('exit', removeFolder);
  const inEmulator = { ...environment, FUNC_HARDEN_ACCESS_TOKEN: emulator.accessToken, FUNC_HARDEN_ARM_ENDPOINT: emulator.endpoint };
  const here = {
    ...invocation,
    demo: { host: io.interactive ? ('wizard' as const) : ('headless' as const), keepsAnswers: options.save !== undefined },
    environment: inEmulator,
    // The demo deletes its files, unless a folder or file was named for them.
    options: {
      ...options,
      auth: 'token' as const,
      state: options.state ?? options.stateDir ?? folder,
      save: options.save ?? join(folder, 'answers.yaml'),
    },
  };
  try {
    if (!io.interactive) return await (await import('./demo-headless.ts')).runHeadless(here, emulator, folder);
    const stop = new Stop(invocation.signal);
    const connection = await connect({
      auth: 'token',
      environment: inEmulator,
      version,
      say: (text) => stop.say(`${text}\n`),
      signal: stop.signal,
    });
    return await runWizard(here, connection, stop, (options.state ?? options.stateDir) !== undefined);
  } finally {
    await emulator.close();
    process.off('exit', removeFolder);
    removeFolder();
  }
};
