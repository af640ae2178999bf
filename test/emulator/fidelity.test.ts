/**
 * Each recorded request that func-harden could send, on an emulator in the recorded starting state: does it answer like the
 * service did? Tolerated differences are in test/helpers/fidelity/tolerated.ts, each with its reason.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { RESOURCES } from '../../src/arm/resource-table.ts';
import type { ResourceKey } from '../../src/azure/index.ts';
import { differences } from '../helpers/fidelity/compare.ts';
import { labelOf, placeFor, PLACES } from '../helpers/fidelity/places.ts';
import { replay } from '../helpers/fidelity/replay.ts';
import { SETTABLE } from '../helpers/fidelity/state.ts';
import { figuresOf, line, share, type Compared } from '../helpers/fidelity/figures.ts';
import { sequencesIn } from '../helpers/fidelity/sequence.ts';
import { LEFT_OUT, leftOutBecause, NOT_RECORDED, NOT_SEEN, PREPARED } from '../helpers/fidelity/tables.ts';
import { TOLERATED } from '../helpers/fidelity/tolerated.ts';
import { NO_RECORDINGS, recordings, type Recorded } from '../helpers/recorded.ts';

const all = recordings();
const skipped = all.length === 0 ? ` ${NO_RECORDINGS}` : '';
const when = test.skipIf(all.length === 0);
const ours = all.filter((one) => placeFor(one) !== undefined);
const replayed = ours.filter((one) => leftOutBecause(all, one) === undefined);
/** The lists of facts without a recording are about the two sets only, not about an additional folder. */
const isOfSets = ({ file }: Recorded): boolean => !file.startsWith('more-');
const sequences = sequencesIn(replayed);
/** The API versions of func-harden: a recording of another version may differ. */
const SPOKEN = new Set(Object.values(RESOURCES).map(({ apiVersion }) => apiVersion));

/** Differences by exchange. */
const compared = new Map<string, Compared>();
/** The same at the end of a sequence. */
const ends = new Map<string, Compared>();
const compare = async (recorded: Recorded, before: readonly Recorded[] = []): Promise<Compared> => {
  const answered = await replay(all, recorded, PREPARED[labelOf(recorded)], before);
  return { recorded, place: placeFor(recorded)!.name, found: differences(recorded, answered, SETTABLE) };
};
beforeAll(async () => {
  for (const recorded of replayed) compared.set(labelOf(recorded), await compare(recorded));
  for (const { steps } of sequences) ends.set(labelOf(steps.at(-1)!), await compare(steps.at(-1)!, steps.slice(0, -1)));
}, 60_000);

const allowed = ({ place, recorded: { apiVersion } }: Compared, difference: string): boolean =>
  TOLERATED.some(
    ({ olderVersion, fits }) => !(olderVersion && SPOKEN.has(apiVersion)) && fits.some((one) => one.test(`${place}: ${difference}`)),
  );
/** Differences without the tolerated ones. */
const left = (one: Compared): string[] => one.found.filter((difference) => !allowed(one, difference));

when.each(replayed.map((one) => [`${labelOf(one)} ${placeFor(one)!.name}`, one.method, one.status, one] as const))(
  '%s: %s answered %i',
  (_, __, ___, recorded) => {
    expect(left(compared.get(labelOf(recorded))!)).toEqual([]);
  },
);
when.each(sequences.map(({ steps }) => [steps.map(labelOf).join(', '), steps.at(-1)!] as const))('in sequence: %s', (_, read) => {
  const end = ends.get(labelOf(read))!;
  // A difference of a single answer says nothing about the sequence.
  const alone = new Set(compared.get(labelOf(read))!.found);
  expect(left(end).filter((difference) => !alone.has(difference))).toEqual([]);
});

when(`at least 98 % of the recorded members agree, before anything is tolerated${skipped}`, () => {
  const bySet = Map.groupBy([...compared.values()], ({ recorded }) =>
    recorded.file.startsWith('2-') ? 'second' : /^\d\d-/.test(recorded.file) ? 'first' : 'more',
  );
  for (const [set, some] of bySet) console.log(line(`${set} set`, figuresOf(some)));
  const every = [...compared.values()];
  console.log(line('all', figuresOf(every)));
  console.log(line('all, with what is tolerated', figuresOf(every.map((one) => ({ ...one, found: left(one) })))));
  const broken = sequences.filter(({ steps }) => left(ends.get(labelOf(steps.at(-1)!))!).length > 0);
  console.log(`sequences: ${sequences.length}, ${sequences.length - broken.length} end as recorded`);
  console.log(`not replayed: ${ours.length - replayed.length} at places of the emulator, ${all.length - ours.length} at others`);
  for (const some of bySet.values()) expect(share(figuresOf(some))).toBeGreaterThan(0.98);
});
test.runIf(all.length === 0)(`recorded requests on the emulator${skipped}`, ({ skip }) => skip());

when(`there is something to compare, and nothing is tolerated or left out that need not be${skipped}`, () => {
  expect(replayed.length).toBeGreaterThan(440);
  const lines = [...compared.values()].flatMap(({ place, found }) => found.map((difference) => `${place}: ${difference}`));
  expect(
    TOLERATED.filter(({ elsewhere }) => !elsewhere).flatMap(({ name, fits }) =>
      fits.filter((one) => !lines.some((text) => one.test(text))).map((one) => `${name} ${one}`),
    ),
  ).toEqual([]);
  expect(Object.keys(LEFT_OUT).filter((label) => !ours.some((one) => labelOf(one) === label))).toEqual([]);
  expect(PLACES.filter((place) => !ours.some((one) => isOfSets(one) && placeFor(one) === place)).map(({ name }) => name)).toEqual(NOT_SEEN);
});

/** The requests of func-harden for a resource: `key METHOD`. */
function uses(key: ResourceKey): string[] {
  const { read, write, actions } = RESOURCES[key];
  const deletes = actions.write.some((one) => one.endsWith('/delete')) && write !== null;
  return [...(read ? [read.method] : []), ...(write ? [write] : []), ...(deletes ? ['DELETE'] : [])].map((method) => `${key} ${method}`);
}
/** Keys are read with a POST that lists them. */
const READ_AS: Readonly<Record<string, string>> = { 'accessKeys GET': 'accessKeys POST' };

when(`every resource that the tool reads or writes is recorded, or says what it rests on${skipped}`, () => {
  const recorded = new Set(replayed.filter(isOfSets).flatMap((one) => placeFor(one)!.keys.map((key) => `${key} ${one.method}`)));
  const wanted = (Object.keys(RESOURCES) as ResourceKey[]).flatMap(uses);
  const isRecorded = (use: string) => recorded.has(READ_AS[use] ?? use);
  expect(wanted.filter((use) => !isRecorded(use) && !(use in NOT_RECORDED))).toEqual([]);
  expect(Object.keys(NOT_RECORDED).filter((use) => isRecorded(use) || !wanted.includes(use))).toEqual([]);
});

test('BEHAVIOUR.md lists the same tolerated differences from the recordings', () => {
  const text = readFileSync(join(import.meta.dirname, '..', '..', 'src', 'emulator', 'BEHAVIOUR.md'), 'utf8');
  const section = /## Differences from the recordings\n([\s\S]*?)(?:\n## |$)/.exec(text)?.[1] ?? '';
  expect([...section.matchAll(/^- \*\*(.+?)\*\*: (.+)\.$/gm)].map(([, name, reason]) => `${name}: ${reason}`)).toEqual(
    TOLERATED.map(({ name, reason }) => `${name}: ${reason}`),
  );
});
