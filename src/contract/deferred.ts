import { nameIn, type ResourceKey, type Resources } from '../azure/index.ts';

/**
 * Where a text is read just before the request goes out, because no plan and no file may hold it, or because the same plan makes it.
 * `id` and `account` are ARM ids; `setting` is one of the app itself; `vault-secret-by-name` stands in undo logs of version 1 only.
 */
export type Source =
  | { readonly from: 'vault-secret'; readonly id: string }
  | { readonly from: 'vault-secret-by-name'; readonly vault: string; readonly secret: string }
  | { readonly from: 'setting'; readonly name: string }
  | { readonly from: 'storage-key'; readonly account: string }
  | { readonly from: 'connection-string'; readonly component: string }
  | { readonly from: 'new-key'; readonly place: string }
  | { readonly from: 'principal' }
  | { readonly from: 'tenant' };

const SOURCES: Readonly<Record<Source['from'], string | undefined>> = {
  'vault-secret': 'id',
  'vault-secret-by-name': 'vault',
  setting: 'name',
  'storage-key': 'account',
  'connection-string': 'component',
  'new-key': 'place',
  principal: undefined,
  tenant: undefined,
};

/** Whether data from outside is a source. */
export function isDeferredSource(value: unknown): value is Source {
  if (typeof value !== 'object' || value === null) return false;
  const { from, ...more } = value as Readonly<Record<string, unknown>>;
  if (typeof from !== 'string' || !Object.hasOwn(SOURCES, from)) return false;
  const member = SOURCES[from as Source['from']];
  return Object.values(more).every((text) => typeof text === 'string') && (member === undefined || typeof more[member] === 'string');
}

/** Texts and sources, put together when the request goes out; `sha256` is the digest of what was sent, where that is on record. */
export type Deferred = { readonly $later: readonly (string | Source)[]; readonly sha256?: string };

/** Only what was made here is read later: no answer of Azure and no file can look like it. */
const MADE = new WeakSet<object>();

export const later = (...parts: readonly (string | Source)[]): Deferred => withDigest(parts);

export function withDigest(parts: readonly (string | Source)[], sha256?: string): Deferred {
  const made: Deferred = { $later: parts, ...(sha256 === undefined ? {} : { sha256 }) };
  MADE.add(made);
  return made;
}

export const isDeferred = (value: unknown): value is Deferred => typeof value === 'object' && value !== null && MADE.has(value);

const vaultOf = (secret: string): string => secret.split('/').at(-3) ?? '';

/** A source in words, as the end of "The … could not be read". Previews are written from this alone. */
export function describeSource(source: Source): string {
  switch (source.from) {
    case 'vault-secret':
      return `the secret ${nameIn(source.id)} in the vault ${vaultOf(source.id)}`;
    case 'vault-secret-by-name':
      return `the secret ${source.secret} in the vault ${source.vault}`;
    case 'setting':
      return `value of the setting ${source.name}`;
    case 'storage-key':
      return `key of the storage account ${nameIn(source.account)}`;
    case 'connection-string':
      return `connection string of ${nameIn(source.component)}`;
    case 'new-key':
      return 'a new key';
    case 'principal':
      return "principal id of the app's identity";
    case 'tenant':
      return "tenant of the app's identity";
  }
}

/** The resource and the member that a source is read from. Without `of` it is the app's own. */
export function placeOfSource(source: Source): { readonly key: ResourceKey; readonly instanceId?: string; readonly path: string } {
  switch (source.from) {
    case 'vault-secret':
      return { key: 'vaultSecret', instanceId: source.id, path: 'properties.value' };
    case 'vault-secret-by-name':
      return { key: 'vaults', path: 'value' };
    case 'setting':
      return { key: 'appSettings', path: `properties[${JSON.stringify(source.name)}]` };
    case 'storage-key':
      return { key: 'storageKeys', instanceId: source.account, path: 'properties.key1' };
    case 'connection-string':
      return { key: 'components', instanceId: source.component, path: 'properties.ConnectionString' };
    case 'new-key':
      return { key: 'accessKey', instanceId: source.place, path: 'properties.value' };
    case 'principal':
      return { key: 'site', path: 'identity.principalId' };
    case 'tenant':
      return { key: 'site', path: 'identity.tenantId' };
  }
}

/** Whether what a source gives is a secret. Ids of identities are none. */
export const isSecretSource = ({ from }: Source): boolean => from !== 'principal' && from !== 'tenant';

/** True, false for "not yet", or why it never will; with `within`, why it does not and for how many milliseconds that may be too early to say. */
export type Held = boolean | string | { readonly why: string; readonly within: number };

/** What must hold, read afresh until it does, or until it is clear that it will not. */
export interface Proof {
  readonly key: ResourceKey;
  readonly instanceId?: string;
  /** What is being waited for, in words: "the reference resolves". */
  readonly says: string;
  readonly holds: (body: never) => Held;
  /** Called between two looks, where Azure must be told to look again itself. */
  readonly refresh?: ResourceKey;
  /** A refusal may only mean that a right, or a name, is too new to be known everywhere. */
  readonly patient?: true;
}

export const proof = <K extends ResourceKey>(
  key: K,
  says: string,
  holds: (body: Resources[K]) => Held,
  more: Pick<Proof, 'instanceId' | 'refresh' | 'patient'> = {},
): Proof => ({ key, says, holds, ...more });

/** The principal of the app's system-assigned identity, which may be made by the same plan. */
export const SYSTEM_PRINCIPAL: Deferred = later({ from: 'principal' });
