/** Requests go only to Azure: each connection and each resolved name of a command is recorded. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ANSWERS, runName, world } from '../helpers/world.ts';

const SPY = `const net = require('node:net'), dns = require('node:dns'), fs = require('node:fs'), children = require('node:child_process');
const note = (text) => fs.appendFileSync(process.env.SPY_LOG, text + '\\n');
const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function (...args) {
  const given = Array.isArray(args[0]) ? args[0][0] : args[0];
  note(typeof given === 'object' ? (given.path ?? given.host + ':' + given.port) : String(given));
  return connect.apply(this, args);
};
for (const from of [dns, dns.promises])
  for (const name of ['lookup', 'resolve', 'resolve4', 'resolve6', 'resolveTxt']) {
    const usual = from[name];
    from[name] = (host, ...rest) => (note('name ' + host), usual.call(from, host, ...rest));
  }
for (const name of ['spawn', 'execFile', 'exec', 'fork']) {
  const usual = children[name];
  children[name] = (command, ...rest) => (note('process ' + command), usual.call(children, command, ...rest));
}
require('node:module').syncBuiltinESMExports();
`;

test('no command connects to another host, resolves a name or starts a program: no telemetry, no update check', async () => {
  const here = await world();
  await mkdir(join(here.folder, 'spy'));
  const [spy, log, answers] = ['spy.cjs', 'log', 'answers.yaml'].map((name) => join(here.folder, 'spy', name)) as [string, string, string];
  await writeFile(spy, SPY);
  await writeFile(log, '');
  await writeFile(answers, ANSWERS);
  const options = { NODE_OPTIONS: `--require=${JSON.stringify(spy)}`, SPY_LOG: log };
  const local = [['--version'], ['steps'], ['history'], ['config'], ['completion', 'bash'], ['source', join(here.folder, 'spy')]];
  await Promise.all(local.map((args) => here.cli(args, options)));
  expect(await readFile(log, 'utf8'), 'commands that need no Azure').toBe('');
  const run = runName(await here.cli(['replay', answers, '--yes', '--confirm', 'fn-orders'], options));
  await here.cli(['undo', run, '--yes', '--confirm', 'fn-orders'], options);
  await here.cli(['audit', '--app', 'fn-orders'], options);
  expect([...new Set((await readFile(log, 'utf8')).trim().split('\n'))]).toEqual([new URL(here.endpoint).host]);
});
