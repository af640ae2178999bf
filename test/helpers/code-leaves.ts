/** Code as a map of its values by their path, for tests that compare two versions of a file whatever its layout. */
import { loadGrammars } from '../../src/files/grammars.ts';
import { readBicep } from '../../src/source/bicep-file.ts';
import { hclParser } from '../../src/source/terraform/hcl.ts';

const parseHcl = await hclParser(await loadGrammars());

/** Members with a place, not a value. */
const PLACES: ReadonlySet<string> = new Set(['start', 'end', 'braces', 'within']);

/** Returns each value of a file in Terraform, Bicep or JSON (comments on lines of their own are allowed) as text, by its path. */
export function leavesOf(file: string, text: string): ReadonlyMap<string, string> {
  const leaves = new Map<string, string>();
  add(
    leaves,
    '',
    file.endsWith('.bicep')
      ? readBicep(text)
      : /\.(tf|tfvars)$/.test(file)
        ? parseHcl(text)
        : (JSON.parse(text.replaceAll(/^\s*\/\/.*$/gm, '')) as unknown),
  );
  return leaves;
}

function add(leaves: Map<string, string>, path: string, value: unknown): void {
  if (value instanceof Map) return add(leaves, path, Object.fromEntries(value as Map<string, unknown>));
  if (typeof value !== 'object' || value === null) return void leaves.set(path, JSON.stringify(value) ?? 'undefined');
  if (Array.isArray(value)) {
    const seen = new Map<string, number>();
    for (const item of value as readonly unknown[]) {
      // Blocks, attributes and entries are found by name, so that a new one moves none of the others.
      const name = nameOf(item);
      const count = seen.get(name) ?? 0;
      seen.set(name, count + 1);
      add(leaves, `${path}/${name}#${count}`, item);
    }
    return;
  }
  for (const [key, inner] of Object.entries(value)) if (!PLACES.has(key)) add(leaves, `${path}/${key}`, inner);
}

function nameOf(item: unknown): string {
  const { type, labels, name, symbol, key } = (item ?? {}) as Readonly<Record<string, unknown>>;
  const literal = (key as { readonly value?: unknown } | undefined)?.value;
  return [type, ...(Array.isArray(labels) ? labels : []), name, symbol, literal].filter((part) => typeof part === 'string').join('.');
}
