/** Connects to Azure as the options say. No code for Azure is loaded before it is used. */
import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Invocation } from '../cli/invocation.ts';
import type { Connection } from '../engine/ports.ts';
import type { SigningKey } from '../engine/signing-key.ts';
import { debugLog } from '../files/debug-log.ts';
import { recordTo } from '../files/recording.ts';
import type { ProgressBar } from './progress-bar.ts';
import type { ConnectOptions } from '../connect.ts';
import type { Surroundings } from './doctor/doctor-sign-in.ts';
import { selectionErrors } from './errors/selection.ts';

/** Connects. `bar` shows why requests wait, and other notices. */
export async function connectWith(invocation: Invocation, bar?: ProgressBar): Promise<Connection> {
  await checkFiles(invocation);
  if (invocation.connection) return invocation.connection;
  const { connect } = await import('../connect.ts');
  return connect(connectOptions(invocation, bar));
}

export function connectOptions(invocation: Invocation, bar?: ProgressBar): ConnectOptions {
  const { options, version, io, signal, clock } = invocation;
  const ask = (text: string) => (bar ? bar.say(text) : io.err(`${text}\n`));
  const log = options.debug === undefined ? undefined : debugLog(options.debug);
  return {
    ...placeOf(invocation),
    version,
    signal,
    clock,
    say: options.quiet ? () => {} : ask,
    ask,
    ...(bar ? { waits: bar.waits, onRequest: bar.request } : {}),
    ...(options.auth ? { auth: options.auth } : {}),
    ...(log ? { onExchange: log, onSignIn: log } : {}),
    ...(options.record === undefined ? {} : { onRecord: createRecordingTo(invocation, options.record) }),
  };
}

/** Returns the recorder of `--record`. A recording names only the command and the version as its origin. */
const createRecordingTo = ({ version }: Pick<Invocation, 'version'>, file: string): NonNullable<ConnectOptions['onRecord']> => {
  const source = { repo: 'recorded with --record', path: `func-harden ${version}` };
  return (recorded) => recordTo(file, () => recorded(source));
};

/** Returns a signing key in Key Vault by its address. @throws UserError, ArmFailure */
export async function signingKeyAt(invocation: Invocation, address: string): Promise<SigningKey> {
  const { signingKey } = await import('../connect.ts');
  return signingKey(connectOptions(invocation), address);
}

/** Returns what is known of Azure without a sign-in. */
export async function readSurroundings(invocation: Invocation): Promise<Surroundings> {
  const { surroundingsOf } = await import('../connect.ts');
  return surroundingsOf(placeOf(invocation), invocation.version, invocation.clock);
}

const placeOf = ({ options: { cloud, tenant, armEndpoint }, environment }: Invocation) => ({
  environment,
  ...(cloud ? { cloud } : {}),
  ...(tenant ? { tenant } : {}),
  ...(armEndpoint ? { armEndpoint } : {}),
});

/** Checks that no file is both read and written. @throws UserError */
export async function checkFiles({ options, args }: Pick<Invocation, 'options' | 'args'>): Promise<void> {
  const place = (file: string): Promise<string> => realpath(file).catch(() => resolve(file));
  const named = [
    ['--output', options.output],
    ['--out', options.out],
    ...(options.reports ?? []).map(({ format, file }) => [`--format ${format}`, file] as const),
    ['--debug', options.debug],
    ['--record', options.record],
  ] as const;
  if (named.every(([, file]) => file === undefined)) return;
  const read = [args[0], options.answers, options.compare, options.plan].filter((file): file is string => file !== undefined);
  const inputs = new Map(await Promise.all(read.map(async (file): Promise<[string, string]> => [await place(file), file])));
  const written = new Map<string, string>();
  for (const [option, file] of named) {
    if (file !== undefined && inputs.has(await place(file))) throw selectionErrors.overwritesInput({ option, file });
    if (file === undefined) continue;
    const other = written.get(await place(file));
    if (other !== undefined) throw selectionErrors.sameFile({ other, option, file });
    written.set(await place(file), option);
  }
}
