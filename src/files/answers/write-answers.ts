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
 * Writes the file that `replay` reads, as a whole or not at all, readable only by its owner. `present` is its current text, and `known` the
 * answers in that text. Returns the text that was written.
 */
export async function writeAnswers(file: string, answers: AnswersFile, present?: string, known?: AnswersFile): Promise<string> {
  const text =
    present === undefined ? answersText(answers) : ((known && withChangedApps(present, known, answers)) ?? changedText(present, answers));
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

/** Matches the line before the apps, whose names have the indentation that is written here. */
const APPS = /^apps:[ \t]*(?:#.*)?\n(?=(?:[ \t]*(?:#.*)?\n)* {2}[^\s#?-])/m;
/** Line breaks of which YAML and regular expressions disagree. */
const LINE_BREAKS = /[\r\u2028\u2029]/;
/** Matches the start of a text to which the blank lines after it belong. */
const KEEPS_BLANK_LINES = /[|>]\d?\+/;
const HEAD = 'version: 1\napps:\n';

/**
 * Returns the text with the sections of the apps whose answers differ from the known ones, without parsing the others, of which there may be
 * thousands; undefined where the text has another form than the one that is written here.
 */
export function withChangedApps(text: string, known: AnswersFile, wanted: AnswersFile): string | undefined {
  const names = Object.keys(wanted.apps).filter((name) => wanted.apps[name] !== known.apps[name]);
  const isOfApps = wanted.defaults === known.defaults && Object.keys(known.apps).every((name) => Object.hasOwn(wanted.apps, name));
  if (!isOfApps || LINE_BREAKS.test(text) || !text.endsWith('\n')) return undefined;
  const whole = names.reduce<string | undefined>((changed, name) => {
    const decisions = wanted.apps[name];
    return changed === undefined || decisions === undefined ? undefined : withSection(changed, name, known.apps[name], decisions);
  }, text);
  return whole !== undefined && KEEPS_BLANK_LINES.test(whole) ? undefined : whole;
}

function withSection(text: string, name: string, known: Decisions | undefined, wanted: Decisions): string | undefined {
  const apps = APPS.exec(text);
  if (!apps) return undefined;
  const start = apps.index + apps[0].length;
  const end = endOf(text, start, /^[^\s#]/gm);
  if (known === undefined) {
    const made = changedText('version: 1\n', { defaults: {}, apps: { [name]: wanted } });
    return made.startsWith(HEAD) ? `${text.slice(0, end)}${made.slice(HEAD.length)}${text.slice(end)}` : undefined;
  }
  const keys = [name, `'${name}'`, `"${name}"`].map((key) => `\n  ${key}:`);
  const places = keys
    .flatMap((key) => [text.indexOf(key, start - 1), text.lastIndexOf(key, end)])
    .filter((at) => at >= start - 1 && at < end);
  const [place] = places;
  if (place === undefined || places.some((one) => one !== place)) return undefined;
  const from = place + 1;
  const to = Math.min(endOf(text, from + 1, /^ {0,2}[^\s#]/gm), end);
  const section = `${HEAD}${text.slice(from, to)}`;
  // Lines that only look like the section, as in a text of several lines, hold other answers than the known ones.
  const document = parseDocument(section, YAML);
  if (document.errors.length > 0 || !isDeepStrictEqual(document.toJS(), documentOf({ defaults: {}, apps: { [name]: known } })))
    return undefined;
  const changed = changedText(section, { defaults: {}, apps: { [name]: wanted } });
  return changed.startsWith(HEAD) ? `${text.slice(0, from)}${changed.slice(HEAD.length)}${text.slice(to)}` : undefined;
}

/**
 * Returns where the lines from `start` end that come before the next match, without blank lines and comments at their end. Further
 * indented, they may be lines of a text.
 */
function endOf(text: string, start: number, next: RegExp): number {
  next.lastIndex = start;
  let end = next.exec(text)?.index ?? text.length;
  for (;;) {
    const line = text.lastIndexOf('\n', end - 2) + 1;
    if (line <= start || !/^ {0,2}(#.*)?\n$/.test(text.slice(line, end))) return end;
    end = line;
  }
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

function documentOf({ source, defaults, apps }: AnswersFile): object {
  return {
    version: 1,
    ...(source === undefined ? {} : { source }),
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
