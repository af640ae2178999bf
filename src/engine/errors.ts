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

/** Something a person can mend: what happened, and what to do next. Never shown with a stack trace. */
export class UserError extends Error {
  readonly exitCode: ExitCode;
  readonly next: readonly string[];
  constructor(message: string, exitCode: ExitCode, next: readonly string[] = []) {
    super(message);
    this.name = 'UserError';
    this.exitCode = exitCode;
    this.next = next;
  }
}

/** What to do where the program itself made a mistake. */
export const REPORT_A_BUG: readonly string[] = [
  'Open an issue in the func-harden repository. Include this text and the output of func-harden --version.',
  'Run the command again with --debug FILE and attach the file. The file contains no values.',
];

/** Returns the exit code for a failed request. */
export const exitOf = (failure: ArmFailure): ExitCode =>
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
