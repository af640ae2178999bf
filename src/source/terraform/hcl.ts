/** Parses Terraform's language with its tree-sitter grammar. */
import { Language, type Node as ParsedNode, Parser } from 'web-tree-sitter';
import { type Node, plainTree } from './nodes.ts';
import { TOO_MUCH, TooMuch } from '../effort.ts';
import type { Attribute, Block, Expression, Parsed, Span } from '../syntax.ts';

/** Most characters of a file: for some characters, the parser's time grows faster than linearly. */
const LONGEST = 1_048_576;
const BLANKS = /\s{1000}/;
/** Microseconds of the processor that a file may take, and more for each character. Code that people write takes a fifth; errors may take hours. */
const [PATIENCE, PER_CHARACTER] = [500_000, 10];

export type ParseHcl = (text: string) => Parsed;

/** @param grammars the two WebAssembly modules: the runtime of tree-sitter, and the language */
export async function hclParser(grammars: { readonly runtime: Uint8Array; readonly language: Uint8Array }): Promise<ParseHcl> {
  await Parser.init({ wasmBinary: grammars.runtime });
  const parser = new Parser();
  parser.setLanguage(await Language.load(grammars.language));
  return (text) => {
    if (text.length > LONGEST || BLANKS.test(text)) return { attributes: [], blocks: [], broken: 0, why: TOO_MUCH };
    const most = PATIENCE + PER_CHARACTER * text.length;
    const began = process.cpuUsage();
    const tree = parser.parse(text, null, { progressCallback: () => process.cpuUsage(began).user > most });
    if (!tree) {
      // Without this, the next file would continue here.
      parser.reset();
      return { attributes: [], blocks: [], broken: 0, why: TOO_MUCH };
    }
    try {
      const root = tree.rootNode;
      const cursor = tree.walk();
      const body = plainTree(cursor, text).namedChildren.find((node) => node.type === 'body');
      cursor.delete();
      const broken = root.hasError ? { broken: errorIn(root) } : {};
      return { ...(body ? bodyOf(body, text) : { attributes: [], blocks: [] }), ...broken };
    } catch (error) {
      if (!(error instanceof TooMuch)) throw error;
      return { attributes: [], blocks: [], broken: 0, why: TOO_MUCH };
    } finally {
      tree.delete();
    }
  };
}

function errorIn(node: ParsedNode): number {
  for (const child of node.children)
    if (child.isError || child.isMissing) return child.startIndex;
    else if (child.hasError) return errorIn(child);
  return node.startIndex;
}

const spanOf = (node: Node): Span => ({ start: node.startIndex, end: node.endIndex });

function bodyOf(node: Node, text: string): Pick<Parsed, 'attributes' | 'blocks'> {
  const attributes: Attribute[] = [];
  const blocks: Block[] = [];
  for (const child of node.namedChildren)
    if (child.type === 'attribute') attributes.push(attributeOf(child, text));
    else if (child.type === 'block') blocks.push(blockOf(child, text));
  return { attributes, blocks };
}

function attributeOf(node: Node, text: string): Attribute {
  const [name, value] = node.namedChildren.filter(({ type }) => type !== 'comment');
  return {
    ...spanOf(node),
    name: name?.text ?? '',
    value: value ? expressionOf(value, text) : { ...spanOf(node), kind: 'other', text: '' },
  };
}

function blockOf(node: Node, text: string): Block {
  const children = node.namedChildren;
  const [first, ...rest] = children;
  const body = rest.find(({ type }) => type === 'body');
  const [open, close] = ['block_start', 'block_end'].map((type) => rest.find((child) => child.type === type));
  return {
    ...spanOf(node),
    type: first?.text ?? '',
    labels: rest.flatMap((child) => (child.type === 'string_lit' ? [contentOf(child)] : child.type === 'identifier' ? [child.text] : [])),
    ...(body ? bodyOf(body, text) : { attributes: [], blocks: [] }),
    braces: { start: open?.startIndex ?? node.startIndex, end: close?.endIndex ?? node.endIndex },
  };
}

const contentOf = (literal: Node): string =>
  unescape(
    literal.namedChildren
      .filter(({ type }) => type === 'template_literal')
      .map(({ text }) => text)
      .join(''),
  );

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };
const character = (code: number): string => (code > 0x10_ff_ff ? '\uFFFD' : String.fromCodePoint(code));
const unescape = (text: string): string =>
  text
    .replace(/\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)/g, (whole, code: string) =>
      /^u/i.test(code) ? character(Number.parseInt(code.slice(1), 16)) : (ESCAPES[code] ?? whole),
    )
    .replaceAll('$${', '${')
    .replaceAll('%%{', '%{');

const other = (node: Node): Expression => ({ ...spanOf(node), kind: 'other', text: node.text });

