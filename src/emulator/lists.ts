/** Lists of the tenant, a subscription or a resource group: subscriptions, groups, apps and plans. */
import { answer, gatewayError, notFound, type EmulatedResponse } from './answers.ts';
import { listedSiteBody, planOf } from './web/bodies.ts';
import { listResources } from './resource-list.ts';
import { planBody } from './web/plans.ts';
import { keyOf, resourceGroupOf, type Json, type State } from './state.ts';
import { siteIndex } from './web/site-index.ts';
import { siteIn } from './web/versions.ts';

/** Number of sites per page of the subscription's list. The service pages too, but does not document the size. */
const PAGE = 200;

export function list(state: State, path: string, url: URL): EmulatedResponse | undefined {
  if (/^\/tenants$/i.test(path))
    return answer(200, {
      value: [{ id: `/tenants/${state.tenantId}`, tenantId: state.tenantId, displayName: 'Contoso', defaultDomain: 'contoso.example' }],
    });
  if (/^\/subscriptions$/i.test(path))
    return answer(200, {
      value: state.subscriptions.map((one) => subscription(state, one)),
      count: { type: 'Total', value: state.subscriptions.length },
    });
  const match = /^\/subscriptions\/([^/]+)(?:\/resourceGroups\/([^/]+))?(\/.*)?$/i.exec(path);
  const found = state.subscriptions.find(({ id }) => id === match?.[1]?.toLowerCase());
  if (!match) return undefined;
  if (!found) return subscriptionNotFound(path);
  const [, , group, rest = ''] = match;
  const below = (id: string) => id.split('/')[2] === found.id && (!group || resourceGroupOf(id).toLowerCase() === group.toLowerCase());
  if (/^\/resources$/i.test(rest)) return listResources(state, below, url.searchParams);
  if (/^\/providers\/Microsoft\.Web\/sites$/i.test(rest)) {
    const sites = (siteIndex(state).bySubscription.get(found.id) ?? []).filter((site) => !site.slot && (!group || below(site.id)));
    const version = url.searchParams.get('api-version') ?? '';
    return paged(sites, url, (site) => siteIn(version, listedSiteBody(site, planOf(state, site), state), 'named'));
  }
  if (/^\/providers\/Microsoft\.Web\/serverfarms$/i.test(rest))
    return paged(
      Object.values(state.plans).filter((plan) => below(plan.id)),
      url,
      (plan) => planBody(state, plan),
    );
  const plan = /^\/providers\/Microsoft\.Web\/serverfarms\/([^/]+)$/i.exec(rest);
  if (plan) {
    const body = state.plans[keyOf(path)];
    return body ? answer(200, planBody(state, body)) : notFound('Microsoft.Web/serverfarms', plan[1] ?? '', group ?? '');
  }
  if (rest === '' && group === undefined) return answer(200, subscription(state, found));
  return groups(state, found.id, rest, group);
}

export const subscriptionNotFound = (path: string): EmulatedResponse =>
  gatewayError(404, 'SubscriptionNotFound', `The subscription '${path.split('/')[2] ?? ''}' could not be found.`);

function groups(state: State, subscriptionId: string, rest: string, group: string | undefined): EmulatedResponse | undefined {
  const names = new Map(
    Object.values(state.plans)
      .filter(({ id }) => id.split('/')[2] === subscriptionId)
      .map((plan) => [resourceGroupOf(plan.id), plan.location]),
  );
  const body = (name: string) => ({
    id: `/subscriptions/${subscriptionId}/resourceGroups/${name}`,
    name,
    type: 'Microsoft.Resources/resourceGroups',
    location: (names.get(name) ?? '').toLowerCase().replaceAll(' ', ''),
    properties: { provisioningState: 'Succeeded' },
  });
  if (rest.toLowerCase() === '/resourcegroups') return answer(200, { value: [...names.keys()].map(body) });
  const name = [...names.keys()].find((one) => one.toLowerCase() === group?.toLowerCase());
  if (rest !== '' || group === undefined) return undefined;
  return name ? answer(200, body(name)) : gatewayError(404, 'ResourceGroupNotFound', `Resource group '${group}' could not be found.`);
}

function paged<T>(items: readonly T[], url: URL, render: (item: T) => Json): EmulatedResponse {
  const start = Number(url.searchParams.get('$skipToken') ?? 0);
  const value = items.slice(start, start + PAGE).map(render);
  if (start + PAGE >= items.length) return answer(200, { value, nextLink: null, id: null });
  const next = new URL(url);
  next.searchParams.set('$skipToken', String(start + PAGE));
  return answer(200, { value, nextLink: `{origin}${next.pathname}${next.search}`, id: null });
}

const subscription = (state: State, { id, name, tags }: State['subscriptions'][number]): Json => ({
  id: `/subscriptions/${id}`,
  authorizationSource: 'RoleBased',
  managedByTenants: [],
  subscriptionId: id,
  tenantId: state.tenantId,
  displayName: name,
  ...(tags ? { tags } : {}),
  state: 'Enabled',
  subscriptionPolicies: { locationPlacementId: 'Public_2014-09-01', quotaId: 'PayAsYouGo_2014-09-01', spendingLimit: 'Off' },
});
