/** What a sign-in is worth: whom excluded paths, issuers, providers, files and older settings let in. */
import { webhookPaths } from '../../steps/lib/network/callers.ts';
import { isGranted } from '../../src/azure/index.ts';
import { describe, expect, test } from 'vitest';
import {
  type AuthSettings,
  CLOUDS,
  coverOf,
  type Facts,
  type Functions,
  isMultiTenant,
  type Json,
  providersOf,
} from '../../src/azure/index.ts';
import {
  acceptedBefore,
  judgeSignIn,
  settingsInForce,
  otherProviders,
  tenantGuard,
  secretGuard,
  webhooksClosed,
  type SignInAnswers,
} from '../../steps/lib/sign-in.ts';
import { judgeAnonymous } from '../../steps/lib/anonymous-functions.ts';
import type { Context } from '../../src/contract/index.ts';
import authentication from '../../steps/authentication.ts';
import { REFERS } from '../helpers/bodies.ts';
import { judgedOf, type OneApp } from '../helpers/one-app.ts';

const TENANT = '0a000000-0000-4000-8000-00000000000f';
const CLIENT = '11111111-2222-3333-4444-555555555555';
const ISSUER = `https://login.microsoftonline.com/${TENANT}/v2.0`;

type Properties = AuthSettings['properties'];
const entra = (issuer: string | null, validation: Json = {}): NonNullable<Properties['identityProviders']> => ({
  azureActiveDirectory: { registration: { clientId: CLIENT, openIdIssuer: issuer }, validation: validation as never },
});
const required = (more: Properties = {}, excludedPaths?: readonly string[]): Properties => ({
  platform: { enabled: true },
  globalValidation: { requireAuthentication: true, unauthenticatedClientAction: 'Return401', ...(excludedPaths ? { excludedPaths } : {}) },
  identityProviders: entra(ISSUER),
  ...more,
});
const http = (name: string, more: { route?: string; authLevel?: string; url?: string } = {}): Functions['value'][number] => ({
  name: `fn/${name}`,
  properties: {
    config: {
      bindings: [
        { type: 'httpTrigger', authLevel: more.authLevel ?? 'function', ...(more.route === undefined ? {} : { route: more.route }) },
      ],
    },
    ...(more.url === undefined ? {} : { invoke_url_template: more.url }),
  },
});

/** A function that clients call at the endpoint of the MCP extension, where host.json decides whether a key is required. */
const tool: Functions['value'][number] = { name: 'fn/Lookup', properties: { config: { bindings: [{ type: 'mcpToolTrigger' }] } } };
const KEYLESS = { AzureFunctionsJobHost__extensions__mcp__system__webhookAuthorizationLevel: 'Anonymous' };
const timer: Functions['value'][number] = { name: 'fn/Nightly', properties: { config: { bindings: [{ type: 'timerTrigger' }] } } };

interface World {
  readonly auth?: Properties;
  /** null: cannot be listed. */
  readonly functions?: readonly Functions['value'][number][] | null;
  readonly settings?: Readonly<Record<string, string>> | null;
  readonly siteAuthEnabled?: boolean;
  readonly old?: Json;
  readonly answers?: SignInAnswers;
  readonly identities?: Readonly<Record<string, { readonly clientId: string }>>;
  readonly sku?: string;
}

/** A context in which what is null cannot be read. */
function given({
  auth = {},
  functions = [http('Orders')],
  settings = {},
  siteAuthEnabled = false,
  old = {},
  answers = {},
  identities,
  sku,
}: World) {
  const bodies: Record<string, unknown> = {
    authSettings: { properties: auth },
    functions: functions && { value: functions },
    appSettings: settings && { properties: settings },
    siteConfig: { properties: { siteAuthEnabled } },
    oldAuthSettings: { properties: old },
    stickyNames: { properties: { appSettingNames: [] } },
    site: { properties: { sku }, identity: { userAssignedIdentities: identities ?? {} } },
  };
  const maybe = (key: string) => bodies[key] ?? undefined;
  const facts = new Proxy({ maybe } as unknown as Facts, {
    get: (base, key) => {
      if (key === 'maybe') return base.maybe;
      if (bodies[key as string] === null) throw new Error(`${String(key)} cannot be read`);
      return bodies[key as string];
    },
  });
  return {
    facts,
    planned: facts,
    cloud: CLOUDS.AzureCloud,
    answers,
    today: '2026-11-24',
    chosen: () => true,
  } as unknown as Context<SignInAnswers>;
}
const verdict = (world: World): string => {
  const { state, found } = judgeSignIn(given(world));
  return `${state}: ${found}`;
};

