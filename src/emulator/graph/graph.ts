/** Azure Resource Graph: `POST /providers/Microsoft.ResourceGraph/resources`, over the resources of the emulated subscriptions. */
import { asObject } from '../parts.ts';
import { versionOf } from '../web/versions.ts';
import { answer, type EmulatedRequest, type EmulatedResponse } from '../answers.ts';
import { currentConfig, planOf, siteBody, siteType } from '../web/bodies.ts';
import { changeRow, changesIn } from '../access/code-owners.ts';
import { planBody } from '../web/plans.ts';
import { InvalidQuery, parseQuery, type Query } from './kql.ts';
import type { Right } from '../access/rights.ts';
import { isObject, resourceGroupOf, type Json, type JsonObject, type SiteRecord, type State } from '../state.ts';
import { siteIndex, subscriptionOf } from '../web/site-index.ts';
import { bodyOf } from '../store.ts';
import { TYPES } from '../types.ts';
import { placeOf } from '../place.ts';

export const GRAPH = /^\/providers\/Microsoft\.ResourceGraph\/resources$/i;
/** Default and maximum number of rows per page. */
const PAGE = 100;
const MOST = 1000;

/** Answers a query; rows for which `mayRead` is false are left out. */
export function graph(state: State, { body, url }: EmulatedRequest, mayRead: (right: Right) => boolean): EmulatedResponse {
  if (!isObject(body) || typeof body['query'] !== 'string') return invalid('InvalidRequestBody', 'The request has no query.');
  const options = asObject(body['options']);
  const asked = askedFor(state, body);
  const subscriptions = new Set(state.subscriptions.map(({ id }) => id).filter((id) => !asked || asked.includes(id)));
  let rows: JsonObject[];
  let columns: Query['columns'];
  try {
    const query = parseQuery(body['query']);
    columns = query.columns;
    const table = TABLES[query.table];
    if (!table) return invalid('DisallowedLogicalTableName', `Table ${query.table} is invalid, unsupported or disallowed.`);
    rows = query.run(table(state, subscriptions).filter(({ id, type }) => mayRead({ action: readOf(String(type)), scope: String(id) })));
  } catch (error) {
    if (!(error instanceof InvalidQuery)) throw error;
    return invalid('InvalidQuery', `Query is invalid: ${error.message}.`);
  }
  const top = Math.min(typeof options['$top'] === 'number' ? options['$top'] : PAGE, MOST);
  const start = typeof options['$skipToken'] === 'string' ? Number(Buffer.from(options['$skipToken'], 'base64url').toString('utf8')) : 0;
  const data = rows.slice(start, start + top);
  const more = start + top < rows.length;
  return answer(
    200,
    {
      totalRecords: rows.length,
      count: data.length,
      // Before 2021 the default result format was a table.
      data:
        (options['resultFormat'] ?? (versionOf({ url }) < '2021' ? 'table' : 'objectArray')) === 'table' ? tableOf(data, columns) : data,
      facets: [],
      resultTruncated: 'false',
      ...(more ? { $skipToken: Buffer.from(String(start + top)).toString('base64url') } : {}),
    },
    { 'x-ms-user-quota-remaining': '14', 'x-ms-user-quota-resets-after': '00:00:05' },
  );
}

/** Returns the subscriptions of a query, direct or through management groups; undefined if it names neither. */
function askedFor(state: State, body: JsonObject): readonly string[] | undefined {
  const named = (list: Json | undefined) => (Array.isArray(list) ? list.map((one) => String(one).toLowerCase()) : undefined);
  const groups = named(body['managementGroups']);
  if (groups === undefined) return named(body['subscriptions']);
  return state.subscriptions
    .filter((one) => ancestorsOf(state, one).some(({ name }) => groups.includes(name.toLowerCase())))
    .map(({ id }) => id);
}

/** Returns the management groups above a subscription, the nearest first; the last is the root of the tenant. */
function ancestorsOf(state: State, { managementGroup }: State['subscriptions'][number]): readonly { name: string; displayName: string }[] {
  const found: { name: string; displayName: string }[] = [];
  for (let name = managementGroup; name !== undefined;) {
    const group = state.managementGroups?.find((one) => one.name.toLowerCase() === name?.toLowerCase());
    if (!group || found.length > 6) break; // Azure has at most six levels below the root.
    found.push({ name: group.name, displayName: group.displayName });
    name = group.parent;
  }
  return [...found, { name: state.tenantId, displayName: 'Tenant Root Group' }];
}

