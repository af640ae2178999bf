/**
 * References to Key Vault and App Configuration in settings. App Service takes a value for a reference where it is one as a whole,
 * of the form @Microsoft.KeyVault(…); everything else goes to the app as the text it is
 * (learn.microsoft.com/azure/app-service/app-service-key-vault-references; the parser of the Core Tools asks for the same).
 */
import type { AppSettings, ConnectionStrings, Facts } from './resources.ts';

export interface Reference {
  readonly vault: string;
  readonly secret: string;
  /** The one version that is meant; the current one where none is named. */
  readonly version?: string;
}

const KIND = /@Microsoft\.(KeyVault|AppConfiguration)/i;
const WHOLE = /^@Microsoft\.(KeyVault|AppConfiguration)\((.*)\)$/is;
const SECRET_URI = /^https:\/\/([^./\s]+)\.[^/\s]+\/secrets\/([^/\s]+)(?:\/([^/\s]*))?\/?$/i;

type Read =
  | { readonly form: 'vault'; readonly reference: Reference }
  | { readonly form: 'configuration' }
  /** It holds a reference and is none: why. */
  | { readonly form: 'broken'; readonly why: string };

/** What a value says of a reference; undefined where it holds none. */
function read(value: string | undefined): Read | undefined {
  if (value === undefined || !KIND.test(value)) return undefined;
  const [, kind = '', inner = ''] = WHOLE.exec(value) ?? [];
  if (kind === '') return { form: 'broken', why: whyNotWhole(value) };
  if (/^appconfiguration$/i.test(kind)) return { form: 'configuration' };
  const parts = new Map(
    inner.split(';').flatMap((part): [string, string][] => {
      const [, name = '', text = ''] = /^\s*([^=]+?)\s*=(.*)$/s.exec(part) ?? [];
      return name === '' ? [] : [[name.toLowerCase(), text.trim()]];
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

/** The vault and secret that a Key Vault reference names, in either of its forms. */
export function referenceOf(value: string | undefined): Reference | undefined {
  const found = read(value);
  return found?.form === 'vault' ? found.reference : undefined;
}

/** Every value in which an app may refer to a vault: its settings and, as far as they were read, its connection strings. */
export const referringValues = (facts: Facts): readonly string[] => [
  ...Object.values(facts.appSettings.properties),
  ...Object.values(facts.maybe('connectionStrings')?.properties ?? {}).map(({ value }) => value),
];

/** Whether a value is a reference as a whole, to a vault or to App Configuration. */
export const isReference = (value: string | undefined): boolean => ['vault', 'configuration'].includes(read(value)?.form ?? '');

/** Why a value that holds a reference is none for App Service; undefined where it is one, or holds none. */
export function brokenReference(value: string | undefined): string | undefined {
  const found = read(value);
  return found?.form === 'broken' ? found.why : undefined;
}

/** A value without the references in it. */
export const besideReferences = (value: string): string =>
  value.replace(
    /@Microsoft\.(KeyVault|AppConfiguration)\((\s*(SecretUri|VaultName|SecretName|SecretVersion|Endpoint|Key|Label)=[^;)]*;?)*\)?/gi,
    '',
  );

export interface Broken {
  readonly name: string;
  readonly why: string;
}

/** Settings whose value holds a reference that App Service does not resolve. */
export const brokenIn = (settings: AppSettings): readonly Broken[] =>
  Object.entries(settings.properties).flatMap(([name, value]) => {
    const why = brokenReference(value);
    return why === undefined ? [] : [{ name, why }];
  });

/** The same of connection strings. */
export const brokenStrings = ({ properties }: ConnectionStrings): readonly Broken[] =>
  brokenIn({ properties: Object.fromEntries(Object.entries(properties).map(([name, { value }]) => [name, value])) });

/** That settings have a value which cannot be seen here. */
export const notSeenIn = (names: readonly string[]): string =>
  `${names.join(', ')} ${names.length === 1 ? 'is a reference with an unknown value' : 'are references with unknown values'}`;

/** Names of the settings whose value comes from elsewhere, so that it cannot be seen here. */
export const fromElsewhere = ({ properties }: AppSettings): readonly string[] =>
  Object.entries(properties).flatMap(([name, value]) => (isReference(value) ? [name] : []));
