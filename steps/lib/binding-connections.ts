/** The sign-in of function bindings to the services that they use. */
import {
  type BindingConnection,
  brokenReference,
  connectionsOf,
  type Facts,
  HOST_STORAGE,
  isReference,
  sameWord,
  secretIn,
  tokenService,
  triggersNotSeen,
  valueOf,
  withoutConnection,
} from '../../src/azure/index.ts';
import { cannotSignIn, hasSecret, mayLackTokens, NO_TOKENS } from './storage/identity-connections.ts';
import type { Verdict } from '../../src/contract/index.ts';

/**
 * The names under which the host looks up a connection, in its order: with a prefix, then its own. Between its parts the host has a colon, and
 * a setting may have two underscores in its place (azure-webjobs-sdk: GetWebJobsConnectionStringSection).
 */
const namesOf = ({ connection }: Pick<BindingConnection, 'connection'>): readonly string[] =>
  [`AzureWebJobs${connection}`, connection].flatMap((name) => (name.includes(':') ? [name, name.replaceAll(':', '__')] : [name]));

/** Returns the lookup of a setting whose value may be a name: the value of a secret or a reference is none. */
export const namesIn =
  (facts: Facts) =>
  (setting: string): string | undefined => {
    const text = valueOf(facts.appSettings, setting);
    return text === undefined || isReference(text) || secretIn(setting, text) !== undefined ? undefined : text;
  };

/** Where the host finds a connection: under the first name that has a value or parts. */
interface Found {
  readonly name: string;
  /** The value of an app setting or a connection string. */
  readonly value?: string;
  /** Settings such as `Bus__fullyQualifiedNamespace`. A part may hold a secret: `Bus__clientSecret`. */
  readonly parts: readonly (readonly [setting: string, value: string])[];
}

function foundFor(one: Pick<BindingConnection, 'connection'>, { appSettings, maybe }: Facts): Found | undefined {
  const all = Object.entries(maybe('connectionStrings')?.properties ?? {});
  const strings = { properties: Object.fromEntries(all.map(([name, { value }]) => [name, value])) };
  for (const name of namesOf(one)) {
    const value = [valueOf(strings, name), valueOf(appSettings, name)].find((text) => text !== undefined && text.trim() !== '');
    const parts = Object.entries(appSettings.properties).filter(([setting]) =>
      [`${name}__`, `${name}:`].some((start) => setting.toLowerCase().startsWith(start.toLowerCase())),
    );
    if (value !== undefined) return { name, value, parts };
    if (parts.length > 0) return { name, parts };
  }
  return undefined;
}
const valueFor = (one: Pick<BindingConnection, 'connection'>, facts: Facts): string | undefined => foundFor(one, facts)?.value;

/** Parts that say how to sign in, and not to what. */
const SIGN_IN = /(__|:)(credential|clientId|clientSecret|tenantId|managedIdentityResourceId)$/i;
const placesOf = ({ parts }: Found): Found['parts'] => parts.filter(([setting, value]) => !SIGN_IN.test(setting) && value.trim() !== '');
const namesWhere = (all: readonly BindingConnection[], is: (one: BindingConnection) => boolean): string[] => [
  ...new Set(all.filter(is).map(({ connection, text }) => text ?? connection)),
];

/** Matches the host name of a namespace, and its URL, from which the libraries take the host name since 2024 (Azure/azure-sdk-for-net#41819). */
const NAMESPACE = /^([a-z]+:\/\/[\w.-]+(:\d+)?\/?|[\w.-]+)$/i;

/** Returns the parts of a connection by which its client cannot sign in: no host name of a namespace, or an address over HTTP. */
const wrongPlaces = (one: BindingConnection, facts: Facts): string[] => {
  const found = foundFor(one, facts);
  if (found === undefined || found.value !== undefined) return [];
  return placesOf(found).flatMap(([setting, value]) => {
    if (isReference(value)) return [];
    if (/(__|:)fullyQualifiedNamespace$/i.test(setting))
      return NAMESPACE.test(value.trim()) ? [] : [`the value of ${setting} is not the host name of a namespace`];
    return /^\s*http:/i.test(value) ? [`the value of ${setting} is an address over HTTP, to which no client sends a token`] : [];
  });
};

/** Matches connection strings that sign in as an identity of the app, of SQL and of Service Bus. */
const BY_IDENTITY = /(^|;)\s*Authentication\s*=\s*(Active Directory (Managed Identity|MSI)|Managed ?Identity)\s*(;|$)/i;

