import type { Drift } from '../engine/past/drift.ts';
import { plainText } from '../text/plain.ts';
import { line, span, type Line } from '../text/spans.ts';
import { shortResource, valueText } from './change-lines.ts';

/** The longest value that is shown. The plan has the whole value. */
const MOST = 120;

/** Returns the values that earlier runs set and someone changed since, one per line. */
export function driftLines(drift: readonly Drift[]): Line[] {
  if (drift.length === 0) return [];
  return [
    line(span('Changed since the last run', 'strong'), span('   values that an earlier run set and that differ now', 'dim')),
    ...drift.map(({ app, controls, resource, path, run, at, now }) => {
      const place = path.replace(/^properties\./, '') || shortResource(resource);
      const text = valueText(now);
      return line(
        span('  ! ', 'warn'),
        `${plainText(app)}  ${controls.join(', ')}: ${plainText(place)}, set by run ${run} on ${at.slice(0, 10)}, current value `,
        span(text.length > MOST ? `${text.slice(0, MOST)}...` : text, 'warn'),
      );
    }),
    [],
  ];
}
