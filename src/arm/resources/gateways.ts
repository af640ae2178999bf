/**
 * Gateways in front of an app, with the firewall policy (WAF) of each way to it. The site does not name them, so each gateway is checked
 * for its backends. Sources: learn.microsoft.com/azure/frontdoor/endpoint, /azure/web-application-firewall/afds/waf-front-door-configure-ip-restriction
 * (a security policy covers the domains that it names); /azure/web-application-firewall/ag/policy-overview (the policy of a path rule
 * precedes that of the listener, and that one the policy of the gateway).
 */
import { type Body, equals, isRecord, valueAt } from '../../change/json-paths.ts';
import type { Json } from '../../azure/index.ts';
import { productionOf } from '../../engine/fleet/targets.ts';
import { bodyOf, listAll, listAt, readList, sameId, textOf, type Finder, type Resource } from '../resource-definition.ts';

const NETWORK = '2024-07-01';
const CDN = '2024-02-01';
const cdn = (...names: string[]) => names.map((name) => `Microsoft.Cdn/profiles/${name}read`);

export const gateways: Resource = {
  apiVersion: CDN,
  ...readList(
    ...cdn('', 'originGroups/', 'originGroups/origins/', 'afdEndpoints/', 'afdEndpoints/routes/', 'securityPolicies/'),
    ...['applicationGateways', 'frontdoorWebApplicationFirewallPolicies', 'ApplicationGatewayWebApplicationFirewallPolicies'].map(
      (name) => `Microsoft.Network/${name}/read`,
    ),
  ),
  through: ['site'],
  find: findGateways,
};

/** The names and addresses by which a gateway reaches the app. */
interface Backend {
  readonly id: string;
  readonly hosts: readonly string[];
  /** Addresses of private endpoints, and the public address that the app shares with others. */
  readonly addresses: readonly string[];
}

async function findGateways(x: Finder): Promise<Body> {
  // The lists do not depend on the host names.
  const backend = bodyOf(x, 'site').then((site) => backendOf(site ?? {}));
  backend.catch(() => undefined); // Reported where the promise is awaited.
  const [doors, gates] = await Promise.all([frontDoors(x, backend), applicationGateways(x, backend)]);
  return { value: [...doors, ...gates] };
}

const backendOf = (site: Body): Backend => ({
  id: textOf(site['id']),
  hosts: listOfTexts(valueAt(site, 'properties.hostNames')),
  addresses: [
    ...listAt(site, 'properties.privateEndpointConnections').flatMap((one) => listOfTexts(valueAt(one, 'properties.ipAddresses'))),
    ...textAt(site, 'properties.inboundIpAddress').split(',').filter(Boolean),
  ],
});

/** The group id of a private link to an app, or to a slot of it. */
const groupIdOf = (id: string): string => `sites${/\/slots\/[^/]+$/i.exec(id)?.[0].replace(/^\/slots\//i, '-') ?? ''}`.toLowerCase();

const listOfTexts = (value: Json | undefined): readonly string[] =>
  Array.isArray(value)
    ? (value as readonly Json[]).filter((one): one is string => typeof one === 'string').map((one) => one.toLowerCase())
    : [];
const textAt = (body: Json, path: string): string => textOf(valueAt(body, path));
const idAt = (body: Json, path: string): string => textAt(body, path).toLowerCase();
const isOff = (body: Body): boolean => /^disabled$/i.test(textAt(body, 'properties.enabledState'));
const subscription = (x: Finder): string => `/subscriptions/${x.target.subscriptionId}/providers`;

/** A way through a gateway to the app, and the policy that covers it. `isSure`: it leads to the app; otherwise it may. */
interface Way {
  readonly name: string;
  readonly policy?: string;
  readonly isSure: boolean;
  /** The address behind a way that may lead to the app. */
  readonly address?: string;
}

/** Whether an origin is the app: by a name of it, or by a private link to it. */
function isOriginOf({ id, hosts }: Backend, origin: Body): boolean {
  const link = valueAt(origin, 'properties.sharedPrivateLinkResource') ?? {};
  return (
    hosts.includes(textAt(origin, 'properties.hostName').toLowerCase()) ||
    (sameId(valueAt(link, 'privateLink.id'), productionOf(id)) && (textAt(link, 'groupId') || 'sites').toLowerCase() === groupIdOf(id))
  );
}

