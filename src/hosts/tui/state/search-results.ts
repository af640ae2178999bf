/** Search results for the screen where the search began: areas and controls of an app, or runs. */
import { MARKS, type Mark } from '../../../text/symbols.ts';
import type { RecordedRun } from '../../../change/undo-log.ts';
import { hitsIn } from '../../../view/search.ts';
import { runLine, type Titles } from '../../../view/run-line.ts';
import { editedText } from '../fields/text-edit.ts';
import type { Screen, WizardState } from './state.ts';

/** The place that a result opens. */
export type Place = { readonly step: string; readonly control?: string } | { readonly run: RecordedRun };

export interface Found {
  readonly label: string;
  readonly mark?: Mark;
  readonly place: Place;
}

const MOST = 200;

export const titlesOf = ({ areas }: Pick<WizardState, 'areas'>): Titles => new Map(areas.map(({ id, title }) => [id, title]));

export function searchAll(state: WizardState, { from, filter }: Extract<Screen, { at: 'search' }>): readonly Found[] {
  const words = editedText(filter).toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (text: string): boolean => words.every((word) => text.toLowerCase().includes(word));
  if (from?.at === 'runs') {
    const titles = titlesOf(state);
    return (from.runs ?? [])
      .map((run) => ({ run, label: `${run.run}   ${runLine(run, titles, Date.now(), state.look.ascii)}` }))
      .filter(({ run, label }) => fits(`${label} ${run.start.targets.map((one) => one.label).join(' ')}`))
      .slice(0, MOST)
      .map(({ run, label }): Found => ({ label, place: { run } }));
  }
  return hitsIn(state.open?.steps ?? [], editedText(filter)).map(({ step, control, label }): Found => {
    const verdict = step.controls.find((one) => one.control.id === control)?.state ?? step.state;
    return { label, mark: MARKS[verdict], place: { step: step.step.id, ...(control ? { control } : {}) } };
  });
}
