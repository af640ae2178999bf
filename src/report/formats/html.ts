/** One page for people who read no terminals: nothing is loaded from elsewhere, nothing runs, it prints. */
import { AUDIT_STOPPED, type AuditHead, type AuditReport, type AuditWriter } from '../audit-writers.ts';
import { changesSection } from './html/changes.ts';
import { collect, nothingYet, type Collected } from './html/collect.ts';
import { html, plural } from './html/parts.ts';
import { apps, compliance, findings, open, said, summary } from './html/sections.ts';
import { STYLE } from './html/style.ts';

export function htmlWriter(head: AuditHead): AuditWriter {
  const collected = nothingYet();
  return {
    begin: () => '',
    app: (app) => (collect(collected, app), ''),
    end: (closing) => htmlPage(collected, { ...head, ...closing }),
  };
}

/** The page from what was collected app by app, and from what is told once. */
function htmlPage(
  collected: Collected,
  { tool, generatedAt, comparison, changes, stopped }: AuditHead & Pick<AuditReport, 'comparison' | 'changes' | 'stopped'>,
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
  const contents = sections.flatMap((text) => [...text.matchAll(/<section id="(\w+)"><h2>([^<]*)<\/h2>/g)]);
  return [
    `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><meta name="referrer" content="no-referrer"><title>Azure Functions hardening, ${html(generatedAt.slice(0, 10))}</title><style>${STYLE}</style></head>
<body><header><h1>Azure Functions hardening</h1><p class="soft">${plural(collected.apps.length, 'app')}, read ${html(generatedAt.slice(0, 16).replace('T', ' '))} UTC by ${html(tool)}</p>${stopped ? `<p class="bad"><strong>${AUDIT_STOPPED}</strong></p>` : ''}
<nav aria-label="Contents"><ul>${contents.map(([, id = '', title = '']) => `<li><a href="#${id}">${title}</a></li>`).join('')}</ul></nav></header>
<main>`,
    ...sections.flatMap((text) => [text, '\n']),
    '</main></body></html>\n',
  ];
}
