/** The queue follows from decisions and failing controls; a profile has the same counts everywhere; wizard and replay have the same end. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { flowOf } from '../../src/hosts/tui/state/derived-state.ts';
import { questionOf } from '../../src/hosts/tui/keys/open-question.ts';
import type { WizardState } from '../../src/hosts/tui/state/state.ts';
import { catalogue } from '../../steps/index.ts';
import { queuedControls, queuedIn } from '../../src/view/app-progress.ts';
import { contoso } from '../../src/emulator/samples/contoso.ts';
import { cloud } from '../helpers/in-process.ts';
import { inside } from '../helpers/inside.ts';
import { ORDERS, temporaryFolder, world, type World } from '../helpers/world.ts';
import { applyQueue, walk } from '../properties/wizard-walk.ts';
import { widthOf } from '../../src/text/width.ts';
import { pilot, type Pilot } from './helpers.ts';

const queue = ({ open }: WizardState): string[] => (open ? queuedIn(open).map(({ step }) => step.id) : []);
const at = (screen: WizardState['screen']['at']) => (state: WizardState) => state.screen.at === screen;
const HTTPS = 'https: { decision: apply, answers: { minTls: "1.2", scmMinTls: "1.2" } }';

async function given(here: World, steps: string, where = 'apps: { fn-orders:'): Promise<string> {
  const file = join(here.folder, 'given.yaml');
  await writeFile(file, `version: 1\n${where} { steps: { ${steps} } }${where.startsWith('apps') ? ' }' : ''}\n`);
  return file;
}

async function opened(here: World, options: Parameters<typeof pilot>[2] = {}): Promise<Pilot> {
  const wizard = await pilot(here, { columns: 120, rows: 40 }, { app: ['fn-orders'], ...options });
  await wizard.until(at('areas'));
  return wizard;
}

/** Applies the queue and goes back to the areas. */
async function applied(wizard: Pilot): Promise<string> {
  wizard.answer('g');
  await wizard.until((state) => questionOf(state)?.kind === 'preview');
  wizard.answer('y');
  await wizard.until((state) => flowOf(state)?.kind === 'done');
  const text = wizard.screen().join('\n');
  wizard.answer('enter');
  return text;
}

test('a failing control with a decision is queued; once applied the queue is empty, and once undone it is not offered again', async () => {
  const here = await world();
  const file = await given(here, `${HTTPS}, remote-debugging: { decision: apply }`);
  const wizard = await opened(here, { answers: file });
  expect(queue(wizard.store.state())).toEqual(['https', 'remote-debugging']);
  expect(wizard.screen().join('\n')).toMatch(/\d+ of \d+ pass {3}7 queued/);
  expect(await applied(wizard)).toContain('APPLIED: 2 applied');
  expect(queue(wizard.store.state())).toEqual([]);
  expect(wizard.screen().join('\n')).not.toMatch(/queue/);

  wizard.answer('u');
  await wizard.until(({ screen }) => screen.at === 'runs' && screen.runs !== undefined);
  wizard.answer('enter');
  await wizard.until(({ screen }) => screen.at === 'run' && screen.rows !== undefined);
  wizard.answer('enter');
  await wizard.until((state) => questionOf(state)?.kind === 'preview');
  expect(wizard.screen().join('\n')).toMatch(/^Undo of run \d{8}T/);
  wizard.answer('y');
  await wizard.until((state) => flowOf(state)?.kind === 'done');
  expect(wizard.screen().join('\n')).toContain('UNDONE: 2 undone, 2 verified');
  expect((await here.get(ORDERS))['properties']).toMatchObject({ httpsOnly: false });
  expect(queue(wizard.store.state())).toEqual([]);
  expect(await inside(here, ['plan', join(here.folder, 'answers.yaml')])).toMatchObject({ code: 0 });
});

test('a value that changed after the preview is not written; the screen says that the change stays queued, and r applies it', async () => {
  const here = await world();
  const wizard = await opened(here);
  const text = () => wizard.screen().join('\n');
  wizard.answer('/', 'f', 't', 'p', 'enter', 'enter', 'enter');
  await wizard.until((state) => flowOf(state)?.kind === 'preview');
  await here.patch(`${ORDERS}/config/web`, { ftpsState: 'FtpsOnly' });
  wizard.answer('y');
  await wizard.until((state) => flowOf(state)?.kind === 'done');
  expect(text()).toContain('FAILED: 0 applied');
  expect(text()).toContain('1 control was not changed and stays queued. r retries now, g in the list of areas applies the queue.');
  expect(queue(wizard.store.state())).toEqual(['ftp']);
  wizard.answer('r');
  await wizard.until((state) => flowOf(state)?.kind === 'preview');
  wizard.answer('y');
  await wizard.until((state) => flowOf(state)?.kind === 'done');
  expect(text()).toContain('APPLIED: 1 applied');
  expect(text()).not.toContain('queued');
});

