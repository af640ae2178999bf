/** Every sentence of README.md and SECURITY.md has a test that fails if it is not true, and every promise of docs/reliability.md names its own. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const read = (name: string) => readFile(join(ROOT, name), 'utf8');

/** Words of a sentence, and the file with its test; after a colon, words of the title of the test. */
type Claims = readonly (readonly [words: string, ...tests: string[]])[];

const README: Claims = [
  ['hardens Azure Function apps', 'e2e/job.test.ts: the complete job without a terminal: audit, plan, replay, audit, second replay, undo'],
  [
    'each finding, the exact change',
    'steps/guards.test.ts: each lock-out of the table has its cases',
    'e2e/job.test.ts: what was previewed is what was sent',
  ],
  [
    'sends only what you confirm',
    'tui/wizard.test.ts: a disruptive change requires a y after the question, alone',
    'engine/apply.test.ts: a write that cannot be read back',
  ],
  [
    'recorded in an undo log before',
    'engine/apply.test.ts: an intent that cannot be written',
    'e2e/strict-answers-file.test.ts: a strict answers file replays over an insecure app, and its undo restores the app',
  ],
  [
    'You need Node.js 20.20',
    'package.test.ts: a Node.js that is too old prints the required version',
    'e2e/job.test.ts: the demo without a terminal',
  ],
  ['six function apps', 'e2e/terminal/demo.test.ts: the demo opens the wizard'],
  [
    'fails 55 controls',
    'docs.test.ts: the README has the right numbers of areas, controls and findings of the sample, and the right versions of Node.js',
  ],
  ['the demo does the same job headless', 'e2e/job.test.ts: the demo without a terminal'],
  ['Type `ord`', 'tui/readme.test.ts: the eight steps'],
  [
    'Press `f`',
    'tui/readme.test.ts: the eight steps',
    'e2e/safe-fixes.test.ts: the plan has each finding whose fix is safe, and nothing else; --disruptive adds restarts only',
  ],
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
  [
    '`u` and choose the run',
    'tui/readme.test.ts: the eight steps',
    'e2e/terminal/undo.test.ts: one change of a run is undone, then the other, which another person changed since',
  ],
  ['to revert the run', 'tui/readme.test.ts: the eight steps'],
  ['opens the last run', 'tui/readme.test.ts: the eight steps'],
  [
    '_Set access restrictions_',
    'tui/wizard.test.ts: a lock-out change requires the typed name of the app; a pasted newline does not confirm',
  ],
  ['_Function access keys_', 'tui/readme.test.ts: the eight steps'],
  ['exempts something turns a finding', 'steps/exceptions.test.ts: keeps the finding until a person is responsible for it'],
  ['Tab marks apps', 'tui/readme.test.ts: the keys that are named'],
  ['F2 lists', 'tui/readme.test.ts: the keys that are named'],
  ['F3 opens the undo log', 'tui/navigation.test.ts: the undo log opens from the list of apps'],
  ['`Undo:` only if', 'tui/run-results.test.ts: $word'],
  ['by line prompts', 'lines/findings.test.ts: fixed in all apps that have it'],
  ['fixes that are disruptive', 'tui/readme.test.ts: the keys that are named'],
  ['`c` copies', 'tui/readme.test.ts: the keys that are named'],
  ['`/` finds', 'tui/screens.test.ts: a search lists'],
  ['only if you press it after', 'tui/gate.test.ts: a y that was read before the question'],
  ['`?` explains', 'tui/readme.test.ts: the keys that are named'],
  [
    'Ctrl-Z suspends',
    'tui/suspend.test.ts: a key that is held down',
    'e2e/terminal/demo.test.ts: ctrlC',
    'e2e/terminal/stop-and-resume.test.ts',
  ],
  [
    'one file for Linux x64',
    'binary.test.ts',
    'package.test.ts: packed, installed',
    'release.test.ts: each action is pinned by its commit; all published files are attested first, with only the permissions for that',
  ],
  ['Without installing', 'docs-commands.test.ts: each command it shows can be run'],
  [
    'Sign-in is taken from',
    'arm/sign-in.test.ts: no sign-in method is set up: the message lists what was tried and what to run',
    'arm/sign-in.test.ts: a configured sign-in method that fails ends the search; no other account is used',
  ],
  ['`--auth` chooses', 'arm/sign-in.test.ts: --auth'],
  [
    'Reading needs the Reader role',
    'e2e/least-privilege.test.ts: an audit uses all permissions of its role, and no others',
    'steps/table.test.ts: a value that cannot be read is unknown with the reason, never pass or fail',
  ],
  ['The page of each area', 'docs.test.ts: docs/areas matches the declarations (npm run docs writes it)'],
  [
    '`func-harden steps --permissions`',
    'docs.test.ts: docs/permissions.md',
    'e2e/least-privilege.test.ts: with exactly the listed permissions each command succeeds, and nothing is refused',
  ],
  [
    'Azure Government and Azure China',
    'arm/pipeline.test.ts: tokens for %s',
    'steps/clouds.test.ts: the cloud follows from its endpoint, else from the option',
  ],
  [
    '**Choose apps**',
    'report/findings.test.ts: patterns select apps and subscriptions; a management group the subscriptions below it; owners their apps',
    'e2e/selectors.test.ts',
  ],
  [
    '`func-harden config` shows',
    'files/config-file.test.ts: an option overrides the variable, and the variable the file, and each value has its source',
  ],
  ['doctor --app fn-intake --try', 'e2e/doctor-try.test.ts'],
  [
    '`--record FILE`',
    'e2e/record.test.ts: an audit of a recording has the same result except for names and times, and the file identifies no one',
    'e2e/record.test.ts: the same result on its recording, except for names',
  ],
  [
    '**All safe fixes at once**',
    'e2e/safe-fixes.test.ts: everything safe is one run and one undo: all changes are verified, nothing safe is left, and the undo restores all values',
  ],
  ['The wizard keeps your answers', 'tui/wizard.test.ts: answers are saved in a file that replay accepts, and undo restores all values'],
  ['what a pipeline replays', 'tui/wizard.test.ts: answers are saved in a file that replay accepts, and undo restores all values'],
  ['`--yes` approves', 'e2e/bad-input.test.ts: all missing approvals are listed at once; nothing is sent and no run is started'],
  [
    'need `--confirm APP`',
    'e2e/bad-input.test.ts: all missing approvals are listed at once; nothing is sent and no run is started',
    'e2e/bad-input.test.ts: a change that cannot be reverted needs',
  ],
  ['APP is the name', 'e2e/same-name.test.ts: a pattern and a tag may match both apps, and --confirm still approves one app at a time'],
  ['may also be a pattern', 'e2e/selectors.test.ts: with patterns and tags only'],
  ['fits two apps', 'e2e/same-name.test.ts: each command refuses an app name that fits two apps, and shows both ids'],
  ['contradict each other', 'e2e/selectors.test.ts: want different values', 'steps/exceptions.test.ts: refused at load, with both places'],
  ['counts only with a name', 'steps/exceptions.test.ts: is refused with its place if one of the three is missing'],
  [
    'four apps at a time',
    'e2e/parallel-apps.test.ts: one app at a time if requested, four by default',
    'e2e/canary-runs.test.ts: canary: the other apps follow if the first apps succeed',
  ],
  [
    'apply exactly that plan',
    'e2e/saved-plan.test.ts: one value changed on one of 50 apps: 49 are changed, and one is skipped with the difference',
  ],
  ['`--require-digest`', 'e2e/saved-plan.test.ts: a plan that differs from the approved plan is refused before anything is sent'],
  [
    'as Bicep, as Terraform',
    'e2e/export.test.ts',
    'report/exports.test.ts: the effect applies as far as the definition, and an exception becomes an exemption until its date',
  ],
  [
    'begins with `APPLIED`',
    'engine/outcome.test.ts',
    'tui/run-results.test.ts',
    'report/schema.test.ts',
    'e2e/kill.test.ts: a run is killed at any point, resumed and undone without losing a change',
    'e2e/job.test.ts: a second replay sends no write',
  ],
  ['with the test for each sentence', 'claims.test.ts: each promise of docs/reliability.md'],
  ['container of Azure Blob Storage', 'e2e/shared-log.test.ts: one operator applies, another reverts on another machine'],
  ['`func-harden evidence` packs', 'e2e/evidence.test.ts: the evidence pack has all data of a run and is valid'],
  ['code declares a value', 'source/owners.test.ts: is reported, and a command without a terminal requires --despite-code'],
  [
    'audits after each deployment',
    'report/pipelines.test.ts: each job has the permissions it needs, and forks have none',
    'e2e/pipelines.test.ts',
  ],
  [
    'source of func-harden for the pipeline',
    'report/pipelines.test.ts: without --install no file is written: exit code 3 without a terminal, 64 with --no-input, with all missing options at once',
  ],
  ['`--format` takes', 'report/formats.test.ts: has the place and the owner of an app', 'report/schema.test.ts: the generated schemas'],
  ['An audit ends with 2', 'e2e/unreadable-resources.test.ts: is 6 if some resources could not be read, and 0 if that is allowed'],
  ['`--allow-unknown`', 'e2e/unreadable-resources.test.ts: is 6 if some resources could not be read, and 0 if that is allowed'],
  ['has all exit codes', 'early.test.ts: the same texts as the command itself'],
  [
    'controls in 25 areas',
    'docs.test.ts: the README has the right numbers of areas, controls and findings of the sample, and the right versions of Node.js',
  ],
  ['**Secure operation**', 'docs.test.ts: the README names every area'],
  ['**Secure deployment**', 'docs.test.ts: the README names every area'],
  ['**Network security**', 'docs.test.ts: the README names every area'],
  ['Defender for Cloud, logs', 'docs.test.ts: the README names every area'],
  [
    'a person attests it',
    'report/sarif.test.ts: each state: failing, open, and accepted findings',
    'steps/table.test.ts: a bad app fails, is fixed, and its undo restores it',
  ],
  ['only code or people can fix', 'lines/findings.test.ts: a control that only people can change'],
  ['Every finding can be accepted', 'steps/exceptions.test.ts: allows to accept each finding, each control by its own decision'],
  [
    'guards look for callers',
    'steps/guards.test.ts',
    'steps/neighbours.test.ts',
    'engine/locks.test.ts',
    'e2e/bad-input.test.ts: a lock or a missing permission is shown in the plan, before anything is sent',
  ],
  [
    'A guard lists what it did not check',
    'steps/neighbours.test.ts: no other use is reported as clear only if each app of the subscription was checked; other subscriptions are named',
    'steps/callers.test.ts: callers that could not be listed are reported, and do not count as none',
  ],
  [
    'A page for each area',
    'docs.test.ts: docs/areas matches the declarations (npm run docs writes it)',
    'docs-commands.test.ts: each command it shows can be run',
  ],
  [
    'Write anything to Azure without',
    'e2e/bad-input.test.ts: all missing approvals are listed at once; nothing is sent and no run is started',
    'tui/wizard.test.ts: a disruptive change requires a y after the question, alone',
  ],
  [
    'could not be read, or was not checked',
    'steps/table.test.ts: a value that cannot be read is unknown with the reason, never pass or fail',
    'e2e/unreadable-resources.test.ts',
  ],
  [
    'Let an answer that exempts',
    'steps/exceptions.test.ts: keeps the finding until a person is responsible for it',
    'steps/ftp.test.ts: FtpsOnly',
  ],
  ['Write a property that does not change', 'e2e/job.test.ts: what was previewed is what was sent', 'e2e/concurrent-writes.test.ts'],
  ['App settings, which Azure replaces', 'e2e/concurrent-writes.test.ts'],
  [
    'A moved secret',
    'e2e/vault.test.ts: undo writes the current value of the vault, and keeps a setting that another person changed since',
  ],
  ['prints the same in the terminal', 'docs-commands.test.ts: each command it shows can be run'],
  ['Where the guidance leaves a choice', 'steps/ftp.test.ts: FtpsOnly', 'steps/cors.test.ts'],
  [
    'the last line counts requests',
    'e2e/saved-plan.test.ts: one value changed on one of 50 apps: 49 are changed, and one is skipped with the difference',
  ],
  ['The table shows their public state', 'claims.test.ts: each other tool in the comparison'],
  ['Put a secret on a screen', 'e2e/secret-leaks.test.ts'],
  ['Send data to any place', 'e2e/network-access.test.ts: no telemetry, no update check'],
  ['one kind of resource in depth', 'docs.test.ts: the README names every area'],
  [
    '**func-harden**',
    'docs.test.ts: the README has the right numbers of areas, controls and findings of the sample, and the right versions of Node.js',
    'steps/unseen-resources.test.ts',
    'e2e/job.test.ts: a slot is a separate app, by its name and by --slot',
  ],
  ['creates the assignments', 'report/exports.test.ts: each definition has a unique id and name'],
  ['checks only whether its plan is on', 'steps/defender.test.ts'],
  ['compares its verdicts', 'arm/policy.test.ts', 'arm/recorded.test.ts'],
  ['as `unproven`', 'arm/write-proofs.test.ts: the preview marks an unproven write'],
  ['prove these writes on a test app', 'e2e/doctor-try.test.ts'],
];

