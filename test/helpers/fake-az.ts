/** A tiny `az` for scripts under test: `az rest` against an emulator, `az cloud show` for its endpoint. */
import { spawn } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Outcome, World } from './world.ts';

const FAKE = `
const { readFileSync } = require('node:fs');
const args = process.argv.slice(2);
const value = (...names) => args[args.findIndex((word) => names.includes(word)) + 1];
const { FAKE_ENDPOINT: endpoint, FAKE_TOKEN: token } = process.env;
const main = async () => {
  if (args[0] === 'cloud') return console.log(endpoint + '/');
  if (args[0] !== 'rest') throw new Error('az ' + args[0] + ' is not played here');
  const given = args.includes('--body') ? value('--body') : undefined;
  const body = given?.startsWith('@') ? readFileSync(given.slice(1), 'utf8') : given;
  const response = await fetch(value('--url', '--uri'), {
    method: value('--method', '-m').toUpperCase(),
    headers: { authorization: 'Bearer ' + token, 'content-type': 'application/json' },
    body,
  });
  const text = await response.text();
  if (response.ok) return process.stdout.write(text ? text + '\\n' : '');
  console.error('ERROR: ' + response.statusText + '(' + text + ')');
  process.exitCode = 1;
};
main();
`;

/** Runs a script with bash, with the fake `az` first on PATH. */
export async function runScript(
  here: World,
  script: string,
  args: readonly string[] = [],
  extra: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const [file, az] = [join(here.folder, 'script.sh'), join(here.folder, 'az')];
  await writeFile(join(here.folder, 'az.cjs'), FAKE);
  await writeFile(az, `#!/bin/sh\nexec '${process.execPath}' "$(dirname "$0")/az.cjs" "$@"\n`);
  await chmod(az, 0o755);
  await writeFile(file, script);
  const env = {
    ...process.env,
    PATH: `${here.folder}${delimiter}${process.env['PATH'] ?? ''}`,
    FAKE_ENDPOINT: here.endpoint,
    FAKE_TOKEN: here.accessToken,
    ...extra,
  };
  const child = spawn('bash', [file, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...output })));
}
