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
  /** Variable files that were not read completely, so that they may set any variable. */
  readonly unread: readonly string[];
}

/** The text of JSON files that set variables, and the files that could not be read. */
export interface VariableFiles {
  readonly json: ReadonlyMap<string, string>;
  readonly unread: readonly string[];
}

const isVariables = (file: string): boolean => /\.tfvars(\.json)?$/.test(file);
const isOverride = (file: string): boolean => /(^|[/_])override\.(tf|tofu)(\.json)?$/.test(file);

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

/** A folder while its files are read. */
interface Filled {
  readonly blocks: FiledBlock[];
  readonly values: Given[];
  readonly unread: string[];
}

export function foldersOf(parsed: ReadonlyMap<string, Parsed>, { json, unread }: VariableFiles, spend: Spend): Map<string, Folder> {
  const folders = new Map<string, Filled>();
  const of = (file: string) => {
    const name = file.slice(0, Math.max(0, file.lastIndexOf('/')));
    const folder = folders.get(name) ?? { blocks: [], values: [], unread: [] };
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
      if (content.broken !== undefined) of(file).unread.push(file);
    } else if (isOverride(file)) overrides.push([file, content]);
    else of(file).blocks.push(...content.blocks.map((block) => ({ ...block, file })));
  }
  for (const file of unread) if (isVariables(file)) of(file).unread.push(file);
  for (const [file, text] of json) {
    const value = jsonValue(text, file);
    if (value?.kind === 'map')
      for (const [name, inner] of value.members) of(file).values.push({ name, file, auto: isAuto(file), value: inner });
    else of(file).unread.push(file);
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
  const broken = overrides.flatMap(([file, content]) => (content.broken === undefined ? [] : [file]));
  for (const file of [...broken, ...unread.filter(isOverride)]) {
    const folder = of(file);
    folder.blocks.forEach((block, index) => (folder.blocks[index] = doubtful(block, file)));
  }
  return new Map(
    [...folders]
      .filter(([, { blocks }]) => blocks.length > 0)
      .map(([name, { blocks }]) => {
        const beside = varFoldersOf(name, folders);
        return [name, { blocks, values: beside.flatMap(({ values }) => values), unread: beside.flatMap((one) => one.unread) }];
      }),
  );
}

const other = ({ start }: Block, why: string) => ({ kind: 'other', text: '', why, start, end: start }) as const;

/** What names a block or its instances: without it the block could not be reported. */
const NAMES = /name$|_id$|^(source|version|count|for_each|provider|providers|type|scope)$/;

/** Returns a block of which an override that was not read may change each value. */
const doubtful = (block: FiledBlock, file: string): FiledBlock => {
  const value = other(block, `${file} may override this value, but it was not read completely`);
  const { start } = block;
  return {
    ...block,
    attributes: [
      ...block.attributes.map((one) => (NAMES.test(one.name) ? one : { ...one, value })),
      ...block.blocks.map(({ type }): Attribute => ({ name: type, start, end: start, value })),
    ],
    blocks: [],
  };
};

/** Merges a block with its override, which is in another file. */
const overridden = (below: FiledBlock, above: Block, file: string): FiledBlock => {
  const { start } = below;
  const value = other(below, `${file} overrides this value`);
  return {
    ...below,
    attributes: [
      ...below.attributes.filter(({ name }) => !above.attributes.some((one) => one.name === name)),
      ...above.attributes.map(({ name }): Attribute => ({ name, start, end: start, value })),
      // Nested blocks of an override replace all blocks of that name.
      ...above.blocks.map(({ type }): Attribute => ({ name: type, start, end: start, value })),
    ],
    blocks: below.blocks.filter(({ type }) => !above.blocks.some((one) => one.type === type)),
  };
};

/** Lists what the variable files beside a root set, and those in folders below it that contain nothing else, such as `env/prod.tfvars`. */
function varFoldersOf(name: string, folders: ReadonlyMap<string, Filled>): Pick<Folder, 'values' | 'unread'>[] {
  return [...folders].flatMap(([other, folder]): Pick<Folder, 'values' | 'unread'>[] => {
    if (other === name) return [folder];
    const isBelow = name === '' || other.startsWith(`${name}/`);
    if (!isBelow || folder.blocks.length > 0) return [];
    return [{ values: folder.values.map((one) => ({ ...one, auto: false })), unread: folder.unread }];
  });
}
