/** The Azure CLI, signed in to an emulator, with a separate configuration folder, so that the user's folder is not changed. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { RunningEmulator } from '../../../src/emulator/server/server.ts';
import { hasOpenssl, makeCertificates } from '../../helpers/certificates.ts';
import { SIGN_IN, startFront } from './front.ts';

export interface AzureCli {
  /** https URL of the emulator. */
  readonly origin: string;
  /** Variables that a shell must export to use this CLI configuration. */
  readonly environment: Readonly<Record<string, string>>;
  /** Runs the CLI. @throws with its output if it fails */
  run(...args: string[]): Promise<string>;
  json<T = unknown>(...args: string[]): Promise<T>;
  /** Returns the number of requests to the emulator so far. */
  requests(): number;
  close(): Promise<void>;
}

const CLOUD = 'func-harden-emulator';
/** Vaults have no host name in the emulator, and requests must not reach real vaults. */
const NO_VAULTS = '.vault.invalid';

/** Describes what is missing on this machine. */
export function lacksAzureCli(): string | undefined {
  // The CLI is not run for this, because it would write to the user's home folder.
  const isThere = (process.env['PATH'] ?? '').split(delimiter).some((folder) => folder !== '' && isProgram(join(folder, 'az')));
  if (!isThere) return 'this machine has no Azure CLI';
  return hasOpenssl() ? undefined : 'this machine has no openssl';
}

/** The file that `az cloud register` would write; each start of the CLI takes a second. */
const cloudAt = (origin: string): string => `[${CLOUD}]
endpoint_management = ${origin}
endpoint_resource_manager = ${origin}
endpoint_active_directory = ${origin}${SIGN_IN}
endpoint_active_directory_resource_id = ${origin}
endpoint_active_directory_graph_resource_id = ${origin}
suffix_keyvault_dns = ${NO_VAULTS}
`;

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Registers the emulator as a cloud of the CLI and signs in. All files are written to the folder. */
export async function azureCli(emulator: RunningEmulator, folder: string): Promise<AzureCli> {
  const config = join(folder, 'azure');
  await mkdir(config, { recursive: true, mode: 0o700 });
  const certificates = makeCertificates(folder);
  const principal = { id: randomUUID(), secret: randomUUID() };
  const front = await startFront(emulator, certificates, principal);
  const environment = {
    AZURE_CONFIG_DIR: config,
    AZURE_CLOUD_NAME: CLOUD,
    REQUESTS_CA_BUNDLE: certificates.caFile,
    NO_PROXY: 'localhost,127.0.0.1',
    no_proxy: 'localhost,127.0.0.1',
    AZURE_CORE_COLLECT_TELEMETRY: 'false',
    AZURE_CORE_SURVEY_MESSAGE: 'false',
    AZURE_CORE_ONLY_SHOW_ERRORS: 'true',
    AZURE_CORE_NO_COLOR: 'true',
    AZURE_EXTENSION_USE_DYNAMIC_INSTALL: 'no',
  };
  const run = (...args: string[]): Promise<string> => runAz(args, environment);
  try {
    await writeFile(join(config, 'clouds.config'), cloudAt(front.origin));
    await run('login', '--service-principal', '-u', principal.id, '-p', principal.secret, '--tenant', emulator.tenantId);
  } catch (error) {
    await front.close();
    throw error;
  }
  return {
    origin: front.origin,
    environment,
    run,
    json: async <T>(...args: string[]) => JSON.parse(await run(...args, '--output', 'json')) as T,
    requests: front.requests,
    close: front.close,
  };
}

function runAz(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<string> {
  const child = spawn('az', [...args], { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve(output.stdout) : reject(new Error(`az ${args.slice(0, 3).join(' ')} ended with ${code}:\n${output.stderr}`)),
    );
  });
}
