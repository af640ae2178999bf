/** authsettingsV2: empty until the first PUT, and complete afterward. */
import { asObject } from '../parts.ts';
import { webError, answer, type EmulatedResponse } from '../answers.ts';
import { siteType } from './bodies.ts';
import { authDefaults } from './config-defaults.ts';
import { isObject, type Json, type JsonObject, type State } from '../state.ts';
import { members } from './writes.ts';
import type { WebContext } from './web-context.ts';

/** Every provider has enabled=true; it is set up only if its registration is filled in. */
const PROVIDERS: JsonObject = {
  azureActiveDirectory: {
    enabled: true,
    registration: {},
    login: { disableWWWAuthenticate: false },
    validation: { jwtClaimChecks: {}, defaultAuthorizationPolicy: { allowedPrincipals: {}, allowedApplications: [] } },
  },
  facebook: { enabled: true, registration: {}, login: {} },
  gitHub: { enabled: true, registration: {}, login: {} },
  google: { enabled: true, registration: {}, login: {}, validation: {} },
  twitter: { enabled: true, registration: {} },
  legacyMicrosoftAccount: { enabled: true, registration: {}, login: {}, validation: {} },
  apple: { enabled: true, registration: {}, login: {} },
};
const SPELLED_OUT: JsonObject = {
  platform: { enabled: false, runtimeVersion: '~1' },
  globalValidation: { requireAuthentication: true, unauthenticatedClientAction: 'RedirectToLoginPage' },
  identityProviders: PROVIDERS,
  login: {
    routes: {},
    tokenStore: { enabled: false, tokenRefreshExtensionHours: 72, fileSystem: {}, azureBlobStorage: {} },
    preserveUrlFragmentsForLogins: false,
    cookieExpiration: { convention: 'FixedTime', timeToExpiration: '08:00:00' },
    nonce: { validateNonce: true, nonceExpirationInterval: '00:05:00' },
  },
  httpSettings: { requireHttps: true, routes: { apiPrefix: '/.auth' }, forwardProxy: { convention: 'NoProxy' } },
};

const over = (base: Json | undefined, own: Json): Json =>
  isObject(base) && isObject(own)
    ? { ...base, ...Object.fromEntries(Object.entries(own).map(([key, value]) => [key, over(base[key], value)])) }
    : typeof base === 'boolean' && (own === 'true' || own === 'false')
      ? own === 'true'
      : own;

/** The value that means "off" if the settings were never written before. */
const isOff = (auth: JsonObject): boolean =>
  Object.keys(auth).length === 1 && isObject(auth['platform']) && auth['platform']['enabled'] === false;
/** Stores the settings of a seed as after a write, so that writing back what was read changes nothing. */
export function withSpelledOutAuth(state: State): State {
  for (const site of Object.values(state.sites)) if (site.auth && !isOff(site.auth)) site.auth = over(SPELLED_OUT, site.auth) as JsonObject;
  return state;
}

export const authBody = ({ site }: WebContext): JsonObject => ({
  id: `${site.id}/config/authsettingsV2`,
  name: 'authsettingsV2',
  type: `${siteType(site)}/config`,
  location: site.location,
  properties: site.auth ? over(SPELLED_OUT, site.auth) : {},
});

/** Returns the version 1 settings, which come from config/web until version 2 is written. */
export function oldAuthBody({ site }: WebContext): JsonObject {
  const old = site.config['siteAuthSettings'];
  const isOn = site.auth
    ? isObject(site.auth['platform']) && site.auth['platform']['enabled'] === true
    : site.config['siteAuthEnabled'] === true;
  return {
    id: `${site.id}/config/authsettings`,
    name: 'authsettings',
    type: 'Microsoft.Web/sites/config',
    location: site.location,
    properties: {
      ...authDefaults(),
      ...asObject(old),
      enabled: isOn,
      ...(site.auth ? { isAuthFromFile: 'False' } : {}),
      configVersion: site.auth ? 'v2' : 'v1',
    },
  };
}

/** Writes version 1 as older clients do; refused once version 2 exists. */
export function putOldAuth(x: WebContext): EmulatedResponse {
  const { site } = x;
  if (site.auth)
    return webError(
      400,
      'BadRequest',
      '51021',
      'Cannot execute the request for site {0} because the site is running on auth version v2.',
      site.name,
    );
  const { enabled, configVersion: _, ...written } = members(x.request.body);
  const kept = Object.entries(written).filter(([name, value]) => value !== null && name in authDefaults());
  if (kept.length > 0) site.config['siteAuthSettings'] = Object.fromEntries(kept);
  else delete site.config['siteAuthSettings'];
  if (enabled === true) site.config['siteAuthEnabled'] = true;
  else delete site.config['siteAuthEnabled'];
  return answer(200, oldAuthBody(x));
}

export function putAuth(x: WebContext): EmulatedResponse {
  const written = members(x.request.body);
  x.site.auth = written;
  return answer(200, authBody(x));
}
