/**
 * Each recorded request of the kind that the tool sends, on an emulator in the recorded starting state: does it answer as the
 * service did? What it may answer otherwise stands in test/helpers/fidelity/tables.ts, each with its reason.
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
import { LEFT_OUT, NOT_RECORDED, PREPARED, TOLERATED } from '../helpers/fidelity/tables.ts';
import { NO_RECORDINGS, recordings } from '../helpers/recorded.ts';

const all = recordings();
const skipped = all.length === 0 ? ` ${NO_RECORDINGS}` : '';
const when = test.skipIf(all.length === 0);
const ours = all.filter((one) => placeFor(one) !== undefined);
const replayed = ours.filter((one) => !(labelOf(one) in LEFT_OUT));
/** The versions that the tool speaks: a recording of another one may differ by its age. */
const SPOKEN = new Set(Object.values(RESOURCES).map(({ apiVersion }) => apiVersion));

/** Differences by exchange, as `place: difference`. */
const found = new Map<string, readonly string[]>();
beforeAll(async () => {
  for (const recorded of replayed) {
    const answered = await replay(all, recorded, PREPARED[labelOf(recorded)]);
    const { name } = placeFor(recorded)!;
    found.set(
      labelOf(recorded),
      differences(recorded, answered, SETTABLE).map((line) => `${name}: ${line}`),
    );
  }
}, 60_000);

const allowed = (line: string, apiVersion: string): boolean =>
  TOLERATED.some(({ olderVersion, fits }) => !(olderVersion && SPOKEN.has(apiVersion)) && fits.some((one) => one.test(line)));

when.each(replayed.map((one) => [`${labelOf(one)} ${placeFor(one)!.name}`, one.method, one.status, one] as const))(
  '%s: %s answered %i',
  (_, __, ___, recorded) => {
    expect(found.get(labelOf(recorded))!.filter((line) => !allowed(line, recorded.apiVersion))).toEqual([]);
  },
);
test.runIf(all.length === 0)(`recorded requests on the emulator${skipped}`, ({ skip }) => skip());

when(`there is something to compare, and nothing is tolerated or left out that need not be${skipped}`, () => {
  expect(replayed.length).toBeGreaterThan(90);
  const lines = [...found.values()].flat();
  expect(
    TOLERATED.flatMap(({ name, fits }) => fits.filter((one) => !lines.some((line) => one.test(line))).map((one) => `${name} ${one}`)),
  ).toEqual([]);
  expect(Object.keys(LEFT_OUT).filter((label) => !ours.some((one) => labelOf(one) === label))).toEqual([]);
  expect(PLACES.filter((place) => !ours.some((one) => placeFor(one) === place)).map(({ name }) => name)).toEqual([]);
});

/** What the tool does with a resource: `key METHOD`. */
function uses(key: ResourceKey): string[] {
  const { read, write, actions } = RESOURCES[key];
  const deletes = actions.write.some((one) => one.endsWith('/delete')) && write !== null;
  return [...(read ? [read.method] : []), ...(write ? [write] : []), ...(deletes ? ['DELETE'] : [])].map((method) => `${key} ${method}`);
}
/** Keys are read by a POST that lists them, whatever the table calls it. */
const READ_AS: Readonly<Record<string, string>> = { 'accessKeys GET': 'accessKeys POST' };

when(`every resource that the tool reads or writes is recorded, or says what it rests on${skipped}`, () => {
  const recorded = new Set(replayed.flatMap((one) => placeFor(one)!.keys.map((key) => `${key} ${one.method}`)));
  const wanted = (Object.keys(RESOURCES) as ResourceKey[]).flatMap(uses);
  const isRecorded = (use: string) => recorded.has(READ_AS[use] ?? use);
  expect(wanted.filter((use) => !isRecorded(use) && !(use in NOT_RECORDED))).toEqual([]);
  expect(Object.keys(NOT_RECORDED).filter((use) => isRecorded(use) || !wanted.includes(use))).toEqual([]);
});

test('BEHAVIOUR.md tells the same tolerated differences', () => {
  const text = readFileSync(join(import.meta.dirname, '..', '..', 'src', 'emulator', 'BEHAVIOUR.md'), 'utf8');
  const section = /## Differences from the recordings\n([\s\S]*?)(?:\n## |$)/.exec(text)?.[1] ?? '';
  expect([...section.matchAll(/^- \*\*(.+?)\*\*: (.+)\.$/gm)].map(([, name, reason]) => `${name}: ${reason}`)).toEqual(
    TOLERATED.map(({ name, reason }) => `${name}: ${reason}`),
  );
});