describe('an excluded path and a route', () => {
  test.each([
    ['/api/*', '/api/orders', 'yes'],
    ['/API/*', '/api/orders/{id}', 'yes'],
    ['/*', '/api/orders', 'yes'],
    ['api/*', '/api/orders', 'yes'],
    ['/api/orders', '/api/orders', 'yes'],
    ['/api/Orders/', '/api/orders', 'yes'],
    ['/api%2Forders', '/api/orders', 'yes'],
    ['/api/orders', '/api/orders/{id}', 'no'],
    ['/api/orders', '/api/orders/{id?}', 'yes'],
    ['/api/orders', '/api/orders/{id=1}', 'yes'],
    ['/api/orders/7', '/api/orders/{id}', 'yes'],
    ['/api/orders/7', '/api/orders/{id:int}', 'yes'],
    ['/api/orders/all', '/api/orders/{id:int}', 'no'],
    ['/api/orders/all', '/api/orders/{id:int?}', 'no'],
    ['/api/orders/seven', '/api/orders/{id:regex(^s)}', 'maybe'],
    ['/api/orders/*', '/api/{area}/{id}', 'yes'],
    ['/api/orders/*', '/api/invoices/{id}', 'no'],
    ['/api/health', '/api/{*rest}', 'yes'],
    ['/api/report-7.json', '/api/report-{id}.json', 'yes'],
    ['/api/file-7.json', '/api/report-{id}.json', 'no'],
    ['/api/a-b-c', '/api/{x}-{y}', 'yes'],
    ['/api/a-', '/api/{x}-{y}', 'no'],
    ['/api/ab', '/api/{x}{y}', 'yes'],
    ['/api/a', '/api/{x}{y}', 'no'],
    ['/api', '/api/orders', 'no'],
    ['/', '/api/orders', 'no'],
    ['/api/', '/api/orders', 'maybe'],
    ['/api', '/api/orders', 'no'],
    ['/', '/', 'yes'],
    ['/runtime/webhooks/*', '/api/orders', 'no'],
    ['/health', '/api/health', 'no'],
    ['/api/ord*', '/api/orders', 'maybe'],
    ['/api/inv*', '/api/orders', 'no'],
    ['/api/*/status', '/api/orders/status', 'maybe'],
    ['/api/*/status', '/api/orders/list', 'no'],
    ['/**/orders', '/api/orders', 'maybe'],
    ['/api/**', '/api/orders', 'maybe'],
    ['/*.json', '/api/orders', 'no'],
    ['.*', '/api/orders', 'maybe'],
    ['//', '/api/orders', 'maybe'],
    // The value of a setting may be any path.
    ['/api/open', '/api/%OpenRoute%', 'maybe'],
    ['/api/open/v1', '/api/x-%OpenRoute%/{id}', 'maybe'],
    ['/v2/open', '/%Prefix%/open', 'maybe'],
    ['/runtime/webhooks/*', '/api/%OpenRoute%', 'no'],
  ])('%s and %s: %s', (path, template, cover) => {
    expect(coverOf(path, template)).toBe(cover);
  });

  test('a crafted excluded path cannot slow down an audit', () => {
    const long = 'a'.repeat(60);
    const began = performance.now();
    expect(coverOf(`/api/${long}`, `/api/${'{x}'.repeat(7)}b`)).toBe('no');
    expect(coverOf(`/api/${'*a'.repeat(7)}b`, `/api/${long}`)).toBe('no');
    expect(isGranted([{ actions: [`${'*a'.repeat(7)}b`] }], long)).toBe(false);
    expect(performance.now() - began).toBeLessThan(500);
  });
});

