/** Joins the files of each folder: blocks with their overrides, and the variables that files set. */
import { jsonValue } from '../json-text.ts';
import { pathFrom } from '../module-calls.ts';
import { evaluate, type Scope } from '../evaluate.ts';
import type { Spend } from '../effort.ts';
import type { Attribute, Block, Parsed } from '../syntax.ts';
import type { Value } from '../value.ts';

export interface FiledBlock extends Block {
  readonly file: string;
}

/** The declarations of all files of one folder. */
export interface Folder {
  readonly blocks: readonly FiledBlock[];
  readonly values: readonly Given[];
}

/** A variable that a tfvars file sets. */
interface Given {
  readonly name: string;
  readonly file: string;
  /** Whether Terraform loads the file automatically. */
  readonly auto: boolean;
  readonly value: Value;
}

export const sourceOf = (block: Block): string | undefined => {
  const value = block.attributes.find(({ name }) => name === 'source')?.value;
  return value?.kind === 'literal' && typeof value.value === 'string' ? value.value : undefined;
};

/** Returns the folder of a module that is called from a folder, as `./modules/app`; undefined for a module that is elsewhere. */
export function calledFolder(from: string, block: Block): string | undefined {
  const source = block.type === 'module' ? sourceOf(block) : undefined;
  return source !== undefined && /^\.\.?(\/|$)/.test(source) ? pathFrom(from, source) : undefined;
}

export function foldersOf(parsed: ReadonlyMap<string, Parsed>, jsonVars: ReadonlyMap<string, string>, spend: Spend): Map<string, Folder> {
  const folders = new Map<string, { blocks: FiledBlock[]; values: Given[] }>();
  const of = (file: string) => {
    const name = file.slice(0, Math.max(0, file.lastIndexOf('/')));
    const folder = folders.get(name) ?? { blocks: [], values: [] };
    folders.set(name, folder);
    return folder;
  };
  const isAuto = (file: string): boolean => /(^|\/)terraform\.tfvars(\.json)?$|\.auto\.tfvars(\.json)?$/.test(file);
  const overrides: [string, Parsed][] = [];
  for (const [file, content] of [...parsed].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (file.endsWith('.tfvars')) {
      const scope: Scope = { file, spend, lookUp: () => undefined };
      for (const attribute of content.attributes)
        of(file).values.push({ name: attribute.name, file, auto: isAuto(file), value: evaluate(attribute.value, scope) });
    } else if (/(^|[/_])override\.tf$/.test(file)) overrides.push([file, content]);
    else of(file).blocks.push(...content.blocks.map((block) => ({ ...block, file })));
  }
  for (const [file, text] of jsonVars) {
    const value = jsonValue(text, file);
    if (value?.kind === 'map')
      for (const [name, inner] of value.members) of(file).values.push({ name, file, auto: isAuto(file), value: inner });
  }
  for (const [file, { blocks }] of overrides) {
    const folder = of(file);
    for (const block of blocks) {
      const index = folder.blocks.findIndex((one) => one.type === block.type && one.labels.join(' ') === block.labels.join(' '));
      const below = folder.blocks[index];
      if (below) folder.blocks[index] = overridden(below, block, file);
      else folder.blocks.push({ ...block, file });
    }
  }
  return new Map(
    [...folders]
      .filter(([, { blocks }]) => blocks.length > 0)
      .map(([name, { blocks }]) => [name, { blocks, values: varsFor(name, folders) }]),
  );
}

/** Merges a block with its override, which is in another file. */
const overridden = (below: FiledBlock, above: Block, file: string): FiledBlock => {
  const { start } = below;
  const other = { kind: 'other', text: '', why: `${file} overrides this value`, start, end: start } as const;
  return {
    ...below,
    attributes: [
      ...below.attributes.filter(({ name }) => !above.attributes.some((one) => one.name === name)),
      ...above.attributes.map(({ name }): Attribute => ({ name, start, end: start, value: other })),
      // Nested blocks of an override replace all blocks of that name.
      ...above.blocks.map(({ type }): Attribute => ({ name: type, start, end: start, value: other })),
    ],
    blocks: below.blocks.filter(({ type }) => !above.blocks.some((one) => one.type === type)),
  };
};

/** Lists the variable files beside a root, and those in folders below it that contain nothing else, such as `env/prod.tfvars`. */
function varsFor(
  name: string,
  folders: ReadonlyMap<string, { readonly blocks: readonly FiledBlock[]; readonly values: readonly Given[] }>,
): Given[] {
  return [...folders].flatMap(([other, { blocks, values }]) => {
    if (other === name) return [...values];
    const isBelow = name === '' || other.startsWith(`${name}/`);
    return isBelow && blocks.length === 0 ? values.map((one) => ({ ...one, auto: false })) : [];
  });
}
