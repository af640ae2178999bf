/** One page for people who read no terminals: nothing is loaded from elsewhere, nothing runs, it prints. */
import { count } from '../../view/assessment.ts';
import { MARKS } from '../../text/symbols.ts';
import { STATES } from '../../engine/assess.ts';
import { PLAN_NAME } from '../../engine/hosting.ts';
import type { AuditedApp, AuditReport } from '../audit.ts';
import { docsOf, isOpen, labelOf, rowsOf, type Row } from './rows.ts';

const html = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const SEVERITY = ['critical', 'high', 'medium', 'low'] as const;

const STYLE = `
:root{color-scheme:light dark;--ground:#fff;--text:#1b1f24;--soft:#5b6470;--line:#d8dde3;--card:#f5f7f9;--good:#1a7f37;--bad:#b42318;--warn:#8a5a00;--info:#1f5fbf}
@media (prefers-color-scheme:dark){:root{--ground:#14171b;--text:#e6e9ed;--soft:#9aa4b0;--line:#30363d;--card:#1c2127;--good:#4ac26b;--bad:#ff8a80;--warn:#e3b341;--info:#79b8ff}}
*{box-sizing:border-box}body{margin:0 auto;max-width:72rem;padding:1.5rem 1rem 4rem;background:var(--ground);color:var(--text);font:16px/1.5 system-ui,sans-serif}
h1{font-size:1.6rem;margin:.2rem 0}h2{font-size:1.25rem;margin:2.2rem 0 .6rem}h3{font-size:1.05rem;margin:1.2rem 0 .4rem}
a{color:var(--info)}.soft{color:var(--soft)}.good{color:var(--good)}.bad{color:var(--bad)}.warn{color:var(--warn)}.info{color:var(--info)}
.tiles{display:flex;flex-wrap:wrap;gap:.6rem;padding:0;list-style:none}.tiles li{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.6rem .9rem;min-width:8rem}.tiles b{display:block;font-size:1.5rem}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.93rem}th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid var(--line);overflow-wrap:break-word}
th{color:var(--soft);font-weight:600}details{border:1px solid var(--line);border-radius:.5rem;padding:.5rem .8rem;margin:.6rem 0}summary{cursor:pointer;font-weight:600}
.state{white-space:nowrap;font-weight:600}
@media print{details{break-inside:avoid;border:0;padding:0}details>*{display:block}body{max-width:none;padding:0}}
@media (max-width:40rem){thead{display:none}tr{display:block;border-bottom:1px solid var(--line);padding:.5rem 0}td{display:block;border:0;padding:.1rem 0;overflow-wrap:anywhere}td::before{content:attr(data-head) " ";color:var(--soft)}}
`;

