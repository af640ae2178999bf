/**
 * Meaning of the settings of App Service Authentication. Sources: learn.microsoft.com/azure/app-service/
 * configure-authentication-provider-aad (issuer, tenants, authorization policy), configure-authentication-file-based,
 * configure-authentication-api-version; recorded answers of ARM.
 */
import { ownMember } from '../own-member.ts';
import { isOff, isOn, sameWord } from '../resources/any-case.ts';
import type { AppSettings, Facts } from '../resources/resources.ts';
import type { Site } from '../resources/site.ts';
import type { AuthSettings, Provider } from '../resources/provider-resources.ts';
import { isEntraAddress } from '../clouds.ts';
import { isReference } from '../settings/references.ts';
import { valueOf } from '../settings/settings.ts';

/** The member of a registration that shows a set up provider, if not the client id. ARM returns `enabled` as true for every one. */
const REGISTERED: Readonly<Record<string, 'appId' | 'consumerKey'>> = { facebook: 'appId', twitter: 'consumerKey' };
/** Matches the members that hold several named providers. */
const CUSTOM = /^(customOpenIdConnectProviders|openIdConnectProviders)$/i;
const ENTRA = 'azureActiveDirectory';

const isSetUp = (name: string, provider: Provider | null | undefined): boolean =>
  provider !== null &&
  provider !== undefined &&
  !isOff(provider.enabled) &&
  Boolean(provider.registration?.[ownMember(REGISTERED, name) ?? 'clientId']);

/** Lists the custom OpenID Connect providers by their own names. */
const customProviders = ({ properties }: AuthSettings): readonly (readonly [name: string, provider: Provider | null])[] =>
  Object.entries(properties.identityProviders ?? {}).flatMap(([name, held]) =>
    CUSTOM.test(name) ? Object.entries((held ?? {}) as Readonly<Record<string, Provider | null>>) : [],
  );

/** Lists the names of the identity providers that are set up. */
export const providersOf = (settings: AuthSettings): string[] => [
  ...Object.entries(settings.properties.identityProviders ?? {}).flatMap(([name, provider]) =>
    !CUSTOM.test(name) && isSetUp(name, provider) ? [name] : [],
  ),
  ...customProviders(settings).flatMap(([name, provider]) => (isSetUp('', provider) ? [name] : [])),
];

/** Matches the members that are one provider each, as the schema of Azure lists them. */
const KNOWN = /^(azureActiveDirectory|apple|azureStaticWebApps|facebook|gitHub|google|legacyMicrosoftAccount|twitter)$/i;
/** Whether a provider is set up that Azure documents. It is not known what Azure does with another one. */
const hasKnownProvider = (settings: AuthSettings): boolean =>
  Object.entries(settings.properties.identityProviders ?? {}).some(([name, provider]) => KNOWN.test(name) && isSetUp(name, provider)) ||
  customProviders(settings).some(([, provider]) => isSetUp('', provider));

/**
 * The provider of an app that is linked with a static web app. App Service refuses all other callers, and the static web app passes on
 * requests of visitors who did not sign in, where its routes allow that (static-web-apps/functions-bring-your-own, Security constraints;
 * Azure/static-web-apps#512).
 */
const LINKED = /^azureStaticWebApps$/i;
/** Says who decides about visitors of a linked static web app; nothing where there is none. */
export const linkedNote = (settings: AuthSettings): readonly string[] =>
  providersOf(settings).some((name) => LINKED.test(name))
    ? ['the linked static web app decides in its own configuration whether its visitors must sign in']
    : [];

/** Returns the path of the file in the app that contains these settings instead of ARM. */
export const authFileOf = ({ properties }: AuthSettings): string | undefined =>
  [properties.platform?.configFilePath, properties.configFilePath].find((path) => path !== undefined && path !== null && path !== '') ??
  undefined;

/** Whether a sign-in is required: `open` if requests without a sign-in reach the app, `unknown` if other settings decide. */
export interface SignIn {
  readonly state: 'required' | 'open' | 'unknown';
  readonly found: string;
}
const open = (found: string): SignIn => ({ state: 'open', found });

const SIGN_IN_SETTING = 'WEBSITE_AUTH_ENABLED';
/** Matches what the host reads as on: true in any case, or a number other than 0. */
const MEANS_ON = /^\s*(true|[+-]?0*[1-9]\d*)\s*$/i;

/** Whether the host itself checks the sign-in: on Flex Consumption and on Consumption for Linux. */
const hostSignsIn = ({ kind, properties: { sku, reserved, functionAppConfig } }: Site): boolean =>
  sameWord(sku, 'FlexConsumption') ||
  (sku === undefined && Boolean(functionAppConfig)) ||
  (sameWord(sku, 'Dynamic') && (isOn(reserved) || /\blinux\b/i.test(kind ?? '')));

