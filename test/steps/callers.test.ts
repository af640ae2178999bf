/** Callers of an app over HTTP, and which changes lock them out. */
import { describe, expect, test } from 'vitest';
import { altered } from '../helpers/altered.ts';
import { notesOf, plannedOn } from '../helpers/planned.ts';
import { restrictionsOf } from '../../steps/lib/network/access-restrictions.ts';
import {
  holdersOf,
  passageOf,
  lockedOutByCertificate,
  lockedOutByPrivateAccess,
  lockedOutByRules,
} from '../../steps/lib/network/callers.ts';
import { scmCallers } from '../../steps/lib/deployments.ts';
import type { Binding, Functions, RestrictionRow } from '../../src/azure/index.ts';

const functions = (...triggers: Binding[]): Functions => ({
  value: triggers.map((binding, index) => ({ name: `fn/F${index}`, properties: { config: { bindings: [binding] } } })),
});
const GRID = functions({ type: 'eventGridTrigger' });
const tag = (ipAddress: string, action = 'Allow', priority = 100): RestrictionRow => ({
  ipAddress,
  tag: 'ServiceTag',
  action,
  priority,
  name: `${action} ${ipAddress}`,
});
const ip = (ipAddress: string, action = 'Allow', priority = 100): RestrictionRow => ({
  ipAddress,
  action,
  priority,
  name: `${action} ${ipAddress}`,
});
const levels = (found: readonly { readonly level: string }[]) => found.map(({ level }) => level);

describe('access rules', () => {
  test.each([
    ['its tag', [tag('AzureEventGrid')], 'Deny', 'allowed'],
    ['its tag in another case, among others', [tag('AzureMonitor, azureeventgrid')], 'Deny', 'allowed'],
    ['all of Azure', [tag('AzureCloud')], 'Deny', 'allowed'],
    ['one region of Azure', [tag('AzureCloud.westeurope')], 'Deny', 'depends'],
    ['everybody', [ip('0.0.0.0/0')], 'Deny', 'allowed'],
    ['the internet, which contains Azure', [tag('Internet')], 'Deny', 'allowed'],
    ['a deny rule for the tag Internet', [tag('Internet', 'Deny')], 'Allow', 'denied'],
    ['another tag', [tag('AzureFrontDoor.Backend')], 'Deny', 'denied'],
    ['some addresses', [ip('203.0.113.0/24')], 'Deny', 'depends'],
    ['a subnet', [{ vnetSubnetResourceId: '/x', action: 'Allow', priority: 1, name: 'subnet' }], 'Deny', 'denied'],
    ['a rule that denies the tag', [tag('AZUREEVENTGRID', 'Deny')], 'Allow', 'denied'],
    ['a deny rule before the tag', [ip('0.0.0.0/0', 'Deny', 1), tag('AzureEventGrid', 'Allow', 2)], 'Allow', 'denied'],
    ['the tag before a deny rule', [ip('0.0.0.0/0', 'Deny', 2), tag('AzureEventGrid', 'Allow', 1)], 'Deny', 'allowed'],
    ['its tag, if a header is right', [{ ...tag('AzureEventGrid'), headers: { 'x-azure-fdid': ['a'] } }], 'Deny', 'depends'],
    ['two rules that may decide', [ip('203.0.113.0/24', 'Allow', 1), ip('198.51.100.0/24', 'Deny', 2)], 'Allow', 'depends'],
  ])('%s', (_, rows, rest, reach) => {
    expect(passageOf('AzureEventGrid', restrictionsOf(rows as RestrictionRow[], rest)).reach).toBe(reach);
  });

  test('Event Grid is reported as locked out by a rule that denies its tag, whatever the default action', () => {
    const [found, ...others] = lockedOutByRules(GRID, restrictionsOf([tag('AzureEventGrid', 'Deny')], 'Allow'));
    expect(others).toEqual([]);
    expect(found).toMatchObject({ level: 'warn' });
    expect(found!.says).toContain('Event Grid (F0) is locked out by rule Deny AzureEventGrid');
  });

  test('a blob trigger that Event Grid calls is found in any case, and no other blob trigger', () => {
    const rules = restrictionsOf([], 'Deny');
    expect(lockedOutByRules(functions({ type: 'BlobTrigger', source: 'eventgrid' }), rules)[0]!.says).toContain('Event Grid');
    expect(lockedOutByRules(functions({ type: 'blobTrigger', source: 'LogsAndContainerScan' }), rules)).toEqual([]);
  });

  test('callers with unknown addresses are reported, and nothing is reported if no caller is denied', () => {
    const all = functions({ type: 'orchestrationTrigger' }, { type: 'httpTrigger' });
    expect(levels(lockedOutByRules(all, restrictionsOf([tag('AzureEventGrid')], 'Deny')))).toEqual(['warn', 'warn']);
    expect(lockedOutByRules(all, restrictionsOf([], 'Allow'))).toEqual([]);
  });

  test('the tag ApiManagement does not allow the gateway', () => {
    const found = lockedOutByRules(functions({ type: 'timerTrigger' }), restrictionsOf([tag('apimanagement.WestEurope')], 'Deny'));
    expect(found.map(({ says }) => says).join()).toContain('management addresses of API Management');
  });

  test('callers that could not be listed are reported, and do not count as none', () => {
    expect(levels(lockedOutByRules({ value: [] }, restrictionsOf([], 'Deny')))).toEqual(['warn']);
    expect(lockedOutByRules({ value: [{ name: 'a/F', properties: { config: null } }] }, restrictionsOf([], 'Deny'))[0]!.says).toContain(
      'Azure lists no trigger of F',
    );
  });
});

