/** Permissions for each action: an action without permission is refused as by ARM, or its resource is left out of a list. */
import { expect, test } from 'vitest';
import { ORDERS, SITES, world, type World } from '../helpers/world.ts';

const SUBSCRIPTION = SITES.replace('/resourceGroups', '');
const BILLING = `${SITES}/rg-finance/providers/Microsoft.Web/sites/fn-billing`;
const SUBNET = `${SITES}/rg-network/providers/Microsoft.Network/virtualNetworks/vnet-contoso/subnets/apps-finance`;
const SETTINGS = 'Microsoft.Web/sites/config/list/action';

async function ask(here: World, caller: string, method: string, path: string, body?: unknown) {
  const response = await fetch(`${here.endpoint}${path}${path.includes('?') ? '&' : '?'}api-version=2024-11-01`, {
    method,
    headers: { authorization: `Bearer ${here.tokens![caller]}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  // oxlint-disable-next-line typescript/no-explicit-any
  return { status: response.status, body: (await response.json()) as Record<string, any> };
}

const at = (scope: string, ...actions: string[]) => [{ scope, actions }];

test('an action without permission is refused with its name and scope; wildcards and notActions count', async () => {
  const here = await world({
    callers: {
      reads: at('/', '*/read'),
      lists: at(ORDERS, 'Microsoft.Web/sites/config/*'),
      not: [{ scope: SUBSCRIPTION, actions: ['Microsoft.Web/*'], notActions: [SETTINGS] }],
    },
  });
  const list = (caller: string) => ask(here, caller, 'POST', `${ORDERS}/config/appsettings/list`);
  expect((await list('lists')).status).toBe(200);
  for (const caller of ['reads', 'not']) {
    const { status, body } = await list(caller);
    expect([status, body['error'].code]).toEqual([403, 'AuthorizationFailed']);
    expect(body['error'].message).toContain(`'${SETTINGS}' over scope '${ORDERS}/config/appsettings'`);
  }
  expect((await ask(here, 'lists', 'GET', ORDERS)).body['error'].message).toContain("'Microsoft.Web/sites/read'");
});

test('a slot has its own actions', async () => {
  const here = await world({ callers: { site: at(BILLING, 'Microsoft.Web/sites/config/read') } });
  expect((await ask(here, 'site', 'GET', `${BILLING}/config/web`)).status).toBe(200);
  const { status, body } = await ask(here, 'site', 'GET', `${BILLING}/slots/staging/config/web`);
  expect([status, body['error'].message]).toEqual([403, expect.stringContaining("'Microsoft.Web/sites/slots/config/read'")]);
});

test('a resource id in the body needs a permission on that resource', async () => {
  const integrate = 'Microsoft.Web/sites/networkConfig/write';
  const here = await world({
    callers: {
      alone: at(BILLING, integrate),
      both: [...at(BILLING, integrate), ...at(SUBNET, 'Microsoft.Network/virtualNetworks/subnets/join/action')],
    },
  });
  const put = (caller: string) =>
    ask(here, caller, 'PUT', `${BILLING}/networkConfig/virtualNetwork`, { properties: { subnetResourceId: SUBNET } });
  const { status, body } = await put('alone');
  expect([status, body['error'].code]).toEqual([403, 'LinkedAuthorizationFailed']);
  expect(body['error'].message).toContain(`'Microsoft.Network/virtualNetworks/subnets/join/action' on the linked scope(s) '${SUBNET}'`);
  expect((await put('both')).status).toBe(200);
});

test('lists and Resource Graph leave out resources without permission; a list without any permission is refused', async () => {
  const finance = `${SITES}/rg-finance`;
  const query = { subscriptions: [SUBSCRIPTION.split('/').at(-1)], query: "resources | where type =~ 'microsoft.web/sites' | project id" };
  const here = await world({
    callers: { some: at(finance, 'Microsoft.Web/sites/read', 'Microsoft.ResourceGraph/resources/read'), none: at(ORDERS, 'x/y/read') },
  });
  const names = (found: { id: string }[]) => found.map(({ id }) => id.split('/')[4]);
  const listed = await ask(here, 'some', 'GET', `${SUBSCRIPTION}/providers/Microsoft.Web/sites`);
  expect(new Set(names(listed.body['value']))).toEqual(new Set(['rg-finance']));
  const graph = await ask(here, 'some', 'POST', '/providers/Microsoft.ResourceGraph/resources', query);
  expect(names(graph.body['data'])).toHaveLength(listed.body['value'].length);
  const refused = await ask(here, 'none', 'GET', `${SUBSCRIPTION}/providers/Microsoft.Web/sites`);
  expect([refused.status, refused.body['error'].message]).toEqual([403, expect.stringContaining("'Microsoft.Web/sites/read'")]);
  expect((await ask(here, 'none', 'POST', '/providers/Microsoft.ResourceGraph/resources', query)).status).toBe(403);
});

test('the permissions at each scope are correct, and secrets need a data action', async () => {
  const vault = `${SITES}/rg-events/providers/Microsoft.KeyVault/vaults/kv-events`;
  const get = {
    scope: vault,
    actions: ['Microsoft.KeyVault/vaults/read'],
    dataActions: ['Microsoft.KeyVault/vaults/secrets/getSecret/action'],
  };
  const own = at('/', 'Microsoft.Authorization/permissions/read');
  const here = await world({ callers: { data: [get, ...own], plain: own } });
  await here.send('PUT', `${vault}/secrets/one`, { properties: { value: 'x' } });
  const rows = async (scope: string) =>
    (await ask(here, 'data', 'GET', `${scope}/providers/Microsoft.Authorization/permissions`)).body['value'];
  expect(await rows(vault)).toMatchObject([{ actions: get.actions, dataActions: get.dataActions }, { dataActions: [] }]);
  expect(await rows(ORDERS)).toHaveLength(1);
  expect((await ask(here, 'data', 'GET', '/vault/kv-events/secrets/one')).status).toBe(200);
  expect((await ask(here, 'plain', 'GET', '/vault/kv-events/secrets/one')).status).toBe(403);
});
