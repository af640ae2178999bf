/** Microsoft.Web, as far as func-harden uses it: the handler of each request, and the ARM action that the request needs. */
import { configIn, versionOf, siteIn } from './versions.ts';
import { answer, type EmulatedResponse } from '../answers.ts';
import {
  bindingsOf,
  configBody,
  connectionStringsBody,
  deploymentBody,
  functionBody,
  listedSiteBody,
  planOf,
  policyBody,
  production,
  settingsBody,
  siteBody,
  slotsOf,
  sourceControlBody,
  stickyBody,
} from './bodies.ts';
import { authBody, oldAuthBody, putAuth, putOldAuth } from './auth.ts';
import { isContained } from './contained.ts';
import { deleteSite } from './creation.ts';
import { deleteKey, listFunctionKeys, listHostKeys, putKey } from './keys.ts';
import { connection, connectionsOf, decideConnection, dropConnection, integrationsOf, putVnet, vnetBody } from './networks.ts';
import { publishingCredentials, publishProfile } from './publishing.ts';
import { referencesBody } from '../secrets.ts';
import { type JsonObject } from '../state.ts';
import { putSticky, putSourceControl, putConnectionStrings, members, putPolicy, putSettings, writeConfig, writeSite } from './writes.ts';
import type { WebContext } from './web-context.ts';

/** A site or slot, and the path after its id. */
export const SITE = /^(\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Web\/sites\/[^/]+(?:\/slots\/[^/]+)?)(.*)$/i;

export interface Route {
  readonly method: string;
  /** Path after the id of the site or slot. */
  readonly path: RegExp;
  /** ARM action, as roles name it for a production site. */
  readonly action: string;
  readonly handle: (x: WebContext) => EmulatedResponse;
}

const get = (path: RegExp, action: string, handle: Route['handle']): Route => ({
  method: 'GET',
  path,
  action: `Microsoft.Web/sites/${action}`,
  handle,
});
const write = (method: string, path: RegExp, action: string, handle: Route['handle']): Route => ({
  method,
  path,
  action: `Microsoft.Web/sites/${action}`,
  handle,
});

/** Formats a list as this provider does; some lists have an ETag. */
const listed = (value: JsonObject[], etag?: () => string): EmulatedResponse =>
  answer(200, { value, nextLink: null, id: null }, etag ? { etag: etag() } : {});

