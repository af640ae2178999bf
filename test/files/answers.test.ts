import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { catalogue } from '../../steps/index.ts';
import { decisionsFor } from '../../src/engine/judge/decisions.ts';
import { UserError } from '../../src/engine/errors.ts';
import type { Target } from '../../src/azure/index.ts';
import { loadAnswers, parseAnswers } from '../../src/files/answers/answers.ts';
import { answersText } from '../../src/files/answers/write-answers.ts';
import { ANSWERS, temporaryFolder } from '../helpers/world.ts';
import { expectGrowthBelow } from '../helpers/growth.ts';

const target = (label: string): Target => ({
  id: `/subscriptions/s/resourceGroups/r/providers/Microsoft.Web/sites/${label.replace('/', '/slots/')}`,
  name: label.split('/')[0]!,
  label,
  resourceGroup: 'r',
  subscriptionId: 's',
  location: '',
  kind: '',
  tags: {},
});
const mistakesIn = (text: string): string[] => {
  try {
    parseAnswers(text, 'a.yaml', catalogue);
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.exitCode).toBe(64);
    return error.message
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
  }
};
const inSteps = (steps: string) => `version: 1\ndefaults:\n  steps:\n${steps.replace(/^/gm, '    ')}\n`;

test('answers that the wizard writes are read back as the same decisions', () => {
  const answers = parseAnswers(ANSWERS, 'a.yaml', catalogue);
  expect(parseAnswers(answersText(answers), 'b.yaml', catalogue)).toEqual(answers);
});

test('an answers file can be JSON', () => {
  expect(mistakesIn('{"version": 1, "apps": {"fn": {"steps": {"remote-debugging": {"decision": "apply"}}}}}')).toEqual([]);
});

test('an app overrides the defaults member by member; a slot is a separate app', () => {
  const text = `version: 1
defaults:
  steps:
    https: { decision: apply, answers: { minTls: "1.2", scmMinTls: "1.2" } }
    ftp: { decision: apply, answers: { state: Disabled } }
apps:
  fn-a:
    steps:
      https: { answers: { minTls: "1.3" }, controls: { http2: { decision: skip } } }
      ftp: { decision: accept, by: Dana, reason: migration, until: 2027-01-31 }
`;
  const file = parseAnswers(text, 'a.yaml', catalogue);
  expect(decisionsFor(file, target('FN-A'))).toMatchObject({
    https: { decision: { decision: 'apply' }, answers: { minTls: '1.3', scmMinTls: '1.2' }, controls: { http2: { decision: 'skip' } } },
    ftp: { decision: { decision: 'accept', by: 'Dana', reason: 'migration', until: '2027-01-31' } },
  });
  expect(decisionsFor(file, target('fn-a/staging'))['https']?.answers).toEqual({ minTls: '1.2', scmMinTls: '1.2' });
  expect(parseAnswers(`%YAML 1.1\n---\n${text}`, 'a.yaml', catalogue), 'dates of YAML 1.1').toEqual(file);
});

