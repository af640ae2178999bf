import { fileProblem, writeProblem } from '../file-problem.ts';
import { randomBytes } from 'node:crypto';
import { UserError } from '../../engine/errors.ts';
import { JOURNAL_VERSION, undosOf, withUndosReverted, type Entry, type RecordedRun, type RunStart } from '../../change/undo-log.ts';
import { ArmFailure, type Journal } from '../../engine/ports.ts';
import { LOG_CHANGED, type LogSize, type UndoState } from '../../engine/undo-state.ts';
import { chainOf, hashOf, NO_LINE } from './journal-chain.ts';
import { recordedFrom } from './journal-damage.ts';
import { folderState } from './folder-state.ts';
import { lineOf, readLine } from './journal-shape.ts';
import { stateErrors } from '../errors/state.ts';

/** The store of the logs, or their folder. */
type Place = UndoState | string;
const stateAt = (place: Place): UndoState => (typeof place === 'string' ? folderState(place) : place);

const RUN = /^\d{8}T\d{9}Z-[0-9a-f]{4}$/;

export const isRunName = (text: string): boolean => RUN.test(text);

/** Returns a run name that sorts by time, to the millisecond: `20261124T150645123Z-3f2a`. */
export const newRunName = (now: Date): string => `${now.toISOString().replace(/[-:.]/g, '')}-${randomBytes(2).toString('hex')}`;

/** Returns the name of a new run in this undo log. It sorts after every other name, also where the clock was set back since. */
export async function nextRunName(place: Place, now: Date): Promise<string> {
  const newest = (await runNames(place).catch(() => [])).at(-1);
  const name = newRunName(now);
  if (newest === undefined || newest.slice(0, 18) < name.slice(0, 18)) return name;
  const then = newest.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\d)(\d{3}Z).*$/, '$1-$2-$3:$4:$5.$6');
  const after = new Date(Date.parse(then) + 1);
  return Number.isNaN(after.getTime()) || after.getUTCFullYear() > 9999 ? name : newRunName(after);
}

/** Returns the names of all runs, oldest first. */
export async function runNames(place: Place): Promise<string[]> {
  const names = await stateAt(place)
    .names()
    .catch((error: Error) => {
      // Shared storage says itself what is wrong, and with which exit code: a wrong address is not a refused token.
      if (error instanceof UserError || error instanceof ArmFailure) throw error;
      throw stateErrors.logsUnreadable({ why: fileProblem(error) });
    });
  return names.filter((name) => RUN.test(name)).toSorted();
}

interface Tail {
  readonly prev: string;
  readonly lines: number;
  /** Whether the text after the last line feed is a torn line. */
  readonly torn: boolean;
  readonly bytes: number;
}

function findTail(log: Buffer): Tail {
  const lines = log.toString('utf8').split('\n');
  const torn = lines.at(-1) !== '';
  if (!torn) lines.pop();
  const last = lines.at(-1);
  return { prev: last === undefined ? NO_LINE : hashOf(last), lines: lines.length, torn, bytes: log.length };
}

/** Checks that a log which was read before is still that of this run, because a line in another file would be lost. @throws Error */
function checkStart(log: Buffer, run: string): void {
  const isStart = (line: string): boolean => {
    const entry = line.includes('run-start') ? readLine(line)?.entry : undefined;
    return typeof entry === 'object' && entry.type === 'run-start' && entry.run === run;
  };
  if (log.toString('utf8').split('\n').some(isStart)) return;
  throw Object.assign(new Error('another program replaced the file: it is no longer the log of this run'), { code: LOG_CHANGED });
}

/** The part of a log that intents may fill. The rest is for the results of requests in flight, and for an undo, which adds a line per change. */
const FOR_INTENTS = 0.75;

/** Refuses a line that would make the log longer than can be read. @throws UserError */
function checkSize(entry: Entry, { bytes, lines }: LogSize, most: LogSize, file: string): void {
  const part = entry.type === 'intent' ? FOR_INTENTS : 1;
  if (bytes > most.bytes * part || lines > most.lines * part) throw stateErrors.logFull({ file });
}

