/** Undo logs with lines that no run wrote: their resources are not written, and each line is reported with its place. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { contoso } from '../../src/emulator/samples/contoso.ts';
import { cloud } from '../helpers/in-process.ts';
import { rechained } from '../helpers/journal.ts';
import { runErrors } from '../../src/app/errors/runs.ts';
import { ORDERS, runName, SITES, temporaryFolder } from '../helpers/world.ts';

const GO = ['--yes', '--confirm', 'fn-orders'];
const ANSWERS = `version: 1
apps:
  fn-orders:
    steps:
      https: { decision: apply, answers: { minTls: "1.2", scmMinTls: "1.2" } }
      key-vault: { answers: { vault: kv-events, settings: [PaymentApiKey] }, controls: { references: { decision: apply } } }
`;

async function recorded() {
  const here = cloud(contoso(), await temporaryFolder());
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, ANSWERS);
  const replay = await here.command('replay', file, ...GO);
  expect(replay.code, replay.stderr).toBe(0);
  const run = runName(replay);
  const log = join(here.folder, 'state', 'journal', `${run}.jsonl`);
  const sent = here.writes.length;
  return { here, run, log, lines: (await readFile(log, 'utf8')).trimEnd().split('\n'), sentSince: () => here.writes.slice(sent) };
}
const numberOf = (lines: readonly string[], wanted: RegExp): number => lines.findIndex((line) => wanted.test(line)) + 1;

test('each line has the hash of the line before it, and the end has the number of lines', async () => {
  const { log, lines } = await recorded();
  const text = await readFile(log, 'utf8');
  expect(rechained(text)).toBe(text);
  expect(lines[0]).toMatch(/^\{"v":2,"prev":"0{64}","/);
  expect(JSON.parse(lines.at(-1)!)).toMatchObject({ type: 'run-end', lines: lines.length - 1 });
});

test.each<[string, (lines: string[]) => string[], RegExp]>([
  [
    'changed',
    (lines) =>
      lines.map((line) =>
        line
          .replace('"httpsOnly"', '"httpsonly"')
          .replace('"properties.httpsOnly":{"kind":"plain","json":false}', '"properties.httpsOnly":{"kind":"plain","json":true}'),
      ),
    /does not match the line before it/,
  ],
  ['taken out', (lines) => lines.filter((line) => !/"type":"intent".*"change":4,/.test(line)), /does not match the line before it/],
  ['put in', (lines) => lines.toSpliced(4, 0, lines[4]!), /does not match the line before it/],
  ['overwritten', (lines) => lines.with(4, 'x'.repeat(30)), /it cannot be read/],
])('a line that was %s stops undo and resume, with its line number and the intact changes', async (_, change, says) => {
  const { here, run, log, lines, sentSince } = await recorded();
  await writeFile(log, `${change([...lines]).join('\n')}\n`);
  for (const args of [
    ['undo', run],
    ['resume', run, '--rollback'],
    ['undo', run, '--dry-run'],
    ['export', run, '--format', 'az'],
    ['history', run],
  ]) {
    const { code, stderr } = await here.command(...args, ...(args[0] === 'undo' || args[0] === 'resume' ? GO : []));
    expect(code, args.join(' ')).toBe(1);
    if (args[0] !== 'export') expect(stderr).toMatch(new RegExp(`\\.jsonl:\\d+: .*${says.source}`));
  }
  expect(sentSince()).toEqual([]);
  const { code, stdout } = await here.command('undo', run, ...GO, '--despite-damage', run);
  expect([code, stdout.replaceAll(/\s+/g, ' ')]).toEqual([5, expect.stringMatching(says)]);
  expect(sentSince().length).toBeGreaterThan(0);
  const { code: again, stderr } = await here.command('resume', run, ...GO);
  expect([again, stderr], 'intact changes that are reverted say nothing of the others').toEqual([1, expect.stringMatching(says)]);
});

const OTHER_VAULT = `${SITES}/rg-shop/providers/Microsoft.KeyVault/vaults/kv-orders/secrets/legacy`;
const ACCOUNT = `${SITES}/rg-shop/providers/Microsoft.Storage/storageAccounts/stfnorders`;
const ABSENT = { kind: 'absent' };
const plainly = (json: unknown) => ({ kind: 'plain', json });
/** Sets a member on all values of a line. */
function forgedValues(line: string, values: { readonly before?: object; readonly restore?: object }): string {
  const entry = JSON.parse(line) as Record<string, unknown> & { readonly after: object };
  const forAll = (value: object) => Object.fromEntries(Object.keys(entry.after).map((path) => [path, value]));
  return JSON.stringify({ ...entry, ...Object.fromEntries(Object.entries(values).map(([name, value]) => [name, forAll(value)])) });
}
/** Forgeries with a recomputed chain. */
test.each<[string, RegExp, (line: string) => string]>([
  ['another vault’s secret', /"key":"appSettings"/, (line) => line.replaceAll(/"id":"[^"]*\/secrets\/[^"]*"/g, `"id":"${OTHER_VAULT}"`)],
  [
    'a placeholder as a value',
    /"key":"appSettings"/,
    (line) =>
      line.replace(
        /"restore":\{("properties\.\w+"):\{"kind":"deferred".*?\}\}\}/,
        '"restore":{$1:{"kind":"plain","json":"<the secret x in the vault y>"}}',
      ),
  ],
  [
    'a digest as a value',
    /"key":"appSettings"/,
    (line) =>
      line.replace(
        /"restore":\{("properties\.\w+"):\{"kind":"deferred".*?\}\}\}/,
        '"restore":{$1:{"kind":"digest","sha256":"0123456789abcdef"}}',
      ),
  ],
  [
    'a list where a flag was',
    /"key":"site",/,
    (line) => line.replace(/("restore":\{"properties.httpsOnly":)\{"kind":"plain","json":false\}/, '$1{"kind":"plain","json":[]}'),
  ],
  [
    'a storage account that the run never created',
    /"key":"site",/,
    (line) => {
      const entry = JSON.parse(line) as Record<string, unknown>;
      const [absent, there] = [{ kind: 'absent' }, { kind: 'plain', json: { properties: {} } }];
      return JSON.stringify({
        ...entry,
        key: 'storageAccounts',
        instance: true,
        resource: ACCOUNT,
        path: ACCOUNT,
        before: { '': absent },
        restore: { '': absent },
        after: { '': there },
        absent: {},
      });
    },
  ],
  ['the app itself', /"key":"site",/, (line) => line.replaceAll('"properties.httpsOnly"', '""')],
  ['another member', /"key":"site",/, (line) => line.replaceAll('"properties.httpsOnly"', '"location"')],
  [
    'a digest as a value and no undo',
    /"key":"appSettings"/,
    (line) =>
      line
        .replace(
          /"restore":\{("properties\.\w+"):\{"kind":"deferred".*?\}\}\}/,
          '"restore":{$1:{"kind":"digest","sha256":"0123456789abcdef"}}',
        )
        .replace(/"undo":"\w+"/, '"undo":"none"'),
  ],
  ['a setting that was not there before', /"key":"appSettings"/, (line) => forgedValues(line, { before: ABSENT, restore: ABSENT })],
  ['no restored value of a secret', /"key":"appSettings"/, (line) => forgedValues(line, { restore: ABSENT })],
  [
    'a plain value in place of a secret',
    /"key":"appSettings"/,
    (line) => forgedValues(line, { restore: plainly('@Microsoft.KeyVault(x)') }),
  ],
  ['no restored value', /"key":"site",/, (line) => forgedValues(line, { restore: ABSENT })],
  [
    'the written value as the earlier one',
    /"key":"site",/,
    (line) => forgedValues(line, { before: plainly(true), restore: plainly(true) }),
  ],
  ['the written value as the restored one', /"key":"site",/, (line) => forgedValues(line, { restore: plainly(true) })],
  [
    'a path outside of the resource',
    /"key":"siteConfig"/,
    (line) => line.replaceAll(`${ORDERS}/config/web`, `${ORDERS}/config/web/%2e%2e`),
  ],
])('a line with %s is not accepted as a line of a run', async (_, which, forge) => {
  const { here, run, log, lines, sentSince } = await recorded();
  const at = numberOf(lines, new RegExp(`"type":"intent".*${which.source}`));
  const forged = forge(lines[at - 1]!);
  expect(forged, 'the line was found').not.toBe(lines[at - 1]);
  await writeFile(log, rechained(`${lines.with(at - 1, forged).join('\n')}\n`));
  const { code, stderr } = await here.command('undo', run, ...GO, '--overwrite');
  expect([code, sentSince()], stderr).toEqual([1, []]);
  expect(stderr).toContain(`.jsonl:${at}: `);
  expect((await here.command('resume', run, '--rollback', ...GO)).code).toBe(1);
  expect((await here.command('export', run, '--format', 'az')).code).toBe(1);
});

