/** Where undo logs and locks are kept: a folder of this machine, or storage that a team shares. */

import type { Locks } from './ports.ts';

/** The open log of one run. Lines are only ever added to it. */
export interface LogFile {
  /** What it holds, from its beginning. */
  text(): Promise<string>;
  /** Resolves once the text is kept for good. `at`: the bytes that stand before it; storage that others write to refuses any other place. */
  append(text: string, at: number): Promise<void>;
  close(): Promise<void>;
}

export interface UndoState {
  /** The folder or the address, as a person writes it. */
  readonly place: string;
  /** What names the log of a run to a person: a path or an address. */
  fileOf(run: string): string;
  /** Of the apps and runs whose logs are kept here. */
  readonly locks: Locks;
  /** @throws UserError where what is kept there cannot be relied on */
  check(): Promise<void>;
  /** Runs that have a log, in no order; none where nothing was kept yet. */
  names(): Promise<readonly string[]>;
  /** The text of a log; undefined where there is none. @throws UserError */
  read(run: string): Promise<string | undefined>;
  /** Opens a new log, or with `again` one that is there. @throws where it cannot be written, or another process was first */
  open(run: string, again: boolean): Promise<LogFile>;
  /** Keeps the saved plan that a run applies beside its log, for good. */
  keepPlan(run: string, text: string): Promise<void>;
  /** The saved plan of a run; undefined where none was kept. */
  planOf(run: string): Promise<string | undefined>;
}
