/** A PUT of a missing site or slot creates it: on the plan that it names, or on a Consumption plan in its region. */
import type { EmulatedRequest } from '../answers.ts';
import { slotsOf } from './bodies.ts';
import { removeSites, siteIndex } from './site-index.ts';
import { planIn } from './sites.ts';
import { regionOf } from './plans.ts';
import { isObject, keyOf, type Json, type JsonObject, type PlanRecord, type SiteRecord, type State } from '../state.ts';

const at = (value: Json | undefined, name: string): Json | undefined => (isObject(value) ? value[name] : undefined);

/** Creates the site; undefined if the app of the slot, or the plan, does not exist. */
export function createdSite(state: State, id: string, { body }: EmulatedRequest, now: Date): SiteRecord | undefined {
  const [, root = '', name = '', slot] = /^(.*\/sites\/([^/]+))(?:\/slots\/([^/]+))?$/i.exec(id) ?? [];
  const parent = slot ? state.sites[keyOf(root)] : undefined;
  if (slot && !parent) return undefined;
  const properties = at(body, 'properties');
  const asked = at(body, 'kind') ?? parent?.kind;
  const kind = String(asked ?? 'app');
  const location = regionOf(String(at(body, 'location') ?? parent?.location ?? ''));
  const named = at(properties, 'serverFarmId');
  const plan = parent && typeof named !== 'string' ? state.plans[keyOf(parent.planId)] : planFor(state, root, properties, kind, location);
  if (!plan) return undefined;
  const environment = at(properties, 'managedEnvironmentId');
  return {
    id,
    name,
    ...(slot ? { slot } : {}),
    kind:
      asked === undefined
        ? kindOnPlan(plan, at(properties, 'siteConfig'))
        : plan.linux && !/linux/.test(kind) && kind !== 'app'
          ? `${kind},linux`
          : kind,
    location,
    planId: plan.id,
    properties: typeof environment === 'string' ? { serverFarmId: null, sku: null } : {},
    // A slot starts as a copy of the app.
    config: { ...parent?.config },
    appSettings: { ...parent?.appSettings, ...settingsIn(at(properties, 'siteConfig')) },
    stickySettings: [],
    publishing: {},
    functions: [],
    deployments: [],
    createdAt: now.toISOString(),
  };
}

/** The kind of an app that was made without one: by its plan and its image. */
function kindOnPlan({ linux }: PlanRecord, config: Json | undefined): string {
  const hasImage = (member: string): boolean => /^(docker|compose|kube)\|/i.test(String(at(config, member) ?? ''));
  if (linux) return `app,linux${hasImage('linuxFxVersion') ? ',container' : ''}`;
  return hasImage('windowsFxVersion') ? 'app,container,windows' : 'app';
}

function settingsIn(config: Json | undefined): Record<string, string> {
  const list = at(config, 'appSettings');
  const rows = Array.isArray(list) ? list.filter(isObject) : [];
  return Object.fromEntries(rows.map(({ name, value }) => [String(name), String(value ?? '')]));
}

function planFor(state: State, site: string, properties: Json | undefined, kind: string, location: string): PlanRecord | undefined {
  const named = at(properties, 'serverFarmId');
  const group = site.replace(/\/providers\/.*$/i, '');
  if (typeof named === 'string') {
    const planId = named.startsWith('/') ? named : `${group}/providers/Microsoft.Web/serverfarms/${named}`;
    return state.plans[keyOf(planId)];
  }
  const linux = at(properties, 'reserved') === true || /linux/i.test(kind);
  const name = `${location.replaceAll(' ', '')}${linux ? 'LinuxDynamic' : ''}Plan`;
  const [, , subscription = '', , groupName = ''] = site.split('/');
  const plan = planIn(subscription, groupName, name, 'Y1', linux, location);
  return (state.plans[keyOf(plan.id)] ??= plan);
}

/** Removes from the body what is stored elsewhere: app settings are not a member of config/web. */
export function withoutSettings({ body }: EmulatedRequest): Json {
  if (!isObject(body) || !isObject(body['properties']) || !isObject(body['properties']['siteConfig'])) return body;
  const { appSettings: _, connectionStrings: __, ...siteConfig } = body['properties']['siteConfig'];
  return { ...body, properties: { ...body['properties'], siteConfig } as JsonObject };
}

/** Deletes a site with its slots, and its plan if the client asks for that and no other site uses it. */
export function deleteSite(state: State, site: SiteRecord, url: string): void {
  const key = keyOf(site.id);
  removeSites(state, [key, ...slotsOf(state, site).map(({ id }) => keyOf(id))]);
  for (const one of Object.keys(state.resources)) if (one.startsWith(`${key}/`)) delete state.resources[one];
  const asked = new URL(url, 'http://arm.invalid').searchParams.get('deleteEmptyServerFarm');
  const isEmpty = !siteIndex(state).onPlan.has(keyOf(site.planId));
  if (isEmpty && asked?.toLowerCase() === 'true') delete state.plans[keyOf(site.planId)];
}
