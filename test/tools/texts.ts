/** `npm run texts`: prints every text that users can see, one per line, with its file and line, from the syntax trees of src and steps. */
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { SyntaxKind, type Node, type SourceFile } from 'typescript/unstable/ast';
import { API } from 'typescript/unstable/sync';

const ROOT = join(import.meta.dirname, '..', '..');

export interface Text {
  readonly file: string;
  readonly line: number;
  /** Name of the property, constant or function that receives the text: label, because, help, span. */
  readonly use: string;
  /** The text; values that are filled in are in braces. */
  readonly text: string;
}

/**
 * Rooms in the order in which users see their texts. The emulator is left out because it uses Azure's words; scripts, style sheets and lists
 * of Azure's names because they are code.
 */
const ROOMS = ['src/view', 'src/hosts', 'steps', 'src/cli', 'src/commands', 'src/app', 'src/engine', 'src/contract', 'src/azure'];
const LEFT_OUT =
  /^src\/(emulator\/|(files\/controls\/realm-script|azure\/documented-shape|arm\/recording\/public-words|report\/formats\/html\/style)\.ts$)/;

/** Names of properties and functions whose value is a text even if it is a single word. */
const SHOWN = /^(label|title|help|why|because|reason|says|message|unit|of|span|line|heading|word|text|summary|does|use|found|wanted)$/;

const rank = (file: string): number => {
  const found = ROOMS.findIndex((room) => file.startsWith(`${room}/`));
  return found < 0 ? ROOMS.length : found;
};

/**
 * Returns every text of the product, in the order of the rooms, and the file of each error for users that is created without a next step.
 * All sources are parsed once for both.
 */
export function readSources(): { readonly texts: readonly Text[]; readonly errorsOutsideCatalogues: readonly string[] } {
  const files = ['src', 'steps']
    .flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`))
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts') && !LEFT_OUT.test(file))
    .toSorted((a, b) => rank(a) - rank(b) || a.localeCompare(b));
  const texts: Text[] = [];
  const errorsOutsideCatalogues: string[] = [];
  const api = new API({ cwd: ROOT });
  try {
    const config = join(ROOT, 'tsconfig.json');
    const project = api.updateSnapshot({ openProjects: [config] }).getProject(config);
    for (const file of files) {
      const source = project?.program.getSourceFile(join(ROOT, file));
      if (source === undefined) throw new Error(`${file} is not in tsconfig.json`);
      texts.push(...textsOf(source, relative(ROOT, join(ROOT, file))));
      errorsOutsideCatalogues.push(...newErrorsIn(source).map(() => file));
    }
  } finally {
    api.close();
  }
  return { texts, errorsOutsideCatalogues };
}

function newErrorsIn(node: Node): readonly Node[] {
  const found: Node[] = [];
  const visit = (each: Node): void => {
    const made = each.kind === SyntaxKind.NewExpression ? (each as Parts).expression?.getText() : undefined;
    if (made !== undefined && /^(UserError|MissingArgument|Complaint)$/.test(made)) found.push(each);
    each.forEachChild(visit);
  };
  visit(node);
  return found;
}

function textsOf(source: SourceFile, file: string): Text[] {
  const lineStarts = [0, ...[...source.text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  const lineOf = (node: Node): number => lineStarts.findLastIndex((start) => start <= node.end - 1) + 1;
  const found: Text[] = [];
  const visit = (node: Node, use: string): void => {
    const text = textOf(node, source);
    if (text !== undefined && isShown(text, use)) found.push({ file, line: lineOf(node), use, text });
    // Texts inside a template's expressions are listed separately.
    node.forEachChild((child) => visitChild(child, node, use));
  };
  const visitChild = (child: Node, parent: Node, use: string): void => {
    if (isCode(child.kind) || (isCompared(parent) && child.kind === SyntaxKind.StringLiteral)) return;
    visit(child, nameOf(parent, child, source) ?? use);
  };
  visit(source, '');
  return found;
}

/** Colors and weights of a span. */
const TONES = /^(dim|strong|good|bad|warn|info)$/;

/** Values that are compared with a literal are names, not texts. */
const isCompared = (parent: Node): boolean =>
  parent.kind === SyntaxKind.CaseClause ||
  (parent.kind === SyntaxKind.BinaryExpression && /^[!=]==$/.test((parent as Parts).operatorToken?.getText() ?? ''));

/** Imports and types contain names, not texts. */
const isCode = (kind: SyntaxKind): boolean =>
  kind === SyntaxKind.ImportDeclaration ||
  kind === SyntaxKind.ExportDeclaration ||
  kind === SyntaxKind.LiteralType ||
  kind === SyntaxKind.TypeAliasDeclaration ||
  kind === SyntaxKind.InterfaceDeclaration ||
  kind === SyntaxKind.TypeReference;

interface Parts extends Node {
  readonly text: string;
  readonly name?: Node;
  readonly expression?: Node;
  readonly operatorToken?: Node;
  readonly arguments?: readonly Node[];
  readonly head: Parts;
  readonly templateSpans: readonly { readonly expression: Node; readonly literal: Parts }[];
}

function textOf(node: Node, source: SourceFile): string | undefined {
  const parts = node as Parts;
  if (node.kind === SyntaxKind.StringLiteral || node.kind === SyntaxKind.NoSubstitutionTemplateLiteral || node.kind === SyntaxKind.JsxText)
    return parts.text;
  if (node.kind !== SyntaxKind.TemplateExpression) return undefined;
  const holes = parts.templateSpans.map(({ expression, literal }) => `{${holeName(expression, source)}}${literal.text}`);
  return `${parts.head.text}${holes.join('')}`;
}

/** Returns a short name for a value that is filled in. */
function holeName(expression: Node, source: SourceFile): string {
  const code = source.text.slice(expression.pos, expression.end).trim();
  return code.length <= 24 && !code.includes('`') ? code : '…';
}

function nameOf(parent: Node, child: Node, source: SourceFile): string | undefined {
  const { name, expression } = parent as Parts;
  if (
    parent.kind === SyntaxKind.PropertyAssignment ||
    parent.kind === SyntaxKind.VariableDeclaration ||
    parent.kind === SyntaxKind.FunctionDeclaration
  )
    return child === name ? undefined : name && withoutComments(source.text.slice(name.pos, name.end)).trim();
  if (parent.kind === SyntaxKind.CallExpression || parent.kind === SyntaxKind.NewExpression)
    return expression && child !== expression
      ? withoutComments(source.text.slice(expression.pos, expression.end)).trim().split('.').at(-1)
      : undefined;
  return undefined;
}

/** Removes the comments before the first word of a node. */
const withoutComments = (code: string): string => code.replace(/^(\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/, '');

/** Returns whether a literal is a text for users: it has two words, or is passed where only texts are. */
function isShown(text: string, use: string): boolean {
  const words = text.replaceAll(/\{[^}]*\}/g, ' ').trim();
  if (!/[a-z]{2}/i.test(words) || TONES.test(text) || /^https?:\/\/\S+$/.test(words)) return false;
  if (/^[^\s]*$/.test(text.trim()) && !SHOWN.test(use)) return false;
  return /[a-z]{2}/i.test(words) && (SHOWN.test(use) || /[a-z]['’]?[,:;.!?)]? [\s\S]*[a-z(]/i.test(` ${text}`));
}

if (import.meta.main)
  for (const { file, line, use, text } of readSources().texts)
    process.stdout.write(
      `${file}:${line}  ${use.replaceAll(/\s+/g, ' ').slice(0, 24)}  ${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"')}\n`,
    );
