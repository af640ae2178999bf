/** One self-contained HTML page, which loads nothing, runs no script, and can be printed. */
import { AUDIT_STOPPED, ownAreasText, type AuditHead, type AuditReport, type AuditWriter } from '../audit-writers.ts';
import { changesSection } from './html/changes.ts';
import { collect, nothingYet, type Collected } from './html/collect.ts';
import { html } from './html/parts.ts';
import { apps, compliance, findings, open, said, summary } from './html/sections.ts';
import { pageOf } from './html/page.ts';
import { counted } from '../../text/counted.ts';

export function htmlWriter(head: AuditHead): AuditWriter {
  const collected = nothingYet();
  return {
    begin: () => '',
    app: (app) => (collect(collected, app), ''),
    end: (closing) => htmlPage(collected, { ...head, ...closing }),
  };
}

function htmlPage(
  collected: Collected,
  { tool, generatedAt, controls, comparison, changes, stopped }: AuditHead & Pick<AuditReport, 'comparison' | 'changes' | 'stopped'>,
): string[] {
  const sections = [
    summary(collected),
    findings(collected),
    changesSection(changes, comparison, collected),
    open(collected),
    said(collected, generatedAt.slice(0, 10)),
    compliance(collected),
    apps(collected),
  ].filter(Boolean);
  return pageOf({
    heading: 'Azure Functions hardening',
    at: generatedAt,
    about: `<p class="soft">${counted(collected.apps.length, 'app')}, read ${html(generatedAt.slice(0, 16).replace('T', ' '))} UTC by ${html(tool)}</p>${controls ? `<p class="soft">${html(ownAreasText(controls))}</p>` : ''}${stopped ? `<p class="bad"><strong>${AUDIT_STOPPED}</strong></p>` : ''}`,
    sections,
  });
}
