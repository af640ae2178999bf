/**
 * Whether the required sign-in is effective: functions opened by excluded paths, accepted tenants, and obstacles to
 * writing other settings. Sources as in src/azure/access/auth-settings.ts and src/azure/app/http-routes.ts.
 */
import { webhookPaths } from './network/callers.ts';
import { type Context, type GuardFinding, type Verdict, clear, stop, warn } from '../../src/contract/index.ts';
import {
  triggersNotSeen,
  ALLOWED_TENANTS,
  authFileOf,
  entraOf,
  brokenReference,
  type Facts,
  type Functions,
  httpFunctions,
  includesWord,
  type HttpFunction,
  isExternal,
  isOn,
  isMultiTenant,
  isForAnyPerson,
  isPersonal,
  limitsPrincipals,
  nameIn,
  openedBy,
  type OpenedFunction,
  type Provider,
  providersOf,
  sameWord,
  proxiesNotSeen,
  SECRETLESS,
  signInOf,
  signInSetting,
  tenantFault,
  tenantsAllowed,
  valueOf,
  webhookFunctions,
} from '../../src/azure/index.ts';

/** The answers that judging and guarding the sign-in use. */
export interface SignInAnswers {
  readonly clientId?: string;
  readonly issuer?: string;
  readonly secretSetting?: string;
  readonly audiences?: readonly string[];
  readonly action?: string;
  readonly excludedPaths?: readonly string[];
}
type X = Context<SignInAnswers>;

export const excludedFrom = ({ authSettings }: Facts): readonly string[] => authSettings.properties.globalValidation?.excludedPaths ?? [];
const excluded = ({ facts }: X): readonly string[] => excludedFrom(facts);
const isAnswered = ({ answers }: X, path: string): boolean =>
  (answers.excludedPaths ?? []).some((one) => one.toLowerCase() === path.toLowerCase());

/** Returns the functions that clients call over HTTP: at a route, or at an endpoint of an extension that may require no key. */
export const calledFunctions = ({ maybe }: Facts, functions: Functions): HttpFunction[] => [
  ...httpFunctions(functions, maybe('appSettings')),
  ...webhookFunctions(functions, maybe('appSettings')),
];

/** Returns the functions that these paths leave open, although no answer accepts them. */
export function openedFunctions(x: X, functions: Functions, paths: readonly string[]): OpenedFunction[] {
  const all = calledFunctions(x.facts, functions);
  const isWhole = openedBy(paths, all).filter(({ cover }) => cover === 'yes').length === all.length;
  return openedBy(isWhole ? paths : paths.filter((path) => !isAnswered(x, path)), all);
}
export const openedNames = (functions: readonly OpenedFunction[]): string =>
  functions
    .map(
      ({ name, path, isAnonymous, isKeyUnknown }) =>
        `${name} (${path}${isAnonymous ? '' : isKeyUnknown ? ', host.json decides whether a key is required' : ', requires a key'})`,
    )
    .join(', ');

/** Returns paths that are excluded today and that reach a function without an answer. They will no longer be excluded. */
export const closingPaths = (x: X): string[] =>
  excluded(x).filter((path) => !isAnswered(x, path) && openedBy([path], calledFunctions(x.facts, x.facts.functions)).length > 0);
/** Returns the paths that stay open: those that reach no function, those that triggers require, and those of the answer. */
export function openPaths(x: X): string[] {
  const gone = closingPaths(x);
  const kept = excluded(x).filter((path) => !gone.includes(path));
  return [...new Set([...kept, ...webhookPaths(x.facts.functions), ...(x.answers.excludedPaths ?? [])])];
}

export function isNeverSet({ facts }: X): boolean {
  return Object.keys(facts.authSettings.properties).length === 0;
}

