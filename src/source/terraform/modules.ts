/** Modules of Terraform code: their calls with arguments, and the instances of each block. */
import type { Declared } from '../declared.ts';
import { TOO_DEEP } from '../module-calls.ts';
import type { Conditions } from '../shaped-resource.ts';
import { type Place, unresolved, type Value, textOf } from '../value.ts';
import { derivedAttribute } from './derived.ts';
import { attributeValue, evaluate, type Scope } from '../evaluate.ts';
import type { Spend } from '../effort.ts';
import { repeated, type Repeat } from './repeats.ts';
import { calledFolder, type FiledBlock, type Folder, sourceOf } from './folders.ts';

/** One resource instance that Terraform would create. */
export interface Instance {
  readonly type: string;
  readonly address: string;
  readonly block: FiledBlock;
  readonly scope: Scope;
  readonly when: Conditions;
  readonly module: Module;
}

/** A call of a module whose code is not in the tree. */
export interface Elsewhere {
  readonly address: string;
  readonly source: string;
  readonly at: Place;
  readonly arguments: ReadonlyMap<string, Value>;
}

/** Most modules inside of each other. */
const DEEPEST = 20;

/** One call of a module, or a root module. */
export class Module {
  readonly #folder: string;
  readonly #address: string;
  readonly #folders: ReadonlyMap<string, Folder>;
  readonly #arguments: ReadonlyMap<string, Value> | undefined;
  readonly #when: Conditions;
  readonly #depth: number;
  readonly #spend: Spend;
  readonly #known = new Map<string, Value | 'busy'>();
  readonly #repeats = new Map<FiledBlock, readonly Repeat[]>();
  readonly #children = new Map<FiledBlock, readonly { readonly key?: string | number; readonly module: Module }[]>();

  constructor(
    folder: string,
    address: string,
    folders: ReadonlyMap<string, Folder>,
    given: ReadonlyMap<string, Value> | undefined,
    when: Conditions,
    depth: number,
    spend: Spend,
  ) {
    this.#folder = folder;
    this.#address = address;
    this.#folders = folders;
    this.#arguments = given;
    this.#when = when;
    this.#depth = depth;
    this.#spend = spend;
  }

