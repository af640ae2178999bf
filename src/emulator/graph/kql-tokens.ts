/** Tokens of a Kusto query: words, texts, numbers and operators. */

/** Thrown if a query is not understood; the service answers 400. */
export class InvalidQuery extends Error {}

const TOKEN =
  /\s+|\/\/[^\n]*|('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|\d+(?:\.\d+)?(?!\w)|!?(?:in~|(?:in|contains|has|startswith|endswith)(?!\w))|[A-Za-z_]\w*|==|!=|=~|!~|<=|>=|[<>=(),.[\]|-])/y;

export function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  const pattern = new RegExp(TOKEN);
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const found = pattern.exec(text);
    if (!found) throw new InvalidQuery(`"${text.slice(at, at + 12)}" is not understood`);
    if (found[1] !== undefined) tokens.push(found[1]);
  }
  return tokens;
}

export const isName = (token: string | undefined): boolean => /^[A-Za-z_]\w*$/.test(token ?? '');
export const isText = (token: string | undefined): boolean => /^['"]/.test(token ?? '');
export const textIn = (token: string): string => token.slice(1, -1).replace(/\\(.)/g, '$1');

/** Reads tokens in sequence. */
export class Reader {
  readonly #tokens: readonly string[];
  #at = 0;
  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }
  get isAtEnd(): boolean {
    return this.#at >= this.#tokens.length;
  }
  peek(ahead = 0): string | undefined {
    return this.#tokens[this.#at + ahead];
  }
  next(): string {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw new InvalidQuery('the query ends too early');
    this.#at += 1;
    return token;
  }
  take(...tokens: string[]): string | undefined {
    return tokens.includes(this.peek() ?? '') ? this.next() : undefined;
  }
  expect(token: string): void {
    const found = this.next();
    if (found !== token) throw new InvalidQuery(`"${token}" is expected, not "${found}"`);
  }
  name(what: string): string {
    const token = this.next();
    if (!isName(token)) throw new InvalidQuery(`"${token}" is no name of ${what}`);
    return token;
  }
  list<T>(one: () => T): T[] {
    const items = [one()];
    while (this.take(',')) items.push(one());
    return items;
  }
}
