import {
  CLOUDS,
  defineStep,
  GUID,
  hasTrigger,
  providersOf,
  requiresSignIn,
  valueOf,
  webhookPaths,
  type Context,
  type GuardFinding,
  type Json,
  type RestrictionRow,
} from '../src/step.ts';

interface Given {
  readonly clientId?: string;
  readonly issuer?: string;
  readonly secretSetting?: string;
  readonly audiences?: readonly string[];
  readonly action?: string;
  readonly excludedPaths?: readonly string[];
}
type X = Context<Given>;

const DOCS = 'https://learn.microsoft.com/azure/app-service/overview-authentication-authorization';

const isOn = ({ facts }: X): boolean => requiresSignIn(facts.authSettings);
/** Paths that stay open: those that are, those that triggers need, and those that were answered. */
const open = ({ facts, answers }: X): string[] => [
  ...new Set([
    ...(facts.authSettings.properties.globalValidation?.excludedPaths ?? []),
    ...webhookPaths(facts.functions),
    ...(answers.excludedPaths ?? []),
  ]),
];
/** A path that leaves everything open. */
const isEverything = (path: string): boolean => /^\/?\*?$/.test(path);

const part = (owner: Readonly<Record<string, Json>>, name: string): Record<string, Json> => ({
  ...(owner[name] as Record<string, Json> | null | undefined),
});

/** authsettingsV2 is replaced as a whole, so what is there already goes with it. */
function settings(x: X): Json {
  const { clientId = '', issuer = '', secretSetting, audiences = [], action = 'Return401' } = x.answers;
  const before = x.facts.authSettings.properties as unknown as Record<string, Record<string, Json> | undefined>;
  const provider = part(before['identityProviders'] ?? {}, 'azureActiveDirectory');
  const redirect = action === 'RedirectToLoginPage' ? { redirectToProvider: 'azureactivedirectory' } : {};
  const paths = open(x);
  return {
    ...(before as Record<string, Json>),
    platform: { ...before['platform'], enabled: true },
    globalValidation: {
      ...before['globalValidation'],
      requireAuthentication: true,
      unauthenticatedClientAction: action,
      ...redirect,
      ...(paths.length > 0 ? { excludedPaths: paths } : {}),
    },
    identityProviders: {
      ...before['identityProviders'],
      azureActiveDirectory: {
        ...provider,
        enabled: true,
        registration: {
          ...part(provider, 'registration'),
          clientId,
          openIdIssuer: issuer,
          ...(secretSetting ? { clientSecretSettingName: secretSetting } : {}),
        },
        validation: { ...part(provider, 'validation'), allowedAudiences: audiences.length > 0 ? audiences : [`api://${clientId}`] },
      },
    },
    login: { ...before['login'], tokenStore: { enabled: true } },
    httpSettings: { ...before['httpSettings'], requireHttps: true },
  };
}

function callers(x: X): GuardFinding[] {
  const paths = webhookPaths(x.facts.functions);
  const { secretSetting } = x.answers;
  const isThere = !secretSetting || valueOf(x.facts.appSettings, secretSetting) !== undefined;
  return [
    paths.length > 0
      ? { level: 'clear', says: `Left open, because triggers are called there with a key: ${paths.join(', ')}.` }
      : { level: 'clear', says: 'No trigger of the app is called by Azure over HTTP, so no webhook path has to stay open.' },
    {
      level: 'warn',
      says: 'Callers that send a key but no token get refused; so do health probes, and a swap with preview unless its path is excluded.',
    },
    ...(isThere
      ? []
      : [{ level: 'stop' as const, says: `There is no setting ${secretSetting} that could hold the client secret; make it first.` }]),
  ];
}

const apim = (rows: readonly RestrictionRow[] | null | undefined): string[] =>
  (rows ?? []).flatMap(({ tag, ipAddress, name }) =>
    tag === 'ServiceTag' && /^ApiManagement/i.test(ipAddress ?? '') ? [`Rule ${name ?? ''} lets in ${ipAddress ?? ''}.`] : [],
  );

function isNew({ facts }: X): boolean {
  return Object.keys(facts.authSettings.properties).length === 0;
}