/**
 * Returns what an app setting says about the sign-in where it goes before the settings of App Service Authentication; undefined
 * where it does not switch the sign-in off (Azure/azure-functions-host: HostAssignmentContext.ApplyAppSettings, #6006).
 */
export function signInSetting(facts: Facts): SignIn | undefined {
  const site = facts.maybe('site');
  const settings = facts.maybe('appSettings');
  if (!site || !settings || !hostSignsIn(site)) return undefined;
  const value = valueOf(settings, SIGN_IN_SETTING) ?? '';
  if (value === '' || MEANS_ON.test(value)) return undefined;
  return isReference(value)
    ? { state: 'unknown', found: `on, but the app setting ${SIGN_IN_SETTING}, a reference with an unknown value, may switch it off` }
    : open(`on, but the app setting ${SIGN_IN_SETTING} switches it off on this plan`);
}

/** Returns whether the app requires a sign-in. @throws if version 2 is off and the settings of version 1 cannot be read */
export function signInOf(facts: Facts): SignIn {
  const site = facts.maybe('site');
  // Container Apps has different authentication settings (Microsoft.App/containerApps/authConfigs).
  if (site?.properties.managedEnvironmentId || /azurecontainerapps/i.test(site?.kind ?? ''))
    return { state: 'unknown', found: 'Container Apps has its own authentication settings, which func-harden does not check' };
  const { platform, globalValidation } = facts.authSettings.properties;
  const file = authFileOf(facts.authSettings);
  if (file && !isOff(platform?.enabled))
    return {
      state: 'unknown',
      found: `the file ${file} in the app contains the authentication settings; Azure Resource Manager does not show it`,
    };
  if (!isOn(platform?.enabled))
    return isOn(facts.siteConfig.properties.siteAuthEnabled)
      ? {
          state: 'unknown',
          found:
            'on, with version 1 settings (config/authsettings), which func-harden does not check; upgrade to version 2 in the portal (Authentication, Upgrade) or with az webapp auth config-version upgrade',
        }
      : open('off');
  if (isOff(globalValidation?.requireAuthentication) || /^AllowAnonymous$/i.test(globalValidation?.unauthenticatedClientAction ?? ''))
    return open('on, but unauthenticated requests are allowed');
  if (!isOn(globalValidation?.requireAuthentication))
    return {
      state: 'unknown',
      found: 'on, but Azure does not report whether authentication is required (requireAuthentication is not set)',
    };
  const providers = providersOf(facts.authSettings);
  if (providers.length === 0) return open('on, but no provider is configured');
  if (!hasKnownProvider(facts.authSettings))
    return { state: 'unknown', found: `on, by ${providers.join(', ')}, which is no identity provider that func-harden knows` };
  const switched = signInSetting(facts);
  if (switched) return switched;
  return { state: 'required', found: [`on, by ${providers.join(', ')}`, ...linkedNote(facts.authSettings)].join(': ') };
}

/** Returns whether these settings alone show that a sign-in is required. For evidence that is useful but not needed: it never throws. */
export function requiresSignIn(settings: AuthSettings): boolean {
  const { platform, globalValidation } = settings.properties;
  return (
    authFileOf(settings) === undefined &&
    isOn(platform?.enabled) &&
    isOn(globalValidation?.requireAuthentication) &&
    !/^AllowAnonymous$/i.test(globalValidation?.unauthenticatedClientAction ?? '') &&
    hasKnownProvider(settings) &&
    linkedNote(settings).length === 0
  );
}

/** Tenant id of all personal Microsoft accounts. */
const PERSONAL = '9188040d-6c67-4c5b-b112-36a304b66dad';
const SHARED = /^(|common|organizations|consumers|v\d\.\d|\{.*\})$/;
/** Matches hosts of External ID and B2C, which have the tenant in the host name. */
const TENANT_IN_HOST = /\.(ciamlogin|b2clogin)\.(com|us|cn)$/;

/**
 * Returns whether an issuer names no tenant. Azure then checks neither the issuer nor the tenant of a token, also for `consumers`, the
 * name of all personal accounts.
 */
