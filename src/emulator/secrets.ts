/** Services that an app can reach: the vaults of its references, and the storage of its host. */
import { answer, gatewayError, type EmulatedResponse } from './answers.ts';
import { allowsData, type Caller } from './access/rights.ts';
import { holds, ROLE } from './access/roles.ts';
import { isObject, keyOf, type JsonObject, type SiteRecord, type State } from './state.ts';
import { propertiesOf } from './parts.ts';
import { typeOf } from './place.ts';
import { keysMade } from './shapes.ts';

const GET_SECRET = 'Microsoft.KeyVault/vaults/secrets/getSecret/action';
const READS_SECRETS = [ROLE.secretsUser, ROLE.secretsOfficer, ROLE.vaultAdministrator];

const named = (state: State, type: string, name: string): JsonObject | undefined =>
  Object.values(state.resources).find((one) => typeOf(one) === keyOf(type) && keyOf(String(one['id'])).endsWith(`/${keyOf(name)}`));

function mayRead(state: State, vault: JsonObject, principal: string): boolean {
  const { enableRbacAuthorization, accessPolicies } = propertiesOf(vault);
  if (enableRbacAuthorization !== false) return holds(state, principal, String(vault['id']), READS_SECRETS);
  return (
    Array.isArray(accessPolicies) &&
    accessPolicies.some((one) => {
      const secrets = isObject(one) && isObject(one['permissions']) ? one['permissions']['secrets'] : undefined;
      return (
        isObject(one) &&
        one['objectId'] === principal &&
        Array.isArray(secrets) &&
        secrets.some((word) => /^(get|all)$/i.test(String(word)))
      );
    })
  );
}

function isOpenTo(resource: JsonObject, subnet: string | undefined): boolean {
  const { networkAcls, publicNetworkAccess } = propertiesOf(resource);
  if (publicNetworkAccess === 'Disabled') return false;
  if (!isObject(networkAcls) || networkAcls['defaultAction'] !== 'Deny') return true;
  const rules = Array.isArray(networkAcls['virtualNetworkRules']) ? networkAcls['virtualNetworkRules'] : [];
  return subnet !== undefined && rules.some((rule) => isObject(rule) && keyOf(String(rule['id'])) === keyOf(subnet));
}

const subnetOf = ({ properties }: SiteRecord): string | undefined =>
  typeof properties['virtualNetworkSubnetId'] === 'string' ? properties['virtualNetworkSubnetId'] : undefined;
const principalOf = ({ identity, properties }: SiteRecord): string | undefined => {
  const chosen = properties['keyVaultReferenceIdentity'];
  if (typeof chosen === 'string' && chosen !== '' && chosen !== 'SystemAssigned') {
    const users = isObject(identity?.['userAssignedIdentities']) ? identity['userAssignedIdentities'] : {};
    const one = Object.entries(users).find(([id]) => keyOf(id) === keyOf(chosen))?.[1];
    return isObject(one) ? String(one['principalId']) : undefined;
  }
  return typeof identity?.['principalId'] === 'string' ? identity['principalId'] : undefined;
};

