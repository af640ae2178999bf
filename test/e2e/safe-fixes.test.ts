/** `plan --safe` and `replay --safe`: every fix that needs no answer, in one run, and reverted by one undo. */
import { expect, test } from 'vitest';
import { inside } from '../helpers/inside.ts';
import { runName, world, type World } from '../helpers/world.ts';

interface Planned {
  readonly changes: readonly { app: string; controls: readonly string[]; risk: string }[];
  readonly blocked: readonly { app: string; control: string }[];
}

async function planned(here: World, ...more: string[]): Promise<Planned & { code: number | null }> {
  const { code, stdout } = await inside(here, ['plan', '--safe', '--json', ...more]);
  return { code, ...(JSON.parse(stdout) as Planned) };
}
const risks = ({ changes }: Planned): string[] => [...new Set(changes.map(({ risk }) => risk))].toSorted();
const idsOf = (plan: Planned): string[] => [
  ...new Set([
    ...plan.changes.flatMap(({ app, controls }) => controls.map((id) => `${app} ${id}`)),
    ...plan.blocked.map(({ app, control }) => `${app} ${control}`),
  ]),
];

test('the plan has each finding whose fix is safe, and nothing else; --disruptive adds restarts only', async () => {
  const here = await world();
  const safe = await planned(here, '--all');
  expect([safe.code, risks(safe)]).toEqual([2, ['safe']]);
  const { findings } = JSON.parse((await inside(here, ['findings', '--all', '--json'])).stdout) as {
    findings: { control: string; fix: string; apps: { name: string }[] }[];
  };
  const fixes = findings.filter(({ fix }) => fix === 'safe').flatMap(({ control, apps }) => apps.map(({ name }) => `${name} ${control}`));
  expect(idsOf(safe).toSorted()).toEqual([...new Set(fixes)].toSorted());
  const more = await planned(here, '--all', '--disruptive');
  expect(risks(more)).toEqual(['disruptive', 'safe']);
  expect(idsOf(more)).toEqual(expect.arrayContaining(idsOf(safe)));
  expect(idsOf(more)).toContain('fn-orders https.https-only');
  const some = await planned(here, '--app', 'fn-orders', '--disruptive', '--step', 'https');
  expect(new Set(some.changes.flatMap(({ controls }) => controls.map((id) => id.split('.')[0])))).toEqual(new Set(['https']));
});

test('everything safe is one run and one undo: all changes are verified, nothing safe is left, and the undo restores all values', async () => {
  const here = await world();
  const before = await here.state();
  const run = await inside(here, ['replay', '--safe', '--app', 'fn-*', '--yes']);
  expect([run.code, run.stdout]).toEqual([0, expect.stringMatching(/^APPLIED: (\d+) applied, \1 verified, 0 failed/m)]);
  const again = await planned(here, '--all');
  expect([again.code, again.changes]).toEqual([0, []]);
  expect((await inside(here, ['undo', runName(run), '--yes'])).code).toBe(0);
  const after = await here.state();
  expect(Object.keys(after.sites)).toEqual(Object.keys(before.sites));
  expect(await planned(here, '--all')).toMatchObject({ code: 2 });
  for (const [id, site] of Object.entries(before.sites)) expect(after.sites[id]?.appSettings, id).toEqual(site.appSettings);
});

test('everything safe needs the same approval as each run, and a selection of apps', async () => {
  const here = await world();
  const asked = await inside(here, ['replay', '--safe', '--app', 'fn-orders']);
  expect([asked.code, await here.writes()]).toEqual([3, []]);
  expect(asked.stderr).toContain('--yes');
  expect((await inside(here, ['replay', '--safe', '--app', 'fn-orders', '--dry-run'])).code).toBe(2);
  expect((await inside(here, ['plan', '--safe'])).code).toBe(3);
  expect((await inside(here, ['plan', '--disruptive', '--app', 'fn-orders', 'answers.yaml'])).code).toBe(64);
  expect((await inside(here, ['plan', 'answers.yaml', '--safe', '--all'])).code).toBe(64);
  expect((await inside(here, ['plan', '--all'])).stderr).toContain('The argument ANSWERS is missing.');
  expect(await here.writes()).toEqual([]);
});

test('a missing permission is reported and counted; a change that a guard stops is in the plan', async () => {
  const here = await world();
  const { code, stderr } = await inside(here, ['plan', '--safe', '--app', 'fn-orders'], { FUNC_HARDEN_ACCESS_TOKEN: here.readerToken });
  expect([code, stderr]).toEqual([4, expect.stringContaining('is not changed')]);
});