/** Checks the setting that holds the client secret, or its replacement. */
export function secretGuard({ facts, planned, answers }: X): GuardFinding[] {
  const { issuer = '', clientId = '' } = answers;
  const before = facts.authSettings.properties.identityProviders?.['azureActiveDirectory']?.registration;
  // Without an answer, the current setting stays if the application is the same.
  const kept = sameWord(before?.clientId, clientId) ? before?.clientSecretSettingName : undefined;
  const secretSetting = answers.secretSetting || kept;
  if (!secretSetting) return [];
  const refuse = (says: string): GuardFinding[] => [answers.secretSetting ? stop(says) : warn(says)];
  const value = valueOf(facts.appSettings, secretSetting);
  const broken = brokenReference(value);
  if (broken) return refuse(`${secretSetting} holds a Key Vault reference that App Service does not resolve: ${broken}.`);
  if (secretSetting.toUpperCase() !== SECRETLESS)
    return value?.trim() ? [] : refuse(`The app has no setting ${secretSetting} with the client secret. Create it first.`);
  const [identity] = Object.entries(planned.site.identity?.userAssignedIdentities ?? {}).find(([, user]) =>
    sameWord(user?.clientId, value?.trim()),
  ) ?? [undefined];
  if (value === undefined)
    return refuse(
      `The app has no setting ${SECRETLESS}. Add it with the client id of a user-assigned identity of the app, as a slot setting.`,
    );
  if (identity === undefined)
    return refuse(`The value of ${SECRETLESS} is not the client id of a user-assigned identity of this app. Assign the identity first.`);
  if (isExternal(issuer)) return refuse(`${SECRETLESS} works only with a workforce tenant, not with ${issuer}. Use a client secret.`);
  const isSticky = (facts.maybe('stickyNames')?.properties.appSettingNames ?? []).some((name) => name.toUpperCase() === SECRETLESS);
  return [
    warn(
      `The app registration must trust the identity ${nameIn(identity)} by a federated credential, which Azure Resource Manager does not show. Without it, sign-ins fail. Do not assign the identity to another resource.`,
    ),
    ...(isSticky ? [] : [warn(`${SECRETLESS} is not a slot setting, so a swap moves it to the other slot.`)]),
  ];
}

/** Warns about endpoints that the sign-in closes for callers that send only a key. */
export function webhooksClosed({ facts, answers }: X): GuardFinding[] {
  const closed = webhookFunctions(facts.functions, facts.maybe('appSettings')).filter(
    ({ template }) => openedBy(answers.excludedPaths ?? [], [{ name: '', template, isAnonymous: true }]).length === 0,
  );
  return [...Map.groupBy(closed, ({ template }) => template)].map(([path, all]) =>
    warn(
      `Callers of ${all.map(({ name }) => name).join(', ')} at ${path} must send a token after this change; a key alone gets 401. Only host.json shows whether this path requires a key. If it does and the callers cannot get a token, add the path to excludedPaths.`,
    ),
  );
}

/** Checks whether the issuer of the answer, or another setting, refuses tokens of other tenants. */
export function tenantGuard({ facts, planned, cloud, answers: { issuer, clientId = '' } }: X): GuardFinding[] {
  const { validation } = facts.authSettings.properties.identityProviders?.['azureActiveDirectory'] ?? {};
  if (isPersonal(issuer))
    return limitsPrincipals(validation)
      ? [clear(`The issuer ${issuer} is for all ${PERSONAL_ACCOUNTS}, and allowed principals limit who can sign in.`)]
      : [warn(`Anyone can sign in: the issuer ${issuer} is for all ${PERSONAL_ACCOUNTS}.`)];
  if (!isMultiTenant(issuer)) return [];
  const by = tenantsAllowed({ registration: { clientId }, ...(validation ? { validation } : {}) }, planned.maybe('appSettings'));
  return by === 'some'
    ? [clear(`The issuer ${issuer} accepts several tenants, and allowed tenants, applications or principals are set.`)]
    : [
        stop(
          `The issuer ${issuer} accepts many tenants, and Azure does not check the tenant of a token. Answer with the issuer of one tenant (https://${cloud.login}/TENANT-ID/v2.0), or list the tenants in the setting ${ALLOWED_TENANTS} first.`,
        ),
      ];
}