  get #content(): Folder {
    return this.#folders.get(this.#folder) ?? { blocks: [], values: [], unread: [] };
  }

  #blocks(type: string): readonly FiledBlock[] {
    return this.#content.blocks.filter((block) => block.type === type);
  }

  below(): Module[] {
    return this.#blocks('module').flatMap((block) => this.#called(block).flatMap(({ module }) => [module, ...module.below()]));
  }

  resources(): Instance[] {
    return this.#blocks('resource').flatMap((block) =>
      this.#repeated(block).map(({ scope, suffix, when }) => ({
        type: block.labels[0] ?? '',
        address: `${this.#prefix()}${block.labels.join('.')}${suffix}`,
        block,
        scope,
        when: this.#conditions(when),
        module: this,
      })),
    );
  }

  elsewhere(): Elsewhere[] {
    return this.#blocks('module').flatMap((block) => {
      const folder = calledFolder(this.#folder, block);
      if (folder !== undefined && this.#folders.has(folder)) return [];
      return this.#repeated(block).map(({ scope, suffix }) => ({
        address: `${this.#prefix()}module.${block.labels[0] ?? ''}${suffix}`,
        source: sourceOf(block) ?? 'an expression',
        at: { file: block.file, offset: block.start, end: block.end },
        arguments: new Map(block.attributes.map((one) => [one.name, attributeValue(one, scope)])),
      }));
    });
  }

  /** Lists the calls that are too deep to be read. */
  tooDeep(): Declared['unreadable'] {
    if (this.#depth < DEEPEST) return [];
    return this.#blocks('module').flatMap((block) =>
      this.#folderOf(block) === undefined ? [] : [{ file: block.file, offset: block.start, why: TOO_DEEP }],
    );
  }

  /** Returns the folder of a module whose code is in the tree. */
  #folderOf(block: FiledBlock): string | undefined {
    const folder = calledFolder(this.#folder, block);
    return folder !== undefined && folder !== this.#folder && this.#folders.has(folder) ? folder : undefined;
  }

  /** Returns the conditions of the module, and that of a block: the form of its `count` or `for_each`, where that is not resolved. */
  #conditions(when: string | undefined): Conditions {
    return when === undefined ? this.#when : [...this.#when, `${this.#folder} ${this.#address} ${when}`];
  }

  #prefix(): string {
    return this.#address === '' ? '' : `${this.#address}.`;
  }

  #repeated(block: FiledBlock): readonly Repeat[] {
    const known = this.#repeats.get(block);
    if (known) return known;
    // While its own instances are counted, a block is treated as having none.
    this.#repeats.set(block, []);
    const made = repeated(block, this.scopeIn(block.file));
    this.#repeats.set(block, made);
    return made;
  }

  #called(block: FiledBlock): readonly { readonly key?: string | number; readonly module: Module }[] {
    const known = this.#children.get(block);
    if (known) return known;
    const folder = this.#folderOf(block);
    const made =
      folder !== undefined && this.#depth < DEEPEST
        ? this.#repeated(block).map(({ key, suffix, scope, when }) => ({
            ...(key === undefined ? {} : { key }),
            module: new Module(
              folder,
              `${this.#prefix()}module.${block.labels[0] ?? ''}${suffix}`,
              this.#folders,
              new Map(
                block.attributes
                  .filter(({ name }) => !['source', 'version', 'count', 'for_each', 'providers', 'depends_on'].includes(name))
                  .map((one) => [one.name, attributeValue(one, scope)]),
              ),
              this.#conditions(when),
              this.#depth + 1,
              this.#spend,
            ),
          }))
        : [];
    this.#children.set(block, made);
    return made;
  }

  scopeIn(file: string): Scope {
    return { file, spend: this.#spend, lookUp: (path, at, text) => this.#lookUp(path, at, text) };
  }

  #once(key: string, at: Place, make: () => Value): Value {
    const known = this.#known.get(key);
    if (known === 'busy') return unresolved(`${key} refers to itself`, at);
    if (known) return known;
    this.#known.set(key, 'busy');
    const value = make();
    this.#known.set(key, value);
    return value;
  }

  #lookUp(path: readonly (string | Value)[], at: Place, text: string): readonly [Value, number] | undefined {
    const [first, second, third] = path;
    if (typeof second !== 'string') return undefined;
    switch (first) {
      case 'var':
        return [this.#variable(second, at), 2];
      case 'local':
        return [this.#local(second, at), 2];
      case 'module':
        return this.#output(path, at, text);
      case 'data':
        return typeof third === 'string' ? this.#resource('data', [second, third], path.slice(3), at, text, 3) : undefined;
      case 'each':
      case 'count':
      case 'path':
      case 'terraform':
      case 'self':
        return undefined;
      default:
        return typeof first === 'string' ? this.#resource('resource', [first, second], path.slice(2), at, text, 2) : undefined;
    }
  }

  #variable(name: string, at: Place): Value {
    return this.#once(`var.${name}`, at, () => {
      const given = this.#arguments?.get(name);
      if (given) return given;
      const block = this.#blocks('variable').find(({ labels }) => labels[0] === name);
      const byDefault = block?.attributes.find((one) => one.name === 'default');
      const value = byDefault && block && evaluate(byDefault.value, this.scopeIn(block.file));
      if (this.#arguments) return value ?? unresolved(`the module call ${this.#address} does not set ${name}`, at);
      const [unread] = this.#content.unread;
      if (unread !== undefined) return unresolved(`${unread} may set var.${name}, but it was not read completely`, at);
      const files = this.#content.values.filter((one) => one.name === name);
      const set = files.findLast(({ auto }) => auto)?.value ?? value;
      const others = files.filter((one) => !one.auto && (!set || !sameText(one.value, set)));
      if (others[0])
        return unresolved(
          `var.${name} is set in ${others.map(({ file }) => file).join(', ')} too, which Terraform reads only with -var-file`,
          at,
        );
      return set ?? unresolved(`var.${name} has no default, and no tfvars file sets it`, at);
    });
  }

  #local(name: string, at: Place): Value {
    return this.#once(`local.${name}`, at, () => {
      for (const block of this.#blocks('locals')) {
        const attribute = block.attributes.find((one) => one.name === name);
        if (attribute) return evaluate(attribute.value, this.scopeIn(block.file));
      }
      return unresolved(`local.${name} is not in the code`, at);
    });
  }

  #output(path: readonly (string | Value)[], at: Place, text: string): readonly [Value, number] | undefined {
    const block = this.#blocks('module').find(({ labels }) => labels[0] === path[1]);
    if (!block) return undefined;
    const key = typeof path[2] === 'object' && path[2].kind === 'scalar' ? path[2].value : undefined;
    const taken = key === undefined ? 2 : 3;
    const name = path[taken];
    const child = this.#called(block).find((one) => one.key === key || (one.key === undefined && key === undefined))?.module;
    if (typeof name !== 'string') return undefined;
    if (!child) return [unresolved(`${text} comes from module.${String(path[1])}, whose code is not in this folder`, at), path.length];
    return [child.outputValue(name, at), taken + 1];
  }

  outputValue(name: string, at: Place): Value {
    return this.#once(`output.${name}`, at, () => {
      const block = this.#blocks('output').find(({ labels }) => labels[0] === name);
      const attribute = block?.attributes.find((one) => one.name === 'value');
      return block && attribute ? evaluate(attribute.value, this.scopeIn(block.file)) : unresolved(`output ${name} is not defined`, at);
    });
  }

  #resource(
    kind: 'resource' | 'data',
    [type, name]: readonly [string, string],
    rest: readonly (string | Value)[],
    at: Place,
    text: string,
    before: number,
  ): readonly [Value, number] | undefined {
    const block = this.#blocks(kind).find(({ labels }) => labels[0] === type && labels[1] === name);
    if (!block) return undefined;
    const [first] = rest;
    const key = typeof first === 'object' && first.kind === 'scalar' ? first.value : undefined;
    const instances = this.#repeated(block);
    const instance = instances.find((one) => one.key === key) ?? (key === undefined && instances.length === 1 ? instances[0] : undefined);
    const member = rest[key === undefined ? 0 : 1];
    if (!instance || typeof member !== 'string') return undefined;
    const taken = before + (key === undefined ? 0 : 1) + 1;
    const value = this.#once(`${kind}.${type}.${name}${instance.suffix}.${member}`, at, () => {
      const attribute = block.attributes.find((one) => one.name === member);
      if (attribute) return attributeValue(attribute, withFile(instance.scope, block.file));
      const attributeOf = (wanted: string) => {
        const found = block.attributes.find((one) => one.name === wanted);
        return found && attributeValue(found, withFile(instance.scope, block.file));
      };
      const address = `${this.#prefix()}${kind === 'data' ? 'data.' : ''}${type}.${name}${instance.suffix}`;
      const beside = (name: string, other: string): Value | undefined => {
        const { value: of } = block.attributes.find((one) => one.name === name) ?? {};
        const changed = of?.kind === 'reference' ? { ...of, path: [...of.path.slice(0, -1), other] } : undefined;
        return changed && evaluate(changed, withFile(instance.scope, block.file));
      };
      return (
        derivedAttribute(type, address, member, attributeOf, beside, at) ??
        unresolved(`${text} is known only after the resource is created`, at)
      );
    });
    return [value, taken];
  }
}

const sameText = (a: Value, b: Value): boolean =>
  a.kind === 'scalar' && b.kind === 'scalar' ? a.value === b.value : textOf(a) !== undefined && textOf(a) === textOf(b);

const withFile = (scope: Scope, file: string): Scope => ({ ...scope, file });
