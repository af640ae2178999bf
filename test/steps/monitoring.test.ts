import area from '../../steps/monitoring.ts';
import { ROLE } from '../../src/emulator/access/roles.ts';
import { areaTester } from '../helpers/area-tester.ts';
import { component, COMPONENT, listOf, OWN_IDENTITY, roles, SENDS } from '../helpers/bodies.ts';
import { WORKSPACE } from '../helpers/places.ts';

const insights = (properties: Parameters<typeof component>[0] = {}) => ({ settings: SENDS, others: component(properties) });
const byEntra = { ...SENDS, APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'Authorization=AAD' };
const OTHER_ROLE = '0a000000-0000-4000-8000-0000000000dd';
const signsIn = (...held: readonly (readonly [role: string, scope: string])[]) => ({
  identity: OWN_IDENTITY,
  settings: byEntra,
  others: { ...component(), identityRoles: roles(...held) },
});
const REGION = 'https://westeurope-5.in.applicationinsights.azure.com/';
const through = (endpoint: string) => ({
  settings: { APPLICATIONINSIGHTS_CONNECTION_STRING: `${SENDS.APPLICATIONINSIGHTS_CONNECTION_STRING};IngestionEndpoint=${endpoint}` },
  others: component({ ConnectionString: `x;IngestionEndpoint=${REGION}` }),
});
const stopped = (dataIngestionStatus: string) =>
  listOf({ id: WORKSPACE, name: 'log', location: 'westeurope', properties: { workspaceCapping: { dataIngestionStatus } } });
const publishes = { identityRoles: roles([ROLE.metricsPublisher, COMPONENT]) };
const workspaces = listOf({ id: WORKSPACE, name: 'log', location: 'westeurope', properties: {} });
const logs = (...categories: string[]) => ({
  site: { eligibleLogCategories: 'FunctionAppLogs' },
  others: {
    workspaces,
    diagnosticSettings: listOf(
      ...categories.map((category) => ({ name: 'own', properties: { workspaceId: WORKSPACE, logs: [{ category, enabled: true }] } })),
    ),
  },
});
const sentinel = () => ({ others: { ...logs('FunctionAppLogs').others, sentinel: listOf() } });
const STATE = `${WORKSPACE}/providers/Microsoft.SecurityInsights/onboardingStates/default`;
const onboarded = { others: { ...logs('FunctionAppLogs').others, sentinel: listOf({ id: STATE, name: 'default', properties: {} }) } };

/** A setting that names a workspace, and sends nothing there. */
const silent = listOf({ name: 'own', properties: { workspaceId: WORKSPACE, logs: [{ category: 'FunctionAppLogs', enabled: false }] } });
/** A setting that sends logs and names no workspace. */
const nowhere = listOf({ name: 'own', properties: { workspaceId: '', logs: [{ category: 'FunctionAppLogs', enabled: true }] } });
const elsewhere = listOf({
  name: 'own',
  properties: { workspaceId: `${WORKSPACE}-2`, logs: [{ category: 'FunctionAppLogs', enabled: true }] },
});

const outside = (properties: object) =>
  listOf({ name: 'own', properties: { ...properties, logs: [{ categoryGroup: 'allLogs', enabled: true }] } });

