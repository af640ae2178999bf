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

test('a workspace, component or DNS zone that is named like another one is not guessed at', () => {
  const two = (type: string, name: string) => ({
    value: ['one', 'two'].map((group) => ({ id: `/subscriptions/s/resourceGroups/${group}/providers/${type}/${name}`, name })),
  });
  const ZONE = 'privatelink.azurewebsites.net';
  const facts = {
    site: { id: '/s', properties: {} },
    workspaces: two('Microsoft.OperationalInsights/workspaces', 'log'),
    components: two('Microsoft.Insights/components', 'appi'),
    privateDnsZones: two('Microsoft.Network/privateDnsZones', ZONE),
    diagnosticSettings: { value: [] },
  };
  const guard = (area: string, id: string, name: string, answers: object) => {
    const rule = catalogue.find((one) => one.id === area)!.controls.find((one) => one.id === id) as Rule<unknown>;
    return rule.guards!.find((one) => one.id === name)!.check({ facts, planned: facts, answers } as never);
  };
  const stop = {
    level: 'stop',
    says: expect.stringMatching(/^2 .* are called .*\/resourceGroups\/one\/.*\/resourceGroups\/two\//) as string,
  };
  expect(guard('monitoring', 'diagnostics', 'workspace', { workspace: 'LOG' })).toEqual(stop);
  expect(guard('monitoring', 'sentinel', 'workspace', { workspace: 'log' })).toEqual(stop);
  expect(guard('monitoring', 'app-insights', 'workspace', { component: 'appi' })).toEqual(stop);
  expect(guard('monitoring', 'app-insights', 'workspace', { component: 'new', workspace: 'log' })).toEqual(stop);
  expect(guard('private-access', 'dns', 'zone', { dnsZone: ZONE })).toEqual(stop);
  expect(guard('monitoring', 'app-insights', 'workspace', { component: facts.components.value[1]!.id })).toMatchObject({ level: 'clear' });
});
