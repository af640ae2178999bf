/** Compares two values that should differ only by consistently changed names. */

/** Ids and addresses are one name each: parts of two addresses may become the same. */
const PIECE = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])|[\p{L}\p{N}]+|[^\p{L}\p{N}]/gu;
const pieces = (text: string): string[] => text.match(PIECE) ?? [];

/** Returns the differences other than names. `passes` excludes paths that may differ. */
export function differencesBesidesNames(one: unknown, other: unknown, passes: (path: string) => boolean = () => false): string[] {
  const [there, back] = [new Map<string, string>(), new Map<string, string>()];
  const found: string[] = [];
  const said = (path: string, a: unknown, b: unknown) => void found.push(`${path}: ${JSON.stringify(a)} is ${JSON.stringify(b)}`);
  const paired = (a: string, b: string) => {
    // A name may also be a word of a sentence, which stays.
    if (a === b) return true;
    if (!there.has(a)) there.set(a, b);
    if (!back.has(b)) back.set(b, a);
    return there.get(a) === b && back.get(b) === a;
  };
  const look = (a: unknown, b: unknown, path: string): void => {
    if (passes(path) || a === b) return;
    if (/\/(state|severity|id)$/.test(path) && typeof a === 'string' && /^[a-z.-]+$/.test(a)) return said(path, a, b);
    if (typeof a === 'string' && typeof b === 'string') {
      const [left, right] = [pieces(a.toLowerCase()), pieces(b.toLowerCase())];
      if (left.length !== right.length || !left.every((piece, at) => paired(piece, right[at] ?? ''))) said(path, a, b);
    } else if (typeof a === 'object' && typeof b === 'object' && a !== null && b !== null) {
      const [left, right] = [Object.entries(a), Object.entries(b)];
      if (left.length !== right.length) return said(path, a, b);
      left.forEach(([name, value], at) => {
        const [otherName = '', otherValue] = right[at] ?? [];
        look(name, otherName, `${path}/${name} (name)`);
        look(value, otherValue, `${path}/${name}`);
      });
    } else said(path, a, b);
  };
  look(one, other, '');
  return found;
}
