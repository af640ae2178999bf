import { defineStep } from '../src/contract/index.ts';
import { ENVIRONMENTS, functionLines, isReference, LACKS, notSeenIn } from '../src/azure/index.ts';

export default defineStep({
  id: 'error-handling',
  title: 'Handle errors',
  group: 'operation',
  why: 'An error that reaches the caller tells how the code is built; one that reaches nobody hides an attack.',
  docs: [
    'https://learn.microsoft.com/azure/azure-functions/security-concepts#handle-errors',
    'https://learn.microsoft.com/azure/azure-functions/functions-bindings-error-pages',
  ],
  controls: [
    {
      kind: 'attestation',
      id: 'reviewed',
      label: 'Error handling reviewed',
      because: 'Retries, poison messages and what a caller is told are decided in code and host.json, which ARM does not show.',
      severity: 'low',
      strict: true,
      reads: ['functions'],
      statement: 'Every function handles its errors: callers get no details, failed messages are retried with a limit and kept for a look.',
      evidence: 'a link to the review or the tests',
      validForDays: 365,
      subject: ({ facts }) => functionLines(facts.functions),
    },
    {
      kind: 'setting',
      id: 'detailed-errors',
      label: 'Detailed error pages logged',
      because: 'Detailed error pages hold paths, headers and parts of requests, and they are written to the file system of the app.',
      severity: 'low',
      compliance: { mcsb: ['PV-2'] },
      risk: 'safe',
      effect: 'Detailed error pages are no longer kept.',
      notOn: LACKS.detailedErrors,
      at: ['siteConfig', 'properties.detailedErrorLoggingEnabled'],
      absent: false,
      expect: { equals: false },
      set: false,
    },
    {
      kind: 'rule',
      id: 'developer-pages',
      label: 'No developer error pages',
      because: 'In the Development environment an unhandled error is answered with a page that shows the code and its settings.',
      severity: 'medium',
      compliance: { mcsb: ['PV-2'] },
      reads: ['appSettings'],
      judge: ({ facts }) => {
        const open = ENVIRONMENTS.filter((name) => facts.appSettings.properties[name]?.toLowerCase() === 'development');
        const hidden = ENVIRONMENTS.filter((name) => isReference(facts.appSettings.properties[name]));
        if (open.length === 0 && hidden.length > 0)
          return { state: 'unknown', found: notSeenIn(hidden), wanted: 'no development environment' };
        return {
          state: open.length > 0 ? 'fail' : 'pass',
          found: open.length > 0 ? `${open.join(', ')} is Development` : 'no development environment',
          wanted: 'no development environment',
        };
      },
    },
  ],
});