export function auditHtml(report: AuditReport): string {
  const rows = rowsOf(report);
  const counts = count(report.apps.flatMap(({ steps }) => steps));
  const judged = rows.filter(({ state }) => state !== 'not-applicable').length;
  const passing = (counts.pass ?? 0) + (counts.attested ?? 0);
  const score = judged === 0 ? 0 : Math.round((passing / judged) * 100);
  const findings = rows
    .filter(({ state }) => state === 'fail')
    .toSorted((a, b) => SEVERITY.indexOf(a.severity) - SEVERITY.indexOf(b.severity));
  const signed = rows.filter(({ state }) => state === 'attested' || state === 'accepted' || state === 'attestation-expired');
  const tiles = [
    `<li><b>${score} %</b>of ${judged} controls pass</li>`,
    ...STATES.filter((state) => counts[state]).map(
      (state) => `<li class="${tone(state)}"><b>${counts[state] ?? 0}</b>${MARKS[state].word}</li>`,
    ),
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Azure Functions hardening, ${report.generatedAt.slice(0, 10)}</title><style>${STYLE}</style></head>
<body><header><h1>Azure Functions hardening</h1><p class="soft">${report.apps.length} ${report.apps.length === 1 ? 'app' : 'apps'}, read ${report.generatedAt.slice(0, 16).replace('T', ' ')} UTC by ${html(report.tool)}</p></header>
<main><ul class="tiles">${tiles.join('')}</ul>
<h2>Findings</h2>${findings.length === 0 ? '<p class="good">Nothing fails.</p>' : table(['Severity', 'App', 'Control', 'Found', 'Wanted'], findings.map(findingRow))}
${signed.length === 0 ? '' : `<h2>Attested and accepted</h2><p class="soft">What people stand for; no API shows it.</p>${table(['State', 'App', 'Control', 'What was said'], signed.map(signedRow))}`}
<h2>Compliance</h2><p class="soft">Microsoft Cloud Security Benchmark and CIS, as far as the controls are mapped to them.</p>${table(['Requirement', 'Passes', 'Fails', 'Other'], compliance(rows))}
<h2>Apps</h2>${report.apps.map(appSection).join('\n')}
</main></body></html>
`;
}

const tone = (state: Row['state']): string => ({ good: 'good', bad: 'bad', warn: 'warn', info: 'info', dim: 'soft' })[MARKS[state].tone];
const stateCell = (state: Row['state']): string => `<span class="state ${tone(state)}">${MARKS[state].symbol} ${MARKS[state].word}</span>`;
const linked = (row: Row): string => `<a href="${html(docsOf(row))}">${html(labelOf(row))}</a>`;

const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  `<div class="wide"><table><thead><tr>${heads.map((head) => `<th scope="col">${head}</th>`).join('')}</tr></thead><tbody>${rows.map((cells) => `<tr>${cells.map((cell, index) => `<td data-head="${heads[index] ?? ''}">${cell}</td>`).join('')}</tr>`).join('\n')}</tbody></table></div>`;

const findingRow = (row: Row): string[] => [
  `<span class="${row.severity === 'critical' || row.severity === 'high' ? 'bad' : 'warn'}">${row.severity}</span>`,
  html(row.app.target.label),
  `${linked(row)}<br><span class="soft">${html(row.control.because)}</span>`,
  html(row.found),
  html(row.wanted),
];
const signedRow = (row: Row): string[] => [stateCell(row.state), html(row.app.target.label), linked(row), html(row.reason ?? row.found)];

/** One row a requirement, over all apps. */
function compliance(rows: readonly Row[]): string[][] {
  const byRequirement = new Map<string, Row[]>();
  for (const row of rows) {
    const { mcsb = [], cis = {} } = row.control.compliance ?? {};
    for (const id of [...mcsb.map((one) => `MCSB ${one}`), ...Object.entries(cis).map(([version, one]) => `CIS ${version}: ${one}`)])
      byRequirement.set(id, [...(byRequirement.get(id) ?? []), row]);
  }
  return [...byRequirement]
    .toSorted(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
    .map(([id, own]) => {
      const pass = own.filter(({ state }) => state === 'pass' || state === 'attested').length;
      const fail = own.filter(({ state }) => state === 'fail').length;
      return [
        html(id),
        `<span class="good">${pass}</span>`,
        fail > 0 ? `<span class="bad">${fail}</span>` : '0',
        String(own.length - pass - fail),
      ];
    });
}

function appSection(app: AuditedApp): string {
  const rows = rowsOf({ tool: '', generatedAt: '', apps: [app] });
  const open = rows.filter(isOpen).length;
  const { target, app: hosting } = app;
  const about = [target.resourceGroup, target.location, hosting ? `${PLAN_NAME[hosting.plan]}, ${hosting.os}` : 'could not be read']
    .map(html)
    .join(' · ');
  const body = app.steps.map(
    ({ step, controls }) =>
      `<h3>${html(step.title)}</h3>${table(
        ['Control', 'State', 'Found', 'Wanted'],
        controls.map((control) => [
          html(control.control.label),
          stateCell(control.state),
          html(control.state === 'unknown' || control.state === 'not-applicable' ? (control.reason ?? control.found) : control.found),
          html(control.wanted),
        ]),
      )}`,
  );
  return `<details><summary>${html(target.label)} <span class="${open > 0 ? 'warn' : 'good'}">${open > 0 ? `${open} open` : 'nothing open'}</span></summary><p class="soft">${about}<br>${html(target.id)}</p>${body.join('\n')}</details>`;
}
