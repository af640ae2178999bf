/** A secret that Azure quotes in any answer is in no output, no log and no file of `--debug`. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { contoso } from '../../src/emulator/samples/contoso.ts';
import { between, json } from '../helpers/between.ts';
import { ORDERS, world } from '../helpers/world.ts';

const SECRETS = {
  Sec_Plain: 'Quoted1Zq7xAb9cD3',
  Sec_Lines: '-----BEGIN PRIVATE KEY-----\nQuoted2LineOneX9\nQuoted2LineTwoY8\n-----END PRIVATE KEY-----',
  Sec_Marks: 'Quoted3"x\\<&>Z9',
  Sec_Short: 'Qu4x5',
  Sec_Connection: 'Server=tcp:sql;User ID=u;Password=Quoted5PwZ9;',
};
const PARTS = ['Quoted1', 'Quoted2', 'Quoted3', 'Qu4x5', 'Quoted5'];

const SPELLINGS: readonly (readonly [string, readonly ((text: string) => string)[]])[] = [
  ['as they are', [(text) => text]],
  ['in JSON', [(text) => JSON.stringify(text)]],
  ['with percent signs', [encodeURIComponent]],
];
const FORMATS = ['json', 'html', 'sarif', 'junit', 'csv', 'markdown'];

test.each(SPELLINGS)(
  'secrets of an app that failing reads and the write of another resource quote %s',
  { timeout: 60_000 },
  async (_, spellings) => {
    const state = contoso();
    Object.assign(Object.values(state.sites).find(({ id }) => id === ORDERS)!.appSettings, SECRETS);
    const here = await world({ seed: () => state });
    const file = join(here.folder, 'answers.yaml');
    await writeFile(
      file,
      'version: 1\napps: { fn-orders: { steps: { ftp: { decision: apply, answers: { state: Disabled } }, error-handling: { decision: apply }, deployment-credentials: { decision: apply } } } }\n',
    );
    const quoted = spellings.flatMap((spell) => Object.values(SECRETS).map(spell)).join(' ');
    const spell = spellings.at(-1)!;
    const { endpoint } = await between(here.endpoint, {
      instead: ({ method, url }) =>
        /basicPublishing|listkeys|storageAccounts/i.test(url) || method === 'PATCH'
          ? json(
              409,
              { error: { code: /listkeys/.test(url) ? spell(SECRETS.Sec_Plain) : 'Conflict', message: `Cannot: ${quoted}` } },
              { 'x-ms-correlation-request-id': encodeURIComponent(spell(SECRETS.Sec_Plain)), 'retry-after': 'Quoted1Zq7xAb9cD3' },
            )
          : undefined,
    });
    const env = { FUNC_HARDEN_ARM_ENDPOINT: endpoint };
    const debug = join(here.folder, 'debug.jsonl');
    const outputs: [string, string][] = [];
    for (const args of [
      ['audit', '--app', 'fn-orders', ...FORMATS.flatMap((format) => ['--format', `${format}=${join(here.folder, `report.${format}`)}`])],
      ['plan', file],
      ['replay', file, '--yes', '--confirm', 'fn-orders'],
      ['history', '--json'],
    ]) {
      const { stdout, stderr } = await here.cli([...args, ...(args[0] === 'history' ? [] : ['--debug', debug])], env);
      outputs.push([args.join(' '), stdout + stderr]);
    }
    for (const name of await readdir(here.folder, { recursive: true }))
      if (/\.jsonl$|report\./.test(name)) outputs.push([name, await readFile(join(here.folder, name), 'utf8')]);
    expect(outputs.filter(([name]) => name.startsWith('report.'))).toHaveLength(FORMATS.length);
    expect(outputs.map(([, text]) => text).join('')).toMatch(/Cannot: .{0,8}\(sensitive value\)/);
    for (const [where, text] of outputs)
      for (const part of PARTS) expect(text.replace(/\n\s*/g, ''), `${part} in ${where}`).not.toContain(part);
  },
);