/** Opens a new journal, or with `again` that of an earlier run. `append` resolves when the line is stored durably. */
export async function openJournal(place: Place, run: string, again = false): Promise<Journal> {
  const state = stateAt(place);
  try {
    const file = await state.open(run, again);
    // Unknown after a line that was not written completely: the file is read again, and the next line starts on a new line.
    let tail: Tail | undefined = again ? undefined : { prev: NO_LINE, lines: 0, torn: false, bytes: 0 };
    const write = async (entry: Entry): Promise<void> => {
      const log = tail ? undefined : await file.read();
      if (log && again) checkStart(log, run);
      const at = tail ?? findTail(log!);
      tail = undefined;
      const line = lineOf(entry, at);
      const text = `${at.torn ? '\n' : ''}${line}\n`;
      const size = { lines: at.lines + 1, bytes: at.bytes + Buffer.byteLength(text) };
      try {
        checkSize(entry, size, file.most, state.fileOf(run));
      } catch (error) {
        tail = at;
        throw error;
      }
      await file.append(text, at.bytes);
      tail = { prev: hashOf(line), torn: false, ...size };
    };
    // Apps that run in parallel write their lines one after another. A failed line does not prevent the next one.
    let last: Promise<unknown> = Promise.resolve();
    const inTurn = (work: () => Promise<void>): Promise<void> => {
      const mine = last.then(work, work);
      last = mine;
      return mine;
    };
    return { run, append: (entry) => inTurn(() => write(entry)), close: () => inTurn(() => file.close()) };
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw stateErrors.logNotWritable({ place: state.place, why: writeProblem(error) });
  }
}

/** Adds a line to the journal of an earlier run, which records that one of its changes was reverted. */
export async function appendTo(place: Place, run: string, entry: Entry): Promise<void> {
  const journal = await openJournal(place, run, true);
  try {
    await journal.append(entry);
  } finally {
    await journal.close();
  }
}

/** Returns every run in the undo log, newest first. */
export async function readRuns(place: Place, onUnreadable?: (error: unknown) => void): Promise<RecordedRun[]> {
  const runs = await runNames(place);
  // An unreadable journal does not hide the others. A command that names it reports the reason.
  const read = await Promise.all(
    runs.toReversed().map((run) =>
      readAlone(place, run).catch((error: unknown) => {
        onUnreadable?.(error);
        return undefined;
      }),
    ),
  );
  // Newest first, because an undo must be processed before the run that it reverted.
  return read.reduce<RecordedRun[]>((known, run) => (run ? [...known, withUndosReverted(run, known)] : known), []);
}

/** Returns one run; undefined where it does not exist. A torn line is ignored, and other problems of the log are in `damage`. */
export async function readRun(place: Place, run: string): Promise<RecordedRun | undefined> {
  const one = await readAlone(place, run);
  if (!one) return undefined;
  // An undo is always newer than the run that it reverts, so this loop ends, even with forged logs.
  const undos = await Promise.all(undosOf(one).map((by) => (by > run ? readRun(place, by).catch(() => undefined) : undefined)));
  return withUndosReverted(
    one,
    undos.filter((undo) => undo !== undefined),
  );
}

/** Returns one run as its own log records it. */
async function readAlone(place: Place, run: string): Promise<RecordedRun | undefined> {
  if (!RUN.test(run)) return undefined;
  const state = stateAt(place);
  const text = await state.read(run);
  return text === undefined ? undefined : parseRun(state.fileOf(run), text, run);
}

/** Returns the run of a log. `file` names the log for a person. @throws UserError where it is not the log of this run */
export function parseRun(file: string, text: string, run: string): RecordedRun | undefined {
  const { entries, flaws, newest } = chainOf(text);
  const other = entries.find(({ entry }) => entry.type === 'run-start' && entry.run !== run);
  if (other) throw stateErrors.logRenamed({ file, line: other.line, run: (other.entry as RunStart).run });
  const later = entries.find(({ entry }) => entry.type === 'run-start' && (entry.schemaVersion ?? 0) > JOURNAL_VERSION);
  if (later || newest > JOURNAL_VERSION) throw stateErrors.logOfNewerVersion({ file, tool: (later?.entry as RunStart | undefined)?.tool });
  return recordedFrom(file, entries, flaws);
}