async function frontDoors(x: Finder, app: Promise<Backend>): Promise<Body[]> {
  const profiles = (await listAll(x.client, `${subscription(x)}/Microsoft.Cdn/profiles`, CDN)).filter((one) =>
    /AzureFrontDoor$/i.test(textAt(one, 'sku.name')),
  );
  const backend = await app;
  const found = await Promise.all(
    profiles.map(async (profile) => {
      const id = textOf(profile['id']);
      const groups = await listAll(x.client, `${id}/originGroups`, CDN);
      if (groups.length === 0) return [];
      // Read in parallel with the origins, to save time. If the Front Door does not lead to the app, a refusal does not matter.
      const around = Promise.all([listAll(x.client, `${id}/securityPolicies`, CDN), listAll(x.client, `${id}/afdEndpoints`, CDN)]);
      around.catch(() => undefined);
      const origins = (await Promise.all(groups.map((one) => listAll(x.client, `${textOf(one['id'])}/origins`, CDN)))).flat();
      const own = origins.filter((one) => isOriginOf(backend, one));
      if (own.length === 0) return [];
      const [policies, endpoints] = await around;
      const routes = await routesOf(x, endpoints);
      const frontDoorId = textAt(profile, 'properties.frontDoorId');
      const walls =
        endpoints.length > 0
          ? await wallsOf(
              x,
              waysOf(
                routes,
                own.filter((one) => !isOff(one)),
                policies,
              ),
            )
          : await wallsOfPolicies(x, policies);
      return [gateway(profile, 'Front Door', { frontDoorId, ...walls })];
    }),
  );
  return found.flat();
}

/** Returns the routes of the endpoints that are enabled, each with the domain of its endpoint. */
async function routesOf(x: Finder, endpoints: readonly Body[]): Promise<readonly (readonly [route: Body, endpoint: Body])[]> {
  const serving = endpoints.filter((one) => !isOff(one));
  const lists = await Promise.all(serving.map((one) => listAll(x.client, `${textOf(one['id'])}/routes`, CDN)));
  return serving.flatMap((endpoint, index) => lists[index]!.filter((route) => !isOff(route)).map((route) => [route, endpoint] as const));
}

/** Returns the domains whose routes lead to origins of the app. The rules of a rule set may send requests to any origin group. */
function waysOf(routes: readonly (readonly [Body, Body])[], origins: readonly Body[], policies: readonly Body[]): Way[] {
  const groups = origins.map((one) =>
    textOf(one['id'])
      .toLowerCase()
      .replace(/\/origins\/[^/]*$/, ''),
  );
  const ways = routes.flatMap(([route, endpoint]) => {
    const isSure = groups.includes(idAt(route, 'properties.originGroup.id'));
    if (!isSure && listAt(route, 'properties.ruleSets').length === 0) return [];
    const isDefault = /^enabled$/i.test(textAt(route, 'properties.linkToDefaultDomain'));
    const domains = [...listAt(route, 'properties.customDomains'), ...(isDefault ? [endpoint] : [])];
    return domains.map((domain): Way & { readonly id: string } => {
      const id = textOf(domain['id']).toLowerCase();
      const policy = policies.find((one) => covers(one, id));
      return {
        id,
        name: textOf(domain['id']).split('/').at(-1) ?? '',
        isSure,
        policy: textAt(policy ?? {}, 'properties.parameters.wafPolicy.id'),
      };
    });
  });
  // The most certain match comes first, because each domain counts once.
  return ways
    .toSorted((a, b) => Number(b.isSure) - Number(a.isSure))
    .filter((way, index, all) => all.findIndex(({ id }) => id === way.id) === index);
}

/** Returns whether a security policy covers all paths of a domain. */
const covers = (policy: Body, domain: string): boolean =>
  listAt(policy, 'properties.parameters.associations').some(
    (one) =>
      listAt(one, 'domains').some(({ id, isActive }) => sameId(id, domain) && isActive !== false) &&
      [[], ['/*']].some((all) => equals(one['patternsToMatch'] ?? [], all)),
  );

/** Returns the firewall of a profile without endpoints: its policies, of which it is unknown which one will cover the app. */
async function wallsOfPolicies(x: Finder, policies: readonly Body[]): Promise<Body> {
  // A security policy without associations covers no domain.
  const attached = policies.filter((one) => !equals(valueAt(one, 'properties.parameters.associations') ?? null, []));
  const ids = new Set(attached.flatMap((one) => textAt(one, 'properties.parameters.wafPolicy.id') || []));
  const walls = await Promise.all([...ids].map((id) => wafOf(x, id)));
  const [wall = {}] = walls;
  return { ...wall, ...(walls.some((one) => !equals(one, wall)) ? { isMixed: true } : {}) };
}

/** A backend pool with the app. `address`: the pool names this address, which may be another app's. */
interface Pool {
  readonly id: string;
  readonly address?: string;
}

function poolsOf(gate: Body, { hosts, addresses }: Backend): readonly Pool[] {
  return listAt(gate, 'properties.backendAddressPools').flatMap((pool): Pool[] => {
    const id = textOf(pool['id']).toLowerCase();
    const members = listAt(pool, 'properties.backendAddresses');
    if (members.some(({ fqdn }) => hosts.includes(textOf(fqdn).toLowerCase()))) return [{ id }];
    const address = members.map(({ ipAddress }) => textOf(ipAddress)).find((one) => addresses.includes(one));
    return address === undefined ? [] : [{ id, address }];
  });
}

async function applicationGateways(x: Finder, app: Promise<Backend>): Promise<Body[]> {
  const gates = await listAll(x.client, `${subscription(x)}/Microsoft.Network/applicationGateways`, NETWORK);
  const backend = await app;
  const found = await Promise.all(
    gates.map(async (gate) => {
      const pools = poolsOf(gate, backend);
      if (pools.length === 0) return [];
      const subnet = textAt(listAt(gate, 'properties.gatewayIPConfigurations')[0] ?? {}, 'properties.subnet.id');
      const walls = await wallsOfGate(x, gate, pools);
      return [gateway(gate, 'Application Gateway', { ...(subnet ? { subnet } : {}), addresses: addressesOf(gate), ...walls })];
    }),
  );
  return found.flat();
}

