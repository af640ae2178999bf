/** Checks what the functions of an area from outside this repository return. It is untrusted data. */
import { isRecord } from '../../change/json-paths.ts';
const isMap = (value: unknown): value is Readonly<Record<string, unknown>> => isRecord(value as never);
const isText = (value: unknown): boolean => typeof value === 'string';
const listOf = (value: unknown, holds: (one: unknown) => boolean): boolean => Array.isArray(value) && value.every(holds);
const orNone = (holds: (value: unknown) => boolean) => (value: unknown) => value === undefined || holds(value);
const texts = (value: unknown): boolean => listOf(value, isText);

const isVerdict = (value: unknown): boolean =>
  isMap(value) &&
  ['pass', 'fail', 'unknown', 'not-applicable'].includes(value['state'] as string) &&
  isText(value['found']) &&
  isText(value['wanted']) &&
  orNone(texts)(value['lines']) &&
  orNone(isText)(value['stays']) &&
  orNone((about) => listOf(about, (one) => isMap(one) && isText(one['id']) && isText(one['found'])))(value['about']);

/** Whether a value is a draft. A draft with a proof is not: a proof is a function that would have to outlive the call. */
const isDraft = (value: unknown): boolean =>
  isMap(value) &&
  value['proof'] === undefined &&
  value['needs'] === undefined &&
  ((listOf(value['at'], isText) && (value['at'] as unknown[]).length === 2 && value['to'] !== undefined) ||
    (isText(value['whole']) && isText(value['instanceId']) && value['to'] !== undefined) ||
    (isText(value['call']) && isText(value['says'])));

const isGuardFinding = (value: unknown): boolean =>
  isMap(value) && ['clear', 'warn', 'stop'].includes(value['level'] as string) && isText(value['says']);

/** Whether a value says which value of a setting is right. */
export const isExpect = (value: unknown): boolean =>
  isMap(value) &&
  (value['equals'] !== undefined || Array.isArray(value['oneOf']) || isText(value['atLeastVersion']) || value['positive'] === true);

const SHAPES: Readonly<Record<string, readonly [says: string, holds: (value: unknown) => boolean]>> = {
  judge: ['a verdict: state, found, wanted', isVerdict],
  judgeAnyway: ['a verdict: state, found, wanted', orNone(isVerdict)],
  draft: [
    'a list of drafts; each draft has "at" and "to", or "whole" and "instanceId", or "call"; "proof" and "needs" are not allowed',
    (value) => listOf(value, isDraft),
  ],
  check: ['findings of a guard: level and says', (value) => isGuardFinding(value) || listOf(value, isGuardFinding)],
  subject: ['a list of strings', texts],
  effectOf: ['text', isText],
  expect: ['equals, oneOf, atLeastVersion or positive', isExpect],
  set: ['a value', (value) => value !== undefined],
  appliesTo: [
    'true, a reason, or unknown with a reason',
    (value) => value === true || isText(value) || (isMap(value) && isText(value['unknown'])),
  ],
  contradictions: ['a list', (value) => listOf(value, (one) => isMap(one) && isText(one['says']) && Array.isArray(one['path']))],
  claims: [
    'a list',
    (value) => listOf(value, (one) => isMap(one) && isText(one['control']) && isText(one['property']) && Array.isArray(one['path'])),
  ],
};

/** Returns why a result cannot be used, or undefined where it can. */
export function resultProblem(name: string, value: unknown): string | undefined {
  const shape = Object.hasOwn(SHAPES, name) ? SHAPES[name] : undefined;
  return shape === undefined || shape[1](value) ? undefined : `it must return ${shape[0]}`;
}
