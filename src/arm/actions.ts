import type { ResourceKey } from '../step.ts';
import { RESOURCES } from './resources.ts';

/** ARM actions that reading and writing a resource need, as roles name them. */
export const actionsOf = (key: ResourceKey): { readonly read: readonly string[]; readonly write: readonly string[] } =>
  RESOURCES[key].actions;
