/** Merges objects of code, as functions and spreads do. */
import { type MapValue, mapOf, type Place, unresolved, type Value, whyUnresolved } from './value.ts';

/**
 * Merges maps; later ones win. An unresolved map may contain any member, including members of earlier maps. `isDeep`: maps in maps too, as
 * union does (azure-resource-manager/bicep/bicep-functions-object#union).
 */
export function merged(args: readonly Value[], at: Place, isDeep = false): MapValue {
  const members = new Map<string, Value>();
  let open: string | undefined;
  for (const one of args) {
    if (one.kind === 'map') {
      for (const [name, value] of one.members) {
        const before = isDeep && value.kind === 'map' ? members.get(name) : undefined;
        const isBoth = before?.kind === 'map' || before?.kind === 'unresolved';
        members.set(name, isBoth ? merged([before, value], value.at, true) : value);
      }
      open ??= one.open;
    } else if (one.kind === 'scalar' && one.value === null) continue;
    else {
      const why = whyUnresolved(one) ?? 'a value that is not a map';
      open ??= why;
      for (const [name, value] of members) members.set(name, unresolved(why, value.at));
    }
  }
  // New members are added to the last map that is written in place.
  const last = args.findLast((one) => one.kind === 'map' && one.insert !== undefined && one.at.file === at.file);
  const insert = last?.kind === 'map' && last === args.at(-1) ? last.insert : undefined;
  return mapOf(members, at, { ...(open === undefined ? {} : { open }), ...(insert ? { insert } : {}) });
}
