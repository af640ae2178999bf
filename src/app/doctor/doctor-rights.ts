/** The findings of `doctor --app`: what the caller may read and change at the app, action by action. */
import type { Invocation } from '../../cli/invocation.ts';
import type { Connection } from '../../engine/ports.ts';
import { builtInForAll, permissionsOf } from '../../engine/plan/rights.ts';
import { leastRoles, type LeastRole } from '../../report/permissions.ts';
import { ok, warn, type Finding } from './doctor-findings.ts';
import { findSelectedApps, selectionTroubles } from '../target-selection.ts';
import { isGranted, type Granted, type Target } from '../../azure/index.ts';

/** Actions on the app itself or on its child resources. Rights on vaults, accounts and networks are checked before each change. */
const AT_THE_APP = /^Microsoft\.(Web\/sites|Insights\/diagnosticSettings|Authorization)\//i;
const MOST_NAMED = 6;
const MOST_AREAS = 8;

export async function checkRights(invocation: Invocation, connection: Connection): Promise<Finding[]> {
  if (!invocation.options.app?.length) return [];
  const found = await findSelectedApps(connection, invocation.options, undefined, invocation.signal);
  const roles = leastRoles(await invocation.catalogue());
  const troubles = selectionTroubles(found).map(({ message, next, code }): Finding => ({
    what: 'app',
    state: 'fail',
    says: message,
    next: next.join(' '),
    code,
  }));
  const lines = await Promise.all(found.targets.map((target) => atApp(connection, target, roles)));
  return [...troubles, ...lines.flat()];
}

async function atApp({ reader }: Connection, target: Target, roles: readonly LeastRole[]): Promise<Finding[]> {
  const name = target.slot ? `${target.name}/${target.slot}` : target.name;
  const fact = await reader.readOne(target, 'permissions', permissionsOf(target.id));
  if (fact.state === 'unreadable')
    return [
      warn(
        'permissions',
        `${name}: your permissions cannot be read (${fact.failure.message})`,
        'func-harden reports a missing permission when Azure refuses a request.',
      ),
    ];
  const granted = (fact.body?.['value'] ?? []) as unknown as readonly Granted[];
  return roles.map((role) => toDo(role, name, Boolean(target.slot), granted));
}

function toDo({ for: what, needs }: LeastRole, name: string, isSlot: boolean, granted: readonly Granted[]): Finding {
  const ofOther = isSlot ? /^Microsoft\.Web\/sites\/(?!slots\/)/i : /^Microsoft\.Web\/sites\/slots\//i;
  const wanted = [...needs.keys()].filter((action) => AT_THE_APP.test(action) && !ofOther.test(action));
  const lacking = wanted.filter((action) => !isGranted(granted, action));
  const label = `may ${what}`;
  if (lacking.length === 0)
    return ok(
      label,
      `${name}: all ${wanted.length} required actions on the app are allowed; permissions on other resources are checked before each change`,
    );
  const areas = [...new Set(lacking.flatMap((action) => needs.get(action) ?? []))];
  const more = lacking.length > MOST_NAMED ? ` and ${lacking.length - MOST_NAMED} more` : '';
  return warn(
    label,
    `${name}: not allowed: ${lacking.slice(0, MOST_NAMED).join(', ')}${more}; required by ${areas.length > MOST_AREAS ? `${areas.length} areas` : areas.join(', ')}`,
    `Request ${builtInForAll(lacking).join(' and ')} on ${name}, or the role that func-harden steps --permissions prints`,
  );
}