/** Senders that a closed component refuses, and more: telemetry.test.ts. */
areaTester.run(area, {
  pass: [
    ['app-insights', insights(), 'appi'],
    ['app-insights', through(REGION), 'appi'],
    ['app-insights', through('https://westeurope-1.in.applicationinsights.azure.com'), 'appi'],
    ['app-insights', through('https://dc.services.visualstudio.com/'), 'appi'],
    [
      'app-insights',
      { settings: SENDS, others: { ...component({ WorkspaceResourceId: WORKSPACE }), workspaces: stopped('ApproachingQuota') } },
      'appi',
    ],
    ['insights-auth', signsIn([ROLE.metricsPublisher, COMPONENT]), 'with Entra ID'],
    ['insights-local-auth', insights({ DisableLocalAuth: true }), 'off at appi'],
    ['diagnostics', logs('FunctionAppLogs')],
    ['http-logs', { config: { httpLoggingEnabled: true } }, 'on'],
    ['sentinel', onboarded],
  ],
  fail: [
    ['app-insights', { others: component() }, 'not connected'],
    ['app-insights', { ...insights(), answers: { component: 'other' } }, 'appi'],
    ['app-insights', insights({ IngestionMode: 'Disabled' }), /its workspace was deleted/],
    ['app-insights', insights({ DisableLocalAuth: true }), /only with Entra ID; the app sends it with the key/],
    ['app-insights', insights({ publicNetworkAccessForIngestion: 'Disabled' }), /the app is not in a virtual network/],
    [
      'app-insights',
      { settings: SENDS, others: { ...component({ WorkspaceResourceId: WORKSPACE }), workspaces: stopped('OverQuota') } },
      'appi, whose workspace log stores no data: its daily cap is reached',
    ],
    [
      'app-insights',
      { settings: { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector' }, others: component(), answers: { component: 'appi' } },
    ],
    ['insights-auth', insights(), 'with the key in the connection string'],
    ['insights-auth', signsIn(), 'with Entra ID, but the identity does not have the role Monitoring Metrics Publisher on appi'],
    ['insights-auth', { settings: byEntra, others: component() }, 'with Entra ID, but the app has no system-assigned identity'],
    [
      'insights-auth',
      { ...signsIn([ROLE.metricsPublisher, COMPONENT]), settings: { ...byEntra, WEBSITE_DISABLE_MSI: 'true' } },
      /^with Entra ID, but the app setting WEBSITE_DISABLE_MSI switches off the tokens/,
    ],
    ['insights-local-auth', insights(), 'on at appi'],
    ['diagnostics', logs()],
    [
      'diagnostics',
      { ...logs('FunctionAppLogs'), others: { ...logs('FunctionAppLogs').others, workspaces: stopped('SubscriptionSuspended') } },
      'not stored: FunctionAppLogs; workspace log stores no data: its subscription is suspended',
    ],
    ['diagnostics', { others: { diagnosticSettings: nowhere } }, 'not sent: FunctionAppLogs'],
    [
      'diagnostics',
      { others: { diagnosticSettings: outside({ eventHubAuthorizationRuleId: '/hub' }) }, answers: { workspace: 'log' } },
      'sent only to an event hub (not checked): FunctionAppLogs',
    ],
    ['http-logs', {}, 'off'],
    ['sentinel', sentinel()],
    ['sentinel', { others: { ...onboarded.others, diagnosticSettings: nowhere } }, 'no workspace receives the logs'],
    ['sentinel', { others: { ...onboarded.others, diagnosticSettings: silent } }, 'no workspace receives the logs'],
  ],
  unknown: [
    [
      'diagnostics',
      { others: { diagnosticSettings: outside({ eventHubAuthorizationRuleId: '/hub', storageAccountId: '/st' }) } },
      'sent only to an event hub and a storage account (not checked): FunctionAppLogs',
    ],
    [
      'sentinel',
      { others: { ...onboarded.others, diagnosticSettings: elsewhere }, answers: { workspace: 'log' } },
      /not among the workspaces/,
    ],
    [
      'app-insights',
      { ...insights({ publicNetworkAccessForIngestion: 'Disabled' }), site: { virtualNetworkSubnetId: '/s' } },
      /private link scope/,
    ],
    [
      'app-insights',
      { settings: SENDS, others: { ...component({ WorkspaceResourceId: `${WORKSPACE}-2` }), workspaces: stopped('RespectQuota') } },
      'appi; its workspace log-2 is not in this subscription: it was deleted, or you have no permission to read it',
    ],
    ['app-insights', through('https://eastus-8.in.applicationinsights.azure.com/'), /names the ingestion endpoint eastus\.in\./],
    [
      'app-insights',
      { settings: { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector' }, others: component() },
      'not connected; OTEL_EXPORTER_OTLP_ENDPOINT names a different service for telemetry, which was not checked',
    ],
    ['insights-auth', signsIn([OTHER_ROLE, COMPONENT]), /not checked what the roles of the identity grant/],
    ['insights-auth', { ...signsIn(), others: component() }],
    ['diagnostics', { ...logs('FunctionAppLogs'), site: {} }, /Azure does not report which other categories/],
    [
      'diagnostics',
      { ...logs('FunctionAppLogs'), others: { ...logs('FunctionAppLogs').others, workspaces: listOf() } },
      /it was deleted, or you have no/,
    ],
  ],
  plan: [
    [
      'app-insights',
      {
        others: { ...component(), workspaces, stickyNames: { properties: {} } },
        answers: { component: 'appi-fn', workspace: 'log' },
      },
      ['components: made', 'appSettings: APPLICATIONINSIGHTS_CONNECTION_STRING = <connection string of appi-fn>'],
    ],
    [
      'insights-auth',
      { identity: OWN_IDENTITY, settings: SENDS, others: { ...component(), ...publishes } },
      ['appSettings: APPLICATIONINSIGHTS_AUTHENTICATION_STRING = Authorization=AAD'],
    ],
    // The identity that the setting names stays: it gets the role, and the system-assigned one does not take its place.
    [
      'insights-auth',
      {
        identity: { ...OWN_IDENTITY, userAssignedIdentities: { '/id-fn': { principalId: 'p-fn', clientId: 'c-fn' } } },
        settings: { ...SENDS, APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=C-FN;Authorization=AAD' },
        others: { ...component(), ...publishes },
      },
      ['roleAssignments: made'],
    ],
    ['insights-local-auth', insights(), ['components: DisableLocalAuth = true']],
    [
      'diagnostics',
      {
        ...logs('FunctionAppLogs'),
        others: { ...logs('FunctionAppLogs').others, workspaces: stopped('ForceOff') },
        answers: { workspace: 'log' },
      },
      [],
    ],
    ['diagnostics', { ...logs(), answers: { workspace: 'log' } }, ['diagnosticSettings: made']],
    ['http-logs', {}, ['siteConfig: httpLoggingEnabled = true']],
    ['sentinel', { ...sentinel(), answers: { workspace: 'log' } }, ['sentinel: made']],
    ['sentinel', { others: { ...onboarded.others, ...logs().others }, answers: { workspace: 'log' } }, []],
  ],
  guards: [
    ['workspace', 'diagnostics', 'warn', { others: { ...logs().others, workspaces: stopped('OverQuota') }, answers: { workspace: 'log' } }],
    [
      'workspace',
      'diagnostics',
      'stop',
      {
        ...logs('FunctionAppLogs'),
        others: { ...logs('FunctionAppLogs').others, workspaces: stopped('ForceOff') },
        answers: { workspace: 'log' },
      },
    ],
    ['workspace', 'diagnostics', 'clear', { others: logs().others, answers: { workspace: 'log' } }],
    ['workspace', 'sentinel', 'clear', { ...sentinel(), answers: { workspace: 'log' } }],
    ['workspace', 'sentinel', 'stop', { others: { ...onboarded.others, diagnosticSettings: silent }, answers: { workspace: 'log' } }],
    ['workspace', 'sentinel', 'stop', { others: { ...logs().others, sentinel: listOf() }, answers: { workspace: 'log' } }],
  ],
  anyway: { 'http-logs': 'never bad: off is what "not set" means' },
  answers: { component: 'appi-bad', workspace: 'log' },
  sample: (app) => ({ component: `appi-${app.replace('/', '-').replace('fn-', '')}`, workspace: 'log-contoso' }),
  notNeeded: { diagnostics: ['workspaces'], 'app-insights': ['workspaces'], 'insights-auth': ['identityRoles'] },
  recorded: {
    'http-logs': {
      'not-applicable, web server logs are a feature of App Service plans':
        '01[3] 02[2] 03[2] 2-01[4-5,18-19] 2-05[4] 2-06[5-6] 2-07[3,10,17] 2-13[2,11]',
      'not-applicable, Container Apps has its own logs': '06[6]',
      'fail, off':
        '07[0-2] 11[0-1] 12[0-7] 13[0-1] 14[0-2] 15[0-2] 16[0-2] 17[0-8] 26[0,3] 2-03[4,16,20,24-25] 2-15[2,8] 2-17[8-9,12] 2-25[1]',
      'not-applicable, Linux apps have no web server log; the container writes its own log': '2-07[13] 2-09[3] 2-11[3,7] 2-20[2] 2-23[5]',
    },
  },
});
