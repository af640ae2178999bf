import type { ResourceKey } from '../azure/index.ts';
import type { Resource } from './resource-definition.ts';
import { RESOURCES } from './resource-table.ts';

interface NeededActions {
  /** Actions for finding the resource, including all resources that it is found through. */
  readonly read: readonly string[];
  /** Actions for reading only this resource, right before and after a write. */
  readonly again: readonly string[];
  readonly write: readonly string[];
  /** Actions on resources that its body may name. */
  readonly linked: readonly string[];
}

/** Returns the ARM actions that reading and writing a resource require, as roles name them. */
export function actionsOf(key: ResourceKey): NeededActions {
  const { actions, links = [], through = [] } = RESOURCES[key];
  return {
    read: [...new Set([...actions.read, ...through.flatMap((other) => actionsOf(other).read)])],
    again: actions.again ?? actions.read,
    write: actions.write,
    linked: links.map(({ action }) => action),
  };
}

/** Returns how a resource is read and written, for code that exports its requests. */
export const shapeOf = (
  key: ResourceKey,
): Pick<Resource, 'apiVersion' | 'suffix' | 'read' | 'replaces' | 'together' | 'restarts' | 'secret'> => RESOURCES[key];

/** Whether this version knows a resource key. An undo log may name others. */
export const isKnown = (key: string): key is ResourceKey => Object.hasOwn(RESOURCES, key);
