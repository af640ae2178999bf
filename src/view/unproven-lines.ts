/** Requests that no recorded answer of Azure proves, and how to test them. docs/first-contact.md lists what is known. */
import type { Change } from '../change/change.ts';
import { isTried } from '../engine/plan/trials.ts';
import { line, span, type Line } from '../text/spans.ts';

export const isUnproven = ({ evidence }: Change): boolean => evidence !== undefined && evidence !== 'recording';

/** Explains the word in the line of a change. The command that tests writes is named only where it tests one of these. */
export function evidenceLines(changes: readonly Change[]): Line[] {
  const unproven = changes.filter(isUnproven);
  if (unproven.length === 0) return [];
  const tried = unproven.filter(isTried).length;
  const says =
    tried === unproven.length
      ? 'To test it on a test app: func-harden doctor --app NAME --try'
      : tried === 0
        ? 'func-harden doctor --try does not test it. Apply it to a test app first.'
        : `To test ${tried} of ${unproven.length} on a test app: func-harden doctor --app NAME --try. Apply the others to a test app first.`;
  return [line(span('unproven: ', 'warn'), `this request is not tested on Azure yet, and Azure may refuse it. ${says}`)];
}
