/** A different secret in each place that can hold one: after the complete job in each mode, no output contains any of them. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { contoso } from '../../src/emulator/samples/contoso.ts';
import type { Json, State } from '../../src/emulator/state.ts';
import { intoArea, wizard } from '../helpers/wizard.ts';
import type { Terminal } from '../helpers/terminal.ts';
import { ORDERS, runName, temporaryFolder, world, type World } from '../helpers/world.ts';

const planted: string[] = [];
/** A value without a recognizable form, so that no pattern matches it. */
function canary(place: string): string {
  const value = `cnry${planted.length}-${place.replaceAll(/\W/g, '').slice(0, 12)}-Zq7+x/é`;
  planted.push(value);
  return value;
}

/** Settings, connection strings, access keys, secrets in vaults. */
function plant(state: State): State {
  for (const site of Object.values(state.sites)) {
    for (const [name, value] of Object.entries(site.appSettings))
      if (/AccountKey=|SharedAccessKey=|ApiKey/i.test(`${name}=${value}`))
        site.appSettings[name] = /=.*;/.test(value) ? value.replace(/Key=[^;]+/, `Key=${canary(name)}`) : canary(name);
    site.appSettings['Unsuspicious'] = canary('setting');
    site.connectionStrings = { Sql: { value: `Server=tcp:sql;Password=${canary('sql')};`, type: 'SQLAzure' } };
    site.keys = { 'host/default/functionKeys/ci': canary('key'), 'host/default/systemKeys/eventgrid': canary('systemkey') };
  }
  for (const [id, resource] of Object.entries(state.resources))
    if (/\/secrets\//.test(id)) (resource['properties'] as Record<string, Json>)['value'] = canary('vaultsecret');
  return state;
}

const encoded = (value: string): string[] => {
  const base64 = Buffer.from(value, 'utf8').toString('base64').replace(/=+$/, '').slice(0, -2);
  return [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1), base64, Buffer.from(value, 'utf8').toString('hex')];
};

test('marked secret values show in no file, stream or frame', { timeout: 180_000 }, async () => {
  const seedFolder = await temporaryFolder();
  const log = join(seedFolder, 'exchanges.ndjson');
  const here = await world({ seed: () => plant(contoso()), logFile: log });
  planted.push(here.accessToken, here.readerToken);
  const outputs: [string, string][] = [];
  const cli = async (...args: string[]) => {
    const { code, stdout, stderr } = await here.cli([...args, ...(args[0] === 'history' ? [] : ['--debug', debug])]);
    outputs.push([args.join(' '), stdout + stderr]);
    return { code, stdout, stderr };
  };
  const file = join(here.folder, 'answers.yaml');
  const debug = join(here.folder, 'debug.jsonl');
  const steps = `key-vault: { answers: { vault: kv-events, settings: [ServiceBus, PaymentApiKey] }, controls: { references: { decision: apply } } }
      access-keys: { answers: { open: [PlaceOrder], known: [host/ci], rotate: [host/ci] }, controls: { rotate: { decision: apply }, home-page: { decision: apply } } }
      app-settings: { decision: apply }`;
  const answers = `version: 1\napps:\n  fn-orders:\n    steps:\n      ${steps}\n`;
  await writeFile(file, answers);
  const go = ['--yes', '--confirm', 'fn-orders'];

  await cli('audit', '--all', '--slot', 'all', '--json');
  await cli('audit', '--all', '--slot', 'all');
  await cli('plan', file, '--json');
  await cli('plan', file);
  const mine = Object.values((await here.state()).sites[ORDERS.toLowerCase()]!.appSettings).join(' ');
  const quoted = planted.filter((value) => mine.includes(value));
  // A service that quotes a refused value in its message.
  await here.faults([
    {
      method: 'PUT',
      path: 'config/appsettings',
      times: 1,
      status: 400,
      body: { error: { code: 'BadRequest', message: `bad: ${quoted.join(' ')}` } },
    },
  ]);
  const failed = await cli('replay', file, ...go);
  expect(failed.code).toBe(5);
  const run = runName(failed);
  await cli('resume', run, '--dry-run');
  expect((await cli('resume', run, ...go, '--json')).code).toBe(0);
  await cli('history', run, '--json');
  await cli('history', run);
  await cli('undo', run, '--dry-run', '--json');
  expect((await cli('undo', run, ...go, '--json')).code).toBe(0);
  outputs.push(['wizard', await byWizard(here, file)]);
  expect(await readFile(file, 'utf8'), 'what was taken back is no longer decided').not.toMatch(/app-settings:\s+decision: apply/);
  await writeFile(file, answers);
  outputs.push(['line prompts', await byPrompts(here, file)]);

  for (const name of await readdir(here.folder, { recursive: true }))
    if (/\.(jsonl|yaml|json|lock)$/.test(name)) outputs.push([name, await readFile(join(here.folder, name), 'utf8')]);
  // The log of the service contains the values that it was made to quote.
  const exchanges = (await readFile(log, 'utf8')).split('\n').filter((line) => !line.includes('"status":400'));
  outputs.push(['exchange log', exchanges.join('\n')]);
  expect(planted.length).toBeGreaterThan(25);
  expect(outputs.reduce((sum, [, text]) => sum + text.length, 0)).toBeGreaterThan(100_000);
  for (const name of ['debug.jsonl', 'wizard.jsonl', 'prompts.jsonl'])
    expect(outputs.find(([where]) => where === name)?.[1], name).toContain('"sends"');
  for (const [where, text] of outputs)
    for (const value of planted) for (const form of encoded(value)) expect(text.includes(form), `${value} shows in: ${where}`).toBe(false);
});

