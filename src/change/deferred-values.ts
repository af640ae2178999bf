/** Values that are known only when the request goes out: a principal that the same plan makes, a secret that no file may hold. */
import type { Json } from '../azure/index.ts';
import type { Late, LatePart } from '../contract/index.ts';
import { ArmFailure, type ArmReader, type Target } from '../engine/ports.ts';
import { isRecord, valueAt } from './json-paths.ts';

const partsOf = (value: Json | undefined): Late['$later'] | undefined =>
  isRecord(value) && Array.isArray(value['$later']) ? (value['$later'] as unknown as Late['$later']) : undefined;

/** Whether any part of it is read only later. To be asked of what a step wrote, never of what Azure said. */
export function hasLate(value: Json | undefined): boolean {
  if (partsOf(value)) return true;
  if (Array.isArray(value)) return (value as readonly Json[]).some(hasLate);
  return isRecord(value) && Object.values(value).some(hasLate);
}

/** The value with its late parts in words. */
export function spoken(value: Json): Json {
  return mapped(value, (part) => `<${part.says}>`);
}

function mapped(value: Json, say: (part: LatePart) => string): Json {
  const parts = partsOf(value);
  if (parts) return parts.map((part) => (typeof part === 'string' ? part : say(part))).join('');
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => mapped(item, say));
  if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mapped(inner, say)]));
  return value;
}

export interface Resolved {
  /** With every part filled in; may hold secrets. */
  readonly value: Json;
  /** As it may be shown and kept: parts that are secret stay words. */
  readonly shown: Json;
}

/** Reads what is missing, each resource afresh. @throws ArmFailure where a part cannot be read */
export async function resolved(value: Json, arm: ArmReader, target: Target): Promise<Resolved> {
  const found = new Map<LatePart, { text: string; secret: boolean }>();
  for (const part of collect(value)) {
    const fact = await arm.readOne(target, part.key, part.of);
    if (fact.state === 'unreadable') throw cannot(part, fact.failure);
    const text = valueAt(fact.body, part.path);
    if (typeof text !== 'string' || text === '') throw missing(part);
    found.set(part, { text, secret: arm.describe(target, part.key, part.of).secret });
  }
  return {
    value: mapped(value, (part) => found.get(part)?.text ?? ''),
    shown: mapped(value, (part) => (found.get(part)?.secret === false ? (found.get(part)?.text ?? '') : `<${part.says}>`)),
  };
}

/** The ids of what it is read from, where that is not the app itself. */
export const lateIds = (value: Json): string[] => collect(value).flatMap(({ of }) => of ?? []);

function collect(value: Json): LatePart[] {
  const parts = partsOf(value);
  if (parts) return parts.filter((part): part is LatePart => typeof part !== 'string');
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap(collect);
  return isRecord(value) ? Object.values(value).flatMap(collect) : [];
}

const missing = ({ says }: LatePart): ArmFailure =>
  new ArmFailure({
    kind: 'missing',
    code: 'NotThereYet',
    message: `The ${says} is not there.`,
    next: 'Nothing was sent for this change; look whether what it needs was made, then run it again.',
  });

const cannot = ({ says }: LatePart, { kind, status, code, message, correlationId, next }: ArmFailure): ArmFailure =>
  new ArmFailure({ kind, status, code, correlationId, message: `The ${says} could not be read: ${message}`, next });
