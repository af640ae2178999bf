/** The findings of `doctor`, one per line. */
import { exitOf, UserError, type ExitCode } from '../../engine/errors.ts';
import { ArmFailure } from '../../engine/ports.ts';

export interface Finding {
  readonly what: string;
  readonly state: 'ok' | 'warn' | 'fail';
  readonly says: string;
  readonly next?: string;
  readonly code?: ExitCode;
}

export const ok = (what: string, says: string): Finding => ({ what, state: 'ok', says });
export const warn = (what: string, says: string, next: string): Finding => ({ what, state: 'warn', says, next });

export function failed(what: string, error: unknown): Finding {
  if (error instanceof ArmFailure) return { what, state: 'fail', says: error.message, next: error.next, code: exitOf(error) };
  if (error instanceof UserError) return { what, state: 'fail', says: error.message, next: error.next.join('; '), code: error.exitCode };
  throw error;
}
