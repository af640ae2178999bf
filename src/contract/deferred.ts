import { byCase, nameIn, type ResourceKey, type Resources } from '../azure/index.ts';

/**
 * The place from which a text is read just before the request is sent, because no plan and no file may hold the text, or because the same
 * plan creates it. `id` and `account` are ARM ids; `setting` is a setting of the app itself; `vault-secret-by-name` occurs only in undo
 * logs of version 1.
 */
export type Source =
  | { readonly from: 'vault-secret'; readonly id: string }
  | { readonly from: 'vault-secret-by-name'; readonly vault: string; readonly secret: string }
  | { readonly from: 'setting'; readonly name: string }
  | { readonly from: 'storage-key'; readonly account: string }
  | { readonly from: 'second-storage-key'; readonly account: string }
  | { readonly from: 'connection-string'; readonly component: string }
  | { readonly from: 'new-key'; readonly place: string }
  | { readonly from: 'principal' }
  | { readonly from: 'tenant' };

const SOURCES: Readonly<Record<Source['from'], string | undefined>> = {
  'vault-secret': 'id',
  'vault-secret-by-name': 'vault',
  setting: 'name',
  'storage-key': 'account',
  'second-storage-key': 'account',
  'connection-string': 'component',
  'new-key': 'place',
  principal: undefined,
  tenant: undefined,
};

/** Whether untrusted data has the shape of a source. */
export function isDeferredSource(value: unknown): value is Source {
  if (typeof value !== 'object' || value === null) return false;
  const { from, ...more } = value as Readonly<Record<string, unknown>>;
  if (typeof from !== 'string' || !Object.hasOwn(SOURCES, from)) return false;
  const member = SOURCES[from as Source['from']];
  return Object.values(more).every((text) => typeof text === 'string') && (member === undefined || typeof more[member] === 'string');
}

/** A text put together from texts and sources when the request is sent. `sha256`: the digest of the sent text, from the undo log. */
export type Deferred = { readonly $later: readonly (string | Source)[]; readonly sha256?: string };

/** Objects that `later` made. Only these are read later, so an answer of Azure or a file cannot pass as deferred. */
const MADE = new WeakSet<object>();

/** Makes a text that is read when the request is sent. */
export const later = (...parts: readonly (string | Source)[]): Deferred => withDigest(parts);

export function withDigest(parts: readonly (string | Source)[], sha256?: string): Deferred {
  const made: Deferred = { $later: parts, ...(sha256 === undefined ? {} : { sha256 }) };
  MADE.add(made);
  return made;
}

export const isDeferred = (value: unknown): value is Deferred => typeof value === 'object' && value !== null && MADE.has(value);

/** Describes a source as the end of "The … could not be read". Previews use only this text. */
export const describeSource = (source: Source): string =>
  byCase('from', source, {
    'vault-secret': ({ id }) => `the secret ${nameIn(id)} in the vault ${id.split('/').at(-3) ?? ''}`,
    'vault-secret-by-name': ({ secret, vault }) => `the secret ${secret} in the vault ${vault}`,
    setting: ({ name }) => `value of the setting ${name}`,
    'storage-key': ({ account }) => `key of the storage account ${nameIn(account)}`,
    'second-storage-key': ({ account }) => `second key of the storage account ${nameIn(account)}`,
    'connection-string': ({ component }) => `connection string of ${nameIn(component)}`,
    'new-key': () => 'a new key',
    principal: () => "principal id of the app's identity",
    tenant: () => "tenant of the app's identity",
  });

/** Returns the resource and the member that a source is read from. Without `instanceId` it is the app's own resource. */
export const placeOfSource = (source: Source): { readonly key: ResourceKey; readonly instanceId?: string; readonly path: string } =>
  byCase('from', source, {
    'vault-secret': ({ id }) => ({ key: 'vaultSecret', instanceId: id, path: 'properties.value' }),
    'vault-secret-by-name': () => ({ key: 'vaults', path: 'value' }),
    setting: ({ name }) => ({ key: 'appSettings', path: `properties[${JSON.stringify(name)}]` }),
    'storage-key': ({ account }) => ({ key: 'storageKeys', instanceId: account, path: 'properties.key1' }),
    'second-storage-key': ({ account }) => ({ key: 'storageKeys', instanceId: account, path: 'properties.key2' }),
    'connection-string': ({ component }) => ({ key: 'components', instanceId: component, path: 'properties.ConnectionString' }),
    'new-key': ({ place }) => ({ key: 'accessKey', instanceId: place, path: 'properties.value' }),
    principal: () => ({ key: 'site', path: 'identity.principalId' }),
    tenant: () => ({ key: 'site', path: 'identity.tenantId' }),
  });

/** Whether the text of a source is a secret. Ids of identities and tenants are not. */
export const isSecretSource = ({ from }: Source): boolean => from !== 'principal' && from !== 'tenant';

/** The result of a check: true, false for "not yet", or why it will never hold; `within`: counts only after so many milliseconds. */
export type Held = boolean | string | { readonly why: string; readonly within: number };

/** A condition that is checked with fresh reads until it holds, or until it is clear that it will not. */
export interface Proof {
  readonly key: ResourceKey;
  readonly instanceId?: string;
  /** The condition in words: "the reference resolves". */
  readonly says: string;
  readonly holds: (body: never) => Held;
  /** The action that is called between two reads, where Azure must be asked to evaluate the condition again. */
  readonly refresh?: ResourceKey;
  /** Set where a refusal may only mean that a role assignment or a name has not reached all of Azure yet. */
  readonly patient?: true;
}

/** Makes a proof whose check gets the typed body of the resource. */
export const proof = <K extends ResourceKey>(
  key: K,
  says: string,
  holds: (body: Resources[K]) => Held,
  more: Pick<Proof, 'instanceId' | 'refresh' | 'patient'> = {},
): Proof => ({ key, says, holds, ...more });

/** The principal id of the app's system-assigned identity, which the same plan may create. */
export const SYSTEM_PRINCIPAL: Deferred = later({ from: 'principal' });
