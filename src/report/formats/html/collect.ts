/** What the page says of all apps together, added up app by app, so that nobody has to hold every app at once. */
import { PLAN_NAME } from '../../../engine/judge/app-hosting.ts';
import { type AnyStep, cisOf, complianceOf, type Severity, type SignedDecision } from '../../../contract/index.ts';
import type { ControlState, State } from '../../../engine/judge/assess.ts';
import { count } from '../../../view/assessment.ts';
import type { AuditedApp } from '../../audited-app.ts';
import { appDetails, type AppRow } from './details.ts';

/** So many apps are told control by control: the worst of them. */
export const MOST_DETAILS = 100;
/** So many apps are named in one row; the rest is counted. */
export const MOST_NAMES = 10;

/** What a fail of each severity weighs, to tell which app is worst; unknown counts a little, so that it does not hide. */
const WEIGHT: Readonly<Record<Severity, number>> = { critical: 1000, high: 100, medium: 10, low: 1 };

/** One control over all apps: where it stands open, and what was found there. */
export interface Topic {
  readonly step: AnyStep;
  readonly control: ControlState;
  many: number;
  readonly places: { readonly app: string; readonly says: string }[];
}

/** One thing that a person put a name to, and the apps it is said of. */
export interface SignedStatement {
  readonly step: AnyStep;
  readonly control: ControlState;
  readonly signed: SignedDecision;
  many: number;
  readonly apps: string[];
}

/** Names of the benchmarks that Azure Policy's initiatives are the source of. */
export const NIST = 'NIST SP 800-53 Rev. 5';
export const ISO_27001 = 'ISO/IEC 27001:2022, Annex A';

export interface Requirement {
  readonly labels: Set<string>;
  pass: number;
  fail: number;
  unknown: number;
  accepted: number;
}

/** Where a state is counted; what is neither of these is not known. */
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
  /** Weight of the least of the worst so far. */
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

/** Adds one app, in place: copies would cost the square of a thousand apps. */
export function collect(into: Collected, app: AuditedApp): void {
  const counts = count(app.steps);
  const controls = app.steps.flatMap((step) => step.controls);
  const weight = controls.reduce(
    (sum, { state, severity }) => sum + (state === 'fail' ? WEIGHT[severity] : state === 'unknown' ? 0.5 : 0),
    0,
  );
  const row: AppRow = { label: app.target.label, about: aboutOf(app), counts, weight };
  into.apps.push(row);
  for (const { step, controls: own } of app.steps) for (const control of own) addControl(into, app.target.label, step, control);
  // A page is long; one that cannot be among the worst any more is not written.
  if (weight <= into.least) return;
  into.details.push({ row, html: appDetails(app, row) });
  // Some more are kept before the least are dropped, so that sorting stays rare.
  if (into.details.length < MOST_DETAILS * 1.25) return;
  into.details = worstOf(into);
  into.least = into.details.at(-1)?.row.weight ?? 0;
}

/** The apps that are told control by control, in the order in which they were looked at where all of them are. */
export const worstOf = ({ details }: Pick<Collected, 'details'>): Collected['details'] =>
  details.length <= MOST_DETAILS ? details : details.toSorted((a, b) => b.row.weight - a.row.weight).slice(0, MOST_DETAILS);

const aboutOf = ({ target, app }: AuditedApp): string =>
  [target.resourceGroup, target.location, app ? `${PLAN_NAME[app.plan]}, ${app.os}` : 'could not be read'].join(' · ');

function addControl(into: Collected, app: string, step: AnyStep, control: ControlState): void {
  const { state, severity, signed } = control;
  into.labels.set(control.id, `${step.title}: ${control.control.label}`);
  add(into.counts, state);
  if (!into.bySeverity.has(severity)) into.bySeverity.set(severity, {});
  add(into.bySeverity.get(severity)!, state);
  if (state === 'fail') addTopic(into.findings, control.id, control.reason ? `${control.found} (${control.reason})` : control.found);
  if (state === 'unknown') addTopic(into.open, `${control.id} ${control.reason ?? ''}`, control.reason ?? '');
  if (state === 'attestation-missing' || state === 'attestation-expired') addTopic(into.open, `${control.id} ${state}`, control.found);
  if (signed) addSaid(into.said, app, step, control, signed);
  if (state !== 'not-applicable') addCompliance(into.compliance, step, control);

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

function addCompliance(all: Collected['compliance'], step: AnyStep, { control, state }: ControlState): void {
  const compliance = complianceOf(control);
  const { mcsb = [], nist = [], iso27001 = [], policy } = compliance;
  const ids = [
    ...mcsb.map((id) => ['Microsoft Cloud Security Benchmark', id]),
    ...cisOf(compliance).map(([version, id]) => [`CIS Microsoft Azure Foundations ${version}`, id]),
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
