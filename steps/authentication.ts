import { webhookPaths, unknownCallers } from './lib/network/callers.ts';
import {
  ALLOWED_TENANTS,
  type AuthSettings,
  isOn,
  triggersNotSeen,
  sameWord,
  CLOUDS,
  type Json,
  openedBy,
  proxiesNotSeen,
  requiresSignIn,
  type RestrictionRow,
  SECRETLESS,
  signInOf,
  signInSetting,
  tenantFault,
} from '../src/azure/index.ts';
import {
  acceptedBefore,
  calledFunctions,
  closingPaths,
  isNeverSet,
  judgeSignIn,
  openedFunctions,
  openedNames,
  openPaths,
  otherProviders,
  secretGuard,
  settingsInForce,
  tenantGuard,
  type SignInAnswers,
  webhooksClosed,
} from './lib/sign-in.ts';
import { appPolicy, type Context, defineStep, type GuardFinding, GUID, IF_NOT_EXISTS, clear, stop, warn } from '../src/contract/index.ts';

type X = Context<SignInAnswers>;

const DOCS = 'https://learn.microsoft.com/azure/app-service/overview-authentication-authorization';

const part = (owner: Readonly<Record<string, Json>>, name: string): Record<string, Json> => ({
  ...(owner[name] as Record<string, Json> | null | undefined),
});

/** Returns the new settings merged into the existing ones, because authsettingsV2 is replaced all at once. */
function settings(x: X): Json {
  const { clientId = '', issuer = '', secretSetting, audiences = [], action = 'Return401' } = x.answers;
  const before = x.facts.authSettings.properties as unknown as Record<string, Record<string, Json> | undefined>;
  const provider = part(before['identityProviders'] ?? {}, 'azureActiveDirectory');
  const redirect = action === 'RedirectToLoginPage' ? { redirectToProvider: 'azureactivedirectory' } : {};
  const registration = part(provider, 'registration');
  // The client secret of another application is not valid for this one.
  const isSame = sameWord(registration['clientId'], clientId);
  const paths = openPaths(x);
  const { excludedPaths: _, ...validation } = before['globalValidation'] ?? {};
  return {
    ...(before as Record<string, Json>),
    platform: { ...before['platform'], enabled: true },
    globalValidation: {
      ...validation,
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
          ...(isSame ? registration : {}),
          clientId,
          openIdIssuer: issuer,
          ...(secretSetting ? { clientSecretSettingName: secretSetting } : {}),
        },
        validation: { ...part(provider, 'validation'), allowedAudiences: audiences.length > 0 ? audiences : [`api://${clientId}`] },
      },
    },
    login: { ...before['login'], tokenStore: { ...part(before['login'] ?? {}, 'tokenStore'), enabled: true } },
    httpSettings: { ...before['httpSettings'], requireHttps: true },
  };
}

function callers(x: X): GuardFinding[] {
  const paths = webhookPaths(x.facts.functions);
  const gone = closingPaths(x);
  const left = openedFunctions(x, x.facts.functions, openPaths(x));
  const unknown = unknownCallers(x.facts.functions);
  const closed = webhooksClosed(x);
  return [
    ...(paths.length > 0
      ? [clear(`These paths stay open, because triggers use a key there: ${paths.join(', ')}.`)]
      : unknown.length === 0 && closed.length === 0
        ? [clear('Azure calls no trigger of this app over HTTP, so no webhook path must stay open.')]
        : []),
    ...unknown,
    ...closed,
    warn(
      'Callers that send a key but no token get 401. func-harden did not search for such callers (Logic Apps, API Management, webhooks). Health probes from outside App Service get 401 too. Azure refuses a slot swap with preview (409) while one of the slots has authentication enabled.',
    ),
    ...(gone.length > 0
      ? [warn(`Paths that are no longer excluded: ${gone.join(', ')}. Their callers must authenticate after this change.`)]
      : []),
    ...(left.length > 0
      ? [
          stop(
            `With these excluded paths, no HTTP function requires authentication: ${openedNames(left)}. Remove paths from excludedPaths.`,
          ),
        ]
      : []),
    ...acceptedBefore(x),
    ...otherProviders(x),
    ...secretGuard(x),
    ...tenantGuard(x),
  ];
}

