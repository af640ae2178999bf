/** Logs, metrics and what watches them. */
import type { Body } from '../../engine/values.ts';
import { ArmFailure } from '../../engine/ports.ts';
import { isRecord, valueAt } from '../../engine/values.ts';
import { SINK } from '../links.ts';
import { productionOf } from '../../engine/targets.ts';
import { INSIGHTS_CONNECTION, INSIGHTS_KEY, instrumentationKey, isReference, telemetrySignIn, valueOf } from '../../step.ts';
import type { AppSettings, Json } from '../../step.ts';
import { all, bodyOf, get, inSubscription, itemsOf, list, readOnly, sameId, textOf, web, WEB, withRows } from '../resource.ts';
import type { Finder, Resource } from '../resource.ts';

const DIAGNOSTICS = '2021-05-01-preview';
const COMPONENTS = '2020-02-02';
const WORKSPACES = '2025-07-01';
const SENTINEL = '2025-09-01';
const PRICING = '2024-01-01';
const ASSESSMENTS = '2021-06-01';
const insights = (...names: string[]) => names.map((name) => `Microsoft.Insights/${name}`);

export const diagnosticSettings: Resource = {
  suffix: '/providers/Microsoft.Insights/diagnosticSettings',
  apiVersion: DIAGNOSTICS,
  read: list,
  write: 'PUT',
  clean: (body) => ['properties.logs', 'properties.metrics'].reduce((cleaned, path) => withRows(path, withoutRetention)(cleaned), body),
  actions: {
    read: insights('diagnosticSettings/read'),
    write: insights('diagnosticSettings/write', 'diagnosticSettings/delete'),
  },
  links: SINK,
};
export const workspaces: Resource = inSubscription('Microsoft.OperationalInsights/workspaces', WORKSPACES, {
  read: ['Microsoft.OperationalInsights/workspaces/read'],
  write: [],
});
export const components: Resource = {
  ...inSubscription(
    'Microsoft.Insights/components',
    COMPONENTS,
    { read: insights('components/read'), write: insights('components/write', 'components/delete') },
    'PUT',
  ),
  replaces: 'body',
  sent: withoutWorkedOut,
};
export const componentUsers: Resource = {
  suffix: '',
  apiVersion: COMPONENTS,
  read: list,
  write: null,
  actions: readOnly(...web('read', 'slots/read', 'config/list/action')),
  through: ['appSettings'],
  find: findSenders,
};
export const sentinel: Resource = {
  suffix: '/providers/Microsoft.SecurityInsights/onboardingStates/default',
  apiVersion: SENTINEL,
  read: list,
  write: 'PUT',
  actions: {
    read: ['Microsoft.SecurityInsights/onboardingStates/read'],
    write: ['Microsoft.SecurityInsights/onboardingStates/write', 'Microsoft.SecurityInsights/onboardingStates/delete'],
  },
  through: ['workspaces'],
  find: findOnboardings,
};
export const defenderPlan: Resource = {
  place: ({ subscriptionId }) => `/subscriptions/${subscriptionId}/providers/Microsoft.Security/pricings/AppServices`,
  suffix: '',
  apiVersion: PRICING,
  read: get,
  write: 'PUT',
  actions: { read: ['Microsoft.Security/pricings/read'], write: ['Microsoft.Security/pricings/write'] },
};
export const defenderAssessments: Resource = {
  suffix: '/providers/Microsoft.Security/assessments',
  apiVersion: ASSESSMENTS,
  read: list,
  write: null,
  actions: { read: ['Microsoft.Security/assessments/read'], write: [] },
};

/** What the service works out of a component and does not take. */
const WORKED_OUT = 'ApplicationId AppId Name CreationDate TenantId InstrumentationKey ConnectionString provisioningState Ver'.split(' ');
const OUTER = ['id', 'name', 'type', 'etag'];
function withoutWorkedOut(component: Body): Body {
  const less = (body: Json | undefined, names: readonly string[]): Body =>
    Object.fromEntries(Object.entries(isRecord(body) ? body : {}).filter(([name, value]) => !names.includes(name) && value !== null));
  const { tags, ...outer } = less(component, OUTER);
  const isTagged = isRecord(tags) && Object.keys(tags).length > 0;
  return { ...outer, ...(isTagged ? { tags } : {}), properties: less(component['properties'], WORKED_OUT) };
}

/** Only settings tell who sends to a component, so those of the other apps of the subscription are read, and of the app's other slots. */
async function findSenders(x: Finder): Promise<Body> {
  const own = settingsIn(await bodyOf(x, 'appSettings'));
  const key = instrumentationKey(valueOf(own, INSIGHTS_CONNECTION));
  const [sites, slots] = await Promise.all([
    all(x.client, `/subscriptions/${x.target.subscriptionId}/providers/Microsoft.Web/sites`, WEB),
    all(x.client, `${productionOf(x.target.id)}/slots`, WEB),
  ]);
  const others = [...sites, ...slots].filter((site) => !sameId(site['id'], x.target.id));
  const senders = await Promise.all(others.slice(0, MOST_APPS).map((site) => senderOf(x, site, key)));
  return {
    value: senders.flatMap((one) => one ?? []),
    unknown: others.length - Math.min(others.length, MOST_APPS) + senders.filter((one) => one === undefined).length,
  };
}

/** Apps whose settings are read to see who shares a component. */
const MOST_APPS = 50;
const settingsIn = (body: Json): AppSettings => body as unknown as AppSettings;

/** Whether one app sends to the component with this key; undefined where its settings do not tell: closed, or in a vault. */
async function senderOf({ client }: Finder, site: Body, key: string | undefined): Promise<Body[] | undefined> {
  let settings: AppSettings;
  try {
    settings = settingsIn((await client.send('POST', `${textOf(site['id'])}/config/appsettings/list`, WEB)).body);
  } catch (error) {
    if (!(error instanceof ArmFailure)) throw error;
    return undefined;
  }
  const connection = valueOf(settings, INSIGHTS_CONNECTION);
  const sends = connection ? instrumentationKey(connection) : valueOf(settings, INSIGHTS_KEY)?.toLowerCase();
  if (isReference(connection ?? valueOf(settings, INSIGHTS_KEY))) return undefined;
  if (sends === undefined || sends !== key) return [];
  return [{ app: textOf(site['name']), byKey: telemetrySignIn(settings).by !== 'entra' }];
}

/** Each row comes back with a retention; one that is off says nothing. */
function withoutRetention(row: Body): Body {
  const { retentionPolicy, ...rest } = row;
  return valueAt(row, 'retentionPolicy.enabled') === true ? { ...rest, retentionPolicy: retentionPolicy ?? null } : rest;
}

/** Of the workspaces of the subscription, the onboarding of those that have it; 404 is "not onboarded". */
async function findOnboardings(x: Finder): Promise<Body> {
  const places = itemsOf(await bodyOf(x, 'workspaces')).map(
    (one) => `${textOf(one['id'])}/providers/Microsoft.SecurityInsights/onboardingStates/default`,
  );
  const found = await Promise.all(
    places.map(async (place) => {
      try {
        return (await x.client.send('GET', place, SENTINEL)).body;
      } catch (error) {
        if (error instanceof ArmFailure && error.kind === 'missing') return null;
        throw error;
      }
    }),
  );
  return { value: found.filter(isRecord) };
}
