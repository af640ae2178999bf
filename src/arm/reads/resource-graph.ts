/** Azure Resource Graph: reads the rows of many apps, page by page. */
import type { Json } from '../../azure/index.ts';
import { ArmFailure } from '../../engine/ports.ts';
import { isRecord, type Body } from '../../change/json-paths.ts';
import type { ArmClient } from '../client.ts';
import { Pages } from '../pages.ts';

const GRAPH = '/providers/Microsoft.ResourceGraph/resources';
const VERSION = '2024-04-01';
/** The rows of a page. More are possible, but a page is held in memory for each subscription. */
const PAGE = 100;

/** Function apps and their slots, and what is left out with a notice: Logic Apps, and function apps that are container apps. */
export const SITES_QUERY = [
  'resources',
  "where type in~ ('microsoft.web/sites', 'microsoft.web/sites/slots', 'microsoft.app/containerapps')",
  "where kind contains 'functionapp'",
  'extend site=tolower(id)',
  'project site, id, name, type, kind, location, tags, identity, properties',
  'order by site asc',
].join(' | ');

/** Every site and slot, including web apps and Logic Apps. */
export const ALL_SITES_QUERY = [
  'resources',
  "where type in~ ('microsoft.web/sites', 'microsoft.web/sites/slots')",
  'extend site=tolower(id)',
  'project site, id, name, type, kind, location, identity, properties',
  'order by site asc',
].join(' | ');

export const COUNT_QUERY =
  "resources | where type =~ 'microsoft.web/sites' | where kind contains 'functionapp' and kind !contains 'workflowapp' | count";

const CONFIGS = [
  'appserviceresources',
  "where type startswith 'microsoft.web/sites' and id endswith '/config/web'",
  'extend owner=substring(id, 0, strlen(id) - 11)',
  'extend site=tolower(owner)',
];
const CONFIGS_BY_SITE = ['project site, properties', 'order by site asc'];

/** The configuration of every site, which is in another table, in the order of the sites. */
export const CONFIGS_QUERY = [...CONFIGS, ...CONFIGS_BY_SITE].join(' | ');

/** Returns the query for the configuration of these sites, by their ids. */
export const configsQuery = (ids: readonly string[]): string =>
  [...CONFIGS, `where site in (${ids.map((id) => quoted(id.toLowerCase())).join(', ')})`, ...CONFIGS_BY_SITE].join(' | ');

const quoted = (text: string): string => `'${text.replaceAll(/[\\']/g, String.raw`\$&`)}'`;

/** Query for the latest changes of apps, newest first, at most 1000. Azure keeps changes for 14 days. */
export const CHANGES_QUERY = [
  'resourcechanges',
  "where tostring(properties.targetResourceType) startswith 'microsoft.web/sites'",
  'extend at=tostring(properties.changeAttributes.timestamp)',
  'project id, properties, at',
  'order by at desc',
  'limit 1000',
].join(' | ');

/** The subscriptions below a management group. */
export const SUBSCRIPTIONS_QUERY = [
  'resourcecontainers',
  "where type =~ 'microsoft.resources/subscriptions'",
  'project subscriptionId',
  'order by subscriptionId asc',
].join(' | ');

type GraphScope = { readonly subscriptions: readonly string[] } | { readonly managementGroups: readonly string[] };

/** Yields the rows of a query over one subscription. @throws ArmFailure, also where an answer is not complete */
export const graphRows = (client: ArmClient, subscription: string, query: string): AsyncGenerator<Body> =>
  scopedRows(client, { subscriptions: [subscription] }, query);

/** Yields the rows of a query over any scope. @throws ArmFailure */
export async function* scopedRows(client: ArmClient, scope: GraphScope, query: string, page = PAGE): AsyncGenerator<Body> {
  let skipToken: string | undefined;
  let seen = 0;
  const pages = new Pages();
  for (;;) {
    const options = { $top: page, resultFormat: 'objectArray', ...(skipToken === undefined ? {} : { $skipToken: skipToken }) };
    const { body, length } = await client.send('POST', GRAPH, VERSION, { ...scope, query, options });
    const answer: Body = isRecord(body) ? body : {};
    const data = answer['data'];
    if (!Array.isArray(data)) throw incompleteFailure('it has no rows');
    for (const row of data as readonly Json[]) {
      if (!isRecord(row)) throw incompleteFailure('a row is not an object');
      seen += 1;
      yield row;
    }
    const next = answer['$skipToken'];
    if (typeof next === 'string' && next !== '' && next !== skipToken) {
      pages.count(next, length);
      skipToken = next;
      continue;
    }
    const total = answer['totalRecords'];
    if ((typeof total === 'number' && seen < total) || answer['resultTruncated'] === 'true')
      throw incompleteFailure(`Azure returned ${seen} of ${String(total ?? 'more')} rows`);
    return;
  }
}

/** Returns the failure for an incomplete inventory, because the missing apps would be missing in a report without a notice. */
export const incompleteFailure = (why: string): ArmFailure =>
  new ArmFailure({ kind: 'server', code: 'NotWhole', message: `its response is not complete: ${why}`, next: 'Run the command again.' });

/** Names in camel case by their names in PascalCase: each app of a fleet has the same. */
const NAMES = new Map<string, string>();
const MOST_NAMES = 2000;

function inCamelCase(name: string): string {
  const known = NAMES.get(name);
  if (known !== undefined) return known;
  const made = name.charAt(0).toLowerCase() + name.slice(1);
  if (NAMES.size < MOST_NAMES) NAMES.set(name, made);
  return made;
}

/** Returns a row with the member names of ARM; that table has them in PascalCase. */
export function toCamelCase(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(toCamelCase);
  if (!isRecord(value)) return value;
  const row: Record<string, Json> = {};
  // Assignments are faster than a list of pairs, because a configuration has a hundred members. A member with this name would set the prototype.
  for (const name of Object.keys(value)) if (name !== '__proto__') row[inCamelCase(name)] = toCamelCase(value[name]!);
  return row;
}
