/** Every sentence of README.md and SECURITY.md has a test that fails if it is not true, and every promise of docs/reliability.md names its own. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const read = (name: string) => readFile(join(ROOT, name), 'utf8');

/** Words of a sentence, and the file with its test; after a colon, words of the title of the test. */
type Claims = readonly (readonly [words: string, ...tests: string[]])[];

const README: Claims = [
  ['hardens Azure Function apps', 'e2e/job.test.ts: the whole job without a person'],
  [
    'each finding, the exact change',
    'steps/guards.test.ts: every lock-out of the table',
    'e2e/job.test.ts: what was previewed is what was sent',
  ],
  [
    'sends only what you confirm',
    'tui/wizard.test.ts: a disruptive change waits for a y',
    'engine/apply.test.ts: a write that cannot be read back',
  ],
  ['recorded in an undo log before', 'engine/apply.test.ts: an intent that cannot be written', 'e2e/strict.test.ts: and undoes'],
  ['You need Node.js 20.20', 'package.test.ts: on a Node that is too old', 'e2e/job.test.ts: the demo without a terminal'],
  ['six function apps', 'e2e/terminal/demo.test.ts: the demo opens the wizard'],
  ['fails 55 controls', 'docs.test.ts: the README counts'],
  ['the demo does the same job headless', 'e2e/job.test.ts: the demo without a terminal'],
  ['Type `ord`', 'tui/readme.test.ts: the eight steps'],
  ['Press `f`', 'tui/readme.test.ts: the eight steps', 'e2e/safe.test.ts: the plan has every finding whose fix is safe'],
  ['`y` to apply all', 'tui/readme.test.ts: the eight steps'],
  ['counts the restarts', 'tui/readme.test.ts: the eight steps'],
  ['`b` and then `y`', 'tui/readme.test.ts: the eight steps'],
  ['press `v`', 'tui/readme.test.ts: the eight steps'],
  ['`s` sorts', 'tui/readme.test.ts: the eight steps'],
  ['Enter opens the area of a finding', 'tui/findings.test.ts: Enter leads to its area and Esc back'],
  ['`x` fixes it', 'tui/readme.test.ts: the eight steps'],
  ['Enter on _Require HTTPS_', 'tui/readme.test.ts: the eight steps'],
  ['Space selects', 'tui/readme.test.ts: the eight steps'],
  ['answer two questions', 'tui/readme.test.ts: the eight steps'],
  ['`d` shows the request', 'tui/readme.test.ts: the eight steps'],
  ['`w` to put it into the queue', 'tui/readme.test.ts: the eight steps'],
  ['`g` sends the whole queue', 'tui/readme.test.ts: the eight steps'],
  ['`u` and choose the run', 'tui/readme.test.ts: the eight steps', 'e2e/terminal/undo.test.ts: with what somebody changed since'],
  ['to revert the run', 'tui/readme.test.ts: the eight steps'],
  ['opens the last run', 'tui/readme.test.ts: the eight steps'],
  ['_Set access restrictions_', 'tui/wizard.test.ts: a lock-out change wants the name of the app'],
  ['_Function access keys_', 'tui/readme.test.ts: the eight steps'],
  ['exempts something turns a finding', 'steps/exceptions.test.ts: leaves the finding as it is'],
  ['Tab marks apps', 'tui/readme.test.ts: the keys that are named'],
  ['F2 lists', 'tui/readme.test.ts: the keys that are named'],
  ['F3 opens the undo log', 'tui/ways-back.test.ts: the undo log opens from the list of apps'],
  ['`Undo:` only if', 'tui/closing.test.ts: $word'],
  ['by line prompts', 'lines/findings.test.ts: fixed in all apps that have it'],
  ['fixes that are disruptive', 'tui/readme.test.ts: the keys that are named'],
  ['`c` copies', 'tui/readme.test.ts: the keys that are named'],
  ['`/` finds', 'tui/faults.test.ts: a search lists'],
  ['only if you press it after', 'tui/gate.test.ts: a y that was read before the question'],
  ['`?` explains', 'tui/readme.test.ts: the keys that are named'],
  [
    'Ctrl-Z suspends',
    'tui/suspend.test.ts: a key that is held down',
    'e2e/terminal/demo.test.ts: ctrlC',
    'e2e/terminal/stop-and-resume.test.ts',
  ],
  ['one file for Linux x64', 'binary.test.ts', 'package.test.ts: packed, installed', 'release.test.ts: all that is published is attested'],
  ['Without installing', 'docs-commands.test.ts: every command it shows'],
  ['Sign-in is taken from', 'arm/sign-in.test.ts: nothing is set up', 'arm/sign-in.test.ts: what is set up and fails'],
  ['`--auth` chooses', 'arm/sign-in.test.ts: --auth'],
  [
    'Reading needs the Reader role',
    'e2e/least-privilege.test.ts: an audit asks for no right but',
    'steps/table.test.ts: what cannot be read is unknown',
  ],
  ['The page of each area', 'docs.test.ts: docs/areas is what the declarations say'],
  ['`func-harden steps --permissions`', 'docs.test.ts: docs/permissions.md', 'e2e/least-privilege.test.ts: with exactly these rights'],
  ['Azure Government and Azure China', 'arm/pipeline.test.ts: tokens for %s', 'steps/clouds.test.ts: the cloud is told by its endpoint'],
  ['**Choose apps**', 'report/findings.test.ts: patterns choose apps', 'e2e/selectors.test.ts'],
  ['`func-harden config` shows', 'files/config-file.test.ts: each says where it comes from'],
  ['doctor --app fn-intake --try', 'e2e/try.test.ts'],
  ['`--record FILE`', 'e2e/record.test.ts: nothing in the file tells whose it is', 'e2e/record.test.ts: the same on its recording'],
  ['**All safe fixes at once**', 'e2e/safe.test.ts: one run, one undo'],
  ['The wizard keeps your answers', 'tui/wizard.test.ts: what is answered is kept in a file'],
  ['what a pipeline replays', 'tui/wizard.test.ts: what is answered is kept in a file that replay takes'],
  ['`--yes` approves', 'e2e/bad-input.test.ts: approvals that are missing'],
  [
    'need `--confirm APP`',
    'e2e/bad-input.test.ts: approvals that are missing',
    'e2e/bad-input.test.ts: a change that cannot be reverted needs',
  ],
  ['APP is the name', 'e2e/same-name.test.ts: --confirm still names one app'],
  ['may also be a pattern', 'e2e/selectors.test.ts: with patterns and tags only'],
  ['fits two apps', 'e2e/same-name.test.ts: refused by every command'],
  ['contradict each other', 'e2e/selectors.test.ts: want different values', 'steps/exceptions.test.ts: refused at load, with both places'],
  ['counts only with a name', 'steps/exceptions.test.ts: with one of the three missing'],
  ['four apps at a time', 'e2e/side-by-side.test.ts: four where nothing is', 'e2e/canary-apps.test.ts: all is well with the first apps'],
  ['apply exactly that plan', 'e2e/saved-plan.test.ts: one value moved on one of 50 apps'],
  ['`--require-digest`', 'e2e/saved-plan.test.ts: a plan that is not the one that was approved'],
  ['as Bicep, as Terraform', 'e2e/export.test.ts', 'report/exports.test.ts: the effect goes as far as'],
  ['begins with one of the words below', 'engine/outcome.test.ts', 'tui/closing.test.ts', 'report/schema.test.ts'],
  ['`APPLIED`', 'engine/outcome.test.ts'],
  ['`APPLIED, NOT VERIFIED`', 'engine/outcome.test.ts'],
  ['`STOPPED`', 'engine/outcome.test.ts', 'e2e/kill.test.ts: killed anywhere, resumed'],
  ['`PARTLY FAILED`', 'engine/outcome.test.ts'],
  ['`FAILED`', 'engine/outcome.test.ts'],
  ['`UNDONE`', 'engine/outcome.test.ts'],
  ['`PARTLY UNDONE`', 'engine/outcome.test.ts'],
  ['`NOTHING TO DO`', 'engine/outcome.test.ts', 'e2e/job.test.ts: a second replay sends no write'],
  ['with the test for each sentence', 'claims.test.ts: each promise of docs/reliability.md'],
  ['container of Azure Blob Storage', 'e2e/shared-log.test.ts: one applies, another takes it back'],
  ['`func-harden evidence` packs', 'e2e/evidence.test.ts: everything about a run is in it'],
  ['code declares a value', 'source/owners.test.ts: headless runs want --despite-code'],
  ['audits after each deployment', 'report/pipelines.test.ts: each job has the rights', 'e2e/pipelines.test.ts'],
  ['source of func-harden for the pipeline', 'report/pipelines.test.ts: without --install nothing is written'],
  ['`--format` takes', 'report/formats.test.ts: where an app belongs', 'report/schema.test.ts: the generated schemas'],
  ['An audit ends with 2', 'e2e/unread.test.ts: is 6 where some of it could not be read'],
  ['`--allow-unknown`', 'e2e/unread.test.ts: and 0 where that is allowed'],
  ['has all exit codes', 'early.test.ts: the same texts as the command itself'],
  ['controls in 25 areas', 'docs.test.ts: the README counts'],
  ['**Secure operation**', 'docs.test.ts: the README names every area'],
  ['**Secure deployment**', 'docs.test.ts: the README names every area'],
  ['**Network security**', 'docs.test.ts: the README names every area'],
  ['Defender for Cloud, logs', 'docs.test.ts: the README names every area'],
  ['a person attests it', 'report/sarif.test.ts: every state', 'steps/table.test.ts: comes back to what it was'],
  ['only code or people can fix', 'lines/findings.test.ts: a control that only people can change'],
  ['Every finding can be accepted', 'steps/exceptions.test.ts: every finding can be accepted'],
  [
    'guards look for callers',
    'steps/guards.test.ts',
    'steps/neighbours.test.ts',
    'engine/locks.test.ts',
    'e2e/bad-input.test.ts: a lock or a missing right',
  ],
  [
    'A guard lists what it did not check',
    'steps/neighbours.test.ts: clear is said only where',
    'steps/callers.test.ts: what was not listed is said',
  ],
  ['A page for each area', 'docs.test.ts: docs/areas is what the declarations say', 'docs-commands.test.ts: every command it shows'],
  [
    'Write anything to Azure without',
    'e2e/bad-input.test.ts: approvals that are missing',
    'tui/wizard.test.ts: a disruptive change waits for a y',
  ],
  ['could not be read, or was not checked', 'steps/table.test.ts: what cannot be read is unknown', 'e2e/unread.test.ts'],
  ['Let an answer that exempts', 'steps/exceptions.test.ts: leaves the finding as it is', 'steps/ftp.test.ts: FtpsOnly'],
  ['Write a property that does not change', 'e2e/job.test.ts: what was previewed is what was sent', 'e2e/in-between.test.ts'],
  ['App settings, which Azure replaces', 'e2e/in-between.test.ts'],
  ['A moved secret', 'e2e/vault.test.ts: undo takes what the vault holds now'],
  ['prints the same in the terminal', 'docs-commands.test.ts: every command it shows'],
  ['Where the guidance leaves a choice', 'steps/ftp.test.ts: FtpsOnly', 'steps/cors.test.ts'],
  ['the last line counts requests', 'e2e/saved-plan.test.ts: one value moved on one of 50 apps'],
  ['The table shows their public state', 'claims.test.ts: each other tool in the comparison'],
  ['Put a secret on a screen', 'e2e/canary.test.ts'],
  ['Send data to any place', 'e2e/nothing-else.test.ts: no telemetry, no update check'],
  ['one kind of resource in depth', 'docs.test.ts: the README names every area'],
  ['**func-harden**', 'docs.test.ts: the README counts', 'steps/not-seen.test.ts', 'e2e/job.test.ts: a slot is an app of its own'],
  ['creates the assignments', 'report/exports.test.ts: every definition has an id'],
  ['checks only whether its plan is on', 'steps/defender.test.ts'],
  ['compares its verdicts', 'arm/policy.test.ts', 'arm/recorded.test.ts'],
  ['as `unproven`', 'arm/write-proofs.test.ts: the preview marks an unproven write'],
  ['prove these writes on a test app', 'e2e/try.test.ts'],
];

