/** The order of the changes of an app, and changes that wait for each other. */
import type { Change, GuardNote } from '../../change/change.ts';
import { waitsFor } from './changes.ts';
import { RISKS } from './risk.ts';

interface Ordered {
  readonly ordered: readonly Change[];
  /** Changes that wait for each other, in a circle; empty if each change has its place. */
  readonly circle: readonly Change[];
}

/** Sorts changes: first those that others depend on, and among independent ones the least risky. */
export function inOrder(changes: readonly Change[]): Ordered {
  // A call cannot be reverted, so all other changes must succeed first.
  const rank = ({ risk, call }: Change) => RISKS.indexOf(risk) + (call === undefined ? 0 : RISKS.length);
  const left = changes.toSorted((a, b) => rank(a) - rank(b));
  const obstacleOf = (change: Change) =>
    left.find((other) => other !== change && (waitsFor(change, other) || (change.call !== undefined && other.call === undefined)));
  const ordered: Change[] = [];
  while (left.length > 0) {
    const index = left.findIndex((change) => !obstacleOf(change));
    if (index < 0) return { ordered, circle: circleFrom(left[0] as Change, obstacleOf) };
    ordered.push(...left.splice(index, 1));
  }
  return { ordered, circle: [] };
}

/** Follows the changes that each change waits for, until one comes again. */
function circleFrom(first: Change, obstacleOf: (change: Change) => Change | undefined): readonly Change[] {
  const path = [first];
  for (;;) {
    const next = obstacleOf(path.at(-1) as Change) as Change;
    const start = path.indexOf(next);
    if (start >= 0) return path.slice(start);
    path.push(next);
  }
}

/** Returns a stop for each control of changes that wait for each other. The other changes of the plan are not affected. */
export const circleNotes = (circle: readonly Change[]): GuardNote[] =>
  circle.flatMap(({ controls, resource }, at) => {
    const others = [...circle.slice(at + 1), ...circle.slice(0, at)];
    const says = `The change of ${resource} waits for the change of ${others.map((one) => `${one.resource} (${one.controls.join(', ')})`).join(', and that one for ')}, which waits for this change. Leave one of them out, and apply it in a later run.`;
    return controls.map((control): GuardNote => ({ id: 'order', control, level: 'stop', says }));
  });
