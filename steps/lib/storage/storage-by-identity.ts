/** Changes the storage of the host and of deployments from keys to the identity of the app. */
import {
  accountOf,
  aroundKey,
  connectionKey,
  CONTENT_SHARE,
  type Facts,
  hasRole,
  HOST_STORAGE,
  hostAccount,
  hostByIdentity,
  isKeyedConnection,
  type Json,
  nameIn,
  pollingBlobTriggers,
  readsPackage,
  ROLE,
  roleName,
  sameWord,
  settingAt,
  settingsByIdentity,
  type Site,
  type StorageAccount,
  triggersNotSeen,
  valueOf,
} from '../../../src/azure/index.ts';
import { actingIdentity, firstOfSeveral, grant } from '../identities.ts';
import { type Context, type Draft, type GuardFinding, later, proof, clear, stop, warn } from '../../../src/contract/index.ts';
import { DEPLOYS_BY_KEY, deploysByKey } from '../deployments.ts';
import { keepSticky } from '../sticky-settings.ts';
import { hasSecret, isNamedTwice, namedIdentity, withoutTokens } from './identity-connections.ts';

/** The roles that the host requires on its storage: blobs and leases, queues, and tables for events (docs: functions-reference). */
const HOST_ROLES = [ROLE.blobOwner, ROLE.queueContributor, ROLE.tableContributor];

const accountCalled = ({ storageAccounts }: Facts, name: string | undefined): StorageAccount | undefined =>
  storageAccounts.value.find((one) => one.name.toLowerCase() === name);

const storageOf = ({ facts }: Context<unknown>): StorageAccount | undefined => accountCalled(facts, hostAccount(facts.appSettings));

/** Returns the roles that the host lacks on an account. */
const lackingAt = ({ facts }: Context<unknown>, account: StorageAccount, principal: Json): string[] =>
  HOST_ROLES.filter((role) => !hasRole(facts.identityRoles, account.id, [role], principal));

/** The settings name the account already. Missing are the identity, its roles, or the setting with the identity for the host. */
function completeIdentity(x: Context<unknown>): Draft[] {
  const account = storageOf(x);
  const acting = actingIdentity(x.facts.site);
  if (!account || namedIdentity(x.facts) !== undefined || hasSecret(x.facts)) return [];
  return [
    ...acting.drafts,
    ...lackingAt(x, account, acting.principal).map((role) => grant(account.id, role, acting.principal, x.facts.site.id)),
    ...chosenIdentity(acting.clientId),
  ];
}

const LINKS = { after: ['siteIdentity', 'roleAssignments', 'stickyNames'] as const };
const setting = (name: string, to: string): Draft => ({ at: settingAt(name), to, ...LINKS });
const chosenIdentity = (clientId: string | undefined): Draft[] =>
  clientId ? [setting(`${HOST_STORAGE}__credential`, 'managedidentity'), setting(`${HOST_STORAGE}__clientId`, clientId)] : [];

/** Created once, because a function that is created next to the facts of an app keeps these facts in memory as long as the plan. */
const HOST_ACCESS = proof('accessKeys', 'the host can access its storage with the identity', () => true);

export function moveHost(x: Context<unknown>): Draft[] {
  if (hostByIdentity(x.facts.appSettings)) return completeIdentity(x);
  const account = storageOf(x);
  const { before, after } = aroundKey(x.facts.appSettings.properties[HOST_STORAGE] ?? '');
  if (!account || !isKeyedConnection(x.facts.appSettings.properties[HOST_STORAGE] ?? '')) return [];
  const acting = actingIdentity(x.facts.site);
  const lacking = lackingAt(x, account, acting.principal);
  const key = { from: 'storage-key', account: account.id } as const;
  return [
    ...acting.drafts,
    ...lacking.map((role) => grant(account.id, role, acting.principal, x.facts.site.id)),
    ...keepSticky(x),
    {
      at: settingAt(HOST_STORAGE),
      to: null,
      restore: later(before, key, after),
      // Deployments that use the same connection string change to the identity first.
      after: [...LINKS.after, ...(readsPackage(x.facts.site, x.facts.appSettings, HOST_STORAGE) ? (['site'] as const) : [])],
      proof: HOST_ACCESS,
    },
    ...settingsByIdentity(account.name, before + after, x.cloud).map(([name, to]) => setting(name, to)),
    ...chosenIdentity(acting.clientId),
  ];
}

