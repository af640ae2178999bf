/** Parts of the sections of the page. */
import { MARKS } from '../../../text/symbols.ts';
import { plainText } from '../../../text/plain.ts';
import type { State } from '../../../engine/judge/assess.ts';
import { type AnyStep, pageOf } from '../../../contract/index.ts';
import type { Counts } from '../../../view/assessment.ts';

/** Escapes text for HTML. All external text passes through here. */
export const html = (text: string): string =>
  plainText(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Column names by kind of table. The narrow layout shows them in front of each cell, by its class. */
export const HEADS = {
  apps: ['App', 'Hosting', 'Score', 'Fails', 'Unknown', 'Accepted'],
  severity: ['Severity', 'Passes', 'Fails', 'Attested or accepted', 'Unknown or not attested'],
  findings: ['Severity', 'Control', 'Current value', 'Desired value'],
  open: ['Control', 'Why', 'Apps'],
  shifts: ['Control', 'Apps', 'Before', 'Now'],
  changes: ['When', 'App', 'What', 'Before → after', 'State'],
  said: ['State', 'Control', 'Who', 'Statement', 'Until', 'Apps'],
  compliance: ['Id', 'Checked by', 'Passes', 'Fails', 'Unknown or not attested', 'Attested or accepted'],
  controls: ['Control', 'State', 'Current value', 'Desired value'],
  groups: ['Risk', 'Control', 'Change', 'Apps', 'Restarts'],
  blocked: ['Control', 'Why', 'Apps'],
  requests: ['Resource', 'Change', 'Risk', 'Undo'],
} as const;
export type Kind = keyof typeof HEADS;

export const table = (kind: Kind, rows: readonly (readonly string[])[]): string =>
  `<table class="${kind}"><thead><tr>${HEADS[kind].map((head) => `<th scope="col">${head}</th>`).join('')}</tr></thead><tbody>${rows
    .map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`)
    .join('\n')}</tbody></table>`;

export const section = (id: string, title: string, ...parts: readonly string[]): string =>
  `<section id="${id}"><h2>${title}</h2>${parts.filter(Boolean).join('\n')}</section>`;

export const soft = (text: string): string => `<p class="soft">${text}</p>`;

const TONES = { good: 'good', bad: 'bad', warn: 'warn', info: 'info', dim: 'soft' } as const;
export const tone = (state: State): string => TONES[MARKS[state].tone];
export const stateCell = (state: State): string =>
  `<span class="state ${tone(state)}"><span aria-hidden="true">${MARKS[state].symbol}</span> ${MARKS[state].word}</span>`;

export const number = (value: number, className: string): string => (value === 0 ? '0' : `<b class="${className}">${value}</b>`);

/** `a, b, c and 4 more`. */
export const listed = (names: readonly string[], many: number): string =>
  `${names.map(html).join(', ')}${many > names.length ? ` and ${many - names.length} more` : ''}`;

/** Returns the percentage of applicable controls that pass, without attested and accepted ones; undefined if none applies. */
export function scoreOf(counts: Counts): { readonly percent: number; readonly good: number; readonly total: number } | undefined {
  const total = Object.entries(counts).reduce((sum, [state, many]) => sum + (state === 'not-applicable' ? 0 : many), 0);
  const good = counts.pass ?? 0;
  // Rounded down, so that 100 % means all controls.
  return total === 0 ? undefined : { percent: Math.floor((good / total) * 100), good, total };
}

/** Formats the name of the control as a link to its documentation. */
export const linked = (step: AnyStep, control: AnyStep['controls'][number]): string =>
  `<a href="${html(pageOf(step, control) ?? '')}">${html(`${step.title}: ${control.label}`)}</a>`;
