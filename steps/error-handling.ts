import { defineStep } from '../src/contract/index.ts';
import { ENVIRONMENTS, functionLines, isReference, LACKS, notSeenIn, sameWord } from '../src/azure/index.ts';

export default defineStep({
  id: 'error-handling',
  title: 'Handle errors',
  group: 'operation',
  why: 'Error details sent to a caller reveal how the code works. Errors that are not logged can hide an attack.',
  docs: [
    'https://learn.microsoft.com/azure/azure-functions/security-concepts#handle-errors',
    'https://learn.microsoft.com/azure/azure-functions/functions-bindings-error-pages',
  ],
  controls: [
    {
      kind: 'attestation',
      id: 'reviewed',
      label: 'Error handling review',
      because: 'The code and host.json define retries, poison messages and error responses. Azure Resource Manager does not show them.',
      severity: 'low',
      strict: true,
      reads: ['functions'],
      statement:
        'Every function handles its errors: callers get no details, and failed messages are retried with a limit and stored for review.',
      evidence: 'a link to the review or the tests',
      validForDays: 365,
      subject: ({ facts }) => functionLines(facts.functions),
    },
    {
      kind: 'setting',
      id: 'detailed-errors',
      label: 'Detailed error page logging',
      because:
        'Detailed error pages contain paths, headers and parts of requests, and the platform writes them to the file system of the app.',
      severity: 'low',
      compliance: { mcsb: ['PV-2'] },
      risk: 'safe',
      effect: 'Detailed error pages are no longer stored.',
      notOn: LACKS.detailedErrors,
      inert: true,
      at: ['siteConfig', 'properties.detailedErrorLoggingEnabled'],
      absent: false,
      expect: { equals: false },
      set: false,
    },
    {
      kind: 'rule',
      id: 'developer-pages',
      label: 'Developer error pages',
      because: 'In the Development environment, an unhandled error returns a page that shows code and settings.',
      severity: 'medium',
      compliance: { mcsb: ['PV-2'] },
      reads: ['appSettings'],
      judge: ({ facts }) => {
        const open = ENVIRONMENTS.filter((name) => sameWord(facts.appSettings.properties[name]?.trim(), 'Development'));
        const hidden = ENVIRONMENTS.filter((name) => isReference(facts.appSettings.properties[name]));
        if (open.length === 0 && hidden.length > 0)
          return { state: 'unknown', found: notSeenIn(hidden), wanted: 'no development environment' };
        return {
          state: open.length > 0 ? 'fail' : 'pass',
          found: open.length > 0 ? `${open.join(', ')} is Development` : 'no development environment',
          wanted: 'no development environment',
          names: open,
        };
      },
    },
  ],
});
