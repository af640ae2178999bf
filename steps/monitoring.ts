import { byNameOrId, INSIGHTS_AUTH, LACKS, severalHave } from '../src/azure/index.ts';
import {
  componentElsewhere,
  connectInsights,
  destinationOf,
  judgeInsights,
  judgeLocalAuth,
  judgeTelemetrySignIn,
  localAuthGuard,
  localAuthOff,
  telemetryByEntra,
  telemetryGuard,
} from './lib/application-insights.ts';
import { appPolicy, defineStep, clear, stop } from '../src/contract/index.ts';
import { judgeLogs, logsGuard, offeredLogs, sendLogs, severalWorkspaces, workspaceOf } from './lib/log-workspaces.ts';
import { judgeOnboarding } from './lib/diagnostic-settings.ts';
import { turned } from './lib/switches.ts';

const DOCS = 'https://learn.microsoft.com/azure/azure-functions/configure-monitoring';
const DIAGNOSTIC_DOCS = 'https://learn.microsoft.com/azure/azure-functions/functions-monitor-log-analytics';

const idOrName = (type: string): RegExp =>
  new RegExp(`^([\\w(][\\w.()-]{0,89}|/subscriptions/[^/\\s]+/resourceGroups/[^/\\s]+/providers/${type}/[\\w(][\\w.()-]*)$`, 'i');

