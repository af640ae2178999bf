/** Combines resources with Azure's own members (ARM templates, Bicep, azapi) into apps. */
import type { Json, ResourceKey } from '../azure/index.ts';
import { membersOf } from '../change/json-paths.ts';
import { anyHosting, Body, type Declared, type DeclaredApp, type Hosting, NOTHING_DECLARED } from './declared.ts';
import { childOf, isOfType, type Shaped } from './shaped-resource.ts';
import { outsideSites } from './outside-sites.ts';
import { accountOf, vaultOf } from './shaped-stores.ts';
import { tierOf } from './terraform/azurerm.ts';
import {
  type Insertion,
  type MapValue,
  mapOf,
  memberOf,
  NOT_DECLARED,
  scalar,
  textOf,
  unresolved,
  type Value,
  whyUnresolved,
} from './value.ts';

/** A member that a control sets, and its meaning if not set; undefined if Azure decides. */
export interface Settable {
  readonly key: ResourceKey;
  readonly path: string;
  readonly absent: Json | undefined;
}

export function declaredBy(all: readonly Shaped[], settable: readonly Settable[]): Declared {
  const sites = all.filter((one) => isOfType(one, 'web/sites') && isFunctionApp(one));
  const slots = all.filter((one) => isOfType(one, 'web/sites/slots') && isFunctionSlot(one, all));
  return {
    ...NOTHING_DECLARED,
    apps: [...[...sites, ...slots].map((one) => appOf(one, all, settable)), ...outsideApps(all, settable)],
    accounts: all.filter((one) => isOfType(one, 'storage/storageAccounts')).map((one) => accountOf(one, all)),
    vaults: all.filter((one) => isOfType(one, 'keyVault/vaults')).map(vaultOf),
    unreadable: all
      .filter((one) => (isOfType(one, 'web/sites') || isOfType(one, 'web/sites/slots')) && isOfUnknownKind(one))
      .map(({ at: { file, offset }, address }) => ({
        file,
        offset,
        why: `the kind of ${address} is not resolved, so it may be a function app`,
      })),
  };
}

/** Returns the apps of which the code has only configuration or policies. */
const outsideApps = (all: readonly Shaped[], settable: readonly Settable[]): DeclaredApp[] =>
  outsideSites(all).map(({ site, children }) => ({
    ...appOf(site, children, settable),
    outside: 'the site is not in this code, so it may be a web app',
  }));

/** Whether the code does not show if a site is a function app. */
const isOfUnknownKind = (site: Shaped): boolean =>
  memberOf(site.body, 'kind')?.kind === 'unresolved' && isAnyFunctionApp(site) === undefined;

const isFunctionApp = (site: Shaped): boolean => isAnyFunctionApp(site) === true;

/** Whether a slot is one of a function app: without a kind it is what its site is, and it may be one if its site is not in the code. */
function isFunctionSlot(slot: Shaped, all: readonly Shaped[]): boolean {
  if (memberOf(slot.body, 'kind')) return isFunctionApp(slot);
  const site = all.find((one) => isOfType(one, 'web/sites') && one.symbol !== undefined && slot.symbol?.startsWith(`${one.symbol}/`));
  return isFunctionApp(slot) || !site || isFunctionApp(site);
}

/** Returns undefined if the kind is not set or not resolved. Only function apps have `functionAppConfig`. */
function isAnyFunctionApp({ body }: Shaped): boolean | undefined {
  const kind = memberOf(body, 'kind');
  const found = new Set(
    kindsIn(kind).map((text) => (text === undefined ? undefined : /functionapp/i.test(text) && !/workflowapp/i.test(text))),
  );
  const [first] = found;
  if (found.size === 1 && typeof first === 'boolean') return first;
  return kind?.kind === 'unresolved' && memberOf(body, 'properties', 'functionAppConfig') !== undefined ? true : undefined;
}

/** Returns the texts that a value can have; undefined among them for those that are not known. */
const kindsIn = (value: Value | undefined): (string | undefined)[] =>
  value?.kind === 'unresolved' && value.either ? value.either.flatMap(kindsIn) : [textOf(value)];

/** Returns the kind of a function app where it depends on a condition or a parameter, and its words beside the operating system do not. */
function knownKind({ body }: Shaped): [string, Value][] {
  const kind = memberOf(body, 'kind');
  if (kind?.kind !== 'unresolved') return [];
  if (memberOf(body, 'properties', 'functionAppConfig')) return [['kind', scalar('functionapp,linux', kind.at)]];
  const [first, ...others] = new Set(kindsIn(kind).map((text) => text?.toLowerCase().replace(/,linux/, '')));
  return first === undefined || others.length > 0 ? [] : [['kind', scalar(first, kind.at)]];
}

