/** Actions of Azure Resource Manager, and the patterns that grant them. */

/** A row of the caller's permissions at a scope, or of the permissions of a role. */
export interface Granted {
  readonly actions?: readonly string[];
  readonly notActions?: readonly string[];
  readonly dataActions?: readonly string[];
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Whether one of the patterns covers the action; `*` matches any text. */
export const coversAction = (patterns: readonly string[], action: string): boolean =>
  patterns.some((words) => patternOf(words).test(action));

// Made once for each pattern: the same roles are asked about each change of each app.
const made = new Map<string, RegExp>();
function patternOf(words: string): RegExp {
  const pattern = made.get(words) ?? new RegExp(`^${words.split('*').map(escaped).join('.*')}$`, 'i');
  made.set(words, pattern);
  return pattern;
}

export const isGranted = (granted: readonly Granted[], action: string): boolean =>
  granted.some(({ actions = [], notActions = [] }) => coversAction(actions, action) && !coversAction(notActions, action));
