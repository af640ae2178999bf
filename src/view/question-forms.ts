import { type AnyStep, type Decision, type Exception, type Question, questionsOf, type StepDecision } from '../contract/index.ts';
import { byCase, type Json } from '../azure/index.ts';

export const describeAnswerForm = (question: Question): string =>
  byCase('kind', question, {
    choice: ({ options }) => options.map((option) => JSON.stringify(option)).join(' or '),
    yesno: () => 'true or false',
    number: ({ unit }) => `whole number of ${unit}`,
    text: ({ example }) => `text, like ${example}`,
    pick: ({ example, of }) =>
      `${example.startsWith('/') ? 'resource id' : 'name or resource id'} of ${/^[aeiou]/i.test(of) ? 'an' : 'a'} ${of}`,
    names: ({ of }) => `list of ${of}`,
    origins: () => 'list of origins',
    rules: () => 'list of rules',
  });

/** Returns an example of an answer for an answers file. */
export const exampleOf = (question: Question): string =>
  byCase('kind', question, {
    choice: ({ preselect, options }) => JSON.stringify(preselect ?? options[0]),
    yesno: ({ preselect }) => String(preselect ?? false),
    number: ({ example }) => String(example),
    text: ({ example }) => JSON.stringify(example),
    pick: ({ example }) => JSON.stringify(example),
    names: ({ example }) => JSON.stringify([example]),
    origins: () => '["https://www.contoso.com"]',
    rules: () => '[{ name: office, priority: 100, action: Allow, ip: 203.0.113.0/24 }]',
  });

/** Returns an area for an answers file: what is decided, and an example of each answer that is missing (name and YAML). */
export function completedArea(id: string, decided: StepDecision, missing: readonly (readonly [string, string])[]): string {
  const { decision, controls, exception } = decided;
  const given = Object.entries(decided.answers).map(([name, value]) => [name, JSON.stringify(value)] as const);
  const answers = `answers: ${mapOf([...given, ...missing])}`;
  const own = Object.entries(controls).map(([name, one]) => [name, mapOf(signed(one))] as const);
  return `${id}: { ${[...[decision, exception].flatMap((one) => (one ? signed(one).map(entry) : [])), ...(own.length > 0 ? [`controls: ${mapOf(own)}`] : []), answers].join(', ')} }`;
}
const entry = ([name, value]: readonly [string, string]): string => `${name}: ${value}`;
const mapOf = (entries: readonly (readonly [string, string])[]): string => `{ ${entries.map(entry).join(', ')} }`;
const signed = (one: Decision | Exception) =>
  Object.entries(one).map(([name, value]) => [name, name === 'decision' ? String(value) : JSON.stringify(value)] as const);

/** Returns an example of an area for an answers file: required answers, controls that are chosen by name, attestations. */
export function answersExample(step: AnyStep): string[] {
  // An exempting answer is not part of a hardening example.
  // Answered one after the other, so that no answer is added that another answer makes unnecessary.
  const given: Record<string, Json> = {};
  const answers = questionsOf(step).flatMap(([name, question]) => {
    if (question.optional || (question.exempts && question.kind === 'names') || step.skip?.[name]?.(given)) return [];
    given[name] = question.kind === 'yesno' || question.kind === 'choice' ? (question.preselect ?? false) : name;
    return [`${name}: ${exampleOf(question)}`];
  });
  const own = step.controls.flatMap((control) => {
    if (control.kind === 'attestation')
      return [`${control.id}: { decision: attest, by: Dana Lee, evidence: https://dev.contoso.com/reviews/1, until: 2027-05-01 }`];
    return control.optIn ? [`${control.id}: { decision: apply }`] : [];
  });
  return [
    `${step.id}:`,
    '  decision: apply',
    ...(answers.length > 0 ? ['  answers:', ...answers.map((answer) => `    ${answer}`)] : []),
    ...(own.length > 0 ? ['  controls:', ...own.map((control) => `    ${control}`)] : []),
  ];
}
