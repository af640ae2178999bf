/** Findings of many apps: common parts of one app are stored once, and each sort has its order. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import type { Target } from '../../src/azure/index.ts';
import type { ControlState, StepState } from '../../src/engine/judge/assess.ts';
import { Findings, type Finding } from '../../src/engine/findings/finding.ts';
import { FindingTable } from '../../src/engine/findings/finding-table.ts';
import { sortFindings } from '../../src/engine/findings/order.ts';
import { SORTS } from '../../src/engine/findings/finding-terms.ts';
import { catalogue } from '../../steps/index.ts';

const target = (name: string) => ({
  id: `/subscriptions/s/resourceGroups/rg/providers/Microsoft.Web/sites/${name}`,
  name,
  label: name,
  resourceGroup: 'rg',
  subscriptionId: 's',
  location: 'westeurope',
  kind: 'functionapp',
  tags: {},
});

const [step] = catalogue;
const [first, second] = step!.controls;

const failing = (
  control: ControlState['control'],
  about: ControlState['about'] = [],
  more: Partial<Pick<ControlState, 'found' | 'resource'>> = {},
): StepState => ({
  step: step!,
  state: 'fail',
  controls: [
    {
      id: `${step!.id}.${control.id}`,
      control,
      state: 'fail',
      severity: control.severity,
      found: 'off',
      wanted: 'on',
      resource: null,
      about,
      path: null,
      reason: null,
      lines: [],
      ...more,
    },
  ],
});

test('all findings of an app share its list of apps; a finding about a shared resource still names each app', () => {
  const kept = new Findings();
  kept.add(target('fn-0'), [failing(first!), failing(second!)]);
  expect(kept.all()[0]?.apps).toBe(kept.all()[1]?.apps);
  kept.add(target('fn-0'), []);
  const about = [{ id: '/plans/shared', found: 'one worker' }];
  const [one, other] = [target('fn-1'), target('fn-2')];
  kept.add(one, [failing(first!), failing(second!, about)]);
  kept.add(other, [failing(first!), failing(second!, about)]);
  kept.add(one, [failing(first!), failing(second!, about)]);
  const [a, b, shared, ...more] = kept.all();
  expect(more).toEqual([]);
  expect([a?.apps, b?.apps]).toEqual([[one], [other]]);
  expect(shared).toMatchObject({ found: 'one worker', resource: '/plans/shared', isShared: true, apps: [one, other] });
  // Changes for the list must not change the apps that it was made from.
  expect(kept.all()[2]?.apps).toEqual([one, other]);
});

/** Judges an app of a fleet, with its own texts and ids, as Azure returns them. */
function judgedApp(app: Target): StepState[] {
  const about = [{ id: `/plans/${app.name.length}`, found: `${app.name} and others` }];
  return [
    failing(first!, [], { found: `TLS ${app.name.length / 10}`, resource: app.id }),
    failing(second!, [], { found: `off in ${app.name}`, resource: `${app.id}/config/web` }),
    failing(first!, about, { resource: '/plans/other' }),
    ...Array.from({ length: 20 }, (_, index) => failing(second!, [], { found: `value ${index}`, resource: `${app.id}/config/${index}` })),
  ];
}

test('a table has the same findings as the list, also for an app that is judged again and with a filter', () => {
  const [list, table] = [new Findings(), new FindingTable()];
  const apps = ['fn-1', 'fn-10', 'fn-2', 'fn-1'].map(target);
  for (const app of apps) for (const kept of [list, table]) kept.add(app, judgedApp(app));
  const all = list.all();
  expect(all.length).toBeGreaterThan(60);
  for (const isWanted of [() => true, () => false, ({ severity }: Pick<Finding, 'severity'>) => severity === first!.severity]) {
    const { length, at } = table.list(isWanted);
    expect(Array.from({ length }, (_, place) => at(place))).toEqual(all.filter(isWanted));
  }
});

test('a table of a fleet takes a few bytes for each finding', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const heap = () => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const apps = Array.from({ length: 2000 }, (_, index) => target(`fn-${index}`));
  const table = new FindingTable();
  const before = heap();
  for (const app of apps) table.add(app, judgedApp(app).slice(2));
  const bytes = heap() - before;
  expect(bytes / table.list(() => true).length).toBeLessThan(60);
});

test('each sort order is the same, whatever order the findings arrived in', () => {
  const [b, a, c] = ['fn-b', 'Fn-a', 'fn-c'].map(target);
  const apps: readonly Target[] = [
    { ...b!, subscriptionId: 's-1', tags: { env: 'prod', Owner: 'Shop' } },
    { ...a!, subscriptionId: 's-2', tags: { env: 'dev' } },
    c!,
  ];
  const list = catalogue.flatMap((step) =>
    step.controls.flatMap((control, at): Finding[] => {
      const base = { id: `${step.id}.${control.id}`, step, control, severity: control.severity, fix: 'safe', state: 'fail' } as const;
      const more = { risk: (['safe', 'disruptive', 'by-hand'] as const)[at % 3]!, found: 'off', wanted: 'on', resource: null };
      return [[apps[0]!], [apps[1]!], apps].map((some) => ({ ...base, ...more, isShared: some.length > 1, apps: some }));
    }),
  );
  for (const sort of SORTS) {
    const numbers = {
      severity: ({ severity, risk, apps: { length } }: Finding) => [SEVERITIES.indexOf(severity), RISKS.indexOf(risk), -length],
      risk: ({ severity, risk, apps: { length } }: Finding) => [RISKS.indexOf(risk), SEVERITIES.indexOf(severity), -length],
      apps: ({ severity, risk, apps: { length } }: Finding) => [-length, SEVERITIES.indexOf(severity), RISKS.indexOf(risk)],
      area: ({ step: { id }, severity, risk }: Finding) => [areas.indexOf(id), SEVERITIES.indexOf(severity), RISKS.indexOf(risk)],
      app: ({ apps: [app], severity }: Finding) => [['fn-a', 'fn-b'].indexOf(app!.label.toLowerCase()), SEVERITIES.indexOf(severity)],
      subscription: ({ apps: [app], severity }: Finding) => [['s-1', 's-2'].indexOf(app!.subscriptionId), SEVERITIES.indexOf(severity)],
      // An app without an owner is listed last.
      owner: ({ apps: [app], severity }: Finding) => [['fn-b', 'Fn-a'].indexOf(app!.label), SEVERITIES.indexOf(severity)],
      tag: ({ apps: [app], severity }: Finding) => [['dev', 'prod'].indexOf(app!.tags['env']!), SEVERITIES.indexOf(severity)],
    }[sort];
    for (const some of [list, list.toReversed()]) {
      const sorted = sortFindings(some, sort);
      expect(new Set(sorted)).toEqual(new Set(list));
      for (const [at, one] of sorted.slice(1).entries()) expect(compare(numbers(sorted[at]!), numbers(one))).toBeLessThanOrEqual(0);
    }
  }
});
const SEVERITIES = ['critical', 'high', 'medium', 'low'];
const RISKS = ['safe', 'disruptive', 'lock-out', 'one-way', 'by-hand'];
const areas = catalogue.map(({ id }) => id).toSorted();
const compare = (a: readonly number[], b: readonly number[]): number => {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : a[at]! - b[at]!;
};
