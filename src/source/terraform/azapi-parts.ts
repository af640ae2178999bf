/** Members that azapi blocks set on resources of azurerm: `azapi_update_resource`, and `azapi_resource` for a child of the resource. */
import type { ResourceKey } from '../../azure/index.ts';
import { equals } from '../../change/json-paths.ts';
import type { DeclaredApp, DeclaredItem } from '../declared.ts';
import { type MapValue, mapOf, maybe, memberOf, plainOf, textOf, unresolved, type Value, whyUnresolved } from '../value.ts';
import { isBeside } from '../shaped-resource.ts';
import { argumentsOf } from './arguments.ts';
import { codeId } from './derived.ts';
import type { Instance } from './modules.ts';

/** A body that one block sends to a resource. */
interface AzapiPart {
  /** The id of the resource; undefined if it is not resolved. */
  readonly id: string | undefined;
  /** The type of the resource in lower case, without an API version; undefined if it is not resolved. */
  readonly type: string | undefined;
  /** The name of a child, where the block has it apart from the id. */
  readonly name: string | undefined;
  readonly properties: Value;
  readonly by: Instance;
}

export function azapiParts(instances: readonly Instance[]): AzapiPart[] {
  const parts = instances.flatMap((instance): AzapiPart[] => {
    if (!/^azapi_(update_)?resource$/.test(instance.type)) return [];
    const given = argumentsOf(instance);
    const [type, parent, name] = ['type', 'parent_id', 'name'].map((argument) => textOf(given.value(argument)));
    const types = type?.replace(/@.*$/, '').toLowerCase();
    const child = types?.split('/').slice(2).at(-1);
    if (instance.type === 'azapi_resource' && child === undefined) return [];
    const id =
      textOf(given.value('resource_id')) ?? (child !== undefined && parent !== undefined ? `${parent}/${child}/${name ?? ''}` : undefined);
    const body = given.value('body');
    const properties = memberOf(body, 'properties');
    const open = body && whyOpen(body);
    return properties || open !== undefined
      ? [{ id, type: types, name, properties: properties ?? unresolved(open ?? '', body?.at ?? given.at), by: instance }]
      : [];
  });
  // A block may change a child that another block declares.
  const declared = new Map(parts.map(({ id, by }) => [codeId(by.address), id]));
  return parts.map((part) => ({ ...part, id: (part.id !== undefined && declared.get(part.id)) || part.id }));
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

interface Resource {
  readonly address: string;
  /** The real id, where a state file has it. */
  readonly id?: string | undefined;
  /** The type of the resource in lower case; a slot counts as its site. */
  readonly type: string;
}

/** Returns whether a part may write to the child of a resource at this path; the empty path is the resource itself. */
function isAt(part: AzapiPart, { address, id, type }: Resource, path: string): boolean {
  if (part.id !== undefined) {
    const own = [codeId(address), ...(id === undefined ? [] : [id])];
    return own.some((one) => `${one}${path}`.toLowerCase() === part.id?.toLowerCase());
  }
  if (part.type === undefined) return true;
  const [child, name] = path.split('/').slice(1);
  return (
    part.type.replace(/^microsoft\.web\/sites\/slots(?=\/|$)/, 'microsoft.web/sites') ===
      `${type}${child === undefined ? '' : `/${child}`}` &&
    (name === undefined || part.name === undefined || part.name.toLowerCase() === name)
  );
}

/** Returns what a part sets on a resource; without values, if it is not resolved whether it does. */
const sentBy = ({ id, properties, by }: AzapiPart, beside: Instance): Value =>
  id === undefined
    ? maybe(properties, `${by.address} may set it: the id of its resource is not resolved`)
    : isBeside(by, beside)
      ? properties
      : maybe(properties, `${by.address} may set it: its count or for_each, or that of its module, is not resolved`);

interface Sent {
  readonly value: Value;
  readonly by: string;
}

/** Merges bodies of several blocks, which Terraform sends in any order: a member that two of them set differently is not resolved. */
const together = (all: readonly Sent[]): Value | undefined =>
  all.reduce<Sent | undefined>(
    (before, next) =>
      before ? { value: inAnyOrder(before.value, next.value, `${before.by} and ${next.by}`), by: `${before.by}, ${next.by}` } : next,
    undefined,
  )?.value;

function inAnyOrder(a: Value, b: Value, blocks: string): Value {
  if (a.kind !== 'map' || b.kind !== 'map') {
    const [one, other] = [plainOf(a), plainOf(b)];
    const isSame = one !== undefined && other !== undefined && equals(one, other);
    return isSame ? a : unresolved(whyUnresolved(a) ?? whyUnresolved(b) ?? `${blocks} set it, and their order is not known`, b.at);
  }
  const members = new Map(a.open === undefined ? b.members : [...b.members].map(([name, { at }]) => [name, unresolved(a.open ?? '', at)]));
  for (const [name, value] of a.members) {
    const known = [...members.keys()].find((other) => other.toLowerCase() === name.toLowerCase());
    const other = known === undefined ? undefined : members.get(known);
    members.set(known ?? name, other ? inAnyOrder(value, other, blocks) : b.open === undefined ? value : unresolved(b.open, value.at));
  }
  const open = a.open ?? b.open;
  return mapOf(members, a.at, open === undefined ? {} : { open });
}

export function withAppParts(app: DeclaredApp, parts: readonly AzapiPart[], beside: Instance): DeclaredApp {
  const sent = new Map<ResourceKey, Sent[]>();
  const put = (key: ResourceKey, value: Value, { by }: AzapiPart): void =>
    void sent.set(key, [...(sent.get(key) ?? []), { value, by: by.address }]);
  for (const part of parts)
    for (const [path, key] of Object.entries(CHILDREN)) {
      if (!isAt(part, { ...app, type: 'microsoft.web/sites' }, path)) continue;
      const value = sentBy(part, beside);
      const config = key === 'site' ? memberOf(value, 'siteConfig') : undefined;
      const open = whyOpen(value);
      if (config) put('siteConfig', config, part);
      else if (key === 'site' && open !== undefined) put('siteConfig', unresolved(open, value.at), part);
      put(key, value, part);
    }
  const facts = new Map(app.facts);
  for (const [key, all] of sent) {
    const before = facts.get(key) ?? mapOf([], app.at);
    const properties = together(all);
    if (properties)
      facts.set(key, mapOf([...before.members, ['properties', merged(memberOf(before, 'properties'), properties)]], before.at));
  }
  return { ...app, facts };
}

const SERVICES = { properties: '', blobs: '/blobservices/default', files: '/fileservices/default' } as const;

/** @param type in lower case */
export function withItemParts(item: DeclaredItem, parts: readonly AzapiPart[], beside: Instance, type: string): DeclaredItem {
  let all = item;
  for (const [name, path] of Object.entries(SERVICES) as (readonly [keyof typeof SERVICES, string])[]) {
    const sent = parts.filter((part) => isAt(part, { address: item.address, type }, path));
    const value = together(sent.map((part) => ({ value: sentBy(part, beside), by: part.by.address })));
    if (value) all = { ...all, [name]: merged(all[name], value) };
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