describe('excluded paths', () => {
  test.each<[string, World, string]>([
    ['none', { auth: required() }, 'pass: on, by azureActiveDirectory'],
    [
      'the whole prefix',
      { auth: required({}, ['/api/*']) },
      'fail: on, but excluded paths leave functions open: Orders (/api/*, requires a key)',
    ],
    ['everything', { auth: required({}, ['/*']) }, 'fail: on, but the excluded path /* leaves the whole app open'],
    ['webhooks only', { auth: required({}, ['/runtime/webhooks/*']) }, 'pass: on, by azureActiveDirectory'],
    ['a page that no function has', { auth: required({}, ['/health']) }, 'pass: on, by azureActiveDirectory'],
    [
      'one of two functions',
      { auth: required({}, ['/api/health']), functions: [http('Orders'), http('Probe', { route: 'health', authLevel: 'anonymous' })] },
      'fail: on, but excluded paths leave functions open: Probe (/api/health)',
    ],
    [
      'one of two functions, as it was answered',
      {
        auth: required({}, ['/api/health']),
        functions: [http('Orders'), http('Probe', { route: 'health' })],
        answers: { excludedPaths: ['/api/health'] },
      },
      'pass: on, by azureActiveDirectory',
    ],
    [
      'all functions, even if answered',
      { auth: required({}, ['/api/*']), answers: { excludedPaths: ['/api/*'] } },
      'fail: on, but excluded paths leave functions open: Orders (/api/*, requires a key)',
    ],
    [
      'the route that is meant, not one with a parameter',
      {
        auth: required({}, ['/api/orders/open']),
        functions: [http('One', { route: 'orders/{id}' }), http('Open', { route: 'orders/open' })],
      },
      'fail: on, but excluded paths leave functions open: Open (/api/orders/open, requires a key)',
    ],
    [
      'below another prefix, by the address that Azure lists',
      { auth: required({}, ['/shop/*']), functions: [http('Orders', { url: 'https://fn.azurewebsites.net/shop/orders' })] },
      'fail: on, but excluded paths leave functions open: Orders (/shop/*, requires a key)',
    ],
    [
      'below the usual prefix, where the app has another',
      { auth: required({}, ['/api/*']), functions: [http('Orders', { url: 'https://fn.azurewebsites.net/shop/orders' })] },
      'pass: on, by azureActiveDirectory',
    ],
    [
      'below another prefix, by a setting',
      { auth: required({}, ['/shop/*']), settings: { AzureFunctionsJobHost__extensions__http__routePrefix: 'shop' } },
      'fail: on, but excluded paths leave functions open: Orders (/shop/*, requires a key)',
    ],
    [
      'no prefix at all',
      { auth: required({}, ['/orders']), settings: { AzureFunctionsJobHost__extensions__http__routePrefix: '' } },
      'fail: on, but excluded paths leave functions open: Orders (/orders, requires a key)',
    ],
    [
      'a wildcard that is not documented',
      { auth: required({}, ['/api/or*']) },
      'unknown: on, but excluded paths may leave functions open: Orders (/api/or*, requires a key)',
    ],
    [
      'functions that cannot be listed',
      { auth: required({}, ['/api/*']), functions: null },
      'unknown: on, with excluded paths (/api/*); the functions could not be listed, so it is unknown which functions these paths leave open',
    ],
    ['functions that cannot be listed, and nothing excluded', { auth: required(), functions: null }, 'pass: on, by azureActiveDirectory'],
  ])('%s', (_, world, expected) => {
    expect(verdict(world)).toBe(expected);
  });

  test('a function without a key does not count as behind authentication if its path is excluded', () => {
    const functions = [http('Orders', { authLevel: 'anonymous' }), http('Probe', { route: 'health', authLevel: 'Anonymous' })];
    const judged = (paths: readonly string[], onPurpose: readonly string[] = []) => {
      const { state, found } = judgeAnonymous(given({ auth: required({}, paths), functions }).facts, onPurpose);
      return `${state}: ${found}`;
    };
    expect(judged([])).toBe('pass: Orders, Probe, behind authentication');
    expect(judged(['/api/health'])).toBe('fail: excluded from authentication: Probe (/api/health)');
    expect(judged(['/api/health'], ['Probe'])).toBe('pass: Orders, Probe, behind authentication');
    expect(judged(['/api/h*'])).toBe('unknown: perhaps excluded from authentication: Probe (/api/h*)');
    expect(judgeAnonymous(given({ auth: { platform: { configFilePath: 'auth.json' } }, functions }).facts, []).state).toBe('unknown');
  });
});

