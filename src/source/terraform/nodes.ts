/** A syntax tree as plain objects, built in one pass, because each access to a tree-sitter node calls into WebAssembly. */
import type { TreeCursor } from 'web-tree-sitter';
import { TOO_MUCH, TooMuch } from '../effort.ts';

export interface Node {
  readonly type: string;
  readonly isNamed: boolean;
  readonly startIndex: number;
  readonly endIndex: number;
  readonly text: string;
  readonly children: readonly Node[];
  readonly namedChildren: readonly Node[];
}

class PlainNode implements Node {
  readonly type: string;
  readonly isNamed: boolean;
  readonly startIndex: number;
  readonly endIndex: number;
  readonly children: Node[] = [];
  readonly namedChildren: Node[] = [];
  readonly #source: string;

  constructor(cursor: TreeCursor, source: string) {
    this.type = cursor.nodeType;
    this.isNamed = cursor.nodeIsNamed;
    this.startIndex = cursor.startIndex;
    this.endIndex = cursor.endIndex;
    this.#source = source;
  }

  get text(): string {
    return this.#source.slice(this.startIndex, this.endIndex);
  }
}

/** Kinds of nodes whose content is not read. */
const LEAVES = new Set([
  'identifier',
  'bool_lit',
  'null_lit',
  'numeric_lit',
  'template_literal',
  'comment',
  'quoted_template_start',
  'quoted_template_end',
  'heredoc_template',
]);

/** Most nesting levels; an expression in parentheses takes four. */
const DEEPEST = 800;

/** Copies the node at the cursor with its children. @throws TooMuch */
export function plainTree(cursor: TreeCursor, source: string, depth = 0): Node {
  if (depth > DEEPEST) throw new TooMuch(TOO_MUCH);
  const node = new PlainNode(cursor, source);
  if (LEAVES.has(node.type) || !cursor.gotoFirstChild()) return node;
  do {
    const child = plainTree(cursor, source, depth + 1);
    node.children.push(child);
    if (child.isNamed) node.namedChildren.push(child);
  } while (cursor.gotoNextSibling());
  cursor.gotoParent();
  return node;
}
