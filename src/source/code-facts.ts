/** Shows code to the areas as if it were answers of Azure: values that are not resolved, or not in the code, count as unreadable. */
import {
  accountsIn,
  type AppSettings,
  CONTENT_SHARE,
  hiddenAccounts,
  type Json,
  type ResourceKey,
  type Site,
  type Target,
  answersItself,
} from '../azure/index.ts';
import { type Body, membersOf } from '../change/json-paths.ts';
import { Unreadable } from '../engine/judge/facts.ts';
import { ArmFailure, type ArmReader, type Fact } from '../engine/ports.ts';
import { type Declared, type DeclaredApp, type DeclaredItem, type Hosting, labelOf } from './declared.ts';
import { type MapValue, mapOf, memberOf, NOT_DECLARED, plainOf, scalar, type Value, whyUnresolved } from './value.ts';

export const NOT_RESOLVED = 'NotResolved';
export const NOT_IN_CODE = 'NotInCode';

const failure = (code: string, message: string): ArmFailure => new ArmFailure({ kind: 'missing', code, message, next: '' });

const failureOf = (open: string): ArmFailure => failure(open === NOT_DECLARED ? NOT_IN_CODE : NOT_RESOLVED, open);

/** The values that a verdict read. */
export interface ReadValue {
  readonly key: ResourceKey;
  readonly path: string;
  readonly value: Value;
  /** Id of the block or resource that contains the value. */
  readonly address: string;
}

/** Members that Azure returns and no schema describes: the provider cannot set them. */
const UNDESCRIBED = new Set(['clientCertExclusionEndPoints']);

/** Members that Azure computes and code cannot set. */
const READ_ONLY = new Set([
  'state',
  'hostNames',
  'hostNameSslStates',
  'defaultHostName',
  'privateEndpointConnections',
  'eligibleLogCategories',
  'customDomainVerificationId',
  'creationTime',
  'keyCreationTime',
]);

/** Reads one declared app; `looked` is called for every value that is read. */
export class CodeReader implements ArmReader {
  readonly #app: DeclaredApp;
  readonly #declared: Declared;
  readonly #hosting: Hosting;
  readonly #isLenient: boolean;
  looked: ReadValue[] = [];

  /** @param isLenient ignores unresolved app settings, instead of treating all settings as unknown */
  constructor(app: DeclaredApp, declared: Declared, hosting: Hosting, isLenient = false) {
    this.#app = app;
    this.#declared = declared;
    this.#hosting = hosting;
    this.#isLenient = isLenient;
  }

