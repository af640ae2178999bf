/** The sections of the page, from the collected values. */
import { STATES } from '../../../engine/judge/assess.ts';
import { SEVERITIES } from '../../../view/app-progress.ts';
import { wordAfter } from '../../../view/assessment.ts';
import { INITIATIVES } from '../../../contract/index.ts';
import { ISO_27001, MOST_DETAILS, NIST, worstOf, type Collected, type Requirement, type SignedStatement, type Topic } from './collect.ts';
import { html, linked, listed, number, scoreOf, section, soft, stateCell, table, tone } from './parts.ts';
import { counted } from '../../../text/counted.ts';

export function summary(collected: Collected): string {
  const { counts, apps, bySeverity } = collected;
  const score = scoreOf(counts);
  const tiles = [
    `<li><b>${score ? `${score.percent} %` : '–'}</b>score</li>`,
    `<li><b>${apps.length}</b>${apps.length === 1 ? 'app' : 'apps'}</li>`,
    ...STATES.filter((state) => counts[state]).map(
      (state) => `<li><b class="${tone(state)}">${counts[state] ?? 0}</b>${wordAfter(counts[state] ?? 0, state)}</li>`,
    ),
  ];
  const rows = SEVERITIES.filter((severity) => bySeverity.has(severity)).map((severity) => {
    const own = bySeverity.get(severity) ?? {};
    const open = (own.unknown ?? 0) + (own['attestation-missing'] ?? 0) + (own['attestation-expired'] ?? 0);
    return [
      severity,
      number(own.pass ?? 0, 'good'),
      number(own.fail ?? 0, severity === 'low' || severity === 'medium' ? 'warn' : 'bad'),
      number((own.attested ?? 0) + (own.accepted ?? 0), 'info'),
      number(open, 'warn'),
    ];
  });
  const says = score
    ? `The score is the share of controls that pass: ${score.good} of ${score.total}. ${counted(counts['not-applicable'] ?? 0, 'control does', 'controls do')} not apply and ${counts['not-applicable'] === 1 ? 'is' : 'are'} left out. Values that could not be read, attestations and accepted findings do not count as passed. Every control counts once, whatever its severity, so read the severities too.`
    : 'No control could be checked, so there is no score.';
  return section(
    'summary',
    'Summary',
    `<ul class="tiles">${tiles.join('')}</ul>`,
    score ? `<div class="bar" role="img" aria-label="${score.percent} percent pass"><i style="width:${score.percent}%"></i></div>` : '',
    soft(says),
    rows.length > 0 ? table('severity', rows) : '',
  );
}

const gravest = (a: Topic, b: Topic): number =>
  SEVERITIES.indexOf(a.control.severity) - SEVERITIES.indexOf(b.control.severity) || b.many - a.many;

export function findings({ findings: all, apps }: Collected): string {
  const rows = [...all.values()]
    .toSorted(gravest)
    .map((topic) => [
      `<span class="${topic.control.severity === 'critical' || topic.control.severity === 'high' ? 'bad' : 'warn'}">${topic.control.severity}</span>`,
      `${linked(topic.step, topic.control.control)}<p class="soft">${html(topic.control.control.because)}</p>`,
      places(topic, apps.length),
      html(topic.control.wanted),
    ]);
  return section(
    'findings',
    'Findings',
    rows.length === 0
      ? '<p class="good">No findings.</p>'
      : soft(
          `${counted(all.size, 'control fails', 'controls fail')} in at least one app, most severe first, each with its current values.`,
        ),
    rows.length === 0 ? '' : table('findings', rows),
  );
}

/** Lists the values found, by app; apps with the same value share one line. */
function places({ places: found, many }: Topic, apps: number): string {
  const bySaying = new Map<string, string[]>();
  for (const { app, says } of found) bySaying.set(says, [...(bySaying.get(says) ?? []), app]);
  const lines = [...bySaying].map(
    ([says, names]) => `<li>${apps > 1 ? `<b>${names.map(html).join(', ')}</b>: ` : ''}${html(says) || 'no reason given'}</li>`,
  );
  const more = many > found.length ? `<li>and ${counted(many - found.length, 'more app')}</li>` : '';
  return `<ul>${lines.join('')}${more}</ul>`;
}

export function open({ open: all }: Collected): string {
  if (all.size === 0) return '';
  const rows = [...all.values()].toSorted(gravest).map(({ step, control: finding, many, places: found }) => [
    linked(step, finding.control),
    finding.state === 'unknown' ? html(finding.reason ?? '') : `${stateCell(finding.state)}<p class="soft">${html(finding.wanted)}</p>`,
    listed(
      found.map(({ app }) => app),
      many,
    ),
  ]);
  return section(
    'open',
    'Unknown',
    soft('Neither passed nor failed: the value could not be read, or an attestation is missing.'),
    table('open', rows),
  );
}

