/** Reads app settings: which storage accounts they name, which are references, and which contain a secret in plain text. */
import { sameWord } from '../resources/any-case.ts';
import { besideReferences, brokenReference, isReference } from './references.ts';
import type { AppSettings, At } from '../resources/resources.ts';
import type { Site } from '../resources/site.ts';

/** Returns the path of one setting; names with dots are put in brackets. */
export const settingAt = (name: string): At =>
  ['appSettings', `properties${/^[\w-]+$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`}`] as unknown as At;

/**
 * Returns whether deployments on Flex Consumption read their package with the connection string in this setting. If Azure names no setting,
 * each one with a connection string of their account may be it.
 */
export function readsPackage({ properties }: Site, settings: AppSettings, setting: string): 'is' | 'may be' | undefined {
  const { authentication, value } = properties.functionAppConfig?.deployment?.storage ?? {};
  const { type, storageAccountConnectionStringName: named } = authentication ?? {};
  if (!/connectionstring$/i.test(type ?? '')) return undefined;
  if (named) return sameWord(named, setting) ? 'is' : undefined;
  const account = accountOf(value);
  return account !== undefined && accountOf(valueOf(settings, setting)) === account ? 'may be' : undefined;
}

/** Returns the account that a storage connection string or storage URL names, in lower case. */
export const accountOf = (value: string | undefined): string | undefined =>
  /(?:^|;)AccountName=([^;]+)/i.exec(value ?? '')?.[1]?.toLowerCase() ??
  /https?:\/\/([a-z0-9]{3,24})\.(?:blob|queue|table|file|dfs)\./i.exec(value ?? '')?.[1]?.toLowerCase();

/** Returns a setting's name as the app spells it; the given name if there is no such setting. */
export const speltSetting = ({ properties }: AppSettings, name: string): string =>
  Object.hasOwn(properties, name)
    ? name
    : (Object.keys(properties).find((one) => one.length === name.length && sameWord(one, name)) ?? name);

export const valueOf = (settings: AppSettings, name: string): string | undefined => {
  const spelt = speltSetting(settings, name);
  return Object.hasOwn(settings.properties, spelt) ? settings.properties[spelt] : undefined;
};

export const HOST_STORAGE = 'AzureWebJobsStorage';
const HOST_ACCOUNT = `${HOST_STORAGE}__accountName`;
const IS_ACCOUNT = /^[a-z0-9]{3,24}$/i;
export const CONTENT_SHARE = 'WEBSITE_CONTENTAZUREFILECONNECTIONSTRING';
/**
 * Whether Azure checks the content share at each write of settings, from outside the network of the app, and refuses the write if it cannot
 * reach the share (learn.microsoft.com/azure/azure-functions/functions-app-settings#website_skip_contentshare_validation;
 * Azure/azure-libraries-for-net#1057, hashicorp/terraform-provider-azurerm#18297, #31023).
 */
export const checksContentShare = (settings: AppSettings): boolean =>
  Boolean(valueOf(settings, CONTENT_SHARE)) && valueOf(settings, SKIP_CHECK)?.trim() !== '1';
export const SKIP_CHECK = 'WEBSITE_SKIP_CONTENTSHARE_VALIDATION';
export const RUN_FROM_PACKAGE = 'WEBSITE_RUN_FROM_PACKAGE';
/** The setting of the package and its older names, in the order of the host (HostAssignmentContext of azure-functions-host). */
const PACKAGE_SETTINGS = [RUN_FROM_PACKAGE, 'WEBSITE_RUN_FROM_ZIP', 'WEBSITE_USE_ZIP', 'SCM_RUN_FROM_PACKAGE'] as const;

/** Returns the setting that says where the package of an app is, in its current or an older name; undefined if there is none. */
export function packageSetting(settings: AppSettings): { readonly name: string; readonly value: string } | undefined {
  const [found] = PACKAGE_SETTINGS.flatMap((name) => ({ name, value: valueOf(settings, name)?.trim() ?? '' })).filter(({ value }) => value);
  return found;
}

/**
 * The setting that switches off the token service of an app. Its identity stays assigned, and neither host nor code can sign in with it
 * (learn.microsoft.com/azure/app-service/overview-managed-identity, "Remove an identity").
 */
export const TOKENS_OFF = 'WEBSITE_DISABLE_MSI';
/** Returns whether an app gets tokens of its identities; `unknown` if the setting is a reference. */
export function tokenService(settings: AppSettings): 'on' | 'off' | 'unknown' {
  const value = valueOf(settings, TOKENS_OFF)?.trim() ?? '';
  if (isReference(value)) return 'unknown';
  return /^(true|1)$/i.test(value) ? 'off' : 'on';
}

/** Returns whether an address of the host's storage contains a shared access signature. */
export const hostBySignature = ({ properties }: AppSettings): boolean =>
  Object.entries(properties).some(([name, value]) => /^AzureWebJobsStorage(__|:)\w+Uri$/i.test(name) && /[?&]sig=/i.test(value));

/** Returns whether the host signs in to its storage by identity: no connection string, but an account name or service URIs. */
export const hostByIdentity = ({ properties }: AppSettings): boolean =>
  !properties[HOST_STORAGE] &&
  Object.entries(properties).some(
    ([name, value]) => /^AzureWebJobsStorage(__|:)(accountName|blobServiceUri)$/i.test(name) && value.trim() !== '',
  ) &&
  !hostBySignature({ properties });

/** Returns a setting of a connection in parts. Outside Linux, the separator may be a colon. */
export const partOf = (settings: AppSettings, connection: string, part: string): string | undefined =>
  valueOf(settings, `${connection}__${part}`) ?? valueOf(settings, `${connection}:${part}`);

/** Returns the host's own storage account, in any of the ways to name it. */
export function hostAccount(settings: AppSettings): string | undefined {
  const name = partOf(settings, HOST_STORAGE, 'accountName')?.toLowerCase();
  const named = name !== undefined && IS_ACCOUNT.test(name) ? name : undefined;
  return accountOf(settings.properties[HOST_STORAGE]) ?? named ?? accountOf(partOf(settings, HOST_STORAGE, 'blobServiceUri'));
}

/** Lists the storage accounts of the host, of the content share and of the deployment package. */
export function accountsIn(settings: AppSettings, site: Site): string[] {
  const { properties } = settings;
  const deployment = site.properties.functionAppConfig?.deployment?.storage?.value;
  const names = [hostAccount(settings), accountOf(properties[CONTENT_SHARE]), accountOf(deployment)];
  return [...new Set(names.filter((name): name is string => name !== undefined))];
}

/** Settings that say where the host keeps its keys, and in which vault. */
export const KEY_STORE = 'AzureWebJobsSecretStorageType';
export const KEY_STORE_VAULT = 'AzureWebJobsSecretStorageKeyVaultUri';

/** Returns the URL of the vault with the host's keys, '' if it is not set; undefined if the keys are not in a vault. */
export const hostKeysAddress = (settings: AppSettings): string | undefined =>
  sameWord(valueOf(settings, KEY_STORE)?.trim(), 'keyvault') ? (valueOf(settings, KEY_STORE_VAULT)?.trim() ?? '') : undefined;

/** Lists the settings that name a storage account without showing which: a reference, or a URL with a custom domain. */
export const hiddenAccounts = (settings: AppSettings): readonly string[] =>
  [HOST_STORAGE, HOST_ACCOUNT, `${HOST_STORAGE}__blobServiceUri`, CONTENT_SHARE].filter((name) => {
    const value = valueOf(settings, name)?.trim();
    if (!value) return false;
    const isTold = name === HOST_ACCOUNT ? IS_ACCOUNT.test(value) : accountOf(value) !== undefined;
    return isReference(value) || brokenReference(value) !== undefined || !isTold;
  });

/** Settings that the platform or runtime reads directly, without resolving references. */
const PLATFORM =
  /^(WEBSITE_|FUNCTIONS_|SCM_|DOCKER_|AzureWebJobsSecretStorage|AzureWebJobsDisableHomepage|APPLICATIONINSIGHTS_|APPINSIGHTS_)/i;

/** Settings of the platform whose value is a secret or contains one. Any other secret with such a name is the app's own. */
const OF_PLATFORM =
  /^(SCM_RUN_FROM_PACKAGE|WEBSITE_(RUN_FROM_(PACKAGE|ZIP)|USE_ZIP|AUTH_(ENCRYPTION|SIGNING)_KEY|HTTPLOGGING_CONTAINER_URL|CONTENTAZUREFILECONNECTIONSTRING|LOAD_(ROOT_)?CERTIFICATES|CORS_\w+|\w*_SAS\w*URL)|FUNCTIONS_(WORKER|EXTENSION|REQUEST)_\w+|DOCKER_(REGISTRY|CUSTOM|ENABLE)_\w+|AzureWebJobsSecretStorage\w*|APPLICATIONINSIGHTS_(CONNECTION_STRING|AUTHENTICATION_STRING)|APPINSIGHTS_INSTRUMENTATIONKEY)$/i;

/** Returns why a setting must not become a reference; undefined if it may. */
export function mustStay(name: string, value: string | undefined): string | undefined {
  if (name.toLowerCase() === CONTENT_SHARE.toLowerCase())
    return 'the platform mounts the content share of a new instance before it can read a vault; WEBSITE_SKIP_CONTENTSHARE_VALIDATION does not change this';
  if (PLATFORM.test(name) && (OF_PLATFORM.test(name) || value === undefined || secretIn(name, value) === undefined))
    return 'the platform reads it directly';
  if (name.toLowerCase() === HOST_STORAGE.toLowerCase())
    return 'the host needs it at startup and stores keys there; use an identity instead (area managed-identity)';
  if (isReference(value)) return 'it is already a reference';
  return undefined;
}

const FORMS: readonly { readonly why: string; readonly looks: RegExp }[] = [
  // The SDKs of Service Bus and Event Hubs accept blanks around the sign.
  { why: 'storage account key', looks: /AccountKey\s*=\s*[^;\s]/i },
  { why: 'Service Bus, Event Hubs or IoT key', looks: /SharedAccessKey\s*=\s*[^;\s]/i },
  { why: 'shared access signature', looks: /[?&;]?(sv=\d{4}-\d\d-\d\d(?:(?!sv=\d{4}-).)*[?&]sig=|SharedAccessSignature=)/i },
  { why: 'password in a connection string', looks: /(?:^|[;,?&\s])(password|pwd)\s*=\s*[^;,&\s]+/i },
  // SignalR, Web PubSub, Communication Services, Event Grid, App Configuration.
  { why: 'key in a connection string', looks: /;\s*(access_?key|api_?key|secret|client_?secret|sas_?token|key)\s*=\s*[^;\s]{8,}/i },
  { why: 'SendGrid key', looks: /^SG\.[\w-]{16,}\.[\w-]{16,}$/ },
  { why: 'password in a URL', looks: /^[a-z][a-z0-9+.-]*:\/\/[^/\s:@]*:[^/\s@]+@/i },
  { why: 'key in a URL', looks: /^https?:\/\/\S*[?&](code|key|sig|token|apikey|api_key)=[^&\s]{8,}/i },
  {
    why: 'webhook address',
    looks: /^https:\/\/(hooks\.slack\.com\/services|[\w.-]*webhook\.office\.com|(?:\w+\.)?discord(?:app)?\.com\/api\/webhooks)\//i,
  },
  {
    why: 'token of a service',
    looks:
      /^(gh[pousr]_[a-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{20,}|xox[abeprs]-[\w-]{20,}|npm_[a-z0-9]{20,}|[rs]k_(live|test)_\w{16,})$/i,
  },
  { why: 'credentials of an HTTP request', looks: /^(Basic|Bearer) (?=\S*[\d=])[\w+/=.~-]{12,}$/ },
  {
    why: 'secret in JSON',
    looks: /"(client_?secret|pass(?:word)?|private_?key|access_?key|api_?key|account_?key|shared_?access_?key)"\s*:\s*"[^"]{4,}"/i,
  },
  { why: 'private key', looks: /-----BEGIN [A-Z ]*PRIVATE KEY-----/ },
  { why: 'signed token (JWT)', looks: /^(Bearer )?eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*$/ },
];

/** Matches by the end of the name: a name that only contains "key" would match too often. */
const NAMED =
  /(password|passwd|pwd|passphrase|passcode|(^|[_.:-])pass|secret|(api|access|account|private|primary|secondary|master|shared|function|host|signing|encryption|subscription|client|auth|license)[_.:-]{0,2}key|(storage|cosmos(db)?|jwt|openai|sas|sendgrid|twilio|stripe|event_?grid|speech|translator)[_.:-]*key|token|credentials?)$/i;
/** Names of keys of a service, which may also be keys of a cache, a message or a map: only the value shows which. */
const OF_SERVICE = /(redis|topic|maps)[_.:-]*key$/i;
/** The end of a name that says nothing about the value: `Smtp__Password__Value`, `ApiKeys__0`, `Token_Primary`. */
const NAME_END = /(s?(__|[:._-])(value|text|current|primary|secondary|default|\d+)|(?<!\d)\d+)$/i;
/** Names that end like a secret's name but hold the name of a secret. */
const NAMES_ONE = /(setting_?name|secret_?name|key_?name|public_?key_?token|token_?(uri|url|endpoint|type)|__credential)$/i;
/** Names of values that look random and are not secret, such as a commit or the client id of an application. The hash of a password can be tried out. */
const HASH_NAME =
  /^(?!.*(pass|pwd))(WEBSITE_LOAD_(ROOT_)?CERTIFICATES$|.*(client|app(lication)?|tenant|object|principal|project|workspace)[_.:-]{0,2}id$|.*(thumbprint|fingerprint|commit|sha(1|256)?|hash|etag|digest|checksum|revision)s?$)/i;
/** Settings with the environment of .NET and of the host; `Development` reveals internal details to callers. */
export const ENVIRONMENTS = ['AZURE_FUNCTIONS_ENVIRONMENT', 'ASPNETCORE_ENVIRONMENT', 'DOTNET_ENVIRONMENT'] as const;
/** The id of a resource, which is visible to everyone who can list resources. */
const RESOURCE_ID = /^\/subscriptions\/[0-9a-f-]{36}(\/[\w.()~-]+)*$/i;
const HARMLESS = /^(true|false|\d{1,9}|https?:\/\/[^@?]*|[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}|managedidentity)$/i;

const isNamed = (name: string, value: string): boolean => NAMED.test(name) || (OF_SERVICE.test(name) && /^[\w+/=-]{24,}$/.test(value));
const isNamedSecret = (name: string, value: string): boolean =>
  isNamed(name.replace(NAME_END, ''), value) &&
  !/^(true|false|\d{1,5}|managedidentity)$/i.test(value) &&
  !/^https?:\/\/[^@?]*$/i.test(value);

/** Returns whether the value of a tag is a secret, by its form or by the name of the tag. Short words such as "yes" classify the app. */
export const isSecretTag = (name: string, value: string): boolean =>
  FORMS.some(({ looks }) => looks.test(value)) || (value.length >= 8 && isNamedSecret(name, value));

/** Returns why a value looks like a secret in plain text; undefined if it does not. References in the value are ignored. */
export function secretIn(name: string, text: string): string | undefined {
  const value = besideReferences(text);
  if (value === '' || NAMES_ONE.test(name)) return undefined;
  // Text around a reference is a secret only if it has the form of one; the name of the setting says nothing about it.
  if (value !== text) return FORMS.find(({ looks }) => looks.test(value))?.why;
  const named = isNamedSecret(name, value);
  if (RESOURCE_ID.test(value)) return undefined;
  const form = FORMS.find(({ looks }) => looks.test(value));
  if (form) return form.why;
  if (HARMLESS.test(value) && !named) return undefined;
  // An instrumentation key allows to send telemetry, not to read anything.
  if (/^InstrumentationKey=/i.test(value)) return undefined;
  if (named) return 'its name indicates a secret';
  if (HASH_NAME.test(name)) return undefined;
  if (/^([0-9a-f]{32,}|(?=.*\d)[a-z2-7]{52})$/i.test(value)) return 'its value looks random';
  return isRandom(value) ? 'its value looks random' : undefined;
}

/** Returns whether a value is long, without blanks, of several kinds of characters, and nearly as mixed as a random one. */
function isRandom(value: string): boolean {
  if (!/^[\w+/=.~-]{24,}$/.test(value) || /^[\w-]+(\.[\w-]+){2,}$/.test(value)) return false;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/].filter((kind) => kind.test(value)).length;
  return kinds === 3 && entropy(value) > 3.9;
}

/** Returns the Shannon entropy in bits per character. */
function entropy(text: string): number {
  const counts = Map.groupBy(text, (character) => character);
  return [...counts.values()].reduce((sum, { length }) => sum - (length / text.length) * Math.log2(length / text.length), 0);
}

export interface ClearSecret {
  readonly name: string;
  readonly why: string;
  /** Why the secret cannot be moved; undefined if it can. */
  readonly stays?: string;
}

/** Lists the settings that contain a secret in plain text, without their values. */
export function clearSecrets({ properties }: AppSettings): ClearSecret[] {
  return Object.entries(properties).flatMap(([name, value]) => {
    const why = secretIn(name, value);
    if (why === undefined) return [];
    const stays = mustStay(name, value);
    return [{ name, why, ...(stays ? { stays } : {}) }];
  });
}
