/** Random valid answers for two areas that write the same resource: one truth, whatever is answered, in whichever order. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AnyStep, Question } from '../../src/contract/index.ts';
import type { Json } from '../../src/azure/index.ts';
import { answerProblems, questionsOf } from '../../src/contract/index.ts';
import { INTERNAL_ERROR } from '../../src/engine/errors.ts';
import type { State } from '../../src/emulator/state.ts';
import { catalogue } from '../../steps/index.ts';
import { generatedApp } from '../helpers/generated.ts';
import { answersOn, siteId } from '../helpers/hostings.ts';
import { cloud, type Cloud } from '../helpers/in-process.ts';
import { withoutOneWay, withoutStandIns } from '../helpers/states.ts';
import { runName } from '../helpers/world.ts';
import { inFolder, runs } from './holds.ts';
import { FUTURE_DAY } from '../helpers/future.ts';

/** Resources that an area writes. */
const writtenBy = ({ controls }: AnyStep): readonly string[] =>
  controls.flatMap((control) =>
    control.kind === 'attestation' ? [] : control.kind === 'setting' ? [control.at[0]] : (control.writes ?? control.reads),
  );

const PAIRS = catalogue.flatMap((one, index) =>
  catalogue
    .slice(index + 1)
    .filter(
      (other) => questionsOf(one).length + questionsOf(other).length > 0 && writtenBy(one).some((key) => writtenBy(other).includes(key)),
    )
    .map((other) => [one, other] as const),
);

const RULES = ['203.0.113.0/24', '198.51.100.7/32', '0.0.0.0/1', '128.0.0.0/1', '2001:db8::/48'];
const rule = fc.record({
  name: fc.constantFrom('office', 'fd', 'x'),
  priority: fc.constantFrom(1, 20, 100, 300),
  action: fc.constantFrom('Allow', 'Deny'),
  ip: fc.constantFrom(...RULES),
});

/** @param usual the answer in the table of the area */
function answerTo(question: Question, usual: Json | undefined): fc.Arbitrary<Json> {
  const usualOr = (...others: readonly Json[]) => fc.constantFrom(...(usual === undefined ? [] : [usual]), ...others);
  switch (question.kind) {
    case 'choice':
      return fc.constantFrom(...question.options);
    case 'yesno':
      return fc.boolean();
    case 'number':
      return usualOr(question.min, question.max, question.example);
    case 'names':
      return usualOr([], [question.example]);
    case 'origins':
      return usualOr([], ['https://www.contoso.com'], ['https://a.contoso.com', 'https://b.contoso.com']);
    case 'rules':
      return fc.array(rule, { maxLength: 3 });
    case 'text':
    case 'pick':
      return usualOr(...(usual === undefined ? [question.example] : []));
  }
}

const stepAnswers = (step: AnyStep): fc.Arbitrary<Record<string, Json>> =>
  fc
    .record(
      Object.fromEntries(
        questionsOf(step).map(([name, question]) => {
          const given = answerTo(question, answersOn('P1v3')[step.id]?.[name]).filter(
            (value) => answerProblems(question, value).length === 0,
          );
          return [name, question.optional ? fc.option(given, { nil: undefined }) : given];
        }),
      ),
    )
    .map((answers) => Object.fromEntries(Object.entries(answers).filter(([, value]) => value !== undefined)) as Record<string, Json>);

const SIGNED = { by: 'Dana Lee', reason: 'agreed', until: FUTURE_DAY };
const isException = (step: AnyStep, answers: object): boolean =>
  questionsOf(step).some(([name, { exempts }]) => exempts && name in answers);
const decided = fc.constantFrom(...PAIRS).chain((pair) =>
  fc.tuple(fc.boolean(), ...pair.map(stepAnswers)).map(([isSigned, ...both]) =>
    both.map((answers, index) => {
      const step = pair[index]!;
      return [step.id, { decision: 'apply', ...(isSigned && isException(step, answers) ? SIGNED : {}), answers }] as const;
    }),
  ),
);

const statesOf = async (here: Cloud, app: string, file: string): Promise<Record<string, string>> => {
  const { stdout } = await here.command('audit', '--app', app, '--answers', file, '--json');
  const { apps } = JSON.parse(stdout) as { apps: { steps: { controls: { id: string; state: string }[] }[] }[] };
  return Object.fromEntries(apps.flatMap(({ steps }) => steps.flatMap(({ controls }) => controls.map(({ id, state }) => [id, state]))));
};

/** Resources without the role assignments of deleted principals: Azure assigns them no role again, and the preview says so. */
const lasting = ({ resources }: State): State['resources'] =>
  Object.fromEntries(
    Object.entries(resources).filter(([, { properties }]) => (properties as { principalType?: string }).principalType !== 'Unknown'),
  );

test(
  'valid random answers of two areas that write one resource: one replay, no change after it, the same in any order, and undone',
  { timeout: 60_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(generatedApp, decided, async ({ name, state }, steps) => {
        await inFolder(async (folder) => {
          const written = async (file: string, entries: typeof steps): Promise<string> => {
            // JSON is YAML.
            await writeFile(join(folder, file), JSON.stringify({ version: 1, apps: { [name]: { steps: Object.fromEntries(entries) } } }));
            return join(folder, file);
          };
          const [file, turned] = [await written('a.yaml', steps), await written('b.yaml', steps.toReversed())];
          const here = cloud(state(), join(folder, 'one'));
          const go = (at: Cloud, given: string) => at.command('replay', given, '--yes', '--confirm', name);
          const planned = await here.command('plan', file, '--json');
          expect([0, 1, 2, 64], planned.stderr).toContain(planned.code);
          expect(planned.stderr).not.toContain(INTERNAL_ERROR);
          const other = cloud(state(), join(folder, 'other'));
          if (planned.code === 64) {
            expect(planned.stderr).toMatch(/contradicts|cannot be combined/);
            expect((await go(other, turned)).code).toBe(64);
            expect(other.writes).toEqual([]);
            return;
          }
          const start: State = here.state();
          const shown = here.shown(siteId(name));
          const replay = await go(here, file);
          expect([0, 1], replay.stderr + replay.stdout).toContain(replay.code);
          const reached = here.state();
          const [sent, states] = [here.writes.length, await statesOf(here, name, file)];
          const second = await go(here, file);
          expect([second.code, here.writes.length], second.stderr + second.stdout).toEqual([replay.code, sent]);
          expect(await statesOf(here, name, file)).toEqual(states);
          await go(other, turned);
          expect(other.state(), 'the order of the areas decides nothing').toEqual(reached);
          if (sent === 0) return;
          const undo = await here.command('undo', runName(replay), '--yes', '--confirm', name);
          expect(undo.code, undo.stderr + undo.stdout).toBe(0);
          expect(withoutStandIns(here.shown(siteId(name)), shown), 'undo returns to the start').toEqual(shown);
          expect(lasting(withoutOneWay(here.state(), start))).toEqual(lasting(start));
        });
      }),
      runs(15, 125),
    );
  },
);
