/** What commands that talk to Azure have in common. */
import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isAddress, type AnyStep } from '../step.ts';
import type { Invocation } from '../cli/invocation.ts';
import type { Options } from '../cli/options.ts';
import { readsOfSteps, type Circumstances } from '../engine/assess.ts';
import { decisionsFor, names, type AnswersFile, type Decisions } from '../engine/decisions.ts';
import { EXIT, exitOf, UserError, type ExitCode } from '../engine/errors.ts';
import { FactStore } from '../engine/facts.ts';
import type { Account, ArmReader, Connection, Target } from '../engine/ports.ts';
import { isSelector } from '../engine/selectors.ts';
import { findTargets, type Found, type Selection } from '../engine/targets.ts';
import { debugLog } from '../files/debug-log.ts';
import { openOutput, type Output } from '../files/output.ts';
import { stateDirectory } from '../files/paths.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Surroundings } from './doctor-sign-in.ts';

export async function connectWith(invocation: Invocation): Promise<Connection> {
  const { options, version, io, signal } = invocation;
  await checkFiles(invocation);
  const { connect } = await import('../connect.ts');
  const ask = (text: string) => io.err(`${text}\n`);
  const log = options.debug === undefined ? undefined : debugLog(options.debug);
  return connect({
    ...placeOf(invocation),
    version,
    signal,
    say: options.quiet ? () => {} : ask,
    ask,
    ...(options.auth ? { auth: options.auth } : {}),
    ...(log ? { onExchange: log, onSignIn: log } : {}),
  });
}

/** What can be seen of Azure without a sign-in. */
export async function lookAround(invocation: Invocation): Promise<Surroundings> {
  const { surroundingsOf } = await import('../connect.ts');
  return surroundingsOf(placeOf(invocation), invocation.version);
}

const placeOf = ({ options: { cloud, tenant, armEndpoint }, environment }: Invocation) => ({
  environment,
  ...(cloud ? { cloud } : {}),
  ...(tenant ? { tenant } : {}),
  ...(armEndpoint ? { armEndpoint } : {}),
});

/** The areas that `--step` names, or all. @throws UserError on a name that is none */
export function stepsOf({ catalogue, options }: Invocation): readonly AnyStep[] {
  const wanted = options.step ?? [];
  const ids = catalogue.map(({ id }) => id);
  const wrong = wanted.filter((id) => !ids.includes(id));
  if (wrong.length > 0)
    throw new UserError(wrong.map((id) => `There is no area "${id}".${didYouMean(id, ids)}`).join(' '), EXIT.usage, [
      'func-harden steps lists the areas.',
    ]);
  return wanted.length === 0 ? catalogue : catalogue.filter(({ id }) => wanted.includes(id));
}

export function circumstances(options: Options, decisions: Decisions, account?: Account): Circumstances {
  const { myIp } = options;
  if (myIp !== undefined && !isAddress(myIp))
    throw new UserError(`"${myIp}" is not an IP address.`, EXIT.usage, ['Write --my-ip like 203.0.113.7']);
  return {
    decisions,
    today: new Date().toISOString().slice(0, 10),
    ...(myIp ? { myIp } : {}),
    ...(account?.id ? { me: account.id, meIsApp: account.isApp } : {}),
  };
}

/** Apps that a command works on at the same time, where `--concurrency` does not say. */
const CONCURRENCY = 4;

/** @throws UserError where it is no number of apps */
export function concurrencyOf({ concurrency }: Options, usual = CONCURRENCY): number {
  return countOf(concurrency ?? String(usual), 'concurrency', 8);
}

/** A whole number from 1. @throws UserError where it is none */
export function countOf(text: string, option: string, example: number): number {
  const count = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (count < 1) throw new UserError(`"${text}" is not a number of apps.`, EXIT.usage, [`Write --${option} like ${example}`]);
  return count;
}

export const stateDirOf = ({ options, environment }: Invocation): string => stateDirectory(environment, process.platform, options.stateDir);

/** Finds what the options choose, or what an answers file names. */
export function select(connection: Connection, options: Options, named: Named = { apps: options.app ?? [], matching: [] }): Promise<Found> {
  return findTargets(connection.discovery, selectionOf(options, named));
}

function checkTags(tags: readonly string[]): readonly string[] {
  const wrong = tags.find((tag) => !/^[^=]+=/.test(tag));
  if (wrong === undefined) return tags;
  throw new UserError(`"${wrong}" is no tag.`, EXIT.usage, ['Write --tag like env=prod']);
}

export const selectionOf = (
  { subscription, resourceGroup, slot, tag }: Options,
  { apps, matching }: Named = { apps: [], matching: [] },
): Selection => ({
  subscriptions: subscription ?? [],
  apps,
  matching,
  tags: checkTags(tag ?? []),
  ...(resourceGroup ? { resourceGroup } : {}),
  ...(slot ? { slot } : {}),
});

export const missingApp = (name: string, known: readonly string[], leftOut: readonly string[] = []): string =>
  leftOut.some((one) => one.toLowerCase() === name.toLowerCase())
    ? `"${name}" is a Logic App (workflow app): it shares its type with function apps, and is another product.`
    : `There is no function app "${name}" in reach.${didYouMean(name, known)}`;

export const MISSING_NEXT = [
  'Check the name, or look in another subscription with --subscription.',
  'func-harden audit --all lists every app in reach.',
];

