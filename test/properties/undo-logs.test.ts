/** Changed undo logs: whatever they contain, only the app is written, and an incomplete undo is never reported as done. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyText } from '../helpers/any-text.ts';
import { contoso } from '../../src/emulator/samples/contoso.ts';
import type { State } from '../../src/emulator/state.ts';
import { cloud } from '../helpers/in-process.ts';
import { rechained } from '../helpers/journal.ts';
import { cases, seedOf } from '../helpers/random-cases.ts';
import { withoutOneWay } from '../helpers/states.ts';
import { ORDERS, runName, temporaryFolder } from '../helpers/world.ts';
import { inFolder } from './holds.ts';

const CASES = cases(200, 1000);
const GO = ['--yes', '--confirm', 'fn-orders'];
const ANSWERS = `version: 1
apps:
  fn-orders:
    steps:
      https: { decision: apply, answers: { minTls: "1.2", scmMinTls: "1.2" } }
      key-vault: { answers: { vault: kv-events, settings: [PaymentApiKey] }, controls: { references: { decision: apply } } }
      monitoring: { answers: { workspace: log-contoso }, controls: { diagnostics: { decision: apply } } }
`;

interface Recorded {
  readonly run: string;
  readonly log: string;
  readonly before: State;
  readonly after: State;
}

async function recordedNow(): Promise<Recorded> {
  const before = contoso();
  const here = cloud(structuredClone(before), await temporaryFolder());
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, ANSWERS);
  const replay = await here.command('replay', file, ...GO);
  expect(replay.code, replay.stderr).toBe(0);
  const run = runName(replay);
  return { run, before, after: here.state(), log: await readFile(join(here.folder, 'state', 'journal', `${run}.jsonl`), 'utf8') };
}

/** As version 1 wrote it: test/fixtures/undo-log-1. */
async function recordedThen(): Promise<Recorded> {
  const folder = join(import.meta.dirname, '..', 'fixtures', 'undo-log-1');
  const before = { ...contoso(), ...(JSON.parse(await readFile(join(folder, 'seed.json'), 'utf8')) as Partial<State>) };
  const changed = JSON.parse(await readFile(join(folder, 'vault', 'state.json'), 'utf8')) as Record<string, Record<string, never>>;
  const after = structuredClone(before);
  for (const part of ['sites', 'resources'] as const) Object.assign(after[part], changed[part] ?? {});
  const [log = ''] = (await readdir(join(folder, 'vault'))).filter((name) => name.endsWith('.jsonl'));
  return { run: log.slice(0, -6), before, after, log: await readFile(join(folder, 'vault', log), 'utf8') };
}

interface Mutated {
  readonly text: string;
  /** A prefix of a log is equal to the log of a run that was interrupted there: later lines cannot be known. */
  readonly isCut?: boolean;
  /** Values were changed and the chain was computed again, or the log has no chain. */
  readonly isForged?: boolean;
  /** The resources of the forged ids exist with the values that the run wrote, so that only a check prevents a change. */
  readonly victims?: readonly [RegExp, string];
  /** The other app that the whole log is about. */
  readonly names?: string;
}

