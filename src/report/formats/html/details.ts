/** The details of one app: the evidence of each control. */
import type { AuditedApp } from '../../audited-app.ts';
import { declaredText } from '../../../view/declared-text.ts';
import { html, scoreOf, stateCell, table } from './parts.ts';
import type { Counts } from '../../../view/assessment.ts';

export function appDetails({ target, steps }: AuditedApp, { counts, about }: Omit<AppRow, 'weight'>): string {
  const score = scoreOf(counts);
  const fails = counts.fail ?? 0;
  const body = steps.map(
    ({ step, controls }) =>
      `<h4>${html(step.title)}</h4>${table(
        'controls',
        controls.map((control) => {
          const untold = control.state === 'unknown' || control.state === 'not-applicable';
          const found = untold
            ? (control.reason ?? control.found)
            : [control.found, control.reason, control.declared && `declared in ${declaredText(control.declared)}`]
                .filter(Boolean)
                .join(' – ');
          return [html(control.control.label), stateCell(control.state), html(found), untold ? '' : html(control.wanted)];
        }),
      )}`,
  );
  return `<details><summary><h3>${html(target.label)}</h3> <span class="${fails > 0 ? 'bad' : 'good'}">${fails > 0 ? `${fails} fail` : 'no findings'}</span> <span class="soft">${score ? `${score.percent} %` : 'not read'}</span></summary><p class="soft">${html(about)}<br>${html(target.id)}</p>${body.join('\n')}</details>`;
}

export interface AppRow {
  readonly label: string;
  readonly about: string;
  readonly counts: Counts;
  readonly weight: number;
}
