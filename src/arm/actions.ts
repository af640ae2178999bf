import type { ResourceKey } from '../azure/index.ts';
import type { Resource } from './resource-definition.ts';
import { RESOURCES } from './resource-table.ts';

export interface NeededActions {
  /** To find it; with all that it is found through. */
  readonly read: readonly string[];
  /** To read it by itself, just before and after it is written. */
  readonly again: readonly string[];
  readonly write: readonly string[];
  /** On what its body may lead to. */
  readonly linked: readonly string[];
}

/** ARM actions that reading and writing a resource need, as roles name them. */
export function actionsOf(key: ResourceKey): NeededActions {
  const { actions, links = [], through = [] } = RESOURCES[key];
  return {
    read: [...new Set([...actions.read, ...through.flatMap((other) => actionsOf(other).read)])],
    again: actions.again ?? actions.read,
    write: actions.write,
    linked: links.map(({ action }) => action),
  };
}

/** How a resource is read, and what a write to it does to the rest of it: for whoever writes its requests down. */
export const shapeOf = (
  key: ResourceKey,
): Pick<Resource, 'apiVersion' | 'suffix' | 'read' | 'replaces' | 'together' | 'restarts' | 'secret'> => RESOURCES[key];

/** An undo log may name a resource that this version does not know. */
export const isKnown = (key: string): key is ResourceKey => Object.hasOwn(RESOURCES, key);
