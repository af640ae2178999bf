import {
  accountOf,
  aroundKey,
  connectionsOf,
  CONTENT_SHARE,
  type Facts,
  hasContentShare,
  hasRole,
  HOST_STORAGE,
  hostAccount,
  hostByIdentity,
  isKeyedConnection,
  isReference,
  type Json,
  LACKS,
  ROLE,
  roleName,
  roleOf,
  sameWord,
  scopeOf,
  secretIn,
  settingAt,
  settingsByIdentity,
  type StorageAccount,
} from '../src/azure/index.ts';
import { actingIdentity, grant } from './lib/identities.ts';
import { appPolicy, type Context, defineStep, type Draft, type GuardFinding, IF_NOT_EXISTS, later, proof } from '../src/contract/index.ts';
import { DEPLOYS_BY_KEY, deploysByKey } from './lib/deployments.ts';
import { judgePull, mayPull, pullByIdentity } from './lib/container-registry.ts';
import { keepSticky } from './lib/sticky-settings.ts';

const DOCS = 'https://learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity';
const ADMIN: readonly string[] = [ROLE.owner, ROLE.contributor, ROLE.userAccessAdministrator, ROLE.rbacAdministrator];
/** What the host does with its storage: blobs and leases, queues, and tables for events (docs: functions-reference). */
const HOST_ROLES = [ROLE.blobOwner, ROLE.queueContributor, ROLE.tableContributor];

const identities = ({ facts }: Context<unknown>): string => facts.site.identity?.type ?? 'None';
const accountCalled = ({ storageAccounts }: Facts, name: string | undefined): StorageAccount | undefined =>
  storageAccounts.value.find((one) => one.name.toLowerCase() === name);
const storageOf = ({ facts }: Context<unknown>): StorageAccount | undefined => accountCalled(facts, hostAccount(facts.appSettings));
/** Those of its roles that the host lacks there. */
const lackingAt = ({ facts }: Context<unknown>, account: StorageAccount, principal: Json): string[] =>
  HOST_ROLES.filter((role) => !hasRole(facts.identityRoles, account.id, [role], principal));
function moveHost(x: Context<unknown>): Draft[] {
  const account = storageOf(x);
  const { before, after } = aroundKey(x.facts.appSettings.properties[HOST_STORAGE] ?? '');
  if (!account || !isKeyedConnection(x.facts.appSettings.properties[HOST_STORAGE] ?? '')) return [];
  const acting = actingIdentity(x.facts.site);
  const lacking = lackingAt(x, account, acting.principal);
  const links = { after: ['siteIdentity', 'roleAssignments', 'stickyNames'] as const };
  const key = { key: 'storageKeys', of: account.id, path: 'properties.key1', says: `key of the storage account ${account.name}` } as const;
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
      proof: proof('accessKeys', 'the host reaches its storage by the identity', () => true),
    },
    ...settingsByIdentity(account.name, before + after, x.cloud).map(([name, to]) => setting(name, to)),
    ...(acting.clientId
      ? [setting(`${HOST_STORAGE}__credential`, 'managedidentity'), setting(`${HOST_STORAGE}__clientId`, acting.clientId)]
      : []),
  ];
}

const deploymentAccount = ({ facts }: Context<unknown>): StorageAccount | undefined =>
  accountCalled(facts, accountOf(facts.site.properties.functionAppConfig?.deployment?.storage?.value));

