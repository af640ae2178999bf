import type { RecordedRun } from '../change/undo-log.ts';
import type { ResolvedChange, ChangeResult, Resumption } from '../engine/past/resume.ts';
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
  'not-known': { says: 'unknown: the resource could not be read', tone: 'warn' },
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
  return [line(span('The run was interrupted. State of its last requests:', 'strong')), ...lines, []];
}

/** Returns what a resumed run would still send. Of the plans of many apps, the last line is the total of all. */
export const remainingLines = (run: RecordedRun, { undo, plans }: Resumption, look: Look): Line[] =>
  undo ? undoPlanLines(undo.run, undo.plan, look, run.start.overwrite ? 'overwritten' : 'kept') : plansLines(plans, look, { hint: false });
