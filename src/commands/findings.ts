/** Findings over all chosen apps: an audit whose result is one sorted list. */
import type { CommandModule } from '../cli/invocation.ts';
import { FINDINGS_FORMATS } from '../cli/options.ts';
import { auditApps, checkAuditOptions } from '../app/audit/audit-apps.ts';
import { isJson } from '../app/option-values.ts';
import { startAudit } from '../app/audit/start-audit.ts';
import { findingsWriter, isListed } from '../report/findings.ts';
import { GROUPED_SORTS } from '../engine/findings/finding-terms.ts';
import { commandErrors } from './errors.ts';

export const run: CommandModule['run'] = async (invocation) => {
  const { options, io } = invocation;
  const { risk, severity, sort, ownerTag } = options;
  const wanted = isJson(invocation) ? 'json' : (options.format ?? 'text');
  const format = FINDINGS_FORMATS.find((one) => one === wanted);
  if (!format)
    throw commandErrors.formatOfAudit({
      format: wanted,
      supports: 'findings supports text, json and csv',
      instead: 'func-harden findings --json',
    });
  if (options.reports) throw commandErrors.reportOfAudit();
  const byControl = options.by && GROUPED_SORTS.find((one) => one === (sort ?? 'severity'));
  if (options.by && !byControl) throw commandErrors.sortOfControls({ sort: sort ?? '', sorts: GROUPED_SORTS });
  const checked = await checkAuditOptions(invocation);
  const filter = { ...(risk ? { risks: risk } : {}), ...(severity ? { severities: severity } : {}) };
  const asksAttestations = checked.answers !== undefined;
  return auditApps(invocation, await startAudit(invocation), checked, {
    writer: (_, decisionsOf) =>
      findingsWriter({
        format,
        filter,
        asksAttestations,
        decisionsOf,
        ...(sort ? { sort } : {}),
        ...(byControl ? { byControl } : {}),
        ...(ownerTag ? { ownerTag } : {}),
        width: options.output !== undefined || io.piped ? Number.POSITIVE_INFINITY : io.width,
        colour: !options.output && io.outLook.colour,
      }),
    isListed: (control) => isListed(filter, asksAttestations, control),
  });
};
