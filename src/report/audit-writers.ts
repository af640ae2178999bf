import { type DeclaredAt, STATES, type State } from '../engine/judge/assess.ts';
import { hostingOf } from '../engine/judge/app-hosting.ts';
import { plainText, safeJson } from '../text/plain.ts';
import { line, span, type Colour, type Line } from '../text/spans.ts';
import type { Look } from '../text/symbols.ts';
import type { PastChange } from './past-changes.ts';
import { comparisonLines, type AuditComparison } from './audit-comparison.ts';
import { causeText, controlLines, count, countLine, reasonLines, stateSpan, unknownCauses, type Counts } from '../view/assessment.ts';
import { printLines } from '../view/print-lines.ts';
import { placeTexts, type AuditedApp } from './audited-app.ts';
import type { OwnControls } from '../change/undo-log.ts';

export interface AuditHead {
  readonly tool: string;
  readonly generatedAt: string;
  readonly controls?: OwnControls;
}

/** Values that are known only after the last app. */
export interface AuditClosing {
  readonly apps: number;
  readonly counts: Counts;
  readonly comparison?: AuditComparison;
  /** Changes of earlier runs to these apps, newest first, for the formats that show them. */
  readonly changes?: readonly PastChange[];
  /** Number of apps that were judged from an inventory. */
  readonly fromInventory: number;
  /** The audit was interrupted, so some apps are missing. */
  readonly stopped?: boolean;
}

export const AUDIT_STOPPED = 'The audit was stopped before it was complete. Some apps are missing.';

export interface AuditReport extends AuditHead, Partial<Pick<AuditClosing, 'comparison' | 'changes' | 'stopped'>> {
  readonly apps: readonly AuditedApp[];
}

/** Writes a report app by app, so that memory does not grow with the number of apps. */
export interface AuditWriter {
  begin(): string;
  app(app: AuditedApp): string;
  /** Text at the top that is known only after the last app; the output is held back until then. */
  top?(closing: AuditClosing): string;
  /** In pieces, because it can be long. */
  end(closing: AuditClosing): Iterable<string>;
}

export function jsonWriter({ tool, generatedAt, controls }: AuditHead): AuditWriter {
  let first = true;
  // Wrapped in two levels, so that JSON.stringify indents it as in the report. To indent it later would copy each app.
  const [before, after] = ['{\n  "apps": [\n    ', '\n  ]\n}'];
  const indented = (app: unknown) => safeJson({ apps: [app] }, 2).slice(before.length, -after.length);
  return {
    begin: () =>
      `{\n  "schemaVersion": 1,\n  "tool": ${safeJson(tool)},\n  "generatedAt": ${safeJson(generatedAt)},${controls ? `\n  "controls": ${safeJson(controls)},` : ''}\n  "apps": [`,
    app(app) {
      const comma = first ? '' : ',';
      first = false;
      return `${comma}\n    ${indented(appJson(app))}`;
    },
    end({ counts, comparison, stopped }) {
      const summary = Object.fromEntries(STATES.map((state) => [state, counts[state] ?? 0])) as Record<State, number>;
      const rest = safeJson({ ...(stopped ? { stopped } : {}), summary, ...(comparison ? { comparison } : {}) }, 2).slice(2);
      return [`${first ? '' : '\n  '}],\n${rest}\n`];
    },
  };
}

const appJson = ({ target, app, steps, source, subscription, owner }: AuditedApp): object => ({
  id: target.id,
  name: target.name,
  slot: target.slot ?? null,
  resourceGroup: target.resourceGroup,
  subscription: { id: target.subscriptionId, name: subscription ?? target.subscriptionId },
  owner: owner ?? null,
  tags: target.tags,
  plan: app?.plan ?? null,
  os: app?.os ?? null,
  ...(source ? { source } : {}),
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
      ...(control.about ? { resources: control.about.map(({ id }) => id) } : {}),
      path: control.path,
      reason: control.reason,
      ...(control.declared ? { declared: placeOf(control.declared) } : {}),
      ...(control.signed ? { by: control.signed.by, until: control.signed.until } : {}),
    })),
  })),
});

