import type { Question } from '../step.ts';

/** What an answer looks like, in words. */
export function formOf(question: Question): string {
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

/** An answer as it may stand in an answers file. */
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