test('--despite-damage is offered only if a change is intact', () => {
  const next = (intact: string) => runErrors.logDamaged({ run: 'r', lines: ['r.jsonl:2: it cannot be read'], intact }).next.join('\n');
  expect(next('1, 2')).toContain('--despite-damage r');
  expect(next('')).not.toContain('--despite-damage');
});

test('a mark that nothing can be reverted is ignored if the kind of change can be reverted', async () => {
  const { here, run, log, lines, sentSince } = await recorded();
  await writeFile(log, rechained(`${lines.join('\n').replaceAll(/"undo":"(exact|equivalent)"/g, '"undo":"none"')}\n`));
  const { code, stdout } = await here.command('undo', run, ...GO);
  const text = stdout.replaceAll(/\s+/g, ' ');
  expect([code, sentSince()], text).toEqual([1, []]);
  expect(text).toContain(
    'cannot be reverted: the undo log marks this change as not revertible, although changes of this kind can be reverted',
  );
  // The secret in the vault is kept by every undo.
  expect(text).toContain('secrets/fn-orders-PaymentApiKey: cannot be reverted: undo leaves this resource as it is');
  expect(text).not.toContain('preview');
});

test('a mark that a value was not set before is ignored if a missing value has a known meaning', async () => {
  const { here, run, log, lines } = await recorded();
  const at = numberOf(lines, /"type":"intent".*"key":"site",/);
  const forged = forgedValues(lines[at - 1]!, { before: ABSENT, restore: ABSENT }).replace(/"undo":"\w+"/, '"undo":"none"');
  await writeFile(log, rechained(`${lines.with(at - 1, forged).join('\n')}\n`));
  const { code, stdout } = await here.command('undo', run, ...GO);
  expect(code, stdout).toBe(1);
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
    'the undo log marks this change as not revertible, although changes of this kind can be reverted',
  );
  expect(stdout).toMatch(/^PARTLY UNDONE/m);
});