/** `config/configreferences/appsettings`: each setting that is a reference, with its resolution status. */
export function referencesBody(state: State, site: SiteRecord): EmulatedResponse {
  const value = Object.entries(site.appSettings)
    .filter(([, text]) => /^@Microsoft\.KeyVault\(/i.test(text))
    .map(([name, reference]) => {
      const inner = /\((.*)\)$/.exec(reference)?.[1] ?? '';
      const part = (word: string) => new RegExp(`(?:^|;)${word}=([^;]+)`, 'i').exec(inner)?.[1] ?? '';
      const uri = /^SecretUri=https?:\/\/([^./]+)[^/]*\/secrets\/([^/]+)/i.exec(inner);
      const [vaultName, secretName] = uri ? [uri[1] ?? '', uri[2] ?? ''] : [part('VaultName'), part('SecretName')];
      const status = statusOf(state, site, vaultName, secretName);
      return {
        id: `${site.id}/config/configreferences/appsettings/${name}`,
        name,
        type: 'Microsoft.Web/sites/config/configreferences',
        location: site.location,
        properties: {
          reference,
          status,
          vaultName,
          secretName,
          secretVersion: '',
          identityType: 'SystemAssigned',
          details: status === 'Resolved' ? 'Reference has been successfully resolved.' : `Reference is ${status}.`,
          source: 'KeyVault',
          activeVersion: null,
        },
      };
    });
  return answer(200, { value, nextLink: null });
}

function statusOf(state: State, site: SiteRecord, vaultName: string, secretName: string): string {
  if (!vaultName || !secretName) return 'InvalidSyntax';
  const principal = principalOf(site);
  if (!principal) return 'MSINotEnabled';
  const vault = named(state, 'Microsoft.KeyVault/vaults', vaultName);
  if (!vault) return 'VaultNotFound';
  if (!isOpenTo(vault, subnetOf(site)) || !mayRead(state, vault, principal)) return 'AccessToKeyVaultDenied';
  return state.resources[keyOf(`${String(vault['id'])}/secrets/${secretName}`)] ? 'Resolved' : 'SecretNotFound';
}

/** The vault's own endpoint: returns the current value of a secret to callers with a data role. */
export function readSecret(state: State, vaultName: string, secretName: string, caller: Caller): EmulatedResponse {
  const vault = named(state, 'Microsoft.KeyVault/vaults', vaultName);
  const error = (status: number, code: string, message: string) => gatewayError(status, code, message);
  if (!vault) return error(404, 'VaultNotFound', `The vault ${vaultName} does not exist.`);
  const byRole =
    propertiesOf(vault)['enableRbacAuthorization'] !== false && allowsData(caller, { action: GET_SECRET, scope: String(vault['id']) });
  if (!byRole && !mayRead(state, vault, caller.id))
    return error(
      403,
      'Forbidden',
      `Caller is not authorized to perform action on resource. If role assignments, deny assignments or role definitions were changed recently, please observe propagation time. Action: '${GET_SECRET}' Vault: ${vaultName}`,
    );
  const secret = state.resources[keyOf(`${String(vault['id'])}/secrets/${secretName}`)];
  if (!secret) return error(404, 'SecretNotFound', `A secret with (name/id) ${secretName} was not found in this key vault.`);
  return answer(200, {
    value: propertiesOf(secret)['value'] ?? '',
    id: `{origin}/vault/${vaultName}/secrets/${secretName}/1`,
    attributes: { enabled: true },
  });
}

/** Returns why the host cannot reach its storage; keys and functions are then not available either. */
export function hostTrouble(state: State, site: SiteRecord): string | undefined {
  const connection = site.appSettings['AzureWebJobsStorage'];
  const name = connection ? /AccountName=([^;]+)/i.exec(connection)?.[1] : site.appSettings['AzureWebJobsStorage__accountName'];
  if (!name) return 'no host storage';
  const account = named(state, 'Microsoft.Storage/storageAccounts', name);
  if (!account) return undefined;
  if (!isOpenTo(account, subnetOf(site))) return 'storage is closed to the app';
  if (connection) return propertiesOf(account)['allowSharedKeyAccess'] === false ? 'shared key access is off' : undefined;
  const principal = hostPrincipal(site);
  return principal && holds(state, principal, String(account['id']), [ROLE.blobOwner]) ? undefined : 'the identity may not use the storage';
}

/** Returns the identity that the host signs in with: system-assigned, or the user-assigned one that its settings name. */
function hostPrincipal({ identity, appSettings }: SiteRecord): string | undefined {
  if (/^(true|1)$/i.test(appSettings['WEBSITE_DISABLE_MSI'] ?? '')) return undefined;
  const clientId = appSettings['AzureWebJobsStorage__clientId'];
  const users = isObject(identity?.['userAssignedIdentities']) ? Object.values(identity['userAssignedIdentities']).filter(isObject) : [];
  const chosen = clientId === undefined ? identity : users.find((one) => one['clientId'] === clientId);
  return typeof chosen?.['principalId'] === 'string' ? chosen['principalId'] : undefined;
}

/** Returns the two keys of an account, which never change. */
export const ACCOUNT_KEY = 'bm90LWEta2V5LWJ1dC1zaGFwZWQtbGlrZS1vbmU=';
export const accountKeys = (account: JsonObject): EmulatedResponse =>
  answer(200, {
    keys: (['key1', 'key2'] as const).map((keyName, index) => ({
      creationTime: keysMade(propertiesOf(account)['keyPolicy'])[keyName] ?? null,
      keyName,
      value: index === 0 ? ACCOUNT_KEY : ACCOUNT_KEY.replace('bm', 'c2'),
      permissions: 'FULL',
    })),
  });
