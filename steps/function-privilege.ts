import { namesIn } from './lib/binding-connections.ts';
import { type Context, defineStep } from '../src/contract/index.ts';
import { type BindingConnection, connectionKey, HOST_STORAGE, triggersNotSeen, connectionsOf, nameIn } from '../src/azure/index.ts';

/** Lists the connections that functions name. The app settings are read only where a name is between percent signs. */
const connections = ({ facts }: Context<unknown>) => connectionsOf(facts.functions, undefined, namesIn(facts));

/** Returns the name of a connection as its function has it, because the value of a setting is not to be shown. */
const shown = ({ connection, text }: BindingConnection): string => text ?? connection;

export default defineStep({
  id: 'function-privilege',
  title: 'Organize functions by privilege',
  group: 'operation',
  why: 'Functions of one app share its settings, credentials and identity. A vulnerable function can use the privileges of all others.',
  docs: ['https://learn.microsoft.com/azure/azure-functions/security-concepts#organize-functions-by-privilege'],
  controls: [
    {
      kind: 'rule',
      id: 'shared-credentials',
      label: 'Credentials shared by all functions',
      because: 'All functions of the app can use a credential that only one of them needs.',
      severity: 'low',
      compliance: { mcsb: ['PA-7'] },
      strict: true,
      reads: ['functions', 'appSettings'],
      judge: (x) => {
        const { facts } = x;
        const names = facts.functions.value.map(({ name }) => nameIn(name));
        const users = Map.groupBy(connections(x), ({ connection }) => connectionKey(connection));
        const few = [...users].filter(
          // The host itself uses this storage, so every function has access to it anyway.
          ([connection, use]) => connection !== connectionKey(HOST_STORAGE) && new Set(use.map(({ name }) => name)).size * 2 < names.length,
        );
        const lines = [...users.values()].map(
          ([first, ...more]) => `${shown(first!)}: ${[...new Set([first!, ...more].map(({ name }) => name))].join(', ')}`,
        );
        const wanted = 'each connection used by at least half of the functions, or accepted';
        const notSeen = triggersNotSeen(facts.functions);
        // A function whose trigger is not shown may use one of these connections, or another one.
        if (notSeen) return { state: 'unknown', found: `${notSeen}, so their connections are unknown`, wanted, lines };
        const count = users.size === 1 ? '1 connection' : `${users.size} connections`;
        const found =
          users.size === 0
            ? 'no function uses a connection'
            : few.length > 0
              ? `${few.length} of ${count} used by fewer than half of the functions`
              : `${count}, ${users.size === 1 ? '' : 'each '}used by at least half of the functions`;
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
      label: 'Review of function privileges',
      because: 'func-harden cannot decide which functions belong together. A person must decide and document it.',
      severity: 'low',
      compliance: { mcsb: ['PA-7'] },
      strict: true,
      reads: ['functions', 'appSettings'],
      statement:
        'The functions of this app were reviewed. Functions with different privileges were split, or there is a reason to keep them together.',
      evidence: 'a link to the decision',
      validForDays: 365,
      subject: (x) => connections(x).map((one) => `${one.name} uses ${shown(one)} (${one.type})`),
    },
  ],
});
