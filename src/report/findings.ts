/** Findings as text, JSON and CSV. They are sorted over all apps, so they are written after the last app was judged. */
import type { Decisions, Severity } from '../contract/index.ts';
import type { Target } from '../azure/index.ts';
import { isFinding, riskOfFix, type Finding } from '../engine/findings/finding.ts';
import { FindingTable } from '../engine/findings/finding-table.ts';
import { type FindingFilter, type FindingRows, isWanted, sortedPlaces } from '../engine/findings/order.ts';
import { type FailingControl, findingsByControl } from '../engine/findings/by-control.ts';
import type { GroupedSort, Sort } from '../engine/findings/finding-terms.ts';
import type { ControlState } from '../engine/judge/assess.ts';
import { safeJson } from '../text/plain.ts';
import { line, span, type Colour, type Line } from '../text/spans.ts';
import { failingLines, findingLines, findingCounts, unknownLine } from '../view/finding-lines.ts';
import { printLines } from '../view/print-lines.ts';
import type { AuditedApp } from './audited-app.ts';
import { AUDIT_STOPPED, type AuditWriter } from './audit-writers.ts';
import { csvLines, tagCell } from './formats/csv.ts';

interface FindingsOptions {
  readonly format: 'text' | 'json' | 'csv';
  readonly sort?: Sort;
  /** One line for each control in place of one for each finding, in this order. */
  readonly byControl?: GroupedSort;
  readonly filter: FindingFilter;
  /** Name of the tag that names the owner of an app, for the sort order. */
  readonly ownerTag?: string;
  /** Whether an answers file requires attestations. */
  readonly asksAttestations: boolean;
  readonly decisionsOf: (target: Target) => Decisions;
  readonly width: number;
  readonly colour: Colour;
}

type Place = Pick<AuditedApp, 'subscription' | 'owner'>;

export const isListed = (filter: FindingFilter, asksAttestations: boolean, state: ControlState): boolean =>
  isFinding(state, asksAttestations) && isWanted(filter, { severity: state.severity, risk: riskOfFix(state) });

/** Keeps only the findings of each app, to limit memory. */
export function findingsWriter(options: FindingsOptions): AuditWriter {
  const { asksAttestations, decisionsOf, filter, sort } = options;
  const kept = new FindingTable();
  const places = new Map<string, Place>();
  let unknown = 0;
  return {
    begin: () => '',
    app({ target, steps, subscription, owner }) {
      kept.add(target, steps, { asksAttestations, decisions: decisionsOf(target) });
      places.set(target.id, { ...(subscription ? { subscription } : {}), ...(owner ? { owner } : {}) });
      for (const { controls } of steps) for (const { state } of controls) if (state === 'unknown') unknown += 1;
      return '';
    },
    *end({ apps, stopped }) {
      const rows = kept.list((one) => isWanted(filter, one));
      const order = sortedPlaces(rows, sort, {
        subscription: ({ id }) => places.get(id)?.subscription,
        ...(options.ownerTag === undefined ? {} : { ownerTag: options.ownerTag }),
      });
      const list: SortedRows = { at: rows.at, order };
      const summary: Summary = { findings: order.length, apps, ...bySeverity(list), unknown };
      const { byControl } = options;
      const controls = byControl && findingsByControl(findingsIn(list), byControl);
      if (options.format === 'json') yield* joined(json(list, controls, summary, places, stopped === true));
      else if (options.format === 'csv') yield* joined(controls ? controlsCsv(controls) : csv(list, places));
      else if (apps > 0 || stopped) yield text([...findingsIn(list)], controls, summary, options, places, stopped === true);
    },
  };
}

interface Summary {
  readonly findings: number;
  readonly apps: number;
  readonly critical: number;
  readonly high: number;
  readonly medium: number;
  readonly low: number;
  /** Number of controls that could not be read. */
  readonly unknown: number;
}

/** Findings that are made one after the other, in their order. */
interface SortedRows extends Pick<FindingRows, 'at'> {
  readonly order: Uint32Array;
}

function* findingsIn({ at, order }: SortedRows): Generator<Finding> {
  for (const place of order) yield at(place);
}

function bySeverity(list: SortedRows): Record<Severity, number> {
  const counts = { critical: 0, high: 0, medium: 0, low: 0 };
  for (const { severity } of findingsIn(list)) counts[severity] += 1;
  return counts;
}