test('the trigger of Entra ID is known in each of its spellings, and an unknown trigger is never taken for one that nobody calls', () => {
  for (const type of ['authenticationEventsTrigger', 'authenticationEventTrigger', 'webJobsAuthenticationEventsTrigger'])
    expect(lockedOutByPrivateAccess(functions({ type })).map(({ says }) => says)).toEqual([
      'Microsoft Entra ID (F0) outside the virtual network get 403: sign-ins that use the custom authentication extension fail.',
    ]);
  const found = lockedOutByPrivateAccess(functions({ type: 'graphWebhookTrigger' }, { type: 'timerTrigger' }));
  expect(found).toMatchObject([
    { level: 'warn', says: 'func-harden does not know the trigger of F0 (graphWebhookTrigger), so its callers are unknown.' },
  ]);
  const polled =
    'timer apiHubFile queue blob serviceBus eventHub cosmosDB CosmosDBMongo sql mySql kafka rabbitMQ redisStream daprTopic warmup'.split(
      ' ',
    );
  expect(lockedOutByPrivateAccess(functions(...polled.map((type) => ({ type: `${type}Trigger` }))))).toEqual([]);
});

test('a client certificate is required from each caller except at the excluded paths', () => {
  const blob = functions({ type: 'blobTrigger', source: 'EventGrid' });
  expect(levels(lockedOutByCertificate(blob, []))).toEqual(['warn']);
  expect(levels(lockedOutByCertificate(blob, ['/health', '/runtime/webhooks']))).toEqual(['clear']);
  expect(levels(lockedOutByCertificate(blob, ['/runtime/web']))).toEqual(['warn']);
});

test('closed public access has a warning for each caller', () => {
  expect(lockedOutByPrivateAccess(GRID)[0]!.says).toContain('Event Grid (F0) calls from the internet');
});

test('a system key shows its caller', () => {
  expect(holdersOf('system/blobs_extension', undefined).says).toContain('Event Grid delivers events with this key');
  expect(holdersOf('system/durabletask_extension', functions({ type: 'entityTrigger' })).says).toContain('Durable Functions (F0)');
  expect(holdersOf('system/other_extension', GRID).says).toContain('every caller');
});

test('deployment tools are named as far as they could be read', () => {
  const deployed = { value: [{ properties: { deployer: 'VSTS' } }] };
  expect(scmCallers(deployed, null)[0]!.says).toContain('VSTS');
  expect(scmCallers(undefined, null)[0]!.says).toContain('could not be read');
  expect(scmCallers({ value: [] }, { properties: { repoUrl: 'https://example.org/a' } })[0]!.says).toContain('https://example.org/a');
});

