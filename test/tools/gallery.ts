/**
 * Draws every screen of the wizard at 40, 80 and 120 columns into gallery/, and the pictures of docs/; if a folder is named, everything
 * goes there. It uses a real session and emulator, without a terminal.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { catalogue } from '../../steps/index.ts';
import { connect } from '../../src/connect.ts';
import { startEmulator } from '../../src/emulator/server/server.ts';
import { flowOf } from '../../src/hosts/tui/state/derived-state.ts';
import type { WizardState } from '../../src/hosts/tui/state/state.ts';
import { pilot, type Pilot } from '../tui/helpers.ts';
import { systemClock } from '../../src/files/clock.ts';
import { svgOf } from './svg.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const [chosen] = process.argv.slice(2);
const FOLDER = chosen ?? join(ROOT, 'gallery');
const SIZES = [
  [40, 24],
  [80, 24],
  [120, 36],
] as const;

const at = (screen: WizardState['screen']['at']) => (state: WizardState) => state.screen.at === screen;
const flow = (kind: string) => (state: WizardState) => flowOf(state)?.kind === kind;
const isSketched = ({ screen }: WizardState) => screen.at === 'area' && screen.sketch?.plan !== undefined;

/** Screens that pages in docs/ show. */
const ON_PAGES: Readonly<Record<string, { readonly file: string; readonly title: string }>> = {
  preview: { file: 'wizard.svg', title: 'The func-harden wizard previews a change of the area Require HTTPS' },
  overview: { file: 'screen-app.svg', title: 'The func-harden wizard lists the areas of an app with their findings' },
  'lock-out': { file: 'screen-lock-out.svg', title: 'The func-harden wizard previews a change that can lock people out' },
};

/** Visits every screen of the wizard. */
async function walk(wizard: Pilot, show: (name: string) => Promise<void>, fault: () => Promise<void>): Promise<void> {
  const { answer: press, until } = wizard;
  const open = async (id: string) => {
    press('home', ...Array.from({ length: catalogue.findIndex((step) => step.id === id) }, () => 'down'), 'enter');
    await until(at('area'));
  };
  await until(({ searching }) => !searching);
  await show('apps');
  press('ord');
  await show('apps-filtered');
  press('escape', 'tab', 'tab', 'tab', 'enter');
  await until(({ fleet }) => fleet.length > 0 && fleet.every(({ steps }) => steps !== undefined));
  press('right', 'right');
  await show('fleet');
  press('escape', 'escape', 'ord', 'enter');
  await until(at('areas'));
  await show('overview');
  press('/', 't', 'l', 's');
  await show('search');
  press('escape', 'i', '203.0.113.7');
  await show('address');
  press('enter');
  await until(at('areas'));
  await open('https');
  await until(isSketched);
  await show('area');
  press('?');
  await show('help');
  press('escape', 'm');
  await show('area-more');
  press('escape', 'enter');
  await until(isSketched);
  await show('question-choice');
  press('enter', 'enter');
  await until(flow('preview'));
  await show('preview');
  press('d');
  await show('preview-request');
  press('d', 'y');
  await until(flow('done'));
  await show('done');
  press('escape');
  await open('cors');
  press('enter');
  await until(isSketched);
  await show('question-list');
  press('escape', 'escape');
  await open('monitoring');
  press('enter');
  await show('question-pick');
  press('escape', 'escape');
  await open('data-validation');
  press('a');
  await show('attest');
  press('escape', 'escape');
  await until(at('areas'));
  await open('access-restrictions');
  press('enter');
  wizard.paste('90 Allow 198.51.100.0/26 agents\n110 Allow AzureFrontDoor.Backend fd');
  press('up', 'up');
  await until(isSketched);
  await show('question-rules');
  press('end', 'down', 'down', 'down', 'down', 'enter', 'enter');
  await until(flow('preview'));
  await show('lock-out');
  for (let page = 0; page < 20 && flow('preview')(wizard.store.state()); page++) {
    wizard.drawn();
    press('enter');
  }
  wizard.drawn();
  press('fn-ord');
  await show('lock-out-name');
  press('escape', 'w');
  await until(at('areas'));
  await open('remote-debugging');
  press('w');
  await until(at('areas'));
  await until(({ open: app }) => app?.decisions['remote-debugging'] !== undefined);
  await show('overview-queued');
  press('g');
  await until(flow('preview'));
  await show('queue');
  press('escape');
  await open('ftp');
  press('enter', 'enter');
  await until(flow('preview'));
  await fault();
  wizard.drawn();
  press('y');
  await until(flow('done'));
  await show('failed');
  press('u');
  await until(({ screen }) => screen.at === 'runs' && screen.runs !== undefined);
  await show('undo-log');
  press('end', 'enter');
  await until(({ screen }) => screen.at === 'run' && screen.rows !== undefined);
  await show('run');
  press('enter');
  await until(flow('preview'));
  await show('undo');
}

await mkdir(FOLDER, { recursive: true });
for (const [columns, rows] of SIZES) {
  const emulator = await startEmulator({ port: 0, scenario: 'contoso', apps: 0, latency: 0, faults: [] });
  const folder = await mkdtemp(join(tmpdir(), 'func-harden-gallery-'));
  const environment = { FUNC_HARDEN_ACCESS_TOKEN: emulator.accessToken, FUNC_HARDEN_ARM_ENDPOINT: emulator.endpoint };
  const connection = () => connect({ auth: 'token', environment, version: '0.1.0', say: () => {} });
  const wizard = await pilot({ connection, folder, clock: systemClock }, { columns, rows }, inFolder(folder));
  const fault = async () => {
    const error = { code: 'ScopeLocked', message: "The scope 'rg-shop' cannot perform write operation because it is locked." };
    const body = JSON.stringify([{ method: 'PATCH', path: 'config/web', times: 1, status: 409, body: { error } }]);
    const headers = { authorization: `Bearer ${emulator.accessToken}` };
    await fetch(`${emulator.endpoint}/_emulator/faults`, { method: 'POST', headers, body });
  };
  try {
    await walk(
      wizard,
      async (name) => {
        const lines = wizard.drawn();
        for (const theme of ['dark', 'light'] as const)
          await writeFile(
            join(FOLDER, `${name}-${columns}${theme === 'light' ? '-light' : ''}.svg`),
            svgOf(lines, columns, rows, name, theme),
          );
        await writeFile(join(FOLDER, `${name}-${columns}.txt`), `${wizard.screen().join('\n')}\n`);
        const page = ON_PAGES[name];
        if (page && columns === 80)
          await writeFile(
            join(chosen ?? join(ROOT, 'docs'), page.file),
            svgOf(lines, columns, rows, page.title).replaceAll(`${folder}/`, ''),
          );
      },
      fault,
    );
  } finally {
    await emulator.close();
    await rm(folder, { recursive: true, force: true });
  }
}
console.log('gallery/: every screen as SVG and text; docs/wizard.svg, docs/screen-*.svg');

function inFolder(folder: string): { stateDir: string; save: string } {
  return { stateDir: join(folder, 'state'), save: join(folder, 'func-harden.answers.yaml') };
}
