/** SARIF as Microsoft's own validator takes it, with its rules for GitHub Advanced Security. */
import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, expect, test } from 'vitest';
import { contoso } from '../../src/emulator/contoso.ts';
import { sarifWriter } from '../../src/report/formats/sarif.ts';
import { placesSarif, type PlaceRow } from '../../src/report/source-places.ts';
import { cloud } from '../helpers/in-process.ts';
import { inTurn, madeUp, wholeReport } from '../helpers/reports.ts';
import { SAMPLES } from '../helpers/source.ts';
import { temporaryFolder } from '../helpers/world.ts';

/** The validator is a program of its own in a package of each platform; an optional dependency, because it is 100 MB. */
function validatorFolder(): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve(`@microsoft/sarif-multitool-${process.platform}/package.json`));
  } catch {
    return undefined;
  }
}
const folder = validatorFolder();
const skipped = folder === undefined ? ` (skipped: @microsoft/sarif-multitool-${process.platform} is not installed)` : '';

const NOBODY = 'http://127.0.0.1:9';
let validator = '';
beforeEach(async () => {
  if (folder === undefined) return;
  // Its package has no bit that lets it run, and node_modules is not ours to change.
  const own = join(await temporaryFolder(), 'validator');
  await mkdir(own);
  for (const name of await readdir(folder)) if (name !== 'Sarif.Multitool') await symlink(join(folder, name), join(own, name));
  await copyFile(join(folder, 'Sarif.Multitool'), join(own, 'Sarif.Multitool'));
  await chmod(join(own, 'Sarif.Multitool'), 0o700);
  validator = join(own, 'Sarif.Multitool');
});

interface Log {
  readonly runs: readonly {
    readonly results: readonly { readonly ruleId: string; readonly message: object; readonly locations: object }[];
    readonly invocations: readonly {
      readonly toolExecutionNotifications?: readonly object[];
      readonly toolConfigurationNotifications?: readonly object[];
    }[];
  }[];
}

/** What the validator says of these logs, looked at in one start. */
async function said(logs: readonly string[]): Promise<readonly object[]> {
  const place = await temporaryFolder();
  const output = join(place, 'said.sarif');
  const files = logs.map((_, at) => join(place, `own-${at}.sarif`));
  for (const [at, sarif] of logs.entries()) {
    const log = JSON.parse(sarif.replaceAll('"test"', '"1.2.3"')) as { runs: { results: object[] }[] };
    // It looks at hundreds of results a second, and thousands of the same kind tell it nothing new.
    for (const run of log.runs) run.results.splice(400);
    await writeFile(files[at]!, JSON.stringify(log, undefined, 2));
  }
  await promisify(execFile)(
    validator,
    ['validate', ...files, '--rule-kind', 'Sarif;Ghas', '--output', output],
    // .NET needs no library for languages then; and nothing is to be fetched, for which the validator would wait.
    { env: { ...process.env, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1', HOME: place, https_proxy: NOBODY, http_proxy: NOBODY } },
  ).catch((error: Error & { code?: number }) => {
    if (typeof error.code !== 'number') throw error;
  });
  const { results, invocations } = (JSON.parse(await readFile(output, 'utf8')) as Log).runs[0]!;
  const notes = invocations.flatMap(({ toolExecutionNotifications = [], toolConfigurationNotifications = [] }) => [
    ...toolExecutionNotifications,
    ...toolConfigurationNotifications,
  ]);
  return [...results.map(({ ruleId, message, locations }) => ({ ruleId, message, locations })), ...notes];
}

test.skipIf(folder === undefined)(`the report of an audit, with code and without${skipped}`, { timeout: 120_000 }, async () => {
  const here = cloud(contoso(), await temporaryFolder());
  const audit = (...args: string[]) => here.command('audit', '--all', '--slot', 'all', '--format', 'sarif', ...args);
  const logs = [
    await audit(),
    await audit('--source', join(SAMPLES, 'for-each')),
    await here.command('source', SAMPLES, '--format', 'sarif'),
  ];
  expect(await said(logs.map(({ stdout }) => stdout))).toEqual([]);
});

test.skipIf(folder === undefined)(`reports that leave results out, and one without any${skipped}`, { timeout: 120_000 }, async () => {
  const many = madeUp(130, () => 'fail');
  const cut = wholeReport(sarifWriter(many), many);
  expect(cut).toContain('are not included');
  const none = madeUp(0, inTurn);
  const row: PlaceRow = {
    app: 'fn [a](https://b.example)',
    control: 'https.https-only',
    label: 'HTTPS only',
    because: 'Why.',
    docs: 'https://learn.microsoft.com/azure',
    severity: 'high',
    state: 'declared',
    file: 'a b/ä#?.tf',
    line: 3,
    column: 1,
    address: 'azurerm_linux_function_app.a["b c"]',
    present: false,
    wanted: true,
    why: null,
  };
  const rows = Array.from({ length: 5001 }, (_, at) => ({
    ...row,
    line: at + 1,
    severity: at === 5000 ? ('critical' as const) : row.severity,
  }));
  const text = placesSarif(rows, '0.1.0', 'infra/live');
  expect(text).toContain('"uri": "infra/live/a%20b/%C3%A4%23%3F.tf"');
  // The gravest of them is kept.
  expect(text).toContain('"startLine": 5001');
  const logs = [cut, wholeReport(sarifWriter(none), none), placesSarif([], '0.1.0', ''), text];
  expect(await said(logs)).toEqual([]);
});

test.skipIf(folder === undefined)(`a mistake in any of several logs is seen${skipped}`, { timeout: 120_000 }, async () => {
  const wrong = (version: string) => placesSarif([], '0.1.0', '').replace(/"version": "2.1.0"/, `"version": "${version}"`);
  const mistakes = JSON.stringify(await said([wrong('first'), placesSarif([], '0.1.0', ''), wrong('last')]));
  expect(mistakes).toMatch(/own-0\.sarif[\s\S]*own-2\.sarif/);
  expect(mistakes).not.toContain('own-1.sarif');
});