describe('functions whose trigger is not listed', () => {
  const silent: Functions['value'][number] = { name: 'fn/Quiet', properties: {} };
  test.each<[string, World, string]>([
    ['no sign-in', { auth: {}, functions: [silent] }, 'unknown: off, and Azure lists no trigger of Quiet'],
    ['no authentication, and one that is called over HTTP', { auth: {}, functions: [silent, http('Orders')] }, 'fail: off'],
    ['a sign-in for everything', { auth: required(), functions: [silent] }, 'pass: on, by azureActiveDirectory'],
    [
      'a sign-in with a path excluded',
      { auth: required({}, ['/health']), functions: [silent] },
      'unknown: on, but Azure lists no trigger of Quiet, so it is unknown which functions the excluded paths leave open: /health',
    ],
  ])('%s', (_, world, expected) => {
    expect(verdict(world)).toBe(expected);
  });

  test('do not count as functions that require a key', () => {
    const anonymous = (world: World, onPurpose: readonly string[] = []) => judgeAnonymous(given(world).facts, onPurpose).state;
    const open = http('Open', { authLevel: 'anonymous' });
    expect(anonymous({ auth: {}, functions: [silent] })).toBe('unknown');
    expect(anonymous({ auth: {}, functions: [silent, open] })).toBe('fail');
    expect(anonymous({ auth: {}, functions: [silent, open] }, ['Open'])).toBe('unknown');
    expect(anonymous({ auth: required(), functions: [silent, open] })).toBe('pass');
    expect(anonymous({ auth: required({}, ['/health']), functions: [silent, open] })).toBe('unknown');
  });

  test.each(['managed-identity.connections', 'function-privilege.shared-credentials'])('%s is unknown', async (id) => {
    const judged = async (...value: Functions['value']) => (await judgedOf({ others: { functions: { value } as never } }))(id);
    expect(await judged(silent)).toMatchObject({
      state: 'unknown',
      reason: 'Azure lists no trigger of Quiet, so their connections are unknown',
    });
    expect(await judged()).toMatchObject({
      state: 'unknown',
      reason: 'Azure lists no functions of the app, so their connections are unknown',
    });
  });
});

describe('endpoints that only host.json or proxies.json declares', () => {
  test.each<[string, World, signIn: string, anonymous: string]>([
    ['a tool, no sign-in', { functions: [tool] }, 'fail', 'unknown'],
    ['a tool without a key, no sign-in', { functions: [tool], settings: KEYLESS }, 'fail', 'fail'],
    ['a tool behind a sign-in', { auth: required(), functions: [tool] }, 'pass', 'pass'],
    ['a tool, excluded', { auth: required({}, ['/runtime/webhooks/*']), functions: [tool] }, 'unknown', 'unknown'],
    [
      'a tool without a key, excluded',
      { auth: required({}, ['/runtime/webhooks/mcp']), functions: [tool, timer], settings: KEYLESS },
      'fail',
      'fail',
    ],
    ['proxies, no sign-in', { functions: [timer], settings: { FUNCTIONS_EXTENSION_VERSION: '~3' } }, 'unknown', 'unknown'],
    ['proxies by a flag', { functions: [timer], settings: { AzureWebJobsFeatureFlags: 'A, EnableProxies' } }, 'unknown', 'unknown'],
    ['no proxies', { functions: [timer], settings: { FUNCTIONS_EXTENSION_VERSION: '~4' } }, 'not-applicable', 'pass'],
    [
      'proxies behind a sign-in',
      { auth: required(), functions: [timer], settings: { FUNCTIONS_EXTENSION_VERSION: '2.0' } },
      'pass',
      'pass',
    ],
    [
      'proxies, and a path is excluded',
      { auth: required({}, ['/shop/*']), functions: [timer], settings: { FUNCTIONS_EXTENSION_VERSION: '~1' } },
      'unknown',
      'unknown',
    ],
  ])('%s', (_, world, signIn, anonymous) => {
    expect([judgeSignIn(given(world)).state, judgeAnonymous(given(world).facts, []).state]).toEqual([signIn, anonymous]);
  });

  test('authentication closes them unless the answer keeps them open', () => {
    const levels = (excludedPaths: readonly string[]) =>
      webhooksClosed(given({ functions: [tool], answers: { excludedPaths } })).map(({ level }) => level);
    expect([levels([]), levels(['/runtime/webhooks/mcp'])]).toEqual([['warn'], []]);
  });
});

describe('providers that allow more than they seem to', () => {
  const by = (identityProviders: Json) => ({
    auth: required({ identityProviders: identityProviders as never }),
    functions: [http('Open', { authLevel: 'anonymous' })],
  });
  const linked = { azureStaticWebApps: { enabled: true, registration: { clientId: 'red-sea-123.azurestaticapps.net' } } };
  const oidc = (tenant: string) => ({
    customOpenIdConnectProviders: {
      own: {
        registration: {
          clientId: CLIENT,
          openIdConnectConfiguration: {
            wellKnownOpenIdConfiguration: `https://login.microsoftonline.com/${tenant}/v2.0/.well-known/openid-configuration`,
          },
        },
      },
    },
  });
  // App Service refuses callers that do not come through the static web app; visitors of the static web app may not have signed in.
  test.each<[string, World, string, string]>([
    ['a linked static web app', by(linked), 'pass', 'unknown'],
    ['a linked static web app beside the tenant', by({ ...linked, ...entra(ISSUER) }), 'pass', 'unknown'],
    ['a custom provider for all tenants', by(oidc('common')), 'unknown', 'unknown'],
    ['a custom provider for one tenant', by(oidc(TENANT)), 'pass', 'pass'],
  ])('%s', (_, world, required, anonymous) => {
    expect([judgeSignIn(given(world)).state, judgeAnonymous(given(world).facts, []).state]).toEqual([required, anonymous]);
  });
});

