import { byNameOrId, INSIGHTS_AUTH, LACKS, severalHave } from '../src/azure/index.ts';
import {
  componentElsewhere,
  connectInsights,
  currentComponent,
  judgeInsights,
  judgeTelemetrySignIn,
  telemetryByEntra,
  telemetryGuard,
} from './lib/monitoring/application-insights.ts';
import { judgeLocalAuth, localAuthGuard, localAuthOff } from './lib/monitoring/telemetry-local-auth.ts';
import { appPolicy, AUDIT_DENY, clear, defineStep, stop } from '../src/contract/index.ts';
import {
  judgeLogs,
  logsArrive,
  logsGuard,
  offeredLogs,
  sendLogs,
  severalWorkspaces,
  workspaceOf,
} from './lib/monitoring/log-workspaces.ts';
import { isOnboarded, judgeOnboarding, workspacesWithLogs } from './lib/monitoring/diagnostic-settings.ts';
import { switchedTo } from './lib/on-off.ts';

const DOCS = 'https://learn.microsoft.com/azure/azure-functions/configure-monitoring';
const DIAGNOSTIC_DOCS = 'https://learn.microsoft.com/azure/azure-functions/functions-monitor-log-analytics';

const idOrName = (type: string): RegExp =>
  new RegExp(`^([\\w(][\\w.()-]{0,89}|/subscriptions/[^/\\s]+/resourceGroups/[^/\\s]+/providers/${type}/[\\w(][\\w.()-]*)$`, 'i');

