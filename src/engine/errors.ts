import type { ArmFailure } from './ports.ts';

/** Public exit codes. The table in `--help` is printed from them. */
export const EXIT = {
  ok: 0,
  failed: 1,
  findings: 2,
  inputNeeded: 3,
  forbidden: 4,
  partial: 5,
  /** Audit: no findings, but something could not be read. */
  unknown: 6,
  usage: 64,
  hangup: 129,
  interrupted: 130,
  terminated: 143,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The entry of a catalogue that an error was made from. */
interface ErrorEntry {
  /** `folder.name`, as in `app.planTooOld`. */
  readonly id: string;
  /** The error in at most 40 characters. */
  readonly title: string;
}

/** An error that a person can fix: what happened, and what to do next. It is never shown with a stack trace. */
export class UserError extends Error {
  readonly exitCode: ExitCode;
  readonly next: readonly string[];
  /** Missing in errors whose text comes from another program. */
  readonly entry: ErrorEntry | undefined;
  constructor(message: string, exitCode: ExitCode, next: readonly string[] = [], entry?: ErrorEntry) {
    super(message);
    this.name = 'UserError';
    this.exitCode = exitCode;
    this.next = next;
    this.entry = entry;
  }
}

/** Returns the error of an undo log that could not be created, or whose first line could not be written. */
export function beforeRun(error: unknown): unknown {
  if (error instanceof UserError) error.message += ' Nothing was sent.';
  return error;
}

/** The text of one error; `D` is the type of its data. */
interface ErrorText<D> {
  /** The error in at most 40 characters. */
  readonly title: string;
  /** By default the exit code of wrong usage. */
  readonly exit?: ExitCode | ((data: D) => ExitCode);
  /** The problem, its reason, and the changes that are already made. The lines after the first are a list. */
  readonly message: (data: D) => string;
  readonly next: (data: D) => readonly string[];
}

/** Makes one error of a catalogue from its data. */
type ErrorMaker<T> = T extends ErrorText<infer D> ? (...data: keyof D extends never ? [] : [data: D]) => UserError : never;

/** Declares the data of an error; without it, the text of the error is always the same. */
export const withData = <D extends object>(text: ErrorText<D>): ErrorText<D> => text;

/**
 * Returns the data of an error with each text on one line. Names from Azure, from a lock or from a file may contain line breaks, and a line
 * of its own would look like another message.
 */
const onOneLine = (value: unknown): unknown => {
  if (typeof value === 'string') return value.replace(/[\r\n\u2028\u2029]+/g, ' ');
  if (Array.isArray(value)) return value.map(onOneLine);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, onOneLine(one)]));
};

/** Declares the errors of a folder. */
export const errorCatalogue = <T extends { readonly [name: string]: ErrorText<never> }>(
  folder: string,
  texts: T,
): { readonly [K in keyof T]: ErrorMaker<T[K]> } =>
  Object.fromEntries(
    Object.entries(texts as unknown as Readonly<Record<string, ErrorText<object>>>).map(
      ([name, { title, exit = EXIT.usage, message, next }]) => [
        name,
        (given: object = {}): UserError => {
          const data = onOneLine(given) as object;
          return new UserError(message(data), typeof exit === 'function' ? exit(data) : exit, next(data), {
            id: `${folder}.${name}`,
            title,
          });
        },
      ],
    ),
  ) as unknown as { readonly [K in keyof T]: ErrorMaker<T[K]> };

/** Begins the message about a mistake of func-harden itself. */
export const INTERNAL_ERROR = 'Internal error in func-harden';
/** The next steps after such a mistake. */
export const REPORT_A_BUG: readonly string[] = [
  'Open an issue in the func-harden repository. Include this text and the output of func-harden --version.',
  'Run the command again with --debug FILE and attach the file. The file contains no values.',
];

export const exitOf = (failure: Pick<ArmFailure, 'kind'>): ExitCode =>
  failure.kind === 'signed-out' || failure.kind === 'forbidden' ? EXIT.forbidden : EXIT.failed;

/** Exit codes, the worst first. */
const ORDER: readonly ExitCode[] = [
  EXIT.interrupted,
  EXIT.terminated,
  EXIT.hangup,
  EXIT.usage,
  EXIT.failed,
  EXIT.partial,
  EXIT.forbidden,
  EXIT.inputNeeded,
  EXIT.findings,
  EXIT.unknown,
  EXIT.ok,
];
/** Returns the worst of several exit codes, for a command about several apps. */
export const worst = (codes: readonly ExitCode[]): ExitCode => ORDER.find((code) => codes.includes(code)) ?? EXIT.ok;
