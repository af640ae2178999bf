import { compare } from '../change/compare.ts';
import { shown } from '../change/value.ts';
import type { ThreeWay } from '../engine/past/three-way.ts';
import type { Damage } from '../change/undo-log.ts';
import { confirmedBy } from '../engine/fleet/targets.ts';
import type { UndoPlan } from '../engine/past/undo.ts';
import { plainText } from '../text/plain.ts';
import { line, span, type Line, type Tone } from '../text/spans.ts';
import type { Look } from '../text/symbols.ts';
import { changeLines, shortResource, planSummary, valueText } from './change-lines.ts';

export function undoPlanLines(run: string, { changes, conflicts, left, rotated, damage }: UndoPlan, look: Look): Line[] {
  const lines: Line[] = [line(span(`Undo of run ${run}`, 'strong')), []];
  if (changes.some(({ risk }) => risk === 'lock-out'))
    lines.push(line(span('(!) Read this: ', 'bad'), 'the recorded values shut callers out again'), []);
  const targets = [...new Map(changes.map(({ target }) => [target.id, target])).values()];
  for (const app of targets) {
    lines.push(
      line(span(confirmedBy(app, targets), 'strong')),
      ...changes
        .filter(({ target }) => target.id === app.id)
        .flatMap((change) => changeLines(change, look))
        .map((one) => [span('  '), ...one]),
      [],
    );
  }
  for (const { change, resource, edit, now } of conflicts) {
    lines.push(
      line(span('(!) ', 'warn'), `change ${change}: ${shortResource(resource)} ${edit.path} was changed by someone else since`),
      line(`    before ${valueText(shown(edit.before))}, ours ${valueText(shown(edit.after))}, now ${valueText(shown(now))}`),
    );
  }
  if (conflicts.length > 0) lines.push(line(span('    Theirs is kept; --overwrite takes it back as well.', 'dim')), []);
  lines.push(...damageLines(damage));
  for (const { change, app, resource, reason } of left)
    lines.push(line(span('(-) ', 'dim'), `change ${change} of ${app}, ${shortResource(resource)}: ${reason}`));
  for (const { change, path } of rotated)
    lines.push(
      line(
        span('(!) ', 'warn'),
        `change ${change}: ${path} gets the value that is kept there now, which is not the one it had: it was changed since.`,
      ),
    );
  lines.push(line(changes.length === 0 ? 'Nothing to take back.' : planSummary(changes).replace('Plan:', 'Undo:')));
  return lines;
}

/** Each line of the undo log that cannot be relied on, with its place. */
export const damageLines = (damage: readonly Damage[]): Line[] =>
  damage.map(({ file, line: number, says, change }) =>
    line(span('(!) ', 'bad'), plainText(`${file}:${number}: ${says}${change === undefined ? '' : `. Change ${change} stays as it is`}.`)),
  );

const STATE: Readonly<Record<ThreeWay['state'], { readonly says: string; readonly tone: Tone }>> = {
  ours: { says: 'as it was written', tone: 'dim' },
  before: { says: 'as it was before', tone: 'good' },
  foreign: { says: 'changed by someone else since', tone: 'warn' },
  unreadable: { says: 'cannot be read', tone: 'warn' },
};
/** Longer values are cut: what tells is that they differ. */
const MOST = 400;

/** One value as it was, as it was written, and as it is; of lists only what differs. */
export function threeWayLines({ edit, now, state, why }: ThreeWay, pad: string): Line[] {
  const { path } = edit;
  const [before, ours] = [shown(edit.before), shown(edit.after)];
  const { says, tone } = STATE[state];
  const name = path.replace(/^properties\./, '') || 'the whole';
  const value = (of: unknown) => valueText(of).slice(0, MOST);
  const row = (word: string, text: string) => line(span(`${pad}  ${word.padEnd(6)}`, 'dim'), text);
  const isList = Array.isArray(before) || Array.isArray(ours);
  const was = isList
    ? compare(before, ours, name).differences.map((one) => row('ours', `${one.operation} ${value(one.after ?? one.before)}`))
    : [row('was', value(before)), row('ours', value(ours))];
  return [
    line(`${pad}${plainText(name)}   `, span(`${says}${why ? `: ${plainText(why)}` : ''}`, tone)),
    ...was,
    ...(state === 'foreign' ? [line(span(`${pad}  now   `, 'warn'), span(value(shown(now)), 'warn'))] : []),
  ];
}
