/** Parsed ARM ids as templates name resources, and unique identifiers. */

export interface TypeAndNames {
  /** `Microsoft.Web/sites/config` */
  readonly type: string;
  /** One name for each part of the type after the namespace. */
  readonly names: readonly string[];
}

export interface ResourcePlace extends TypeAndNames {
  readonly subscription: string;
  readonly group?: string;
  /** The resource that an extension resource extends. */
  readonly on?: TypeAndNames;
}

/** Parses an id for templates; undefined if a template cannot name it. */
export function placeOf(id: string): ResourcePlace | undefined {
  const [, subscription, group, rest] = /^\/subscriptions\/([^/]+)(?:\/resourceGroups\/([^/]+))?\/providers\/(.+)$/is.exec(id) ?? [];
  const parts = (rest ?? '').split(/\/providers\//i).map(typed);
  const [first, second, third] = parts;
  if (!subscription || !first || third !== undefined || parts.some((part) => part === undefined)) return undefined;
  const own = second ?? first;
  return { subscription, ...own, ...(group === undefined ? {} : { group }), ...(second ? { on: first } : {}) };
}

function typed(text: string): TypeAndNames | undefined {
  const [namespace, ...words] = text.split('/');
  if (!namespace || words.length < 2 || words.length % 2 !== 0 || words.includes('')) return undefined;
  const at = (odd: number) => words.filter((_, index) => index % 2 === odd);
  return { type: [namespace, ...at(0)].join('/'), names: at(1) };
}

/** Returns the parent: the site of a slot, the account of its blob service. */
export const parentOf = ({ type, names }: TypeAndNames): TypeAndNames | undefined =>
  names.length < 2 ? undefined : { type: type.slice(0, type.lastIndexOf('/')), names: names.slice(0, -1) };

/** Creates unique identifiers of letters, digits and underscores. */
export class Identifiers {
  readonly #taken = new Set<string>();

  nameFor(...words: readonly string[]): string {
    const plain = words
      .join('_')
      .replace(/\W+/g, '_')
      .replace(/^(?=\d)/, '_')
      .slice(0, 100);
    for (let count = 1; ; count++) {
      const name = count === 1 ? plain : `${plain}_${count}`;
      // Identifiers that differ only in case are avoided because they confuse readers.
      if (this.#taken.has(name.toLowerCase())) continue;
      this.#taken.add(name.toLowerCase());
      return name;
    }
  }
}
