/** Line prompts for the choices in an app. */
import type { OpenApp } from '../../engine/session.ts';
import type { StepState } from '../../engine/judge/assess.ts';
import { plainText } from '../../text/plain.ts';
import { lineText } from '../../text/spans.ts';
import { MARKS, type Look } from '../../text/symbols.ts';
import { bySeverity, queuedControls, queuedIn, undecidedWorst } from '../../view/app-progress.ts';
import { causeText, count, countLine, unknownCauses } from '../../view/assessment.ts';
import type { Choice } from './prompts.ts';

export type Where =
  | { readonly to: 'area'; readonly id: string }
  | { readonly to: 'queue' | 'safe' | 'disruptive' | 'findings' | 'slot' | 'undo' | 'address' | 'search' | 'apps' | 'leave' };

/** Describes the state of an area: `1 of 3 fails, highest severity low`. */
function stateText(one: StepState, { decisions }: OpenApp, waiting: ReadonlySet<string>): string {
  const { step, state, controls } = one;
  if (state !== 'fail') return MARKS[state].word;
  const skipped = decisions[step.id]?.decision?.decision === 'skip' ? ', skipped' : '';
  const queued = controls.some(({ id }) => waiting.has(id)) ? ', queued' : '';
  return `${failsText(controls)}, highest severity ${bySeverity([one])[0]?.[0] ?? 'low'}${queued}${skipped}`;
}

/** Counts the findings of an area: `1 of 3 fails`. */
function failsText(controls: StepState['controls']): string {
  const fails = controls.filter(({ state }) => state === 'fail').length;
  return `${fails} of ${controls.length} ${fails === 1 ? 'fails' : 'fail'}`;
}

/** Returns the number of controls in each state, the size of the queue, and the areas to begin with. */
export function scoreLines(open: OpenApp, look: Look): readonly string[] {
  const waiting = queuedControls(open).size;
  const first = undecidedWorst(open).map(({ step }) => step.title);
  return [
    `${plainText(open.target.label)}: ${lineText(countLine(count(open.steps), look))}`,
    ...unknownCauses(open.steps)
      .filter(({ areas }) => areas > 1)
      .map(causeText),
    ...(waiting > 0 ? [`${waiting} of these controls ${waiting === 1 ? 'passes' : 'pass'} after the queue is applied`] : []),
    ...(first.length > 0 ? [`Recommended first: ${first.join(', ')}`] : []),
  ];
}

/** Returns the choices of an app. They stay the same in number and order, because a person remembers their numbers. */
export function placesOf(open: OpenApp, myIp: string | undefined, isOnly: boolean): Choice<Where>[] {
  const queued = queuedIn(open).length;
  const waiting = queuedControls(open);
  return [
    ...open.steps.map((one): Choice<Where> => ({
      name: `${one.step.title}: ${stateText(one, open, waiting)}`,
      value: { to: 'area', id: one.step.id },
    })),
    { name: 'list the findings of this app', value: { to: 'findings' } },
    { name: 'apply all safe fixes of this app', value: { to: 'safe' } },
    { name: 'apply disruptive and safe fixes of this app', value: { to: 'disruptive' } },
    { name: `apply the queue (${queued === 0 ? 'empty' : queued === 1 ? '1 area' : `${queued} areas`})`, value: { to: 'queue' } },
    { name: 'search areas and controls', value: { to: 'search' } },
    ...(open.siblings.length > 1 ? [{ name: 'select a different slot of this app', value: { to: 'slot' } as const }] : []),
    { name: `your public IP address: ${myIp ?? 'not set'}`, value: { to: 'address' } },
    { name: 'undo log', value: { to: 'undo' } },
    ...(isOnly ? [] : [{ name: 'select a different app', value: { to: 'apps' } as const }]),
    { name: 'leave', value: { to: 'leave' } },
  ];
}