test('a decision of the defaults can be removed for one app', async () => {
  const here = await world();
  const file = await given(here, 'remote-debugging: { decision: apply }', 'defaults:');
  const wizard = await opened(here, { answers: file });
  await applied(wizard);
  wizard.answer('u');
  await wizard.until(({ screen }) => screen.at === 'runs' && screen.runs !== undefined);
  wizard.answer('enter');
  await wizard.until(({ screen }) => screen.at === 'run' && screen.rows !== undefined);
  wizard.answer('enter');
  await wizard.until((state) => questionOf(state)?.kind === 'preview');
  wizard.answer('y');
  await wizard.until((state) => flowOf(state)?.kind === 'done');
  expect(queue(wizard.store.state())).toEqual([]);
});

test('a change without permission is not queued, and has the same message in the wizard and in a replay', async () => {
  const actions = ['*/read', 'Microsoft.Web/sites/config/list/action', 'Microsoft.Web/sites/write'];
  const here = await world({ callers: { some: [{ scope: '/', actions }] } });
  const some = { ...here, accessToken: here.tokens!['some']!, connection: () => here.connection(here.tokens!['some']!) };
  const file = await given(here, HTTPS);
  const wizard = await opened(some, { answers: file });
  expect([...queuedControls(wizard.store.state().open!)]).toEqual(['https.https-only', 'https.client-affinity']);
  const said = await applied(wizard);
  expect(queue(wizard.store.state())).toEqual([]);
  const saved = join(here.folder, 'answers.yaml');
  await here.patch(ORDERS, { httpsOnly: false });
  const replay = await inside(some, ['replay', file, '--yes']);
  const closing = replay.stdout.trimEnd().split('\n').at(-1) ?? '';
  expect(closing).toMatch(/^PARTLY FAILED: 1 applied, 1 verified, 3 failed/);
  expect(said).toContain(closing);
  expect(wizard.store.state().endings.at(-1)?.exitCode).toBe(replay.code);
  const again = await inside(some, ['replay', file, '--yes']);
  expect([again.code, again.stdout]).toEqual([4, expect.stringMatching(/^FAILED: 0 applied.*Nothing was sent\.$/m)]);
  await expect(readFile(saved, 'utf8')).rejects.toThrow();
});

test('a skipped area leaves the queue, with the controls that were chosen in it by name', async () => {
  const here = await world();
  const file = await given(here, 'https: { controls: { https-only: { decision: apply } } }');
  const wizard = await opened(here, { answers: file });
  expect(queue(wizard.store.state())).toEqual(['https']);
  wizard.answer('home', 'down', 'down', 'enter');
  await wizard.until(at('area'));
  wizard.answer('s');
  await wizard.until((state) => queue(state).length === 0);
});

test('with --profile baseline the wizard has the same counts as an audit, and its saved file means the same without the profile', async () => {
  const here = await world();
  const audit = await inside(here, ['audit', '--app', 'fn-orders', '--profile', 'baseline', '--json']);
  const { summary } = JSON.parse(audit.stdout) as { summary: Record<string, number> };
  const all = Object.values(summary).reduce((sum, count) => sum + count, 0) - (summary['not-applicable'] ?? 0);
  const wizard = await opened(here, { profile: 'baseline' });
  expect(wizard.screen().join('\n')).toContain(`${summary['pass']} of ${all} pass`);
  wizard.answer(
    'home',
    ...Array.from({ length: wizard.store.state().open!.steps.findIndex(({ step }) => step.id === 'https') }, () => 'down'),
    'enter',
  );
  await wizard.until(at('area'));
  wizard.answer('w');
  for (let question = 0; question < 5 && wizard.store.state().screen.at === 'area'; question++) wizard.answer('enter');
  await wizard.until((state) => queue(state).includes('https'));
  const saved = join(here.folder, 'answers.yaml');
  const plans = await Promise.all([[], ['--profile', 'baseline']].map((more) => inside(here, ['plan', saved, '--json', ...more])));
  const controls = plans.map(({ stdout }) =>
    (JSON.parse(stdout) as { changes: { controls: string[] }[] }).changes.flatMap((change) => change.controls),
  );
  expect(controls[0]).toEqual(controls[1]);
  expect(new Set(controls[0])).toEqual(queuedControls(wizard.store.state().open!));
});

