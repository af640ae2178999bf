import type { Clock, Connection } from '../engine/ports.ts';
import type { AnyStep } from '../contract/index.ts';
import type { OwnControls } from '../change/undo-log.ts';
import type { Environment } from '../files/paths.ts';
import type { Look } from '../text/symbols.ts';
import type { Options } from './options.ts';
import type { ExitCode } from '../engine/errors.ts';

/** Where output goes. stdout carries the result, stderr progress, prompts and errors. */
export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Resolves when stdout has room again, where it is read slowly. */
  readonly drained?: () => Promise<void>;
  /** stderr can redraw a line. */
  readonly redraws?: boolean;
  readonly outLook: Look;
  readonly errLook: Look;
  /** Columns of stdout; 80 where it is no terminal. */
  readonly width: number;
  /** stdout is a file or a pipe: nothing is cut or wrapped for a screen. */
  readonly piped?: boolean;
  /** Somebody is there to ask. */
  readonly interactive: boolean;
  /** A terminal that can redraw; else line prompts. */
  readonly fullScreen: boolean;
}

/** What a command is given. */
export interface Invocation {
  readonly args: readonly string[];
  readonly options: Options;
  readonly io: Io;
  readonly environment: Environment;
  readonly clock: Clock;
  readonly version: string;
  /** Azure is an emulator that ends with this command. */
  readonly isDemo?: true;
  /** Every area; loaded when it is first asked for. */
  readonly catalogue: () => Promise<readonly AnyStep[]>;
  /** The own areas of `--controls`, which are in the catalogue too. */
  readonly controls?: OwnControls;
  /** Fires at the first Ctrl-C, SIGTERM or SIGHUP. */
  readonly signal: AbortSignal;
  /** A connection that is there already; made from the options where it is left out. */
  readonly connection?: Connection;
}

export interface CommandModule {
  readonly run: (invocation: Invocation) => Promise<ExitCode>;
}
