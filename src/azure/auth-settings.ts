/**
 * What the settings of App Service Authentication mean. Sources: learn.microsoft.com/azure/app-service/
 * configure-authentication-provider-aad (issuer, tenants, authorization policy), configure-authentication-file-based,
 * configure-authentication-api-version; recorded answers of ARM.
 */
import { ownMember } from './own-member.ts';
import { sameWord } from './any-case.ts';
import type { AppSettings, Facts } from './resources.ts';
import type { AuthSettings, Provider } from './provider-resources.ts';
import { isReference } from './references.ts';
import { valueOf } from './settings.ts';

/** What a registration must have to be set up, where it is not a client id; the service calls every provider enabled. */
const REGISTERED: Readonly<Record<string, 'appId' | 'consumerKey'>> = { facebook: 'appId', twitter: 'consumerKey' };
/** Providers that are a collection of providers by name. */
const CUSTOM = /^(customOpenIdConnectProviders|openIdConnectProviders)$/i;
const ENTRA = 'azureActiveDirectory';

const isSetUp = (name: string, provider: Provider | null | undefined): boolean =>
  provider !== null &&
  provider !== undefined &&
  provider.enabled !== false &&
  Boolean(provider.registration?.[ownMember(REGISTERED, name) ?? 'clientId']);

/** Names of the identity providers that are really set up. */
export const providersOf = ({ properties }: AuthSettings): string[] =>
  Object.entries(properties.identityProviders ?? {}).flatMap(([name, provider]) => {
    if (!CUSTOM.test(name)) return isSetUp(name, provider) ? [name] : [];
    const custom = Object.entries((provider ?? {}) as Readonly<Record<string, Provider | null>>);
    return custom.flatMap(([own, one]) => (isSetUp('', one) ? [own] : []));
  });

/** The file in the app that holds these settings in place of ARM. */
export const authFileOf = ({ properties }: AuthSettings): string | undefined =>
  [properties.platform?.configFilePath, properties.configFilePath].find((path) => path !== undefined && path !== null && path !== '') ??
  undefined;

/** Whether requests without a sign-in are refused or sent to one: `open` where they are not, `unknown` where other settings decide. */
export interface SignIn {
  readonly state: 'required' | 'open' | 'unknown';
  readonly found: string;
}
const open = (found: string): SignIn => ({ state: 'open', found });

/** @throws where the settings of version 2 say "off" and whether those of version 1 are on cannot be read */
export function signInOf(facts: Facts): SignIn {
  const { platform, globalValidation } = facts.authSettings.properties;
  const file = authFileOf(facts.authSettings);
  if (file && platform?.enabled !== false)
    return {
      state: 'unknown',
      found: `the file ${file} in the app contains the authentication settings; Azure Resource Manager does not show it`,
    };
  if (platform?.enabled !== true)
    return facts.siteConfig.properties.siteAuthEnabled === true
      ? {
          state: 'unknown',
          found:
            'on, with version 1 settings (config/authsettings), which func-harden does not check; upgrade to version 2 in the portal (Authentication, Upgrade) or with az webapp auth config-version upgrade',
        }
      : open('off');
  if (globalValidation?.requireAuthentication === false || /^AllowAnonymous$/i.test(globalValidation?.unauthenticatedClientAction ?? ''))
    return open('on, but unauthenticated requests are allowed');
  if (globalValidation?.requireAuthentication !== true)
    return {
      state: 'unknown',
      found: 'on, but Azure does not report whether authentication is required (requireAuthentication is not set)',
    };
  const providers = providersOf(facts.authSettings);
  return providers.length === 0
    ? open('on, but no provider is configured')
    : { state: 'required', found: `on, by ${providers.join(', ')}` };
}

/** Whether the settings themselves require a sign-in, for evidence that is welcome but not needed. */
export function requiresSignIn(settings: AuthSettings): boolean {
  const { platform, globalValidation } = settings.properties;
  return (
    authFileOf(settings) === undefined &&
    platform?.enabled === true &&
    globalValidation?.requireAuthentication === true &&
    !/^AllowAnonymous$/i.test(globalValidation.unauthenticatedClientAction ?? '') &&
    providersOf(settings).length > 0
  );
}

