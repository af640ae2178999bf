/** Parses the statements of a Bicep file; statements that are not understood are skipped, and reported if they declare something. */
import { type Nested, NotRead, readExpression, readLoop, Words } from './expression-text.ts';
import type { Expression } from './syntax.ts';

export interface Resource {
  readonly symbol: string;
  readonly type: string;
  readonly start: number;
  readonly body: Expression;
  readonly condition?: Expression;
  readonly existing: boolean;
  /** Whether a loop creates any number of it. */
  readonly loops: boolean;
  readonly children: readonly Nested[];
}

interface Module {
  readonly symbol: string;
  readonly path: string;
  readonly start: number;
  readonly body: Expression;
  readonly condition?: Expression;
}

export interface BicepFile {
  readonly parameters: ReadonlyMap<string, Expression | undefined>;
  readonly variables: ReadonlyMap<string, Expression>;
  readonly resources: readonly Resource[];
  readonly modules: readonly Module[];
  readonly unread: readonly number[];
}

const STATEMENT = /^(?:param|var|resource|module|output|targetScope|metadata|import|type|func|using|extension|provider|assert|@)/;

export function readBicep(text: string): BicepFile {
  const parameters = new Map<string, Expression | undefined>();
  const variables = new Map<string, Expression>();
  const resources: Resource[] = [];
  const modules: Module[] = [];
  const unread: number[] = [];
  const words = new Words(text);
  while (!words.isDone) {
    const start = words.at;
    try {
      readStatement(words, { parameters, variables, resources, modules });
    } catch (error) {
      if (!(error instanceof NotRead)) throw error;
      if (/^(resource|module)/.test(text.slice(start))) unread.push(start);
      skip(words, start);
    }
    if (words.at === start) skip(words, start);
  }
  return { parameters, variables, resources, modules, unread };
}

/** Skips to the next line that starts a statement. */
function skip(words: Words, start: number): void {
  const lines = /\n(?=\S)/g;
  lines.lastIndex = start;
  for (let found = lines.exec(words.text); found; found = lines.exec(words.text))
    if (STATEMENT.test(words.text.slice(found.index + 1, found.index + 40))) {
      words.at = found.index + 1;
      return;
    }
  words.at = words.text.length;
}

interface Read {
  readonly parameters: Map<string, Expression | undefined>;
  readonly variables: Map<string, Expression>;
  readonly resources: Resource[];
  readonly modules: Module[];
}

/** Parses the head of a loop, `[for item in items:`; false if there is something else. */
function takeLoop(words: Words): boolean {
  if (words.take(/\[\s*for\b/) === undefined) return false;
  readLoop(words);
  return true;
}

const NAME = /[A-Za-z_]\w*/;
const restOfLine = /[^\n]*/;

function readStatement(words: Words, into: Read): void {
  if (words.take(/@/) !== undefined) {
    readExpression(words);
    return;
  }
  words.blank();
  const start = words.at;
  const word = words.take(NAME);
  if (word === 'param') {
    const name = words.need(NAME);
    words.take(/[^\n=]*/, false);
    into.parameters.set(name, words.take(/=/, false) === undefined ? undefined : readExpression(words));
  } else if (word === 'var') {
    const name = words.need(NAME);
    words.take(/[^\n=]*/, false);
    words.need(/=/);
    into.variables.set(name, readExpression(words));
  } else if (word === 'resource' || word === 'module') {
    const symbol = words.need(NAME);
    const path = words.need(/'[^'\n]*'/).slice(1, -1);
    const existing = words.take(/existing\b/) !== undefined;
    words.need(/=/);
    const condition = words.take(/if\b/) === undefined ? undefined : readExpression(words);
    const before = words.nested.length;
    const loops = takeLoop(words);
    const body = readExpression(words);
    if (loops) words.need(/\]/);
    const children = words.nested.slice(before);
    if (word === 'module') into.modules.push({ symbol, path, start, body, ...(condition ? { condition } : {}) });
    else
      into.resources.push({
        symbol,
        type: path,
        start,
        existing,
        loops,
        children,
        body,
        ...(condition ? { condition } : {}),
      });
  } else {
    // Types, functions and outputs declare no resources.
    words.take(restOfLine, false);
    skip(words, start);
  }
}