const SECURITY: Claims = [
  ['writes to Azure only after', 'tui/gate.test.ts: a y that was read before', 'e2e/bad-input.test.ts: approvals that are missing'],
  ['records each change in the undo log', 'engine/apply.test.ts: an intent that cannot be written'],
  ['A key confirms a change', 'tui/gate.test.ts', 'e2e/terminal/glued-keys.test.ts', 'e2e/terminal/early-keys.test.ts'],
  ['`--confirm` approves exactly one app', 'e2e/same-name.test.ts: --confirm still names one app'],
  ['Azure must show that the resource belongs', 'e2e/forged-logs.test.ts: is no line of a run'],
  ['because of a forged undo log', 'properties/undo-logs.test.ts', 'e2e/forged-logs.test.ts: is no line of a run'],
  ['Secrets stay in memory', 'e2e/canary.test.ts'],
  ['No screen, file, report', 'e2e/canary.test.ts', 'e2e/quotes.test.ts', 'engine/secrets.test.ts'],
  ['the value of an app setting', 'e2e/canary.test.ts', 'engine/declared.test.ts: a setting is plain where its area says so'],
  ['An undo that deletes an Application Insights component', 'e2e/forged-logs.test.ts: a connection string of Application Insights'],
  ['An undo of that undo', 'e2e/forged-logs.test.ts: a connection string of Application Insights'],
  ['No other preview, log', 'e2e/forged-logs.test.ts: a connection string of Application Insights'],
  ['A patch of `source`', 'source/hostile.test.ts: a secret in code is in no output except the patch'],
  ['Only you can read the patch file', 'source/hostile.test.ts: a secret in code is in no output except the patch'],
  ['the form of a resource id', 'engine/secrets.test.ts: a setting that holds the id of a resource'],
  ['The undo log contains the digest', 'e2e/canary.test.ts', 'e2e/vault.test.ts: no value is ever on a screen'],
  [
    'sends a token only to',
    'arm/pipeline.test.ts: and the token stays home',
    'arm/blob-state.test.ts: is not followed',
    'e2e/evidence-key-vault.test.ts',
  ],
  ['a different token for each', 'arm/pipeline.test.ts: a vault gets a token of its own'],
  ['plain HTTP only for loopback', 'arm/pipeline.test.ts: is refused as an endpoint'],
  ['sends data only to Azure', 'e2e/nothing-else.test.ts: no telemetry, no update check'],
  ['never shown as passed', 'e2e/unread.test.ts', 'steps/table.test.ts: what cannot be read is unknown'],
  ['A finding stays a finding', 'steps/exceptions.test.ts'],
  ['changed, removed or inserted', 'e2e/forged-logs.test.ts: stops undo and resume'],
  ['is untrusted', 'text/wall.test.ts', 'report/cells.test.ts'],
  [
    'cannot control the terminal',
    'text/wall.test.ts',
    'report/cells.test.ts',
    'report/formats.test.ts',
    'files/journal.test.ts: a run name cannot leave the folder',
  ],
  ['An id in such a text', 'e2e/ids.test.ts', 'engine/arm-id.test.ts', 'arm/limits.test.ts'],
  ['names the tests of each sentence', 'claims.test.ts: each sentence has a test'],
  ['the file of `--debug`', 'e2e/canary.test.ts', 'arm/pipeline.test.ts: no value, key or token is in it'],
  ['In the file of `--record`', 'e2e/record.test.ts: nothing in the file tells whose it is'],
];

