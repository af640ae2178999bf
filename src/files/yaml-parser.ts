/** The YAML parser, loaded on demand. In the bundle, a dynamic import of the package itself has no named exports. */
import { isScalar, visit, type Document } from 'yaml';

export { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';

/** Parse errors of one file that are listed. */
const MOST_ERRORS = 20;

/** Returns the first errors of a document, each with its offset and on one line. */
export const parseErrors = ({ errors }: Pick<Document, 'errors'>): readonly { readonly offset: number; readonly says: string }[] =>
  errors.slice(0, MOST_ERRORS).map(({ pos: [offset], message }) => ({
    offset,
    // The parser says this where its stack ends.
    says: /call stack/i.test(message) ? 'it is nested too deeply' : message.replace(/\s+/g, ' '),
  }));

/** Returns the offsets of keys that appear twice in their map. The parser's own check compares every key with every other one. */
export function repeatedKeys(document: Document): readonly number[] {
  const found: number[] = [];
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) found.push(key.range?.[0] ?? 0);
        seen.add(key.value);
      }
    },
  });
  return found.slice(0, MOST_ERRORS);
}
