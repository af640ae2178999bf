import type { ResourceKey } from '../step.ts';
import type { Resource } from './resource.ts';
import { RESOURCES } from './resources.ts';

/** ARM actions that reading and writing a resource need, as roles name them. */
export const actionsOf = (key: ResourceKey): { readonly read: readonly string[]; readonly write: readonly string[] } =>
  RESOURCES[key].actions;

/** How a resource is read, and what a write to it does to the rest of it: for whoever writes its requests down. */
export const shapeOf = (
  key: ResourceKey,
): Pick<Resource, 'apiVersion' | 'suffix' | 'read' | 'replaces' | 'together' | 'restarts' | 'secret'> => RESOURCES[key];

/** An undo log may name a resource that this version does not know. */
export const isKnown = (key: string): key is ResourceKey => Object.hasOwn(RESOURCES, key);
