/** Checks of values that many bodies need. */
import { isObject, type Json, type JsonObject } from './state.ts';

export const idOf = (resource: JsonObject): string => String(resource['id']);
export const nameOf = (resource: JsonObject): string => idOf(resource).split('/').at(-1) ?? '';
export const objects = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);
export function nulls(...names: string[]): JsonObject {
  const all: JsonObject = {};
  for (const name of names) all[name] = null;
  return all;
}
export const asObject = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});
export const propertiesOf = (resource: JsonObject): JsonObject => asObject(resource['properties']);
