/** Changes the text of code: replaces literals, and inserts members in the style of the code around them. */
import type { Json } from '../azure/index.ts';
import { insertInto, type Members } from './insertions.ts';
import { written } from './literals.ts';
import type { Wanted } from './judging.ts';
import { unifiedDiff } from './unified-diff.ts';
import type { Files, Insertion, Place } from './value.ts';

interface Patch {
  /** The unified diff; empty if nothing can be changed. */
  readonly text: string;
  /** New texts of the changed files. */
  readonly files: Files;
  /** Values that two apps want differently, which are not changed. */
  readonly contested: readonly Place[];
  /** Files that are not changed, because a patch cannot contain their bytes. */
  readonly unsafe: readonly string[];
}

interface Replacement {
  readonly place: Place;
  readonly text: string;
}

interface Addition {
  readonly insert: Insertion;
  readonly value: Json;
}

/** @param nameOf returns the path of a file in the patch */
export function patchFor(wanted: readonly Wanted[], files: Files, nameOf = (file: string): string => file): Patch {
  const replacements = new Map<string, Replacement | 'contested'>();
  const additions = new Map<string, Addition | 'contested'>();
  const contested: Place[] = [];
  const note = <T>(all: Map<string, T | 'contested'>, key: string, one: T, same: (other: T) => boolean, at: Place) => {
    const known = all.get(key);
    if (known === undefined) all.set(key, one);
    else if (known !== 'contested' && !same(known as T)) {
      all.set(key, 'contested');
      contested.push(at);
    }
  };
  for (const { value, to } of wanted) {
    const back = 'back' in value ? value.back : undefined;
    const code = back ? back(to) : to;
    if (code === undefined) continue;
    if (value.kind === 'absent' && value.insert) {
      const { inside, path } = value.insert;
      note(
        additions,
        `${inside.file} ${inside.offset} ${path.join('\0')}`,
        { insert: value.insert, value: code },
        (one) => JSON.stringify(one.value) === JSON.stringify(code),
        value.at,
      );
    } else if (value.kind !== 'absent' && value.kind !== 'unresolved' && value.literal) {
      const { place, language } = value.literal;
      const text = written(code, language, indentAt(files.get(place.file) ?? '', place.offset));
      note(replacements, `${place.file} ${place.offset}`, { place, text }, (one) => one.text === text, value.at);
    }
  }
  const changed = new Map<string, string>();
  const byName = new Map<string, string>();
  const unsafe: string[] = [];
  const isMeant = <T>(one: T | 'contested'): one is T => one !== 'contested';
  const [texts, members] = [[...replacements.values()].filter(isMeant), [...additions.values()].filter(isMeant)];
  for (const [file, text] of files) {
    const next = changedText(
      text,
      texts.filter(({ place }) => place.file === file),
      members.filter(({ insert }) => insert.inside.file === file),
    );
    if (next === text) continue;
    // Bytes that are no UTF-8 were read as this character, so that no line with it can be found again.
    if (text.includes('\uFFFD')) {
      unsafe.push(file);
      continue;
    }
    const name = nameOf(file);
    const other = byName.get(name);
    // A link and its target are one file.
    if (other === undefined) {
      byName.set(name, file);
      changed.set(file, next);
    } else if (changed.get(other) !== next) {
      changed.delete(other);
      contested.push({ file, offset: 0, end: 0 });
    }
  }
  const diff = [...changed]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([file, text]) => unifiedDiff(nameOf(file), files.get(file) ?? '', text));
  return { text: diff.join(''), files: changed, contested, unsafe };
}

const indentAt = (text: string, offset: number): string => /^[ \t]*/.exec(text.slice(text.lastIndexOf('\n', offset - 1) + 1))?.[0] ?? '';

function changedText(text: string, replacements: readonly Replacement[], additions: readonly Addition[]): string {
  const moved: { at: number; by: number }[] = [];
  const now = (offset: number) => moved.reduce((sum, { at, by }) => (at < offset ? sum + by : sum), offset);
  let next = text;
  for (const { place, text: own } of replacements.toSorted((a, b) => b.place.offset - a.place.offset)) {
    next = next.slice(0, place.offset) + own + next.slice(place.end);
    moved.push({ at: place.offset, by: own.length - (place.end - place.offset) });
  }
  const containers = Map.groupBy(additions, ({ insert }) => insert.inside.offset);
  // Inner insertions come first, so that the outer ones include their text.
  for (const [offset, own] of [...containers].toSorted(([a], [b]) => b - a)) {
    const insert = own[0]?.insert;
    if (!insert) continue;
    const [start, end] = [now(offset), now(insert.inside.end)];
    const grown = insertInto(next, { start, end }, insert.language, treeOf(own));
    moved.push({ at: insert.inside.end - 1, by: grown.length - next.length });
    next = grown;
  }
  return next;
}

/** Nests members by name, with the containers on the way as members. */
function treeOf(additions: readonly Addition[]): Members {
  const root: Map<string, Json | Members> = new Map();
  for (const { insert, value } of additions) {
    let members = root;
    for (const name of insert.path.slice(0, -1)) {
      const inner = members.get(name);
      const next: Map<string, Json | Members> = inner instanceof Map ? inner : new Map();
      members.set(name, next);
      members = next;
    }
    members.set(insert.path.at(-1) ?? '', value);
  }
  return root;
}
