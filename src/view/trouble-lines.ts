/** Failures before a run as lines on stderr. A failure of one kind in many apps is printed once. */
import type { Trouble } from '../engine/run/troubles.ts';
import { plainText } from '../text/plain.ts';
import { notesOfKind, sayingsOf } from './grouped-notes.ts';
import { othersText } from './plan-groups.ts';
import { namedApps } from './plan-lines.ts';

/** The number of apps with the same failure that get a line each. */
const MOST_EACH = 3;

/** Returns one line for each entry, because a reason may quote a value of Azure that has line breaks. */
export function troubleLines(troubles: readonly Trouble[]): string[] {
  const kinds = new Map<string, Trouble[]>();
  for (const [index, trouble] of joinControls(troubles).entries()) {
    const key = trouble.kind ?? `#${index}`;
    kinds.set(key, [...(kinds.get(key) ?? []), trouble]);
  }
  const lines = [...kinds.values()].flatMap((own) => {
    const each = ({ app, message, next, isNamed }: Trouble) => [`ERROR: ${isNamed ? '' : `${app}: `}${message}`, ...indented(next)];
    if (own.length <= MOST_EACH) return own.flatMap(each);
    // The words that name the control are the same in each message, and no sign of the same reason.
    const reasonOf = ({ about, message }: Trouble) => about?.says ?? message;
    return notesOfKind(sayingsOf(own.map((one) => ({ app: one.app, says: reasonOf(one) })))).flatMap(({ says, apps, others }) => {
      const trouble = own.find((one) => reasonOf(one) === says) as Trouble;
      const message = `${trouble.message}${othersText(others)}`;
      if (apps.length === 1) return each({ ...trouble, message });
      return [`ERROR: ${apps.length} apps (${namedApps(apps)}): ${message}`, ...indented(trouble.next)];
    });
  });
  return lines.map(plainText);
}

/** Joins the controls of an app that have the same failure, so that its reason is printed once. */
function joinControls(troubles: readonly Trouble[]): Trouble[] {
  const groups = Map.groupBy(troubles, (trouble) => (trouble.about ? `${trouble.app}\n${trouble.about.says}` : trouble));
  return [...groups.values()].map((own) => {
    const [first] = own as [Trouble];
    if (own.length === 1 || !first.about) return first;
    const controls = own.flatMap(({ about }) => about?.control ?? []);
    return { ...first, message: `${controls.join(', ')} ${first.about.saysOfSeveral}`, kind: own.map(({ kind }) => kind).join() };
  });
}

const indented = (next: readonly string[]): string[] => next.map((one) => `  ${one}`);
