/**
 * References to Key Vault and App Configuration in settings. App Service resolves a value only if the whole value has
 * the form @Microsoft.KeyVault(…); every other value reaches the app unchanged
 * (learn.microsoft.com/azure/app-service/app-service-key-vault-references; the parser of the Core Tools requires the same).
 */
import type { AppSettings, ConnectionStrings, Facts } from '../resources/resources.ts';

export interface Reference {
  readonly vault: string;
  readonly secret: string;
  /** The version of the secret; undefined means the current version. */
  readonly version?: string;
}

const KIND = /@Microsoft\.(KeyVault|AppConfiguration)/i;
const WHOLE = /^@Microsoft\.(KeyVault|AppConfiguration)\((.*)\)$/is;
const SECRET_URI = /^https:\/\/([^./\s]+)\.[^/\s]+\/secrets\/([^/\s]+)(?:\/([^/\s]*))?\/?$/i;

type Read =
  | { readonly form: 'vault'; readonly reference: Reference }
  | { readonly form: 'configuration' }
  /** The value contains a reference that App Service does not resolve, and the reason. */
  | { readonly form: 'broken'; readonly why: string };

/** Parses a value as a reference; undefined if it contains none. */
function read(value: string | undefined): Read | undefined {
  // Most values contain none of the characters of a reference.
  if (value === undefined || !value.includes('@') || !KIND.test(value)) return undefined;
  const [, kind = '', inner = ''] = WHOLE.exec(value) ?? [];
  if (kind === '') return { form: 'broken', why: whyNotWhole(value) };
  if (/^appconfiguration$/i.test(kind)) return { form: 'configuration' };
  const parts = new Map(
    inner.split(';').flatMap((part): [string, string][] => {
      const at = part.indexOf('=');
      const name = part.slice(0, Math.max(at, 0)).trim();
      return name === '' ? [] : [[name.toLowerCase(), part.slice(at + 1).trim()]];
    }),
  );
  const uri = parts.get('secreturi');
  if (uri !== undefined) {
    const [, vault = '', secret = '', version] = SECRET_URI.exec(uri) ?? [];
    return vault === ''
      ? { form: 'broken', why: 'its SecretUri is not of the form https://ADDRESS-OF-THE-VAULT/secrets/NAME' }
      : { form: 'vault', reference: { vault: vault.toLowerCase(), secret, ...(version ? { version } : {}) } };
  }
  const lacking = ['VaultName', 'SecretName'].filter((name) => !parts.get(name.toLowerCase()));
  return lacking.length > 0
    ? { form: 'broken', why: `it has no ${lacking.length === 2 ? 'SecretUri, and no VaultName and SecretName' : lacking.join('')}` }
    : {
        form: 'vault',
        reference: {
          vault: parts.get('vaultname')!.toLowerCase(),
          secret: parts.get('secretname')!,
          ...(parts.get('secretversion') ? { version: parts.get('secretversion')! } : {}),
        },
      };
}

function whyNotWhole(value: string): string {
  const text = value.trim();
  if (WHOLE.test(text)) return 'it has spaces around the reference';
  if (WHOLE.test(text.replace(/^(["'`])(.*)\1$/s, '$2').trim())) return 'the reference is in quotes';
  if (text.startsWith('@') && !text.includes(')')) return 'the reference is not complete: its last bracket is missing';
  return 'the reference is inside a longer text';
}

/** Returns the vault and secret that a Key Vault reference names, in either of its two forms. */
export function referenceOf(value: string | undefined): Reference | undefined {
  const found = read(value);
  return found?.form === 'vault' ? found.reference : undefined;
}

/** Returns every value that may be a reference, by name: the app settings and, if they were read, the connection strings. */
export const allValues = (facts: Facts): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(Object.entries(facts.maybe('connectionStrings')?.properties ?? {}).map(([name, { value }]) => [name, value])),
  ...facts.appSettings.properties,
});

/** Returns whether the whole value is a reference, to a vault or to App Configuration. */
export const isReference = (value: string | undefined): boolean => ['vault', 'configuration'].includes(read(value)?.form ?? '');

/**
 * Lists the values that are references to App Configuration, by name. A value there may itself be a Key Vault reference
 * (learn.microsoft.com/azure/app-service/app-service-configuration-references).
 */
export const fromAppConfiguration = (values: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(values).flatMap(([name, value]) => (read(value)?.form === 'configuration' ? [name] : []));

/** Returns why App Service does not resolve a value that contains a reference; undefined if it does, or if there is no reference. */
export function brokenReference(value: string | undefined): string | undefined {
  const found = read(value);
  return found?.form === 'broken' ? found.why : undefined;
}

export const besideReferences = (value: string): string =>
  value.replace(
    /@Microsoft\.(KeyVault|AppConfiguration)\((\s*(SecretUri|VaultName|SecretName|SecretVersion|Endpoint|Key|Label)=[^;)]*;?)*\)?/gi,
    '',
  );

export interface Broken {
  readonly name: string;
  readonly why: string;
}

/** Lists the settings with a reference that App Service does not resolve. */
export const brokenIn = (settings: AppSettings): readonly Broken[] =>
  Object.entries(settings.properties).flatMap(([name, value]) => {
    const why = brokenReference(value);
    return why === undefined ? [] : [{ name, why }];
  });

/** Lists the connection strings with a reference that App Service does not resolve. */
export const brokenStrings = ({ properties }: ConnectionStrings): readonly Broken[] =>
  brokenIn({ properties: Object.fromEntries(Object.entries(properties).map(([name, { value }]) => [name, value])) });

/** Describes the settings whose value cannot be seen because it is a reference. */
export const notSeenIn = (names: readonly string[]): string =>
  `${names.join(', ')} ${names.length === 1 ? 'is a reference with an unknown value' : 'are references with unknown values'}`;

/** Lists the settings that are references, so that their value cannot be seen. */
export const fromElsewhere = ({ properties }: AppSettings): readonly string[] =>
  Object.entries(properties).flatMap(([name, value]) => (isReference(value) ? [name] : []));
