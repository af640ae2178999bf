/** Logs, metrics, and the services that read them. */
import { type Body, isRecord, valueAt, withValue } from '../../change/json-paths.ts';
import { ArmFailure } from '../../engine/ports.ts';
import { SINK } from '../reads/linked-resources.ts';
import type { Json } from '../../azure/index.ts';
import {
  readList,
  bodyOf,
  get,
  inSubscription,
  itemsOf,
  list,
  readOnly,
  textOf,
  withRows,
  type Finder,
  type Resource,
} from '../resource-definition.ts';

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
  clean: (body) => ['properties.logs', 'properties.metrics'].reduce((cleaned, path) => sentRows(path, cleaned), body),
  actions: {
    read: insights('diagnosticSettings/read'),
    write: insights('diagnosticSettings/write', 'diagnosticSettings/delete'),
  },
  links: SINK,
};
export const workspaces: Resource = inSubscription(
  'Microsoft.OperationalInsights/workspaces',
  WORKSPACES,
  readOnly('Microsoft.OperationalInsights/workspaces/read'),
);
export const components: Resource = {
  ...inSubscription('Microsoft.Insights/components', COMPONENTS, {
    write: 'PUT',
    actions: { read: insights('components/read'), write: insights('components/write', 'components/delete') },
  }),
  replaces: 'body',
  sent: withoutWorkedOut,
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
  apiVersion: PRICING,
  read: get,
  write: 'PUT',
  actions: { read: ['Microsoft.Security/pricings/read'], write: ['Microsoft.Security/pricings/write'] },
};
export const defenderAssessments: Resource = {
  suffix: '/providers/Microsoft.Security/assessments',
  apiVersion: ASSESSMENTS,
  ...readList('Microsoft.Security/assessments/read'),
};

/** Members that the service computes for a component and does not accept. */
const WORKED_OUT = 'ApplicationId AppId Name CreationDate TenantId InstrumentationKey ConnectionString provisioningState Ver'.split(' ');
const OUTER = ['id', 'name', 'type', 'etag'];
function withoutWorkedOut(component: Body): Body {
  const less = (body: Json | undefined, names: readonly string[]): Body =>
    Object.fromEntries(Object.entries(isRecord(body) ? body : {}).filter(([name, value]) => !names.includes(name) && value !== null));
  const { tags, ...outer } = less(component, OUTER);
  const isTagged = isRecord(tags) && Object.keys(tags).length > 0;
  return { ...outer, ...(isTagged ? { tags } : {}), properties: less(component['properties'], WORKED_OUT) };
}

/**
 * Returns the body with only the rows that send something. The service adds a disabled row for a category that was not sent, for example
 * AllMetrics (hashicorp/terraform-provider-azurerm#7235, #29406).
 */
function sentRows(path: string, body: Body): Body {
  const rows = valueAt(body, path);
  if (!Array.isArray(rows)) return body;
  const isAdded = (row: Json) => isRecord(row) && row['enabled'] === false && valueAt(row, 'retentionPolicy.enabled') !== true;
  const kept = (rows as readonly Json[]).filter((row) => !isAdded(row));
  return withRows(path, withoutRetention)(withValue(body, path, kept));
}

/** Removes the retention that each row is returned with; a disabled one means nothing. */
function withoutRetention(row: Body): Body {
  const { retentionPolicy, ...rest } = row;
  return valueAt(row, 'retentionPolicy.enabled') === true ? { ...rest, retentionPolicy: retentionPolicy ?? null } : rest;
}

/** Returns the onboarding of the subscription's workspaces that have it; 404 is "not onboarded". */
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
