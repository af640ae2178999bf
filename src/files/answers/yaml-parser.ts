/** The YAML parser, loaded on demand. In the bundle, a dynamic import of the package itself has no named exports. */
import { isScalar, visit, type Document, type Pair, type YAMLMap } from 'yaml';

export { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';

/** The options of every file. Tags beyond the core schema (binary data, sets, times) are unknown: no file here takes such a value. */
export const YAML = { merge: false, version: '1.2', uniqueKeys: false, prettyErrors: false, resolveKnownTags: false } as const;

/** Returns a key as it is written: an app may be called 007 or 1e3, which are other names than 7 and 1000. */
export const keyName = (key: unknown): string =>
  isScalar(key) && typeof key.value !== 'string' ? (key.source ?? String(key.value)) : String(isScalar(key) ? key.value : key);

const pairs = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();

/** Returns the pair of a key. A file may have as many mistakes as lines, so each map is looked through once. */
export function pairOf(map: YAMLMap, name: string): Pair | undefined {
  const known = pairs.get(map) ?? new Map(map.items.toReversed().map((pair) => [keyName(pair.key), pair]));
  pairs.set(map, known);
  return known.get(name);
}

/** Parse errors of one file that are listed. */
const MOST_ERRORS = 20;

/** Returns the first errors of a document, each with its offset and on one line. An unknown tag is one too: its value would be used without it. */
export const parseErrors = ({
  errors,
  warnings,
}: Pick<Document, 'errors' | 'warnings'>): readonly { readonly offset: number; readonly says: string }[] => {
  const tooDeep = errors.find(({ message }) => isOverflow(message));
  if (tooDeep) return [{ offset: tooDeep.pos[0], says: 'it is nested too deeply' }];
  return [...errors, ...warnings.filter(({ code }) => code === 'TAG_RESOLVE_FAILED')]
    .slice(0, MOST_ERRORS)
    .map(({ pos: [offset], code, message }) => ({ offset, says: describeParseError(code, message) }));
};

/** Whether the stack of the parser, or of an expression in it, overflowed. Each open bracket is reported again then. */
const isOverflow = (message: string): boolean => /call stack|stack overflow/i.test(message);

function describeParseError(code: string, message: string): string {
  if (code === 'MULTIPLE_DOCS') return 'a second document begins here; write one document per file';
  if (code === 'TAG_RESOLVE_FAILED')
    return `${message.replace(/^Unresolved tag: (tag:yaml\.org,2002:)?/, (_, standard?: string) => `unknown tag ${standard ? '!!' : ''}`)}; write the value without a tag`;
  return message.replace(/\s+/g, ' ');
}

/** Returns keys that appear twice in their map, with the first one. The parser's own check compares every key with every other one. */
export function repeatedKeys(document: Document): readonly { readonly offset: number; readonly first: number }[] {
  const found: { offset: number; first: number }[] = [];
  visit(document, {
    Map(_, { items }) {
      const seen = new Map<string, number>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        const [name, offset] = [keyName(key), key.range?.[0] ?? 0];
        const first = seen.get(name);
        if (first === undefined) seen.set(name, offset);
        else found.push({ offset, first });
      }
    },
  });
  return found.slice(0, MOST_ERRORS);
}
