/** `func-harden/step`: the library for custom areas (`--controls DIR`, docs/controls.md). Pure, without I/O. */
export * from './contract/index.ts';
export * from './azure/index.ts';
