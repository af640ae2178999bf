/** Answers that are valid one by one and contradict each other: in one area, or between areas that write the same property. */
import { answerProblems, type AnyStep, type Claim, questionsOf, type Decisions, type StepDecision } from '../../contract/index.ts';
import type { Json } from '../../azure/index.ts';
import { isChosen } from './decisions.ts';
import type { Change } from '../../change/change.ts';
import type { Edit } from '../../change/edit.ts';
import { showValue, templateOf } from '../../change/value.ts';
import { equals } from '../../change/json-paths.ts';
import { mergeThreeWay } from '../../change/own-writes.ts';

interface Contradiction {
  readonly step: string;
  /** The path below the answers of the area. */
  readonly path: readonly (string | number)[];
  /** Where two areas contradict each other: the property, the value of this answer, and the other area with its value. */
  readonly about?: { readonly property: string; readonly value: Json; readonly step: string; readonly other: Json };
  readonly says: string;
}

/** Returns the contradictions inside each area. The decisions are merged onto `below`. */
export function contradictionsIn(decisions: Decisions, catalogue: readonly AnyStep[], below: Decisions = {}): Contradiction[] {
  return Object.entries(decisions).flatMap(([id, { answers }]) => {
    const step = catalogue.find((one) => one.id === id);
    if (!step?.contradictions || Object.keys(answers).length === 0) return [];
    const together = { ...below[id]?.answers, ...answers };
    return areSound(step, together) ? step.contradictions(together).map(({ path, says }) => ({ step: id, path, says })) : [];
  });
}

const areSound = (step: AnyStep, answers: Readonly<Record<string, Json>>): boolean =>
  questionsOf(step).every(([name, question]) => answers[name] === undefined || answerProblems(question, answers[name]).length === 0);

interface Claimed extends Claim {
  readonly step: string;
}

/** Returns the contradictions between areas that require different values for one property: one entry for each of the two places. */
export function clashesIn(decisions: Decisions, catalogue: readonly AnyStep[]): Contradiction[] {
  const claims = catalogue.flatMap((step) => claimsOf(step, decisions[step.id]));
  const found = claims.flatMap((claim) =>
    claims
      .filter((other) => other.step !== claim.step && other.property === claim.property && !equals(other.value, claim.value))
      .map((other) => ({
        step: claim.step,
        path: claim.path,
        about: { property: claim.property, value: claim.value, step: other.step, other: other.value },
        says: clash(claim, other),
      })),
  );
  // Several rules of one answer may contradict the same answer of the other area.
  return [...new Map(found.map((one) => [JSON.stringify([one.step, one.path, one.about]), one])).values()];
}

function claimsOf(step: AnyStep, decided: StepDecision | undefined): Claimed[] {
  if (!step.claims || !decided || !areSound(step, decided.answers)) return [];
  const isWanted = ({ control: id }: Claim) => step.controls.some((control) => control.id === id && isChosen(control, decided));
  return step
    .claims(decided.answers)
    .filter(isWanted)
    .map((claim) => ({ ...claim, step: step.id }));
}

const clash = (own: Claimed, other: Claimed): string =>
  `contradicts the answer ${String(other.path[0])} of area ${other.step}: this answer sets ${own.property} to ${text(own.value)}, the other answer sets it to ${text(other.value)}. Change one of the two answers, or skip one of the two controls (${own.step}.${own.control}, ${other.step}.${other.control})`;

const text = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** A property of a shared resource, with the value that each app wants. */
interface SharedClash {
  readonly resource: string;
  readonly path: string;
  readonly wanted: readonly { readonly change: Change; readonly value: Json }[];
}

/** Returns the places where changes of different apps want values that cannot be merged. The order of the apps must not decide. */
export function sharedClashes(changes: readonly Change[]): SharedClash[] {
  const places = new Map<string, { change: Change; line: Edit }[]>();
  for (const change of changes)
    for (const line of change.call === undefined ? change.diff : []) {
      const place = `${change.resource.toLowerCase()} ${line.path}`;
      const known = places.get(place) ?? [];
      places.set(place, known);
      known.push({ change, line });
    }
  return [...places.values()].flatMap((all) => {
    const [first] = all;
    if (!first || first.line.path === '') return [];
    const others = all.filter(
      ({ change, line }) =>
        change.target.id !== first.change.target.id &&
        mergeThreeWay(showValue(first.line.before), templateOf(first.line.after), templateOf(line.after)) === undefined,
    );
    const wanted = [first, ...others].map(({ change, line }) => ({ change, value: showValue(line.after) }));
    return others.length > 0 ? [{ resource: first.change.resource, path: first.line.path, wanted }] : [];
  });
}

/** Returns the name of the first answer that its question does not allow, in a plan or a log that an editor may have changed. */
export const invalidAnswerIn = (decisions: Decisions, steps: readonly AnyStep[]): string | undefined =>
  steps
    .flatMap((step) =>
      questionsOf(step).flatMap(([name, question]) => {
        const value = decisions[step.id]?.answers[name];
        return value !== undefined && answerProblems(question, value).length > 0 ? [`${step.id}.${name}`] : [];
      }),
    )
    .at(0);