describe('each mistake in an answers file has a place and a correction', () => {
  test.each([
    ['an unknown key', 'version: 1\nappps: {}', 'a.yaml:2:1: unknown key "appps". Did you mean "apps"?'],
    ['no version', 'apps: {}', 'a.yaml:1:1: requires "version: 1"'],
    ['another version', 'version: 2', 'a.yaml:1:10: this version of func-harden reads version 1, not 2'],
    ['an unknown area', inSteps('htps: { decision: apply }'), 'a.yaml:4:5: unknown area "htps". Did you mean "https"?'],
    [
      'an unknown decision',
      inSteps('ftp: { decision: aply }'),
      'a.yaml:4:22: "aply" is not one of apply, skip, accept, attest. Did you mean "apply"?',
    ],
    [
      'an unknown answer',
      inSteps('ftp: { decision: apply, answers: { stat: Disabled } }'),
      'a.yaml:4:40: unknown key "stat". Did you mean "state"?',
    ],
    [
      'an unknown control',
      inSteps('https: { controls: { min-tsl: { decision: apply } } }'),
      'a.yaml:4:26: "https" has no control "min-tsl". Did you mean "min-tls"?',
    ],
    [
      'answers where nothing is asked',
      inSteps('remote-debugging: { decision: apply, answers: { x: 1 } }'),
      'a.yaml:4:42: "remote-debugging" has no questions',
    ],
    [
      'a character that is not visible',
      inSteps('ftp: { answers: { state: "Dis\\u200Babled" } }'),
      'a.yaml:4:30: "Disabled" is not one of "Disabled", "FtpsOnly" (The text contains characters that are not visible.)',
    ],
    ['a wrong choice', inSteps('https: { answers: { minTls: "1.0" } }'), 'a.yaml:4:33: "1.0" is not one of "1.2", "1.3"'],
    ['a number where text is', inSteps('https: { answers: { minTls: 1.2 } }'), 'a.yaml:4:33: 1.2 is not one of "1.2", "1.3"'],
    [
      'a malformed range',
      inSteps('access-restrictions: { answers: { rules: [{ name: a, priority: 1, action: Allow, ip: 203.0.113.7 }] } }'),
      'a.yaml:4:90: "203.0.113.7" has no prefix length; write 203.0.113.7/32',
    ],
    [
      'a wrong priority',
      inSteps('access-restrictions: { answers: { rules: [{ name: a, priority: 0, action: Allow, ip: 203.0.113.0/24 }] } }'),
      'a.yaml:4:68: the priority must be a whole number from 1 to 2147483646; lower numbers are evaluated first',
    ],
    [
      'a rule without a source',
      inSteps('scm: { answers: { rules: [{ name: a, priority: 1, action: Allow }] } }'),
      'a.yaml:4:31: requires exactly one of ip, serviceTag and subnet',
    ],
    [
      'an origin that allows each website',
      inSteps('cors: { answers: { allowedOrigins: ["*"], supportCredentials: true } }'),
      'a.yaml:4:41: "*" allows every website to call the app; list the origins, or to keep it, accept the finding: set "decision: accept" and the fields "by", "reason" and "until"',
    ],
    [
      'an exception without an end',
      inSteps('ftp: { decision: accept, by: Dana, reason: x }'),
      'a.yaml:4:22: "accept" requires until: a date as YYYY-MM-DD',
    ],
    [
      'an invalid date',
      inSteps('ftp: { decision: accept, by: Dana, reason: x, until: 2027-02-30 }'),
      'a.yaml:4:58: "2027-02-30" is not a date; write it as YYYY-MM-DD',
    ],
    [
      'a key in a connection string, which is not repeated',
      inSteps('https: { answers: { minTls: "AccountName=x;AccountKey=Zm9vYmFyYmF6cXV4MTIz;Suffix=x" } }'),
      'a.yaml:4:33: "AccountName=x;AccountKey=(sensitive value);Suffix=x" is not one of "1.2", "1.3"',
    ],
    [
      'a password in an address',
      inSteps('cors: { answers: { allowedOrigins: ["https://dana:hunter22@www.contoso.com"], supportCredentials: false } }'),
      'a.yaml:4:41: "https://dana:(sensitive value)@www.contoso.com" must be scheme, host and port only: https://www.contoso.com',
    ],
    ['a repeated key', 'version: 1\nversion: 1', 'a.yaml:2:1: this key is already in line 1; write both contents under one key'],
    [
      'a name twice, in another case',
      'version: 1\napps: { fn-a: { steps: {} }, "tag:a=B": {}, "tag:a=b": {}, FN-A: { steps: {} } }',
      'a.yaml:2:60: "FN-A" selects the same apps as "fn-a"; write both contents under one key',
    ],
    ['an alias', 'version: 1\napps: &a { x: *a }', 'a.yaml:2:15: anchors and aliases are not supported; write the value instead'],
    ['a second document', 'version: 1\n---\nversion: 1', 'a.yaml:2:1: a second document begins here; write one document per file'],
    ['an unknown tag', inSteps('ftp: !off { decision: skip }'), 'a.yaml:4:10: unknown tag !off; write the value without a tag'],
    [
      'a tag of a value that no answer takes',
      inSteps('ftp: { decision: !!binary AAAA }'),
      'a.yaml:4:22: unknown tag !!binary; write the value without a tag',
    ],
    ['an unknown tag of a key', inSteps('!!off ftp: { decision: skip }'), 'a.yaml:4:5: unknown tag !!off; write the value without a tag'],
    ['no map', '- 1', 'a.yaml:1:1: an answers file must be a map with version, defaults and apps'],
    ['nothing', '', 'a.yaml:1:1: an answers file must be a map with version, defaults and apps'],
  ])('%s', (_, text, expected) => {
    expect(mistakesIn(text)).toEqual([expected]);
  });

  test('has the right place from the top of the file to its end', () => {
    const places = mistakesIn(
      'version: 2\ndefault: {}\ndefaults:\n  steps:\n    ftp: { answers: { state: Off, stat: Disabled }, decision: nope }\n',
    );
    const at = places.map((one) => (/a\.yaml:(\d+):(\d+): /.exec(one) ?? []).slice(1).map(Number));
    expect(at.length).toBeGreaterThan(3);
    expect(at).toEqual(at.toSorted(([a = 0, b = 0], [c = 0, d = 0]) => a - c || b - d));
  });

  test('brackets without an end are one mistake', () => {
    for (const open of ['[', '{a: '])
      expect(mistakesIn(open.repeat(20_000))).toEqual([expect.stringMatching(/^a\.yaml:1:\d+: it is nested too deeply$/)]);
  });

  test('all mistakes are reported at once', () => {
    expect(mistakesIn(inSteps('htps: {}\nftp: { decision: nope, answers: { state: Off } }'))).toHaveLength(3);
  });
});

