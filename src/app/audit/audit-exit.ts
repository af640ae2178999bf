/** The exit code of an audit: from its findings, and from the resources that it could not read. */
import { FAIL_ON_SEVERITIES, type Options } from '../../cli/options.ts';
import { EXIT, type ExitCode } from '../../engine/errors.ts';
import { isFinding } from '../../engine/findings/finding.ts';
import type { ControlState } from '../../engine/judge/assess.ts';
import type { ArmFailure, FailureKind } from '../../engine/ports.ts';

export function exitFor(control: ControlState, options: Options): ExitCode {
  const { failOn = 'low' } = options;
  return isFinding(control, options.answers !== undefined) &&
    FAIL_ON_SEVERITIES.indexOf(control.severity as never) >= FAIL_ON_SEVERITIES.indexOf(failOn)
    ? EXIT.findings
    : EXIT.ok;
}

/** Resources that an audit could not read, over all its apps, and the exit code that they cause. */
export class Unread {
  readonly #kinds = new Set<FailureKind>();
  #any = false;
  #judged = false;

  /** Adds a listing of apps or slots that failed. */
  add({ kind }: ArmFailure): void {
    this.#any = true;
    this.#kinds.add(kind);
  }

  look({ state, failure }: ControlState): void {
    if (state === 'pass' || state === 'fail' || state === 'accepted') this.#judged = true;
    if (state !== 'unknown') return;
    this.#any = true;
    if (failure) this.#kinds.add(failure.kind);
  }

  code(allowed = false): ExitCode {
    const has = (...kinds: readonly FailureKind[]) => kinds.some((kind) => this.#kinds.has(kind));
    if (has('signed-out')) return EXIT.forbidden;
    if (!this.#any) return EXIT.ok;
    // If no app could be judged, the audit failed: reading was forbidden, or Azure did not respond.
    if (!this.#judged && has('network', 'untrusted', 'server', 'throttled')) return EXIT.failed;
    if (!this.#judged && has('forbidden')) return EXIT.forbidden;
    return allowed ? EXIT.ok : EXIT.unknown;
  }
}