export default defineStep({
  id: 'monitoring',
  title: 'Log and monitor',
  group: 'operation',
  why: 'An attack that nobody records is one that nobody finds; logs kept elsewhere outlive the app that wrote them.',
  docs: ['https://learn.microsoft.com/azure/azure-functions/security-concepts#log-and-monitor', DOCS],
  questions: {
    component: {
      kind: 'pick',
      of: 'component of Application Insights',
      label: 'Which Application Insights component takes the telemetry?',
      help: 'One that is there, or the name of a new one: it is made in the resource group of the app, on the workspace.',
      example: 'appi-orders',
      pattern: idOrName('Microsoft.Insights/components'),
    },
    workspace: {
      kind: 'pick',
      of: 'Log Analytics workspace',
      label: 'Which Log Analytics workspace takes the logs?',
      help: 'It must be there already, in the subscription of the app.',
      mustExist: true,
      example: 'log-contoso',
      pattern: idOrName('Microsoft.OperationalInsights/workspaces'),
    },
    categories: {
      kind: 'names',
      optional: true,
      exempts: true,
      of: 'log categories',
      label: 'Which logs go there?',
      help: 'What is offered depends on the plan; FunctionAppLogs is what the functions write.',
      example: 'FunctionAppLogs',
      pattern: /^[A-Za-z]+$/,
    },
  },
  prefill: {
    component: ({ facts, app }) => {
      const to = destinationOf(facts);
      return to.state === 'known' ? to.component.name : `appi-${app.name}`;
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
      because: 'Without telemetry nobody sees a function fail, or being called far more than usual.',
      severity: 'medium',
      risk: 'disruptive',
      effect: 'Requests, errors and traces are sent to the component, and paid for by volume.',
      reads: ['appSettings', 'components'],
      draftReads: ['workspaces', 'stickyNames'],
      writes: ['components', 'stickyNames', 'appSettings'],
      needs: ['component', 'workspace'],
      docs: DOCS,
      compliance: { mcsb: ['LT-3'], cis: { '2.0': '5.3.1', '2.1': '5.3.1', '3.0': '6.3.1', '4.0': '7.1.3.1', '5.0': '6.1.3.1' } },
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
              ? clear('The component is there, or is made on a workspace that is.')
              : stop(
                  `The workspace "${x.answers.workspace ?? ''}" is not in this subscription, or you may not see it; a component needs one.`,
                );
          },
        },
        { id: 'component', check: componentElsewhere },
      ],
    },
    {
      kind: 'rule',
      id: 'insights-auth',
      label: 'Telemetry by Entra ID',
      because:
        'The key in a connection string is no secret: whoever has it can send false telemetry. A token of an identity cannot be copied like that.',
      severity: 'low',
      risk: 'disruptive',
      strict: true,
      effect: 'The host signs in with an identity of the app to send its telemetry.',
      reads: ['appSettings', 'components', 'site'],
      draftReads: ['siteIdentity', 'identityRoles'],
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
      label: 'Local authentication of Application Insights',
      because: 'As long as the component takes its key, anybody who has the key can send false telemetry.',
      severity: 'low',
      risk: 'lock-out',
      strict: true,
      optIn: 'Everything else that sends to the component with its key is refused, and not all of it can be seen from here.',
      effect: 'The component takes telemetry by Entra tokens only.',
      reads: ['appSettings', 'components'],
      draftReads: ['site', 'identityRoles'],
      writes: ['components'],
      docs: 'https://learn.microsoft.com/azure/azure-monitor/app/azure-ad-authentication#disable-local-authentication',
      compliance: { mcsb: ['IM-1'] },
      judge: judgeLocalAuth,
      draft: localAuthOff,
      guards: [{ id: 'telemetry', reads: ['neighbours'], check: localAuthGuard }],
    },
    {
      kind: 'rule',
      id: 'diagnostics',
      label: 'Logs kept in a workspace',
      because: 'Logs in a workspace of its own can be searched, kept as long as the law asks, and not be deleted with the app.',
      severity: 'medium',
      risk: 'safe',
      strict: true,
      effect: 'Platform logs are sent to the workspace, and paid for by volume.',
      reads: ['site', 'diagnosticSettings'],
      draftReads: ['workspaces'],
      writes: ['diagnosticSettings'],
      needs: ['workspace', 'categories'],
      docs: DIAGNOSTIC_DOCS,
      compliance: {
        mcsb: ['LT-3'],
        cis: {
          '2.0': ['5.1.7', '5.4'],
          '2.1': ['5.1.6', '5.4'],
          '3.0': ['6.1.6', '6.4'],
          '4.0': ['7.1.1.6', '7.1.4'],
          '5.0': ['6.1.1.6', '6.1.4'],
        },
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
      because: 'Without it, requests that never reach a function, such as those of a scan, leave no trace in the app.',
      severity: 'low',
      risk: 'safe',
      strict: true,
      effect: 'Each request is written to the file system of the app; the oldest logs are deleted once they take 35 MB.',
      ...turned('on', 'siteConfig', 'properties.httpLoggingEnabled'),
      notOn: LACKS.webServerLogs,
      docs: 'https://learn.microsoft.com/azure/app-service/troubleshoot-diagnostic-logs#enable-web-server-logging',
      compliance: { mcsb: ['LT-3'], cis: { '2.0': '5.1.7', '2.1': '5.1.6', '3.0': '6.1.6', '4.0': '7.1.1.6', '5.0': '6.1.1.6' } },
    },
    {
      kind: 'rule',
      id: 'sentinel',
      label: 'Microsoft Sentinel on the workspace',
      because: 'Sentinel looks for attacks across everything that the workspace holds.',
      severity: 'low',
      risk: 'disruptive',
      strict: true,
      optIn: 'Sentinel holds for the whole workspace and is paid for by all that flows into it.',
      effect: 'Everything in the workspace is analysed and billed by Sentinel.',
      reads: ['workspaces', 'sentinel', 'diagnosticSettings'],
      writes: ['sentinel'],
      needs: ['workspace'],
      docs: 'https://learn.microsoft.com/azure/sentinel/quickstart-onboard',
      compliance: { mcsb: ['LT-5'] },
      judge: (x) => {
        const sinks = x.facts.diagnosticSettings.value.flatMap(({ properties }) => properties.workspaceId ?? []);
        return judgeOnboarding(x.facts, sinks, workspaceOf(x)?.id);
      },
      guards: [
        {
          id: 'workspace',
          check: (x) => {
            const several = severalWorkspaces(x);
            return several ? stop(several) : clear('The name fits one workspace at most.');
          },
        },
      ],
      draft: (x) => {
        const workspace = workspaceOf(x);
        return workspace
          ? [
              {
                whole: 'sentinel',
                of: `${workspace.id}/providers/Microsoft.SecurityInsights/onboardingStates/default`,
                to: { properties: {} },
                after: ['diagnosticSettings'],
              },
            ]
          : [];
      },
    },
  ],
});
