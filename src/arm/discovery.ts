import { itemsOf } from './pages.ts';
import { cleanRowsPolicy } from './reads/clean-rows.ts';
import type { Site } from '@azure/arm-appservice';
import { createWebSiteManagement } from '@azure/arm-appservice/api';
import { list, listSlots } from '@azure/arm-appservice/api/webApps';
import type { TokenCredential } from '@azure/core-auth';
import type { Pipeline } from '@azure/core-rest-pipeline';
import { isSecretTag, type Json, type ResourceKey, type Target } from '../azure/index.ts';
import { ArmFailure, type Discovery, type Inventoried, type LeftOut, type Subscription } from '../engine/ports.ts';
import { productionOf, InvalidAppIds, parseSiteId } from '../engine/fleet/targets.ts';
import { isRecord, type Body } from '../change/json-paths.ts';
import { REDACTED } from '../change/secret-shapes.ts';
import { plainText } from '../text/plain.ts';
import { checkItem, type ArmClient } from './client.ts';
import { failureWithoutAnswer } from './failures/failures.ts';
import {
  toCamelCase,
  CONFIGS_QUERY,
  configsQuery,
  COUNT_QUERY,
  incompleteFailure,
  graphRows,
  scopedRows,
  SITES_QUERY,
  SUBSCRIPTIONS_QUERY,
} from './reads/resource-graph.ts';
import { WEB } from './resource-definition.ts';
import { RESOURCES } from './resource-table.ts';

const SUBSCRIPTIONS = '2022-12-01';

export function createDiscovery(client: ArmClient, shared: { endpoint: URL; pipeline: Pipeline; credential: TokenCredential }): Discovery {
  const listing = shared.pipeline.clone();
  listing.addPolicy(cleanRowsPolicy);
  // Two operations of the SDK instead of its client, which contains all operations and would be most of the code that an audit loads.
  const web = (subscriptionId: string) =>
    createWebSiteManagement(shared.credential, subscriptionId, {
      endpoint: shared.endpoint.origin,
      pipeline: listing,
      apiVersion: WEB,
    });
  return {
    async subscriptions() {
      const found: Subscription[] = [];
      for await (const item of client.list('/subscriptions', SUBSCRIPTIONS)) {
        if (!isRecord(item)) continue;
        const { subscriptionId: id, displayName, tenantId, state } = item;
        // The value becomes part of request paths.
        if (typeof id !== 'string' || !/^[\w-]+$/.test(id)) continue;
        if (state === undefined || state === 'Enabled' || state === 'Warned')
          found.push({
            id,
            name: plainText(typeof displayName === 'string' ? displayName : id),
            tenantId: typeof tenantId === 'string' ? tenantId : null,
          });
      }
      return found;
    },
    async subscriptionsUnder(managementGroup) {
      const found: string[] = [];
      for await (const { subscriptionId } of scopedRows(client, { managementGroups: [managementGroup] }, SUBSCRIPTIONS_QUERY))
        if (typeof subscriptionId === 'string') found.push(subscriptionId);
      return found;
    },
    async *apps(subscriptionId, leftOut) {
      let odd = 0;
      try {
        for await (const site of itemsOf(list(web(subscriptionId)))) {
          const kind = textOf(site?.kind);
          const target = isFunctionApp(kind) ? targetOf(site, subscriptionId) : undefined;
          if (target) yield target;
          else if (isWorkflowApp(kind)) leftOut?.(plainText(textOf(site.name)), 'Logic App');
          // A row without a kind and a place may be an app.
          else if (isFunctionApp(kind) || !site?.id) odd += 1;
        }
      } catch (error) {
        throw await explainRefusal(client, `/subscriptions/${subscriptionId}/providers/Microsoft.Web/sites`, error);
      }
      // An app with an unexpected answer does not hide the others, and is reported.
      if (odd > 0) throw new InvalidAppIds(odd);
    },
    async slots(app) {
      const found: Target[] = [];
      try {
        for await (const site of itemsOf(listSlots(web(app.subscriptionId), app.resourceGroup, app.name))) {
          const target = targetOf(site, app.subscriptionId);
          if (!target || productionOf(target.id).toLowerCase() !== productionOf(app.id).toLowerCase()) throw new InvalidAppIds(1);
          found.push(target);
        }
      } catch (error) {
        throw await explainRefusal(client, `${app.id}/slots`, error);
      }
      return found;
    },
    inventory: (subscriptionId, leftOut) => inventory(client, subscriptionId, leftOut),
    sites: (subscriptionId) => listedSites(client, subscriptionId),
    async *configs(apps) {
      const subscriptions = [...new Set(apps.map(({ subscriptionId }) => subscriptionId))];
      const query = configsQuery(apps.map(({ id }) => id));
      yield* bySite(scopedRows(client, { subscriptions }, query));
    },
    async count(subscriptionId) {
      for await (const { Count } of graphRows(client, subscriptionId, COUNT_QUERY)) if (typeof Count === 'number') return Count;
      return 0;
    },
  };
}