/** Returns the addresses from which a gateway calls the app: private ones, and the ids of public ones, which are not read. */
const addressesOf = (gate: Body): string[] =>
  listAt(gate, 'properties.frontendIPConfigurations').flatMap(
    (one) => textAt(one, 'properties.publicIPAddress.id') || textAt(one, 'properties.privateIPAddress') || [],
  );

const POLICY = 'properties.firewallPolicy.id';
async function wallsOfGate(x: Finder, gate: Body, pools: readonly Pool[]): Promise<Body> {
  const rules = listAt(gate, 'properties.requestRoutingRules');
  // Only the WAF tiers have a firewall.
  const isWithout = /^(Standard|Basic)/i.test(textAt(gate, 'properties.sku.tier'));
  const own = isWithout ? {} : ownFirewall(gate);
  const policyAt = (part: Body): string => (isWithout ? '' : textAt(part, POLICY));
  if (rules.length === 0) return policyAt(gate) ? wafOf(x, policyAt(gate)) : own;
  const ways = rules.flatMap((rule): Way[] => {
    const listener = listAt(gate, 'properties.httpListeners').find((one) => sameId(one['id'], idAt(rule, 'properties.httpListener.id')));
    const policy = policyAt(listener ?? {}) || policyAt(gate);
    const name = textOf(rule['name']);
    const map = listAt(gate, 'properties.urlPathMaps').find((one) => sameId(one['id'], idAt(rule, 'properties.urlPathMap.id'))) ?? {};
    const through = (one: Body, at: string, way: Pick<Way, 'name' | 'policy'>): Way[] =>
      pools
        .filter(({ id }) => id === idAt(one, at))
        .map(({ address }) => ({ ...way, ...(address === undefined ? { isSure: true } : { isSure: false, address }) }));
    return [
      ...[
        ...through(rule, 'properties.backendAddressPool.id', { name, policy }),
        ...through(map, 'properties.defaultBackendAddressPool.id', { name, policy }),
      ].slice(0, 1),
      ...listAt(map, 'properties.pathRules').flatMap((path) =>
        through(path, 'properties.backendAddressPool.id', { name: `${name}/${textOf(path['name'])}`, policy: policyAt(path) || policy }),
      ),
    ];
  });
  return wallsOf(x, ways, own);
}

/** Reads the policy of each way once. `without`: the firewall of a way that has no policy. */
async function wallsOf(x: Finder, ways: readonly Way[], without: Body = {}): Promise<Body> {
  const ids = [...new Set(ways.flatMap(({ policy }) => policy || []))];
  const read = new Map(await Promise.all(ids.map(async (id) => [id, await wafOf(x, id)] as const)));
  return { ways: ways.map(({ policy, ...way }) => ({ ...way, ...(policy ? read.get(policy) : without) })) };
}

const gateway = (body: Body, kind: string, properties: Body): Body => ({
  id: body['id'] ?? '',
  name: body['name'] ?? '',
  properties: { kind, ...properties },
});

/** Returns the firewall settings inside a gateway; older gateways have no separate policy. */
function ownFirewall(gate: Body): Body {
  const own = valueAt(gate, 'properties.webApplicationFirewallConfiguration');
  return isRecord(own) ? { waf: { enabled: own['enabled'] === true, mode: textOf(own['firewallMode']) } } : {};
}

/** Returns a firewall policy with its state. A new policy is disabled and only detects, so its existence means nothing. */
async function wafOf({ client }: Finder, id: string): Promise<Body> {
  const { body } = await client.send('GET', id, NETWORK);
  const settings = valueAt(body, 'properties.policySettings') ?? {};
  const enabled = textOf(valueAt(settings, 'enabledState') ?? valueAt(settings, 'state'));
  return {
    waf: { enabled: /^enabled$/i.test(enabled), mode: textAt(settings, 'mode'), ...lackOfRules(body) },
  };
}

/**
 * Returns what a policy without managed rules and without a custom rule that is on lacks: rules, or the list of them. ARM's schema requires the
 * list of Application Gateway, and not that of Front Door. Front Door has its custom rules one level deeper.
 */
function lackOfRules(policy: Json): Body {
  const own = valueAt(policy, 'properties.customRules');
  const custom = (isRecord(own) ? own['rules'] : own) ?? [];
  const managed = valueAt(policy, 'properties.managedRules.managedRuleSets');
  const isOff = (rule: Json) => isRecord(rule) && /^disabled$/i.test(textOf(rule['enabledState'] ?? rule['state']));
  if (!Array.isArray(managed) || !Array.isArray(custom))
    return Array.isArray(custom) && !custom.every(isOff) ? {} : { hasUnseenRules: true };
  return managed.length === 0 && custom.every(isOff) ? { hasNoRules: true } : {};
}
