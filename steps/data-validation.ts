import { defineStep } from '../src/contract/index.ts';
import { functionLines } from '../src/azure/index.ts';

export default defineStep({
  id: 'data-validation',
  title: 'Data validation',
  group: 'operation',
  why: 'Triggers and bindings pass external data to the code. No setting validates this data; only the code can.',
  docs: ['https://learn.microsoft.com/azure/azure-functions/security-concepts#data-validation'],
  controls: [
    {
      kind: 'attestation',
      id: 'reviewed',
      label: 'Input validation review',
      because: 'Events and requests can both carry injection attacks. The runtime checks neither.',
      severity: 'medium',
      strict: true,
      reads: ['functions'],
      statement: 'The code of every function validates the input from its trigger and input bindings.',
      evidence: 'a link to the review, the threat model or the tests',
      validForDays: 365,
      subject: ({ facts }) => functionLines(facts.functions),
    },
  ],
});
