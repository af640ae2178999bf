import type { ResolvedChange, ChangeResult, Resumption } from '../engine/past/resume.ts';
import type { RecordedRun } from '../change/undo-log.ts';
import { plainText } from '../text/plain.ts';
import { line, span, type Line, type Tone } from '../text/spans.ts';
import type { Look } from '../text/symbols.ts';
import { resourceOfApp } from './change-lines.ts';
import { plansLines } from './plan-lines.ts';
import { undoPlanLines } from './undo-lines.ts';

const WORDS: Readonly<Record<ChangeResult, { readonly says: string; readonly tone: Tone }>> = {
  done: { says: 'completed: the resource has the new values', tone: 'good' },
  'not-done': { says: 'not completed: the resource has the old values', tone: 'info' },
  changed: { says: 'unknown: the resource has neither all old nor all new values', tone: 'warn' },
  'not-known': { says: 'unknown', tone: 'warn' },
};

/** Returns the result of each request whose answer was lost. */
export function settledLines(settled: readonly ResolvedChange[]): Line[] {
  if (settled.length === 0) return [];
  const lines = settled.map(({ recorded: { intent }, found, why }) =>
    line(
      span(`  ${intent.change}  `, 'strong'),
      plainText(`${intent.app}  ${resourceOfApp(intent.target, intent.resource)}  `),
      span(`${WORDS[found].says}${why ? `: ${plainText(why)}` : ''}`, WORDS[found].tone),
    ),
  );
  return [line(span('Requests of the run whose result was not known:', 'strong')), ...lines, []];
}

/**
 * Returns the work that a resumed run has left: apps without a change are not listed, because a fleet has hundreds. The decisions are those of
 * the undo log, a file that someone may have edited, so its origin comes first.
 */
export const remainingLines = ({ undo, plans }: Resumption, { run, start }: RecordedRun, look: Look): Line[] =>
  undo
    ? undoPlanLines(undo.run, undo.plan, look, start.overwrite ? 'overwritten' : 'kept')
    : [
        ...(plans.some(({ changes }) => changes.length > 0)
          ? [
              line(
                plainText(
                  `The decisions are those in the undo log of run ${run} (${start.user}, ${start.at}). No answers file is read: check the changes before you approve them.`,
                ),
              ),
            ]
          : []),
        ...plansLines(plans, look, { details: true, hint: false }),
      ];
