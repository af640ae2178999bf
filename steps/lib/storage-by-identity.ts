/** Changes the storage of the host and of deployments from keys to the identity of the app. */
import {
  accountOf,
  aroundKey,
  CONTENT_SHARE,
  type Facts,
  hasRole,
  HOST_STORAGE,
  hostAccount,
  isKeyedConnection,
  type Json,
  ROLE,
  roleName,
  settingAt,
  settingsByIdentity,
  type StorageAccount,
} from '../../src/azure/index.ts';
import { actingIdentity, grant } from './identities.ts';
import { type Context, type Draft, type GuardFinding, later, proof, clear, stop, warn } from '../../src/contract/index.ts';
import { DEPLOYS_BY_KEY, deploysByKey } from './deployments.ts';
import { keepSticky } from './sticky-settings.ts';

/** Roles for the host's use of its storage: blobs and leases, queues, tables for events (docs: functions-reference). */
const HOST_ROLES = [ROLE.blobOwner, ROLE.queueContributor, ROLE.tableContributor];

const accountCalled = ({ storageAccounts }: Facts, name: string | undefined): StorageAccount | undefined =>
  storageAccounts.value.find((one) => one.name.toLowerCase() === name);

const storageOf = ({ facts }: Context<unknown>): StorageAccount | undefined => accountCalled(facts, hostAccount(facts.appSettings));

/** Lists the roles that the host still needs on the account. */
const lackingAt = ({ facts }: Context<unknown>, account: StorageAccount, principal: Json): string[] =>
  HOST_ROLES.filter((role) => !hasRole(facts.identityRoles, account.id, [role], principal));

export function moveHost(x: Context<unknown>): Draft[] {
  const account = storageOf(x);
  const { before, after } = aroundKey(x.facts.appSettings.properties[HOST_STORAGE] ?? '');
  if (!account || !isKeyedConnection(x.facts.appSettings.properties[HOST_STORAGE] ?? '')) return [];
  const acting = actingIdentity(x.facts.site);
  const lacking = lackingAt(x, account, acting.principal);
  const links = { after: ['siteIdentity', 'roleAssignments', 'stickyNames'] as const };
  const key = { from: 'storage-key', account: account.id } as const;
  const setting = (name: string, to: string): Draft => ({ at: settingAt(name), to, ...links });
  return [
    ...acting.drafts,
    ...lacking.map((role) => grant(account.id, role, acting.principal, x.facts.site.id)),
    ...keepSticky(x),
    {
      at: settingAt(HOST_STORAGE),
      to: null,
      restore: later(before, key, after),
      ...links,
      proof: proof('accessKeys', 'the host can access its storage with the identity', () => true),
    },
    ...settingsByIdentity(account.name, before + after, x.cloud).map(([name, to]) => setting(name, to)),
    ...(acting.clientId
      ? [setting(`${HOST_STORAGE}__credential`, 'managedidentity'), setting(`${HOST_STORAGE}__clientId`, acting.clientId)]
      : []),
  ];
}

export const deploymentAccount = ({ facts }: Context<unknown>): StorageAccount | undefined =>
  accountCalled(facts, accountOf(facts.site.properties.functionAppConfig?.deployment?.storage?.value));

/** Drafts identity sign-in for the deployment storage. `deployment.storage` is written all at once, with one member changed. */
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

export function storageIsKnown(x: Context<unknown>): GuardFinding[] {
  const name = hostAccount(x.facts.appSettings) ?? '';
  const account = storageOf(x);
  if (!account)
    return [
      stop(
        `The storage account ${name || 'of the host'} is not in this subscription, or you have no permission to read it. Its roles cannot be assigned.`,
      ),
    ];
  if (!isKeyedConnection(x.facts.appSettings.properties[HOST_STORAGE] ?? ''))
    return [stop('Undo could not restore a connection string of this form. Change it manually.')];
  const { principal } = actingIdentity(x.facts.site);
  const lacking = lackingAt(x, account, principal);
  return lacking.length === 0
    ? [clear(`The identity already has all roles that it needs on ${account.name}.`)]
    : [
        warn(
          `The identity first gets ${lacking.map(roleName).join(', ')} on ${account.name}. Role assignments can take minutes; the settings change only after that. If the host does not start, the settings are rolled back.`,
        ),
      ];
}

/** Reports other uses of the connection string: the content share, and, on Linux Consumption, deployment tools. */
export function deployedHow({ app, facts }: Context<unknown>): GuardFinding {
  if (facts.appSettings.properties[CONTENT_SHARE])
    return warn(`${CONTENT_SHARE} is not changed: without it, the app would have no content after the next scale-out.`);
  if (deploysByKey(app)) return DEPLOYS_BY_KEY;
  return clear(`The app has no setting ${CONTENT_SHARE}, so no content share requires a key.`);
}
