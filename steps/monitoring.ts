import {
  brokenReference,
  byNameOrId,
  defineStep,
  groupOf,
  isReference,
  later,
  nameIn,
  notSeenIn,
  settingAt,
  type Component,
  type Context,
  type DiagnosticSetting,
  type Draft,
  type Json,
  type Workspace,
} from '../src/step.ts';

interface Given {
  readonly workspace?: string;
  readonly component?: string;
  readonly categories?: readonly string[];
}
type X = Context<Given>;

const CONNECTION = 'APPLICATIONINSIGHTS_CONNECTION_STRING';
const OLD_KEY = 'APPINSIGHTS_INSTRUMENTATIONKEY';
const DOCS = 'https://learn.microsoft.com/azure/azure-functions/configure-monitoring';
const DIAGNOSTIC_DOCS = 'https://learn.microsoft.com/azure/azure-functions/functions-monitor-log-analytics';
const SETTING = 'func-harden';

const idOrName = (type: string): RegExp =>
  new RegExp(`^([\\w(][\\w.()-]{0,89}|/subscriptions/[^/\\s]+/resourceGroups/[^/\\s]+/providers/${type}/[\\w(][\\w.()-]*)$`, 'i');

/** The component that the app sends to, by the key in its connection string. */
function sendsTo({ facts }: X): Component | undefined {
  const text = facts.appSettings.properties[CONNECTION] ?? '';
  const key = /InstrumentationKey=([0-9a-f-]+)/i.exec(text)?.[1]?.toLowerCase();
  return facts.components.value.find(({ properties }) => properties.InstrumentationKey?.toLowerCase() === key);
}

const workspaceOf = ({ facts, answers }: X): Workspace | undefined => byNameOrId(facts.workspaces.value, answers.workspace ?? '');
const offered = ({ facts }: X): string[] => (facts.site.properties.eligibleLogCategories ?? 'FunctionAppLogs').split(',').filter(Boolean);
const categories = (x: X): readonly string[] => x.answers.categories ?? offered(x);
const sentBy = ({ properties }: DiagnosticSetting): string[] => {
  const logs = (properties.logs ?? []).filter(({ enabled }) => enabled);
  return logs.flatMap(({ category, categoryGroup }) => category ?? (categoryGroup ? `group ${categoryGroup}` : []));
};
/** Settings that send to the workspace that was answered, or to any. */
const intoWorkspace = ({ facts, answers }: X): DiagnosticSetting[] =>
  facts.diagnosticSettings.value.filter(({ properties: { workspaceId } }) => {
    const meant = answers.workspace?.toLowerCase();
    return workspaceId && (meant === undefined || workspaceId.toLowerCase() === meant || workspaceId.toLowerCase().endsWith(`/${meant}`));
  });
const lacking = (x: X): string[] => {
  const sent = intoWorkspace(x).flatMap(sentBy);
  return sent.some((one) => one === 'group allLogs') ? [] : categories(x).filter((category) => !sent.includes(category));
};

/** Our own setting, made or extended; the settings of others stay as they are. */
function sendLogs(x: X): Draft[] {
  const workspace = workspaceOf(x);
  if (!workspace) return [];
  const of = `${x.facts.site.id}/providers/Microsoft.Insights/diagnosticSettings/${SETTING}`;
  const own = x.facts.diagnosticSettings.value.find(({ name }) => name === SETTING);
  const logs = [...((own?.properties.logs ?? []) as Json[]), ...lacking(x).map((category) => ({ category, enabled: true }))];
  // Metrics and other sinks of an older setting of ours stay in it.
  return [
    {
      whole: 'diagnosticSettings',
      of,
      to: { properties: { ...(own?.properties as Record<string, Json> | undefined), workspaceId: workspace.id, logs } },
    },
  ];
}

