import { fileProblem } from '../file-problem.ts';
import { withoutCredentials } from '../../change/secrets.ts';
import { checkOwned } from '../file-owner.ts';
import { readText, TooLarge } from '../read-limited.ts';
import { createHash } from 'node:crypto';
import { isMap, isScalar, isSeq, LineCounter, parseDocument, visit, type Document, type Node } from 'yaml';
import { keyName, pairOf, parseErrors, repeatedKeys, YAML } from './yaml-parser.ts';
import type { AnyStep } from '../../contract/index.ts';
import type { Json } from '../../azure/index.ts';
import type { AnswersFile } from '../../engine/judge/decisions.ts';
import { UserError } from '../../engine/errors.ts';
import { plainMessage } from '../../text/plain.ts';
import { readAnswers, type AnswersPlace } from './answers-schema.ts';
import { answersErrors } from '../errors/answers.ts';

const MOST_BYTES = 1_048_576;

export interface LoadedAnswers {
  readonly answers: AnswersFile;
  readonly text: string;
  readonly digest: string;
  /** Returns the place of the value at a path, as `FILE:LINE:COLUMN`. */
  readonly placeOf: (path: readonly (string | number)[]) => string;
}

/**
 * Reads and checks a whole answers file. `again`: an open wizard reads it, which has read Azure already and may have sent something.
 * @throws UserError with every mistake and its line and column
 */
export async function loadAnswers(file: string, catalogue: readonly AnyStep[], again = false): Promise<LoadedAnswers> {
  let text: string;
  try {
    // Others may read the file, as after a Git checkout, because it contains no secrets.
    await checkOwned(file);
    text = await readText(file, MOST_BYTES);
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (error instanceof TooLarge) throw answersErrors.answersTooLarge({ file });
    throw answersErrors.answersUnreadable({
      file,
      why: fileProblem(error),
    });
  }
  return {
    answers: parseAnswers(text, file, catalogue, again),
    text,
    digest: `sha256:${createHash('sha256').update(text).digest('hex')}`,
    placeOf(path) {
      const lines = new LineCounter();
      const { line, col } = lines.linePos(offsetOf(parsed(text, lines), path, false));
      return `${file}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
    },
  };
}

const parsed = (text: string, lineCounter: LineCounter): Document => parseDocument(text, { ...YAML, lineCounter });

/** Parses and checks the text of an answers file. @throws UserError with every mistake and its line and column */
export function parseAnswers(text: string, file: string, catalogue: readonly AnyStep[], again = false): AnswersFile {
  const lines = new LineCounter();
  const document = parsed(text, lines);
  const mistakes: Mistake[] = [];
  const say = (offset: number, says: string) => {
    const { line, col } = lines.linePos(offset);
    mistakes.push({ line: Math.max(line, 1), column: Math.max(col, 1), says: withoutCredentials(plainMessage(says)) });
  };
  const starred = document.errors.map(({ pos }) => starredKey(text, pos[0])).find((offset) => offset !== undefined);
  if (starred !== undefined) say(starred, `put quotes around a key that begins with *, for example '*/staging': ...`);
  else for (const { offset, says } of parseErrors(document)) say(offset, says);
  for (const { offset, first } of repeatedKeys(document))
    say(offset, `this key is already in line ${lines.linePos(first).line}; write both contents under one key`);
  // Aliases allow files that expand without limit, and an answers file does not need them.
  if (starred === undefined)
    visit(document, { Alias: (_, node) => say(node.range?.[0] ?? 0, 'anchors and aliases are not supported; write the value instead') });
  if (mistakes.length > 0) throw complaint(mistakes, file, again);
  const place: AnswersPlace = (path, key) => offsetOf(document, path, key);
  const answers = readAnswers(toJson(document.contents), catalogue, (path, says, key) => say(place(path, key), says));
  if (mistakes.length > 0) throw complaint(mistakes, file, again);
  return answers;
}

/** Returns the place of a bare `*` at the beginning of the line with a syntax error, because YAML reads it as an alias. */
function starredKey(text: string, offset: number): number | undefined {
  const begin = text.lastIndexOf('\n', offset - 1) + 1;
  const [, space] = /^([ \t]*)\*/.exec(text.slice(begin)) ?? [];
  return space === undefined ? undefined : begin + space.length;
}

interface Mistake {
  readonly line: number;
  readonly column: number;
  readonly says: string;
}

/** Lists the mistakes from the top of the file to its end. */
function complaint(mistakes: readonly Mistake[], file: string, again: boolean): UserError {
  const sorted = mistakes.toSorted((a, b) => a.line - b.line || a.column - b.column);
  const lines = sorted.map(({ line, column, says }) => `${file}:${line}:${column}: ${says}`);
  return again ? answersErrors.answersChanged({ file, mistakes: lines }) : answersErrors.answersInvalid({ file, mistakes: lines });
}

/** Returns a node as JSON. No object is created whose keys could reach a prototype. */
function toJson(node: Node | null | unknown): Json {
  if (isScalar(node))
    return typeof node.value === 'bigint'
      ? Number(node.value)
      : // A date of YAML 1.1.
        (node.value as Json | Date) instanceof Date
        ? String(node.source)
        : (node.value as Json);
  if (isSeq(node)) return node.items.map(toJson);
  if (isMap(node)) return Object.fromEntries(node.items.map(({ key, value }) => [keyName(key), toJson(value)]));
  return null;
}

/** Returns the offset of a value or of its key in the text; of the nearest parent where it is missing. */
function offsetOf(document: Document, path: readonly (string | number)[], key: boolean): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const [index, member] of path.entries()) {
    const last = index === path.length - 1;
    if (isMap(node)) {
      const pair = pairOf(node, String(member));
      if (!pair) return offset;
      const at = last && key ? pair.key : (pair.value ?? pair.key);
      offset = (at as Node).range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(member)];
      offset = (node as Node | undefined)?.range?.[0] ?? offset;
    } else return offset;
  }
  return offset;
}
