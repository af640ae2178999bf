/** A type that web-tree-sitter refers to but does not include. Its options are not used here. */
interface EmscriptenModule {
  readonly wasmBinary?: unknown;
}
