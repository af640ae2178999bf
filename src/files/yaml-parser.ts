/**
 * The YAML parser, imported only when there is a file to parse: in the bundle a dynamic import of the package itself has no named exports.
 */
export { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
