/** Values of the page over all apps, added app by app, so that not all apps are in memory at once. */
import { hostingOf } from '../../../engine/judge/app-hosting.ts';
import { type AnyStep, cisComputeOf, cisOf, complianceOf, type Severity, type SignedDecision } from '../../../contract/index.ts';
import type { ControlState, State } from '../../../engine/judge/assess.ts';
import { count } from '../../../view/assessment.ts';
import { placeTexts, type AuditedApp } from '../../audited-app.ts';
import { appDetails, type AppRow } from './details.ts';

/** Number of apps (the worst) that are shown control by control. */
export const MOST_DETAILS = 100;
/** Number of apps that a row names; the others are counted. */
export const MOST_NAMES = 10;

/** Weight of a failing control by severity, to find the worst apps; unknown counts a little, so that it is not ignored. */
const WEIGHT: Readonly<Record<Severity, number>> = { critical: 1000, high: 100, medium: 10, low: 1 };

/** One open control over all apps, with the values found. */
export interface Topic {
  readonly step: AnyStep;
  readonly control: ControlState;
  many: number;
  readonly places: { readonly app: string; readonly says: string }[];
}

export interface SignedStatement {
  readonly step: AnyStep;
  readonly control: ControlState;
  readonly signed: SignedDecision;
  many: number;
  readonly apps: string[];
}

/** Names of the benchmarks that initiatives of Azure Policy map. */
export const NIST = 'NIST SP 800-53 Rev. 5';
export const ISO_27001 = 'ISO/IEC 27001:2022, Annex A';

export interface Requirement {
  readonly labels: Set<string>;
  pass: number;
  fail: number;
  unknown: number;
  accepted: number;
}

/** The column of each state; other states count as unknown. */
const COLUMN: Partial<Record<State, 'pass' | 'fail' | 'accepted'>> = {
  pass: 'pass',
  attested: 'accepted',
  fail: 'fail',
  accepted: 'accepted',
};

export interface Collected {
  readonly counts: Partial<Record<State, number>>;
  readonly bySeverity: Map<Severity, Partial<Record<State, number>>>;
  readonly apps: AppRow[];
  /** Names of controls, by id. */
  readonly labels: Map<string, string>;
  readonly findings: Map<string, Topic>;
  readonly open: Map<string, Topic>;
  readonly said: Map<string, SignedStatement>;
  /** By benchmark, then by its own id. */
  readonly compliance: Map<string, Map<string, Requirement>>;
  details: { readonly row: AppRow; readonly html: string }[];
  /** Lowest weight among the worst apps so far. */
  least: number;
}

export const nothingYet = (): Collected => ({
  counts: {},
  bySeverity: new Map(),
  apps: [],
  labels: new Map(),
  findings: new Map(),
  open: new Map(),
  said: new Map(),
  compliance: new Map(),
  details: [],
  least: -1,
});

/** Adds one app in place, because copies would take quadratic time over a thousand apps. */
export function collect(into: Collected, app: AuditedApp): void {
  const counts = count(app.steps);
  const controls = app.steps.flatMap((step) => step.controls);
  const weight = controls.reduce(
    (sum, { state, severity }) => sum + (state === 'fail' ? WEIGHT[severity] : state === 'unknown' ? 0.5 : 0),
    0,
  );
  const row: AppRow = { label: app.target.label, about: aboutOf(app), counts, weight };
  into.apps.push(row);
  for (const { step, controls: own } of app.steps) for (const control of own) addControl(into, app.target, step, control);
  // The details of an app that cannot be among the worst are not written, because they are long.
  if (weight <= into.least) return;
  into.details.push({ row, html: appDetails(app, row) });
  // Some extra apps are kept before the lightest are dropped, so that sorting is rare.
  if (into.details.length < MOST_DETAILS * 1.25) return;
  into.details = worstOf(into);
  into.least = into.details.at(-1)?.row.weight ?? 0;
}

/** Returns the apps that are shown control by control: all in their order, or, if there are too many, the worst. */
export const worstOf = ({ details }: Pick<Collected, 'details'>): Collected['details'] =>
  details.length <= MOST_DETAILS ? details : details.toSorted((a, b) => b.row.weight - a.row.weight).slice(0, MOST_DETAILS);

const aboutOf = (audited: AuditedApp): string => {
  const { target, app } = audited;
  const hosting = app ? hostingOf(app) : 'could not be read';
  return [target.resourceGroup, target.location, hosting, ...placeTexts(audited)].join(' · ');
};

function addControl(into: Collected, { label: app, slot }: AuditedApp['target'], step: AnyStep, control: ControlState): void {
  const { state, severity, signed } = control;
  into.labels.set(control.id, `${step.title}: ${control.control.label}`);
  add(into.counts, state);
  if (!into.bySeverity.has(severity)) into.bySeverity.set(severity, {});
  add(into.bySeverity.get(severity)!, state);
  if (state === 'fail') addTopic(into.findings, control.id, control.reason ? `${control.found} (${control.reason})` : control.found);
  if (state === 'unknown') addTopic(into.open, `${control.id} ${control.reason ?? ''}`, control.reason ?? '');
  if (state === 'attestation-missing' || state === 'attestation-expired') addTopic(into.open, `${control.id} ${state}`, control.found);
  if (signed) addSaid(into.said, app, step, control, signed);
  if (state !== 'not-applicable') addCompliance(into.compliance, step, control, slot !== undefined);

  function addTopic(topics: Map<string, Topic>, key: string, says: string): void {
    const topic = topics.get(key) ?? { step, control, many: 0, places: [] };
    topic.many += 1;
    if (topic.places.length < MOST_NAMES) topic.places.push({ app, says });
    topics.set(key, topic);
  }
}

const add = (counts: Partial<Record<State, number>>, state: State): void => void (counts[state] = (counts[state] ?? 0) + 1);

function addSaid(all: Map<string, SignedStatement>, app: string, step: AnyStep, control: ControlState, signed: SignedDecision): void {
  const key = JSON.stringify([control.id, control.state, signed]);
  const said = all.get(key) ?? { step, control, signed, many: 0, apps: [] };
  said.many += 1;
  if (said.apps.length < MOST_NAMES) said.apps.push(app);
  all.set(key, said);
}

function addCompliance(all: Collected['compliance'], step: AnyStep, { control, state }: ControlState, isSlot: boolean): void {
  const compliance = complianceOf(control);
  const { mcsb = [], nist = [], iso27001 = [], policy } = compliance;
  const ids = [
    ...mcsb.map((id) => ['Microsoft Cloud Security Benchmark', id]),
    ...cisOf(compliance).map(([version, id]) => [`CIS Microsoft Azure Foundations ${version}`, id]),
    ...cisComputeOf(compliance, isSlot).map((id) => ['CIS Microsoft Azure Compute Services 2.0', id]),
    ...nist.map((id) => [NIST, id]),
    ...iso27001.map((id) => [ISO_27001, id]),
    ...(policy ? [['Azure Policy', policy]] : []),
  ];
  for (const [benchmark = '', id = ''] of ids) {
    if (!all.has(benchmark)) all.set(benchmark, new Map());
    const own = all.get(benchmark)!;
    const requirement = own.get(id) ?? { labels: new Set(), pass: 0, fail: 0, unknown: 0, accepted: 0 };
    requirement.labels.add(`${step.title}: ${control.label}`);
    requirement[COLUMN[state] ?? 'unknown'] += 1;
    own.set(id, requirement);
  }
}
