/** Runs every command of the pages as it is written there, page by page, or names below the test that runs it. */
import { existsSync } from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parseAnswers } from '../src/files/answers/answers.ts';
import { catalogue } from '../steps/index.ts';
import { inside } from './helpers/inside.ts';
import { blocksOf, commandsOf, wordsOf, type Shown } from './helpers/pages.ts';
import { ORDERS, runName, world, type World } from './helpers/world.ts';

const ROOT = join(import.meta.dirname, '..');
const read = (name: string) => readFile(join(ROOT, name), 'utf8');
const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...(await readdir(join(ROOT, 'docs'))).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`),
  'docs/schema/README.md',
  'src/emulator/BEHAVIOUR.md',
].filter((page) => existsSync(join(ROOT, page)));

/** Commands that are not run here: the command or its beginning, and the test that runs it or the reason why none does. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'npm ci': '.ci/run',
  'npm test': 'fewer tests than npm run test:all',
  'npm run test:all': '.ci/run',
  'npm run test:long': 'npm run test:all with more cases; .github/workflows/nightly.yml and release.yml run it',
  'npm run demo': 'test/e2e/terminal/demo.test.ts',
  'npm pack': 'test/package.test.ts',
  'npm install --global ./func-harden-': 'test/package.test.ts',
  'func-harden steps x-health-check --controls ': 'test/controls.test.ts',
  'func-harden audit --all --controls ': 'test/controls.test.ts',
  'func-harden plan answers.yaml --controls ': 'test/controls.test.ts',
  'func-harden replay answers.yaml --yes --controls ': 'test/controls.test.ts',
  'npm run binary': 'test/binary.test.ts',
  'gh ': 'needs a release on GitHub; test/release.test.ts makes one',
  'sha256sum ': 'test/release.test.ts',
  'sudo install -m 755 ': 'writes outside; test/binary.test.ts runs the file',
  'func-harden --licenses': 'test/licences.test.ts',
  'npm run bench': 'test/bench.test.ts',
  'npm run check:quick': 'test/scripts.test.ts',
  'npm run format': 'writes over the sources; npm test begins with the same check',
  'npm run gallery': 'test/scripts.test.ts',
  'npm run texts': 'test/texts.test.ts',
  'npm run new-area NAME': 'test/new-area.test.ts',
  'npm run func-harden -- steps NAME': 'NAME is the area that is being made; func-harden steps is run here as other pages show it',
  'npm run record -- ': 'test/record.test.ts',
  'npx vitest run --config test/vitest.config.ts ': 'it is what runs these tests; the files that it names are looked for below',
  'git config core.hooksPath .githooks': 'test/scripts.test.ts',
  'npm run func-harden -- emulator': 'test/scripts.test.ts',
  'npm run docs': 'test/docs.test.ts',
  'func-harden doctor --app fn-intake --try': 'test/e2e/doctor-try.test.ts',
  'func-harden emulator --recorded ': 'test/e2e/record.test.ts',
  'func-harden emulator --scenario fleet ': 'test/emulator/behaviour.test.ts',
  'func-harden': 'test/e2e/terminal/happy-path.test.ts',
  'func-harden --plain': 'test/e2e/terminal/line-prompts.test.ts',
  'az login': 'signs in to a real Azure',
  'openssl ': 'test/e2e/evidence.test.ts',
  'az functionapp ': 'test/e2e/azure-cli.test.ts',
  'node test/tools/az-emulator.ts -- ': 'test/e2e/azure-cli.test.ts',
  'node test/tools/az-emulator.ts | tee az.env': 'test/e2e/azure-cli.test.ts',
  'export ': 'sets what the emulator has printed',
  '. ./az.env': 'takes what the line before has written into the shell',
};
const used = new Set<string>();
const ran = new Set<string>();
const readsOnly = (words: readonly string[]): boolean =>
  /^(audit|findings|history|doctor|steps|plan)$/.test(words[0] ?? '') && !words.includes('--out');
const elsewhere = (command: string): string | undefined =>
  Object.keys(ELSEWHERE).find((start) => command === start || (/[ -]$/.test(start) && command.startsWith(start)));

/** A synopsis with choices and gaps, or a command that text only names, is not run: the command must exist. */
const isNamed = ({ command, inText }: Shown): boolean =>
  /[|[\]…]/.test(command) || (inText && (/^\S+ [a-z]\S*$/.test(command) || /\b(?!RUN)[A-Z]{3,}\b/.test(command)));

const CODE = `resource "azurerm_linux_function_app" "orders" {
  name                = "fn-orders"
  resource_group_name = "rg-shop"
  https_only          = false
  site_config {}
}
`;

/** A world in which the commands of a page make sense: the answers file of the README, a run of it, and one that was cut off where the page resumes it. */
async function prepared(commands: readonly string[]): Promise<{ here: World; cutOff: string; done: string }> {
  const here = await world();
  process.chdir(here.folder);
  await writeFile('answers.yaml', blocksOf(await read('README.md'), 'yaml')[0]!);
  await writeFile('func-harden.answers.yaml', blocksOf(await read('README.md'), 'yaml')[0]!);
  await writeFile('tonight.yaml', blocksOf(await read('docs/fix-one-finding.md'), 'yaml')[0]!);
  await mkdir('infra');
  await writeFile(join('infra', 'main.tf'), CODE);
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  await writeFile('evidence.key', privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  await writeFile('evidence.pub', publicKey.export({ type: 'spki', format: 'pem' }));
  const cutOff = commands.some((command) => command.includes(' resume ')) ? await cutOffRun(here) : '';
  const done = runName(await inside(here, ['replay', 'answers.yaml', '--yes', '--confirm', 'fn-orders']));
  if (commands.some((command) => command.includes('audit.json')))
    await writeFile('audit.json', (await inside(here, ['audit', '--all', '--json'])).stdout);
  return { here, cutOff, done };
}

async function cutOffRun(here: World): Promise<string> {
  await writeFile('debugging.yaml', 'version: 1\napps: { fn-orders: { steps: { remote-debugging: { decision: apply } } } }\n');
  const cutOff = runName(await inside(here, ['replay', 'debugging.yaml', '--yes']));
  const log = join(here.folder, 'func-harden', 'journal', `${cutOff}.jsonl`);
  const lines = (await readFile(log, 'utf8')).trimEnd().split('\n');
  const intent = lines.findIndex((line) => line.includes('"type":"intent"'));
  await writeFile(log, `${lines.slice(0, intent + 1).join('\n')}\n`, { mode: 0o600 });
  await here.patch(`${ORDERS}/config/web`, { remoteDebuggingEnabled: true });
  return cutOff;
}

const start = process.cwd();
afterAll(() => process.chdir(start));

test.each(PAGES)('%s: each command it shows can be run', { timeout: 90_000 }, async (page) => {
  const commands = commandsOf(await read(page));
  if (commands.length === 0) return;
  const { here, cutOff, done } = await prepared(commands.map(({ command }) => command));
  let run = done;
  for (const one of commands) {
    const shown = one.command;
    const known = elsewhere(shown);
    if (known !== undefined) {
      used.add(known);
      continue;
    }
    const [name, ...words] = wordsOf(shown.replace(/^npm run (?:--silent )?func-harden -- /, 'func-harden '));
    expect(name, `${shown}: run it here, or name it in ELSEWHERE`).toBe('func-harden');
    if (isNamed(one)) {
      expect((await inside(here, [words[0]!, '--help'])).stdout, shown).toContain(`func-harden ${words[0]}`);
      continue;
    }
    // Several pages show the same audit; if no write precedes it on its page, it has the same result.
    if (readsOnly(words) && run === done && ran.has(shown)) continue;
    if (run === done) ran.add(shown);
    const args = words.map((word) => (word === 'RUN' ? (words[0] === 'resume' ? cutOff : run) : word));
    let outcome = await inside(here, args);
    // Questions are answered with yes.
    if (outcome.code === 3 && outcome.stderr.includes('Approval is needed'))
      outcome = await inside(here, [...args, '--yes', '--confirm', 'fn-orders']);
    expect([0, 2], `${shown}: ${outcome.code} ${outcome.stderr}`).toContain(outcome.code);
    if (words[0] === 'replay' && runName(outcome) !== 'no run') run = runName(outcome);
  }
});

test('each command that is run elsewhere is shown on a page, and its test exists', () => {
  expect(Object.keys(ELSEWHERE).filter((start) => !used.has(start))).toEqual([]);
  for (const by of Object.values(ELSEWHERE)) if (/^(test\/|\.ci\/)/.test(by)) expect(existsSync(join(ROOT, by)), by).toBe(true);
});

test('the test files that pages name exist', async () => {
  for (const page of PAGES)
    for (const { command } of commandsOf(await read(page)))
      for (const word of wordsOf(command))
        if (word.startsWith('test/')) expect(existsSync(join(ROOT, word)), `${page}: ${word}`).toBe(true);
});

test.each(PAGES)('%s: each code block has a language, and each answers file is valid', async (page) => {
  const text = await read(page);
  expect(blocksOf(text, ''), 'a block without a language').toEqual([]);
  // Answers of own areas are replayed in test/controls.test.ts.
  for (const yaml of blocksOf(text, 'yaml').filter((one) => !/^ *x-/m.test(one)))
    expect(() => parseAnswers(yaml, page, catalogue)).not.toThrow();
});
