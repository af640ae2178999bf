import { isDeepStrictEqual } from 'node:util';
import {
  answerProblems,
  type AnyStep,
  questionsOf,
  type Decision,
  type Decisions,
  type Exception,
  type StepDecision,
} from '../../contract/index.ts';
import type { Json } from '../../azure/index.ts';
import { clashesIn, contradictionsIn } from '../../engine/judge/contradictions.ts';
import { dayProblem, mergeDecisions, SIGNED_WITH, type AnswersFile } from '../../engine/judge/decisions.ts';
import { keyProblem, kindOf } from '../../engine/fleet/selectors.ts';
import { isRecord } from '../../change/json-paths.ts';
import { didYouMean } from '../../text/nearest.ts';

type Path = readonly (string | number)[];
export type AnswersPlace = (path: Path, key: boolean) => number;
/** Reports a problem at a path; `key`: of the name itself instead of its value. */
type Say = (path: Path, says: string, key: boolean) => void;

const DECISIONS = ['apply', 'skip', 'accept', 'attest'] as const;
const BY_DECISION: Readonly<Record<(typeof DECISIONS)[number], readonly string[]>> = { apply: [], skip: [], ...SIGNED_WITH };
const EXCEPTION = SIGNED_WITH.accept;

/** Checks the whole file against the catalog and reports every mistake. */
export function readAnswers(value: Json, catalogue: readonly AnyStep[], say: Say): AnswersFile {
  const empty: AnswersFile = { defaults: {}, apps: {} };
  if (!isRecord(value)) {
    say([], 'an answers file must be a map with version, defaults and apps', false);
    return empty;
  }
  unknownKeys(value, ['version', 'source', 'defaults', 'apps'], [], say);
  if (value['version'] !== 1)
    say(
      ['version'],
      value['version'] === undefined
        ? 'requires "version: 1"'
        : `this version of func-harden reads version 1, not ${JSON.stringify(value['version'])}`,
      false,
    );
  const { defaults, apps, source } = value;
  const named = new Map<string, string>();
  // Only the values of tags have case.
  const repeated = (name: string): string | undefined => {
    const first = kindOf(name) === 'tag' ? undefined : named.get(name.toLowerCase());
    named.set(name.toLowerCase(), first ?? name);
    return first && `"${name}" selects the same apps as "${first}"; write both contents under one key`;
  };
  if (source !== undefined && (typeof source !== 'string' || source === ''))
    say(['source'], 'must be the folder of the code, for example infra', false);
  const result = {
    ...(typeof source === 'string' && source !== '' ? { source } : {}),
    defaults: defaults === undefined ? {} : readSteps(defaults, ['defaults'], catalogue, say),
    // Not an assignment, because an app with the name __proto__ would set the prototype without an error.
    apps: Object.fromEntries(
      Object.entries(isRecord(apps) ? apps : {}).map(([name, app]): [string, Decisions] => {
        const problem = keyProblem(name) ?? repeated(name);
        if (problem) say(['apps', name], problem, true);
        return [name, readSteps(app, ['apps', name], catalogue, say)];
      }),
    ),
  };
  if (apps !== undefined && !isRecord(apps)) say(['apps'], 'must be a map of app names to { steps: … }', false);
  const together = (decisions: Decisions, below: Decisions, path: Path) => {
    for (const one of contradictionsIn(decisions, catalogue, below)) say([...path, one.step, 'answers', ...one.path], one.says, false);
  };
  // The entry of an app or slot can complete the defaults, so this is checked for each app.
  for (const [name, decisions] of Object.entries(result.apps)) together(decisions, result.defaults, ['apps', name, 'steps']);
  together(result.defaults, {}, ['defaults', 'steps']);
  sayClashes(result, catalogue, say);
  return result;
}

/** Reports areas that want different values for one property, for each part of the file merged onto the defaults, at both places. */
function sayClashes({ defaults, apps }: AnswersFile, catalogue: readonly AnyStep[], say: Say): void {
  const inDefaults = clashesIn(defaults, catalogue);
  for (const { step, path, says } of inDefaults) say(['defaults', 'steps', step, 'answers', ...path], says, false);
  for (const [name, own] of Object.entries(apps))
    for (const { step, path, about, says } of clashesIn(mergeDecisions(defaults, own), catalogue)) {
      if (inDefaults.some((known) => known.step === step && isDeepStrictEqual(known.about, about))) continue;
      const base = own[step]?.answers[String(path[0])] === undefined ? ['defaults'] : ['apps', name];
      say([...base, 'steps', step, 'answers', ...path], says, false);
    }
}

function unknownKeys(value: Record<string, Json>, known: readonly string[], path: Path, say: Say): void {
  for (const key of Object.keys(value))
    if (!known.includes(key))
      say([...path, key], `unknown key "${key}".${didYouMean(key, known) || ` Allowed keys: ${known.join(', ')}`}`, true);
}