/** Formats rows as a table: the columns once, and each row as a list. */
function tableOf(rows: readonly JsonObject[], columns: Query['columns']): JsonObject {
  const listed = [...columns].map(([name, type]) => ({ name, type: SHOWN[type] }));
  return { columns: listed, rows: rows.map((one) => listed.map(({ name }) => one[name] ?? null)) };
}
const SHOWN = { string: 'string', dynamic: 'object', long: 'integer', real: 'number', bool: 'boolean' } as const;

const invalid = (code: string, message: string): EmulatedResponse =>
  answer(400, {
    error: {
      code: 'BadRequest',
      message: 'Please provide below info when asking for support: timestamp and correlation id.',
      details: [{ code, message }],
    },
  });

const TABLES: Readonly<Record<string, (state: State, subscriptions: ReadonlySet<string>) => Generator<JsonObject>>> = {
  *resources(state, subscriptions) {
    for (const site of sitesIn(state, subscriptions)) yield row(siteBody(site, planOf(state, site), state), siteType(site), state.tenantId);
    for (const plan of Object.values(state.plans))
      if (subscriptions.has(subscriptionOf(plan.id))) yield row(planBody(state, plan), 'Microsoft.Web/serverfarms', state.tenantId);
    for (const resource of Object.values(state.resources)) {
      const place = placeOf(String(resource['id']));
      const rules = place && TYPES[place.type.toLowerCase()];
      // Child and extension resources are in other tables, or in none.
      if (!place || !rules || place.type.split('/').length > 2 || /\/providers\//i.test(place.scope)) continue;
      if (subscriptions.has(subscriptionOf(place.id))) yield row(bodyOf({ state }, rules, resource), place.type, state.tenantId);
    }
  },
  *resourcechanges(state, subscriptions) {
    for (const change of changesIn(state))
      if (subscriptions.has(subscriptionOf(String(change['id']))))
        yield row(changeRow(change), 'Microsoft.Resources/changes', state.tenantId);
  },
  /** Subscriptions only; resource groups are not emulated because no query of func-harden needs them. */
  *resourcecontainers(state, subscriptions) {
    for (const one of state.subscriptions)
      if (subscriptions.has(one.id))
        yield row(
          {
            id: `/subscriptions/${one.id}`,
            name: one.name,
            tags: one.tags ?? null,
            properties: { state: 'Enabled', managementGroupAncestorsChain: ancestorsOf(state, one).map((group) => ({ ...group })) },
          },
          'microsoft.resources/subscriptions',
          state.tenantId,
        );
  },
  /** The configuration of every site, with PascalCase members and without the rows that a GET adds. */
  *appserviceresources(state, subscriptions) {
    for (const site of sitesIn(state, subscriptions))
      yield row(
        {
          id: `${site.id}/config/web`,
          name: 'web',
          location: site.location,
          properties: pascal({
            ...currentConfig(site, planOf(state, site)),
            publicNetworkAccess: site.properties['publicNetworkAccess'] ?? null,
          }),
        },
        `${siteType(site)}/config/web`,
        state.tenantId,
      );
  },
};

/** The configuration of a site is a separate row and requires a separate permission. */
const readOf = (type: string): string => `${type.replace(/\/web$/, '')}/read`;
const sitesIn = (state: State, subscriptions: ReadonlySet<string>): SiteRecord[] =>
  [...subscriptions].flatMap((id) => siteIndex(state).bySubscription.get(id) ?? []);

/** Columns that every table has. */
function row(body: JsonObject, type: string, tenantId: string): JsonObject {
  const id = String(body['id']);
  return {
    id,
    name: body['name'] ?? null,
    type: type.toLowerCase(),
    tenantId,
    kind: body['kind'] ?? '',
    location: String(body['location'] ?? '')
      .toLowerCase()
      .replaceAll(' ', ''),
    resourceGroup: resourceGroupOf(id).toLowerCase(),
    subscriptionId: subscriptionOf(id),
    managedBy: '',
    sku: body['sku'] ?? null,
    plan: null,
    properties: body['properties'] ?? null,
    tags: body['tags'] ?? null,
    identity: body['identity'] ?? null,
    zones: null,
    extendedLocation: null,
  };
}

function pascal(value: Json): Json {
  if (Array.isArray(value)) return value.map(pascal);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name.charAt(0).toUpperCase() + name.slice(1), pascal(inner)]));
}
