/** What stands against a job as lines on stderr; a trouble of one kind that many apps have is told once. */
import type { Trouble } from '../engine/run/troubles.ts';
import { namedApps } from './plan-lines.ts';

/** Apps with the same trouble that still have a line each. */
const MOST_EACH = 3;

export function troubleLines(troubles: readonly Trouble[]): string[] {
  const kinds = new Map<string, Trouble[]>();
  for (const [index, trouble] of troubles.entries()) {
    const key = trouble.kind ?? `#${index}`;
    kinds.set(key, [...(kinds.get(key) ?? []), trouble]);
  }
  return [...kinds.values()].flatMap((own) => {
    const [first] = own as [Trouble];
    if (own.length <= MOST_EACH) return own.flatMap(({ app, message, next }) => [`ERROR: ${app}: ${message}`, ...indented(next)]);
    const others = new Set(own.map(({ message }) => message)).size - 1;
    const apps = own.map(({ app }) => app);
    const more = others > 0 ? ` (${others} similar messages for other apps)` : '';
    return [`ERROR: ${new Set(apps).size} apps (${namedApps(apps)}): ${first.message}${more}`, ...indented(first.next)];
  });
}

const indented = (next: readonly string[]): string[] => next.map((one) => `  ${one}`);
