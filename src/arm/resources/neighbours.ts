/** The other apps and slots of a subscription, and the resources that their settings name. */
import { ArmFailure } from '../../engine/ports.ts';
import { isRecord, valueAt, type Body } from '../../change/json-paths.ts';
import { type Json, type Neighbour, type ResourceKey, type Resources, type Uses, usesOf } from '../../azure/index.ts';
import { productionOf } from '../../engine/fleet/targets.ts';
import type { ArmClient } from '../client.ts';
import { sharedAnswer } from '../reads/kept-answers.ts';
import { ALL_SITES_QUERY, graphRows } from '../reads/resource-graph.ts';
import {
  bodyOf,
  isUnexpectedShape,
  itemsOf,
  unexpectedShapeFailure,
  readList,
  sameId,
  textOf,
  castBody,
  web,
  WEB,
  type Finder,
  type Resource,
} from '../resource-definition.ts';

const none = { apiVersion: WEB } as const;

/** Function apps, web apps and their slots from Azure Resource Graph, because a list of ARM omits the slots. */
export const sites: Resource = {
  ...none,
  place: ({ subscriptionId }) => `/subscriptions/${subscriptionId}/providers/Microsoft.Web/sites`,
  ...readList(...web('read', 'slots/read'), 'Microsoft.ResourceGraph/resources/read'),
  find: ({ client, target }) =>
    sharedAnswer(client, target, `/subscriptions/${target.subscriptionId} ${ALL_SITES_QUERY}`, async () => ({
      value: await Array.fromAsync(graphRows(client, target.subscriptionId, ALL_SITES_QUERY)),
    })),
};
export const neighbours: Resource = {
  ...none,
  ...readList(...web('config/list/action')),
  through: ['sites'],
  find: findNeighbours,
};

/** The most apps and slots whose settings are read: two requests each, and Azure accepts 200 at once. */
const MOST = 200;
/** Milliseconds for which the names in settings are kept, so that many apps of one command do not read them again. */
const KEPT_FOR = 60_000;

async function findNeighbours(x: Finder): Promise<Body> {
  const { looked, total } = nearest(x, (await bodyOf(x, 'sites')) ?? {});
  const uses = await Promise.all(looked.map((site) => usesAt(x.client, site)));
  const named = looked.map((site, index) => ({ id: textOf(site['id']), name: labelOf(site), uses: uses[index] }));
  return {
    value: named.flatMap(({ uses: found, ...one }): Neighbour[] => (found ? [{ ...one, ...found }] : [])),
    total,
    closed: named.flatMap(({ uses: found, name }) => (found ? [] : [name])),
    beyond: total - looked.length,
  } as unknown as Body;
}

const labelOf = (site: Body): string => {
  const [, app = '', slot] = /\/sites\/([^/]+)(?:\/slots\/([^/]+))?$/i.exec(textOf(site['id'])) ?? [];
  return slot === undefined ? app : `${app}/${slot}`;
};

/** The rows of a list by their group, in lower case. A list of a whole subscription serves many apps, and is grouped once. */
const grouped = new WeakMap<Body, ReadonlyMap<string, readonly Body[]>>();

function groupsOf(list: Body): ReadonlyMap<string, readonly Body[]> {
  const groups = grouped.get(list) ?? Map.groupBy(itemsOf(list), (site) => groupOf(textOf(site['id'])));
  grouped.set(list, groups);
  return groups;
}

const groupOf = (id: string): string => id.split('/')[4]?.toLowerCase() ?? '';

/**
 * Returns the other apps and slots that most likely share a resource, and the number of all: slots of the same app first, then its resource
 * group, then the other groups.
 */
function nearest({ target }: Finder, list: Body): { looked: readonly Body[]; total: number } {
  const groups = groupsOf(list);
  const own = (groups.get(groupOf(target.id)) ?? []).filter((site) => !sameId(site['id'], target.id));
  const beside = `${productionOf(target.id)}/`.toLowerCase();
  const isBeside = (site: Body): boolean => `${textOf(site['id'])}/`.toLowerCase().startsWith(beside);
  const looked = [...own.filter(isBeside), ...own.filter((site) => !isBeside(site))].slice(0, MOST);
  let total = own.length;
  for (const [group, sites] of groups) {
    if (group === groupOf(target.id)) continue;
    total += sites.length;
    looked.push(...sites.slice(0, MOST - looked.length));
  }
  return { looked, total };
}

interface Kept {
  readonly uses: Promise<Uses | undefined>;
  readonly until: number;
}
const kept = new WeakMap<ArmClient, Map<string, Kept>>();

/** Clears the names in settings, because a write of this command may have changed them. */
export const forgetNeighbours = (client: ArmClient): void => void kept.delete(client);

async function usesAt(client: ArmClient, site: Body): Promise<Uses | undefined> {
  const known = kept.get(client) ?? new Map<string, Kept>();
  kept.set(client, known);
  const id = textOf(site['id']).toLowerCase();
  const before = known.get(id);
  if (before && before.until > Date.now()) return before.uses;
  const uses = readUses(client, site);
  known.set(id, { uses, until: Date.now() + KEPT_FOR });
  return uses;
}

/** Returns the names in the settings of an app; undefined where they cannot be read or have another shape. */
async function readUses(client: ArmClient, site: Body): Promise<Uses | undefined> {
  const id = textOf(site['id']);
  const bodies = new Map<ResourceKey, Json>();
  const settingsOf = async <K extends 'appSettings' | 'connectionStrings'>(key: K): Promise<Resources[K]['properties']> => {
    const { body } = await client.send('POST', `${id}/config/${key.toLowerCase()}/list`, WEB);
    if (!isRecord(valueAt(body, 'properties'))) throw unexpectedShapeFailure();
    bodies.set(key, body);
    return castBody(key, body).properties;
  };
  try {
    const [settings, connectionStrings, whole] = await Promise.all([
      settingsOf('appSettings'),
      settingsOf('connectionStrings'),
      wholeSite(client, site),
    ]);
    bodies.set('site', whole);
    return usesOf({ settings, connectionStrings, site: castBody('site', whole) });
  } catch (error) {
    // An app with an unexpected answer does not hide the other apps.
    if (!(error instanceof ArmFailure) && !isUnexpectedShape(error, bodies)) throw error;
    return undefined;
  }
}

/** Returns the site with its package storage, which an inventory may omit (Flex Consumption). */
async function wholeSite(client: ArmClient, site: Body): Promise<Body> {
  const isFlex = valueAt(site, 'properties.sku') === 'FlexConsumption';
  if (!isFlex || valueAt(site, 'properties.functionAppConfig')) return site;
  const { body } = await client.send('GET', textOf(site['id']), WEB);
  return isRecord(body) ? body : site;
}
