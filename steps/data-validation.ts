import { defineStep } from '../src/contract/index.ts';
import { functionLines } from '../src/azure/index.ts';

export default defineStep({
  id: 'data-validation',
  title: 'Data validation',
  group: 'operation',
  why: 'What a trigger or binding hands to the code comes from outside. No setting validates it; only the code can.',
  docs: ['https://learn.microsoft.com/azure/azure-functions/security-concepts#data-validation'],
  controls: [
    {
      kind: 'attestation',
      id: 'reviewed',
      label: 'Input validation reviewed',
      because: 'Injection through an event is as real as through a request; the runtime checks neither.',
      severity: 'medium',
      compliance: { mcsb: ['DS-4'] },
      strict: true,
      reads: ['functions'],
      statement: 'The code of every function checks and bounds what its trigger and input bindings hand to it.',
      evidence: 'a link to the review, the threat model or the tests',
      validForDays: 365,
      subject: ({ facts }) => functionLines(facts.functions),
    },
  ],
});
