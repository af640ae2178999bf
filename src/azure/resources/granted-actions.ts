/** Actions of Azure Resource Manager, and the patterns that grant them. */
import { isMadeOf } from '../wildcards.ts';

/** A row of the caller's permissions at a scope, or of the permissions of a role. */
export interface Granted {
  readonly actions?: readonly string[];
  readonly notActions?: readonly string[];
  readonly dataActions?: readonly string[];
}

/** Whether one of the patterns covers the action; `*` matches any text. */
export const coversAction = (patterns: readonly string[], action: string): boolean =>
  patterns.some((pattern) => isMadeOf(action.toLowerCase(), pattern.toLowerCase().split('*')));

export const isGranted = (granted: readonly Granted[], action: string): boolean =>
  granted.some(({ actions = [], notActions = [] }) => coversAction(actions, action) && !coversAction(notActions, action));