test('the preview describes the source of a value itself and repeats no words of the log', async () => {
  const { here, run } = await recorded();
  const { stdout } = await here.command('undo', run, '--dry-run');
  expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(/<the secret fn-orders-PaymentApiKey in the vault kv-events>/);
});

test('a connection string of Application Insights is in the undo log as its source only, and in no preview, history or export', async () => {
  const here = cloud(contoso(), await temporaryFolder());
  const file = join(here.folder, 'answers.yaml');
  const steps =
    'monitoring: { answers: { component: appi-orders, workspace: log-contoso }, controls: { app-insights: { decision: apply } } }';
  await writeFile(file, `version: 1\napps: { fn-orders: { steps: { ${steps} } } }\n`);
  const planned = [await here.command('plan', file), await here.command('plan', file, '--json')];
  const replay = await here.command('replay', file, ...GO);
  expect(replay.code, replay.stderr).toBe(0);
  const run = runName(replay);
  const text = await readFile(join(here.folder, 'state', 'journal', `${run}.jsonl`), 'utf8');
  expect(text).toContain('"source":{"from":"connection-string"');
  const exports = ['az', 'bicep', 'terraform'].flatMap((format) =>
    [file, run].map((what) => here.command('export', what, '--format', format)),
  );
  const others = [...planned, replay, await here.command('history', run), ...(await Promise.all(exports))].map(({ stdout }) => stdout);
  for (const one of [text, ...others]) expect(one).not.toContain('InstrumentationKey=');
  expect((await here.command('undo', run, ...GO)).code).toBe(0);
});
