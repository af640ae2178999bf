import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { catalogue } from '../../steps/index.ts';
import { parse } from 'yaml';
import { readAnswers } from '../../src/files/answers/answers-schema.ts';
import { questionsOf } from '../../src/contract/index.ts';
import type { Json } from '../../src/azure/index.ts';
import { answersExample } from '../../src/view/question-forms.ts';
import { isChangeable } from '../../src/contract/index.ts';
import { catalogueLines, stepLines } from '../../src/report/catalogue.ts';
import { GROUP_TITLES } from '../../src/view/assessment.ts';
import { lineText } from '../../src/text/spans.ts';

const STEPS = join(import.meta.dirname, '..', '..', 'steps');

test('each file in steps/ is in the catalog, under its own name', async () => {
  const files = (await readdir(STEPS)).filter((name) => name.endsWith('.ts') && name !== 'index.ts').map((name) => name.replace('.ts', ''));
  expect(catalogue.map(({ id }) => id).toSorted()).toEqual(files.toSorted());
});

test.each(catalogue.map((step) => [step.id, step] as const))(
  '%s imports only the contract, facts of Azure and functions that areas share',
  async (id) => {
    const text = await readFile(join(STEPS, `${id}.ts`), 'utf8');
    for (const [, from] of text.matchAll(/from '([^']+)'/g))
      expect(from).toMatch(/^(\.\.\/src\/(contract|azure)\/index\.ts|\.\/lib\/([\w-]+\/)?[\w-]+\.ts)$/);
  },
);

test('the list of areas is not cut at 80 columns, and has the groups of the wizard', () => {
  const lines = catalogueLines(catalogue, 80).map(lineText);
  for (const { id, title } of catalogue) expect(lines.find((one) => one.startsWith(`${id} `))).toContain(title);
  for (const chapter of Object.values(GROUP_TITLES)) expect(lines).toContain(chapter);
});

test('the text of an area has the effect of each change, and the command that lists its permissions', () => {
  for (const step of catalogue) {
    const text = stepLines(step, 2000).map(lineText).join('\n');
    for (const control of step.controls)
      if ('effect' in control && control.effect) expect(text).toContain(`Effect of the change: ${control.effect}`);
    expect(text).toContain(`func-harden steps --permissions --step ${step.id}\n`);
  }
});

test('a hosting is shown with its name, not its code', () => {
  const text = catalogue.flatMap((step) => stepLines(step, 80).map(lineText)).join('\n');
  expect(text).toContain('does not apply to Flex Consumption');
  expect(text).not.toMatch(/does not apply to (Y1|FC1|EP|D|CA)\b/);
});

describe.each(catalogue.map((step) => [step.id, step] as const))('%s', (_, step) => {
  test('has unique control ids in words, and https links', () => {
    const ids = step.controls.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z][a-z0-9-]*$/);
    for (const link of [...step.docs, ...step.controls.flatMap(({ docs }) => docs ?? [])])
      expect(link).toMatch(/^https:\/\/learn\.microsoft\.com\/azure\//);
  });

  test('needs only its own questions, and each question is needed by a control', () => {
    const names = questionsOf(step).map(([name]) => name);
    const needed = step.controls.flatMap(({ needs }) => needs ?? []);
    for (const name of needed) expect(names).toContain(name);
    const judged = JSON.stringify(step.controls.map((control) => String(control.kind === 'setting' ? control.expect : '')));
    // No host asks a question that only exempts: a person accepts the finding instead, or writes the answer to the file.
    const exempts = questionsOf(step).flatMap(([name, question]) => (question.exempts ? [name] : []));
    for (const name of names)
      expect(needed.includes(name) || exempts.includes(name) || judged.includes(name), `${name} is asked for nothing`).toBe(true);
  });

  test('has a valid example for an answers file', () => {
    const steps = parse(answersExample(step).join('\n')) as Json;
    const wrong: string[] = [];
    readAnswers({ version: 1, defaults: { steps } }, catalogue, (path, says) => void wrong.push(`${path.join('.')}: ${says}`));
    expect(wrong).toEqual([]);
  });

  test('each setting says what "not set" means, or is always set', () => {
    // ARM reads null as "no change": without a value for "not set", a change of a null could not be reverted.
    for (const control of step.controls)
      if (control.kind === 'setting') expect((control.absent === undefined) === (control.alwaysSet === true), control.id).toBe(true);
  });
});

test('a control that func-harden only reports links to the page that says how to change it, and an attestation is not called reported', () => {
  for (const step of catalogue) {
    const text = stepLines(step, 80).map(lineText).join('\n');
    const reported = step.controls.filter((one) => one.kind !== 'attestation' && !isChangeable(one));
    expect(text.match(/^ {4}How to change it: https:/gm)?.length ?? 0, step.id).toBe(reported.length);
    expect(text.match(/attested by a person/g)?.length ?? 0, step.id).toBe(
      step.controls.filter(({ kind }) => kind === 'attestation').length,
    );
  }
});
