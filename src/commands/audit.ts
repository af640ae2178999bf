/** An audit sends its first request, and loads its other modules while it waits for the answer. */
import { setImmediate } from 'node:timers/promises';
import type { CommandModule } from '../cli/invocation.ts';
import type { OptionName } from '../cli/options.ts';
import { startAudit } from '../app/audit/start-audit.ts';

/** Options that need no check before sign-in; with any other option, all are checked first. */
const PLAIN: readonly OptionName[] = [
  ...(['app', 'slot', 'subscription', 'resourceGroup', 'profile', 'failOn', 'allowUnknown', 'json', 'state', 'stateDir'] as const),
  ...(['cloud', 'tenant', 'armEndpoint', 'color', 'ascii', 'input', 'quiet'] as const),
];

export const run: CommandModule['run'] = async (invocation) => {
  const isPlain = Object.keys(invocation.options).every((name) => PLAIN.includes(name as OptionName));
  const checked = isPlain ? undefined : await (await import('../app/audit/audit-apps.ts')).checkAuditOptions(invocation);
  const looking = await startAudit(invocation);
  await setImmediate(); // The first request is on its way.
  const auditing = await import('../app/audit/audit-apps.ts');
  return auditing.auditApps(invocation, looking, checked ?? (await auditing.checkAuditOptions(invocation)));
};