/** Where the package lies goes out as a whole, with the one member changed. */
function moveDeployment(x: Context<unknown>): Draft[] {
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

function storageIsKnown(x: Context<unknown>): GuardFinding[] {
  const name = hostAccount(x.facts.appSettings) ?? '';
  const account = storageOf(x);
  if (!account)
    return [
      {
        level: 'stop',
        says: `The storage account ${name || 'of the host'} is not in this subscription, or you may not see it; its roles cannot be given.`,
      },
    ];
  if (!isKeyedConnection(x.facts.appSettings.properties[HOST_STORAGE] ?? ''))
    return [{ level: 'stop', says: 'The connection string is of a form that undo could not put together again; change it by hand.' }];
  const { principal } = actingIdentity(x.facts.site);
  const lacking = lackingAt(x, account, principal);
  return lacking.length === 0
    ? [{ level: 'clear', says: `The identity holds all roles it needs on ${account.name} already.` }]
    : [
        {
          level: 'warn',
          says: `The identity first gets ${lacking.map(roleName).join(', ')} on ${account.name}; that may take minutes, and the settings change only after it. If the host does not come up, they change back.`,
        },
      ];
}

/** What else needs the connection string: the content share, and on Linux Consumption the tools that deploy. */
function deployedHow({ app, facts }: Context<unknown>): GuardFinding {
  if (facts.appSettings.properties[CONTENT_SHARE])
    return { level: 'warn', says: `${CONTENT_SHARE} stays: without it the content of the app would be gone after the next scale.` };
  if (deploysByKey(app)) return DEPLOYS_BY_KEY;
  return { level: 'clear', says: `The app has no setting ${CONTENT_SHARE}, so no content share needs a key.` };
}

export default defineStep({
  id: 'managed-identity',
  title: 'Managed identities',
  group: 'operation',
  why: 'An identity that Azure keeps has no password to leak. What it may do is decided where it is used, and seen there.',
  docs: ['https://learn.microsoft.com/azure/azure-functions/security-concepts#managed-identities', DOCS],
  plain: [/\w+__(accountName|credential|clientId|fullyQualifiedNamespace|\w+ServiceUri)/, 'WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID'],
  controls: [
    {
      kind: 'rule',
      id: 'assigned',
      label: 'The app has an identity',
      because: 'Without one, everything the app reaches needs a secret in its settings.',
      severity: 'medium',
      risk: 'safe',
      effect: 'The app gets an identity of its own; it may do nothing until roles are given.',
      terraform: { 'siteIdentity identity.type': 'identity.type' },
      reads: ['site'],
      draftReads: ['siteIdentity'],
      writes: ['siteIdentity'],
      compliance: { mcsb: ['IM-3'], cis: { '2.0': '9.5', '2.1': '9.4', '3.0': '9.5' } },
      policy: appPolicy('0da106f2-4ca3-48e8-bc85-c638fe6aea8f', 'Function apps should use managed identity', IF_NOT_EXISTS),
      judge: (x) => ({ state: sameWord(identities(x), 'None') ? 'fail' : 'pass', found: identities(x), wanted: 'an identity' }),
      draft: (x) => [...actingIdentity(x.facts.site).drafts],
    },
    {
      kind: 'rule',
      id: 'no-admin',
      label: 'The identity is no administrator',
      because: 'Whoever runs code in the app acts as its identity, up to everything it may do.',
      severity: 'high',
      strict: true,
      reads: ['site', 'identityRoles'],
      judge: (x) => {
        const strong = x.facts.identityRoles.value.filter((one) => ADMIN.includes(roleOf(one)));
        const lines = strong.map((one) => `${roleName(roleOf(one))} at ${scopeOf(one)}`);
        return {
          state: strong.length > 0 ? 'fail' : 'pass',
          found: strong.length > 0 ? `${strong.length} administrator roles` : 'no administrator role',
          wanted: 'data roles only',
          lines,
        };
      },
      docs: 'https://learn.microsoft.com/azure/role-based-access-control/best-practices',
    },
    {
      kind: 'rule',
      id: 'host-storage',
      label: 'Host storage by identity',
      because: 'The key in AzureWebJobsStorage opens everything in that account, function keys included, and never ends.',
      severity: 'high',
      risk: 'disruptive',
      strict: true,
      effect: 'The host signs in to its storage with the identity of the app; the key leaves the settings.',
      docs: DOCS,
      reads: ['site', 'appSettings'],
      draftReads: ['siteIdentity', 'storageAccounts', 'identityRoles', 'stickyNames'],
      writes: ['siteIdentity', 'roleAssignments', 'stickyNames', 'appSettings'],
      later: ['storageKeys', 'accessKeys'],
      notOn: LACKS.hostStorageSettings,
      judge: (x) => {
        const { facts } = x;
        const wanted = `${HOST_STORAGE}__accountName or service URIs, no key`;
        if (hostByIdentity(facts.appSettings)) return { state: 'pass', found: 'by identity', wanted };
        if (hasContentShare(x))
          return { state: 'not-applicable', found: 'the content share of this plan needs a key of the same account', wanted };
        const value = facts.appSettings.properties[HOST_STORAGE];
        return {
          state: 'fail',
          found: isReference(value) ? 'by a connection string from a vault' : value ? 'by a key' : 'not set',
          wanted,
        };
      },
      draft: moveHost,
      guards: [
        { id: 'L4', reads: ['identityRoles'], check: storageIsKnown },
        {
          id: 'L2',
          check: deployedHow,
        },
      ],
    },
    {
      kind: 'rule',
      id: 'deployment-storage',
      label: 'Deployment storage by identity',
      because: 'The key that opens the deployment package opens everything else in that account.',
      severity: 'medium',
      risk: 'disruptive',
      strict: true,
      effect: 'Deployments and starts fetch the package with the identity of the app.',
      docs: 'https://learn.microsoft.com/azure/azure-functions/flex-consumption-how-to#configure-deployment-settings',
      reads: ['site'],
      draftReads: ['siteIdentity', 'appSettings', 'storageAccounts', 'identityRoles'],
      writes: ['siteIdentity', 'site', 'roleAssignments'],
      notOn: LACKS.deploymentContainer,
      judge: ({ facts }) => {
        const storage = facts.site.properties.functionAppConfig?.deployment?.storage;
        const wanted = 'by an identity';
        if (!storage) return { state: 'not-applicable', found: 'Azure tells no deployment storage', wanted };
        const type = storage.authentication?.type ?? '';
        return {
          state: /identity$/i.test(type) ? 'pass' : 'fail',
          found: /identity$/i.test(type) ? wanted : 'by a connection string',
          wanted,
        };
      },
      draft: moveDeployment,
      guards: [
        {
          id: 'L4',
          check: (x) =>
            deploymentAccount(x)
              ? {
                  level: 'warn',
                  says: 'The identity needs blob rights on the account first; until they reach every corner, a start may fail.',
                }
              : {
                  level: 'stop',
                  says: 'The deployment storage is not in this subscription, or you may not see it; its roles cannot be given.',
                },
        },
      ],
    },
    {
      kind: 'rule',
      id: 'reference-identity',
      label: 'Identity for Key Vault references',
      because:
        'References use the system-assigned identity unless told otherwise; an app that has only a user-assigned one gets none resolved.',
      severity: 'medium',
      risk: 'disruptive',
      effect: 'References are fetched again, with the user-assigned identity.',
      terraform: { 'site properties.keyVaultReferenceIdentity': 'key_vault_reference_identity_id' },
      reads: ['site'],
      notOn: LACKS.referenceIdentity,
      docs: 'https://learn.microsoft.com/azure/app-service/app-service-key-vault-references#access-vaults-with-a-user-assigned-identity',
      judge: (x) => {
        const chosen = x.facts.site.properties.keyVaultReferenceIdentity ?? 'SystemAssigned';
        const wanted = 'the user-assigned identity';
        if (!sameWord(identities(x), 'UserAssigned'))
          return { state: 'not-applicable', found: 'the app has a system-assigned identity, or none', wanted };
        return { state: sameWord(chosen, 'SystemAssigned') ? 'fail' : 'pass', found: chosen, wanted };
      },
      draft: ({ facts }) => [
        {
          at: ['site', 'properties.keyVaultReferenceIdentity'],
          to: Object.keys(facts.site.identity?.userAssignedIdentities ?? {})[0] ?? 'SystemAssigned',
          absent: 'SystemAssigned',
        },
      ],
      guards: [
        {
          id: 'L19',
          check: ({ facts }) => {
            const all = Object.keys(facts.site.identity?.userAssignedIdentities ?? {});
            return all.length > 1
              ? {
                  level: 'warn',
                  says: `The app has ${all.length} user-assigned identities; the first is taken. Check that it may read the vault.`,
                }
              : { level: 'clear', says: 'The app has one user-assigned identity, and it is taken.' };
          },
        },
      ],
    },
    {
      kind: 'rule',
      id: 'registry-pull',
      label: 'Image pull by identity',
      because: 'The password of a registry opens every image in it, is the same for everybody, and stands in the settings.',
      severity: 'medium',
      risk: 'disruptive',
      strict: true,
      effect: 'The app restarts, and pulls its image with its identity.',
      reads: ['siteConfig'],
      draftReads: ['siteIdentity'],
      writes: ['siteIdentity', 'siteConfig'],
      notOn: LACKS.ownImage,
      docs: 'https://learn.microsoft.com/azure/app-service/configure-custom-container#use-managed-identity-to-pull-image-from-azure-container-registry',
      compliance: { mcsb: ['IM-3'] },
      judge: judgePull,
      draft: pullByIdentity,
      guards: [{ id: 'registry', reads: ['identityRoles'], check: mayPull }],
    },
    {
      kind: 'rule',
      id: 'connections',
      label: 'Bindings by identity',
      because: 'A trigger that signs in with the identity needs no key in the settings.',
      severity: 'low',
      strict: true,
      reads: ['functions', 'appSettings'],
      docs: 'https://learn.microsoft.com/azure/azure-functions/functions-reference#configure-an-identity-based-connection',
      judge: ({ facts }) => {
        const keyed = connectionsOf(facts.functions).filter(({ connection }) =>
          // The host looks for a connection under its name, and with AzureWebJobs before it.
          [connection, `AzureWebJobs${connection}`].some((name) => {
            const value = facts.appSettings.properties[name];
            return !sameWord(name, HOST_STORAGE) && value !== undefined && secretIn(name, value) !== undefined;
          }),
        );
        const lines = keyed.map(({ name, connection, type }) => `${name} (${type}) signs in with the secret in ${connection}`);
        const names = [...new Set(keyed.map(({ connection }) => connection))];
        return {
          state: names.length > 0 ? 'fail' : 'pass',
          found: names.length > 0 ? `with a secret: ${names.join(', ')}` : 'no binding has a secret in clear',
          wanted: 'by identity, or from a vault',
          lines,
        };
      },
    },
  ],
});