function connect(x: X): Draft[] {
  const { facts, answers } = x;
  const known = byNameOrId(facts.components.value, answers.component ?? '');
  const name = answers.component?.split('/').at(-1) ?? '';
  const id =
    known?.id ??
    (answers.component?.startsWith('/') ? answers.component : `${groupOf(facts.site.id)}/providers/Microsoft.Insights/components/${name}`);
  const workspace = workspaceOf(x);
  const body = {
    location: facts.site.location,
    kind: 'web',
    properties: { Application_Type: 'web', ...(workspace ? { WorkspaceResourceId: workspace.id } : {}) },
  };
  const made: Draft[] = known ? [] : [{ whole: 'components', of: id, to: body }];
  const value = later({ key: 'components', of: id, path: 'properties.ConnectionString', says: `connection string of ${name}` });
  return [...made, { at: settingAt(CONNECTION), to: value, after: ['components'] }];
}

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
      of: 'log categories',
      label: 'Which logs go there?',
      help: 'What is offered depends on the plan; FunctionAppLogs is what the functions write.',
      example: 'FunctionAppLogs',
      pattern: /^[A-Za-z]+$/,
    },
  },
  asks: ['components', 'workspaces', 'appSettings'],
  prefill: {
    component: (x) => sendsTo(x)?.name ?? `appi-${x.app.name}`,
    workspace: ({ facts }) => facts.workspaces.value[0]?.name,
    categories: offered,
  },
  options: {
    component: ({ facts, app }) => [
      ...(facts.components.value.some(({ name }) => name === `appi-${app.name}`)
        ? []
        : [{ value: `appi-${app.name}`, label: `a new component appi-${app.name}` }]),
      ...facts.components.value.map(({ name, id }) => ({ value: name, label: `${name}   ${id.split('/')[4] ?? ''}` })),
    ],
    workspace: ({ facts }) =>
      facts.workspaces.value.map(({ name, location, id }) => ({ value: name, label: `${name}   ${location}   ${id.split('/')[4] ?? ''}` })),
    categories: (x) => offered(x).map((value) => ({ value, label: value })),
  },
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
      draftReads: ['workspaces'],
      writes: ['components', 'appSettings'],
      needs: ['component', 'workspace'],
      docs: DOCS,
      compliance: { mcsb: ['LT-3'], cis: { '2.0': '5.3.1', '2.1': '5.3.1', '3.0': '6.3.1', '4.0': '7.1.3.1' } },
      judge: (x) => {
        const settings = x.facts.appSettings.properties;
        const wanted = 'a connection string of a component that is there';
        const to = sendsTo(x);
        const text = settings[CONNECTION];
        if (!text) return { state: 'fail', found: settings[OLD_KEY] ? 'an instrumentation key only' : 'not connected', wanted };
        if (isReference(text)) return { state: 'unknown', found: notSeenIn([CONNECTION]), wanted };
        const broken = brokenReference(text);
        if (broken) return { state: 'fail', found: `a reference that App Service does not resolve: ${broken}`, wanted };
        if (!/InstrumentationKey=[0-9a-f-]{32,}/i.test(text))
          return { state: 'fail', found: 'no connection string of a component', wanted };
        if (!to) {
          const { component } = x.answers;
          const isHere = component !== undefined && (!component.startsWith('/') || byNameOrId(x.facts.components.value, component));
          // A component of this subscription was answered, and it is none of those: that much is seen.
          const found = 'a component that is not in this subscription, or that you may not see';
          return { state: isHere ? 'fail' : 'unknown', found, wanted: component ?? wanted };
        }
        const meant = x.answers.component === undefined || byNameOrId([to], x.answers.component) !== undefined;
        return { state: meant ? 'pass' : 'fail', found: to.name, wanted: x.answers.component ?? wanted };
      },
      draft: connect,
      guards: [
        {
          id: 'workspace',
          reads: ['workspaces'],
          check: (x) =>
            byNameOrId(x.facts.components.value, x.answers.component ?? '') || workspaceOf(x)
              ? { level: 'clear', says: 'The component is there, or is made on a workspace that is.' }
              : {
                  level: 'stop',
                  says: `The workspace "${x.answers.workspace ?? ''}" is not in this subscription, or you may not see it; a component needs one.`,
                },
        },
      ],
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
        cis: { '2.0': '5.1.7', '2.1': '5.1.6', '3.0': '6.1.6' },
        policy: 'e9c22e0d-1f03-44da-a9d5-a9754ea53dc4',
      },
      judge: ({ facts, answers, ...x }) => {
        const sent = intoWorkspace({ facts, answers, ...x }).flatMap(sentBy);
        const whole = sent.some((one) => one === 'group allLogs');
        const wantedOnes = answers.categories ?? offered({ facts, answers, ...x });
        const left = whole ? [] : wantedOnes.filter((category) => !sent.includes(category));
        const lines = facts.diagnosticSettings.value.map(
          (one) => `${one.name}: ${sentBy(one).join(', ') || 'no logs'} to ${one.properties.workspaceId?.split('/').at(-1) ?? 'elsewhere'}`,
        );
        return {
          state: left.length > 0 ? 'fail' : 'pass',
          found: left.length > 0 ? `not sent: ${left.join(', ')}` : sent.join(', '),
          wanted: 'all categories to a workspace',
          lines,
        };
      },
      draft: sendLogs,
      guards: [
        {
          id: 'workspace',
          reads: ['workspaces'],
          check: (x) => {
            const unknown = categories(x).filter((category) => !offered(x).includes(category));
            if (!workspaceOf(x))
              return {
                level: 'stop',
                says: `The workspace "${x.answers.workspace ?? ''}" is not in this subscription, or you may not see it.`,
              };
            if (unknown.length > 0)
              return {
                level: 'stop',
                says: `The plan of this app does not offer ${unknown.join(', ')}; it offers ${offered(x).join(', ')}.`,
              };
            const full = x.facts.diagnosticSettings.value.filter(({ name }) => name !== SETTING).length >= 5;
            return full
              ? { level: 'stop', says: 'The app has five diagnostic settings, which is all it can have; extend one of them.' }
              : { level: 'clear', says: 'The workspace is there, and the plan offers the categories.' };
          },
        },
      ],
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
        const ids = [
          workspaceOf(x)?.id,
          ...x.facts.diagnosticSettings.value.map(({ properties }) => properties.workspaceId ?? undefined),
        ].filter((id): id is string => Boolean(id));
        const states = x.facts.sentinel.value;
        const onboarded = (id: string) => states.some((one) => one.id.toLowerCase().startsWith(`${id.toLowerCase()}/`));
        const wanted = 'onboarded';
        if (ids.length === 0) return { state: 'fail', found: 'the logs go to no workspace', wanted };
        const off = ids.filter((id) => !onboarded(id)).map((id) => nameIn(id));
        return {
          state: off.length > 0 ? 'fail' : 'pass',
          found: off.length > 0 ? `not on ${[...new Set(off)].join(', ')}` : 'onboarded',
          wanted,
        };
      },
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