function appOf(site: Shaped, all: readonly Shaped[], settable: readonly Settable[]): DeclaredApp {
  const [name, slot] = (site.name ?? '').split('/');
  const properties = memberOf(site.body, 'properties');
  const children = (type: string, last: string) => childOf(site, all, type, last);
  const [web, settings, auth] = ['web', 'appsettings', 'authsettingsV2'].map((last) => children('config', last));
  const config = configOf(memberOf(properties, 'siteConfig'), memberOf(web, 'properties'));
  const strings = children('config', 'connectionstrings');
  const bodies = new Map<ResourceKey, MapValue>();
  const add = (key: ResourceKey, value: Value | undefined, missing: Insertion | undefined) => {
    const known = value?.kind === 'map' ? value : undefined;
    const inner = new Body(value?.at ?? site.at);
    if (value && !known) inner.put(['properties'], mapOf([], value.at, { open: whyUnresolved(value) ?? 'it is not an object' }));
    else inner.put(['properties'], withAbsent(known ?? mapOf([], site.at), key, settable, missing));
    bodies.set(key, inner.value);
  };
  const inSite = properties?.kind === 'map' ? properties.insert : undefined;
  add('site', withRouting(properties, config, site), inSite);
  const whole = bodies.get('site');
  const own: [string, Value][] = [...knownKind(site), ...identityOf(site), ['name', scalar(slot ?? name ?? '', site.at)]];
  bodies.set('site', mapOf([...site.body.members, ...(whole?.members ?? []), ...own], site.at));
  add('siteConfig', config && withoutDefaultRows(config), inSite && { ...inSite, path: ['siteConfig'] });
  for (const [key, last] of [
    ['scmPolicy', 'scm'],
    ['ftpPolicy', 'ftp'],
  ] as const) {
    const policy = children('basicPublishingCredentialsPolicies', last);
    if (policy) add(key, memberOf(policy, 'properties'), undefined);
  }
  bodies.set('appSettings', mapOf([['properties', settingsOf(settings, config, site)]], site.at));
  bodies.set('connectionStrings', mapOf([['properties', stringsOf(strings, config, site)]], site.at));
  if (auth) add('authSettings', memberOf(auth, 'properties'), undefined);
  return {
    ...(site.name === undefined
      ? { why: site.why ?? 'its name is not resolved' }
      : { name: name ?? '', ...(slot === undefined ? {} : { slot }) }),
    ...(site.stateId === undefined ? {} : { id: site.stateId }),
    address: site.address,
    at: site.at,
    language: site.language,
    whole: true,
    facts: bodies,
    hostings: hostingsOf(site, properties, all),
  };
}

/**
 * Returns the configuration after both resources that may set it were sent: the site, then its child `config/web`. A member that the child
 * leaves out keeps its value.
 */
function configOf(inSite: Value | undefined, child: Value | undefined): Value | undefined {
  if (child?.kind !== 'map' || !inSite) return child ?? inSite;
  if (inSite.kind !== 'map') return { ...child, open: child.open ?? whyUnresolved(inSite) ?? 'siteConfig is not an object' };
  const kept = [...inSite.members].filter(([name]) => memberOf(child, name) === undefined);
  // A member that is not resolved may have any name, also one that the site sets.
  const { open } = child;
  const members = open === undefined ? kept : kept.map(([name, { at }]): [string, Value] => [name, unresolved(open, at)]);
  return {
    ...child,
    members: new Map([...members, ...child.members]),
    ...(open === undefined && inSite.open !== undefined ? { open: inSite.open } : {}),
  };
}

/** The first API version that routes by `outboundVnetRouting` of the site and ignores `vnetRouteAllEnabled` of the configuration. */
const ROUTES_BY_SITE = '2024-11-01';

/** Adds the routing that a configuration of an older API version sets. */
function withRouting(properties: Value | undefined, config: Value | undefined, { version = '' }: Shaped): Value | undefined {
  const routed = memberOf(config, 'vnetRouteAllEnabled');
  if (!routed || properties?.kind !== 'map' || version >= ROUTES_BY_SITE || memberOf(properties, 'vnetRouteAllEnabled')) return properties;
  const value =
    version === '' ? unresolved('the API version that decides whether vnetRouteAllEnabled counts is not resolved', routed.at) : routed;
  return { ...properties, members: new Map([...properties.members, ['vnetRouteAllEnabled', value]]) };
}

/**
 * Leaves out the row that Azure adds to access rules and ignores in a request: code that has only this row sets no rule, and the app
 * stays open (MicrosoftDocs/azure-docs#101666).
 */
function withoutDefaultRows(config: Value): Value {
  if (config.kind !== 'map') return config;
  const isDefault = (row: Value): boolean => /^any$/i.test(textOf(memberOf(row, 'ipAddress'))?.trim() ?? '');
  const members = [...config.members].map(([name, value]): [string, Value] =>
    /^(scm)?ipSecurityRestrictions$/i.test(name) && value.kind === 'list' && value.items.some(isDefault)
      ? [name, { kind: 'list', items: value.items.filter((row) => !isDefault(row)), at: value.at }]
      : [name, value],
  );
  return { ...config, members: new Map(members) };
}