const placeOf = ({ file, line, state }: DeclaredAt) => ({ file, line, state });

/** Writes an audit as text; `width` is in columns, and lines are wrapped to it. */
export function textWriter(head: AuditHead, width: number, look: Look, colour: Colour): AuditWriter {
  const text = (lines: readonly Line[]) => `${printLines(lines, colour, width)}\n`;
  return {
    begin: () => '',
    app: (app) => text(appLines(app, width, look)),
    end: (closing) => {
      const { apps, counts, stopped } = closing;
      return apps === 0 && !stopped
        ? []
        : [
            text([
              line(span(`${apps} ${apps === 1 ? 'app' : 'apps'}`, 'strong'), '   ', ...countLine(counts, look)),
              ...(stopped ? [line(span(AUDIT_STOPPED, 'warn'))] : []),
              ...closingLines(head, closing),
            ]),
          ];
    },
  };
}

/** Lines about the whole audit: the age of the inventory, and changes since an earlier audit. */
export const closingLines = ({ generatedAt, controls }: AuditHead, { fromInventory, comparison }: AuditClosing): Line[] => [
  ...(controls ? [line(span(ownAreasText(controls), 'dim'))] : []),
  ...(fromInventory > 0 ? [line(span(lag(fromInventory, generatedAt), 'dim'))] : []),
  ...(comparison ? comparisonLines(comparison) : []),
];

const lag = (apps: number, at: string): string =>
  `Site and configuration of ${apps === 1 ? '1 app' : `${apps} apps`} are from Azure Resource Graph, read at ${at.slice(11, 16)} UTC, and can be minutes old. func-harden reads each value again before it writes.`;

export function appLines(audited: AuditedApp, width: number, look: Look): Line[] {
  const { target, app, steps } = audited;
  const hosting = app ? hostingOf(app) : 'could not be read';
  const causes = unknownCauses(steps).filter(({ areas }) => areas > 1);
  const known = new Set(causes.map(({ reason }) => reason));
  return [
    line(
      span(target.label, 'strong'),
      span(`   ${target.resourceGroup} · ${target.location} · ${hosting}`.replaceAll('·', look.ascii ? '-' : '·'), 'dim'),
    ),
    line(
      span(
        `  ${placeTexts(audited)
          .map(plainText)
          .join(look.ascii ? ' - ' : ' · ')}`,
        'dim',
      ),
    ),
    ...causes.map((cause) => line(span(`  ${causeText(cause)}`, 'warn'))),
    [],
    ...steps.flatMap((state) => [
      line(span(state.step.title, 'strong'), '  ', stateSpan(state.state, look)),
      ...controlLines(state, width - 2, look).map((one) => [span('  '), ...one]),
      ...reasonLines(state, known).map((one) => [span('  '), ...one]),
      [],
    ]),
  ];
}

export function addCounts(counts: Counts, { steps }: AuditedApp): Counts {
  const sum: Counts = { ...counts };
  for (const [state, number] of Object.entries(count(steps)) as [State, number][]) sum[state] = (sum[state] ?? 0) + number;
  return sum;
}

/** Writes a report for apps that are all known already. */
export function wholeReport(writer: AuditWriter, { apps, comparison, changes }: AuditReport): string {
  const counts = apps.reduce(addCounts, {});
  const closing = { apps: apps.length, counts, fromInventory: 0, ...(comparison ? { comparison } : {}), ...(changes ? { changes } : {}) };
  return [writer.begin(), ...apps.map((app) => writer.app(app)), ...writer.end(closing)].join('');
}

/** Names the custom areas that were used, for reports that have no member for them. */
export const ownAreasText = ({ digest, areas }: OwnControls): string => `Custom areas (--controls): ${areas.join(', ')} (${digest})`;
