/** A type that web-tree-sitter names and does not bring along; what the runtime itself may be told is of no use here. */
interface EmscriptenModule {
  readonly wasmBinary?: unknown;
}
