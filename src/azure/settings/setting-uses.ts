/** Finds the storage accounts, vaults and Application Insights components that the settings of an app name. */
import type { Site } from '../resources/site.ts';
import { brokenReference, isReference, referenceOf } from './references.ts';
import { accountOf, hostKeysAddress, KEY_STORE, secretIn, valueOf } from './settings.ts';
import { instrumentationKey, telemetrySignIn } from './telemetry.ts';
import type { Use, Uses } from '../resources/neighbours.ts';

interface Given {
  readonly settings: Readonly<Record<string, string>>;
  readonly connectionStrings?: Readonly<Record<string, { readonly value: string }>>;
  readonly site?: Pick<Site, 'properties'>;
}

type Named = { readonly name: string; readonly setting: string; readonly byKey: boolean };

/** Returns whether the name of a setting implies that its value is the name of a storage account. */
const namesAccount = (name: string): boolean => /(__accountName|account(_?name)?|storage(_?name)?)$/i.test(name);
/** Returns whether a value is the key of a storage account: 64 bytes in Base64. */
const isAccountKey = (value: string): boolean => /^[A-Za-z0-9+/]{86}==$/.test(value.trim());
/** Returns whether a signature is a user delegation SAS, which is signed with Entra ID and not with an account key. */
const isByUser = (value: string): boolean => /[?&]skoid=/i.test(value) && !/AccountKey=/i.test(value);
const vaultOf = (value: string): string | undefined =>
  referenceOf(value)?.vault ?? /^https:\/\/([a-z0-9-]{3,24})\.vault(-int)?\./i.exec(value.trim())?.[1]?.toLowerCase();

/** Lists the resources that the settings of an app name. Names of settings are not case-sensitive. */
export function usesOf({ settings, connectionStrings = {}, site }: Given): Uses {
  const all: readonly (readonly [string, string])[] = [
    ...Object.entries(settings),
    ...Object.entries(connectionStrings).map(([name, { value }]) => [`connection string ${name}`, value] as const),
  ].flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : []));
  const holdsKey = all.some(([, value]) => isAccountKey(value));
  const accounts = all.flatMap(([setting, value]): Named[] => {
    const account = accountOf(value);
    if (account !== undefined) return [{ name: account, setting, byKey: secretIn(setting, value) !== undefined && !isByUser(value) }];
    return namesAccount(setting) && /^[a-z0-9]{3,24}$/i.test(value)
      ? [{ name: value.toLowerCase(), setting, byKey: holdsKey && !/__accountName$/i.test(setting) }]
      : [];
  });
  const storage = site?.properties.functionAppConfig?.deployment?.storage;
  const deployed = accountOf(storage?.value);
  const byEntra = telemetrySignIn({ properties: settings }).by === 'entra';
  return {
    accounts: grouped([
      ...accounts,
      ...(deployed === undefined
        ? []
        : [{ name: deployed, setting: 'deployment storage', byKey: /connectionstring/i.test(storage?.authentication?.type ?? '') }]),
    ]),
    vaults: grouped(
      all.flatMap(([setting, value]) => {
        const name = vaultOf(value);
        return name ? [{ name, setting, byKey: false }] : [];
      }),
    ),
    components: grouped(
      all.flatMap(([setting, value]) => {
        const name = instrumentationKey(value) ?? (/INSTRUMENTATIONKEY$/i.test(setting) ? value.trim().toLowerCase() : undefined);
        return name ? [{ name, setting, byKey: !byEntra }] : [];
      }),
    ),
    // A broken reference does not name a known resource, because it is unknown how the app uses the value.
    hidden: all.flatMap(([setting, value]) => (isReference(value) || brokenReference(value) !== undefined ? [setting] : [])),
    ...keysOf(settings),
  };
}

function keysOf(settings: Given['settings']): Pick<Uses, 'keys'> {
  const address = hostKeysAddress({ properties: settings });
  if (isReference(valueOf({ properties: settings }, KEY_STORE))) return { keys: {} };
  if (address === undefined) return {};
  return { keys: address === '' || isReference(address) ? {} : { address } };
}

function grouped(all: readonly Named[]): Use[] {
  return [...Map.groupBy(all, ({ name }) => name)].map(([name, named]) => ({
    name,
    settings: [...new Set(named.map(({ setting }) => setting))],
    byKey: named.some(({ byKey }) => byKey),
    keyed: [...new Set(named.flatMap(({ setting, byKey }) => (byKey ? [setting] : [])))],
  }));
}
