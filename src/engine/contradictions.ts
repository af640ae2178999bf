import { answerProblems, questionsOf, type AnyStep } from '../step.ts';
import type { Decisions } from './decisions.ts';

export interface Contradiction {
  readonly step: string;
  /** Below the answers of the area. */
  readonly path: readonly (string | number)[];
  readonly says: string;
}

/** Answers that are each fine but do not go together; `below` is what they are put over. */
export function contradictionsIn(decisions: Decisions, catalogue: readonly AnyStep[], below: Decisions = {}): Contradiction[] {
  return Object.entries(decisions).flatMap(([id, { answers }]) => {
    const step = catalogue.find((one) => one.id === id);
    if (!step?.contradictions || Object.keys(answers).length === 0) return [];
    const together = { ...below[id]?.answers, ...answers };
    const sound = questionsOf(step).every(
      ([name, question]) => together[name] === undefined || answerProblems(question, together[name]).length === 0,
    );
    return sound ? step.contradictions(together).map(({ path, says }) => ({ step: id, path, says })) : [];
  });
}