/** Returns why deployments on Flex Consumption cannot sign in with the identity that is configured; undefined if the app has it. */
export function lacksDeployer({ identity, properties }: Site): string | undefined {
  const { type, userAssignedIdentityResourceId: chosen } = properties.functionAppConfig?.deployment?.storage?.authentication ?? {};
  if (sameWord(type, 'SystemAssignedIdentity'))
    return identity?.principalId || /SystemAssigned/i.test(identity?.type ?? '')
      ? undefined
      : 'but the app has no system-assigned identity';
  return Object.keys(identity?.userAssignedIdentities ?? {}).some((id) => sameWord(id, chosen))
    ? undefined
    : 'but the app does not have the identity that is configured';
}

export const deploymentAccount = ({ facts }: Context<unknown>): StorageAccount | undefined =>
  accountCalled(facts, accountOf(facts.site.properties.functionAppConfig?.deployment?.storage?.value));

/** Writes the place of the package as a whole, with the one member changed. */
export function moveDeployment(x: Context<unknown>): Draft[] {
  const account = deploymentAccount(x);
  const config = x.facts.site.properties.functionAppConfig;
  const storage = config?.deployment?.storage;
  if (!account || !storage) return [];
  const acting = actingIdentity(x.facts.site);
  const held = hasRole(x.facts.identityRoles, account.id, [ROLE.blobOwner], acting.principal);
  const authentication = {
    type: acting.id === undefined ? 'systemassignedidentity' : 'userassignedidentity',
    userAssignedIdentityResourceId: acting.id ?? null,
    storageAccountConnectionStringName: null,
  };
  return [
    ...acting.drafts,
    ...(held ? [] : [grant(account.id, ROLE.blobOwner, acting.principal, x.facts.site.id)]),
    {
      at: ['site', 'properties.functionAppConfig.deployment'],
      to: { ...config.deployment, storage: { ...storage, authentication } } as never,
      after: ['siteIdentity', 'roleAssignments'],
    },
  ];
}

/** Roles that may change the blob service of an account, as a blob trigger does: Storage Account Contributor, Contributor and Owner. */
const SERVICE_ROLES = ['17d1049b-9a84-46fb-8f53-869881c3d3ab', ROLE.contributor, ROLE.owner];

/**
 * Checks the role that a blob trigger requires on the storage of the host. Without it the host does not start
 * (docs: functions-reference#connecting-to-host-storage-with-an-identity; Azure/azure-functions-host#11938).
 */
function blobTriggers({ facts }: Context<unknown>, account: StorageAccount, principal: Json): GuardFinding[] {
  const functions = facts.maybe('functions');
  const names = functions ? pollingBlobTriggers(functions) : [];
  if (hasRole(facts.identityRoles, account.id, SERVICE_ROLES, principal)) return [];
  if (names.length > 0)
    return [
      stop(
        `The blob trigger of ${names.join(', ')} requires the role Storage Account Contributor on ${account.name}. Without it, the host does not start. Assign the role first, or use the source EventGrid for the trigger.`,
      ),
    ];
  return functions && !triggersNotSeen(functions)
    ? []
    : [
        warn(
          `func-harden does not see all triggers of the app. If the app has a blob trigger, first assign the role Storage Account Contributor on ${account.name}.`,
        ),
      ];
}

/** The trigger that stores its position in the storage of the host, whatever its own connection is (Azure/azure-functions-host#9612). */
const KEEPS_CHECKPOINTS = /^eventHubTrigger$/i;

/** The first versions of extensions that sign in by identity, by the bindings that use the storage of the host. */
const EXTENSIONS: readonly (readonly [type: RegExp, version: string])[] = [
  [/^(blob|queue|table)/i, 'Storage 5.0'],
  [KEEPS_CHECKPOINTS, 'Event Hubs 5.0'],
  [/^(orchestration|activity|entity|durable)/i, 'Durable Functions 2.7.0'],
];

/** Warns about bindings that use the storage of the host: an older extension cannot sign in to it by identity. */
function extensionVersions({ facts }: Context<unknown>): GuardFinding[] {
  const uses = (facts.maybe('functions')?.value ?? []).flatMap(({ name, properties }) =>
    (properties.config?.bindings ?? []).flatMap(({ type, connection, source }) => {
      const isHosts = KEEPS_CHECKPOINTS.test(type) || !connection || connectionKey(connection) === connectionKey(HOST_STORAGE);
      const found = EXTENSIONS.find(([one]) => one.test(type));
      // Every version with the source EventGrid supports sign-in with an identity.
      return found && isHosts && !sameWord(source, 'EventGrid') ? [{ name: nameIn(name), version: found[1] }] : [];
    }),
  );
  return [...Map.groupBy(uses, ({ version }) => version)].map(([version, all]) =>
    warn(
      `These functions use this storage with an extension: ${[...new Set(all.map(({ name }) => name))].join(', ')}. Azure does not report its version: before ${version}, it cannot sign in with an identity.`,
    ),
  );
}

