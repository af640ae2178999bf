/** The store of the host's keys, and the effect of moving them. */
import {
  type Context,
  type Draft,
  type GuardFinding,
  type Reservation,
  type Verdict,
  clear,
  stop,
  warn,
} from '../../src/contract/index.ts';
import {
  byNameOrId,
  type Facts,
  hasRole,
  type HostKeys,
  hostKeysAddress,
  isReference,
  KEY_STORE,
  KEY_STORE_VAULT,
  ROLE,
  sameWord,
  settingAt,
  valueOf,
  type Vault,
} from '../../src/azure/index.ts';
import { listed, withUnchecked, NEIGHBOURS_NOT_READ } from './neighbours.ts';
import { keepSticky } from './sticky-settings.ts';
import { isAddressOf, reachesVault } from './vault/vaults.ts';
import { isPolicyOf } from './vault/vault-roles.ts';

type X = Context<{ readonly store?: 'blob' | 'keyvault'; readonly vault?: string }>;

/** The client id with which the host signs in to the vault: of a user-assigned identity, or of an application with a secret. */
const KEY_STORE_CLIENT = 'AzureWebJobsSecretStorageKeyVaultClientId';
const KEY_STORE_SECRET = 'AzureWebJobsSecretStorageKeyVaultClientSecret';

/** Returns the user-assigned identity with which the host signs in to the vault; undefined if the setting names none of the app. */
const namedIdentity = ({ site }: Facts, client: string): { readonly principalId?: string } | null | undefined =>
  Object.values(site.identity?.userAssignedIdentities ?? {}).find((one) => sameWord(one?.clientId, client));

/** Returns whether the host signs in with a client id that belongs to no identity of the app, and without a secret. */
function lacksNamedIdentity(facts: Facts): boolean {
  const client = valueOf(facts.appSettings, KEY_STORE_CLIENT)?.trim();
  if (!client || isReference(client) || valueOf(facts.appSettings, KEY_STORE_SECRET)) return false;
  const users = Object.values(facts.site.identity?.userAssignedIdentities ?? {});
  return !namedIdentity(facts, client) && users.every((one) => one?.clientId);
}

const isBlob = (store: string): boolean => !/^(files|keyvault|kubernetes)$/i.test(store);
const chosenVault = ({ facts, answers }: X): Vault | undefined => byNameOrId(facts.vaults.value, answers.vault ?? '');

export function judgeKeyStore({ app, facts, answers }: X): Verdict {
  const named = facts.appSettings.properties[KEY_STORE]?.trim();
  // Host version 1 stores keys in files unless a setting says otherwise (functions-app-settings, AzureWebJobsSecretStorageType).
  const store = named || (/^~?1(\.|$)/.test(valueOf(facts.appSettings, 'FUNCTIONS_EXTENSION_VERSION')?.trim() ?? '') ? 'files' : 'blob');
  const { store: asked } = answers;
  const wanted = asked ?? 'blob storage or a vault';
  if (isReference(store)) return { state: 'unknown', found: `${KEY_STORE} is a reference; its value is unknown`, wanted };
  if (asked === undefined && !named && app.plan === 'CA')
    return {
      state: 'unknown',
      found: 'no setting of the app; Container Apps keeps the settings of the host storage outside the app settings',
      wanted,
    };
  // Runtime 4 uses only the address; without it the host does not start (KeyVaultSecretsRepository of azure-functions-host).
  if (hostKeysAddress(facts.appSettings) === '')
    return { state: 'fail', found: `keyvault, but ${KEY_STORE_VAULT} is not set: the host cannot start`, wanted };
  const { type, principalId } = facts.site.identity ?? {};
  // Without a client id, the host signs in with the system-assigned identity only (the same source, and Azure/azure-functions-host#7687).
  if (sameWord(store, 'keyvault') && !principalId && !/SystemAssigned/i.test(type ?? '') && !valueOf(facts.appSettings, KEY_STORE_CLIENT))
    return {
      state: 'fail',
      found: `keyvault, but the app has no ${/Assigned/i.test(type ?? '') ? 'system-assigned identity, and no client id of another one is set' : 'identity'}: the host cannot read its keys`,
      wanted,
    };
  if (sameWord(store, 'keyvault') && lacksNamedIdentity(facts))
    return {
      state: 'fail',
      found: `keyvault, but the app does not have the identity in ${KEY_STORE_CLIENT}: the host cannot read its keys`,
      wanted,
    };
  if (asked === undefined && sameWord(store, 'kubernetes'))
    return { state: 'unknown', found: `${store}: secrets of a Kubernetes cluster, which func-harden does not check`, wanted };
  const good = asked === undefined ? !sameWord(store, 'files') : asked === 'blob' ? isBlob(store) : sameWord(store, 'keyvault');
  return { state: good ? 'pass' : 'fail', found: isBlob(store) ? 'blob storage' : store, wanted };
}