export function isMultiTenant(issuer: string | null | undefined): boolean {
  const url = /^https:\/\/([^/?#]+)\/*([^/?#]*)/.exec((issuer ?? '').trim().toLowerCase());
  if (!url) return true;
  const [, host = '', tenant = ''] = url;
  return TENANT_IN_HOST.test(host) ? /^(common|organizations|consumers)$/.test(tenant) : SHARED.test(tenant);
}
/** Returns whether the issuer is the tenant of all personal Microsoft accounts. Azure checks it, and anyone can create such an account. */
export const isPersonal = (issuer: string | null | undefined): boolean => (issuer ?? '').toLowerCase().includes(PERSONAL);
/** Returns whether the issuer is a tenant for customers (External ID, B2C) and not a workforce tenant. */
export const isExternal = (issuer: string): boolean => /^https:\/\/[^/?#]*\.(ciamlogin|b2clogin)\./i.test(issuer.trim());

export const ALLOWED_TENANTS = 'WEBSITE_AUTH_AAD_ALLOWED_TENANTS';
const hasId = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/i;
const some = (list: readonly string[] | null | undefined): boolean => (list ?? []).some(Boolean);

/** Returns whether a list of people or groups limits who can sign in. */
export const limitsPrincipals = (validation: Provider['validation']): boolean => {
  const { defaultAuthorizationPolicy: policy, jwtClaimChecks: claims } = validation ?? {};
  return some(policy?.allowedPrincipals?.identities) || some(policy?.allowedPrincipals?.groups) || some(claims?.allowedGroups);
};

/** Returns whether anyone with a personal Microsoft account can sign in. */
export const isForAnyPerson = (provider: Provider | null | undefined): boolean =>
  isPersonal(provider?.registration?.openIdIssuer) && !limitsPrincipals(provider?.validation);

/** Returns whether something other than the issuer limits the tenants (`some`); `unknown` if that cannot be read. */
export function tenantsAllowed(provider: Provider | null | undefined, settings: AppSettings | undefined): 'some' | 'all' | 'unknown' {
  const { defaultAuthorizationPolicy: policy, jwtClaimChecks: claims } = provider?.validation ?? {};
  const own = provider?.registration?.clientId?.toLowerCase();
  // A user who signs in to the app itself arrives with the app's own client id, so that id limits nothing.
  const isOther = (id: string): boolean => id !== '' && id.toLowerCase() !== own;
  if (
    [...(policy?.allowedApplications ?? []), ...(claims?.allowedClientApplications ?? [])].some(isOther) ||
    limitsPrincipals(provider?.validation)
  )
    return 'some';
  if (!settings) return 'unknown';
  const listed = valueOf(settings, ALLOWED_TENANTS)?.trim() ?? '';
  if (isReference(listed)) return 'unknown';
  return hasId.test(listed) ? 'some' : 'all';
}

/** Describes custom providers that are Entra ID for many tenants. App Service does not document whether it checks the tenant there. */
function customTenants(settings: AuthSettings): SignIn | undefined {
  const [found] = customProviders(settings).filter(([, provider]) => {
    const address = provider?.registration?.openIdConnectConfiguration?.wellKnownOpenIdConfiguration ?? '';
    return isSetUp('', provider) && isEntraAddress(address) && isMultiTenant(address);
  });
  return found && { state: 'unknown', found: `on, but the custom provider ${found[0]} may accept every tenant of Entra ID` };
}

/** Describes what is wrong with the tenants that the providers accept; undefined if they limit them, or none is Entra ID. */
export function tenantFault(authSettings: AuthSettings, settings: AppSettings | undefined): SignIn | undefined {
  return entraFault(authSettings, settings) ?? customTenants(authSettings);
}

/** Returns the settings of Entra ID, in any case of its name. */
export const entraOf = ({ properties }: AuthSettings): Provider | null | undefined =>
  Object.entries(properties.identityProviders ?? {}).find(([name]) => sameWord(name, ENTRA))?.[1];

function entraFault({ properties }: AuthSettings, settings: AppSettings | undefined): SignIn | undefined {
  const provider = entraOf({ properties });
  const issuer = provider?.registration?.openIdIssuer;
  if (!isSetUp(ENTRA, provider) || !isMultiTenant(issuer)) return undefined;
  const named = issuer ? `the issuer ${issuer}` : 'no issuer';
  switch (tenantsAllowed(provider, settings)) {
    case 'some':
      return undefined;
    case 'all':
      return open(
        `on, by ${providersOf({ properties }).join(', ')}, but it accepts every tenant: ${named} is set without allowed tenants (${ALLOWED_TENANTS}), applications or principals`,
      );
    case 'unknown':
      return {
        state: 'unknown',
        found: `on, by ${providersOf({ properties }).join(', ')}, with ${named}: the app settings could not be read, so ${ALLOWED_TENANTS} was not checked`,
      };
  }
}

/** Name of the setting that holds the client id of a managed identity, used instead of a client secret. Its value is not a secret. */
export const SECRETLESS = 'OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID';