/** Warns about settings in force that would be lost: version 1, or a file in the app. */
export function settingsInForce(x: X): GuardFinding[] {
  const switched = signInSetting(x.facts);
  if (switched) return [stop(`Authentication would be ${switched.found}. Remove this app setting first.`)];
  const old = x.facts.oldAuthSettings.properties;
  const file = authFileOf(x.facts.authSettings) ?? (/^true$/i.test(old.isAuthFromFile ?? '') ? (old.authFilePath ?? 'a file') : undefined);
  if (file)
    return [
      stop(
        `Authentication is configured in the file ${file} of the app, so this change would have no effect. Change the file and deploy it, or remove configFilePath from the settings first.`,
      ),
    ];
  const isOld = /^v1$/i.test(old.configVersion ?? '');
  if (isOld && isOn(old.enabled))
    return [
      stop(
        'Authentication uses version 1 settings. Version 2 settings would replace them and their providers. Upgrade first: in the portal (Authentication, Upgrade), or az webapp auth config-version upgrade.',
      ),
    ];
  return isOld || isNeverSet(x)
    ? [
        warn(
          'The app moves to version 2 of the authentication settings, and Azure cannot revert this. Undo disables authentication, but version 1 (az webapp auth-classic) no longer works.',
        ),
      ]
    : [clear('The app already has version 2 settings.')];
}

/** Warns about tokens and people that the sign-in accepts today and not after the change. */
export function acceptedBefore({ facts, answers }: X): GuardFinding[] {
  const { platform, globalValidation } = facts.authSettings.properties;
  const before = entraOf(facts.authSettings);
  if (!before) return [];
  const { clientId = '', issuer = '', audiences = [], action = 'Return401' } = answers;
  const { clientId: client, openIdIssuer } = before.registration ?? {};
  const wasOn = isOn(platform?.enabled);
  const closed = wasOn && sameWord(client, clientId) ? [] : applicationsAllowed(before, clientId);
  if (!wasOn) return closed;
  // A token for the client id itself is always accepted.
  const accepted = [...(audiences.length > 0 ? audiences : [`api://${clientId}`]), clientId];
  const gone = (before.validation?.allowedAudiences ?? []).filter((one) => !includesWord(accepted, one));
  const bare = (url: string): string => url.trim().replace(/(?<!\/)\/+$/, '');
  const says = [
    ...(gone.length > 0
      ? [`Tokens for these audiences are refused after this change: ${gone.join(', ')}. To keep them, add them to the answer "audiences".`]
      : []),
    ...(client && !sameWord(client, clientId) ? [`Tokens for application ${client} are refused after this change.`] : []),
    ...(openIdIssuer && !sameWord(bare(openIdIssuer), bare(issuer))
      ? [`The issuer ${openIdIssuer} is replaced. Tokens that only it accepts are refused.`]
      : []),
    ...(isOn(globalValidation?.requireAuthentication) &&
    sameWord(globalValidation?.unauthenticatedClientAction, 'RedirectToLoginPage') &&
    action !== 'RedirectToLoginPage'
      ? ['People who are not signed in get an error instead of the sign-in page.']
      : []),
  ];
  return [...closed, ...says.map((text) => warn(text))];
}

/**
 * Warns about a list of applications, which stays, without the application that people sign in to. Their tokens name it, so
 * Azure answers them 403 (configure-authentication-provider-aad#use-a-built-in-authorization-policy).
 */
function applicationsAllowed({ validation }: Provider, clientId: string): GuardFinding[] {
  const { defaultAuthorizationPolicy: policy, jwtClaimChecks: claims } = validation ?? {};
  return [policy?.allowedApplications, claims?.allowedClientApplications].flatMap((list) => {
    const allowed = (list ?? []).filter(Boolean);
    return allowed.length === 0 || includesWord(allowed, clientId)
      ? []
      : [
          warn(
            `The settings accept only tokens that these applications obtained: ${allowed.join(', ')}. People who sign in to ${clientId} get 403. Add it to the list, or remove the list.`,
          ),
        ];
  });
}