/** Versions of the host that do not support identity-based connections. */
const OLD_HOST = /^~?[123](\.|$)/;

export function storageIsKnown(x: Context<unknown>): GuardFinding[] {
  const host = valueOf(x.facts.appSettings, 'FUNCTIONS_EXTENSION_VERSION')?.trim() ?? '';
  // The host of a stopped app answers no request (Azure/azure-functions-host#5634).
  if (sameWord(x.facts.site.properties.state, 'Stopped') && !hostByIdentity(x.facts.appSettings))
    return [
      stop('The app is stopped, so func-harden cannot check whether its host accesses the storage with the identity. Start the app first.'),
    ];
  const noTokens = withoutTokens(x.facts);
  if (noTokens.length > 0) return noTokens;
  return OLD_HOST.test(host)
    ? [stop(`Only version 4 of the Functions host supports identity-based connections. The app uses version ${host}. Upgrade it first.`)]
    : [...accountIsKnown(x), ...firstOfSeveral(x.facts.site), ...extensionVersions(x)];
}

function accountIsKnown(x: Context<unknown>): GuardFinding[] {
  const name = hostAccount(x.facts.appSettings);
  const account = storageOf(x);
  if (!account)
    return [
      name === undefined
        ? stop(
            `The settings of ${HOST_STORAGE} do not show the name of the storage account, so func-harden cannot assign roles on it. Change these settings manually.`,
          )
        : stop(
            `The storage account ${name} is not in this subscription, or you have no permission to read it. func-harden cannot assign roles on it. Change this setting manually.`,
          ),
    ];
  if (hostByIdentity(x.facts.appSettings)) {
    if (hasSecret(x.facts))
      return [
        stop(
          `The host signs in to its storage as an application with the secret in ${HOST_STORAGE}__clientSecret. Change these settings manually.`,
        ),
      ];
    if (isNamedTwice(x.facts, HOST_STORAGE))
      return [stop(`The settings of ${HOST_STORAGE} have both clientId and managedIdentityResourceId. Remove one of them.`)];
    if (namedIdentity(x.facts) !== undefined)
      return [
        stop(`The settings of ${HOST_STORAGE} name an identity that the app does not have. Give it that identity, or change the settings.`),
      ];
  } else if (!isKeyedConnection(x.facts.appSettings.properties[HOST_STORAGE] ?? ''))
    return [stop('Undo could not restore a connection string of this form. Change it manually.')];
  const { principal } = actingIdentity(x.facts.site);
  const lacking = lackingAt(x, account, principal);
  const triggers = blobTriggers(x, account, principal);
  if (triggers.length > 0 && lacking.length === 0) return triggers;
  return lacking.length === 0
    ? [clear(`The identity already has all roles that it needs on ${account.name}.`)]
    : [
        ...triggers,
        warn(
          `The identity first gets ${lacking.map(roleName).join(', ')} on ${account.name}. Role assignments can take minutes; the settings change only after that. If the host does not start, the settings are rolled back.`,
        ),
      ];
}

/** Checks other users of the connection string: the content share, the package on Flex Consumption, and on Linux Consumption the deployment tools. */
export function deployedHow({ app, facts, planned }: Context<unknown>): GuardFinding[] {
  const reads = readsPackage(planned.site, facts.appSettings, HOST_STORAGE);
  if (reads)
    return [
      stop(
        `The deployment package ${reads} read with the connection string in ${HOST_STORAGE}, so without it the app has no code after a restart. Choose the control deployment-storage too.`,
      ),
    ];
  const deployments = deploysByKey(app) ? [DEPLOYS_BY_KEY] : [];
  if (facts.appSettings.properties[CONTENT_SHARE])
    return [...deployments, warn(`${CONTENT_SHARE} is not changed: without it, the app would have no content after the next scale-out.`)];
  return deployments.length > 0 ? deployments : [clear(`The app has no setting ${CONTENT_SHARE}, so no content share requires a key.`)];
}
