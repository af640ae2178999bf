/** Members that azapi blocks set on resources of azurerm: `azapi_update_resource`, and `azapi_resource` for a child of the resource. */
import type { ResourceKey } from '../../azure/index.ts';
import type { DeclaredApp, DeclaredItem } from '../declared.ts';
import { type MapValue, mapOf, maybe, memberOf, textOf, unresolved, type Value, whyUnresolved } from '../value.ts';
import { isBeside } from '../shaped-resource.ts';
import { argumentsOf } from './arguments.ts';
import { codeId } from './derived.ts';
import type { Instance } from './modules.ts';

/** A body that one block sends to a resource. */
interface AzapiPart {
  /** The id of the resource, as far as it is resolved. */
  readonly id: string;
  readonly properties: Value;
  readonly by: Instance;
}

export function azapiParts(instances: readonly Instance[]): AzapiPart[] {
  return instances.flatMap((instance) => {
    if (!/^azapi_(update_)?resource$/.test(instance.type)) return [];
    const given = argumentsOf(instance);
    const [type, parent, name] = ['type', 'parent_id', 'name'].map((argument) => textOf(given.value(argument)));
    const child = type?.replace(/@.*$/, '').split('/').slice(2).at(-1);
    const id =
      textOf(given.value('resource_id')) ?? (child !== undefined && parent !== undefined ? `${parent}/${child}/${name ?? ''}` : undefined);
    const body = given.value('body');
    const properties = memberOf(body, 'properties');
    const open = body && whyOpen(body);
    return id !== undefined && (properties || open !== undefined)
      ? [
          {
            id,
            properties: properties ?? unresolved(open ?? '', body?.at ?? given.at),
            by: instance,
          },
        ]
      : [];
  });
}

/** Why a value may have more members; undefined for a map with known names. */
const whyOpen = (value: Value): string | undefined => (value.kind === 'map' ? value.open : (whyUnresolved(value) ?? 'it is not an object'));

/** Where each child of an app is read; the empty path is the app itself. */
const CHILDREN: Readonly<Record<string, ResourceKey>> = {
  '': 'site',
  '/config/web': 'siteConfig',
  '/config/authsettingsv2': 'authSettings',
  '/config/appsettings': 'appSettings',
  '/basicpublishingcredentialspolicies/scm': 'scmPolicy',
  '/basicpublishingcredentialspolicies/ftp': 'ftpPolicy',
};

/** Returns the path of a child below a resource: empty for the resource itself, undefined for another resource. */
function pathBelow({ id }: AzapiPart, address: string, known: string | undefined): string | undefined {
  const own = [codeId(address), ...(known === undefined ? [] : [known])].find((one) =>
    `${id}/`.toLowerCase().startsWith(`${one}/`.toLowerCase()),
  );
  return own === undefined ? undefined : id.slice(own.length).toLowerCase();
}

/** Returns what a part sets on a resource; without values, if it is not resolved whether the block exists beside the resource. */
const sentBy = ({ properties, by }: AzapiPart, beside: Instance): Value =>
  isBeside(by, beside)
    ? properties
    : maybe(properties, `${by.address} may set it: its count or for_each, or that of its module, is not resolved`);

export function withAppParts(app: DeclaredApp, parts: readonly AzapiPart[], beside: Instance): DeclaredApp {
  const facts = new Map(app.facts);
  const put = (key: ResourceKey, properties: Value): void => {
    const before = facts.get(key) ?? mapOf([], app.at);
    facts.set(key, mapOf([...before.members, ['properties', merged(memberOf(before, 'properties'), properties)]], before.at));
  };
  for (const part of parts) {
    const key = CHILDREN[pathBelow(part, app.address, app.id) ?? '-'];
    if (key === undefined) continue;
    const sent = sentBy(part, beside);
    const config = key === 'site' ? memberOf(sent, 'siteConfig') : undefined;
    const open = whyOpen(sent);
    if (config) put('siteConfig', config);
    else if (key === 'site' && open !== undefined) put('siteConfig', unresolved(open, sent.at));
    put(key, sent);
  }
  return { ...app, facts };
}

export function withItemParts(item: DeclaredItem, parts: readonly AzapiPart[], beside: Instance): DeclaredItem {
  let all = item;
  for (const part of parts) {
    const path = pathBelow(part, item.address, undefined);
    const name =
      path === '' ? 'properties' : path === '/blobservices/default' ? 'blobs' : path === '/fileservices/default' ? 'files' : undefined;
    if (name !== undefined) all = { ...all, [name]: merged(all[name], sentBy(part, beside)) };
  }
  return all;
}

/** Merges a body into a resource: objects member by member, everything else as a whole. */
function merged(before: Value | undefined, body: Value): MapValue {
  const unread = before && whyUnresolved(before);
  const own = before?.kind === 'map' ? before : mapOf([], body.at, unread === undefined ? {} : { open: unread });
  const open = whyOpen(body);
  const members = body.kind === 'map' ? body.members : new Map<string, Value>();
  const names = new Map([...own.members.keys()].map((name) => [name.toLowerCase(), name]));
  // A member that is not resolved may have any name, also one that the resource sets.
  const result = new Map(
    [...own.members].map(([name, value]): [string, Value] => [name, open === undefined ? value : unresolved(open, value.at)]),
  );
  for (const [name, value] of members) {
    const known = names.get(name.toLowerCase()) ?? name;
    const old = own.members.get(known);
    result.set(known, value.kind === 'map' && (old?.kind === 'map' || old?.kind === 'unresolved') ? merged(old, value) : value);
  }
  return { ...own, members: result, ...(open === undefined ? {} : { open }) };
}
