import { type AnyStep, type Question, questionsOf } from '../contract/index.ts';
import type { Json } from '../azure/index.ts';

/** Describes the form of an answer. */
export function describeAnswerForm(question: Question): string {
  switch (question.kind) {
    case 'choice':
      return question.options.map((option) => JSON.stringify(option)).join(' or ');
    case 'yesno':
      return 'true or false';
    case 'number':
      return `whole number, ${question.unit}`;
    case 'text':
      return `text, like ${question.example}`;
    case 'pick':
      return `${question.example.startsWith('/') ? 'resource id' : 'name or resource id'} of a ${question.of}`;
    case 'names':
      return `list of ${question.of}`;
    case 'origins':
      return 'list of origins';
    case 'rules':
      return 'list of rules';
  }
}

/** Returns an example of an answer for an answers file. */
export function exampleOf(question: Question): string {
  switch (question.kind) {
    case 'choice':
      return JSON.stringify(question.preselect ?? question.options[0]);
    case 'yesno':
      return String(question.preselect ?? false);
    case 'number':
      return String(question.example);
    case 'text':
      return JSON.stringify(question.example);
    case 'pick':
      return JSON.stringify(question.example);
    case 'names':
      return JSON.stringify([question.example]);
    case 'origins':
      return '["https://www.contoso.com"]';
    case 'rules':
      return '[{ name: office, priority: 100, action: Allow, ip: 203.0.113.0/24 }]';
  }
}

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