/** Whether a connection signs in as an identity of the app. */
function usesIdentity(one: BindingConnection, facts: Facts): boolean {
  const found = foundFor(one, facts);
  return found?.value === undefined
    ? found !== undefined && placesOf(found).length > 0 && !hasSecret(facts, found.name)
    : BY_IDENTITY.test(found.value);
}

/** Returns why the app cannot sign in to a connection that requires an identity: in parts, or a connection string without a secret. */
function lacksIdentity(one: BindingConnection, facts: Facts): string[] {
  const { type, principalId, userAssignedIdentities } = facts.site.identity ?? {};
  const hasNone = !principalId && !/SystemAssigned/i.test(type ?? '') && Object.keys(userAssignedIdentities ?? {}).length === 0;
  const found = foundFor(one, facts);
  if (BY_IDENTITY.test(found?.value ?? '')) {
    if (hasNone) return [`${one.connection}, but the app has no identity`];
    if (tokenService(facts.appSettings) === 'off') return [`${one.connection}, ${NO_TOKENS}`];
  }
  if (found === undefined || found.value !== undefined || !usesIdentity(one, facts)) return [];
  const why = cannotSignIn(facts, found.name);
  return why === undefined ? [] : [`${one.connection}, ${why}`];
}

/** Returns the setting or connection string in which a connection has a secret. Its name may have the prefix of the host. */
function secretPlace(one: BindingConnection, facts: Facts): string | undefined {
  const found = foundFor(one, facts);
  if (found?.value === undefined) return found?.parts.find(([setting, text]) => secretIn(setting, text) !== undefined)?.[0];
  const isPlain = !isReference(found.value) && brokenReference(found.value) === undefined;
  return (one.keepsSecret && isPlain) || secretIn(one.connection, found.value) !== undefined ? found.name : undefined;
}

/** @throws where no secret was found and the connection strings could not be read */
export function judgeConnections(facts: Facts): Verdict {
  const wanted = 'with a managed identity, or with a secret from a vault';
  // The control host-storage judges the storage of the host.
  const all = connectionsOf(facts.functions, (connection) => valueFor({ connection }, facts) !== undefined, namesIn(facts)).filter(
    (one) => !namesOf(one).some((name) => sameWord(name, HOST_STORAGE)),
  );
  const keyed = all.flatMap((one) => {
    const place = one.isSecret ? `the member ${one.connection} of its binding` : secretPlace(one, facts);
    return place === undefined ? [] : [{ ...one, place }];
  });
  const names = [...new Set(keyed.map(({ connection }) => connection))];
  if (names.length > 0)
    return {
      state: 'fail',
      found: `with a secret: ${names.join(', ')}`,
      wanted,
      names,
      lines: keyed.map(({ name, type, place }) => `${name} (${type}) signs in with the secret in ${place}`),
    };
  const lacking = [...new Set(all.flatMap((one) => lacksIdentity(one, facts)))];
  if (lacking.length > 0) return { state: 'fail', found: `with a managed identity: ${lacking.join('; ')}`, wanted };
  const notSeen = triggersNotSeen(facts.functions);
  if (notSeen) return { state: 'unknown', found: `${notSeen}, so their connections are unknown`, wanted };
  void facts.connectionStrings.properties;
  const lost = namesWhere(all, (one) => {
    const found = foundFor(one, facts);
    return found === undefined || (found.value === undefined && placesOf(found).length === 0);
  });
  const broken = namesWhere(all, (one) => brokenReference(valueFor(one, facts)) !== undefined);
  const unnamed = withoutConnection(facts.functions);
  const tokens = mayLackTokens(facts);
  const open = [
    ...(tokens !== undefined && all.some((one) => usesIdentity(one, facts)) ? [tokens] : []),
    ...(unnamed.length > 0 ? [`these bindings name no connection: ${unnamed.join(', ')}`] : []),
    ...(lost.length > 0 ? [`the app has no setting and no connection string ${lost.join(', ')}`] : []),
    ...new Set(all.flatMap((one) => wrongPlaces(one, facts))),
    ...(broken.length > 0 ? [`App Service does not resolve the reference in ${broken.join(', ')}`] : []),
  ];
  return open.length > 0
    ? { state: 'unknown', found: open.join('; '), wanted }
    : { state: 'pass', found: 'no binding has a plain-text secret', wanted };
}
