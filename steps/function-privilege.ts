import { triggersNotSeen, connectionsOf, nameIn } from '../src/azure/index.ts';
import { defineStep } from '../src/contract/index.ts';

export default defineStep({
  id: 'function-privilege',
  title: 'Organise functions by privilege',
  group: 'operation',
  why: 'Functions of one app share its settings, its credentials and its identity: the weakest function can use what the strongest needs.',
  docs: ['https://learn.microsoft.com/azure/azure-functions/security-concepts#organize-functions-by-privilege'],
  controls: [
    {
      kind: 'rule',
      id: 'shared-credentials',
      label: 'Credentials that few functions use',
      because: 'A credential that one function needs lies open to all the others of the app.',
      severity: 'low',
      compliance: { mcsb: ['PA-7'] },
      strict: true,
      reads: ['functions'],
      judge: ({ facts }) => {
        const names = facts.functions.value.map(({ name }) => nameIn(name));
        const users = Map.groupBy(connectionsOf(facts.functions), ({ connection }) => connection);
        const few = [...users].filter(
          // The host itself lives on its storage, so every function has that one anyway.
          ([connection, use]) => connection !== 'AzureWebJobsStorage' && new Set(use.map(({ name }) => name)).size * 2 < names.length,
        );
        const lines = [...users].map(([connection, use]) => `${connection}: ${[...new Set(use.map(({ name }) => name))].join(', ')}`);
        const wanted = 'each connection used by at least half of the functions, or accepted';
        const notSeen = triggersNotSeen(facts.functions);
        // A connection of a function that shows none may be one of these, or another.
        if (notSeen) return { state: 'unknown', found: `${notSeen}, nor its connections`, wanted, lines };
        const found =
          few.length > 0
            ? `${few.length} of ${users.size} connections are used by fewer than half of the functions`
            : `${names.length} functions, ${users.size} connections, each used by half of them or more`;
        return {
          state: few.length > 0 ? 'fail' : 'pass',
          found,
          wanted,
          lines,
        };
      },
    },
    {
      kind: 'attestation',
      id: 'reviewed',
      label: 'Split by privilege decided',
      because: 'Whether functions belong together is a decision of people; what counts is that it was made.',
      severity: 'low',
      compliance: { mcsb: ['PA-7'] },
      strict: true,
      reads: ['functions'],
      statement:
        'The functions of this app were looked at together, and those with different privileges were split, or are together for a reason.',
      evidence: 'a link to the decision',
      validForDays: 365,
      subject: ({ facts }) => connectionsOf(facts.functions).map(({ name, connection, type }) => `${name} uses ${connection} (${type})`),
    },
  ],
});