/** What was asked for and is not there, or could not be listed; and the emptiness where nothing was found at all. */
export function selectionTroubles(
  found: Pick<Found, 'missing' | 'unknown' | 'failures'> & {
    known?: Found['known'];
    leftOut?: Found['leftOut'];
    targets: readonly unknown[];
  },
): { app: string; message: string; next: readonly string[]; code: ExitCode }[] {
  const troubles = [
    ...found.unknown.map((name) => ({
      app: name,
      message: `There is no subscription "${name}" in reach.`,
      next: ['az account list shows them.'],
      code: EXIT.failed,
    })),
    ...found.missing.map((name) => ({
      app: name,
      message: missingApp(name, found.known ?? [], found.leftOut),
      next: MISSING_NEXT,
      code: EXIT.failed,
    })),
    ...found.failures.map(({ app, what, failure }) => ({
      app,
      message: `Its ${what} could not be listed: ${failure.message}`,
      next: [failure.next],
      code: exitOf(failure),
    })),
  ];
  if (found.targets.length > 0 || troubles.length > 0) return troubles;
  return [
    { app: 'selection', message: 'There is no function app in reach that matches.', next: MISSING_NEXT.slice(0, 1), code: EXIT.failed },
  ];
}

/** Apps by their names, and what picks others: patterns and tags. */
export interface Named {
  readonly apps: readonly string[];
  readonly matching: readonly string[];
}

/** The apps an answers file is about: those chosen by options, else those it names. @throws UserError (exit 3) where neither says */
export function appsOf(options: Options, answers: AnswersFile): Named {
  if (options.app?.length) return { apps: options.app, matching: [] };
  const keys = Object.keys(answers.apps);
  const anySelection = options.all || options.tag?.length || options.resourceGroup || options.subscription?.length;
  if (anySelection) return { apps: [], matching: [] };
  if (keys.length > 0) return { apps: keys.filter((key) => !isSelector(key)), matching: keys.filter(isSelector) };
  throw new UserError('The answers file names no app, and none was chosen.', EXIT.inputNeeded, [
    'Choose with --app NAME or --all,',
    'or add to the file:  apps: { NAME: { steps: { … } } }',
  ]);
}

export interface OpenedApp {
  readonly target: Target;
  readonly store: FactStore;
  readonly decisions: Decisions;
}

/** Reads what judging the steps needs, each resource once, all at the same time. */
export async function openApp(
  reader: ArmReader,
  target: Target,
  steps: readonly AnyStep[],
  answers: AnswersFile | undefined,
): Promise<OpenedApp> {
  const store = new FactStore(reader, target);
  await store.load(readsOfSteps(steps));
  return { target, store, decisions: answers ? decisionsFor(answers, target) : {} };
}

/** @throws UserError when `--confirm` names an app that is not worked on */
export function checkConfirmed(options: Options, targets: readonly Target[]): void {
  const wrong = (options.confirm ?? []).filter((name) => !targets.some((target) => names(name, target)));
  if (wrong.length > 0)
    throw new UserError(
      `--confirm names ${wrong.map((name) => `"${name}"`).join(', ')}, which is not among the apps of this run.`,
      EXIT.usage,
      [`The apps are: ${targets.map(({ label }) => label).join(', ')}`],
    );
}

/** Where the result goes, piece by piece: stdout, or the file of `--output`, which gets it once it is whole. @throws UserError where it cannot be written */
export async function delivery({ options, args, io }: Invocation): Promise<Output> {
  const { output } = options;
  await checkFiles({ options, args });
  if (output === undefined)
    return {
      async write(text) {
        if (text) io.out(text);
        await io.drained?.();
      },
      end: () => Promise.resolve(),
      discard: () => Promise.resolve(),
    };
  const file = await openOutput(output);
  return {
    ...file,
    async end() {
      await file.end();
      io.err(`Written to ${output}\n`);
    },
  };
}

/** Prints the result, or writes it to the file of `--output`. */
export async function deliver(invocation: Invocation, text: string): Promise<void> {
  const { write, end } = await delivery(invocation);
  await write(text.endsWith('\n') ? text : `${text}\n`);
  await end();
}

/** What is read must not be what is written. @throws UserError */
export async function checkFiles({ options, args }: Pick<Invocation, 'options' | 'args'>): Promise<void> {
  const place = (file: string): Promise<string> => realpath(file).catch(() => resolve(file));
  const read = [args[0], options.answers, options.compare].filter((file): file is string => file !== undefined);
  const inputs = new Map(await Promise.all(read.map(async (file): Promise<[string, string]> => [await place(file), file])));
  for (const [option, file] of [
    ['--output', options.output],
    ['--debug', options.debug],
  ] as const) {
    if (file === '') throw new UserError(`${option} names no file.`, EXIT.usage);
    if (file !== undefined && inputs.has(await place(file)))
      throw new UserError(`${option} would write over ${file}, which is read here.`, EXIT.usage, [`Name another file with ${option} FILE`]);
  }
}

/** @throws UserError where two forms are asked for at once */
export function isJson({ options: { json, format } }: Invocation): boolean {
  if (json && format !== undefined && format !== 'json')
    throw new UserError(`--json and --format ${format} ask for two forms at once.`, EXIT.usage, ['Leave one of them out.']);
  return json === true || format === 'json';
}

export { printed } from '../view/printed.ts';
