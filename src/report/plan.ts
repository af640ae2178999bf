import type { Change, Plan } from '../engine/plan.ts';
import { safeJson } from '../text/plain.ts';
import { redacted } from '../engine/redact.ts';

/** The plan as `plan --json` prints it; secrets are hidden by their path. */
export const planJson = (plans: readonly Plan[]): string =>
  safeJson({ schemaVersion: 1, changes: plans.flatMap(({ changes }) => changes.map(changeJson)) }, 2);

export function changeJson(change: Change): object {
  const secret = change.diff.some(({ sensitive }) => sensitive);
  return {
    app: change.target.label,
    step: change.steps[0] ?? null,
    steps: change.steps,
    controls: change.controls,
    resource: change.resource,
    method: change.method,
    apiVersion: change.apiVersion,
    diff: change.diff.map(({ path, before, after, sensitive }) => ({
      path,
      before: sensitive ? redacted(before) : before,
      after: sensitive ? redacted(after) : after,
      sensitive,
    })),
    body: secret ? redacted(change.body) : change.body,
    risk: change.risk,
    undo: change.undo,
    guards: change.guards,
  };
}
