/** Microsoft.Web as far as the tool touches it: which request does what, and which ARM action it needs. */
import { answer, type EmulatedResponse } from './answers.ts';
import {
  configBody,
  deploymentBody,
  functionBody,
  planOf,
  policyBody,
  production,
  settingsBody,
  siteBody,
  sourceControlBody,
  stickyBody,
} from './bodies.ts';
import { authBody, oldAuthBody, putAuth } from './auth.ts';
import { deleteKey, listFunctionKeys, listHostKeys, putKey } from './keys.ts';
import { connectionsOf, integrationsOf, putVnet, vnetBody } from './networks.ts';
import { publishProfile } from './publishing.ts';
import { referencesBody } from './secrets.ts';
import { keyOf } from './state.ts';
import { members, putPolicy, putSettings, writeConfig, writeSite } from './writes.ts';
import type { WebContext } from './web-context.ts';

/** A site or slot, and what follows its id. */
export const SITE = /^(\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Web\/sites\/[^/]+(?:\/slots\/[^/]+)?)(.*)$/i;

export interface Route {
  readonly method: string;
  /** What follows the id of the site or slot. */
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

export const ROUTES: readonly Route[] = [
  get(/^$/, 'read', ({ site, plan, ...x }) => answer(200, siteBody(site, plan, x.state), { etag: x.etag() })),
  write('PATCH', /^$/, 'write', writeSite),
  write('PUT', /^$/, 'write', writeSite),
  get(/^\/slots$/i, 'slots/read', ({ state, site }) => {
    const slots = Object.values(state.sites).filter((slot) => slot.slot && keyOf(slot.id).startsWith(`${keyOf(site.id)}/slots/`));
    return answer(200, { value: slots.map((slot) => siteBody(slot, planOf(state, slot), state)), nextLink: null });
  }),
  get(/^\/config\/web$/i, 'config/read', (x) => answer(200, configBody(x))),
  ...['PATCH', 'PUT'].map((method) =>
    write(
      method,
      /^\/config\/web$/i,
      'config/write',
      (x) => writeConfig(x, members(x.request.body)) ?? answer(200, configBody(x, true), { etag: x.etag() }),
    ),
  ),
  write('POST', /^\/config\/appsettings\/list$/i, 'config/list/action', (x) => answer(200, settingsBody(x))),
  write('PUT', /^\/config\/appsettings$/i, 'config/write', putSettings),
  get(/^\/config\/slotConfigNames$/i, 'config/read', ({ state, site }) => answer(200, stickyBody(production(state, site)))),
  write('PUT', /^\/config\/slotConfigNames$/i, 'config/write', ({ state, site, request }) => {
    const names = members(request.body)['appSettingNames'];
    if (Array.isArray(names)) production(state, site).stickySettings = names.map(String);
    return answer(200, stickyBody(production(state, site)));
  }),
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
  get(/^\/functions$/i, 'functions/read', ({ site }) =>
    answer(200, { value: site.functions.map((item) => functionBody(site, item)), nextLink: null }),
  ),
  get(/^\/deployments$/i, 'deployments/read', ({ site }) =>
    answer(200, { value: site.deployments.map((item, index) => deploymentBody(site, item, index)), nextLink: null }),
  ),
  get(/^\/sourcecontrols\/web$/i, 'sourcecontrols/read', ({ site }) => sourceControlBody(site)),
  write('POST', /^\/config\/connectionstrings\/list$/i, 'config/list/action', ({ site }) =>
    answer(200, {
      id: `${site.id}/config/connectionstrings`,
      name: 'connectionstrings',
      type: 'Microsoft.Web/sites/config',
      properties: site.connectionStrings ?? {},
    }),
  ),
  get(/^\/config\/authsettingsV2$/i, 'config/read', (x) => answer(200, authBody(x))),
  get(/^\/config\/authsettingsV2\/list$/i, 'config/list/action', (x) => answer(200, authBody(x))),
  write('PUT', /^\/config\/authsettingsV2$/i, 'config/write', putAuth),
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
  get(/^\/networkConfig\/virtualNetwork$/i, 'networkConfig/read', (x) => answer(200, vnetBody(x))),
  write('PUT', /^\/networkConfig\/virtualNetwork$/i, 'networkConfig/write', putVnet),
  write('DELETE', /^\/networkConfig\/virtualNetwork$/i, 'networkConfig/delete', ({ site, etag }) => {
    delete site.properties['virtualNetworkSubnetId'];
    return answer(200, null, { etag: etag() });
  }),
  get(/^\/virtualNetworkConnections$/i, 'virtualNetworkConnections/read', ({ site }) => answer(200, integrationsOf(site))),
  get(/^\/privateEndpointConnections$/i, 'privateEndpointConnections/read', ({ state, site }) =>
    answer(200, { value: connectionsOf(state, site), nextLink: null }),
  ),
  write('POST', /^\/restart$/i, 'restart/action', () => answer(200)),
  write('POST', /^\/publishxml$/i, 'publishxml/action', publishProfile),
  write('POST', /^\/newpassword$/i, 'newpassword/action', () => answer(204)),
];