test('each path where a service calls a trigger stays open', () => {
  const on = (type: string, more: object = {}) => ({ name: `fn/${type}`, properties: { config: { bindings: [{ type, ...more }] } } });
  const types = ['webPubSubTrigger', 'mcpResourceTrigger', 'authenticationEventsTrigger', 'signalRTrigger', 'timerTrigger', 'blobTrigger'];
  expect(webhookPaths({ value: [...types.map((type) => on(type)), on('blobTrigger', { source: 'EventGrid' })] })).toEqual(
    ['blobs', 'customauthenticationextension', 'signalr', 'webpubsub'].map((name) => `/runtime/webhooks/${name}`),
  );
});

describe('settings that are stored in a file', () => {
  test.each<[string, World, string]>([
    ['a file', { auth: { platform: { enabled: true, configFilePath: 'auth.json' } } }, 'unknown'],
    ['a file, and the platform is on', { auth: required({ configFilePath: '/home/site/wwwroot/auth.json' }) }, 'unknown'],
    ['a file, and the platform is off', { auth: { platform: { enabled: false, configFilePath: 'auth.json' } } }, 'fail'],
    ['version 1', { auth: {}, siteAuthEnabled: true }, 'unknown'],
    ['off', { auth: {} }, 'fail'],
    ['off, although a sign-in would be required', { auth: { ...required(), platform: { enabled: false } } }, 'fail'],
    ['on, without a required authentication', { auth: { platform: { enabled: true }, identityProviders: entra(ISSUER) } }, 'unknown'],
    [
      'anonymous requests allowed',
      { auth: required({ globalValidation: { requireAuthentication: true, unauthenticatedClientAction: 'AllowAnonymous' } }) },
      'fail',
    ],
    [
      'not required',
      { auth: required({ globalValidation: { requireAuthentication: false, unauthenticatedClientAction: 'Return401' } }) },
      'fail',
    ],
    ['no HTTP function', { auth: {}, functions: [timer] }, 'not-applicable'],
    ['no functions listed', { auth: {}, functions: [] }, 'unknown'],
  ])('%s', (_, world, state) => {
    expect(judgeSignIn(given(world)).state).toBe(state);
  });

  test('a token store is unknown if the file decides', () => {
    const control = authentication.controls.find(({ id }) => id === 'token-store');
    const x = given({ auth: { platform: { enabled: true, configFilePath: 'auth.json' } } });
    expect(control?.kind === 'rule' && control.judge(x as never).state).toBe('unknown');
  });

  test.each<[string, World, string, RegExp]>([
    ['a file', { auth: { platform: { enabled: false, configFilePath: 'auth.json' } } }, 'stop', /auth\.json/],
    [
      'a file of version 1',
      { old: { configVersion: 'v1', enabled: true, isAuthFromFile: 'True', authFilePath: 'a.json' } },
      'stop',
      /a\.json/,
    ],
    ['version 1, on', { old: { configVersion: 'v1', enabled: true } }, 'stop', /config-version upgrade/],
    ['version 1, off', { old: { configVersion: 'v1', enabled: false } }, 'warn', /Azure cannot revert this/],
    ['version 2', { auth: required(), old: { configVersion: 'v2', enabled: true } }, 'clear', /already has version 2/],
  ])('a member that the change overwrites: %s', (_, world, level, says) => {
    expect(settingsInForce(given(world))).toEqual([{ level, says: expect.stringMatching(says) as string }]);
  });
});