/** Returns the inner node of nodes that only wrap one. */
function expressionOf(node: Node, text: string): Expression {
  const span = spanOf(node);
  const named = node.namedChildren.filter(({ type }) => type !== 'comment');
  const [only] = named;
  switch (node.type) {
    case 'expression':
      if (only?.type === 'variable_expr') return referenceOf(node, named, text);
      if (named.length === 1 && only) return expressionOf(only, text);
      return other(node);
    case 'literal_value':
    case 'collection_value':
    case 'template_expr':
    case 'operation':
      return only ? expressionOf(only, text) : other(node);
    case 'string_lit':
      return { ...span, kind: 'literal', value: contentOf(node) };
    case 'numeric_lit':
      return { ...span, kind: 'literal', value: Number(node.text) };
    case 'bool_lit':
      return { ...span, kind: 'literal', value: node.text === 'true' };
    case 'null_lit':
      return { ...span, kind: 'literal', value: null };
    case 'variable_expr':
      return referenceOf(node, [node], text);
    case 'quoted_template':
      return templateOf(node, named, text);
    case 'tuple':
      return { ...span, kind: 'list', items: named.filter(({ type }) => type === 'expression').map((one) => expressionOf(one, text)) };
    case 'object':
      return { ...span, kind: 'object', entries: named.filter(({ type }) => type === 'object_elem').map((one) => entryOf(one, text)) };
    case 'conditional':
      return { ...span, kind: 'conditional', parts: named.map((one) => expressionOf(one, text)) };
    case 'function_call': {
      const args = named.find(({ type }) => type === 'function_arguments');
      // A last argument with an ellipsis is a list of arguments.
      const spread = args?.namedChildren.some(({ type }) => type === 'ellipsis') ?? false;
      const given = args?.namedChildren.filter(({ type }) => type === 'expression') ?? [];
      return spread ? other(node) : { ...span, kind: 'call', name: only?.text ?? '', args: given.map((one) => expressionOf(one, text)) };
    }
    case 'unary_operation': {
      const inner = named.length > 0 ? operandOf(node, named, text) : other(node);
      if (node.text.startsWith('!')) return { ...span, kind: 'not', of: inner };
      return inner.kind === 'literal' && typeof inner.value === 'number' ? { ...inner, ...span, value: -inner.value } : other(node);
    }
    case 'binary_operation': {
      const at = node.children.findIndex(({ type }) => type === '==' || type === '!=');
      const sides = [node.children.slice(0, at), node.children.slice(at + 1)].map((side) =>
        side.filter((one) => one.isNamed && one.type !== 'comment'),
      );
      if (at < 0 || sides.some(({ length }) => length === 0)) return other(node);
      const operator = node.children[at]?.type === '==' ? '==' : '!=';
      return { ...span, kind: 'compare', operator, sides: sides.map((side) => operandOf(node, side, text)) };
    }
    default:
      return other(node);
  }
}

/** Operands have no node of their own. */
function operandOf(node: Node, parts: readonly Node[], text: string): Expression {
  const [first] = parts;
  if (!first) return other(node);
  const whole = { start: first.startIndex, end: parts.at(-1)?.endIndex ?? first.endIndex };
  if (first.type === 'variable_expr') return { ...referenceOf(node, parts, text), ...whole };
  return parts.length === 1 ? expressionOf(first, text) : other(node);
}

function entryOf(node: Node, text: string): { key: Expression; value: Expression; start: number } {
  const [key, value] = node.namedChildren.filter(({ type }) => type === 'expression');
  const name = key?.namedChildren[0];
  // A bare word is a name here, not a variable.
  const isWord = key?.namedChildren.length === 1 && name?.type === 'variable_expr';
  const named: Expression | undefined = key && (isWord ? { ...spanOf(key), kind: 'literal', value: key.text } : expressionOf(key, text));
  return { key: named ?? other(node), value: value ? expressionOf(value, text) : other(node), start: node.startIndex };
}

function templateOf(node: Node, named: readonly Node[], text: string): Expression {
  const parts = named
    .filter(({ type }) => type !== 'quoted_template_start' && type !== 'quoted_template_end')
    .map((part) => {
      if (part.type === 'template_literal') return unescape(part.text);
      const inner = part.type === 'template_interpolation' ? part.namedChildren.find(({ type }) => type === 'expression') : undefined;
      return inner ? expressionOf(inner, text) : other(part);
    });
  return { ...spanOf(node), kind: 'template', parts };
}

function referenceOf(node: Node, named: readonly Node[], text: string): Expression {
  const path: (string | Expression)[] = [];
  for (const part of named) {
    if (part.type === 'variable_expr') path.push(part.text);
    else if (part.type === 'get_attr') path.push(part.namedChildren[0]?.text ?? '');
    else if (part.type === 'index') {
      const inner = part.namedChildren[0]?.namedChildren.find(({ type }) => type === 'expression');
      const legacy = /^\.(\d+)$/.exec(part.text)?.[1];
      if (inner) path.push(expressionOf(inner, text));
      else if (legacy) path.push({ ...spanOf(part), kind: 'literal', value: Number(legacy) });
      else return other(node);
    } else return other(node);
  }
  return { ...spanOf(node), kind: 'reference', path, text: node.text };
}
