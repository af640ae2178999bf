/** Log categories that a diagnostic setting of somebody else sends by their group. */
import { expect, test } from 'vitest';
import type { Rule } from '../../src/step.ts';
import { catalogue } from '../../steps/index.ts';

const control = catalogue.find(({ id }) => id === 'monitoring')!.controls.find(({ id }) => id === 'diagnostics') as Rule<unknown>;
const WORKSPACE = '/subscriptions/s/resourceGroups/g/providers/Microsoft.OperationalInsights/workspaces/log';

test.each([
  ['audit', ['FunctionAppLogs', 'AppServiceAuthenticationLogs']],
  ['allLogs', []],
  ['another', ['FunctionAppLogs', 'AppServiceAuditLogs', 'AppServiceAuthenticationLogs']],
])('the group %s is not sent to the same workspace a second time by its members', (categoryGroup, left) => {
  const facts = {
    site: { id: '/s', properties: { eligibleLogCategories: 'FunctionAppLogs,AppServiceAuditLogs,AppServiceAuthenticationLogs' } },
    workspaces: { value: [{ id: WORKSPACE, name: 'log' }] },
    diagnosticSettings: {
      value: [{ name: 'by-policy', properties: { workspaceId: WORKSPACE, logs: [{ categoryGroup, enabled: true }] } }],
    },
  };
  const x = { facts, answers: { workspace: 'log' } } as never;
  const [draft] = control.draft!(x) as unknown as { to: { properties: { logs: { category: string }[] } } }[];
  expect(draft!.to.properties.logs.map(({ category }) => category)).toEqual(left);
  expect(control.judge(x).state).toBe(left.length > 0 ? 'fail' : 'pass');
});
