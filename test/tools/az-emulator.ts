/**
 * `node test/tools/az-emulator.ts`: an emulator that the Azure CLI is signed in to; prints what a shell has to export, until Ctrl+C.
 * `node test/tools/az-emulator.ts -- functionapp list -o table`: one command against a fresh emulator.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmulator } from '../../src/emulator/server/server.ts';
import { azureCli, lacksAzureCli } from './az/cli.ts';

const lacking = lacksAzureCli();
if (lacking) {
  console.error(`${lacking}; see docs/azure-cli.md`);
  process.exit(1);
}
const split = process.argv.indexOf('--');
const command = split < 0 ? [] : process.argv.slice(split + 1);
const folder = await mkdtemp(join(tmpdir(), 'func-harden-az-'));
const emulator = await startEmulator({ port: 0, scenario: 'contoso', apps: 0, latency: 0, faults: [] });
const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
try {
  const az = await azureCli(emulator, folder);
  if (command.length > 0) {
    process.stdout.write(await az.run(...command));
  } else {
    const both = { ...az.environment, FUNC_HARDEN_ARM_ENDPOINT: emulator.endpoint, FUNC_HARDEN_ACCESS_TOKEN: emulator.accessToken };
    for (const [name, value] of Object.entries(both)) console.log(`export ${name}=${quoted(value)}`);
    console.log('# For another shell: its az and func-harden now see the same emulator. Ctrl+C here ends it and takes its files away.');
    await new Promise((resolve) => {
      process.once('SIGINT', resolve);
      process.once('SIGTERM', resolve);
    });
  }
  await az.close();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await emulator.close();
  await rm(folder, { recursive: true, force: true });
}