export default defineStep({
  id: 'authentication',
  title: 'Authentication and authorization',
  group: 'operation',
  why: 'A key says that somebody has the key. A sign-in says who it is, can ask for a second factor, and can be taken away from one person.',
  docs: ['https://learn.microsoft.com/azure/azure-functions/security-concepts#enable-app-service-authenticationauthorization', DOCS],
  questions: {
    clientId: {
      kind: 'text',
      label: 'Application (client) id of the Entra app registration',
      help: 'Make the registration in Entra ID first: ARM cannot. az ad app create shows the id as appId.',
      pattern: GUID,
      example: '11111111-2222-3333-4444-555555555555',
    },
    issuer: {
      kind: 'text',
      label: 'Issuer of the tokens',
      help: `For one tenant: https://${CLOUDS.AzureCloud.login}/TENANT-ID/v2.0 (Azure Government: ${CLOUDS.AzureUSGovernment.login}, China: ${CLOUDS.AzureChinaCloud.login})`,
      pattern: /^https:\/\/[\w.-]+\/[\w./-]*$/,
      example: `https://${CLOUDS.AzureCloud.login}/72f0c1de-5a4b-4c3d-9e21-7b6a5f4e3d2c/v2.0`,
    },
    secretSetting: {
      kind: 'text',
      optional: true,
      label: 'App setting that holds the client secret',
      help: 'Its name, never the secret. Leave it empty for an API that only checks tokens.',
      pattern: /^\w[\w.-]*$/,
      example: 'MICROSOFT_PROVIDER_AUTHENTICATION_SECRET',
      mayBeEmpty: true,
    },
    audiences: {
      kind: 'names',
      optional: true,
      of: 'audiences',
      label: 'Which audiences may tokens name?',
      help: 'None listed: api:// and the client id.',
      example: 'api://orders',
      pattern: /^\S+$/,
    },
    action: {
      kind: 'choice',
      optional: true,
      label: 'What does a request without a sign-in get?',
      help: 'Return401 for an API; RedirectToLoginPage for pages that people open.',
      options: ['Return401', 'Return403', 'RedirectToLoginPage'],
      preselect: 'Return401',
    },
    excludedPaths: {
      kind: 'names',
      optional: true,
      of: 'paths',
      label: 'Which more paths stay open?',
      help: 'Webhook paths that the triggers need are left open in any case. Everything listed here is open to everybody.',
      example: '/api/health',
      pattern: /^\/[^\s*][^\s]*$/,
    },
  },
  asks: ['functions', 'authSettings'],
  prefill: { audiences: () => [], excludedPaths: () => [], secretSetting: () => '' },
  options: {
    excludedPaths: ({ facts }) => webhookPaths(facts.functions).map((value) => ({ value, label: `${value}   needed by a trigger` })),
  },
  controls: [
    {
      kind: 'rule',
      id: 'required',
      label: 'A sign-in is required',
      because: 'What has an address on the internet is called by strangers within the hour.',
      severity: 'high',
      risk: 'lock-out',
      strict: true,
      effect: 'Requests without a token of the tenant are refused before they reach the code.',
      reads: ['functions', 'authSettings'],
      draftReads: ['appSettings'],
      writes: ['authSettings'],
      needs: ['clientId', 'issuer', 'secretSetting', 'audiences', 'action', 'excludedPaths'],
      docs: 'https://learn.microsoft.com/azure/app-service/configure-authentication-provider-aad',
      compliance: { mcsb: ['IM-1'], cis: { '2.0': '9.1', '2.1': '9.1', '3.0': '9.2' }, policy: 'c75248c1-ea1d-4a9c-8fc9-29a6aabd5da8' },
      judge: (x) => {
        const wanted = 'on, with a provider, nobody let through without';
        const { platform, globalValidation } = x.facts.authSettings.properties;
        if (!hasTrigger(x.facts.functions, 'httpTrigger'))
          return { state: 'not-applicable', found: 'no function of the app is called over HTTP', wanted };
        const providers = providersOf(x.facts.authSettings);
        const whole = (globalValidation?.excludedPaths ?? []).filter(isEverything);
        if (isOn(x) && whole.length > 0)
          return { state: 'fail', found: `on, but the excluded path ${whole.join(', ')} leaves everything open`, wanted };
        if (isOn(x))
          return {
            state: 'pass',
            found: `on, by ${providers.join(', ')}`,
            wanted,
            lines: (globalValidation?.excludedPaths ?? []).map((path) => `open to everybody: ${path}`),
          };
        if (platform?.enabled !== true) return { state: 'fail', found: 'off', wanted };
        return {
          state: 'fail',
          found: providers.length === 0 ? 'on, but no provider is set up' : 'on, but requests without a sign-in go through',
          wanted,
        };
      },
      draft: (x) => [
        {
          at: ['authSettings', 'properties'],
          to: settings(x),
          absent: { platform: { enabled: false } },
          ...(isNew(x) ? { restore: { platform: { enabled: false } } } : {}),
        },
      ],
      guards: [{ id: 'L10', check: callers }],
    },
    {
      kind: 'rule',
      id: 'token-store',
      label: 'Token store and HTTPS',
      because: 'Tokens kept by the platform need not be kept by the code, and never travel in clear.',
      severity: 'low',
      strict: true,
      reads: ['authSettings'],
      docs: 'https://learn.microsoft.com/azure/app-service/overview-authentication-authorization#token-store',
      judge: (x) => {
        const { login, httpSettings } = x.facts.authSettings.properties;
        const wanted = 'token store on, HTTPS required';
        if (!isOn(x)) return { state: 'not-applicable', found: 'no sign-in is required here', wanted };
        const wrong = [
          ...(login?.tokenStore?.enabled ? [] : ['the token store is off']),
          ...(httpSettings?.requireHttps === false ? ['HTTPS is not required'] : []),
        ];
        return { state: wrong.length > 0 ? 'fail' : 'pass', found: wrong.join(', ') || wanted, wanted };
      },
    },
    {
      kind: 'attestation',
      id: 'api-management',
      label: 'API Management in front',
      because: 'Where API Management checks every call, the app itself need not ask again, as long as nobody gets past it.',
      severity: 'medium',
      statement:
        'Every call comes through an API Management instance that checks who calls, and the app lets in nobody else; or callers sign in in another way.',
      evidence: 'a link to the policy of the API, and the access restriction that names it',
      validForDays: 365,
      strict: true,
      reads: ['functions', 'authSettings', 'siteConfig'],
      appliesTo: (x) => {
        const settings = x.facts.maybe('authSettings');
        const functions = x.facts.maybe('functions');
        if (settings && requiresSignIn(settings)) return 'the app itself requires a sign-in';
        return functions && !hasTrigger(functions, 'httpTrigger') ? 'no function of the app is called over HTTP' : true;
      },
      subject: ({ facts }) => {
        const rules = apim(facts.siteConfig.properties.ipSecurityRestrictions);
        return rules.length > 0 ? rules : ['No access restriction names API Management.'];
      },
    },
  ],
});
