/** Makes audits for the formats without Azure: any number of apps, in every state. */
import { STATES, type ControlState } from '../../src/engine/judge/assess.ts';
import type { Target } from '../../src/azure/index.ts';
import type { AuditReport } from '../../src/report/audit-writers.ts';

export { wholeReport } from '../../src/report/audit-writers.ts';
import { catalogue } from '../../steps/index.ts';
import type { AuditedApp } from '../../src/report/audited-app.ts';

const GROUP = '/subscriptions/d1a7c0de-0001-4f6e-8b1a-c0ffee000001/resourceGroups/rg-many/providers/Microsoft.Web/sites';

/** `pick` returns the state of a control of an app. */
export function madeUp(apps: number, pick: (app: number, control: number) => ControlState['state']): AuditReport {
  return {
    tool: 'func-harden 1.2.3',
    generatedAt: '2026-11-27T07:00:00.000Z',
    apps: Array.from({ length: apps }, (_, index) => appOf(index, pick)),
  };
}

export const inTurn = (app: number, control: number): ControlState['state'] => STATES[(app + control) % STATES.length] ?? 'pass';

function appOf(index: number, pick: (app: number, control: number) => ControlState['state']): AuditedApp {
  const name = `fn-${String(index).padStart(4, '0')}`;
  const target: Target = {
    id: `${GROUP}/${name}`,
    name,
    label: name,
    resourceGroup: 'rg-many',
    subscriptionId: 'd1a7c0de-0001-4f6e-8b1a-c0ffee000001',
    location: 'West Europe',
    kind: 'functionapp',
    tags: {},
  };
  let number = 0;
  const steps = catalogue.map((step) => {
    const controls = step.controls.map((control): ControlState => {
      const state = pick(index, number++);
      return {
        id: `${step.id}.${control.id}`,
        control,
        state,
        severity: control.severity,
        found: state === 'attested' ? 'Dana Lee, until 2027-05-01: https://dev.contoso.com/reviews/1' : 'off',
        wanted: 'on',
        resource: target.id,
        path: 'properties.it',
        reason:
          state === 'accepted' ? 'Dana Lee, until 2027-01-31: until the migration' : state === 'unknown' ? 'No right to read it.' : null,
        lines: [],
      };
    });
    return { step, controls, state: STATES.find((state) => controls.some((one) => one.state === state)) ?? 'not-applicable' };
  });
  return { target, app: { name, plan: 'Y1', os: 'linux', ase: false }, steps };
}