// Azure/azure-functions-host 6006: on Linux Consumption and Flex Consumption the host checks the sign-in, and the app setting goes first.
describe('the app setting that disables authentication', () => {
  const on = {
    plan: 'Y1-linux',
    others: { authSettings: { properties: required() as never }, functions: { value: [http('Orders')] as never } },
  };
  const judged = async (value: string, more: object = {}) => {
    const { state, found } = (await judgedOf({ ...on, settings: { website_auth_enabled: value }, ...more } as OneApp))(
      'authentication.required',
    );
    return `${state}: ${found}`;
  };
  const OFF = 'fail: on, but the app setting WEBSITE_AUTH_ENABLED switches it off on this plan';
  test.each(['false', 'False', '0', 'no', ' ', '@Microsoft.KeyVault(VaultName=kv'])('%j disables it', async (value) => {
    expect(await judged(value)).toBe(OFF);
  });
  test.each(['true', 'TRUE ', '1', '2', ''])('%j has no effect', async (value) => {
    expect(await judged(value)).toBe('pass: on, by azureActiveDirectory');
  });
  test('a plan is refused until the setting is removed', () => {
    const world = { auth: {}, sku: 'FlexConsumption', settings: { WEBSITE_AUTH_ENABLED: 'false' } };
    expect(settingsInForce(given(world))).toMatchObject([
      { level: 'stop', says: expect.stringMatching(/Remove this app setting first/) as string },
    ]);
  });
  test('a reference as its value is unknown', async () => {
    expect(await judged(REFERS.Payment)).toMatch(/^unknown: on, but the app setting WEBSITE_AUTH_ENABLED, a reference/);
  });
  test('Flex Consumption has the setting too; elsewhere the platform checks authentication', async () => {
    expect(await judged('false', { plan: 'FC1' })).toBe(OFF);
    for (const plan of ['Y1', 'EP', 'D', 'D-linux']) expect(await judged('false', { plan })).toBe('pass: on, by azureActiveDirectory');
  });
});

test('providers count by their registration, whatever their name', () => {
  const providers = {
    azureActiveDirectory: { enabled: true, registration: { openIdIssuer: ISSUER } },
    apple: { registration: { clientId: 'com.contoso.app' } },
    azureStaticWebApps: { enabled: true, registration: { clientId: 'calm-sea.azurestaticapps.net' } },
    facebook: { enabled: true, registration: { appId: '1' } },
    gitHub: { enabled: false, registration: { clientId: '1' } },
    google: { enabled: true, registration: {} },
    legacyMicrosoftAccount: { enabled: true, registration: { clientId: '' } },
    twitter: { enabled: true, registration: { consumerKey: 'k' } },
    customOpenIdConnectProviders: {
      okta: { registration: { clientId: '0oa1' } },
      off: { enabled: false, registration: { clientId: '0oa2' } },
      empty: { enabled: true, registration: {} },
    },
  };
  expect(providersOf({ properties: { identityProviders: providers as never } })).toEqual([
    'apple',
    'azureStaticWebApps',
    'facebook',
    'twitter',
    'okta',
  ]);
});