/** Applies the whole queue by keys, and reverts it by keys. */
async function byWizard(here: World, file: string): Promise<string> {
  const screen = wizard(here, ['--app', 'fn-orders', '--answers', file, '--debug', join(here.folder, 'wizard.jsonl')], {
    rows: 50,
    columns: 160,
  });
  await intoArea(screen, 'app-settings', /❯ \(x\) Application settings/);
  screen.type('m');
  await screen.sees('password in a connection string');
  screen.type('esc');
  await screen.sees(/findings? selected/);
  screen.type('esc');
  await screen.sees('g apply the queue');
  screen.type('g');
  await confirmByName(screen);
  await screen.sees(/[1-9]\d* applied, [1-9]\d* verified, 0 failed/);
  screen.type('u');
  await screen.sees('Undo log');
  await screen.sees(/❯ .*T\d+Z-[\s\S]* applied/);
  screen.type('enter');
  await screen.sees('as the run wrote it');
  screen.type('enter');
  await confirmByName(screen);
  await screen.sees('Enter back');
  screen.type('ctrlC');
  await screen.ended;
  return screen.raw();
}

/** Scrolls the preview of a lock-out change to its end, then types the name. */
async function confirmByName(screen: Terminal): Promise<void> {
  for (;;) {
    const shown = await screen.sees(/(Enter shows more|Enter continues|Type fn-orders to apply|Apply this\?)[\s\S]*Esc back/);
    if (shown.includes('Type fn-orders')) break;
    if (shown.includes('Apply this?')) return screen.type('y');
    await screen.changesBy('enter', shown);
  }
  screen.type('fn-orders');
  await screen.sees('Enter applies');
  screen.type('enter');
}

const TYPE = /Type fn-orders to apply[\s\S]*back:\s*$/;

async function byPrompts(here: World, file: string): Promise<string> {
  const screen = wizard(here, ['--app', 'fn-orders', '--plain', '--answers', file, '--debug', join(here.folder, 'prompts.jsonl')], {
    rows: 70,
  });
  const answer = async (asked: string | RegExp, ...keys: string[]) => {
    await screen.sees(asked);
    screen.type(...keys, 'enter');
  };
  await answer(/which area\? Number(?:, or \? for the list)?\s*$/, 'Application settings');
  await answer(/What now\? Number\s*$/, 'back');
  await answer(/which area\? Number(?:, or \? for the list)?\s*$/, 'apply the queue');
  await answer(TYPE, 'fn-orders');
  await answer(/^APPLIED[\s\S]*which area\? Number(?:, or \? for the list)?\s*$/m, 'undo log');
  await answer(/Which run\? Number\s*$/, '1');
  await answer(/What now\? Number\s*$/, 'undo the whole');
  await answer(/Send this plan\? \(y\/N\)\s*$/, 'y');
  await answer(/UNDONE[\s\S]*which area\? Number(?:, or \? for the list)?\s*$/m, 'leave');
  await screen.ended;
  return screen.raw();
}
