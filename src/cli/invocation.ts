import type { Clock, Connection } from '../engine/ports.ts';
import type { AnyStep } from '../contract/index.ts';
import type { OwnControls } from '../change/undo-log.ts';
import type { Environment } from '../files/paths.ts';
import type { Look } from '../text/symbols.ts';
import type { Options } from './options.ts';
import type { ExitCode } from '../engine/errors.ts';

/** Output streams: stdout has the result; stderr has progress, prompts and errors. */
export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Resolves when a slow reader of stdout has made room again. */
  readonly drained?: () => Promise<void>;
  /** Whether a line on stderr can be redrawn. */
  readonly redraws?: boolean;
  readonly outLook: Look;
  readonly errLook: Look;
  /** Columns of stdout; 80 if it is not a terminal. */
  readonly width: number;
  /** stdout is a file or a pipe, so nothing is cut or wrapped. */
  readonly piped?: boolean;
  /** Whether a person is at stdin and stdout. */
  readonly interactive: boolean;
  /** Whether that person also sees the questions of a command, which are written to stderr. */
  readonly asks: boolean;
  /** Whether the terminal supports the full screen; otherwise line prompts are used. */
  readonly fullScreen: boolean;
}

/** The input of a command: options, arguments, streams, environment, clock and signal. */
export interface Invocation {
  readonly args: readonly string[];
  readonly options: Options;
  readonly io: Io;
  readonly environment: Environment;
  readonly clock: Clock;
  readonly version: string;
  /** Set where Azure is an emulator that ends with this command. */
  readonly demo?: { readonly host: 'wizard' | 'headless'; readonly keepsAnswers: boolean };
  /** Loads the areas at first use. */
  readonly catalogue: () => Promise<readonly AnyStep[]>;
  /** The custom areas of `--controls`, which are part of the catalog too. */
  readonly controls?: OwnControls;
  /** Aborts at the first Ctrl-C, SIGTERM or SIGHUP. */
  readonly signal: AbortSignal;
  /** An existing connection; if it is missing, one is made from the options. */
  readonly connection?: Connection;
}

export interface CommandModule {
  readonly run: (invocation: Invocation) => Promise<ExitCode>;
}
