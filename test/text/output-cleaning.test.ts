/** No printed text controls a terminal, or is a command to the pipeline that reads the log. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FORMATS, PLAN_FORMATS } from '../../src/cli/options.ts';
import { contoso } from '../../src/emulator/samples/contoso.ts';
import { cleanLine, plainText, safeJson, walled, withoutPipelineCommands } from '../../src/text/plain.ts';
import { cloud } from '../helpers/in-process.ts';
import { ORDERS, temporaryFolder } from '../helpers/world.ts';

const STEERING: Readonly<Record<string, string>> = {
  'a color': '\u001b[31m',
  'hidden text': '\u001b[8m',
  'a cleared screen': '\u001b[2J',
  'the clipboard (OSC 52)': '\u001b]52;c;cHduZWQ=\u0007',
  'a title': '\u001b]0;x\u001b\\',
  'a link': '\u001b]8;;http://evil.example\u001b\\x\u001b]8;;\u001b\\',
  'a device string': '\u001bP+q544e\u001b\\',
  C1: '\u009b31m\u009d52;c;eA==\u009c',
  'bidirectional marks': '\u202e\u2066\u200f',
  'zero width': '\u200b\u200d\ufeff\u2060\u00ad',
  'line separators': '\u2028\u2029',
  tags: '\u{e0041}\u{e007f}',
  'invisible letters': '\u3164\u115f\uffa0',
  'variation selectors': '\ufe0f\ufe00',
  'joiners and vowels without a form': '\u034f\u17b4\u17b5\u180b\u{1d173}',
  'a bell and a backspace': '\u0007\u0008',
  'half a sequence': '\u001b',
};
const LEFT = new RegExp(
  String.raw`[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u115f\u17b4\u17b5\u180b\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\u{1d173}\u{e0000}-\u{e0fff}]`,
  'u',
);

test.each(Object.entries(STEERING))('%s', (_, text) => {
  for (const out of [plainText(`a${text}b`), walled(`a${text}b`, false), cleanLine([{ text: `a${text}b` }])[0]!.text]) {
    expect(LEFT.exec(out)?.[0]).toBeUndefined();
    expect(out).toMatch(/^a.*b$/);
  }
  const json = safeJson({ [text]: text });
  expect(LEFT.exec(json)?.[0]).toBeUndefined();
  expect(JSON.parse(json), 'and it says the same').toEqual({ [text]: text });
});

test('every character that Unicode calls ignorable is removed', () => {
  const all = Array.from({ length: 0x11_00_00 }, (_, code) => code).filter((code) => code < 0xd8_00 || code > 0xdf_ff);
  const ignorable = all.map((code) => String.fromCodePoint(code)).filter((one) => /\p{Default_Ignorable_Code_Point}/u.test(one));
  expect(plainText(ignorable.join(' ')).trim()).toBe('');
});

test('our own colors and the progress line pass only if the stream supports them', () => {
  const own = '\u001b[32mgood\u001b[0m\r\u001b[K';
  expect(walled(own, true)).toBe(own);
  expect(walled(own, false)).toBe('good');
  expect(walled('\u001b[8mhidden\u001b[5m', true)).toBe('[8mhidden[5m');
  expect(walled('a,b\r\n', false), 'as RFC 4180 ends its lines').toBe('a,b\r\n');
});

test.each([
  '##vso[task.setvariable variable=a]b',
  'found ##vso[task.complete result=Failed] there',
  'x ##VSO[task.prependpath]y',
  '##[error]x',
  'a ##[group]b',
  '::error::x',
  '  ::set-output name=a::b',
  'x\n::add-mask::y',
  '\u00A0\u3000::error::x',
  'x\n\t::stop-commands::z',
])('a pipeline command, %j, is printed as text', (text) => {
  expect(walled(text, false)).not.toMatch(/##(vso)?\[|^\s*::/im);
  const json = safeJson({ text });
  expect(walled(json, false)).toBe(json);
  expect(json).not.toMatch(/##(vso)?\[|^\s*::/im);
});

test('a pipeline command after a line break is printed as text', () => {
  expect(cleanLine([{ text: 'found ::error file=a::b' }])[0]!.text).toBe('found : :error file=a::b');
  expect(cleanLine([{ text: 'from 2001:db8::/48 and ::1' }])[0]!.text).toBe('from 2001:db8::/48 and ::1');
});

test.each(['\u009d', '\u001b]', '\u009b', '\r', '\u2028', ' ', '::a '])(
  'the time to clean many of %j grows in proportion to their length',
  (unit) => {
    const text = `${unit.repeat(20_000)}\u0001`;
    const began = performance.now();
    for (const clean of [plainText, (one: string) => walled(one, false), withoutPipelineCommands]) clean(text);
    expect(performance.now() - began).toBeLessThan(2000);
  },
);

test('files have no control sequence and no pipeline command, also if a job prints them: reports, plans, the undo log, evidence', async () => {
  const evil = 'x\u001B]52;c;cHduZWQ=\u0007\u009B31m\u202Egnp\u200B\u2028##vso[task.x]y\n::error::z';
  const state = contoso();
  const site = Object.values(state.sites).find(({ id }) => id === ORDERS)!;
  site.tags = { [evil]: evil, owner: evil };
  Object.assign(site.config, { appCommandLine: evil, cors: { allowedOrigins: [`https://${evil}`, '*'], supportCredentials: true } });
  site.appSettings[evil] = `@Microsoft.KeyVault(VaultName=${evil};SecretName=${evil})`;
  const here = cloud(state, await temporaryFolder());
  const at = (name: string) => join(here.folder, name);
  const origins = "{ allowedOrigins: ['https://www.contoso.com'], supportCredentials: false }";
  await writeFile(at('a.yaml'), `version: 1\napps: { fn-orders: { steps: { cors: { decision: apply, answers: ${origins} } } } }\n`);
  const audit = FORMATS.flatMap((format) => ['--format', `${format}=${at(`audit.${format}`)}`]);
  await here.command('audit', '--app', 'fn-orders', ...audit);
  const plans = PLAN_FORMATS.flatMap((format) => ['--format', `${format}=${at(`plan.${format}`)}`]);
  await here.command('plan', at('a.yaml'), ...plans, '--out', at('saved.json'));
  await here.command('replay', at('a.yaml'), '--yes');
  await here.command('evidence', 'last', '--output', at('evidence/'));
  const names = (await readdir(here.folder, { recursive: true })).filter((name) =>
    /^(audit|plan|saved|evidence|state)\b.*\.\w+$/.test(name),
  );
  expect(names.length).toBeGreaterThan(15);
  for (const name of names) {
    const text = await readFile(at(name), 'utf8');
    // A file has line feeds, and CSV has carriage returns and a mark of its encoding.
    expect(LEFT.exec(text.replaceAll(/\r\n|^\uFEFF/g, ''))?.[0], name).toBeUndefined();
    expect(text, name).not.toMatch(/##(vso)?\[|^::[a-z]+/m);
  }
});