export const ROUTES: readonly Route[] = [
  get(/^$/, 'read', ({ site, plan, ...x }) => {
    const body = siteIn(versionOf(x.request), siteBody(site, plan, x.state), 'told');
    // On Container Apps there is none (recorded).
    return answer(200, body, isContained(site) ? {} : { etag: x.etag() });
  }),
  write('PATCH', /^$/, 'write', writeSite),
  write('PUT', /^$/, 'write', writeSite),
  write('DELETE', /^$/, 'delete', ({ state, site, request, etag }) => {
    deleteSite(state, site, request.url);
    return answer(200, null, { etag: etag() });
  }),
  get(/^\/slots$/i, 'slots/read', ({ state, site, request, etag }) => {
    const slots = slotsOf(state, site);
    const bodies = slots.map((slot) => siteIn(versionOf(request), listedSiteBody(slot, planOf(state, slot), state), 'named'));
    // On Container Apps there are none, and the list has no other member (recorded).
    return isContained(site) ? answer(200, { value: [] }) : listed(bodies, slots.length === 0 ? undefined : etag);
  }),
  get(/^\/config\/web$/i, 'config/read', (x) => answer(200, configIn(versionOf(x.request), configBody(x)))),
  ...['PATCH', 'PUT'].map((method) =>
    write(
      method,
      /^\/config\/web$/i,
      'config/write',
      (x) =>
        writeConfig(x, members(x.request.body)) ?? answer(200, configIn(versionOf(x.request), configBody(x, true)), { etag: x.etag() }),
    ),
  ),
  write('POST', /^\/config\/appsettings\/list$/i, 'config/list/action', (x) => answer(200, settingsBody(x))),
  write('PUT', /^\/config\/appsettings$/i, 'config/write', putSettings),
  get(/^\/config\/slotConfigNames$/i, 'config/read', ({ state, site }) => answer(200, stickyBody(production(state, site)))),
  write('PUT', /^\/config\/slotConfigNames$/i, 'config/write', putSticky),
  get(/^\/basicPublishingCredentialsPolicies$/i, 'basicPublishingCredentialsPolicies/read', ({ site }) =>
    answer(200, { value: [policyBody(site, 'ftp'), policyBody(site, 'scm')], nextLink: null }),
  ),
  ...(['scm', 'ftp'] as const).flatMap((name) => [
    get(new RegExp(`^/basicPublishingCredentialsPolicies/(${name})$`, 'i'), `basicPublishingCredentialsPolicies/${name}/read`, ({ site }) =>
      answer(200, policyBody(site, name)),
    ),
    write(
      'PUT',
      new RegExp(`^/basicPublishingCredentialsPolicies/(${name})$`, 'i'),
      `basicPublishingCredentialsPolicies/${name}/write`,
      putPolicy,
    ),
  ]),
  get(/^\/functions$/i, 'functions/read', ({ site }) => listed(site.functions.map((item) => functionBody(site, item)))),
  get(/^\/deployments$/i, 'deployments/read', ({ site }) =>
    answer(200, { value: site.deployments.map((item, index) => deploymentBody(site, item, index)), nextLink: null }),
  ),
  get(/^\/sourcecontrols\/web$/i, 'sourcecontrols/read', sourceControlBody),
  write('PUT', /^\/sourcecontrols\/web$/i, 'sourcecontrols/write', putSourceControl),
  write('DELETE', /^\/sourcecontrols\/web$/i, 'sourcecontrols/delete', ({ site }) => {
    delete site.sourceControl;
    return answer(200);
  }),
  get(/^\/hostNameBindings$/i, 'hostNameBindings/read', (x) => listed(bindingsOf(x), x.etag)),
  write('POST', /^\/config\/connectionstrings\/list$/i, 'config/list/action', (x) => answer(200, connectionStringsBody(x))),
  write('PUT', /^\/config\/connectionstrings$/i, 'config/write', putConnectionStrings),
  write('POST', /^\/config\/publishingcredentials\/list$/i, 'config/list/action', publishingCredentials),
  get(/^\/config\/authsettingsV2$/i, 'config/read', (x) => answer(200, authBody(x))),
  get(/^\/config\/authsettingsV2\/list$/i, 'config/list/action', (x) => answer(200, authBody(x))),
  write('PUT', /^\/config\/authsettingsV2$/i, 'config/write', putAuth),
  write('PUT', /^\/config\/authsettings$/i, 'config/write', putOldAuth),
  write('POST', /^\/config\/authsettings\/list$/i, 'config/list/action', (x) => answer(200, oldAuthBody(x))),
  get(/^\/config\/configreferences\/appsettings$/i, 'config/appsettings/read', ({ state, site }) => referencesBody(state, site)),
  write('POST', /^\/config\/configreferences\/appsettings\/refresh$/i, 'config/write', ({ state, site }) => referencesBody(state, site)),
  write('POST', /^\/host\/default\/listkeys$/i, 'host/listkeys/action', listHostKeys),
  write('POST', /^\/functions\/([^/]+)\/listkeys$/i, 'functions/listkeys/action', listFunctionKeys),
  ...(['functionKeys', 'systemKeys'] as const).flatMap((kind) => [
    write('PUT', new RegExp(`^/host/default/(${kind})/([^/]+)$`, 'i'), `host/${kind.toLowerCase()}/write`, putKey),
    write('DELETE', new RegExp(`^/host/default/(${kind})/([^/]+)$`, 'i'), `host/${kind.toLowerCase()}/delete`, deleteKey),
  ]),
  write('PUT', /^\/(functions)\/([^/]+)\/keys\/([^/]+)$/i, 'functions/keys/write', putKey),
  write('DELETE', /^\/(functions)\/([^/]+)\/keys\/([^/]+)$/i, 'functions/keys/delete', deleteKey),
  get(/^\/networkConfig\/virtualNetwork$/i, 'networkConfig/read', (x) => answer(200, vnetBody(x), { etag: x.etag() })),
  write('PUT', /^\/networkConfig\/virtualNetwork$/i, 'networkConfig/write', putVnet),
  write('DELETE', /^\/networkConfig\/virtualNetwork$/i, 'networkConfig/delete', ({ site, etag }) => {
    delete site.properties['virtualNetworkSubnetId'];
    return answer(200, null, { etag: etag() });
  }),
  get(/^\/virtualNetworkConnections$/i, 'virtualNetworkConnections/read', ({ site }) => answer(200, integrationsOf(site))),
  get(/^\/privateEndpointConnections$/i, 'privateEndpointConnections/read', ({ state, site }) => listed(connectionsOf(state, site))),
  get(/^\/privateEndpointConnections\/([^/]+)$/i, 'privateEndpointConnections/read', connection),
  write('PUT', /^\/privateEndpointConnections\/([^/]+)$/i, 'privateEndpointConnections/write', decideConnection),
  write('DELETE', /^\/privateEndpointConnections\/([^/]+)$/i, 'privateEndpointConnections/delete', dropConnection),
  write('POST', /^\/restart$/i, 'restart/action', () => answer(200)),
  write('POST', /^\/publishxml$/i, 'publishxml/action', publishProfile),
  write('POST', /^\/newpassword$/i, 'newpassword/action', () => answer(204)),
];

const known = new Map<string, readonly Route[]>();

/** The routes of a path after the id of a site. They are cached, because the same few paths are requested for every site. */
export function routesAt(rest: string): readonly Route[] {
  const found = known.get(rest) ?? ROUTES.filter(({ path }) => path.test(rest));
  if (known.size > 1000) known.clear();
  known.set(rest, found);
  return found;
}
