/**
 * Undo logs of version 1. They hold deferred values and digests as words, and this is the only file that parses words. Its results have the
 * current types. Nothing is written in this form any more.
 */
import type { Json, ResourceKey } from '../../azure/index.ts';
import type { Edit } from '../../change/edit.ts';
import type { Intent, Verified } from '../../change/undo-log.ts';
import { isRecord } from '../../change/json-paths.ts';
import { plain, desiredValue, type Value } from '../../change/value.ts';
import { type Source, withDigest } from '../../contract/index.ts';

type Raw = Readonly<Record<string, Json>>;
/** Resources whose values are secrets. Only there do words replace values. */
const SECRET: readonly string[] = ['appSettings', 'vaultSecret', 'accessKey'] satisfies ResourceKey[];
/** The form of a digest. A value that a run reverted itself has none, so that it matches nothing. */
const DIGEST = /^\(sensitive value(?:, sha256 ([0-9a-f]{16}))?\)$/;

/** Returns the intent of a line, or undefined where its values are not those that version 1 wrote. */
export function intentOfVersion1(line: Raw): Intent | undefined {
  const { before, after, restore, absent, fetch, ...rest } = line as Readonly<Record<'before' | 'after' | 'restore', Raw>> & Raw;
  const isSecretThere = SECRET.includes(String(line['key']));
  const fetched = (fetch ?? []) as readonly Json[];
  const edits = Object.keys(after).map((path): Edit | undefined => {
    const old = fromWords(before[path] ?? null, isSecretThere);
    const back = restored(restore[path] ?? null, fetched.includes(path), isSecretThere);
    if (!back) return undefined;
    const stands = isRecord(absent) ? absent[path] : undefined;
    return {
      path,
      before: old,
      after: fromWords(after[path] ?? null, isSecretThere),
      ...(JSON.stringify(restore[path] ?? null) === JSON.stringify(before[path] ?? null) ? {} : { restore: back }),
      ...(stands === undefined ? {} : { absent: stands }),
    };
  });
  return edits.includes(undefined) ? undefined : ({ ...rest, edits } as unknown as Intent);
}

export const verifiedOfVersion1 = (line: Raw): Verified =>
  ({
    ...line,
    ...(isRecord(line['found'])
      ? { found: Object.fromEntries(Object.entries(line['found']).map(([path, value]) => [path, fromWords(value, true)])) }
      : {}),
  }) as unknown as Verified;

/** Returns a value that undo reads elsewhere. Version 1 wrote its parts, each with its words. */
function restored(value: Json, isFetched: boolean, isSecretThere: boolean): Value | undefined {
  if (!isFetched) return fromWords(value, isSecretThere);
  const parts = isRecord(value) ? value['$later'] : undefined;
  if (!Array.isArray(parts)) return undefined;
  const read = (parts as readonly Json[]).map((part) => (typeof part === 'string' ? part : partSource(part)));
  return read.includes(undefined) ? undefined : desiredValue(withDigest(read as readonly (string | Source)[]));
}

function partSource(part: Json): Source | undefined {
  if (!isRecord(part) || typeof part['of'] !== 'string') return undefined;
  if (part['key'] === 'vaultSecret' && part['path'] === 'properties.value') return { from: 'vault-secret', id: part['of'] };
  if (part['key'] === 'storageKeys' && part['path'] === 'properties.key1') return { from: 'storage-key', account: part['of'] };
  return undefined;
}

function fromWords(value: Json, isSecretThere: boolean): Value {
  if (!isSecretThere) return plain(value);
  const hidden = typeof value === 'string' ? DIGEST.exec(value) : null;
  return hidden ? { kind: 'digest', sha256: hidden[1] ?? '' } : desiredValue(template(value));
}

const WORDS =
  /<(?:value of the setting (?<setting>.+?)|the secret (?<secret>[\w-]+) in the vault (?<vault>[\w-]+)|key of the storage account (?<account>\w+)|(?<key>a new key))>/;

/** Returns a value with its words as sources. */
function template(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(template);
  if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, template(inner)]));
  if (typeof value !== 'string') return value;
  const found = WORDS.exec(value);
  const source = found && sourceIn(found.groups ?? {});
  if (!found || !source) return value;
  const parts = [value.slice(0, found.index), source, value.slice(found.index + found[0].length)];
  return withDigest(parts.filter((part) => part !== ''));
}

function sourceIn({ setting, secret, vault, account, key }: Readonly<Record<string, string | undefined>>): Source | undefined {
  if (setting !== undefined) return { from: 'setting', name: setting };
  if (secret !== undefined && vault !== undefined) return { from: 'vault-secret-by-name', vault, secret };
  if (account !== undefined) return { from: 'storage-key', account };
  return key === undefined ? undefined : { from: 'new-key', place: '' };
}
