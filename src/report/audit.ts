import type { App } from '../step.ts';
import { STATES, type StepState, type State } from '../engine/assess.ts';
import { PLAN_NAME } from '../engine/hosting.ts';
import type { Target } from '../engine/ports.ts';
import { safeJson } from '../text/plain.ts';
import { line, span, type Line } from '../text/spans.ts';
import type { Look } from '../text/symbols.ts';
import type { PastChange } from './changes.ts';
import { comparisonLines, type Comparison } from './compare.ts';
import { controlLines, count, countLine, reasonLines, stateSpan, type Counts } from '../view/assessment.ts';

export interface AuditedApp {
  readonly target: Target;
  /** undefined where even the site could not be read. */
  readonly app: App | undefined;
  readonly steps: readonly StepState[];
}

export interface AuditReport {
  readonly tool: string;
  readonly generatedAt: string;
  readonly apps: readonly AuditedApp[];
  /** Beside an earlier one, where it was asked for. */
  readonly comparison?: Comparison;
  /** What earlier runs did to these apps, newest first, for the formats that tell it. */
  readonly changes?: readonly PastChange[];
}

export function auditJson({ tool, generatedAt, apps, comparison }: AuditReport): string {
  const total = count(apps.flatMap(({ steps }) => steps));
  const document = {
    schemaVersion: 1,
    tool,
    generatedAt,
    apps: apps.map(({ target, app, steps }) => ({
      id: target.id,
      name: target.name,
      slot: target.slot ?? null,
      resourceGroup: target.resourceGroup,
      plan: app?.plan ?? null,
      os: app?.os ?? null,
      steps: steps.map(({ step, state, controls }) => ({
        id: step.id,
        state,
        controls: controls.map((control) => ({
          id: control.id,
          state: control.state,
          severity: control.severity,
          found: control.found,
          wanted: control.wanted,
          resource: control.resource,
          path: control.path,
          reason: control.reason,
        })),
      })),
    })),
    summary: Object.fromEntries(STATES.map((state) => [state, total[state] ?? 0])) as Record<State, number>,
    ...(comparison ? { comparison } : {}),
  };
  return safeJson(document, 2);
}

export function auditLines({ apps, comparison }: AuditReport, width: number, look: Look): Line[] {
  const lines = apps.flatMap((audited) => appLines(audited, width, look));
  const total: Counts = count(apps.flatMap(({ steps }) => steps));
  return [
    ...lines,
    line(span(`${apps.length} ${apps.length === 1 ? 'app' : 'apps'}`, 'strong'), '   ', ...countLine(total, look)),
    ...(comparison ? comparisonLines(comparison) : []),
  ];
}

function appLines({ target, app, steps }: AuditedApp, width: number, look: Look): Line[] {
  const hosting = app ? `${PLAN_NAME[app.plan]}, ${app.os}` : 'could not be read';
  return [
    line(
      span(target.label, 'strong'),
      span(`   ${target.resourceGroup} · ${target.location} · ${hosting}`.replaceAll('·', look.ascii ? '-' : '·'), 'dim'),
    ),
    [],
    ...steps.flatMap((state) => [
      line(span(state.step.title, 'strong'), '  ', stateSpan(state.state, look)),
      ...controlLines(state, width - 2, look).map((one) => [span('  '), ...one]),
      ...reasonLines(state).map((one) => [span('  '), ...one]),
      [],
    ]),
  ];
}
