/** Everything safe at once: one preview in groups, one confirmation, one run, one undo, and the number of keys. */
import { expect, test } from 'vitest';
import { passingCount } from '../../src/view/app-progress.ts';
import type { WizardState } from '../../src/hosts/tui/state/state.ts';
import { flowOf } from '../../src/hosts/tui/state/derived-state.ts';
import { inside } from '../helpers/inside.ts';
import { world, type World } from '../helpers/world.ts';
import { pilot, type Pilot } from './helpers.ts';

const found = (state: WizardState) => !state.searching;
const at = (screen: WizardState['screen']['at']) => (state: WizardState) => state.screen.at === screen;
const planned = (state: WizardState) => state.screen.at === 'batch' && state.screen.isRead;
const done = (state: WizardState) => flowOf(state)?.kind === 'done';

/** A pilot that counts keys, text letter by letter. */
function counted(wizard: Pilot): { keys: () => number; press: (...keys: string[]) => void } {
  let keys = 0;
  return {
    keys: () => keys,
    press(...all) {
      keys += all.length;
      wizard.answer(...all);
    },
  };
}

async function safeLeft(here: World, app: string): Promise<number> {
  const { stdout } = await inside(here, ['plan', '--safe', '--app', app, '--json']);
  return (JSON.parse(stdout) as { changes: unknown[] }).changes.length;
}

test('the insecure sample app gets each safe control with at most 12 keys, and b reverts all of it', async () => {
  const here = await world();
  const before = await here.state();
  const wizard = await pilot(here, { columns: 100, rows: 40 });
  const { keys, press } = counted(wizard);
  await wizard.until(found);
  press('o', 'r', 'enter');
  const opened = await wizard.until(at('areas'));
  const passed = passingCount(opened.open!.steps);
  press('f');
  await wizard.until(planned);
  expect(wizard.screen().join('\n')).toMatch(/All safe fixes +fn-orders\n1 ready/);
  press('y');
  await wizard.until(done);
  expect(keys()).toBeLessThanOrEqual(12);
  expect(keys()).toBe(5);
  expect(await safeLeft(here, 'fn-orders')).toBe(0);
  press('enter');
  const after = await wizard.until(at('areas'));
  expect(passingCount(after.open!.steps)).toBeGreaterThan(passed);
  expect(after.open!.target.label).toBe('fn-orders');
  // Without a safe fix, the footer offers only the other keys, and the key says so.
  const footer = () => wizard.screen().at(-1) ?? '';
  expect(footer()).not.toContain('fix all safe');
  press('?');
  expect(wizard.screen().join('\n')).toMatch(/F +fix safe and disruptive/);
  press('escape', 'f');
  expect(wizard.store.state().screen.at).toBe('areas');
  expect(wizard.screen().join('\n')).toContain('No safe fix is left. Press F to include disruptive fixes.');
  // One run, and one undo for all of it.
  press('u');
  await wizard.until(({ screen }) => screen.at === 'runs' && screen.runs !== undefined);
  press('enter', 'enter');
  await wizard.until((state) => flowOf(state)?.kind === 'preview');
  wizard.answer('y');
  await wizard.until(done);
  expect((await here.state()).sites).toEqual(before.sites);
});

test('a key that arrived before the question, or with others, confirms nothing', async () => {
  const here = await world();
  const wizard = await pilot(here);
  await wizard.until(found);
  wizard.answer('o', 'r', 'enter');
  await wizard.until(at('areas'));
  wizard.press('f', 'y');
  await wizard.until(planned);
  wizard.press('y');
  wizard.screen();
  wizard.press('yy');
  wizard.paste('y');
  wizard.answer('enter');
  expect([flowOf(wizard.store.state()), await here.writes()]).toEqual([undefined, []]);
});

test('groups and apps are unticked; only ticked changes are sent, and lock-out changes are never listed', async () => {
  const here = await world();
  const wizard = await pilot(here, { columns: 120, rows: 40 });
  await wizard.until(found);
  wizard.answer('shift-tab', 'enter');
  await wizard.until((state) => state.fleet.every(({ steps }) => steps));
  wizard.answer('f');
  const state = await wizard.until(planned);
  expect(
    state.screen.at === 'batch' && state.screen.apps.flatMap((app) => ('plan' in app ? app.plan.changes.map(({ risk }) => risk) : [])),
  ).toEqual(expect.not.arrayContaining(['disruptive', 'lock-out', 'one-way']));
  // The selected group is left out, and one app of the next group.
  wizard.answer(' ');
  expect(wizard.screen().join('\n')).toContain('[ ]');
  const first = wizard.screen().find((line) => line.includes('❯'))!;
  wizard.answer('down', 'enter', 'down', ' ');
  const app = /fn-\w+/.exec(wizard.screen().find((line) => line.includes('❯'))!)![0];
  expect(wizard.screen().join('\n')).toMatch(/on \d of 5 apps, \d+ requests/);
  const off = ({ screen }: WizardState) => screen.at === 'batch' && screen.off;
  const confirmed = off(wizard.store.state());
  // While the plan is made again without them, the confirmation stays.
  wizard.answer('y', ' ', 'up', ' ');
  expect(off(wizard.store.state())).toEqual(confirmed);
  await wizard.until(done);
  const writes = await here.writes();
  expect(writes.length).toBeGreaterThan(0);
  expect(writes.filter(({ url }) => url.includes(`/sites/${app}`))).toEqual([]);
  expect(first).toContain('Default home page');
  expect(JSON.stringify(writes.map(({ requestBody }) => requestBody))).not.toContain('AzureWebJobsDisableHomepage');
  expect(JSON.stringify(writes.map(({ requestBody }) => requestBody))).toContain('http20Enabled');
});

test('F adds disruptive fixes, with the number of restarts', async () => {
  const wizard = await pilot(await world(), { columns: 120, rows: 40 });
  await wizard.until(found);
  wizard.answer('o', 'r', 'enter');
  await wizard.until(at('areas'));
  wizard.answer('F');
  await wizard.until(planned);
  const text = wizard.screen().join('\n');
  expect(text).toMatch(/All safe and disruptive fixes/);
  expect(text).toMatch(/HTTPS only.*disruptive +1 restart/);
  expect(text).toMatch(/controls on 1 app, \d+ requests, \d+ restarts/);
  wizard.answer('F');
  await wizard.until(planned);
  expect(wizard.screen().join('\n')).not.toContain('disruptive  ');
});
