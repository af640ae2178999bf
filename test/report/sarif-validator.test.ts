/** SARIF, checked by Microsoft's validator with its rules for GitHub Advanced Security. */
import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contoso } from '../../src/emulator/samples/contoso.ts';
import { sarifWriter } from '../../src/report/formats/sarif.ts';
import { placesSarif, type PlaceRow } from '../../src/report/source-places.ts';
import { cloud } from '../helpers/in-process.ts';
import { inTurn, madeUp, wholeReport } from '../helpers/reports.ts';
import { SAMPLES } from '../helpers/source.ts';

/** The validator is a separate program in one package for each platform; an optional dependency, because it has 100 MB. */
function validatorFolder(): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve(`@microsoft/sarif-multitool-${process.platform}/package.json`));
  } catch {
    return undefined;
  }
}
const folder = validatorFolder();
const skipped = folder === undefined ? ` (skipped: @microsoft/sarif-multitool-${process.platform} is not installed)` : '';

/** The validator must fetch nothing, because it would wait for that. */
const NOBODY = 'http://127.0.0.1:9';
const DOTNET = {
  // It then needs no library for languages.
  DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1',
  // For a run of seconds: code is compiled once, and memory is collected rarely. Half of the processor time went into both.
  DOTNET_TieredCompilation: '0',
  DOTNET_gcConcurrent: '0',
  DOTNET_GCgen0size: '4000000',
};
let place = '';
let remarks: readonly Remark[] = [];
/** Logs with a mistake are first and last. The validator takes longer to start than to check a log, so one start checks all. */
beforeAll(async () => {
  if (folder === undefined) return;
  place = await mkdtemp(join(tmpdir(), 'func-harden-validator-'));
  const wrong = (version: string) => placesSarif([], '0.1.0', '').replace(/"version": "2.1.0"/, `"version": "${version}"`);
  remarks = await validate(place, {
    'wrong-first': wrong('first'),
    ...(await auditLogs(join(place, 'cloud'))),
    ...cutLogs(),
    'wrong-last': wrong('last'),
  });
}, 120_000);
afterAll(() => rm(place, { recursive: true, force: true }));

interface Log {
  readonly runs: readonly {
    readonly results: readonly { readonly ruleId: string; readonly message: object; readonly locations: object }[];
    readonly invocations: readonly {
      readonly toolExecutionNotifications?: readonly object[];
      readonly toolConfigurationNotifications?: readonly object[];
    }[];
  }[];
}

/** A message of the validator: about a log, or about its own work. */
interface Remark {
  readonly log: string | undefined;
  readonly says: object;
}

async function validate(place: string, logs: Readonly<Record<string, string>>): Promise<readonly Remark[]> {
  // Its package has no executable bit, and node_modules must not be changed.
  const own = join(place, 'validator');
  await mkdir(own);
  for (const name of await readdir(folder!)) if (name !== 'Sarif.Multitool') await symlink(join(folder!, name), join(own, name));
  const validator = join(own, 'Sarif.Multitool');
  await copyFile(join(folder!, 'Sarif.Multitool'), validator);
  await chmod(validator, 0o700);
  const output = join(place, 'said.sarif');
  const fileOf = (name: string) => join(place, `${name}.sarif`);
  for (const [name, sarif] of Object.entries(logs)) {
    const log = JSON.parse(sarif.replaceAll('"test"', '"1.2.3"')) as { runs: { results: object[] }[] };
    // It checks hundreds of results a second, and thousands of the same kind add nothing.
    for (const run of log.runs) run.results.splice(400);
    await writeFile(fileOf(name), JSON.stringify(log, undefined, 2));
  }
  await promisify(execFile)(
    validator,
    ['validate', ...Object.keys(logs).map(fileOf), '--rule-kind', 'Sarif;Ghas', '--threads', '1', '--output', output],
    { env: { ...process.env, ...DOTNET, HOME: place, https_proxy: NOBODY, http_proxy: NOBODY } },
  ).catch((error: Error & { code?: number }) => {
    if (typeof error.code !== 'number') throw error;
  });
  const { results, invocations } = (JSON.parse(await readFile(output, 'utf8')) as Log).runs[0]!;
  const notes = invocations.flatMap(({ toolExecutionNotifications = [], toolConfigurationNotifications = [] }) => [
    ...toolExecutionNotifications,
    ...toolConfigurationNotifications,
  ]);
  return [...results.map(({ ruleId, message, locations }) => ({ ruleId, message, locations })), ...notes].map((says) => ({
    log: /([\w-]+)\.sarif/.exec(JSON.stringify(says))?.[1],
    says,
  }));
}

async function auditLogs(at: string): Promise<Readonly<Record<string, string>>> {
  await mkdir(at);
  const here = cloud(contoso(), at);
  const audit = (...args: string[]) => here.command('audit', '--all', '--slot', 'all', '--format', 'sarif', ...args);
  return {
    audit: (await audit()).stdout,
    'audit-with-code': (await audit('--source', join(SAMPLES, 'for-each'))).stdout,
    source: (await here.command('source', SAMPLES, '--format', 'sarif')).stdout,
  };
}

function cutLogs(): Readonly<Record<string, string>> {
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
  return {
    cut,
    none: wholeReport(sarifWriter(none), none),
    'no-place': placesSarif([], '0.1.0', ''),
    places: text,
  };
}

/** What concerns the validator itself, and no log, concerns every test. */
const about = (...logs: readonly string[]) => remarks.filter(({ log }) => log === undefined || logs.includes(log));

test.skipIf(folder === undefined)(`the report of an audit, with and without code${skipped}`, () => {
  expect(about('audit', 'audit-with-code', 'source')).toEqual([]);
});

test.skipIf(folder === undefined)(`reports that leave results out, and one without any${skipped}`, () => {
  expect(about('cut', 'none', 'no-place', 'places')).toEqual([]);
});

test.skipIf(folder === undefined)(`a mistake in any of several logs is found${skipped}`, () => {
  expect([...new Set(remarks.map(({ log }) => log))]).toEqual(['wrong-first', 'wrong-last']);
});
