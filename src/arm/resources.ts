/** Where each resource lives, how it is read, and how a write to it has to look. The only place that knows. */
import type { Json, ResourceKey } from '../step.ts';
import type { ArmRequest, Assignment, Fact, Target } from '../engine/ports.ts';
import type { ArmClient } from './client.ts';
import { isRecord, valueAt, withValue, type Body } from '../engine/values.ts';

/** One version, and bodies parsed as that version writes them: members move between versions. */
export const WEB = '2024-11-01';
const POLICY = '2024-04-01';
const LOCKS = '2020-05-01';
const PERMISSIONS = '2022-04-01';
const PRICING = '2024-01-01';
const ASSESSMENTS = '2021-06-01';

/** What finding a resource elsewhere may use. */
export interface Finder {
  readonly client: ArmClient;
  readonly target: Target;
  readonly known: (key: ResourceKey) => Promise<Fact>;
}

export interface Resource {
  readonly suffix: string;
  /** Where it lies, if not at or below the app. */
  readonly place?: (target: Target) => string;
  readonly apiVersion: string;
  readonly read: { readonly method: 'GET' | 'POST'; readonly suffix?: string; readonly query?: string; readonly list?: true } | null;
  readonly write: ArmRequest['method'] | null;
  readonly actions: { readonly read: readonly string[]; readonly write: readonly string[] };
  /** Every value of it is a secret. */
  readonly secret?: true;
  /** Lives on the production site only, for slots as well. */
  readonly siteOnly?: true;
  /** What a 404 means, where it is not a fault. */
  readonly missing?: null;
  /** Members that go out with one of them, taken from the fresh body. */
  readonly together?: readonly (readonly string[])[];
  /** Any write to it restarts the app. */
  readonly restarts?: true;
  /** The service replaces the whole of `properties`. */
  readonly replaces?: true;
  /** How it is found, where it does not lie below the app. */
  readonly find?: (x: Finder) => Promise<Body | null>;
  /** Drops what the service makes up on reading. */
  readonly clean?: (body: Body) => Body;
}

const config = (...names: string[]) => names.map((name) => `Microsoft.Web/sites/${name}`);
const get = { method: 'GET' } as const;
const list = { method: 'GET', list: true } as const;

export const RESOURCES: Readonly<Record<ResourceKey, Resource>> = {
  site: {
    suffix: '',
    apiVersion: WEB,
    read: get,
    write: 'PATCH',
    restarts: true,
    actions: { read: config('read'), write: config('write') },
  },
  siteConfig: {
    suffix: '/config/web',
    apiVersion: WEB,
    read: get,
    write: 'PATCH',
    actions: { read: config('config/read'), write: config('config/write') },
    restarts: true,
    together: [['properties.cors.allowedOrigins', 'properties.cors.supportCredentials']],
    clean: withoutMadeUpRows,
  },
  appSettings: {
    suffix: '/config/appsettings',
    apiVersion: WEB,
    read: { method: 'POST', suffix: '/list' },
    write: 'PUT',
    replaces: true,
    restarts: true,
    secret: true,
    actions: { read: config('config/list/action'), write: config('config/write') },
  },
  scmPolicy: policy('scm'),
  ftpPolicy: policy('ftp'),
  functions: { suffix: '/functions', apiVersion: WEB, read: list, write: null, actions: { read: config('functions/read'), write: [] } },
  deployments: {
    suffix: '/deployments',
    apiVersion: WEB,
    read: list,
    write: null,
    actions: { read: config('deployments/read'), write: [] },
  },
  sourceControl: {
    suffix: '/sourcecontrols/web',
    apiVersion: WEB,
    read: get,
    write: null,
    missing: null,
    actions: { read: config('sourcecontrols/read'), write: [] },
  },
  policyAssignments: {
    suffix: '/providers/Microsoft.Authorization/policyAssignments',
    apiVersion: POLICY,
    read: { method: 'GET', list: true, query: '$filter=atScope()' },
    write: null,
    actions: { read: ['Microsoft.Authorization/policyAssignments/read'], write: [] },
  },
  locks: {
    suffix: '/providers/Microsoft.Authorization/locks',
    apiVersion: LOCKS,
    read: { method: 'GET', list: true, query: '$filter=atScope()' },
    write: null,
    actions: { read: ['Microsoft.Authorization/locks/read'], write: [] },
  },
  permissions: {
    suffix: '/providers/Microsoft.Authorization/permissions',
    apiVersion: PERMISSIONS,
    read: list,
    write: null,
    actions: { read: ['Microsoft.Authorization/permissions/read'], write: [] },
  },
  defenderPlan: {
    place: ({ subscriptionId }) => `/subscriptions/${subscriptionId}/providers/Microsoft.Security/pricings/AppServices`,
    suffix: '',
    apiVersion: PRICING,
    read: get,
    write: 'PUT',
    actions: { read: ['Microsoft.Security/pricings/read'], write: ['Microsoft.Security/pricings/write'] },
  },
  defenderAssessments: {
    suffix: '/providers/Microsoft.Security/assessments',
    apiVersion: ASSESSMENTS,
    read: list,
    write: null,
    actions: { read: ['Microsoft.Security/assessments/read'], write: [] },
  },
  publishingPassword: {
    suffix: '/newpassword',
    apiVersion: WEB,
    read: null,
    write: 'POST',
    actions: { read: [], write: config('newpassword/action') },
  },
};