/** Days before its end date from which a signature counts as ending soon. */
const SOON = 30;

export function said({ said: all }: Collected, today: string): string {
  if (all.size === 0) return section('said', 'Attestations and exceptions', soft('No attestations and no accepted findings.'));
  const ofKind = (kind: 'attest' | 'accept') =>
    [...all.values()].filter(({ signed }) => signed.decision === kind).toSorted((a, b) => a.signed.until.localeCompare(b.signed.until));
  const part = (title: string, says: string, rows: readonly SignedStatement[]) =>
    rows.length === 0
      ? ''
      : `<h3>${title}</h3>${soft(says)}${table(
          'said',
          rows.map((one) => saidRow(one, today)),
        )}`;
  return section(
    'said',
    'Attestations and exceptions',
    part('Attestations', 'Statements by people about controls that no API can check. Sorted by end date.', ofKind('attest')),
    part('Exceptions', 'Findings that a person accepted until a date. After that date they fail again.', ofKind('accept')),
  );
}

function saidRow({ step, control: finding, signed, many, apps }: SignedStatement, today: string): string[] {
  const isOver = signed.until < today;
  const left = Math.round((Date.parse(signed.until) - Date.parse(today)) / 86_400_000);
  const end = isOver ? '<br><b class="bad">expired</b>' : left <= SOON ? `<br><b class="warn">${counted(left, 'day')} left</b>` : '';
  return [
    stateCell(finding.state),
    linked(step, finding.control),
    html(signed.by),
    html(signed.decision === 'attest' ? signed.evidence : signed.reason),
    `${html(signed.until)}${end}`,
    listed(apps, many),
  ];
}

export function compliance({ compliance: all }: Collected): string {
  const parts = [...all]
    .toSorted(([a], [b]) => rankOf(a) - rankOf(b) || b.localeCompare(a, 'en', { numeric: true }))
    .map(([benchmark, own]) => `<h3>${html(benchmark)}</h3>${sourceOf(benchmark)}${table('compliance', requirements(own))}`);
  return section(
    'compliance',
    'Compliance',
    soft(
      'Results of the controls that are mapped to a benchmark, for all apps. A control may cover only part of a requirement, and requirements without a control are not listed: this section helps you to prepare an audit, but does not replace it.',
    ),
    ...parts,
  );
}

/** Links the source of a benchmark's mapping, for benchmarks that an initiative of Azure Policy maps. */
function sourceOf(benchmark: string): string {
  const key = benchmark === NIST ? 'nist' : benchmark === ISO_27001 ? 'iso27001' : undefined;
  const links = INITIATIVES.filter((initiative) => initiative.benchmark === key && Object.keys(initiative.requirements).length > 0).map(
    ({ name, version, source }) => `<a href="${html(source)}">${html(`${name} ${version}`)}</a>`,
  );
  return links.length === 0 ? '' : soft(`Mapped by built-in initiatives of Azure Policy: ${links.join(', ')}.`);
}

const rankOf = (benchmark: string): number =>
  benchmark.startsWith('Microsoft') ? 0 : benchmark.startsWith('CIS') ? 1 : benchmark === 'Azure Policy' ? 3 : 2;

const requirements = (own: ReadonlyMap<string, Requirement>): string[][] =>
  [...own]
    .toSorted(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
    .map(([id, { labels, pass, fail, unknown, accepted }]) => [
      id.length > 20 ? `<span class="mono">${html(id)}</span>` : `<b>${html(id)}</b>`,
      [...labels].map(html).join('<br>'),
      number(pass, 'good'),
      number(fail, 'bad'),
      number(unknown, 'warn'),
      number(accepted, 'info'),
    ]);

export function apps(collected: Collected): string {
  const { apps: all } = collected;
  const shown = worstOf(collected);
  const rows = (all.length > 1 ? all.toSorted((a, b) => b.weight - a.weight) : []).map(({ label, about, counts }) => {
    const score = scoreOf(counts);
    return [
      `<b>${html(label)}</b>`,
      html(about),
      score ? `${score.percent} %` : 'not read',
      number(counts.fail ?? 0, 'bad'),
      number(counts.unknown ?? 0, 'warn'),
      number(counts.accepted ?? 0, 'info'),
    ];
  });
  return [
    rows.length > 0 ? section('apps', 'Apps', soft('Sorted by number and severity of findings.'), table('apps', rows)) : '',
    section(
      'evidence',
      'Evidence',
      soft(
        shown.length < all.length
          ? `Every control of the ${MOST_DETAILS} apps with the most findings, of ${all.length} apps. For the other apps, only the row above is shown. The CSV and JSON reports contain every control of every app.`
          : 'Every control of every app, with its current and desired value.',
      ),
      ...shown.map(({ html: body }) => body),
    ),
  ].join('\n');
}
