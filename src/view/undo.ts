import type { UndoPlan } from '../engine/undo.ts';
import { line, span, type Line } from '../text/spans.ts';
import type { Look } from '../text/symbols.ts';
import { changeLines, shortResource, summary, valueText } from './plan.ts';

export function undoPlanLines(run: string, { changes, conflicts, left, rotated }: UndoPlan, look: Look): Line[] {
  const lines: Line[] = [line(span(`Undo of run ${run}`, 'strong')), []];
  if (changes.some(({ risk }) => risk === 'lock-out'))
    lines.push(line(span('(!) Read this: ', 'bad'), 'the recorded values shut callers out again'), []);
  const apps = [...new Set(changes.map(({ target }) => target.label))];
  for (const app of apps) {
    lines.push(
      line(span(app, 'strong')),
      ...changes
        .filter(({ target }) => target.label === app)
        .flatMap((change) => changeLines(change, look))
        .map((one) => [span('  '), ...one]),
      [],
    );
  }
  for (const { change, resource, path, before, ours, now } of conflicts) {
    lines.push(
      line(span('(!) ', 'warn'), `change ${change}: ${shortResource(resource)} ${path} was changed by someone else since`),
      line(`    before ${valueText(before)}, ours ${valueText(ours)}, now ${valueText(now)}`),
    );
  }
  if (conflicts.length > 0) lines.push(line(span('    Theirs is kept; --overwrite takes it back as well.', 'dim')), []);
  for (const { change, app, resource, reason } of left)
    lines.push(line(span('(-) ', 'dim'), `change ${change} of ${app}, ${shortResource(resource)}: ${reason}`));
  for (const { change, path } of rotated)
    lines.push(
      line(
        span('(!) ', 'warn'),
        `change ${change}: ${path} gets the value that is kept there now, which is not the one it had: it was changed since.`,
      ),
    );
  lines.push(line(changes.length === 0 ? 'Nothing to take back.' : summary(changes).replace('Plan:', 'Undo:')));
  return lines;
}
