/** How connections of the host name their account and their identity. */
import {
  type Facts,
  HOST_STORAGE,
  isReference,
  partOf,
  sameWord,
  secretIn,
  tokenService,
  TOKENS_OFF,
  valueOf,
} from '../../../src/azure/index.ts';
import { type Context, type GuardFinding, stop, type Verdict } from '../../../src/contract/index.ts';

/** Returns the identity that the settings of a connection name, by client id or resource id; undefined for the system-assigned identity. */
export const namedIdentity = ({ appSettings }: Facts, connection = HOST_STORAGE): string | undefined =>
  ['clientId', 'managedIdentityResourceId']
    .map((part) => partOf(appSettings, connection, part))
    .concat(partOf(appSettings, connection, 'credential') ? undefined : valueOf(appSettings, 'AZURE_CLIENT_ID'))
    .find(Boolean);

/** Whether a connection names its identity twice, which the host refuses (functions-reference#common-properties-for-identity-based-connections). */
export const isNamedTwice = ({ appSettings }: Facts, connection: string): boolean =>
  ['clientId', 'managedIdentityResourceId'].every((part) => partOf(appSettings, connection, part));

const ADDRESSES: readonly (readonly [part: string, form: RegExp, noun: string])[] = [
  ['accountName', /^[a-z0-9]{3,24}$/i, 'name of a storage account'],
  ['blobServiceUri', /^https:\/\/[^\s/]+/i, 'HTTPS address of a service'],
  ['queueServiceUri', /^https:\/\/[^\s/]+/i, 'HTTPS address of a service'],
  ['tableServiceUri', /^https:\/\/[^\s/]+/i, 'HTTPS address of a service'],
];

/**
 * Judges settings by which the host cannot find its account: a value that is no name or address (MicrosoftDocs/azure-docs#83529, #92908), an
 * address over HTTP, to which Azure's libraries send no token (Azure/azure-sdk-for-net#8874), and a name with a colon, which Linux does not read as a separator (#118979). A value that is no name may contain a key.
 */
export function judgeAddress({ app, facts: { appSettings } }: Context<unknown>, wanted: string): Verdict | undefined {
  for (const [part, form, noun] of ADDRESSES) {
    const name = `${HOST_STORAGE}__${part}`;
    const value = partOf(appSettings, HOST_STORAGE, part)?.trim() ?? '';
    if (value === '' || isReference(value)) continue;
    if (!form.test(value))
      return secretIn(name, value)
        ? { state: 'fail', found: `with a key, in ${name}`, wanted }
        : { state: 'unknown', found: `the value of ${name} is not the ${noun}`, wanted };
    if (app.os === 'linux' && valueOf(appSettings, name) === undefined)
      return { state: 'unknown', found: `with a colon in the name of a setting; on Linux, the name is ${name}`, wanted };
  }
  return undefined;
}

/** Whether a connection signs in as an application with a client secret, and not with an identity of the app. */
export const hasSecret = ({ appSettings }: Facts, connection = HOST_STORAGE): boolean =>
  Boolean(partOf(appSettings, connection, 'clientSecret'));

export const NO_TOKENS = `but the app setting ${TOKENS_OFF} switches off the tokens of its identities`;
/** Describes that a setting with an unknown value may switch off the tokens of an app; undefined where it does not. */
export const mayLackTokens = ({ appSettings }: Pick<Facts, 'appSettings'>): string | undefined =>
  tokenService(appSettings) === 'unknown'
    ? `the app setting ${TOKENS_OFF} is a reference, and may switch off the tokens of its identities`
    : undefined;

/** Stops a change after which the host signs in with an identity, if the app gets no tokens, or if this is unknown. */
export function withoutTokens(facts: Pick<Facts, 'appSettings'>): GuardFinding[] {
  const state = tokenService(facts.appSettings);
  if (state === 'on') return [];
  return [
    stop(
      state === 'off'
        ? `The app setting ${TOKENS_OFF} switches off the tokens of its identities, so the host cannot sign in. Remove it first.`
        : `The app setting ${TOKENS_OFF} is a reference and may switch off the tokens of its identities. Then the host cannot sign in. Remove it first.`,
    ),
  ];
}

/** Returns why a connection that is configured to use an identity cannot; undefined if it can, or if only the host knows. */
export function cannotSignIn(facts: Facts, connection = HOST_STORAGE): string | undefined {
  const { type, principalId, userAssignedIdentities } = facts.site.identity ?? {};
  const users = Object.entries(userAssignedIdentities ?? {});
  const named = namedIdentity(facts, connection);
  if (tokenService(facts.appSettings) === 'off') return NO_TOKENS;
  if (isNamedTwice(facts, connection))
    return `but the settings of ${connection} have both clientId and managedIdentityResourceId, which is not valid`;
  if (named !== undefined) {
    if (isReference(named) || users.some(([id, user]) => !user?.clientId || sameWord(id, named) || sameWord(user.clientId, named)))
      return undefined;
    return `but the app does not have the identity that ${connection} names`;
  }
  if (principalId || /SystemAssigned/i.test(type ?? '')) return undefined;
  return users.length > 0 ? 'but no setting says which user-assigned identity' : 'but the app has no identity';
}
