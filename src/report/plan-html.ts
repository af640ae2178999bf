/** A plan as one HTML page, built from the same parts as the report of an audit. */
import { pageOf } from './formats/html/page.ts';
import { html, listed, section, soft, table } from './formats/html/parts.ts';
import { editTexts, LEFT_OUT_WORDS, resourceText, noteText, totalsText, type PlanReport } from './plan-report.ts';
import { counted } from '../text/counted.ts';

/** Number of apps that a row names. */
const MOST_NAMES = 20;
/** Number of requests that are shown; JSON has all. */
const MOST_REQUESTS = 5000;

const TONES = { safe: 'good', disruptive: 'warn', 'lock-out': 'bad', 'one-way': 'bad' } as const;
const risk = (name: keyof typeof TONES): string => `<b class="${TONES[name]}">${name}</b>`;
const names = (apps: readonly string[]): string => listed(apps.slice(0, MOST_NAMES), apps.length);

export function planHtml(report: PlanReport): string {
  const { groups, notes, leftOut, totals, apps, tool, createdAt, digest } = report;
  return pageOf({
    heading: 'Azure Functions hardening: plan',
    at: createdAt,
    about: `<p class="soft">Created ${html(createdAt.slice(0, 16).replace('T', ' '))} UTC by ${html(tool)}. Nothing was sent.</p>`,
    sections: [
      section(
        'summary',
        'Summary',
        `<p><strong>${totalsText(totals)}</strong></p>`,
        groups.length === 0
          ? '<p class="good">No value has to change.</p>'
          : table(
              'groups',
              groups.map((group) => [
                risk(group.risk),
                html(`${group.area}: ${group.label}`),
                html(group.edit),
                `<b>${group.apps.length}</b><p class="soft">${names(group.apps)}</p>`,
                String(group.restarts),
              ]),
            ),
      ),
      leftOut.length === 0
        ? ''
        : section(
            'blocked',
            'Not changed',
            table(
              'blocked',
              leftOut.map((one) => [html(one.control), `${LEFT_OUT_WORDS[one.why]}: ${html(noteText(one))}`, names(one.apps)]),
            ),
          ),
      notes.length === 0
        ? ''
        : section(
            'notes',
            'Warnings',
            ...notes.map(
              ({ about, notes: own }) =>
                `<h3>${html(about)}</h3><ul>${own.map((note) => `<li>${html(noteText(note))} <span class="soft">(${counted(note.apps.length, 'app')})</span></li>`).join('')}</ul>`,
            ),
          ),
      requests(apps),
      section(
        'digest',
        'Digest',
        soft('This digest covers all requests and apps of this plan. Use it to approve the plan.'),
        `<p class="mono">${digest}</p>`,
      ),
    ].filter(Boolean),
  }).join('');
}

function requests(apps: PlanReport['apps']): string {
  let left = MOST_REQUESTS;
  const shown = apps.filter(({ changes }) => (left -= changes.length) >= 0);
  if (apps.length === 0) return '';
  return section(
    'apps',
    'Apps',
    shown.length < apps.length
      ? soft(`The first ${shown.length} of ${apps.length} apps, highest risk first. The JSON plan contains all apps.`)
      : '',
    ...shown.map(
      ({ label, resourceGroup, changes }) =>
        `<details><summary><h3>${html(label)}</h3><span class="soft">${html(resourceGroup)}</span> <span>${counted(changes.length, 'request')}</span></summary>${table(
          'requests',
          changes.map((change) => [
            html(resourceText(change)),
            editTexts(change).map(html).join('<br>'),
            risk(change.risk),
            html(change.undo),
          ]),
        )}</details>`,
    ),
  );
}
