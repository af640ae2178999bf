/** Every text that a person reads: titles that tell apart, whole sentences, next steps, and no word of the old idiom (`npm run texts`). */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { catalogue } from '../steps/index.ts';
import { questionsOf } from '../src/contract/index.ts';
import { withoutCredentials } from '../src/change/secrets.ts';
import { runErrors } from '../src/app/errors/runs.ts';
import { COMMANDS } from '../src/cli/commands.ts';
import { KEY_MEANINGS } from '../src/hosts/tui/keys/key-meanings.ts';
import { stateErrors } from '../src/files/errors/state.ts';
import { allErrors } from './tools/errors.ts';
import { readSources } from './tools/texts.ts';

const { texts, errorsOutsideCatalogues } = readSources();
const controls = catalogue.flatMap((step) => step.controls.map((control) => ({ id: `${step.id}.${control.id}`, control })));
const SENTENCE = /^(["A-Z0-9]|func-harden |blob: ).*[.?]$/s;
const where = ({ file, line, text }: (typeof texts)[number]): string => `${file}:${line} ${text}`;

test('the list has labels, help, guards and errors of all parts', () => {
  const listed = new Set(texts.map(({ text }) => text));
  for (const { control } of controls) expect(listed).toContain(control.label);
  expect(texts.some(({ file, text }) => file.startsWith('src/cli/') && /safe for nearly every app/.test(text))).toBe(true);
  expect(texts.some(({ file, text }) => file.startsWith('src/arm/') && text.startsWith('Azure is throttling requests'))).toBe(true);
  expect(texts.length).toBeGreaterThan(3000);
});

test('each area has a short title and a reason in sentences', () => {
  for (const { id, title, why } of catalogue) {
    expect(title.length, id).toBeLessThanOrEqual(40);
    expect(why, id).toMatch(SENTENCE);
  }
});

test('each control has a short label, a reason, and a sentence for its effect', () => {
  for (const { id, control } of controls) {
    expect(control.label.length, id).toBeLessThanOrEqual(40);
    expect(control.label.split(' ').length, id).toBeGreaterThan(1);
    expect(control.label.split(' ').length, id).toBeLessThanOrEqual(5);
    expect(control.because, id).toMatch(SENTENCE);
    if ('effect' in control && control.effect) expect(control.effect, id).toMatch(SENTENCE);
    if (control.optIn) expect(control.optIn, id).toMatch(SENTENCE);
  }
});

test('labels of controls differ after they are cut at 30 columns', () => {
  const cut = controls.map(({ control }) => control.label.slice(0, 30));
  expect(cut.filter((label, index) => cut.indexOf(label) !== index)).toEqual([]);
});

test('each question has a short label, and help in sentences', () => {
  for (const step of catalogue)
    for (const [name, { label, help }] of questionsOf(step)) {
      expect(label.length, `${step.id}.${name}`).toBeLessThanOrEqual(60);
      expect(help, `${step.id}.${name}`).toMatch(SENTENCE);
    }
});

test('each guard and each failure has a sentence', () => {
  const said = texts.filter(({ file, use }) => /^(steps|src\/engine\/plan)\//.test(file) && /^(stop|warn|clear)$/.test(use));
  expect(said.length).toBeGreaterThan(150);
  // A part of another text, such as a name, is no sentence.
  const whole = said.filter(({ text }) => /^[A-Z{]/.test(text) && text.split(' ').length > 4);
  expect(whole.filter(({ text }) => !/[.}]$/.test(text.trim())).map(where)).toEqual([]);
});

/** Verbs with which a next step begins. */
const NEXT_STEP =
  /(?:^|[.:;] |, then |, or |[Oo]r )(Add|Answer|Approve|Ask|Assign|Attach|Change|Check|Choose|Connect|Create|Delegate|Delete|Deploy|Detach|Enable|Fix|Give|Integrate|Keep|List|Plan|Remove|Request|Route|Run|Select|Send|Set|Skip|Start|Upgrade|Use|Wait|Write)\b/;

test('each guard that stops a change has a next step', () => {
  const stops = texts.filter(({ file, use, text }) => /^(steps|src\/engine\/plan)\//.test(file) && use === 'stop' && text.endsWith('.'));
  expect(stops.length).toBeGreaterThan(60);
  expect(stops.filter(({ text }) => !NEXT_STEP.test(text)).map(where)).toEqual([]);
});

test('each NOTE and ERROR on stderr is a sentence', () => {
  const notes = texts.filter(({ text }) => /^(NOTE|ERROR): /.test(text));
  expect(notes.length).toBeGreaterThan(15);
  expect(notes.filter(({ text }) => !/^[A-Z]+: ["{A-Z].*[.})]$/s.test(text.trim())).map(where)).toEqual([]);
});

/** Texts that are code: shell, HTML, CSS, Terraform, lists of words. */
const CODE =
  /^src\/(report\/(exports|pipelines|formats\/html)\/|cli\/(completion|help)\.ts$|arm\/recording\/|azure\/documented-shape\.ts$)/;

test('no sentence has more than 25 words', () => {
  const sentences = texts
    .filter(({ file, text }) => !CODE.test(file) && isText(text))
    .flatMap(({ file, line, text }) =>
      text
        .replaceAll(/\{[^}]*\}/g, 'X')
        .split(/(?<=[.?!:;])\s+|\n/)
        .map((sentence) => ({ file, line, text: sentence })),
    );
  const isLong = ({ text }: (typeof sentences)[number]): boolean => text.split(/\s+/).filter((word) => /[a-z0-9]/i.test(word)).length > 25;
  expect(sentences.length).toBeGreaterThan(3000);
  expect(sentences.filter(isLong).map(({ file, line, text }) => `${file}:${line} ${text}`)).toEqual([]);
});

test('no text of an error looks like a credential, because it would be masked', () => {
  const shown = texts.filter(({ file, text }) => /\/(errors|failures)\b/.test(file) && isText(text));
  expect(shown.length).toBeGreaterThan(100);
  expect(shown.filter(({ text }) => withoutCredentials(text) !== text).map(where)).toEqual([]);
});

test('no text of an error begins like a line of an answers file, because such a line is not wrapped', () => {
  const shown = texts.filter(({ file, text }) => /\/(errors|failures)\b/.test(file) && isText(text));
  expect(shown.filter(({ text }) => /^[a-z][\w-]*: /.test(text)).map(where)).toEqual([]);
});

test('the help explains only keys that a screen uses', () => {
  const names = texts.filter(({ file }) => /^src\/hosts\/tui\/keys\/(?!key-meanings)[\w-]+\.ts$/.test(file)).map(({ text }) => text);
  expect(Object.keys(KEY_MEANINGS).filter((name) => !names.includes(name))).toEqual([]);
});

test('each command has a description that begins with a verb', () => {
  for (const { summary: says } of Object.values(COMMANDS)) expect(says).toMatch(/^[a-z]+s /);
});

test('each error has an id of its own, a short title, a sentence and a next step', async () => {
  const errors = await allErrors();
  expect(errors.length).toBeGreaterThan(150);
  const ids = errors.map(({ entry }) => entry!.id);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  for (const { entry, message, next } of errors) {
    expect(entry!.title.length, entry!.id).toBeLessThanOrEqual(40);
    expect(entry!.title, entry!.id).toMatch(/^([A-Z]|--).*[^.]$/);
    expect(message.split('\n')[0], entry!.id).toMatch(/^.*\S \S.*[.:?}]$/);
    expect(message, entry!.id).not.toMatch(/undefined|\[object/);
    expect(
      [...next].filter((step) => String(step).trim() === ''),
      entry!.id,
    ).toEqual([]);
    expect(next.length, entry!.id).toBeGreaterThan(0);
  }
});

test('a line break in the data of an error begins no line of its own', () => {
  const locked = stateErrors.locked({ label: 'fn-orders', who: 'run a\nERROR: forged', file: '/locks/a\r\nb', lease: undefined });
  expect([locked.message, ...locked.next].join('')).not.toMatch(/[\r\n]/);
  const many = runErrors.severalRuns({ name: 'a', runs: ['one\nERROR: forged', 'two'] });
  expect(many.message.split('\n')).toHaveLength(3);
});

test('a title is clear without its message: other users have that name, and no noun is repeated', async () => {
  const titles = (await allErrors()).map(({ entry }) => entry!.title);
  const nouns = (title: string): string[] => title.toLowerCase().match(/[a-z-]{4,}/g) ?? [];
  expect(titles.filter((title) => new Set(nouns(title)).size < nouns(title).length)).toEqual([]);
  expect(titles.filter((title) => /\bothers\b|^Not the |^Option (about|only)|without exactly/.test(title))).toEqual([]);
});

/** Errors with the text of another program (the option parser), or of an error that was made before. */
const OUTSIDE = ['src/app/wizard/wizard-session.ts', 'src/cli/parse.ts', 'src/commands/replay.ts', 'src/engine/errors.ts'];

test('errors for people come from a catalog', () => {
  expect(errorsOutsideCatalogues.toSorted()).toEqual(OUTSIDE);
});

/** Names in the holes of a template are code; so is a text without a blank. */
const isText = (text: string): boolean => / /.test(text);
const words = (text: string): string => text.replaceAll(/\{[^}]*\}/g, ' ');

const OLD = [
  /\bnobody\b/i,
  /\banybody\b/i,
  /\bsomebody\b/i,
  /\bstrangers?\b/i,
  /\bwhoever\b/i,
  /\bmeanwhile\b/i,
  /\btold\b/i,
  /\bstands? (there|in comments|in the way|first)\b/i,
  /\bthe one meant\b/i,
  /\bnext to nobody\b/i,
  /\b(takes?|taken|taking) (it |them |this |that )?back\b/i,
  /\btheirs\b/i,
  /\bmends?\b/i,
  /\b(lets?|gets?|got) in\b/i,
  /\bshuts? out\b/i,
  /\bon purpose\b/i,
  /\blooked (at|for)\b/i,
  /\bmay not see\b/i,
  /\bgo(es)? on\b/i,
  /\bfrom here yet\b/i,
  /\bleft alone\b/i,
  /\bthe rest\b/i,
  /\brun (it|this) again\b/i,
  /\bcut off\b/i,
  /\bis there to ask\b/i,
  /\bown areas?\b/i,
  /\b(asked|asks) for\b/i,
  /\bgo(es)? first\b/i,
  /\bcomes? first\b/i,
  /\bin reach\b/i,
  /\bby (identity|Entra ID|key)\b/,
  /\bplease\b/i,
  /\bsorry\b/i,
];

test('no text uses the avoided words', () => {
  const shown = texts.filter(
    ({ file, text }) => !/^src\/report\/(pipelines\/shell|exports\/az-script)\.ts$|realm-script\.ts$/.test(file) && isText(text),
  );
  expect(shown.filter(({ text }) => OLD.some((one) => one.test(words(text)))).map(where)).toEqual([]);
});

test('no description in a schema uses the avoided words', () => {
  const described = readdirSync('docs/schema')
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) =>
      [...readFileSync(`docs/schema/${name}`, 'utf8').matchAll(/"description": "((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => ({
        name,
        text,
      })),
    );
  expect(described.length).toBeGreaterThan(500);
  const more = [...OLD, /\b(somebody|nobody|taken back|stands|beside)\b/i];
  expect(described.filter(({ text }) => more.some((one) => one.test(text)))).toEqual([]);
});

test('no comment in src and steps uses the avoided words', () => {
  const found = ['src', 'steps']
    .flatMap((room) => readdirSync(room, { recursive: true, encoding: 'utf8' }).map((name) => `${room}/${name}`))
    .filter((file) => /\.tsx?$/.test(file))
    .flatMap((file) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .flatMap((text, at) =>
          /(^\s*\*|\/\/ |\/\*\*).*\b(nobody|somebody|whoever|told|meanwhile|taken back)\b/.test(text) ? [`${file}:${at + 1}`] : [],
        ),
    );
  expect(found).toEqual([]);
});

/** British forms of words that occur here. Names of files, members and functions keep the form that they have. */
const BRITISH =
  /(?<![\w./`'])(behaviours?|colours?|coloured|favour|honour|neighbour(s|ing)?|licences?|catalogues?|dialogue|grey|centre|cancelled|labelled|modelled|spelt|misspelt|afterwards|backwards|towards|whilst|amongst|judgement|artefacts?|(recogn|organ|author|custom|normal|summar|anonym|initial|serial)is(e|es|ed|ing|ation))(?![\w(`'-]|\.\w)/i;

test('texts, pages and comments have American spelling', () => {
  const shown = texts.filter(({ text }) => isText(text) && BRITISH.test(words(text))).map(where);
  const linesOf = (file: string): string[] => readFileSync(file, 'utf8').split('\n');
  const inFiles = (files: readonly string[], read: (text: string) => string): string[] =>
    files.flatMap((file) => linesOf(file).flatMap((text, at) => (BRITISH.test(read(text)) ? [`${file}:${at + 1} ${text}`] : [])));
  const inside = (room: string, form: RegExp): string[] =>
    readdirSync(room, { recursive: true, encoding: 'utf8' }).flatMap((name) => (form.test(name) ? [`${room}/${name}`] : []));
  const pages = ['README.md', 'SECURITY.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'src/emulator/BEHAVIOUR.md', ...inside('docs', /\.md$/)];
  const code = ['src', 'steps', 'test'].flatMap((room) => inside(room, /\.tsx?$/)).filter((file) => file !== 'test/texts.test.ts');
  const found = [
    ...inFiles(pages, (text) => text.replaceAll(/`[^`]*`|\]\([^)]*\)/g, '')),
    ...inFiles(code, (text) => (/^\s*(\/\*\*|\*|\/\/) (.*)/.exec(text)?.[2] ?? '').replaceAll(/`[^`]*`/g, '')),
  ];
  expect([...shown, ...found]).toEqual([]);
});