test('attested and accepted controls differ from passing ones', async () => {
  const here = await world();
  const file = await given(
    here,
    'ftp: { decision: accept, by: Dana Lee, reason: old publisher, until: 2099-01-31 }, data-validation: { decision: attest, by: Dana Lee, evidence: review 1234, until: 2099-01-31 }',
  );
  const before = (await opened(here))
    .screen()
    .join('\n')
    .match(/(\d+) of (\d+) pass/)!;
  const after = (await opened(here, { answers: file })).screen().join('\n');
  expect(after).toContain(`${before[1]} of ${before[2]} pass   1 attested   1 accepted`);
});

test('Enter on a list without rules is refused at the list, and decides nothing', async () => {
  const here = await world();
  const wizard = await opened(here);
  wizard.answer('home', ...Array.from({ length: catalogue.findIndex(({ id }) => id === 'scm') }, () => 'down'), 'enter');
  await wizard.until(at('area'));
  wizard.answer('w');
  // The first question offers the rules of the main site; its default no leads to a separate list.
  wizard.answer('enter');
  expect(questionOf(wizard.store.state())).toEqual({ kind: 'ask', name: 'rules' });
  wizard.answer('enter');
  expect(questionOf(wizard.store.state())).toEqual({ kind: 'ask', name: 'rules' });
  expect(wizard.screen().join('\n')).toContain('The list has no rule.');
  expect(existsSync(join(here.folder, 'answers.yaml'))).toBe(false);
  expect(queue(wizard.store.state())).toEqual([]);
});

test('a rotated key leaves the queue and the file: replaying the file does not rotate it again', async () => {
  const here = cloud(contoso(), await temporaryFolder());
  const wizard = await walk(here);
  const toRotation = Array.from({ length: 2 }, () => 'down');
  await wizard.keys(...'fn-orders', 'enter', 'home', 'down', 'down', 'down', 'enter', ...toRotation, ' ', 'w', ' ', 'enter');
  expect(await readFile(join(here.folder, 'answers.yaml'), 'utf8')).toContain('rotate:');
  await applyQueue(wizard);
  const sent = here.writes.length;
  expect(here.writes.filter(({ url }) => url.includes('/functionKeys/'))).toHaveLength(1);
  expect(queuedControls(wizard.store.state().open!).has('access-keys.rotate')).toBe(false);
  const replay = await here.command('replay', join(here.folder, 'answers.yaml'), '--yes', '--confirm', 'fn-orders');
  expect([replay.code, here.writes.length], replay.stdout + replay.stderr).toEqual([0, sent]);
});

test.each([
  [40, '(→) fn-orders'],
  [80, '(→) fn-orders'],
  [160, '(→) fn-orders'],
])('the list of apps marks the apps with queued changes, and says how to apply them, at %i columns', async (columns, marked) => {
  const here = await world();
  const wizard = await pilot(here, { columns, rows: 24 }, { answers: await given(here, HTTPS) });
  await wizard.until(({ searching }) => !searching);
  const text = () => wizard.screen().join('\n');
  expect(text(), 'the queue of an app is not known before its values are read').not.toMatch(/queued|\(→\)/);
  wizard.press('fn-orders', 'enter');
  await wizard.until(at('areas'));
  wizard.press('escape');
  expect(wizard.screen().filter((row) => row.includes(marked))).toHaveLength(1);
  expect(wizard.screen().filter((row) => row.startsWith('      fn-'))).toHaveLength(5);
  expect(text().replaceAll(/\s+/g, ' ')).toContain('1 app has queued changes. Open the app, then press g to preview them.');
  for (const row of wizard.screen()) expect(widthOf(row)).toBeLessThanOrEqual(columns);
  wizard.press('escape');
  expect(text(), 'a notice takes the place of the whole explanation').toContain('Press Esc again to leave.');
  expect(text()).not.toContain('queued');
  wizard.press('fn-orders', 'enter');
  await wizard.until(at('areas'));
  await applied(wizard);
  wizard.press('escape');
  expect(text()).not.toMatch(/queued|\(→\)/);
});
