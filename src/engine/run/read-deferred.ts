/** Reads the parts of a value that are known only when the request is sent. */
import type { Json, Target } from '../../azure/index.ts';
import type { LatePart } from '../../contract/index.ts';
import { ArmFailure, type ArmReader } from '../ports.ts';
import { valueAt } from '../../change/json-paths.ts';
import { collect, mapped } from '../../change/deferred-values.ts';

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

const missing = ({ says }: LatePart): ArmFailure =>
  new ArmFailure({
    kind: 'missing',
    code: 'NotThereYet',
    message: `The ${says} is not there.`,
    next: 'Nothing was sent for this change; look whether what it needs was made, then run it again.',
  });

const cannot = ({ says }: LatePart, failure: ArmFailure): ArmFailure =>
  failure.with({ message: `The ${says} could not be read: ${failure.message}` });