// app-service/configure-basic-auth-disable, deploy-local-git
test.each([
  ['LocalGit', {}, /deploys from local Git, which signs in with a user name and a password only/],
  ['localgit', { repoUrl: 'https://fn-bad.scm.azurewebsites.net' }, /deploys from local Git/],
  [
    'GitHub',
    { repoUrl: 'https://github.com/contoso/orders', isGitHubAction: false },
    /Build Service deploys from https:.*contoso.orders\. It requires basic/,
  ],
  ['ExternalGit', {}, /Build Service deploys from ExternalGit/],
  [
    'GitHubAction',
    { repoUrl: 'https://github.com/contoso/orders', isGitHubAction: true },
    /Check that the workflow there signs in with Entra ID/,
  ],
])('before basic authentication is disabled, deployments from %s %j are named', async (scmType, source, text) => {
  const plan = await plannedOn({
    plan: 'P1v3',
    controls: ['deployment-credentials.scm', 'scm.restrictions'],
    change: (_, site) => {
      site.config['scmType'] = scmType;
      if ('repoUrl' in source) site.sourceControl = { ...source, branch: 'main' };
    },
  });
  const says = (id: string): string =>
    notesOf(plan, id)
      .map((note) => note.says)
      .join('\n');
  expect(says('L5')).toMatch(text);
  expect(/addresses of the people who push/.test(says('L9'))).toBe(/^localgit$/i.test(scmType));
});

test('rules of the main site that the SCM site uses too name who deploys, and check the own address there', async () => {
  const plan = await plannedOn({
    plan: 'P1v3',
    controls: ['access-restrictions.rules'],
    change: (_, site) => void Object.assign(site.config, { scmIpSecurityRestrictionsUseMain: true, scmType: 'LocalGit' }),
  });
  const says = notesOf(plan, 'L9').map((note) => note.says);
  for (const text of [
    /The SCM site uses the same rules/,
    /keep access to the SCM site/,
    /Deployments were made by GITHUB/,
    /people who push/,
  ])
    expect(says).toContainEqual(expect.stringMatching(text));
});

test('both ways to disable FTP name the last deployment', async () => {
  const plan = await plannedOn({ plan: 'P1v3', controls: ['ftp.state', 'deployment-credentials.ftp'] });
  expect(notesOf(plan, 'L6').filter((note) => /recorded was by GITHUB_ZIP_DEPLOY_FUNCTIONS_V1 on 2026/.test(note.says))).toHaveLength(2);
});

test.each([
  ['https.client-cert', 'L11', 'sends no client certificate'],
  ['private-access.public-network', 'L7', 'calls from the internet'],
  ['private-access.endpoint', 'L7', 'calls from the internet'],
])('%s names the services that call the app', async (control, guard, text) => {
  const plan = await plannedOn({
    plan: 'P1v3',
    controls: [...(control.startsWith('private') ? ['private-access.endpoint'] : []), control],
    change: (_, site) =>
      void (site.functions = [{ name: 'OnBlob', language: 'python', bindings: [{ type: 'blobTrigger', name: 'x', source: 'EventGrid' }] }]),
  });
  const says = notesOf(plan, guard).map((note) => note.says);
  expect(says.join('\n')).toContain(`Event Grid (OnBlob) ${text}`);
  expect([...new Set(plan.changes.map(({ risk }) => risk))]).toEqual(['lock-out']);
});

test('required client certificates warn about plain HTTP, unless the same plan ends it', async () => {
  const says = async (...controls: string[]) =>
    notesOf(await plannedOn({ plan: 'P1v3', controls }), 'L11')
      .map((note) => note.says)
      .join('\n');
  expect(await says('https.client-cert')).toContain('HTTPS only is off');
  expect(await says('https.client-cert', 'https.https-only')).not.toContain('HTTPS only is off');
});

test('API Management is named if it is linked with the app', async () => {
  const app = await altered((_, site) => {
    const id = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.ApiManagement/service/apim-shop/apis/orders';
    Object.assign(site.config, { apiManagementConfig: { id } });
  });
  const rules = [{ name: 'office', priority: 10, action: 'Allow', ip: '203.0.113.0/24' }];
  const plan = await app.planned(['access-restrictions.rules'], { 'access-restrictions': { rules } });
  expect(
    notesOf(plan, 'L8')
      .map(({ says }) => says)
      .join('\n'),
  ).toContain('API Management (apim-shop is linked with the app) need their own access rule');
});