describe('tenants', () => {
  test.each([
    [ISSUER, false],
    [`https://sts.windows.net/${TENANT}/`, false],
    ['https://login.microsoftonline.com/contoso.onmicrosoft.com/v2.0', false],
    ['https://contoso.ciamlogin.com/', false],
    ['https://contoso.b2clogin.com/contoso.onmicrosoft.com/B2C_1_in/v2.0', false],
    ['https://login.microsoftonline.com/common/v2.0', true],
    ['https://login.microsoftonline.us/Organizations/v2.0', true],
    ['https://login.microsoftonline.com/consumers', true],
    ['https://login.microsoftonline.com/{tenantid}/v2.0', true],
    ['https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0', false],
    ['https://login.microsoftonline.com//v2.0', true],
    ['https://sts.windows.net/common/', true],
    ['https://login.windows.net', true],
    [TENANT, true],
    ['', true],
    [null, true],
  ])('%s: of many tenants %s', (issuer, expected) => {
    expect(isMultiTenant(issuer)).toBe(expected);
  });

  const COMMON = 'https://login.microsoftonline.com/common/v2.0';
  const OTHER = '22222222-2222-3333-4444-555555555555';
  const policy = (more: Json): Json => ({ defaultAuthorizationPolicy: more });
  test.each<[string, Json, NonNullable<World['settings']> | null, string]>([
    ['nothing', {}, {}, 'fail'],
    [
      'lists that are empty',
      policy({ allowedApplications: [], allowedPrincipals: { identities: [] } }),
      { WEBSITE_AUTH_AAD_ALLOWED_TENANTS: '' },
      'fail',
    ],
    ['allowed tenants', {}, { WEBSITE_AUTH_AAD_ALLOWED_TENANTS: TENANT }, 'pass'],
    ['applications', policy({ allowedApplications: [OTHER] }), {}, 'pass'],
    ['the application itself only', policy({ allowedApplications: [CLIENT] }), {}, 'fail'],
    ['principals', policy({ allowedPrincipals: { identities: [OTHER] } }), null, 'pass'],
    ['groups in a claim', { jwtClaimChecks: { allowedGroups: [OTHER] } }, {}, 'pass'],
    ['settings that cannot be read', {}, null, 'unknown'],
    ['tenants in a vault', {}, { WEBSITE_AUTH_AAD_ALLOWED_TENANTS: '@Microsoft.KeyVault(VaultName=kv;SecretName=s)' }, 'unknown'],
  ])('a multi-tenant issuer, limited by %s', (_, validation, settings, state) => {
    for (const issuer of [COMMON, null])
      expect(judgeSignIn(given({ auth: required({ identityProviders: entra(issuer, validation) }), settings })).state, String(issuer)).toBe(
        state,
      );
  });

  test('the tenant of personal accounts is judged like other providers that anyone can join; the name consumers is of no tenant', () => {
    const judgedBy = (identityProviders: NonNullable<Properties['identityProviders']>) =>
      judgeSignIn(given({ auth: required({ identityProviders }) }));
    const anyone = (name: string) => ({ state: 'pass', lines: [`anyone with an account of this provider can sign in: ${name}`] });
    expect(judgedBy({ google: { registration: { clientId: '1' } } })).toMatchObject(anyone('google'));
    const personal = 'https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0';
    expect(judgedBy(entra(personal))).toMatchObject(anyone('personal Microsoft accounts'));
    expect(judgedBy(entra('https://login.microsoftonline.com/consumers/v2.0'))).toMatchObject({
      state: 'fail',
      found: expect.stringContaining('it accepts every tenant: the issuer https://login.microsoftonline.com/consumers/v2.0'),
    });
    expect(tenantGuard(given({ answers: { clientId: CLIENT, issuer: personal } }))).toMatchObject([{ level: 'warn' }]);
    expect(otherProviders(given({ auth: required({ identityProviders: entra(personal) }) }))).toEqual([]);
    const limited = required({ identityProviders: entra(personal, policy({ allowedPrincipals: { identities: [OTHER] } })) });
    expect(tenantGuard(given({ auth: limited, answers: { clientId: CLIENT, issuer: personal } }))).toMatchObject([{ level: 'clear' }]);
    expect(judgeSignIn(given({ auth: limited })).lines ?? []).toEqual([]);
  });

  test('a provider that Azure does not document is unknown', () => {
    const auth = required({ identityProviders: { someProvider: { registration: { clientId: '1' } } } });
    expect(judgeSignIn(given({ auth }))).toMatchObject({ state: 'unknown', found: expect.stringContaining('someProvider') });
  });

  test('the provider is found in any case of its name', () => {
    const { azureActiveDirectory } = entra(COMMON);
    const identityProviders = { AzureActiveDirectory: azureActiveDirectory! };
    expect(judgeSignIn(given({ auth: required({ identityProviders }) })).state).toBe('fail');
  });

  test('a multi-tenant issuer in an answer requires a list of tenants', () => {
    const answers = { clientId: CLIENT, issuer: COMMON };
    expect(tenantGuard(given({ answers: { ...answers, issuer: ISSUER } }))).toEqual([]);
    expect(tenantGuard(given({ answers }))).toMatchObject([{ level: 'stop' }]);
    expect(tenantGuard(given({ answers, settings: null }))).toMatchObject([{ level: 'stop' }]);
    expect(tenantGuard(given({ answers, settings: { WEBSITE_AUTH_AAD_ALLOWED_TENANTS: TENANT } }))).toMatchObject([{ level: 'clear' }]);
  });
});