export default defineStep({
  id: 'monitoring',
  title: 'Log and monitor',
  group: 'operation',
  why: 'Without logs, an attack cannot be detected or investigated. Logs in a separate workspace remain after the app is deleted.',
  docs: ['https://learn.microsoft.com/azure/azure-functions/security-concepts#log-and-monitor', DOCS],
  questions: {
    component: {
      kind: 'pick',
      of: 'Application Insights component',
      label: 'Which Application Insights component receives telemetry?',
      help: 'Choose an existing component, or type a name for a new one. A new component is created in the resource group of the app and uses the workspace.',
      example: 'appi-orders',
      pattern: idOrName('Microsoft.Insights/components'),
    },
    workspace: {
      kind: 'pick',
      of: 'Log Analytics workspace',
      label: 'Which Log Analytics workspace receives the logs?',
      help: 'The workspace must exist in the subscription of the app.',
      mustExist: true,
      example: 'log-contoso',
      pattern: idOrName('Microsoft.OperationalInsights/workspaces'),
    },
    categories: {
      kind: 'names',
      optional: true,
      exempts: true,
      of: 'log categories',
      label: 'Which logs should be sent?',
      help: 'The available categories depend on the plan. FunctionAppLogs contains the logs of the functions.',
      example: 'FunctionAppLogs',
      pattern: /^[A-Za-z]+$/,
    },
  },
  prefill: {
    component: ({ facts, app }) => {
      const current = currentComponent(facts);
      if (!current) return `appi-${app.name}`;
      return severalHave('', facts.components.value, current.name) ? current.id : current.name;
    },
    workspace: ({ facts }) => {
      const [first] = facts.workspaces.value;
      return first && severalHave('', facts.workspaces.value, first.name) ? first.id : first?.name;
    },
    categories: offeredLogs,
  },
  options: {
    component: ({ facts, app }) => [
      ...(facts.components.value.some(({ name }) => name === `appi-${app.name}`)
        ? []
        : [{ value: `appi-${app.name}`, label: `a new component appi-${app.name}` }]),
      ...facts.components.value.map(({ name, id }) => ({
        value: severalHave('', facts.components.value, name) ? id : name,
        label: `${name}   ${id.split('/')[4] ?? ''}`,
      })),
    ],
    workspace: ({ facts }) =>
      facts.workspaces.value.map(({ name, location, id }) => ({
        value: severalHave('', facts.workspaces.value, name) ? id : name,
        label: `${name}   ${location}   ${id.split('/')[4] ?? ''}`,
      })),
    categories: (x) => offeredLogs(x).map((value) => ({ value, label: value })),
  },
  plain: [INSIGHTS_AUTH],
  controls: [
    {
      kind: 'rule',
      id: 'app-insights',
      label: 'Application Insights',
      because: 'Without telemetry, failures and unusual call volumes are not noticed.',
      severity: 'medium',
      risk: 'disruptive',
      effect: 'Requests, errors and traces are sent to the component and billed by volume.',
      reads: ['appSettings', 'components', 'site', 'workspaces'],
      draftReads: ['stickyNames'],
      writes: ['components', 'stickyNames', 'appSettings'],
      needs: ['component', 'workspace'],
      docs: DOCS,
      compliance: {
        mcsb: ['LT-3'],
        cis: { '2.0': '5.3.1', '2.1': '5.3.1', '3.0': '6.3.1', '4.0': '7.1.3.1', '5.0': '6.1.3.1', '6.0': '6.1.3.1' },
      },
      judge: judgeInsights,
      draft: connectInsights,
      guards: [
        {
          id: 'workspace',
          reads: ['workspaces'],
          check: (x) => {
            const known = byNameOrId(x.facts.components.value, x.answers.component ?? '');
            const several =
              severalHave('components', x.facts.components.value, x.answers.component) ?? (known ? undefined : severalWorkspaces(x));
            if (several) return stop(several);
            return known || workspaceOf(x)
              ? clear('The component exists, or is created on an existing workspace.')
              : stop(
                  `Workspace "${x.answers.workspace ?? ''}" was not found in this subscription, or you have no permission to read it. A component requires a workspace. Check the name, or choose a different workspace.`,
                );
          },
        },
        { id: 'component', check: componentElsewhere },
      ],
    },
    {
      kind: 'rule',
      id: 'insights-auth',
      label: 'Telemetry authentication',
      because:
        'Anyone who has the key in the connection string can send false telemetry. With Entra ID, only the identity of the app can send it.',
      severity: 'low',
      risk: 'disruptive',
      strict: true,
      effect: 'The host uses an identity of the app to send its telemetry.',
      reads: ['appSettings', 'components', 'site', 'identityRoles'],
      draftReads: ['siteIdentity'],
      writes: ['appSettings', 'roleAssignments', 'siteIdentity'],
      docs: 'https://learn.microsoft.com/azure/azure-functions/functions-app-settings#applicationinsights_authentication_string',
      compliance: { mcsb: ['IM-3'] },
      judge: judgeTelemetrySignIn,
      draft: telemetryByEntra,
      guards: [{ id: 'telemetry', check: telemetryGuard }],
    },
    {
      kind: 'rule',
      id: 'insights-local-auth',
      label: 'Telemetry local authentication',
      because: 'While the component accepts its key, anyone who has the key can send false telemetry.',
      severity: 'low',
      risk: 'lock-out',
      strict: true,
      optIn: 'All other senders that use the key are refused. func-harden cannot see all of them.',
      effect: 'The component accepts telemetry only with Entra ID tokens.',
      reads: ['appSettings', 'components'],
      draftReads: ['site', 'identityRoles'],
      writes: ['components'],
      docs: 'https://learn.microsoft.com/azure/azure-monitor/app/azure-ad-authentication#disable-local-authentication',
      compliance: { mcsb: ['IM-1'] },
      policy: {
        id: '199d5677-e4d9-4264-9465-efe1839c06bd',
        title: 'Application Insights components should block non-Azure Active Directory based ingestion.',
        effects: AUDIT_DENY,
        about: 'component of Application Insights',
      },
      judge: judgeLocalAuth,
      draft: localAuthOff,
      guards: [{ id: 'telemetry', reads: ['neighbours'], check: localAuthGuard }],
    },
    {
      kind: 'rule',
      id: 'diagnostics',
      label: 'Diagnostic logs',
      because: 'Logs in a workspace can be searched, can be retained as long as required, and are not deleted with the app.',
      severity: 'medium',
      risk: 'safe',
      strict: true,
      effect: 'Platform logs are sent to the workspace and billed by volume.',
      reads: ['site', 'diagnosticSettings', 'workspaces'],
      writes: ['diagnosticSettings'],
      needs: ['workspace', 'categories'],
      docs: DIAGNOSTIC_DOCS,
      compliance: {
        mcsb: ['LT-3'],
        cis: { '2.0': '5.4', '2.1': '5.4', '3.0': '6.4', '4.0': '7.1.4', '5.0': '6.1.4', '6.0': '6.1.4' },
      },
      policy: appPolicy(
        'e9c22e0d-1f03-44da-a9d5-a9754ea53dc4',
        'Enable logging by category group for Function App (microsoft.web/sites) to Log Analytics',
        ['AuditIfNotExists', 'DeployIfNotExists'],
        { roles: ['92aaf0da-9dab-42b6-94a3-d43ce8d16293'], parameters: { logAnalytics: { answer: ['monitoring', 'workspace'] } } },
      ),
      judge: judgeLogs,
      draft: sendLogs,
      guards: [
        {
          id: 'workspace',
          reads: ['workspaces'],
          check: logsGuard,
        },
      ],
    },
    {
      kind: 'setting',
      id: 'http-logs',
      label: 'Web server logs',
      because: 'Without web server logs, the app does not record requests that reach no function, for example scans.',
      severity: 'low',
      risk: 'safe',
      strict: true,
      effect: 'Each request is logged in the file system of the app. The oldest logs are deleted when the logs exceed 35 MB.',
      ...switchedTo('on', 'siteConfig', 'properties.httpLoggingEnabled'),
      notOn: LACKS.webServerLogs,
      docs: 'https://learn.microsoft.com/azure/app-service/troubleshoot-diagnostic-logs#enable-web-server-logging',
      compliance: { mcsb: ['LT-3'] },
    },
    {
      kind: 'rule',
      id: 'sentinel',
      label: 'Microsoft Sentinel',
      because: 'Without Sentinel, the logs in the workspace are not analyzed for attacks.',
      severity: 'low',
      risk: 'disruptive',
      strict: true,
      optIn: 'Sentinel applies to the whole workspace and is billed for all data in it.',
      effect: 'Sentinel analyzes and bills all data in the workspace.',
      reads: ['workspaces', 'sentinel', 'diagnosticSettings'],
      writes: ['sentinel'],
      needs: ['workspace'],
      docs: 'https://learn.microsoft.com/azure/sentinel/quickstart-onboard',
      compliance: { mcsb: ['LT-5'] },
      judge: (x) => {
        return judgeOnboarding(x.facts, workspacesWithLogs(x.facts.diagnosticSettings.value), workspaceOf(x)?.id);
      },
      guards: [
        {
          id: 'workspace',
          check: (x) => {
            const several = severalWorkspaces(x);
            return several ? stop(several) : logsArrive(x);
          },
        },
      ],
      draft: (x) => {
        const workspace = workspaceOf(x);
        return workspace && !isOnboarded(x.facts, workspace.id)
          ? [
              {
                whole: 'sentinel',
                instanceId: `${workspace.id}/providers/Microsoft.SecurityInsights/onboardingStates/default`,
                to: { properties: {} },
                after: ['diagnosticSettings'],
              },
            ]
          : [];
      },
    },
  ],
});