const SECURITY: Claims = [
  [
    'writes to Azure only after',
    'tui/gate.test.ts: a y that was read before',
    'e2e/bad-input.test.ts: all missing approvals are listed at once; nothing is sent and no run is started',
  ],
  ['records each change in the undo log', 'engine/apply.test.ts: an intent that cannot be written'],
  ['A key confirms a change', 'tui/gate.test.ts', 'e2e/terminal/keys-in-one-chunk.test.ts', 'e2e/terminal/early-keys.test.ts'],
  [
    '`--confirm` approves exactly one app',
    'e2e/same-name.test.ts: a pattern and a tag may match both apps, and --confirm still approves one app at a time',
  ],
  ['Azure must show that the resource belongs', 'e2e/forged-logs.test.ts: is not accepted as a line of a run'],
  ['because of a forged undo log', 'properties/undo-logs.test.ts', 'e2e/forged-logs.test.ts: is not accepted as a line of a run'],
  ['Secrets stay in memory', 'e2e/secret-leaks.test.ts'],
  ['No screen, file, report', 'e2e/secret-leaks.test.ts', 'e2e/quoted-secrets.test.ts', 'engine/secrets.test.ts'],
  [
    'the value of an app setting',
    'e2e/secret-leaks.test.ts',
    'engine/declared.test.ts: a setting is not secret if its area declares it, in any case, and no other setting',
  ],
  ['An undo that deletes an Application Insights component', 'e2e/forged-logs.test.ts: a connection string of Application Insights'],
  ['An undo of that undo', 'e2e/forged-logs.test.ts: a connection string of Application Insights'],
  ['No other preview, log', 'e2e/forged-logs.test.ts: a connection string of Application Insights'],
  ['A patch of `source`', 'source/hostile-code.test.ts: a secret in code is in no output except the patch'],
  ['Only you can read the patch file', 'source/hostile-code.test.ts: a secret in code is in no output except the patch'],
  ['a list of IP addresses and ranges', 'e2e/masked-values.test.ts: IP ranges and the words of Azure'],
  [
    'There are five more exceptions',
    'e2e/evidence.test.ts: a package whose apps could not be read says so when it is packed, and its report hides a password in an address',
  ],
  [
    'what a change replaced in a property',
    'e2e/evidence.test.ts: a package whose apps could not be read says so when it is packed, and its report hides a password in an address',
  ],
  [
    'the password is in the log',
    'e2e/evidence.test.ts: a package whose apps could not be read says so when it is packed, and its report hides a password in an address',
  ],
  [
    'Screens, reports and exports hide it',
    'e2e/evidence.test.ts: a package whose apps could not be read says so when it is packed, and its report hides a password in an address',
  ],
  ['the form of a resource id', 'engine/secrets.test.ts: a setting with the id of a resource or a resource type hides no ids in a report'],
  [
    'The undo log contains the digest',
    'e2e/secret-leaks.test.ts',
    'e2e/vault.test.ts: no secret value is ever on a screen, in a file or in a log',
  ],
  [
    'sends a token only to',
    'arm/pipeline.test.ts: a next page on another host is not followed, and the token is not sent there',
    'arm/blob-state.test.ts: is not followed',
    'e2e/evidence-key-vault.test.ts',
  ],
  ['a different token for each', 'arm/pipeline.test.ts: requests to a vault use a token of their own'],
  ['plain HTTP only for loopback', 'arm/pipeline.test.ts: is refused as an endpoint'],
  ['sends data only to Azure', 'e2e/network-access.test.ts: no telemetry, no update check'],
  [
    'never shown as passed',
    'e2e/unreadable-resources.test.ts',
    'steps/table.test.ts: a value that cannot be read is unknown with the reason, never pass or fail',
  ],
  ['A finding stays a finding', 'steps/exceptions.test.ts'],
  ['changed, removed or inserted', 'e2e/forged-logs.test.ts: stops undo and resume'],
  ['is untrusted', 'text/output-cleaning.test.ts', 'report/csv-cells.test.ts'],
  [
    'cannot control the terminal',
    'text/output-cleaning.test.ts',
    'report/csv-cells.test.ts',
    'report/formats.test.ts',
    'files/journal.test.ts: a run name cannot lead out of the folder',
  ],
  ['An id in such a text', 'e2e/listed-ids.test.ts', 'engine/arm-id.test.ts', 'arm/limits.test.ts'],
  ['names the tests of each sentence', 'claims.test.ts: each sentence has a test'],
  [
    'the file of `--debug`',
    'e2e/secret-leaks.test.ts',
    'arm/pipeline.test.ts: the debug log has each attempt with names and codes, and no value, key or token',
  ],
  [
    'In the file of `--record`',
    'e2e/record.test.ts: an audit of a recording has the same result except for names and times, and the file identifies no one',
  ],
];