test('a managed identity replaces a client secret if the app has one', () => {
  const secretSetting = 'OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID';
  const identities = {
    '/subscriptions/s/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-shop': { clientId: CLIENT },
  };
  const levels = (world: World) => secretGuard(given({ answers: { secretSetting, issuer: ISSUER }, ...world })).map(({ level }) => level);
  expect(levels({})).toEqual(['stop']);
  expect(levels({ settings: { [secretSetting]: CLIENT } })).toEqual(['stop']);
  expect(levels({ settings: { [secretSetting]: TENANT }, identities })).toEqual(['stop']);
  expect(levels({ settings: { [secretSetting]: CLIENT.toUpperCase() }, identities })).toEqual(['warn', 'warn']);
  const plain = { secretSetting: 'SECRET', issuer: ISSUER };
  expect(levels({ settings: { SECRET: ' ' }, answers: plain })).toEqual(['stop']);
  expect(levels({ settings: { SECRET: 'x' }, answers: plain })).toEqual([]);
  expect(levels({ settings: { SECRET: '@Microsoft.KeyVault(VaultName=kv' }, answers: plain })).toEqual(['stop']);
  // Without an answer, the setting that is named today stays, where the application is the same.
  const named = { azureActiveDirectory: { registration: { clientId: CLIENT, clientSecretSettingName: 'SECRET' } } };
  const kept = (clientId: string, settings = {}) =>
    levels({ auth: required({ identityProviders: named }), settings, answers: { clientId, issuer: ISSUER } });
  expect([kept(CLIENT), kept(CLIENT, { SECRET: 'x' }), kept(TENANT, { SECRET: 'x' })]).toEqual([['warn'], [], []]);
  const external = { secretSetting, issuer: 'https://contoso.ciamlogin.com/contoso/v2.0' };
  expect(levels({ settings: { [secretSetting]: CLIENT }, identities, answers: external })).toEqual(['stop']);
});

test('sign-ins that are accepted today and not after the change are named', () => {
  const { azureActiveDirectory } = entra(ISSUER, { allowedAudiences: ['api://orders', CLIENT] });
  const auth = required({ identityProviders: { azureActiveDirectory: azureActiveDirectory! } });
  const said = (answers: SignInAnswers, now: Properties = auth) =>
    acceptedBefore(given({ auth: now, answers: { clientId: CLIENT, issuer: ISSUER, ...answers } })).map(({ says }) => says);
  expect(said({})).toEqual([expect.stringContaining('api://orders')]);
  expect(said({ audiences: ['API://Orders'] })).toEqual([]);
  expect(said({ audiences: ['api://orders'], clientId: TENANT, issuer: `${ISSUER}/` })).toEqual([
    expect.stringContaining(`audiences are refused after this change: ${CLIENT}`),
    expect.stringContaining(`application ${CLIENT}`),
  ]);
  expect(said({ audiences: ['api://orders'], issuer: 'https://sts.windows.net/other/' })).toEqual([expect.stringContaining(ISSUER)]);
  const redirects = { ...auth, globalValidation: { requireAuthentication: true, unauthenticatedClientAction: 'RedirectToLoginPage' } };
  expect(said({ audiences: ['api://orders'] }, redirects)).toEqual([expect.stringContaining('sign-in page')]);
  expect(said({}, { ...auth, platform: { enabled: false } })).toEqual([]);
});

// pnp/Microsoft365-Analytics-Insights 264: Azure answers 403 to a valid token of an application that its list does not have.
test('a remaining list of applications without the application that people sign in to is reported', () => {
  const said = (validation: object, clientId: string, enabled = true) => {
    const { azureActiveDirectory } = entra(ISSUER, { allowedAudiences: [`api://${clientId}`], ...validation });
    const auth = { ...required({ identityProviders: { azureActiveDirectory: azureActiveDirectory! } }), platform: { enabled } };
    return acceptedBefore(given({ auth, answers: { clientId, issuer: ISSUER } })).filter(({ says }) => says.includes('403'));
  };
  const policy = (...allowedApplications: string[]) => ({ defaultAuthorizationPolicy: { allowedApplications } });
  const warned = [{ level: 'warn', says: expect.stringContaining(`People who sign in to ${TENANT} get 403`) as string }];
  expect(said(policy(CLIENT), TENANT)).toMatchObject(warned);
  expect(said(policy(CLIENT), TENANT, false)).toMatchObject(warned);
  expect(said({ jwtClaimChecks: { allowedClientApplications: [CLIENT] } }, TENANT)).toMatchObject(warned);
  expect(said(policy(CLIENT, TENANT.toUpperCase()), TENANT)).toEqual([]);
  // An empty list allows every application.
  for (const list of [policy(), policy(''), {}, { defaultAuthorizationPolicy: null }]) expect(said(list, TENANT)).toEqual([]);
  // What is in force today stays as it is: only applications may call.
  expect(said(policy(TENANT), CLIENT)).toEqual([]);
  expect(said(policy(TENANT), CLIENT, false)).toMatchObject([{ level: 'warn' }]);
});

test('a remaining provider that allows any account is reported', () => {
  const beside = (name: string) =>
    otherProviders(given({ auth: required({ identityProviders: { [name]: { registration: { clientId: CLIENT } } } }) }));
  expect(beside('google')).toMatchObject([{ level: 'warn', says: expect.stringContaining('google') as string }]);
  expect(beside('azureActiveDirectory')).toEqual([]);
});
