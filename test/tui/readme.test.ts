/** The first five minutes of the README, step by step with its keys, and the keys that it names after the steps. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { contoso } from '../../src/emulator/samples/contoso.ts';
import { flowOf } from '../../src/hosts/tui/state/derived-state.ts';
import type { WizardState } from '../../src/hosts/tui/state/state.ts';
import { queuedControls } from '../../src/view/app-progress.ts';
import { cloud } from '../helpers/in-process.ts';
import { temporaryFolder } from '../helpers/world.ts';
import { pilot } from './helpers.ts';
import { FUTURE_DAY } from '../helpers/future.ts';

const at = (screen: WizardState['screen']['at']) => (state: WizardState) => state.screen.at === screen;
const mode = (kind: string) => (state: WizardState) =>
  flowOf(state)?.kind === kind || (state.screen.at === 'area' && state.screen.mode.kind === kind);
const found = (state: WizardState) => !state.searching;
const planned = (state: WizardState) => state.screen.at === 'batch' && state.screen.isRead;
const read = ({ findings }: WizardState) => findings !== undefined && findings.read + findings.failed === findings.targets.length;
const runOpen = ({ screen }: WizardState) => screen.at === 'run' && screen.rows !== undefined;

async function started() {
  const seed = contoso();
  const here = cloud(structuredClone(seed), await temporaryFolder());
  const copied: string[] = [];
  const wizard = await pilot(here, { columns: 120, rows: 60 }, { myIp: '203.0.113.7' }, undefined, (text) => copied.push(text));
  await wizard.until(found);
  const text = (): string => wizard.screen().join('\n');
  return {
    here,
    seed,
    wizard,
    copied,
    text,
    async toAreas() {
      for (let presses = 0; presses < 5 && !at('areas')(wizard.store.state()); presses++) wizard.answer('escape');
      await wizard.until(at('areas'));
    },
    async into(title: string) {
      wizard.answer('home');
      const isPointed = () => wizard.screen().some((line) => line.startsWith('❯') && line.includes(title));
      for (let row = 0; row < 40 && !isPointed(); row++) wizard.answer('down');
      expect(isPointed(), title).toBe(true);
      wizard.answer('enter');
      await wizard.until(at('area'));
    },
  };
}

test('the eight steps of the first five minutes', { timeout: 30_000 }, async () => {
  const { here, seed, wizard, text, toAreas, into } = await started();

  // 1
  wizard.answer('ord', 'enter');
  await wizard.until(at('areas'));
  expect(text()).toMatch(/^fn-orders .*[\s\S]*Require HTTPS +\d+ of \d+ fail[\s\S]*^Recommended first: \w/m);

  // 2
  wizard.answer('f');
  await wizard.until(planned);
  expect(text()).toMatch(
    /^All safe fixes +fn-orders[\s\S]*Managed identity: .* safe +1 restart[\s\S]*\d+ controls on 1 app, \d+ requests, \d+ restarts/m,
  );
  expect(here.writes).toEqual([]);
  wizard.answer('y');
  await wizard.until(mode('done'));
  expect(text()).toMatch(/APPLIED: \d+ applied/);
  wizard.answer('b');
  await wizard.until(mode('preview'));
  wizard.answer('y');
  await wizard.until(mode('done'));
  expect(here.state().sites).toEqual(seed.sites);
  await toAreas();

  // 3
  wizard.answer('v');
  await wizard.until(read);
  const severities = wizard.screen().flatMap((line) => /^[❯ ] (high|medium|low) /.exec(line)?.[1] ?? []);
  expect(severities.slice(0, 2)).toEqual(['high', 'high']);
  expect(severities).toEqual(['high', 'medium', 'low'].flatMap((word) => severities.filter((one) => one === word)));
  wizard.answer('s', 'e', 'r');
  expect(wizard.screen()[0]).toMatch(/^\d+ of \d+ findings in 1 app +sorted by risk, only critical and high, only safe$/);
  wizard.answer('escape', '/', 'remote', 'enter', 'o');
  expect(text()).toMatch(/of \d+ findings[\s\S]*Remote debugging[\s\S]*https:\/\/learn\.microsoft\.com\//);
  wizard.answer('x');
  await wizard.until(planned);
  expect(text()).toContain('remoteDebuggingEnabled true → false');
  wizard.answer('escape');
  await wizard.until(at('findings'));
  wizard.answer('enter');
  await wizard.until(at('area'));
  await toAreas();

  // 4
  await into('Require HTTPS');
  expect(text()).toMatch(/HTTPS only +off; desired: on/);
  const selected = (): number => Number(/^(\d+) of \d+ findings selected/m.exec(text())?.[1]);
  const before = selected();
  wizard.answer(' ');
  expect(selected()).toBe(before - 1);
  wizard.answer(' ');

  // 5
  wizard.answer('enter');
  expect(text()).toContain('Question 1 of 2');
  wizard.answer('enter');
  expect(text()).toContain('Question 2 of 2');
  wizard.answer('enter');
  await wizard.until(mode('preview'));
  expect(text()).toMatch(/sites\/fn-orders[\s\S]*httpsOnly false → true[\s\S]*effect[\s\S]*undo/);
  expect(text()).not.toContain('"httpsOnly": true');
  wizard.answer('d');
  expect(text()).toContain('"httpsOnly": true');
  const sent = here.writes.length;
  wizard.answer('w');
  await wizard.until(({ screen, open }) => screen.at === 'areas' && queuedControls(open!).size > 0);
  expect(here.writes).toHaveLength(sent);
  wizard.answer('g');
  await wizard.until(mode('preview'));
  wizard.answer('y');
  await wizard.until(mode('done'));
  expect(here.writes.length).toBeGreaterThan(sent);
  await toAreas();

  // 6
  wizard.answer('u');
  await wizard.until(({ screen }) => screen.at === 'runs' && screen.runs !== undefined);
  wizard.answer('enter');
  await wizard.until(runOpen);
  expect(text()).toMatch(/httpsOnly +as the run wrote it\n +before +false\n +written +true/);
  wizard.answer('enter');
  await wizard.until(mode('preview'));
  wizard.answer('y');
  await wizard.until(mode('done'));
  expect(here.state().sites).toEqual(seed.sites);
  await toAreas();
  wizard.answer('.');
  await wizard.until(runOpen);
  await toAreas();

  // 7: test/tui/wizard.test.ts, "a lock-out change requires the typed name of the app".
  await into('Set access restrictions');
  await toAreas();

  // 8
  await into('Function access keys');
  wizard.answer('a', 'clear', 'Dana Lee', 'enter', 'support case', 'enter', 'clear', FUTURE_DAY, 'enter');
  await wizard.until(({ open }) =>
    open!.steps.some(({ step, controls }) => step.id === 'access-keys' && controls.some(({ state }) => state === 'accepted')),
  );
  expect(await readFile(join(here.folder, 'answers.yaml'), 'utf8')).toMatch(new RegExp(`by: Dana Lee[\\s\\S]*until: ${FUTURE_DAY}`));
});

test('the keys that are named after the steps', { timeout: 30_000 }, async () => {
  const { wizard, copied, text } = await started();
  wizard.answer('tab', 'down', 'tab', 'enter');
  await wizard.until(at('fleet'));
  expect(text()).toMatch(/^2 apps[\s\S]*fn-orders[\s\S]*fn-events/);
  wizard.answer('f');
  await wizard.until(planned);
  expect(text()).toMatch(/^All safe fixes +2 apps/);
  wizard.answer('F');
  await wizard.until(planned);
  expect(text()).toMatch(/^All safe and disruptive fixes +2 apps[\s\S]* disruptive +/);
  wizard.answer('escape');
  await wizard.until(at('fleet'));
  wizard.answer('right', 'right', 'a');
  await wizard.until(({ screen }) => screen.at === 'campaign' || screen.at === 'batch');
  expect(text()).toContain('Require HTTPS');
  wizard.answer('escape', 'escape');
  await wizard.until(at('apps'));
  wizard.answer('f2');
  await wizard.until(read);
  wizard.answer('/', 'remote', 'enter', 'c');
  expect(copied).toEqual(['on']);
  wizard.answer('a');
  await wizard.until(planned);
  expect(text()).toContain('remoteDebuggingEnabled true → false');
  wizard.answer('?');
  expect(text()).toContain('Keys on this screen');
});
