/** Reads deferred values: a principal that the same plan creates, a secret that no file may hold. */
import { describeSource, placeOfSource, type Source } from '../../contract/index.ts';
import { isReference, nameIn, type Json, type Target } from '../../azure/index.ts';
import { ArmFailure, type ArmReader, type Clock, type Fact } from '../ports.ts';
import { isRecord, valueAt } from '../../change/json-paths.ts';
import { fillSources, sourcesOf, type Value } from '../../change/value.ts';

/** Reads the sources of a value, each resource without a cache. @throws ArmFailure where one cannot be read */
export async function read(value: Value, arm: ArmReader, target: Target): Promise<Value> {
  if (value.kind !== 'deferred') return value;
  const texts = new Map<Source, string>();
  for (const source of sourcesOf(value)) texts.set(source, await textOf(source, arm, target));
  return fillSources(value.template, texts);
}

/** Milliseconds between reads of an identity that the same plan created; half a minute in total. */
const IDENTITY_WAITS = [1000, 2000, 4000, 8000, 15_000];

interface Waiting {
  readonly arm: ArmReader;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  readonly onWait?: (what: string, elapsed: number) => void;
}

/** Reads a value, and waits where the app does not show the ids of its identity yet. @throws ArmFailure */
export async function readWhenCreated(value: Value, target: Target, { arm, clock, signal, onWait }: Waiting): Promise<Value> {
  const began = clock.elapsed();
  const isOfIdentity = value.kind === 'deferred' && sourcesOf(value).every(({ from }) => from === 'principal' || from === 'tenant');
  for (const wait of IDENTITY_WAITS) {
    try {
      return await read(value, arm, target);
    } catch (error) {
      if (!(error instanceof ArmFailure) || error.code !== NOT_THERE || !isOfIdentity || signal?.aborted) throw error;
    }
    onWait?.('the app reports the ids of its new identity', clock.elapsed() - began);
    await clock.sleep(wait, signal);
  }
  return read(value, arm, target);
}

const NOT_THERE = 'NotThereYet';

async function textOf(source: Source, arm: ArmReader, target: Target): Promise<string> {
  if (source.from === 'vault-secret-by-name') return textOf(await byId(source, arm, target), arm, target);
  const { key, instanceId, path } = placeOfSource(source);
  const fact = await arm.readOne(target, key, instanceId);
  if (fact.state === 'unreadable') throw cannot(source, fact.failure);
  const text = valueAt(fact.body, path);
  if (typeof text !== 'string' || text === '') throw missing(source);
  // A setting that refers to a vault contains no secret to move.
  if (source.from === 'setting' && isReference(text)) throw missing(source);
  return text;
}

/** Finds a vault by its name in the subscription of the app. */
async function byId(source: Source & { from: 'vault-secret-by-name' }, arm: ArmReader, target: Target): Promise<Source> {
  const fact = await arm.read(target, 'vaults', (): Promise<Fact> => Promise.resolve({ state: 'read', body: null }));
  if (fact.state === 'unreadable') throw cannot(source, fact.failure);
  const listed = (fact.body?.['value'] ?? []) as readonly Json[];
  const ids = listed.flatMap((one) => (isRecord(one) && typeof one['id'] === 'string' ? [one['id']] : []));
  const [id, ...others] = ids.filter((one) => nameIn(one).toLowerCase() === source.vault.toLowerCase());
  if (id === undefined || others.length > 0) throw missing(source);
  return { from: 'vault-secret', id: `${id}/secrets/${source.secret}` };
}

/** Returns a source as the subject of a sentence. */
const subject = (source: Source): string => `The ${describeSource(source).replace(/^the /, '')}`;

const missing = (source: Source): ArmFailure =>
  new ArmFailure({
    kind: 'missing',
    code: NOT_THERE,
    message: `${subject(source)} was not found.`,
    next: 'Nothing was sent for this change. Check that the required resource exists, then try again.',
  });

const cannot = (source: Source, failure: ArmFailure): ArmFailure =>
  failure.with({ message: `${subject(source)} could not be read: ${failure.message}` });