const apim = (rows: readonly RestrictionRow[] | null | undefined): string[] =>
  (rows ?? []).flatMap(({ tag, ipAddress, name }) =>
    sameWord(tag, 'ServiceTag') && /^ApiManagement/i.test(ipAddress ?? '') ? [`Rule ${name ?? ''} allows ${ipAddress ?? ''}.`] : [],
  );

export default defineStep({
  id: 'authentication',
  title: 'Authentication and authorization',
  group: 'operation',
  why: 'An access key does not identify the caller. Authentication identifies each caller, supports multifactor authentication, and can be revoked for one person.',
  docs: ['https://learn.microsoft.com/azure/azure-functions/security-concepts#enable-app-service-authenticationauthorization', DOCS],
  questions: {
    clientId: {
      kind: 'text',
      label: 'Application (client) id of the Entra app registration',
      help: 'Create the app registration in Entra ID first; func-harden cannot create it. The command az ad app create shows the id as appId.',
      pattern: GUID,
      example: '11111111-2222-3333-4444-555555555555',
    },
    issuer: {
      kind: 'text',
      label: 'Issuer of the tokens',
      help: `For one tenant: https://${CLOUDS.AzureCloud.login}/TENANT-ID/v2.0 (Azure Government: ${CLOUDS.AzureUSGovernment.login}, China: ${CLOUDS.AzureChinaCloud.login}). For an issuer of several tenants, first list the allowed tenants in the app setting ${ALLOWED_TENANTS}.`,
      pattern: /^https:\/\/[\w.-]+\/[\w./-]*$/,
      example: `https://${CLOUDS.AzureCloud.login}/72f0c1de-5a4b-4c3d-9e21-7b6a5f4e3d2c/v2.0`,
    },
    secretSetting: {
      kind: 'text',
      optional: true,
      label: 'App setting that holds the client secret',
      help: `The name of the setting, not the secret. Leave it empty for an API that only checks tokens; write ${SECRETLESS} to use a managed identity instead.`,
      pattern: /^\w[\w.-]*$/,
      example: 'MICROSOFT_PROVIDER_AUTHENTICATION_SECRET',
      mayBeEmpty: true,
    },
    audiences: {
      kind: 'names',
      optional: true,
      of: 'audiences',
      label: 'Which token audiences are allowed?',
      help: 'If the list is empty, the audience is api:// followed by the client id.',
      example: 'api://orders',
      pattern: /^\S+$/,
    },
    action: {
      kind: 'choice',
      optional: true,
      label: 'Response to unauthenticated requests',
      help: 'Return401 for an API. RedirectToLoginPage for web pages that people open.',
      options: ['Return401', 'Return403', 'RedirectToLoginPage'],
      preselect: 'Return401',
    },
    excludedPaths: {
      kind: 'names',
      optional: true,
      of: 'paths',
      label: 'Which additional paths stay public?',
      help: 'Webhook paths that triggers need always stay open. Anyone can call the paths listed here.',
      example: '/api/health',
      pattern: /^\/[^\s*][^\s]*$/,
    },
  },
  prefill: { audiences: () => [], excludedPaths: () => [], secretSetting: () => '' },
  options: {
    excludedPaths: ({ facts }) => webhookPaths(facts.functions).map((value) => ({ value, label: `${value}   needed by a trigger` })),
  },
  closes: [
    {
      at: ['authSettings', 'properties'],
      when: (all) => isOn((all as AuthSettings['properties']).globalValidation?.requireAuthentication),
    },
  ],
  controls: [
    {
      kind: 'rule',
      id: 'required',
      label: 'Required authentication',
      because: 'Without authentication, anyone on the internet can call the app.',
      severity: 'high',
      risk: 'lock-out',
      strict: true,
      effect: 'Requests without a token of the tenant get 401 before they reach the code.',
      terraform: { 'authSettings properties': 'auth_settings_v2' },
      reads: ['functions', 'authSettings', 'siteConfig', 'appSettings'],
      draftReads: ['oldAuthSettings', 'stickyNames'],
      writes: ['authSettings'],
      needs: ['clientId', 'issuer', 'secretSetting', 'audiences', 'action', 'excludedPaths'],
      docs: 'https://learn.microsoft.com/azure/app-service/configure-authentication-provider-aad',
      compliance: { mcsb: ['IM-1'], cis: { '2.0': '9.1', '2.1': '9.1', '3.0': '9.2' }, cisCompute: ['2.3.11'] },
      policy: appPolicy('c75248c1-ea1d-4a9c-8fc9-29a6aabd5da8', 'Function apps should have authentication enabled', IF_NOT_EXISTS),
      judge: judgeSignIn,
      draft: (x) => [
        {
          at: ['authSettings', 'properties'],
          to: settings(x),
          absent: { platform: { enabled: false } },
          ...(isNeverSet(x) ? { restore: { platform: { enabled: false } } } : {}),
        },
      ],
      guards: [
        { id: 'L10', check: callers },
        { id: 'settings', check: settingsInForce },
      ],
    },
    {
      kind: 'rule',
      id: 'token-store',
      label: 'Token store and HTTPS',
      because:
        'With the token store, the platform stores the tokens, so the code does not have to. With HTTPS, tokens cannot be read on the network path.',
      severity: 'low',
      strict: true,
      reads: ['authSettings', 'siteConfig', 'appSettings'],
      docs: 'https://learn.microsoft.com/azure/app-service/overview-authentication-authorization#token-store',
      judge: (x) => {
        const { login, httpSettings } = x.facts.authSettings.properties;
        const wanted = 'token store on, HTTPS required';
        const { state, found } = signInOf(x.facts);
        if (state === 'unknown') return { state, found, wanted };
        if (state === 'open') return { state: 'not-applicable', found: 'authentication is not required', wanted };
        const wrong = [
          ...(isOn(login?.tokenStore?.enabled) ? [] : ['the token store is off']),
          ...(isOn(httpSettings?.requireHttps ?? true) ? [] : ['HTTPS is not required']),
        ];
        return { state: wrong.length > 0 ? 'fail' : 'pass', found: wrong.join(', ') || wanted, wanted };
      },
    },
    {
      kind: 'attestation',
      id: 'api-management',
      label: 'API Management gateway',
      because:
        'If API Management checks every call, the app does not need its own authentication, as long as no caller can bypass API Management.',
      severity: 'medium',
      statement:
        'Every call comes through an API Management instance that authenticates callers, and the app denies all other callers. Or callers authenticate in another way.',
      evidence: 'a link to the policy of the API, and the access restriction that names it',
      validForDays: 365,
      strict: true,
      reads: ['functions', 'authSettings', 'siteConfig', 'appSettings'],
      appliesTo: (x) => {
        const settings = x.facts.maybe('authSettings');
        const functions = x.facts.maybe('functions');
        const called = functions && calledFunctions(x.facts, functions);
        if (functions && called?.length === 0 && !triggersNotSeen(functions) && !proxiesNotSeen(x.facts.maybe('appSettings')))
          return 'no function of the app is called over HTTP';
        const paths = settings?.properties.globalValidation?.excludedPaths ?? [];
        const isWhole =
          settings &&
          requiresSignIn(settings) &&
          !signInSetting(x.facts) &&
          !tenantFault(settings, x.facts.maybe('appSettings')) &&
          (paths.length === 0 || (called && openedBy(paths, called).length === 0));
        return isWhole ? 'the app itself requires authentication' : true;
      },
      subject: ({ facts }) => {
        const rules = apim(facts.siteConfig.properties.ipSecurityRestrictions);
        return rules.length > 0 ? rules : ['No access restriction names API Management.'];
      },
    },
  ],
});
