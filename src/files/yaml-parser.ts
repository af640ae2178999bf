/** The YAML parser, loaded on demand. In the bundle, a dynamic import of the package itself has no named exports. */
import type { Document } from 'yaml';

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
