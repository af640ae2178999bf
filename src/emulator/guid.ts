/** A cache of the GUIDs of the latest texts, because the keys of an app are requested often. */
const known = new Map<string, string>();

/** Returns the same GUID for the same text, on every machine. */
export function guidOf(text: string): string {
  const found = known.get(text) ?? made(text);
  if (known.size > 5000) known.clear();
  known.set(text, found);
  return found;
}

function made(text: string): string {
  // Plain loops, because an emulator with a large fleet spends most of its time here.
  const points = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  let hash = 0x811c9dc5 | 0;
  let hex = '';
  for (let index = 0; index < 32; index++) {
    for (let at = 0; at < points.length; at++) hash = Math.imul(hash ^ points[at]!, 0x01000193);
    if (index > 9) hash = Math.imul(hash ^ (48 + Math.floor(index / 10)), 0x01000193);
    hash = Math.imul(hash ^ (48 + (index % 10)), 0x01000193);
    hex += (hash & 15).toString(16);
  }
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
