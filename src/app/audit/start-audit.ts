/** Starts to find the apps of an audit before its areas are loaded. */
import type { Invocation } from '../../cli/invocation.ts';
import type { StartedAudit } from './audit-apps.ts';
import { connectWith } from '../connection.ts';
import { progressBar } from '../progress-bar.ts';
import { parseAppOption, findSelectedApps } from '../target-selection.ts';

export async function startAudit(invocation: Invocation): Promise<StartedAudit> {
  const { options } = invocation;
  const bar = progressBar(invocation, 'apps', options.quiet === true);
  const connection = await connectWith(invocation, bar);
  // Patterns are resolved with the inventory, and so is a selection without names.
  if (parseAppOption(options).apps.length === 0) return { bar, connection };
  const found = findSelectedApps(connection, options);
  found.catch(() => undefined); // The error is reported where the promise is awaited.
  return { bar, connection, found };
}
