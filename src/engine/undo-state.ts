/** The store of undo logs and locks: a folder of this machine, or storage that a team shares. */

import type { Locks } from './ports.ts';

/** The code of the error of `append` if another program changed the log: nothing that is appended would be read again. */
export const LOG_CHANGED = 'LogChanged';

/** The size up to which a log can be read and appended to. */
export interface LogSize {
  readonly bytes: number;
  readonly lines: number;
}

/** The open log of one run. Lines are only appended. */
export interface LogFile {
  /** The largest size of this log. */
  readonly most: LogSize;
  /** Returns the whole log. Its bytes are counted, because a torn line may end within a character. */
  read(): Promise<Buffer>;
  /** Resolves when the text is stored durably. `at`: the number of bytes before it. Shared storage refuses any other position. */
  append(text: string, at: number): Promise<void>;
  close(): Promise<void>;
}

export interface UndoState {
  /** The folder or the address, as a person writes it. */
  readonly place: string;
  /** Returns the path or address of the log of a run, for a person. */
  fileOf(run: string): string;
  /** The locks on apps and runs whose logs are kept here. */
  readonly locks: Locks;
  /** Checks the store. @throws UserError where its contents cannot be relied on */
  check(): Promise<void>;
  /** Returns the runs that have a log, in no particular order; none where the store is new. */
  names(): Promise<readonly string[]>;
  /** Returns the text of a log; undefined where there is none. @throws UserError */
  read(run: string): Promise<string | undefined>;
  /** Opens a new log, or with `again` an existing one. @throws where it cannot be written, or another process was first */
  open(run: string, again: boolean): Promise<LogFile>;
  /** Stores the saved plan that a run applies, next to its log. */
  keepPlan(run: string, content: Uint8Array): Promise<void>;
  /** Returns the saved plan of a run; undefined where there is none. */
  planOf(run: string): Promise<string | undefined>;
}