  async read(_target: Target, key: ResourceKey, known: (key: ResourceKey) => Promise<Fact>): Promise<Fact> {
    try {
      return { state: 'read', body: await this.#body(key, known) };
    } catch (error) {
      const found = error instanceof Unreadable ? error.failure : error;
      if (!(found instanceof ArmFailure)) throw error;
      return { state: 'unreadable', failure: found };
    }
  }

  readOne(): Promise<Fact> {
    return Promise.resolve({ state: 'unreadable', failure: failure(NOT_IN_CODE, 'The code does not contain it.') });
  }

  describe(target: Target, key: ResourceKey, instanceId?: string) {
    return { key, id: instanceId ?? target.id, apiVersion: '', secret: false, restarts: false, replaces: false };
  }

  knows(): boolean {
    return true;
  }

  async #body(key: ResourceKey, known: (key: ResourceKey) => Promise<Fact>): Promise<Body> {
    switch (key) {
      case 'siteIdentity':
      case 'siteUnlisted':
      case 'site':
        return this.#shown('site', this.#site());
      case 'storageAccounts':
        return this.#accounts(await bodyOf('appSettings', known), await bodyOf('site', known));
      case 'blobServices':
      case 'fileServices':
        return this.#services(
          key,
          (await bodyOf('storageAccounts', known)) as unknown as { readonly value: readonly { readonly name: string }[] },
        );
      case 'vaults':
        return {
          value: this.#declared.vaults.flatMap((one) =>
            one.name === undefined ? [] : [this.#item(key, 'Microsoft.KeyVault/vaults', one.name, one, one.properties)],
          ),
        };
      default: {
        const value = this.#app.facts.get(key);
        if (!value) throw failure(NOT_IN_CODE, `The code does not contain ${key}.`);
        return this.#shown(key, key === 'appSettings' ? this.#withShare(value) : value);
      }
    }
  }

  /** Returns the site, with the members that follow from its plan. */
  #site(): MapValue {
    const site = this.#app.facts.get('site') ?? mapOf([], this.#app.at);
    const { at } = this.#app;
    const { sku, linux } = this.#hosting;
    const properties = site.members.get('properties');
    const members = new Map(properties?.kind === 'map' ? properties.members : []);
    members.set('sku', scalar(sku, at)).set('reserved', scalar(linux, at));
    const kind = scalar(linux ? 'functionapp,linux' : 'functionapp', at);
    const id = scalar(targetOf(this.#app).id, at);
    const inner: MapValue = mapOf(
      members,
      properties?.at ?? at,
      properties?.kind === 'map' && properties.open !== undefined ? { open: properties.open } : {},
    );
    return mapOf([...site.members, ['id', id], ['kind', site.members.get('kind') ?? kind], ['properties', inner]], site.at);
  }

  #withShare(value: MapValue): MapValue {
    const { contentShare } = this.#app;
    const { sku } = this.#hosting;
    const properties = value.members.get('properties');
    // The provider sends it for both operating systems.
    const isMounted = sku === 'ElasticPremium' || sku === 'Dynamic';
    if (!contentShare || !isMounted || properties?.kind !== 'map' || properties.members.has(CONTENT_SHARE)) return value;
    return mapOf(
      [...value.members, ['properties', { ...properties, members: new Map([...properties.members, [CONTENT_SHARE, contentShare]]) }]],
      value.at,
    );
  }

  /** Returns the accounts that the settings name, and which are missing, like the reader of Azure. */
  #accounts(settings: Body, site: Body): Body {
    const seen = settings as unknown as AppSettings;
    const names = accountsIn(seen, site as unknown as Site);
    const hidden = hiddenAccounts(seen).map((name) => `the account that ${name} refers to`);
    const found = this.#declared.accounts.filter(({ name }) => name !== undefined && names.includes(name.toLowerCase()));
    const known = found.map(({ name }) => name?.toLowerCase());
    return {
      value: found.map((one) => this.#item('storageAccounts', 'Microsoft.Storage/storageAccounts', one.name ?? '', one, one.properties)),
      missing: [...names.filter((name) => !known.includes(name)), ...hidden],
    };
  }

  #services(key: 'blobServices' | 'fileServices', accounts: { readonly value: readonly { readonly name: string }[] }): Body {
    return {
      value: accounts.value.map(({ name }) => {
        const item = this.#declared.accounts.find((one) => one.name?.toLowerCase() === name.toLowerCase());
        const value = key === 'blobServices' ? item?.blobs : item?.files;
        if (!item || !value) throw failure(NOT_IN_CODE, `The code does not contain ${key} of ${name}.`);
        return this.#item(key, 'Microsoft.Storage/storageAccounts', `${name}/${key}/default`, item, value);
      }),
    };
  }

  /** Returns a member of a storage account or a vault, by the id that it was given. */
  itemAt(key: ResourceKey, id: string, path: string): { readonly value: Value; readonly address: string } | undefined {
    const [name, service] = /\/(?:storageAccounts|vaults)\/([^/]+)(?:\/(\w+)\/)?/.exec(id)?.slice(1) ?? [];
    const all = key === 'vaults' ? this.#declared.vaults : this.#declared.accounts;
    const item = all.find((one) => one.name?.toLowerCase() === name?.toLowerCase());
    const properties = service === 'blobServices' ? item?.blobs : service === 'fileServices' ? item?.files : item?.properties;
    const value = memberOf(properties, ...membersOf(path).slice(1));
    return item && value && { value, address: item.address };
  }

  #item(key: ResourceKey, type: string, name: string, { at, address }: DeclaredItem, properties: MapValue): Json {
    const id = `${PLACEHOLDER}/providers/${type}/${name}`;
    return this.#shown(
      key,
      mapOf(
        [
          ['id', scalar(id, at)],
          ['name', scalar(name.split('/').at(-1) ?? '', at)],
          ['location', scalar('', at)],
          ['properties', properties],
        ],
        at,
      ),
      address,
    ) as Json;
  }

  #shown(key: ResourceKey, value: MapValue, item?: string): Body {
    return this.#object(key, value, '', item) as Body;
  }

  #object(key: ResourceKey, value: MapValue, path: string, item: string | undefined): object {
    const target = {};
    const isSettings = path === 'properties' && (key === 'appSettings' || key === 'connectionStrings');
    for (const [name, member] of value.members) {
      if (this.#isLenient && isSettings && whyUnresolved(member) !== undefined) continue;
      const inner = path === '' ? name : `${path}.${name}`;
      Object.defineProperty(target, name, { enumerable: true, configurable: true, get: () => this.#member(key, member, inner, item) });
    }
    const open = this.#isLenient && isSettings ? undefined : value.open;
    const isTop = path === 'properties' && !isSettings;
    const unknown = (name: string | symbol): void => {
      if (typeof name !== 'string' || Object.hasOwn(target, name) || name === 'toJSON' || name === 'then') return;
      // Names in Azure are not case-sensitive.
      if ([...value.members.keys()].some((one) => one.toLowerCase() === name.toLowerCase())) return;
      if (open !== undefined) throw new Unreadable(key, failureOf(open));
      if (UNDESCRIBED.has(name)) return;
      if (isTop && (READ_ONLY.has(name) || (!this.#app.whole && item === undefined)))
        throw new Unreadable(key, failure(NOT_IN_CODE, `The code does not contain ${name}.`));
    };
    const answering = new Proxy(target, {
      get: (of, name) => (unknown(name), Reflect.get(of, name) as unknown),
      has: (of, name) => (unknown(name), Reflect.has(of, name)),
      getOwnPropertyDescriptor: (of, name) => (unknown(name), Reflect.getOwnPropertyDescriptor(of, name)),
      ownKeys: (of) => {
        if (open !== undefined) throw new Unreadable(key, failureOf(open));
        return Reflect.ownKeys(of);
      },
    });
    return answersItself(answering);
  }

  #member(key: ResourceKey, value: Value, path: string, item: string | undefined): unknown {
    if (value.kind === 'map') return this.#object(key, value, path, item);
    this.looked.push({ key, path, value, address: item ?? this.#app.address });
    const plain = plainOf(value);
    if (plain === undefined)
      throw new Unreadable(key, failure(NOT_RESOLVED, whyUnresolved(value) ?? 'it is not set, and its default is unknown'));
    return plain;
  }
}

const PLACEHOLDER = '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/code';

async function bodyOf(key: ResourceKey, known: (key: ResourceKey) => Promise<Fact>): Promise<Body> {
  const fact = await known(key);
  if (fact.state === 'unreadable') throw fact.failure;
  return fact.body ?? {};
}

export function targetOf(app: DeclaredApp): Target {
  const label = labelOf(app);
  const name = app.name ?? label;
  const id = app.id ?? `${PLACEHOLDER}/providers/Microsoft.Web/sites/${name}${app.slot === undefined ? '' : `/slots/${app.slot}`}`;
  return {
    id,
    name,
    label,
    ...(app.slot === undefined ? {} : { slot: app.slot }),
    resourceGroup: 'code',
    subscriptionId: '',
    location: '',
    kind: 'functionapp',
    tags: {},
  };
}