test('a file cannot reach a prototype', () => {
  expect(mistakesIn('version: 1\n__proto__: { polluted: true }')).toHaveLength(1);
  expect(mistakesIn(inSteps('__proto__: { decision: apply }'))).toHaveLength(1);
  expect(mistakesIn(inSteps('constructor: { decision: apply }'))).toHaveLength(1);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  expect(Object.keys(parseAnswers('version: 1\napps: { __proto__: { steps: {} } }', 'a.yaml', catalogue).apps)).toEqual(['__proto__']);
});

test('standard YAML tags are read, and a file in UTF-16 is refused', async () => {
  expect(mistakesIn('version: !!int 1\ndefaults: !!map { steps: { ftp: { decision: !!str skip } } }')).toEqual([]);
  const file = join(await temporaryFolder(), 'answers.yaml');
  // As Windows PowerShell writes the output of a command.
  await writeFile(file, `\uFEFF${ANSWERS}`, 'utf16le');
  await expect(loadAnswers(file, catalogue)).rejects.toThrow('it is not UTF-8 text');
  await writeFile(file, `\uFEFF${ANSWERS}`);
  expect((await loadAnswers(file, catalogue)).answers).toEqual(parseAnswers(ANSWERS, file, catalogue));
});

test('an app name is the written text, also if it looks like a number', () => {
  const names = ['007', '1e3', '0x1F', '12345678901234567890123', 'true', 'null', '2027-01-31', '1.0'];
  const file = (keys: readonly string[]) => `version: 1\napps:\n${keys.map((key) => `  ${key}: { steps: {} }\n`).join('')}`;
  expect(Object.keys(parseAnswers(file(names), 'a.yaml', catalogue).apps).toSorted()).toEqual(names.toSorted());
  expect(mistakesIn(file(['007', '"007"']))).toEqual(['a.yaml:4:3: this key is already in line 3; write both contents under one key']);
});

test('a mutated file gives decisions or mistakes with a place, never a crash', () => {
  fc.assert(
    fc.property(fc.nat(ANSWERS.length), fc.nat(40), fc.string({ maxLength: 12 }), (at, cut, put) => {
      for (const mistake of mistakesIn(ANSWERS.slice(0, at) + put + ANSWERS.slice(at + cut)))
        expect(mistake).toMatch(/^a\.yaml:\d+:\d+: ./);
    }),
    { numRuns: 500 },
  );
});

test.skipIf(process.platform === 'win32')('a file that everyone can change is refused, with a next step', async () => {
  const file = join(await temporaryFolder(), 'answers.yaml');
  await writeFile(file, ANSWERS);
  await chmod(file, 0o646);
  await expect(loadAnswers(file, catalogue)).rejects.toMatchObject({ exitCode: 64, next: [`Review it, then run: chmod o-w ${file}`] });
  await chmod(file, 0o644);
  expect((await loadAnswers(file, catalogue)).digest).toMatch(/^sha256:/);
});

test('the time for a map with many keys grows in proportion to its length', () => {
  const files = [5000, 20_000].map((length) => Array.from({ length }, (_, index) => `k${index}: 1`).join(', '));
  const read = (keys: string) =>
    expect(() => parseAnswers(`version: 1\nmany: { ${keys}, k7: 2 }`, 'a.yaml', catalogue)).toThrow(
      /a\.yaml:2:\d+: this key is already in line 2; write both contents under one key/,
    );
  // It would be sixteen times if all keys were compared with each other.
  expectGrowthBelow(9, files[0]!, files[1]!, read);
  const wrong = [1000, 4000].map((length) => `version: 1\n${Array.from({ length }, (_, index) => `k${index}: 1\n`).join('')}`);
  expectGrowthBelow(9, wrong[0]!, wrong[1]!, mistakesIn, 'where each is a mistake');
});