function readSteps(value: Json, path: Path, catalogue: readonly AnyStep[], say: Say): Decisions {
  if (!isRecord(value)) {
    say(path, 'must be a map with "steps"', false);
    return {};
  }
  unknownKeys(value, ['steps'], path, say);
  const steps = value['steps'];
  if (steps === undefined || steps === null) return {};
  if (!isRecord(steps)) {
    say([...path, 'steps'], 'must be a map of areas, like https: { decision: apply }', false);
    return {};
  }
  const ids = catalogue.map(({ id }) => id);
  return Object.fromEntries(
    Object.entries(steps).flatMap(([id, step]): [string, StepDecision][] => {
      const known = catalogue.find((one) => one.id === id);
      if (known) return [[id, readStep(step, [...path, 'steps', id], known, say)]];
      say([...path, 'steps', id], `unknown area "${id}".${didYouMean(id, ids) || ' Run func-harden steps to list the areas.'}`, true);
      return [];
    }),
  );
}

function readStep(value: Json, path: Path, step: AnyStep, say: Say): StepDecision {
  const result = { answers: {} as Record<string, Json>, controls: {} as Record<string, Decision> };
  if (!isRecord(value)) {
    say(path, 'must be a map with decision, answers or controls', false);
    return result;
  }
  const exempts = questionsOf(step).flatMap(([name, question]) => (question.exempts ? [name] : []));
  const signs = exempts.length > 0 && value['decision'] !== 'accept' && value['decision'] !== 'attest';
  const decision = readDecision(value, path, ['answers', 'controls', ...(signs ? EXCEPTION : [])], say);
  const { controls } = value;
  let { answers } = value;
  let exception = signs ? readException(value, path, say) : undefined;
  if (exempts.length > 0 && isRecord(answers)) {
    // `by`, `reason` and `until` are also allowed among the answers.
    exception ??= readException(answers, [...path, 'answers'], say);
    answers = Object.fromEntries(Object.entries(answers).filter(([name]) => !(EXCEPTION as readonly string[]).includes(name)));
  }
  if (answers !== undefined && !isRecord(answers)) say([...path, 'answers'], 'must be a map of answers', false);
  if (isRecord(answers)) Object.assign(result.answers, readAnswersOf(answers, [...path, 'answers'], step, say));
  if (controls !== undefined && !isRecord(controls)) say([...path, 'controls'], 'must be a map of controls to decisions', false);
  if (isRecord(controls)) {
    const ids = step.controls.map(({ id }) => id);
    for (const [name, control] of Object.entries(controls)) {
      const id = name.startsWith(`${step.id}.`) ? name.slice(step.id.length + 1) : name;
      const at = [...path, 'controls', name];
      if (!ids.includes(id)) say(at, `"${step.id}" has no control "${name}".${didYouMean(id, ids) || ` It has ${ids.join(', ')}`}`, true);
      else if (!isRecord(control)) say(at, 'must be a map with decision', false);
      else {
        const own = readDecision(control, at, [], say);
        if (own) result.controls[id] = own;
        else if (control['decision'] === undefined) say(at, 'requires a decision', false);
      }
    }
  }
  return { ...result, ...(decision ? { decision } : {}), ...(exception ? { exception } : {}) };
}

/** Reads the three members of an exception, or none of them. Missing and invalid members are reported. */
function readException(value: Record<string, Json>, path: Path, say: Say): Exception | undefined {
  if (!EXCEPTION.some((member) => value[member] !== undefined)) return undefined;
  readSigned(value, path, EXCEPTION, 'an exception', say);
  const [by, reason, until] = EXCEPTION.map((member) => (typeof value[member] === 'string' ? value[member] : ''));
  return by && reason && until ? { by, reason, until } : undefined;
}

/** Reads the texts of a signed decision: each must be there, and be a date where it should be one. */
function readSigned(value: Record<string, Json>, path: Path, members: readonly string[], what: string, say: Say): void {
  for (const member of members) {
    const text = value[member];
    if (typeof text !== 'string' || text.trim() === '')
      say(
        text === undefined ? [...path, 'decision'] : [...path, member],
        `${what} requires ${member}: ${member === 'until' ? 'a date as YYYY-MM-DD' : 'text'}`,
        false,
      );
    else if (member === 'until' && dayProblem(text)) say([...path, member], dayProblem(text) ?? '', false);
  }
}

function readDecision(value: Record<string, Json>, path: Path, beside: readonly string[], say: Say): Decision | undefined {
  const word = value['decision'];
  const decision = DECISIONS.find((one) => one === word);
  if (word !== undefined && !decision)
    say(
      [...path, 'decision'],
      `"${String(word)}" is not one of ${DECISIONS.join(', ')}.${typeof word === 'string' ? didYouMean(word, DECISIONS) : ''}`,
      false,
    );
  const members = decision ? BY_DECISION[decision] : [...new Set(Object.values(BY_DECISION).flat())];
  unknownKeys(value, ['decision', ...beside, ...members], path, say);
  if (!decision) return undefined;
  readSigned(value, path, members, `"${decision}"`, say);
  return Object.fromEntries(Object.entries(value).filter(([key]) => key === 'decision' || members.includes(key))) as unknown as Decision;
}

function readAnswersOf(answers: Record<string, Json>, path: Path, step: AnyStep, say: Say): Record<string, Json> {
  const questions = questionsOf(step);
  if (questions.length === 0 && Object.keys(answers).length > 0) {
    say(path, `"${step.id}" has no questions`, true);
    return {};
  }
  unknownKeys(
    answers,
    questions.map(([name]) => name),
    path,
    say,
  );
  for (const [name, question] of questions) {
    const value = answers[name];
    if (value === undefined) continue;
    for (const problem of answerProblems(question, value)) say([...path, name, ...problem.path], problem.says, false);
  }
  return answers;
}