/** Sentences that say what to do or where to read on, and sentences about other tools, whose source is in the table. */
const NO_CLAIM = [
  '![The wizard previews',
  '| tool ',
  'The source of a row',
  'lists the tests of this page',
  'December 2024',
  'The first five minutes',
  'Press Esc until you see the list of areas.',
  'Or install it from a clone',
  'Then sign in and look',
  'All of the answers file',
  'Begin with an audit',
  'More keys:',
  'Three jobs, step by step',
  'Install · the answers file',
  'how to contribute',
  'how undo works',
  'the last line begins with',
  'The other tools cover far more',
  'When another tool is the better choice',
  '**Writes**',
  '**Secrets**',
  '**Results**',
  '**Input**',
  'There are three more exceptions',
  'Require authentication for telemetry',
  'Microsoft says that the key',
  'Reliability has the details',
  'Use a private security advisory',
  'Do not open a public issue',
  'Give the version',
  'Read this file before',
];
const OF_OTHERS = /^(?:\| |- \*\*)(?:Prowler|AzTS|Azure Policy|azqr|Flowpipe|Defender for Cloud|cnspec|Azure MCP Server|Cloud Custodian)\b/;

/** The sentences of a page, without its code, its headings and the targets of its links. */
function sentencesOf(page: string): string[] {
  const blocks: string[] = [];
  for (const line of page.replaceAll(/```[\s\S]*?```/g, '').split('\n')) {
    const isNew = line.trim() === '' || /^(#|\s*[-|]|\d+\.)/.test(line) || (blocks.at(-1) ?? '') === '';
    if (isNew) blocks.push(line.trim());
    else blocks.push(`${blocks.pop()} ${line.trim()}`);
  }
  return blocks
    .filter((block) => /\w/.test(block) && !block.startsWith('#'))
    .map((block) => block.replaceAll(/(?<!!)\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/^\d+\. /, ''))
    .flatMap((block) => {
      const sentences = block.startsWith('|') ? [block] : block.split(/(?<=[.?!:;])\s+(?=[A-Z`_*(])/);
      return OF_OTHERS.test(block) ? sentences.filter((sentence) => sentence.includes('func-harden')) : sentences;
    });
}

test.each([
  ['README.md', README],
  ['SECURITY.md', SECURITY],
])('%s: each sentence has a test', async (page, claims) => {
  const sentences = sentencesOf(await read(page));
  expect(sentences.length).toBeGreaterThan(15);
  const known = [...claims.map(([words]) => words), ...NO_CLAIM];
  expect(sentences.filter((sentence) => !known.some((words) => sentence.includes(words)))).toEqual([]);
  expect(claims.filter(([words]) => !sentences.some((sentence) => sentence.includes(words))).map(([words]) => words)).toEqual([]);
  for (const [words, ...tests] of claims) {
    expect(tests.length, words).toBeGreaterThan(0);
    for (const [, file, title = ''] of tests.map((one) => /^([\w./-]+)(?:: (.+))?$/.exec(one)!))
      expect(await read(join('test', file!)).then((text) => text.includes(title)), `${words}: ${file}: ${title}`).toBe(true);
  }
});

test('each promise of docs/reliability.md names a test that is there', async () => {
  const [promises = ''] = (await read('docs/reliability.md')).split('## What is not promised');
  const items = promises.split(/^- /m).slice(1);
  expect(items.length).toBeGreaterThan(60);
  expect(items.filter((item) => !/\.test\.ts\)|\.\.\/test\/properties\)|[Ss]ame (file|test)/.test(item))).toEqual([]);
  for (const [, file, title] of promises.replaceAll(/\s+/g, ' ').matchAll(/\]\((\S+\.test\.ts)\), "([^"]+)"/g))
    expect(await read(join('docs', file!)).then((text) => text.includes(title!)), `${file}: ${title}`).toBe(true);
});

test('each other tool in the comparison has a source', async () => {
  const rows = (await read('README.md')).split('\n').filter((line) => /^\| [^|]+\|.+\|.+\|.+\|/.test(line));
  const others = rows.filter((row) => !/^\| (tool|\*\*func-harden\*\*|-+) /.test(row));
  expect(others).toHaveLength(9);
  const page = await read('README.md');
  for (const [, name] of others.map((row) => /^\| ([^|]+?) +\|/.exec(row)!))
    expect(page).toMatch(new RegExp(`^- \\*\\*\\[${name}\\]\\(https://\\S+\\)\\*\\* `, 'm'));
  // A line of the table fits a wide terminal.
  expect(Math.max(...rows.map(({ length }) => length))).toBeLessThanOrEqual(170);
});