export function storeDrafts(x: X): Draft[] {
  if (x.answers.store !== 'keyvault') return [{ at: settingAt(KEY_STORE), to: 'blob' }];
  const vault = chosenVault(x);
  if (!vault) return [];
  // The host names its secrets host--masterKey--master and so on, without the app's name, and deletes secrets that it does not know
  // (KeyVaultSecretsRepository of azure-functions-host).
  const reserves: Reservation = {
    on: `keys of a host in ${vault.id}`,
    as: x.facts.site.id,
    says: `it stores its host keys in ${vault.name}, and two hosts in one vault overwrite each other's keys`,
  };
  return [
    ...keepSticky(x),
    { at: settingAt(KEY_STORE), to: 'keyvault', after: ['stickyNames'], reserves },
    { at: settingAt(KEY_STORE_VAULT), to: vault.properties.vaultUri ?? '' },
  ];
}

/** Checks that the host can reach the vault, because it reads its keys at each start. */
export function reachesStore(x: X): readonly GuardFinding[] {
  const vault = x.answers.store === 'keyvault' ? chosenVault(x) : undefined;
  return vault ? [reachesVault(x, { id: vault.id, name: vault.name, vault })] : [];
}

/** Checks whether another app already keeps its keys in the vault. */
function sharedStore({ facts }: X, vault: Vault): readonly GuardFinding[] {
  const neighbours = facts.maybe('neighbours');
  if (!neighbours) return NEIGHBOURS_NOT_READ;
  const named = (isMeant: (keys: HostKeys) => boolean) =>
    neighbours.value.flatMap(({ name, keys }) => (keys && isMeant(keys) ? [name] : []));
  const others = named(({ address }) => address !== undefined && isAddressOf(address, vault));
  if (others.length > 0)
    return [
      stop(
        `${listed(others)} ${others.length === 1 ? 'stores its host keys' : 'store their host keys'} in ${vault.name}. Two hosts in one vault overwrite each other's keys. Choose a vault that only this app uses.`,
      ),
    ];
  const untold = named(({ address }) => address === undefined);
  const findings: GuardFinding[] =
    untold.length > 0
      ? [
          warn(
            `func-harden does not know where ${listed(untold)} ${untold.length === 1 ? 'stores its host keys' : 'store their host keys'}. If the place is ${vault.name}, two hosts overwrite each other's keys.`,
          ),
        ]
      : [];
  return withUnchecked(neighbours, findings, `${vault.name} to store host keys`, false);
}

export function newKeys(x: X): GuardFinding[] {
  const made: GuardFinding = warn(
    'The host creates new keys in the new location. Callers that use an old key get 401; func-harden did not search Logic Apps, API Management and other clients. Create Event Grid subscriptions again.',
  );
  if (x.answers.store !== 'keyvault') return [made];
  const vault = chosenVault(x);
  if (!vault)
    return [
      stop(
        `Vault "${x.answers.vault ?? ''}" was not found in this subscription, or you have no permission to read it. Check the name, or choose a different vault.`,
      ),
    ];
  const client = valueOf(x.facts.appSettings, KEY_STORE_CLIENT)?.trim();
  const named = client ? namedIdentity(x.facts, client) : undefined;
  if (client && !named)
    return [
      stop(
        `The host would sign in to the vault with the client id in ${KEY_STORE_CLIENT}, and func-harden does not know what it may do there. Remove this setting first, or change the key storage manually.`,
      ),
    ];
  const principal = named ? named.principalId : x.facts.site.identity?.principalId;
  const words = (vault.properties.accessPolicies ?? []).flatMap((policy) =>
    isPolicyOf(policy, principal) ? (policy.permissions.secrets ?? []) : [],
  );
  const byPolicy = ['get', 'set', 'list', 'delete'].every((word) => words.some((one) => [word, 'all'].includes(one.toLowerCase())));
  const may = vault.properties.enableRbacAuthorization
    ? hasRole(x.facts.identityRoles, vault.id, [ROLE.secretsOfficer, ROLE.vaultAdministrator], principal)
    : byPolicy;
  return may
    ? [made, clear(`The identity can read and write secrets in ${vault.name}.`), ...sharedStore(x, vault)]
    : [
        stop(
          `The identity of the app cannot write secrets in ${vault.name}. Without this permission, the host would have no keys. Assign the role Key Vault Secrets Officer on the vault first.`,
        ),
      ];
}