const SOCIAL = /^(apple|facebook|gitHub|google|legacyMicrosoftAccount|twitter)$/i;
const PERSONAL_ACCOUNTS = 'personal Microsoft accounts';
const socialOf = ({ facts: { authSettings } }: X): string[] => [
  ...providersOf(authSettings).filter((name) => SOCIAL.test(name)),
  ...(isForAnyPerson(entraOf(authSettings)) ? [PERSONAL_ACCOUNTS] : []),
];

/** Warns about identity providers that stay: the change requires a sign-in, and not one of the tenant, whose provider changes. */
export function otherProviders(x: X): GuardFinding[] {
  const social = socialOf(x).filter((name) => name !== PERSONAL_ACCOUNTS);
  return social.length > 0
    ? [
        warn(
          `These identity providers stay, so anyone with an account there can sign in: ${social.join(', ')}. Remove providers that the app does not need.`,
        ),
      ]
    : [];
}

/** Returns notes on a required sign-in. */
function remarks(x: X): string[] {
  const { platform, identityProviders } = x.facts.authSettings.properties;
  const social = socialOf(x);
  const version = platform?.runtimeVersion;
  const secretName = identityProviders?.['azureActiveDirectory']?.registration?.clientSecretSettingName;
  return [
    ...excluded(x).map((path) => `public path: ${path}`),
    ...(social.length > 0 ? [`anyone with an account of this provider can sign in: ${social.join(', ')}`] : []),
    ...(version && !/^~\d+$/.test(version) ? [`authentication is pinned to version ${version}; ~1 uses the latest version`] : []),
    ...(secretName?.toUpperCase() === SECRETLESS ? ['no client secret: a managed identity is used instead'] : []),
  ];
}

export function judgeSignIn(x: X): Verdict {
  const wanted = 'on, with a provider, unauthenticated requests refused';
  const functions = x.facts.maybe('functions');
  const called = functions && calledFunctions(x.facts, functions);
  const notSeen = functions && (triggersNotSeen(functions) ?? proxiesNotSeen(x.facts.maybe('appSettings')));
  if (called?.length === 0 && !notSeen) return { state: 'not-applicable', found: 'no function of the app is called over HTTP', wanted };
  const { state, found } = signInOf(x.facts);
  if (state === 'unknown') return { state, found, wanted };
  if (state === 'open') {
    // Without the list of functions and all triggers, it is unknown whether a function is called over HTTP.
    return calledFunctions(x.facts, x.facts.functions).length > 0
      ? { state: 'fail', found, wanted }
      : { state: 'unknown', found: `${found}, and ${notSeen ?? 'no function is called over HTTP'}`, wanted };
  }
  const paths = excluded(x);
  const whole = paths.filter((path) => /^\/?\*+$/.test(path.trim()));
  if (whole.length > 0) return { state: 'fail', found: `on, but the excluded path ${whole.join(', ')} leaves the whole app open`, wanted };
  const fault = tenantFault(x.facts.authSettings, x.facts.maybe('appSettings'));
  if (fault?.state === 'open') return { state: 'fail', found: fault.found, wanted };
  if (!functions && paths.length > 0)
    return {
      state: 'unknown',
      found: `on, with excluded paths (${paths.join(', ')}); the functions could not be listed, so it is unknown which functions these paths leave open`,
      wanted,
    };
  const left = functions ? openedFunctions(x, functions, paths) : [];
  const sure = left.filter(({ cover }) => cover === 'yes');
  if (sure.length > 0) return { state: 'fail', found: `on, but excluded paths leave functions open: ${openedNames(sure)}`, wanted };
  if (left.length > 0) return { state: 'unknown', found: `on, but excluded paths may leave functions open: ${openedNames(left)}`, wanted };
  if (fault) return { state: 'unknown', found: fault.found, wanted };
  if (notSeen && paths.length > 0)
    return {
      state: 'unknown',
      found: `on, but ${notSeen}, so it is unknown which functions the excluded paths leave open: ${paths.join(', ')}`,
      wanted,
    };
  return { state: 'pass', found, wanted, lines: remarks(x) };
}
