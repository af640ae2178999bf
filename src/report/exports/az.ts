/** A script of `az rest` calls; each reads the resource before it writes. */
import { shapeOf } from '../../arm/actions.ts';
import type { Edit } from '../../change/edit.ts';
import { isRecord, membersOf } from '../../change/json-paths.ts';
import { isMasked } from '../../change/secrets.ts';
import { sourcesOf } from '../../change/value.ts';
import { plainText, safeJson } from '../../text/plain.ts';
import type { Json } from '../../azure/index.ts';
import { describeSource, isDeferred, type Source } from '../../contract/index.ts';
import { SCRIPT_END, scriptHead } from './az-script.ts';
import { notesOf, sourceOf, toOf, wasOf, type ExportedChange } from './exported-changes.ts';
import { commented, type Exported, type Origin } from './file.ts';

export function az(all: readonly ExportedChange[], { version, from }: Origin): Exported {
  const changes = all.map(withoutHiddenValues);
  const left = changes.filter(({ lost }) => lost !== undefined).length;
  const head = scriptHead({ version, from: commented('', [from]).trim(), changes: changes.length, left });
  return { files: [{ name: '', text: `${head}${changes.map((change) => `\n${oneChange(change)}`).join('')}${SCRIPT_END}` }], left };
}

/** Leaves out a change whose earlier value the script cannot compare, because the file may not contain it. */
function withoutHiddenValues(change: ExportedChange): ExportedChange {
  const hidden = change.sets.find((edit) => isContainer(wasOf(edit)) && isMasked(wasOf(edit) ?? null));
  if (change.lost !== undefined || hidden === undefined) return change;
  return { ...change, lost: `the earlier value of ${hidden.path || 'the resource'} contains a text that is also a secret` };
}

/** Quotes any text as one shell word. NUL is removed, because no argument can contain it. */
export const quoted = (text: string): string => `'${text.replaceAll('\0', '').replaceAll("'", `'\\''`)}'`;

function oneChange(change: ExportedChange): string {
  const notes = commented('# ', notesOf(change));
  if (change.lost !== undefined) return `${notes}${commented('# ', [`Not in this file: ${change.lost}.`])}`;
  const { does, resource, apiVersion, method, key } = change;
  const [id, api] = [quoted(resource), quoted(apiVersion)];
  if (does === 'remove') return `${notes}remove ${id} ${api}\n`;
  if (does === 'call') return `${notes}rotate ${method} ${id} ${api} ${document(change)}`;
  if (does === 'make') return `${notes}${key === 'vaultSecret' ? 'keep_secret' : 'make'} ${id} ${api} ${document(change)}`;
  const { replaces, read } = shapeOf(key);
  if (replaces === 'body') return `${notes}rewrite ${id} ${api} ${document(change)}`;
  if (replaces === 'properties')
    return `${notes}merge ${id} ${api} ${read?.method ?? 'GET'} ${quoted(read?.suffix ?? '')} ${document(change)}`;
  return `${notes}patch ${method} ${id} ${api} ${document(change)}`;
}

/** Returns the document that the script's functions read on stdin. A line of JSON cannot end a here-document. */
function document(change: ExportedChange): string {
  const parts = [...new Set(change.sets.flatMap(({ after }) => sourcesOf(after)))];
  const late = parts.map((part) => lateOf(part, change.target));
  const [whole] = change.sets;
  const body =
    change.does === 'set'
      ? { sets: change.sets.map((set) => setOf(set, parts)), beside: change.beside.map(({ path }) => membersOf(path)) }
      : { to: placed(whole ? toOf(whole) : null, parts), ...guard(whole && wasOf(whole)) };
  return `<<'JSON'\n${safeJson({ ...body, ...(late.length > 0 ? { late } : {}) }, 2)}\nJSON\n`;
}

const isContainer = (value: Json | undefined): value is Json => Array.isArray(value) || isRecord(value);

const guard = (was: Json | undefined): object => (isContainer(was) ? { was } : {});

/** Formats an edit. The previous value is checked for lists and objects only; a single value is just set. */
function setOf(edit: Edit, parts: readonly Source[]): object {
  const [to, was] = [toOf(edit), wasOf(edit)];
  return {
    at: membersOf(edit.path),
    to: placed(to, parts),
    ...(isContainer(to) && was !== undefined ? { was } : {}),
    ...(edit.absent === undefined ? {} : { absent: edit.absent }),
  };
}

/** Replaces deferred parts by their number. */
function placed(value: Json, parts: readonly Source[]): Json {
  if (isDeferred(value)) return { $late: value.$later.map((part) => (typeof part === 'string' ? part : parts.indexOf(part))) };
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => placed(item, parts));
  if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, placed(inner, parts)]));
  return value;
}

function lateOf(part: Source, target: string): object {
  const source = sourceOf(part, target);
  // The script reads it from a line, in which a control character of a setting's name would separate fields.
  const says = plainText(describeSource(part));
  if (!source) return { says };
  const { id, apiVersion, list, path } = source;
  return {
    says,
    method: list ? 'POST' : 'GET',
    id: list ? `${id}/list` : id,
    api: apiVersion,
    at: membersOf(path),
  };
}
