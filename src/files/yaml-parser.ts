/** The YAML parser, loaded on demand. In the bundle, a dynamic import of the package itself has no named exports. */
export { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
