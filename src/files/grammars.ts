/** The two WebAssembly modules that parse Terraform's language. The bundle contains them; see test/tools/bundle.ts. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

interface Grammars {
  readonly runtime: Uint8Array;
  readonly language: Uint8Array;
}

export async function loadGrammars(): Promise<Grammars> {
  const require = createRequire(import.meta.url);
  const read = (file: string) => readFile(require.resolve(file));
  const [runtime, language] = await Promise.all([
    read('web-tree-sitter/web-tree-sitter.wasm'),
    read('@tree-sitter-grammars/tree-sitter-hcl/tree-sitter-terraform.wasm'),
  ]);
  return { runtime, language };
}
