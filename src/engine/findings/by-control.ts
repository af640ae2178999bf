/** Findings of many apps with one entry for each control: how many apps fail it. */
import type { Severity } from '../../contract/index.ts';
import type { Finding } from './finding.ts';
import { FINDING_RISKS, type FindingRisk, type GroupedSort } from './finding-terms.ts';

const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low'];

export interface FailingControl extends Pick<Finding, 'id' | 'step' | 'control'> {
  /** The worst severity of its findings. */
  readonly severity: Severity;
  /** The risks of the fixes, the mildest first: a fix may be possible in some apps only. */
  readonly risks: readonly FindingRisk[];
  readonly findings: number;
  /** The number of apps and slots that fail it, by a resource of their own or by a shared one. */
  readonly apps: number;
}

interface Counted extends Pick<Finding, 'id' | 'step' | 'control'> {
  readonly severities: Set<Severity>;
  readonly risks: Set<FindingRisk>;
  readonly apps: Set<string>;
  findings: number;
}

/** Returns each control that has findings, the most severe first, or in the given order. */
export function findingsByControl(list: Iterable<Finding>, sort: GroupedSort = 'severity'): readonly FailingControl[] {
  const counted = new Map<string, Counted>();
  for (const { id, step, control, severity, risk, apps } of list) {
    const own = counted.get(id) ?? { id, step, control, severities: new Set(), risks: new Set(), apps: new Set(), findings: 0 };
    counted.set(id, own);
    own.severities.add(severity);
    own.risks.add(risk);
    own.findings += 1;
    for (const app of apps) own.apps.add(app.id.toLowerCase());
  }
  const all = [...counted.values()].map(({ severities, risks, apps, ...rest }): FailingControl => {
    const severity = SEVERITIES.find((one) => severities.has(one)) as Severity;
    return { ...rest, severity, risks: FINDING_RISKS.filter((one) => risks.has(one)), apps: apps.size };
  });
  const severity = (one: FailingControl): number => SEVERITIES.indexOf(one.severity);
  const risk = (one: FailingControl): number => FINDING_RISKS.indexOf(one.risks[0] as FindingRisk);
  const many = (one: FailingControl): number => -one.apps;
  const keys: Readonly<Record<GroupedSort, readonly ((one: FailingControl) => number | string)[]>> = {
    severity: [severity, risk, many],
    risk: [risk, severity, many],
    apps: [many, severity, risk],
    area: [({ step }) => step.id, severity, risk, many],
  };
  const order = [...keys[sort], ({ id }: FailingControl) => id];
  return all.toSorted((a, b) => {
    for (const key of order) {
      const [one, other] = [key(a), key(b)];
      if (one !== other) return one < other ? -1 : 1;
    }
    return 0;
  });
}
