/** Reads an undo log as a chain of lines and reports lines that were changed, inserted, removed or torn. */
import { createHash } from 'node:crypto';
import type { Entry } from '../../change/undo-log.ts';
import { readLine, type ReadLine } from './journal-shape.ts';

/** `prev` of the first line. */
export const NO_LINE = '0'.repeat(64);
export const hashOf = (line: string): string => createHash('sha256').update(line, 'utf8').digest('hex');

export interface Placed {
  /** The line number, from 1. */
  readonly line: number;
  readonly entry: Entry;
}

export interface Flaw {
  /** The line number, from 1. */
  readonly line: number;
  readonly says: string;
  /** The damaged line, where that is another one. */
  readonly about?: number;
}

interface Chain {
  readonly entries: readonly Placed[];
  readonly flaws: readonly Flaw[];
  /** The version of the newest line, where that is newer than this version of func-harden. */
  readonly newest: number;
}

/** Reads the chain. The text after the last line feed is empty unless the last line was torn. */
export function chainOf(text: string): Chain {
  const lines = text.split('\n');
  if (lines.length > 1 && lines.slice(0, -1).every((line) => line.endsWith('\r'))) {
    // Git or an editor changed the line ends of the whole file; that is one change, not one for each line.
    const { flaws, ...rest } = chainOf(text.replaceAll('\r\n', '\n'));
    return { ...rest, flaws: [{ line: 1, says: 'its lines end with CR and LF, but were written with LF: convert them' }, ...flaws] };
  }
  const entries: Placed[] = [];
  const flaws: Flaw[] = [];
  let isChained = false;
  let newest = 0;
  /** The line before, where it could not be read because it may have been torn. */
  let unread: { readonly line: number; readonly text: string } | undefined;
  const flaw = (line: number, says: string, about?: number) => void flaws.push({ line, says, ...(about === undefined ? {} : { about }) });
  const end = lines.length - 1;
  for (const [index, text] of lines.entries()) {
    const line = index + 1;
    const found = text === '' ? undefined : readLine(text);
    if (index === end && (text === '' || !found || typeof found.entry === 'string')) break; // An incomplete last line, or the end.
    if (!found) {
      if (text !== '' || isChained) unread = tellUnread(unread, flaw, { line, text });
      continue;
    }
    newest = Math.max(newest, found.links?.v ?? 0);
    if (found.links) {
      const isNext = found.links.prev === (index === 0 ? NO_LINE : hashOf(lines[index - 1] ?? ''));
      if (!isNext) flaw(line, 'it does not match the line before it: a line was changed, added or removed here', line - 1);
      if (unread && !(isNext && found.links.torn)) flaw(unread.line, UNREADABLE);
      isChained = true;
    } else {
      if (isChained) flaw(line, 'it does not match the line before it: it has version 1, and the lines before it are newer');
      if (unread && !mayBeTorn(unread.text, found)) flaw(unread.line, UNREADABLE);
    }
    unread = undefined;
    if (typeof found.entry === 'string') flaw(line, found.entry);
    else {
      if (found.links && found.entry.type === 'run-end' && found.lines !== index)
        flaw(line, `it states ${found.lines ?? 'no'} earlier lines, but there are ${index}`);
      entries.push({ line, entry: found.entry });
    }
  }
  if (unread) flaw(unread.line, UNREADABLE);
  const sorted = [...flaws, ...flawsOfOrder(entries)].toSorted((a, b) => a.line - b.line);
  return { entries, flaws: withoutRepetition(sorted, entries), newest };
}

/** Returns one flaw for neighboring lines without an entry: a log may end with millions of them, and no change is lost with a second one. */
function withoutRepetition(flaws: readonly Flaw[], entries: readonly Placed[]): Flaw[] {
  const known = new Set(entries.map(({ line }) => line));
  const groups: { readonly first: Flaw; last: number }[] = [];
  for (const flaw of flaws) {
    const group = groups.at(-1);
    if (group && flaw.line <= group.last + 1 && !known.has(flaw.line) && !known.has(group.last)) group.last = flaw.line;
    else groups.push({ first: flaw, last: flaw.line });
  }
  return groups.map(({ first, last }) =>
    last === first.line ? first : { ...first, says: `${first.says}; the lines after it, up to line ${last}, are damaged too` },
  );
}

const UNREADABLE = 'it cannot be read';

function tellUnread<T extends { readonly line: number }>(before: T | undefined, flaw: (line: number, says: string) => void, now: T): T {
  if (before) flaw(before.line, UNREADABLE);
  return now;
}

/** Whether a line without a chain may be torn: a dying process leaves the first part of a line, and sends nothing after that. */
const mayBeTorn = (text: string, next: ReadLine): boolean =>
  text.startsWith('{') && !text.trimEnd().endsWith('}') && typeof next.entry !== 'string' && next.entry.type !== 'intent';

/** Returns the flaws of the order of entries, which hold for logs of every version. */
function flawsOfOrder(entries: readonly Placed[]): Flaw[] {
  const flaws: Flaw[] = [];
  const intents = new Set<number>();
  const applied = new Set<number>();
  let starts = 0;
  for (const [index, { line, entry }] of entries.entries()) {
    if (index === 0 && entry.type !== 'run-start') flaws.push({ line, says: 'the first line, which describes the run, is missing' });
    if (entry.type === 'run-start') starts++;
    if (entry.type === 'intent') {
      if (intents.has(entry.change)) flaws.push({ line, says: `change ${entry.change} already exists: a line was added` });
      intents.add(entry.change);
    }
    if (entry.type === 'outcome' || entry.type === 'verified' || entry.type === 'undo') {
      if (!intents.has(entry.change))
        flaws.push({ line, says: `change ${entry.change} has a result but no start entry before this line: a line is missing` });
      if ((entry.type === 'outcome' && entry.ok) || (entry.type === 'verified' && entry.state === 'shown')) applied.add(entry.change);
    }
    // A resumed run starts a new count.
    if (entry.type === 'run-end' && starts === 1 && entry.applied > applied.size)
      flaws.push({
        line,
        says: `it states ${entry.applied} applied changes, but the log has ${applied.size}: lines are missing`,
      });
  }
  return flaws;
}