function* json(
  list: SortedRows,
  controls: readonly FailingControl[] | undefined,
  summary: Summary,
  places: ReadonlyMap<string, Place>,
  stopped: boolean,
): Generator<string> {
  const appJson = ({ id, name, slot, resourceGroup, subscriptionId, tags }: Target) => ({
    id,
    name,
    slot: slot ?? null,
    resourceGroup,
    subscription: { id: subscriptionId, name: places.get(id)?.subscription ?? subscriptionId },
    owner: places.get(id)?.owner ?? null,
    tags,
  });
  yield '{\n  "schemaVersion": 1,\n  "findings": [';
  let first = true;
  for (const { id, step, control, severity, risk, fix, state, found, wanted, resource, apps } of findingsIn(list)) {
    const members = { control: id, area: step.id, label: control.label, severity, risk, fix, state, found, wanted, resource };
    yield `${first ? '' : ','}\n    ${jsonIn(4, members).slice(0, -'\n    }'.length)},\n      "apps": [`;
    // A finding about a subscription applies to all its apps.
    for (const [at, app] of apps.entries()) yield `${at === 0 ? '' : ','}\n        ${jsonIn(8, appJson(app))}`;
    yield '\n      ]\n    }';
    first = false;
  }
  const grouped = controls?.map(({ id, step, control, severity, risks, findings, apps }) => ({
    control: id,
    area: step.id,
    label: control.label,
    severity,
    risks,
    findings,
    apps,
  }));
  const rest = safeJson({ ...(stopped ? { stopped } : {}), ...(grouped ? { controls: grouped } : {}), summary }, 2).slice(2);
  yield `${first ? '' : '\n  '}],\n${rest}\n`;
}

const jsonIn = (columns: number, value: object): string => safeJson(value, 2).replaceAll('\n', `\n${' '.repeat(columns)}`);

/** Characters that are written at once: each text is copied several times on its way out. */
const AT_ONCE = 16_384;

function* joined(pieces: Iterable<string>): Generator<string> {
  let text = '';
  for (const piece of pieces) {
    text += piece;
    if (text.length < AT_ONCE) continue;
    yield text;
    text = '';
  }
  yield text;
}

const HEAD =
  'control,area,label,severity,risk,fix,state,found,wanted,resource,apps,app,slot,resourceGroup,subscription,subscriptionName,owner,tags'.split(
    ',',
  );

/** Writes one line per finding; the apps of a shared finding are in one cell. */
function* csv(list: SortedRows, places: ReadonlyMap<string, Place>): Generator<string> {
  yield csvLines([HEAD]);
  for (const { id, step, control, severity, risk, fix, state, found, wanted, resource, apps } of findingsIn(list))
    yield csvLines([
      [
        id,
        step.id,
        control.label,
        severity,
        risk,
        fix,
        state,
        found,
        wanted,
        resource ?? '',
        String(apps.length),
        joinedWords(apps, ({ name }) => name),
        joinedWords(apps, ({ slot }) => slot ?? ''),
        joinedWords(apps, ({ resourceGroup }) => resourceGroup),
        joinedWords(apps, ({ subscriptionId }) => subscriptionId),
        joinedWords(apps, ({ id: app, subscriptionId }) => places.get(app)?.subscription ?? subscriptionId),
        joinedWords(apps, ({ id: app }) => places.get(app)?.owner ?? ''),
        joinedWords(apps, ({ tags }) => tagCell(tags)),
      ],
    ]);
}

const CONTROLS_HEAD = ['control', 'area', 'label', 'severity', 'risks', 'findings', 'apps'];

function* controlsCsv(controls: readonly FailingControl[]): Generator<string> {
  yield csvLines([CONTROLS_HEAD]);
  for (const { id, step, control, severity, risks, findings, apps } of controls)
    yield csvLines([[id, step.id, control.label, severity, risks.join(' '), String(findings), String(apps)]]);
}

const joinedWords = (apps: readonly Target[], of: (app: Target) => string): string => [...new Set(apps.map(of))].filter(Boolean).join(' ');

function text(
  list: readonly Finding[],
  controls: readonly FailingControl[] | undefined,
  summary: Summary,
  { width, colour, sort }: FindingsOptions,
  places: ReadonlyMap<string, Place>,
  stopped: boolean,
): string {
  const placeColumns = { placeOf: ({ id }: Target) => places.get(id), ...(sort === undefined ? {} : { sortedBy: sort }) };
  const safe = list.filter(({ fix }) => fix === 'safe').length;
  const lines: Line[] = [
    ...(controls ? failingLines(controls, summary.apps, width) : findingLines(list, width, placeColumns)),
    ...(list.length > 0 ? [[]] : []),
    findingCounts(list, summary.apps),
    ...(stopped ? [line(span(AUDIT_STOPPED, 'warn'))] : []),
    ...(summary.unknown > 0 ? [unknownLine(summary.unknown, ' Run func-harden audit to see the reasons.')] : []),
    ...(safe > 0
      ? [
          line(
            `${safe} can be fixed safely without answers: `,
            span('func-harden replay --safe', 'strong'),
            ', with the same selection of apps.',
          ),
        ]
      : []),
  ];
  return `${printLines(lines, colour, width)}\n`;
}
