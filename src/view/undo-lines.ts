import { compare } from '../change/compare.ts';
import { showValue } from '../change/value.ts';
import type { ThreeWay } from '../engine/past/three-way.ts';
import type { Edit } from '../change/edit.ts';
import type { Damage } from '../change/undo-log.ts';
import { confirmedBy } from '../engine/fleet/targets.ts';
import type { UndoPlan } from '../engine/past/undo.ts';
import { plainText } from '../text/plain.ts';
import { line, lineText, span, type Line, type Tone } from '../text/spans.ts';
import { signOf, type Look } from '../text/symbols.ts';
import { namedApps } from './plan-lines.ts';
import { evidenceLines } from './unproven-lines.ts';
import { changeLines, guardLine, shortResource, planSummary, standInText, valueText } from './change-lines.ts';
import { counted } from '../text/counted.ts';

/** The number of apps up to which each app is shown on its own. */
const MOST_APPS = 10;

/** Replaces the name of an app, so that the same change of another app is the same text. */
const anyApp = (text: string, { label }: { readonly label: string }): string => text.replaceAll(`sites/${label}`, 'sites/*');

const lineKey = ({ app, lines }: { readonly app: { readonly label: string }; readonly lines: readonly Line[] }): string =>
  lines.map((one) => anyApp(lineText(one), app)).join('\n');

/** What happens to values that someone else changed after the run: they are overwritten, or the text names the option that overwrites them. */
type Foreign = 'overwritten' | 'kept' | 'Add --overwrite' | 'Press t' | 'Answer yes';

export function undoPlanLines(
  run: string,
  { changes, conflicts, left, rotated, standIns, damage }: UndoPlan,
  look: Look,
  foreign: Foreign = 'Add --overwrite',
): Line[] {
  const lines: Line[] = [line(span(`Undo of run ${run}`, 'strong')), []];
  if (changes.some(({ risk }) => risk === 'lock-out'))
    lines.push(line(span(`${signOf('(!) ', look)}Lock-out: `, 'bad'), 'this undo restores values that lock callers out'), []);
  const byApp = Map.groupBy(changes, ({ target }) => target.id);
  const blocks = [...byApp.values()].map((own) => ({
    app: own.at(-1)!.target,
    lines: own.flatMap((change) => [...changeLines(change, look), ...change.guards.map((note) => [span('    '), ...guardLine(note)])]),
  }));
  const targets = blocks.map(({ app }) => app);
  const nameOf = confirmedBy(targets);
  const groups = Map.groupBy(blocks, (block) => (targets.length > MOST_APPS ? lineKey(block) : block.app.id));
  for (const group of groups.values()) {
    const [first] = group as [(typeof blocks)[number]];
    const names = group.map(({ app }) => nameOf(app));
    const isMany = group.length > 1;
    lines.push(
      line(span(isMany ? `${counted(group.length, 'app')}: ${namedApps(names)}` : (names[0] ?? ''), 'strong')),
      ...(isMany ? first.lines.map((one) => one.map((part) => ({ ...part, text: anyApp(part.text, first.app) }))) : first.lines).map(
        (one) => [span('  '), ...one],
      ),
      [],
    );
  }
  for (const { change, resource, edit, now, heldBy } of conflicts) {
    const place = [shortResource(resource), edit.path].filter(Boolean).join(' ');
    lines.push(
      line(
        span(signOf('(!) ', look), 'warn'),
        `change ${change}: ${place} ${heldBy === undefined ? 'was changed after this run' : `stays, because ${heldBy} works only together with it and was changed after this run`}`,
      ),
      line(
        `    before the run ${valueText(showValue(edit.before))}, written by the run ${valueText(showValue(edit.after))}, current value ${valueText(showValue(now))}`,
      ),
    );
  }
  const stay = `These values stay as they are.${foreign === 'kept' ? '' : ` ${foreign} to revert them as well.`}`;
  if (conflicts.length > 0)
    lines.push(line(foreign === 'overwritten' ? span('    The undo overwrites these values.', 'warn') : span(`    ${stay}`, 'dim')), []);
  lines.push(...damageLines(damage, look));
  // A next step that several changes share is printed once, after the last of them.
  const lastWith = new Map(left.map((one) => [one.failure?.next, one.change]));
  for (const { change, app, resource, reason, failure } of left) {
    lines.push(line(span(signOf('(-) ', look), 'dim'), `change ${change} of ${app}, ${shortResource(resource)}: ${reason}`));
    if (failure?.next && lastWith.get(failure.next) === change) lines.push(line(`    ${plainText(failure.next)}`));
  }
  for (const { change, path } of rotated)
    lines.push(
      line(
        span(signOf('(!) ', look), 'warn'),
        `change ${change}: ${path} gets the current value of its source (for example a Key Vault secret). It differs from the value before the run.`,
      ),
    );
  lines.push(...standInLines(standIns));
  const isBack = conflicts.length === 0 && damage.length === 0 && left.every((one) => one.isBack);
  const none = isBack ? 'Nothing to revert.' : 'No change can be reverted.';
  lines.push(...evidenceLines(changes), line(changes.length === 0 ? none : planSummary({ changes }, 'Undo')));
  return lines;
}

/** Returns the values that were not set before the run, each once. */
const standInLines = (standIns: readonly Edit[]): Line[] =>
  [...new Set(standIns.map(standInText))].map((text) => line(span('undo ', 'dim'), text));

/** Returns the damaged lines of the undo log with their places. */
const damageLines = (damage: readonly Damage[], look: Look): Line[] =>
  damage.map(({ file, line: number, says, change }) =>
    line(
      span(signOf('(!) ', look), 'bad'),
      plainText(`${file}:${number}: ${says}${change === undefined ? '' : `. Change ${change} is not reverted`}.`),
    ),
  );

const STATE: Readonly<Record<ThreeWay['state'], { readonly says: string; readonly tone: Tone }>> = {
  ours: { says: 'as the run wrote it', tone: 'dim' },
  before: { says: 'as before the run', tone: 'good' },
  foreign: { says: 'changed after the run', tone: 'warn' },
  unreadable: { says: 'cannot be read', tone: 'warn' },
};
/** The longest value that is shown. What matters is that the values differ. */
const MOST = 400;

/** Returns a value before the run, as written, and current; of a list only the differences. */
export function threeWayLines({ edit, now, state, why }: ThreeWay, pad: string): Line[] {
  const { path } = edit;
  const [before, ours] = [showValue(edit.before), showValue(edit.after)];
  const { says, tone } = STATE[state];
  const name = path.replace(/^properties\./, '') || 'the whole resource';
  const value = (of: unknown) => {
    const text = valueText(of);
    return text.length > MOST ? `${text.slice(0, MOST)}...` : text;
  };
  const row = (word: string, text: string) => line(span(`${pad}  ${word.padEnd(8)}`, 'dim'), text);
  const isList = Array.isArray(before) || Array.isArray(ours);
  const was = isList
    ? compare(before, ours, name).differences.map((one) => row('written', `${one.operation} ${value(one.after ?? one.before)}`))
    : [row('before', value(before)), row('written', value(ours))];
  return [
    line(`${pad}${plainText(name)}   `, span(`${says}${why ? `: ${plainText(why)}` : ''}`, tone)),
    ...was,
    ...(state === 'foreign' ? [line(span(`${pad}  current `, 'warn'), span(value(showValue(now)), 'warn'))] : []),
  ];
}