function policy(name: 'scm' | 'ftp'): Resource {
  const place = `basicPublishingCredentialsPolicies/${name}`;
  return {
    suffix: `/${place}`,
    apiVersion: WEB,
    read: get,
    write: 'PUT',
    actions: { read: config(`${place}/read`), write: config(`${place}/write`) },
  };
}

export const idOf = (target: Target, key: ResourceKey): string => {
  const { suffix, siteOnly, place } = RESOURCES[key];
  if (place) return place(target);
  return `${siteOnly ? target.id.replace(/\/slots\/[^/]+$/i, '') : target.id}${suffix}`;
};

/** The request that makes the assignments: only what changes, or the whole with the change where ARM replaces the whole. */
export function requestFor(target: Target, key: ResourceKey, fresh: Body | null, sets: readonly Assignment[], of?: string): ArmRequest {
  const { apiVersion, write, replaces, together = [] } = RESOURCES[key];
  if (!write) throw new TypeError(`${key} is read only`);
  const base = { method: write, path: of ?? idOf(target, key), apiVersion };
  const whole = sets.find(({ path }) => path === '');
  if (whole) return { ...base, method: whole.to === null ? 'DELETE' : 'PUT', body: whole.to ?? null };
  if (write === 'POST') return { ...base, body: null };
  const companions = together.flatMap((group) => (group.some((path) => sets.some((set) => set.path === path)) ? group : []));
  const kept = companions
    .filter((path) => !sets.some((set) => set.path === path))
    .map((path) => ({ path, to: valueAt(fresh ?? {}, path) }));
  const start: Body = replaces ? { properties: valueAt(fresh ?? {}, 'properties') ?? {} } : {};
  const body = [...kept, ...sets].reduce(
    (sum, { path, to }) => (to === undefined || to === null ? without(sum, path, replaces) : withValue(sum, path, to)),
    start,
  );
  return { ...base, body };
}

/** ARM reads null as "no change", so a null is left out; from a collection that is replaced whole, the member goes. */
function without(body: Body, path: string, replaces: true | undefined): Body {
  if (!replaces) return body;
  const [member] = path.startsWith('properties') ? [path.slice('properties.'.length).replace(/^\["|"\]$/g, '')] : [path];
  const properties = isRecord(body['properties']) ? body['properties'] : {};
  return { ...body, properties: Object.fromEntries(Object.entries(properties).filter(([name]) => name !== member)) };
}

/** The last row of a restriction list ("Any") is computed by the service and is nobody's rule. */
function withoutMadeUpRows(body: Body): Body {
  const rows = ['properties.ipSecurityRestrictions', 'properties.scmIpSecurityRestrictions'];
  return rows.reduce((cleaned, path) => {
    const value = valueAt(cleaned, path);
    if (!Array.isArray(value)) return cleaned;
    return withValue(
      cleaned,
      path,
      (value as readonly Json[]).filter((row) => !(isRecord(row) && row['ipAddress'] === 'Any')),
    );
  }, body);
}