/** Sentences that say what to do or where to read on, and sentences about other tools, whose source is in the table. */
const NO_CLAIM = [
  'func-harden has no control for:',
  'storage accounts: local users',
  'vaults: private endpoints, logs',
  'certificates of custom domains: when they expire',
  'App Service Environments: their TLS versions',
  'Log Analytics workspaces: whether they accept',
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
  'The other tools cover far more',
  'When another tool is the better choice',
  '**Writes**',
  '**Secrets**',
  '**Results**',
  '**Input**',
  'There are four more exceptions',
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

test('each promise of docs/reliability.md names an existing test', async () => {
  const [promises = ''] = (await read('docs/reliability.md')).split('## What is not promised');
  const items = promises.split(/^- /m).slice(1);
  expect(items.length).toBeGreaterThan(60);
  expect(items.filter((item) => !/\.test\.ts\)|\.\.\/test\/properties\)|[Ss]ame (file|test)/.test(item))).toEqual([]);
  for (const [, file, title] of promises.replaceAll(/\s+/g, ' ').matchAll(/\]\((\S+\.test\.ts)\), "([^"]+)"/g))
    expect(await read(join('docs', file!)).then((text) => text.includes(title!)), `${file}: ${title}`).toBe(true);
});

test('each other tool in the comparison of the README has a source', async () => {
  const rows = (await read('README.md')).split('\n').filter((line) => /^\| [^|]+\|.+\|.+\|.+\|/.test(line));
  const others = rows.filter((row) => !/^\| (tool|\*\*func-harden\*\*|-+) /.test(row));
  expect(others).toHaveLength(9);
  const page = await read('README.md');
  for (const [, name] of others.map((row) => /^\| ([^|]+?) +\|/.exec(row)!))
    expect(page).toMatch(new RegExp(`^- \\*\\*\\[${name}\\]\\(https://\\S+\\)\\*\\* `, 'm'));
  // A line of the table fits a wide terminal.
  expect(Math.max(...rows.map(({ length }) => length))).toBeLessThanOrEqual(170);
});