/** Adds members that controls set and the code omits, each with the place where it would be inserted. */
function withAbsent(value: MapValue, key: ResourceKey, settable: readonly Settable[], missing: Insertion | undefined): MapValue {
  const body = new Body(value.at, value.insert);
  for (const [name, member] of value.members) body.put([name], member);
  for (const { key: own, path, absent } of settable) {
    const [properties, ...names] = membersOf(path);
    if (own !== key || properties !== 'properties' || names.length === 0 || memberOf(value, ...names) !== undefined) continue;
    const [outer, last] = names.length > 1 ? [memberOf(value, ...names.slice(0, -1)), names.slice(-1)] : [value, names];
    // An unresolved member on the way makes everything below it unresolved.
    if (outer === undefined || outer.kind !== 'map' || outer.open !== undefined) continue;
    const insert = outer.insert ? { ...outer.insert, path: last } : missing ? { ...missing, path: [...missing.path, ...names] } : undefined;
    const at = outer.at;
    if (absent === undefined) body.put(names, unresolved('it is not set here, so Azure set the value', at));
    else body.put(names, { kind: 'absent', value: absent, at, ...(insert ? { insert } : {}) });
  }
  return mapOf(body.value.members, value.at, {
    ...(value.open === undefined ? {} : { open: value.open }),
    ...(value.insert ? { insert: value.insert } : {}),
  });
}

/** In azapi, the identity is a block next to the body. */
function identityOf({ body, at, language }: Shaped): [string, Value][] {
  return memberOf(body, 'identity')
    ? []
    : [
        [
          'identity',
          mapOf(
            [
              [
                'type',
                {
                  kind: 'absent',
                  value: 'None',
                  at,
                  ...(body.insert && language !== 'terraform' ? { insert: { ...body.insert, path: ['identity', 'type'] } } : {}),
                },
              ],
            ],
            at,
          ),
        ],
      ];
}

/** Reads settings from a separate resource, which replaces all settings, or from the site's configuration. */
function settingsOf(own: MapValue | undefined, config: Value | undefined, site: Shaped): MapValue {
  const apart = memberOf(own, 'properties');
  if (apart) return apart.kind === 'map' ? apart : mapOf([], apart.at, { open: whyUnresolved(apart) ?? 'the settings are not an object' });
  const listed = memberOf(config, 'appSettings');
  if (!listed)
    return mapOf([], config?.at ?? site.at, {
      open: !config || (config.kind === 'map' && config.open === undefined) ? NOT_DECLARED : 'the configuration is not resolved',
    });
  if (listed.kind !== 'list') return mapOf([], listed.at, { open: whyUnresolved(listed) ?? 'appSettings is not a list' });
  let open: string | undefined;
  const members = listed.items.flatMap((item): [string, Value][] => {
    const [name, value] = [textOf(memberOf(item, 'name')), memberOf(item, 'value')];
    if (name !== undefined && value) return [[name, value]];
    open ??= whyUnresolved(item) ?? 'a setting whose name is not resolved';
    return [];
  });
  return mapOf(members, listed.at, open === undefined ? {} : { open });
}

function stringsOf(own: MapValue | undefined, config: Value | undefined, site: Shaped): MapValue {
  const apart = memberOf(own, 'properties');
  if (apart?.kind === 'map') return apart;
  const listed = memberOf(config, 'connectionStrings');
  return listed || apart
    ? mapOf([], site.at, { open: 'connection strings in a list are not read' })
    : mapOf([], site.at, { open: NOT_DECLARED });
}

function hostingsOf(site: Shaped, properties: Value | undefined, all: readonly Shaped[]): readonly Hosting[] {
  const [first, ...others] = new Set(kindsIn(memberOf(site.body, 'kind')).map((kind) => /linux/i.test(kind ?? '')));
  const byKind = others.length > 0 ? undefined : first;
  const reserved = memberOf(properties, 'reserved');
  const linux = byKind === true ? true : reserved?.kind === 'scalar' ? reserved.value === true : reserved ? undefined : byKind;
  if (memberOf(properties, 'functionAppConfig')) return [{ sku: 'FlexConsumption', linux: true }];
  const plan = textOf(memberOf(properties, 'serverFarmId'));
  const found = all.find(
    (one) =>
      isOfType(one, 'web/serverfarms') &&
      plan !== undefined &&
      (plan === one.id || (one.name !== undefined && plan.toLowerCase().endsWith(`/serverfarms/${one.name.toLowerCase()}`))),
  );
  const sku = memberOf(found?.body, 'sku');
  const tier = textOf(memberOf(sku, 'tier')) ?? tierOf(textOf(memberOf(sku, 'name')) ?? '');
  const onPlan = memberOf(found?.body, 'properties', 'reserved');
  const system = linux !== true && onPlan?.kind === 'scalar' && onPlan.value === true ? true : linux;
  const systems = system === undefined ? [true, false] : [system];
  return tier === undefined ? anyHosting(systems) : systems.map((one) => ({ sku: tier, linux: one }));
}