/** Failures that a repeated request gets again. */
const REFUSED: ReadonlySet<string> = new Set(['signed-out', 'forbidden', 'missing', 'conflict', 'invalid']);

/** Returns the failure with Azure's reason and the missing action, from a plain request: the SDK reports only the status of a page. */
async function explainRefusal(client: ArmClient, path: string, error: unknown): Promise<ArmFailure> {
  const failure = failureWithoutAnswer(error, false);
  if (!REFUSED.has(failure.kind)) return failure;
  return client.send('GET', path, WEB).then(
    () => failure,
    (second: unknown) => (second instanceof ArmFailure ? second : failure),
  );
}

/** The most configurations that are held while their site is found. */
const MOST_AHEAD = 1000;

/** Yields configurations by the id of their site, in the order of the sites. */
async function* bySite(rows: AsyncIterable<Body>): AsyncGenerator<readonly [string, Body]> {
  for await (const { site, properties } of rows)
    if (typeof site === 'string' && isRecord(properties)) yield [site, cleaned('siteConfig', { properties: toCamelCase(properties) })];
}

/**
 * Yields the apps of a subscription with their configuration. Sites and configurations are in two tables with the same order; both are read
 * in parallel, and one page of each is held.
 */
async function* inventory(client: ArmClient, subscriptionId: string, leftOut?: LeftOut): AsyncGenerator<Inventoried> {
  const rows = bySite(graphRows(client, subscriptionId, CONFIGS_QUERY));
  const ahead = new Map<string, Body>();
  let through = false;
  const configOf = async (site: string): Promise<Body | undefined> => {
    // A site that is missing, or in a different order, is read separately later.
    while (!ahead.has(site) && !through && ahead.size < MOST_AHEAD) {
      const { value, done } = await rows.next();
      if (done) through = true;
      else ahead.set(...value);
    }
    const found = ahead.get(site);
    ahead.delete(site);
    return found;
  };
  for await (const row of graphRows(client, subscriptionId, SITES_QUERY)) {
    const { id, kind, location, tags, properties, site: _, ...rest } = row as Body & { site?: Json };
    if (/^microsoft\.app\/containerapps$/i.test(textOf(row['type']))) {
      leftOut?.(plainText(textOf(row['name'])), 'container app');
      continue;
    }
    if (typeof id !== 'string' || !parseSiteId(id) || typeof kind !== 'string' || !isRecord(properties))
      throw incompleteFailure('a row is not an app');
    if (!isFunctionApp(kind)) {
      if (isWorkflowApp(kind)) leftOut?.(plainText(parseSiteId(id)?.label ?? id), 'Logic App');
      continue;
    }
    const config = await configOf(id.toLowerCase());
    const { siteConfig: __, ...others } = properties;
    const site = { ...rest, id, kind, location: typeof location === 'string' ? location : '' };
    const held = new Map<ResourceKey, Body>([['site', cleaned('site', { ...site, properties: others })]]);
    if (config) held.set('siteConfig', config);
    const target = targetOf({ ...site, tags: textsIn(tags) }, subscriptionId);
    if (!target) throw incompleteFailure('a row is not an app of this subscription');
    yield { target, held };
  }
}

