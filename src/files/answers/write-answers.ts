import { writeProblem } from '../file-problem.ts';
import writeFileAtomic from 'write-file-atomic';
import { isDeepStrictEqual } from 'node:util';
import { isMap, isNode, parseDocument, stringify, type Document, type YAMLMap } from 'yaml';
import { isRecord } from '../../azure/index.ts';
import type { AnswersFile } from '../../engine/judge/decisions.ts';
import type { Decisions } from '../../contract/index.ts';
import { answersErrors } from '../errors/answers.ts';
import { keyName, YAML } from './yaml-parser.ts';

/**
 * Writes the file that `replay` reads, as a whole or not at all, readable only by its owner. `present` is its current text. Returns the text
 * that was written.
 */
export async function writeAnswers(file: string, answers: AnswersFile, present?: string): Promise<string> {
  const text = present === undefined ? answersText(answers) : changedText(present, answers);
  try {
    await writeFileAtomic(file, text, { mode: 0o600 });
    return text;
  } catch (error) {
    throw answersErrors.answersNotSaved({ file, why: writeProblem(error) });
  }
}

export const answersText = (answers: AnswersFile): string =>
  `# Written by func-harden. Replay it with: func-harden replay FILE\n${stringify(documentOf(answers), FORM)}`;

/** Returns the text of a file with new answers. What does not differ stays as it is, with its comments and its order. */
export function changedText(text: string, answers: AnswersFile): string {
  const document = parseDocument(text, YAML);
  if (document.errors.length > 0 || !isMap(document.contents)) return answersText(answers);
  const wanted = documentOf(answers);
  change(document, document.contents, wanted);
  const changed = document.toString(FORM);
  return isDeepStrictEqual(parseDocument(changed, YAML).toJS(), wanted) ? changed : answersText(answers);
}

function change(document: Document, map: YAMLMap, wanted: object): void {
  map.items = map.items.filter(({ key }) => Object.hasOwn(wanted, keyName(key)));
  const pairs = new Map(map.items.map((pair) => [keyName(pair.key), pair]));
  for (const [name, value] of Object.entries(wanted) as [string, unknown][]) {
    const pair = pairs.get(name);
    if (!pair) map.items.push(document.createPair(name, value, WRITTEN_OUT));
    else if (isMap(pair.value) && isRecord(value)) change(document, pair.value, value);
    else if (!isDeepStrictEqual(isNode(pair.value) ? pair.value.toJS(document) : pair.value, value))
      pair.value = document.createNode(value, WRITTEN_OUT);
  }
}

// An answers file has no anchors and aliases, because they allow files that expand without limit.
const WRITTEN_OUT = { aliasDuplicateObjects: false } as const;
const FORM = { lineWidth: 120, ...WRITTEN_OUT } as const;

function documentOf({ defaults, apps }: AnswersFile): object {
  return {
    version: 1,
    ...(Object.keys(defaults).length > 0 ? { defaults: { steps: stepsOf(defaults) } } : {}),
    ...(Object.keys(apps).length > 0
      ? { apps: Object.fromEntries(Object.entries(apps).map(([name, decisions]) => [name, { steps: stepsOf(decisions) }])) }
      : {}),
  };
}

const stepsOf = (decisions: Decisions): object =>
  Object.fromEntries(
    Object.entries(decisions).map(([id, { decision, exception, answers, controls }]) => [
      id,
      {
        ...decision,
        ...exception,
        ...(Object.keys(answers).length > 0 ? { answers } : {}),
        ...(Object.keys(controls).length > 0 ? { controls } : {}),
      },
    ]),
  );