function withVictims(state: State, [from, to]: readonly [RegExp, string]): State {
  const copied = <T extends object>(records: Record<string, T>, but = (text: string) => text): void => {
    for (const [id, record] of Object.entries(records)) {
      const text = JSON.stringify([id, record]).replaceAll(new RegExp(from.source, 'gi'), to);
      const [other, copy] = JSON.parse(but(text)) as [string, T];
      if (other.toLowerCase() !== id) records[other.toLowerCase()] = copy;
    }
  };
  const theirs = '7f3c1a52-0000-4000-8000-00000000000a';
  copied(state.plans);
  copied(state.sites);
  copied(state.resources, (text) => text.replace(/"principalId":"[^"]*"/, `"principalId":"${theirs}"`));
  return state;
}

const VALUES: readonly (readonly [RegExp, string])[] = [
  [/"json":false/g, '"json":true'],
  [/"1\.0"/g, '"1.1"'],
  [/false/g, 'true'],
  [/"ok":true/g, '"ok":false'],
  [/"state":"shown"/g, '"state":"not-shown"'],
  [/"change":2\b/g, '"change":3'],
  [/"undo":"(exact|equivalent)"/g, '"undo":"none"'],
  [/"applied":\d+/g, '"applied":1'],
  [/"type":"intent"/g, '"type":"undo"'],
];
const OTHER = 'd1a7c0de-0002-4f6e-8b1a-c0ffee000002';
const IDS: readonly (readonly [RegExp, string])[] = [
  [/sites\/fn-orders/g, 'sites/fn-billing'],
  [/rg-shop/g, 'rg-finance'],
  [/d1a7c0de-0001-4f6e-8b1a-c0ffee000001/g, OTHER],
  [/sites\/fn-orders\//g, 'sites/fn-orders/%2e%2e/fn-billing/'],
  [/sites\/fn-orders\//g, 'sites/fn-orders/\\\\..\\\\fn-billing/'],
  [/sites\/fn-orders/g, 'sites/fn-orders/../fn-billing'],
  [/sites\/fn-orders/g, 'sites/fn-orders\\n'],
  [/sites\/fn-orders/g, 'sites//fn-orders'],
  [/sites\/fn-orders/g, 'sites/fn-orders#'],
  [/sites\/fn-orders/g, 'sites/fn-orders?x='],
  [/vaults\/kv-events/g, 'vaults/kv-finance'],
  [/roleAssignments\/[0-9a-f]{8}/g, 'roleAssignments/00000000'],
  [/diagnosticSettings\/func-harden/g, 'diagnosticSettings/theirs'],
  [/fn-orders-PaymentApiKey/g, 'legacy'],
  [/"key":"\w+"/g, '"key":"storageAccounts"'],
  [/"key":"\w+"/g, '"key":"vaults"'],
  [/"key":"roleAssignments"/g, '"key":"privateEndpoints"'],
  [/"instance":false/g, '"instance":true'],
  [/"method":"\w+"/g, '"method":"DELETE"'],
  [/"undo":"none"/g, '"undo":"exact"'],
  [/"restore":\{/g, '"restore":{"":null,'],
  [/"before":\{[^{}]*\}/g, '"before":{"":null}'],
  [/"before":\{"properties[^}]*\}\}/g, '"before":{"":{"kind":"absent"}}'],
];

function mutations({ log }: Recorded): fc.Arbitrary<Mutated> {
  const lines = log.trimEnd().split('\n');
  const nth = fc.nat(lines.length - 1);
  const joined = (list: readonly string[]) => `${list.join('\n')}\n`;
  const garbage = fc.constantFrom(
    '',
    '{}',
    '{"type":"outcome"}',
    'x'.repeat(200),
    '\0'.repeat(40),
    '{"type":"undo","at":"t","change":2,"by":"y"}',
  );
  const ids = fc
    .record({ edit: fc.constantFrom(...IDS), at: nth, all: fc.boolean(), isPlace: fc.boolean(), isInstance: fc.boolean() })
    .map(({ edit: [from, to], at, all, isPlace, isInstance }): Mutated => {
      // Only in the places that are written, or everywhere.
      const replaced = (line: string) =>
        isPlace ? line.replaceAll(/"(resource|path)":"[^"]*"/g, (found) => found.replaceAll(from, to)) : line.replaceAll(from, to);
      const edited = (line: string) => (isInstance ? replaced(line).replace('"instance":false', '"instance":true') : replaced(line));
      const text = joined(lines.map((line, index) => (all || index === at ? edited(line) : line)));
      const other = ORDERS.replaceAll(from, to).toLowerCase();
      const isApp = all && !isPlace && other !== ORDERS.toLowerCase() && /^[\w./-]+$/.test(other) && !/\/\/|\/\.\./.test(other);
      return { text, isForged: true, victims: [from, to], ...(isApp ? { names: other } : {}) };
    });
  const values = fc
    .tuple(fc.constantFrom(...VALUES), nth)
    .map(([[from, to], at]): Mutated => ({ text: joined(lines.map((line, index) => (index === at ? line.replace(from, to) : line))) }));
  const isChained = log.startsWith('{"v"');
  const all = fc.oneof(
    nth.map((at) => ({ text: joined(lines.toSpliced(at, 1)), isCut: at === lines.length - 1 })),
    fc.tuple(nth, nth).map(([at, from]) => ({ text: joined(lines.toSpliced(at, 0, lines[from] ?? '')) })),
    fc.tuple(nth, nth).map(([one, two]) => ({ text: joined(lines.with(one, lines[two]!).with(two, lines[one]!)) })),
    fc.tuple(nth, garbage).map(([at, text]) => ({ text: joined(lines.with(at, text)), isCut: at === lines.length - 1 })),
    fc.tuple(nth, garbage).map(([at, text]) => ({ text: joined(lines.toSpliced(at, 0, text)) })),
    fc.nat(log.length).map((end) => ({ text: log.slice(0, end), isCut: true })),
    fc.record({ at: fc.nat(log.length - 1), put: anyText(12), length: fc.nat(30) }).map(({ at, put, length }) => ({
      text: log.slice(0, at) + put + log.slice(at + length),
      isForged: !isChained,
      isCut: at + length >= log.lastIndexOf('\n', log.length - 2),
    })),
    values.map((one) => ({ ...one, isForged: !isChained })),
    ids.map((one) => ({ ...one, isForged: !isChained })),
    { weight: 4, arbitrary: ids.map((one) => ({ ...one, text: rechained(one.text) })) },
  );
  return all.filter(({ text }) => text !== log);
}

/** The resources that the run wrote, and roles of the app's identity: nothing else may be written. */
function placesOf(log: string, state: State, site: string): string[] {
  const paths = [...log.matchAll(/"path":"([^"]+)"/g)].map(([, path]) => path!.toLowerCase());
  const principal = state.sites[site]?.identity?.['principalId'];
  const roles = Object.entries(state.resources).filter(
    ([, one]) => (one['properties'] as Record<string, unknown>)['principalId'] === principal,
  );
  return [...paths, ...(principal === undefined ? [] : roles.map(([id]) => id))];
}

test.each([
  ['2', recordedNow],
  ['1', recordedThen],
] as const)('version %s: mutated logs are undone and resumed', { timeout: 300_000 }, async (_, make) => {
  const known = await make();
  let done = 0;
  for (const [index, mutated] of fc.sample(mutations(known), { numRuns: CASES, seed: seedOf(20261128) }).entries())
    if (await inFolder((folder) => isTakenBack(known, mutated, index, folder))) done++;
  expect(done, 'some are harmless').toBeGreaterThan(0);
});

/** Returns whether this log reverts everything; the resources that it must never write are checked in any case. */
async function isTakenBack(
  known: Recorded,
  { text, isCut, isForged, victims, names }: Mutated,
  index: number,
  folder: string,
): Promise<boolean> {
  await mkdir(join(folder, 'state', 'journal'), { recursive: true, mode: 0o700 });
  await writeFile(join(folder, 'state', 'journal', `${known.run}.jsonl`), text, { mode: 0o600 });
  const after = structuredClone(known.after);
  if (victims) withVictims(after, victims);
  // A log that names another app throughout is a log of that app.
  const site = names ?? ORDERS.toLowerCase();
  const places = placesOf(names ? text : known.log, after, site);
  const here = cloud(after, folder);
  const despite = index % 5 === 4 ? ['--despite-damage', known.run] : [];
  const overwrite = index % 2 === 1 ? ['--overwrite'] : [];
  const args =
    index % 3 === 2 ? ['resume', known.run, '--rollback', ...GO, ...despite] : ['undo', known.run, ...GO, ...despite, ...overwrite];
  const { code, stdout, stderr } = await here.command(...args);
  const what = `case ${index}: ${args.join(' ')}\n${stderr}${stdout}`;
  for (const { url } of here.writes) {
    const path = url.split('?')[0]!.toLowerCase();
    // A role of a user on the vault of the run does not belong to another app.
    const scope = path.replace(/\/providers\/microsoft\.authorization\/roleassignments\/.*$/, '');
    if (!path.startsWith(`${site}/`) && !(scope !== path && places.some((place) => place.startsWith(`${scope}/`))))
      expect(places, `${what}${url}`).toContain(path);
  }
  if (code === 0 && !isCut && !isForged) expect(withoutOneWay(here.state(), known.before), what).toEqual(known.before);
  return code === 0;
}