const isPlainValue = (value: Json): boolean => typeof value !== 'object';

/** Members that say where a site runs. They are stored with it, so that null means "not there" in a list as well. */
const HOSTING: ReadonlySet<string> = new Set(['hostingEnvironmentProfile', 'managedEnvironmentId']);

/**
 * Yields the apps of a subscription with their sites. Rows of other resources are skipped: the caller of this list has found the apps before.
 * A member that is null is left out, because a list has null for what it does not look up (recorded: privateEndpointConnections). So are
 * lists and objects, which are most of a row and are read where something asks for them: a page is shortened at once, because many
 * subscriptions are listed at the same time.
 */
async function* listedSites(client: ArmClient, subscriptionId: string): AsyncGenerator<Inventoried> {
  const path = `/subscriptions/${subscriptionId}/providers/Microsoft.Web/sites`;
  for await (const page of client.pages(path, WEB)) yield* shortened(page, path, subscriptionId);
}

function shortened(page: readonly Json[], path: string, subscriptionId: string): Inventoried[] {
  return page.flatMap((row) => {
    checkItem(row, path);
    if (!isRecord(row) || typeof row['id'] !== 'string' || !isFunctionApp(textOf(row['kind'])) || !isRecord(row['properties'])) return [];
    const target = targetOf({ ...row, id: row['id'], location: textOf(row['location']), tags: textsIn(row['tags']) }, subscriptionId);
    if (!target) return [];
    const known = Object.fromEntries(Object.entries(row['properties']).filter(([name, value]) => HOSTING.has(name) || isPlainValue(value)));
    return [{ target, held: new Map<ResourceKey, Body>([['site', cleaned('site', { ...row, properties: known })]]) }];
  });
}

/** Returns the tags that are texts. A tag must hold no secret, because all readers see it; a tag with a secret is not shown in reports either. */
const textsIn = (tags: unknown): Record<string, string> =>
  isRecord(tags)
    ? Object.fromEntries(
        Object.entries(tags).flatMap(([name, value]) =>
          typeof value === 'string' ? [[name, isSecretTag(name, value) ? REDACTED : value]] : [],
        ),
      )
    : {};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const cleaned = (key: ResourceKey, body: Body): Body => RESOURCES[key].clean?.(body) ?? body;

/** Whether a site is a function app. Logic Apps (workflow apps) share the type and are another product. */
const isFunctionApp = (kind: string): boolean => /\bfunctionapp\b/i.test(kind) && !isWorkflowApp(kind);
const isWorkflowApp = (kind: string): boolean => /\bworkflowapp\b/i.test(kind);

/** Returns the app or slot of a row; undefined where its id cannot be an address, or belongs to another subscription. */
function targetOf(site: Site, subscription: string): Target | undefined {
  const parts = parseSiteId(textOf(site?.id));
  if (parts?.subscriptionId.toLowerCase() !== subscription.toLowerCase()) return undefined;
  // Requests use the id. The shown name must not control a terminal.
  const shown = { name: plainText(parts.name), label: plainText(parts.label), resourceGroup: sharedText(plainText(parts.resourceGroup)) };
  const place = { location: sharedText(plainText(textOf(site.location))), kind: sharedText(plainText(textOf(site.kind))) };
  return { ...parts, ...shown, ...place, subscriptionId: sharedText(parts.subscriptionId), tags: sharedTags(textsIn(site.tags)) };
}

/** Returns a function that replaces a value by an equal one of an earlier app: the apps of a fleet have the same tags and places. */
function shareByText<T>(keyOf: (value: T) => string): (value: T) => T {
  const known = new Map<string, T>();
  return (value) => {
    const key = keyOf(value);
    const found = known.get(key);
    if (found === undefined && known.size < MOST_SHARED && key.length < MOST_CHARACTERS) known.set(key, value);
    return found ?? value;
  };
}
const MOST_SHARED = 2000;
const MOST_CHARACTERS = 500;
const sharedText = shareByText((text: string) => text);
const sharedTags = shareByText((tags: Target['tags']) => JSON.stringify(tags));
