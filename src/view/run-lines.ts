import type { ApplyResult } from '../engine/run/apply.ts';
import type { Change } from '../change/change.ts';
import type { RunEvent } from '../engine/run/run-events.ts';
import { plainText } from '../text/plain.ts';
import { line, span, type Line } from '../text/spans.ts';
import { signOf, type Look } from '../text/symbols.ts';
import { failureCode } from './failure-code.ts';
import { diffLines, resourceOfApp } from './change-lines.ts';

/** Returns the title of a change: `fn-orders config/web: minTlsVersion, ftpsState`. */
export const changeTitle = ({ target, resource, diff, call, method }: Change): string => {
  return `${target.label} ${resourceOfApp(target.id, resource)}: ${call ? 'call' : diff.some(({ path }) => path === '') ? (method === 'DELETE' ? 'delete' : 'create') : namesOf(diff.map(({ path }) => shortPath(path)))}`;
};

const namesOf = (names: readonly string[]): string =>
  names.length <= 3 ? names.join(', ') : `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`;

const mark = (good: boolean, { ascii, spoken }: Look) =>
  spoken
    ? span(good ? '' : 'failed: ', good ? 'good' : 'bad')
    : good
      ? span(ascii ? '[ok] ' : '(✓) ', 'good')
      : span(ascii ? '[x] ' : '(x) ', 'bad');
type Applied = Extract<ApplyResult, { state: 'applied' }>;

/** Returns the result of the fresh read after an accepted write, in words. */
function verifiedText({ verified, provisioning, hidden = [], other = [] }: Applied): string {
  if (provisioning !== undefined) return `accepted by Azure, but the provisioning state is ${plainText(provisioning)}`;
  if (verified === 'shown') return 'verified';
  if (verified === 'not-readable') return 'accepted by Azure; the value cannot be read';
  if (other.length > 0)
    return `accepted by Azure, but Azure shows another value of ${plainText(namesOf(other.map(shortPath)))}, neither the old nor the new one`;
  const values = hidden.length === 0 ? 'the new value' : `the new value of ${plainText(namesOf(hidden.map(shortPath)))}`;
  return `accepted by Azure, but Azure does not show ${values} yet`;
}

const shortPath = (path: string): string => path.replace(/^properties\./, '');

/** Returns the values that were lost during a change; only their names, because the values may be secrets. */
const lostLines = (lost: readonly string[]): Line[] => [
  line(`    Missing or different right after the change: ${plainText(namesOf(lost.map(shortPath)))}.`),
  line('    Find out what removed or changed it. func-harden cannot restore it, and an undo of this run cannot either.'),
];

/** Returns what may be the reason that a new value does not show, and the next step. */
const notShownLines = ({ guards }: Change, other: Applied['other']): Line[] => [
  ...[...new Set(guards.flatMap(({ mayRevert, says }) => (mayRevert ? says : [])))].map((says) => line(`    ${plainText(says)}`)),
  line(
    other
      ? '    Azure replaced the new value, or something else changed it. Find out what did, then preview again.'
      : '    Preview again in a few minutes. If the old value still shows, Azure ignored the new value, or something changed it back.',
  ),
];

/** Returns the result of a change, and after a failure the reason and the next step. */
function resultLines(change: Change, result: ApplyResult, look: Look): Line[] {
  const title = changeTitle(change);
  switch (result.state) {
    case 'applied':
      return [
        line(
          (result.verified === 'shown' && !result.lost) || change.call !== undefined
            ? mark(true, look)
            : span(look.ascii ? '[!] ' : signOf('(!) ', look), 'warn'),
          title,
          span(`   ${verifiedText(result)}`, result.verified === 'not-shown' ? 'warn' : 'dim'),
          span(result.lost ? ', but other values are missing or different' : '', 'warn'),
          span(result.diff ? ', together with the change that this run made for another app' : '', 'dim'),
        ),
        ...(result.verified === 'not-shown' && result.provisioning === undefined ? notShownLines(change, result.other) : []),
        ...(result.verified === 'not-readable' && change.call === undefined
          ? [line('    Preview again to see whether Azure has the new value.')]
          : []),
        ...(result.lost ? lostLines(result.lost) : []),
      ];
    case 'already':
      return [line(span(signOf(look.ascii ? '[-] ' : '(-) ', look), 'dim'), title, span('   already has these values', 'dim'))];
    case 'moved':
      return [
        line(mark(false, look), title),
        line(
          `    ${result.by === undefined ? 'The value was changed after the preview' : `${plainText(result.by)} wrote a different value in the same run`}, so nothing was sent. The change would now be:`,
        ),
        ...result.diff.flatMap((diff) => diffLines(diff, look)).map((one) => [span('      '), ...one]),
      ];
    case 'failed': {
      const { failure } = result;
      return [
        line(mark(false, look), title),
        line(`    ${plainText(failure.message)}`),
        line(`    ${failure.next}`),
        ...(failureCode(failure) === '' ? [] : [line(span(`    ${failureCode(failure)}`, 'dim'))]),
      ];
    }
  }
}

/** Returns the lines of an event; none for events that only a screen shows. */
export function eventLines(event: RunEvent, look: Look): Line[] {
  switch (event.type) {
    case 'change-end':
      return resultLines(event.what, event.result, look);
    case 'rolled-back':
      return resultLines(event.what, event.result, look).map((one, index) =>
        index > 0
          ? one
          : line(
              span(event.result.state === 'failed' || event.result.state === 'moved' ? 'not rolled back ' : 'rolled back ', 'warn'),
              ...one,
            ),
      );
    case 'change-wait':
      return event.elapsed > 0
        ? [line(span(`${plainText(event.app)}: waiting until ${plainText(event.waitsFor)} (${Math.round(event.elapsed / 1000)} s)`, 'dim'))]
        : [];
    case 'canary': {
      const apps = plainText(namesOf(event.apps));
      return [
        line(
          mark(event.ok, look),
          event.ok ? `changed first: ${apps} applied and verified` : `changed first: ${apps} failed or could not be verified`,
        ),
      ];
    }
    case 'app-failed':
      return [
        line(mark(false, look), `${event.app === '' ? '' : `${event.app}: `}${plainText(event.message)}`),
        ...event.next.map((next) => line(`    ${next}`)),
      ];
    default:
      return [];
  }
}
