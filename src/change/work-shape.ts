/** Checks that a value from a file has the shape of the decisions that a run applies to one app. */
import type { Json } from '../azure/index.ts';
import { isRecord } from './json-paths.ts';

const isMissingOr = (value: Json | undefined, check: (value: Json) => boolean): boolean => value === undefined || check(value);

const areDecisions = (decisions: Json | undefined): boolean =>
  isRecord(decisions) &&
  Object.values(decisions).every(
    (decided) =>
      isRecord(decided) &&
      isRecord(decided['answers']) &&
      isRecord(decided['controls']) &&
      Object.values(decided['controls']).every(isRecord) &&
      isMissingOr(decided['decision'], isRecord),
  );

export const areTexts = (list: Json | undefined): boolean => Array.isArray(list) && list.every((one) => typeof one === 'string');

export const isWork = (work: Json): boolean =>
  isRecord(work) &&
  typeof work['target'] === 'string' &&
  isMissingOr(work['requests'], areTexts) &&
  areDecisions(work['decisions']) &&
  isMissingOr(work['beside'], areDecisions) &&
  isMissingOr(work['profile'], (profile) => typeof profile === 'string');
