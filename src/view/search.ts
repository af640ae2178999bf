/** Finds areas and controls by words. */
import type { StepState } from '../engine/judge/assess.ts';

/** A search result: an area, or one of its controls. */
interface Hit {
  readonly step: StepState;
  readonly control?: string;
  readonly label: string;
}

/** Returns the areas and controls that contain every word of the filter: by name before by explanation, areas before controls. */
export function hitsIn(steps: readonly StepState[], filter: string): readonly Hit[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return steps.map((step): Hit => ({ step, label: step.step.title }));
  const areas = steps.map((step) => ({
    hit: { step, label: step.step.title } satisfies Hit,
    rank: rankOf(words, [step.step.title, step.step.id], step.step.why),
  }));
  const controls = steps.flatMap((step) =>
    step.controls.map(({ id, control }) => ({
      hit: { step, control: control.id, label: `${control.label} (${step.step.title})` } satisfies Hit,
      rank: rankOf(words, [control.label, id], control.because),
    })),
  );
  return [...areas, ...controls]
    .filter(({ rank }) => rank !== undefined)
    .toSorted((a, b) => (a.rank ?? 0) - (b.rank ?? 0))
    .map(({ hit }): Hit => hit);
}

/** Returns the rank of a match: 0 if the name begins with the words, 1 if name or id contains them, 2 if only the explanation does. */
function rankOf(words: readonly string[], [name, id]: readonly [string, string], explanation: string): number | undefined {
  const [title, all] = [name.toLowerCase(), `${name} ${id} ${explanation}`.toLowerCase()];
  if (!words.every((word) => all.includes(word))) return undefined;
  if (title.startsWith(words.join(' '))) return 0;
  return words.every((word) => title.includes(word) || id.toLowerCase().includes(word)) ? 1 : 2;
}
