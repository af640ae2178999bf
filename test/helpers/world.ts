/** A running emulator with everything a test asks of it, and the real command against it. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { connect } from '../../src/connect.ts';
import type { Clock, Connection } from '../../src/engine/ports.ts';
import { startEmulator, type EmulatorOptions, type RunningEmulator } from '../../src/emulator/server/server.ts';
import type { Json, State } from '../../src/emulator/state.ts';
import { testTime, type TestTime } from './clock.ts';

export interface Exchange {
  readonly method: string;
  readonly url: string;
  readonly requestBody: Json;
  readonly status: number;
  readonly responseBody: Json;
}

export interface World extends RunningEmulator {
  /** The complete state of the emulated cloud. */
  state(): Promise<State>;
  exchanges(): Promise<Exchange[]>;
  /** Requests that may change something. */
  writes(): Promise<Exchange[]>;
  faults(list: Json): Promise<void>;
  get(path: string): Promise<Record<string, Json>>;
  /** A write by another user. */
  patch(path: string, properties: Json): Promise<void>;
  put(path: string, properties: Json): Promise<void>;
  send(method: string, path: string, body: Json): Promise<void>;
  connection(token?: string): Promise<Connection>;
  cli(args: readonly string[], extra?: Record<string, string | undefined>): Promise<Outcome>;
  readonly folder: string;
  /** The environment for commands in this process. */
  readonly clock: Clock;
}

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export const SITES = '/subscriptions/d1a7c0de-0001-4f6e-8b1a-c0ffee000001/resourceGroups';
export const ORDERS = `${SITES}/rg-shop/providers/Microsoft.Web/sites/fn-orders`;
export const BIN = join(import.meta.dirname, '..', '..', 'bin', 'func-harden.cjs');

/** Waits and the time of the emulator in the same process pass four times faster. */
export const FASTER = { NODE_OPTIONS: `--require=${JSON.stringify(join(import.meta.dirname, 'faster.cjs'))}` };
/** For started processes: their waits take a thousandth of the time. */
export const QUICK = { NODE_OPTIONS: `--require=${JSON.stringify(join(import.meta.dirname, 'quick.cjs'))}` };

/** Deleted at the end of the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'func-harden test é '));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** @param time for the service too, so that its delays take no time */
export async function world({ time, ...options }: Partial<EmulatorOptions> & { readonly time?: TestTime } = {}): Promise<World> {
  const { clock } = time ?? testTime();
  const emulator = await startEmulator({
    port: 0,
    scenario: 'contoso',
    apps: 10,
    latency: 0,
    faults: [],
    ...(time ? { clock: time.service } : {}),
    ...options,
  });
  onTestFinished(() => emulator.close());
  const folder = await temporaryFolder();
  const headers = { authorization: `Bearer ${emulator.accessToken}`, 'content-type': 'application/json' };
  const at = (path: string) => `${emulator.endpoint}${path}?api-version=2024-11-01`;
  const exchanges = async () => (await (await fetch(`${emulator.endpoint}/_emulator/exchanges`, { headers })).json()) as Exchange[];
  const write = async (method: string, path: string, body: Json): Promise<void> =>
    void (await fetch(at(path), { method, headers, body: JSON.stringify(body) }));
  return {
    ...emulator,
    folder,
    clock,
    state: async () => (await (await fetch(`${emulator.endpoint}/_emulator/state`, { headers })).json()) as State,
    exchanges,
    writes: async () => (await exchanges()).filter(({ method, url }) => method !== 'GET' && !/\/(list\w*|resources)\?/i.test(url)),
    faults: async (list) => {
      const answer = await fetch(`${emulator.endpoint}/_emulator/faults`, { method: 'POST', headers, body: JSON.stringify(list) });
      if (!answer.ok) throw new Error(`the emulator refused these faults: ${answer.status} ${await answer.text()}`);
    },
    get: async (path) => (await (await fetch(at(path), { headers })).json()) as Record<string, Json>,
    send: (method, path, body) => write(method, path, body),
    patch: (path, properties) => write('PATCH', path, { properties }),
    put: (path, properties) => write('PUT', path, { properties }),
    connection: (token = emulator.accessToken) =>
      connect({
        auth: 'token',
        environment: { FUNC_HARDEN_ACCESS_TOKEN: token, FUNC_HARDEN_ARM_ENDPOINT: emulator.endpoint },
        clock,
        version: 'test',
        say: () => {},
      }),
    cli: (args, extra = {}) =>
      run(args, {
        FUNC_HARDEN_ACCESS_TOKEN: emulator.accessToken,
        FUNC_HARDEN_ARM_ENDPOINT: emulator.endpoint,
        ...QUICK,
        XDG_STATE_HOME: folder,
        ...extra,
      }),
  };
}

/** Runs the real command without a terminal. */
export function run(args: readonly string[], environment: Record<string, string | undefined> = {}): Promise<Outcome> {
  const env = Object.fromEntries(Object.entries({ ...process.env, ...environment }).filter(([, value]) => value !== undefined));
  const child = spawn(process.execPath, [BIN, ...args], { env: env as NodeJS.ProcessEnv, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...output })));
}

export const runName = ({ stdout }: Outcome): string => /^Run: (\S+)$/m.exec(stdout)?.[1] ?? 'no run';

/** Fixes eight areas of fn-orders. */
export const ANSWERS = `version: 1
apps:
  fn-orders:
    steps:
      https: { decision: apply, answers: { minTls: "1.2", scmMinTls: "1.2" } }
      cors: { decision: apply, answers: { allowedOrigins: ["https://portal.azure.com", "https://www.contoso.com"], supportCredentials: false } }
      usage-quota: { decision: apply, answers: { gbSeconds: 13000 } }
      remote-debugging: { decision: apply }
      deployment-credentials: { decision: apply }
      ftp: { decision: apply, answers: { state: Disabled } }
      scm: { decision: apply, answers: { rules: [{ name: agents, priority: 100, action: Allow, ip: 198.51.100.0/26 }], defaultAction: Deny } }
      access-restrictions: { decision: apply, answers: { rules: [{ name: office, priority: 100, action: Allow, ip: 203.0.113.0/24 }], defaultAction: Deny } }
`;
