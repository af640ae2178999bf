/** The style sheet of the page: light and dark colors, a narrow layout, and print. */
import { HEADS } from './parts.ts';

const BASE = `
:root{color-scheme:light dark;--ground:#fff;--text:#1b1f24;--soft:#57606a;--line:#d8dde3;--card:#f5f7f9;--good:#176f31;--bad:#b42318;--warn:#7d5200;--info:#1f5fbf;--bar:#e4e8ec}
@media (prefers-color-scheme:dark){:root{--ground:#14171b;--text:#e6e9ed;--soft:#a3adb8;--line:#30363d;--card:#1c2127;--good:#4ac26b;--bad:#ff8a80;--warn:#e3b341;--info:#79b8ff;--bar:#2b323a}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:76rem;padding:1.5rem 1.25rem 4rem;background:var(--ground);color:var(--text);font:16px/1.5 system-ui,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.7rem;line-height:1.2;margin:.2rem 0 .4rem}h2{font-size:1.3rem;margin:2.6rem 0 .5rem;padding-top:.4rem;border-top:2px solid var(--line)}
h3{font-size:1.08rem;margin:1.5rem 0 .4rem}h4{font-size:1rem;margin:1.2rem 0 .2rem}p{margin:.4rem 0 .8rem;max-width:65rem}
a{color:var(--info)}.soft{color:var(--soft)}.good{color:var(--good)}.bad{color:var(--bad)}.warn{color:var(--warn)}.info{color:var(--info)}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;padding:0;margin:.8rem 0}
.tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(7.3rem,1fr));gap:.6rem;padding:0;margin:1rem 0;list-style:none}
.tiles li{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.55rem .8rem}.tiles b{display:block;font-size:1.4rem;line-height:1.35;white-space:nowrap}.severity td{white-space:nowrap}
.bar{height:.6rem;border-radius:.3rem;background:var(--bar);overflow:hidden;margin:.3rem 0 .8rem;max-width:65rem}.bar i{display:block;height:100%;background:var(--good)}
table{border-collapse:collapse;width:100%;font-size:.93rem;margin:.3rem 0 1rem}th,td{text-align:left;vertical-align:top;padding:.4rem .7rem .4rem 0;border-bottom:1px solid var(--line)}
th{color:var(--soft);font-weight:600;white-space:nowrap;overflow-wrap:normal}td p{margin:0}
td ul{margin:0;padding:0;list-style:none}td li+li{margin-top:.15rem}
.state{font-weight:600}.mono{font-family:ui-monospace,Consolas,Menlo,monospace;font-size:.84em}td .soft{font-size:.94em}
details{border:1px solid var(--line);border-radius:.5rem;padding:.45rem .8rem;margin:.5rem 0}summary{cursor:pointer}summary h3{display:inline;margin:0 .5rem 0 0}summary span{margin-right:.5rem}
`;

/** Column widths for tables whose automatic widths are not good. */
const WIDTHS = `
.findings td:nth-child(1){width:6rem}.findings td:nth-child(2){width:36%}.findings td:nth-child(3){width:36%}
.controls{table-layout:fixed}.controls th:nth-child(1){width:26%}.controls th:nth-child(2){width:16%}
.changes{table-layout:fixed}.changes th:nth-child(1){width:17%}.changes th:nth-child(2){width:9%}.changes th:nth-child(3){width:22%}.changes th:nth-child(5){width:17%}
.compliance{table-layout:fixed}.compliance th:nth-child(1){width:15%}.compliance th:nth-child(n+3){width:8.5%;white-space:normal}
.groups td:nth-child(1){width:6rem}.groups td:nth-child(2){width:34%}.blocked td:nth-child(1){width:24%}.requests{table-layout:fixed}.requests th:nth-child(1){width:28%}.requests th:nth-child(n+3){width:12%}
.severity{max-width:42rem}.shifts{table-layout:fixed}.shifts th:nth-child(n+3){width:16%}
.open td:nth-child(1){width:30%}.said td:nth-child(1){width:9rem}.said td:nth-child(5){white-space:nowrap}
`;

const labels = Object.entries(HEADS)
  .filter(([kind]) => kind !== 'severity')
  .flatMap(([kind, heads]) => heads.map((head, index) => `.${kind} td:nth-child(${index + 1})::before{content:"${head}"}`))
  .join('');

/** In the narrow layout each row is a card and each cell shows its column's name; the table of severities fits without it. */
const NARROW = `@media screen and (max-width:46rem){body{padding:1rem .9rem 3rem}table:not(.severity) thead{display:none}table:not(.severity),table:not(.severity) :is(tbody,tr,td){display:block;width:auto!important}table:not(.severity) tr{border:1px solid var(--line);border-radius:.5rem;padding:.35rem .7rem;margin:.5rem 0}table:not(.severity) td{border:0;padding:.15rem 0 .15rem 6.4rem;position:relative;min-height:1.5rem}table:not(.severity) td:empty{display:none}table:not(.severity) td::before{position:absolute;left:0;width:6rem;color:var(--soft);overflow-wrap:normal}${labels}.severity th{white-space:normal}.severity :is(th,td){padding-right:.45rem}.tiles{grid-template-columns:1fr 1fr}details{padding:.45rem .6rem}}`;

/** Print: white background, all details open, headings kept with their content. */
const PAPER = `@page{margin:14mm}@media print{:root{color-scheme:light;--ground:#fff;--text:#000;--soft:#444;--line:#bbb;--card:#fff;--good:#176f31;--bad:#a11;--warn:#6b4600;--info:#123f82;--bar:#ddd}body{max-width:none;padding:0;font-size:10pt}nav{display:none}details{border:0;padding:0;margin:0}details::details-content{content-visibility:visible;display:block;height:auto}summary{list-style:none;break-after:avoid;border-bottom:1px solid var(--line)}h2,h3,h4,thead{break-after:avoid}tr,.tiles li{break-inside:avoid}thead{display:table-header-group}table{font-size:8.5pt}.compliance th:nth-child(n+3){width:10%}.bar,.bar i{print-color-adjust:exact}a{color:inherit;text-decoration:none}}`;

export const STYLE = `${BASE}${WIDTHS}${NARROW}\n${PAPER}`;