/** Tenant of all personal Microsoft accounts. */
const PERSONAL = '9188040d-6c67-4c5b-b112-36a304b66dad';
const SHARED = new RegExp(`^(|common|organizations|consumers|v\\d\\.\\d|\\{.*\\}|${PERSONAL})$`);
/** External ID and B2C name the tenant in the host. */
const TENANT_IN_HOST = /\.(ciamlogin|b2clogin)\.(com|us|cn)$/;

/** Whether an issuer stands for more than one tenant: then Azure checks neither the issuer nor the tenant of a token. */
export function isMultiTenant(issuer: string | null | undefined): boolean {
  const url = /^https:\/\/([^/?#]+)\/*([^/?#]*)/.exec((issuer ?? '').trim().toLowerCase());
  if (!url) return true;
  const [, host = '', tenant = ''] = url;
  return TENANT_IN_HOST.test(host) ? /^(common|organizations|consumers)$/.test(tenant) : SHARED.test(tenant);
}
/** Whether a tenant of its own for customers issues the tokens (External ID, B2C), and not the tenant of a workforce. */
export const isExternal = (issuer: string): boolean => /^https:\/\/[^/?#]*\.(ciamlogin|b2clogin)\./i.test(issuer.trim());

export const ALLOWED_TENANTS = 'WEBSITE_AUTH_AAD_ALLOWED_TENANTS';
const hasId = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/i;
const some = (list: readonly string[] | null | undefined): boolean => (list ?? []).some(Boolean);

/** What keeps other tenants out where the issuer does not: `unknown` where that cannot be read. */
export function tenantsAllowed(provider: Provider | null | undefined, settings: AppSettings | undefined): 'some' | 'all' | 'unknown' {
  const { defaultAuthorizationPolicy: policy, jwtClaimChecks: claims } = provider?.validation ?? {};
  const own = provider?.registration?.clientId?.toLowerCase();
  // Everybody who signs in to the app itself comes with the app's own id.
  const isOther = (id: string): boolean => id !== '' && id.toLowerCase() !== own;
  if (
    [...(policy?.allowedApplications ?? []), ...(claims?.allowedClientApplications ?? [])].some(isOther) ||
    some(policy?.allowedPrincipals?.identities) ||
    some(policy?.allowedPrincipals?.groups) ||
    some(claims?.allowedGroups)
  )
    return 'some';
  if (!settings) return 'unknown';
  const listed = valueOf(settings, ALLOWED_TENANTS)?.trim() ?? '';
  if (isReference(listed)) return 'unknown';
  return hasId.test(listed) ? 'some' : 'all';
}

/** What is wrong with the tenants that an Entra provider takes; undefined where it takes those it names, or is not set up. */
export function tenantFault({ properties }: AuthSettings, settings: AppSettings | undefined): SignIn | undefined {
  const [, provider] = Object.entries(properties.identityProviders ?? {}).find(([name]) => sameWord(name, ENTRA)) ?? [];
  const issuer = provider?.registration?.openIdIssuer;
  if (!isSetUp(ENTRA, provider) || !isMultiTenant(issuer)) return undefined;
  const named = issuer ? `the issuer ${issuer}` : 'no issuer';
  const whom = /consumers|9188040d/i.test(issuer ?? '') ? 'every personal Microsoft account' : 'every tenant';
  switch (tenantsAllowed(provider, settings)) {
    case 'some':
      return undefined;
    case 'all':
      return open(
        `on, by ${providersOf({ properties }).join(', ')}, but it accepts ${whom}: ${named} is set without allowed tenants (${ALLOWED_TENANTS}), applications or principals`,
      );
    case 'unknown':
      return {
        state: 'unknown',
        found: `on, by ${providersOf({ properties }).join(', ')}, with ${named}: the app settings could not be read, so ${ALLOWED_TENANTS} was not checked`,
      };
  }
}

/** The setting whose value is no secret but the client id of a managed identity that stands in for one. */
export const SECRETLESS = 'OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID';
