/** `func-harden/step`: what an area of one's own is written in (`--controls DIR`, docs/controls.md). Pure, without I/O. */
export * from './contract/index.ts';
export * from './azure/index.ts';
