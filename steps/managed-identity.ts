import {
  accountOf,
  brokenIn,
  brokenReference,
  CONTENT_SHARE,
  fromElsewhere,
  hasContentShare,
  HOST_STORAGE,
  hostAccount,
  hostByIdentity,
  hostBySignature,
  isReference,
  LACKS,
  nameIn,
  referenceOf,
  sameWord,
} from '../src/azure/index.ts';
import { judgeConnections } from './lib/binding-connections.ts';
import { judgeAdministrator, actingIdentity, firstOfSeveral, usableUser } from './lib/identities.ts';
import { appPolicy, type Context, defineStep, IF_NOT_EXISTS, type Verdict, clear, stop, warn } from '../src/contract/index.ts';
import { judgePull, mayPull, pullByIdentity } from './lib/container-registry.ts';
import { cannotSignIn, hasSecret, judgeAddress, mayLackTokens } from './lib/storage/identity-connections.ts';
import {
  deployedHow,
  deploymentAccount,
  lacksDeployer,
  moveDeployment,
  moveHost,
  storageIsKnown,
} from './lib/storage/storage-by-identity.ts';

const DOCS = 'https://learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity';
const identities = ({ facts }: Context<unknown>): string => {
  const { type, userAssignedIdentities: users } = facts.site.identity ?? {};
  // `UserAssigned` may remain as the type after all user-assigned identities were removed.
  return !type || (sameWord(type, 'UserAssigned') && users !== undefined && Object.keys(users ?? {}).length === 0) ? 'None' : type;
};
/** How the host signs in without an identity. A deployment tool may write a connection string without a key (hashicorp/terraform-provider-azurerm 29149). */
function withoutIdentity(connection: string | undefined): string {
  if (isReference(connection)) return `with a connection string from ${referenceOf(connection) ? 'a vault' : 'App Configuration'}`;
  if (!connection?.trim()) return 'not set';
  if (brokenReference(connection) !== undefined) return 'with a reference that App Service does not resolve';
  if (/(^|;)\s*AccountKey\s*=\s*(;|$)/i.test(connection)) return 'with a connection string whose key is empty';
  if (/(^|;)\s*AccountKey\s*=/i.test(connection)) return 'with a key';
  if (/(^|;)\s*SharedAccessSignature\s*=/i.test(connection)) return 'with a shared access signature';
  return /(^|;)\s*UseDevelopmentStorage\s*=\s*true\s*(;|$)/i.test(connection)
    ? 'with the storage emulator, which exists on a developer machine only'
    : 'with a connection string';
}

export default defineStep({
  id: 'managed-identity',
  title: 'Managed identities',
  group: 'operation',
  why: 'A managed identity has no password that can leak. Its permissions are role assignments that you can review.',
  docs: ['https://learn.microsoft.com/azure/azure-functions/security-concepts#managed-identities', DOCS],
  plain: [
    /\w+__(accountName|credential|clientId|fullyQualifiedNamespace|[a-z]+ServiceUri)/,
    'WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID',
  ],
  controls: [
    {
      kind: 'rule',
      id: 'assigned',
      label: 'Managed identity',
      because: 'Without a managed identity, the app needs a secret in its settings for every service that it uses.',
      severity: 'medium',
      risk: 'safe',
      effect: 'The app gets a system-assigned identity. The identity has no permissions until it gets roles.',
      terraform: { 'siteIdentity identity.type': 'identity.type' },
      reads: ['site'],
      draftReads: ['siteIdentity'],
      writes: ['siteIdentity'],
      compliance: { mcsb: ['IM-3'], cis: { '2.0': '9.5', '2.1': '9.4', '3.0': '9.5' }, cisCompute: ['2.3.12', '2.4.11'] },
      policy: appPolicy('0da106f2-4ca3-48e8-bc85-c638fe6aea8f', 'Function apps should use managed identity', IF_NOT_EXISTS),
      judge: (x) => ({ state: sameWord(identities(x), 'None') ? 'fail' : 'pass', found: identities(x), wanted: 'an identity' }),
      draft: (x) => [...actingIdentity(x.facts.site).drafts],
    },
    {
      kind: 'rule',
      id: 'no-admin',
      label: 'Identity administrator roles',
      because: 'Code that runs in the app has all permissions of its identity. An attacker who runs code gets them too.',
      severity: 'high',
      strict: true,
      reads: ['site', 'identityRoles', 'identityDefinitions'],
      judge: ({ facts }) => judgeAdministrator(facts),
      docs: 'https://learn.microsoft.com/azure/role-based-access-control/best-practices',
    },
    {
      kind: 'rule',
      id: 'host-storage',
      label: 'Host storage authentication',
      because: 'The key in AzureWebJobsStorage gives full access to the storage account, including function keys, and never expires.',
      severity: 'high',
      risk: 'disruptive',
      strict: true,
      effect:
        'The host uses the identity of the app to access its storage. The key is removed from the settings, and code that reads AzureWebJobsStorage no longer finds it.',
      docs: DOCS,
      reads: ['site', 'appSettings'],
      draftReads: ['siteIdentity', 'storageAccounts', 'identityRoles', 'stickyNames'],
      writes: ['siteIdentity', 'roleAssignments', 'stickyNames', 'appSettings'],
      later: ['storageKeys', 'accessKeys'],
      notOn: LACKS.hostStorageSettings,
      judge: (x) => {
        const { facts } = x;
        const wanted = 'with a managed identity, without a key';
        if (hostByIdentity(facts.appSettings)) {
          if (hasSecret(facts)) return { state: 'fail', found: 'with the client secret of an application', wanted };
          const unnamed = judgeAddress(x, wanted);
          if (unnamed) return unnamed;
          const why = cannotSignIn(facts);
          const open = why === undefined ? mayLackTokens(facts) : undefined;
          if (open) return { state: 'unknown', found: `with a managed identity; ${open}`, wanted };
          return { state: why ? 'fail' : 'pass', found: why ? `with a managed identity, ${why}` : 'with a managed identity', wanted };
        }
        if (hostBySignature(facts.appSettings)) return { state: 'fail', found: 'with a shared access signature', wanted };
        const value = facts.appSettings.properties[HOST_STORAGE];
        const host = hostAccount(facts.appSettings);
        const share = accountOf(facts.appSettings.properties[CONTENT_SHARE]);
        if (hasContentShare(x) && (host === undefined || share === undefined))
          return value
            ? {
                state: 'unknown',
                found: 'with a connection string; it is unknown whether the content share of this plan is in the same account',
                wanted,
              }
            : { state: 'fail', found: 'not set', wanted };
        if (hasContentShare(x) && host === share)
          return { state: 'not-applicable', found: 'the content share of this plan requires a key of the same account', wanted };
        return { state: 'fail', found: withoutIdentity(value), wanted };
      },
      draft: moveHost,
      guards: [
        { id: 'L4', reads: ['identityRoles', 'functions'], check: storageIsKnown },
        { id: 'L2', check: deployedHow },
      ],
    },
    {
      kind: 'rule',
      id: 'deployment-storage',
      label: 'Deployment storage sign-in',
      because: 'The key for the deployment package gives full access to the storage account.',
      severity: 'medium',
      risk: 'disruptive',
      strict: true,
      effect: 'Deployments and restarts use the identity of the app to read the package.',
      docs: 'https://learn.microsoft.com/azure/azure-functions/flex-consumption-how-to#configure-deployment-settings',
      reads: ['site'],
      draftReads: ['siteIdentity', 'appSettings', 'storageAccounts', 'identityRoles'],
      writes: ['siteIdentity', 'site', 'roleAssignments'],
      notOn: LACKS.deploymentContainer,
      judge: ({ facts }) => {
        const storage = facts.site.properties.functionAppConfig?.deployment?.storage;
        const wanted = 'with a managed identity';
        const type = storage?.authentication?.type;
        if (!storage || !type)
          return {
            state: 'unknown',
            found: `Azure does not report ${storage ? 'how deployments sign in' : 'the deployment storage'}`,
            wanted,
          };
        if (!/identity$/i.test(type)) return { state: 'fail', found: 'with a connection string', wanted };
        const lacks = lacksDeployer(facts.site);
        return { state: lacks ? 'fail' : 'pass', found: lacks ? `${wanted}, ${lacks}` : wanted, wanted };
      },
      draft: moveDeployment,
      guards: [
        {
          id: 'L4',
          check: (x) => [
            ...firstOfSeveral(x.facts.site),
            deploymentAccount(x)
              ? warn('The identity first gets blob roles on the account. Until the roles take effect everywhere, a start may fail.')
              : stop(
                  'The deployment storage account is not in this subscription, or you have no permission to read it. func-harden cannot assign roles on it. Change this setting manually.',
                ),
          ],
        },
      ],
    },
    {
      kind: 'rule',
      id: 'reference-identity',
      label: 'Key Vault reference identity',
      because:
        'References use the system-assigned identity by default. In an app with only a user-assigned identity, no reference resolves.',
      severity: 'medium',
      risk: 'disruptive',
      effect: 'References are resolved again with the user-assigned identity.',
      terraform: { 'site properties.keyVaultReferenceIdentity': 'key_vault_reference_identity_id' },
      reads: ['site', 'appSettings'],
      notOn: LACKS.referenceIdentity,
      docs: 'https://learn.microsoft.com/azure/app-service/app-service-key-vault-references#access-vaults-with-a-user-assigned-identity',
      judge: (x) => {
        const chosen = x.facts.site.properties.keyVaultReferenceIdentity || 'SystemAssigned';
        const wanted = 'the user-assigned identity';
        // Without a reference, nothing uses this identity.
        const fails = (found: string, instead = wanted): Verdict =>
          fromElsewhere(x.facts.appSettings).length > 0 || brokenIn(x.facts.appSettings).length > 0
            ? { state: 'fail', found, wanted: instead }
            : { state: 'not-applicable', found: 'no app setting is a reference; connection strings were not checked', wanted: instead };
        const users = Object.keys(x.facts.site.identity?.userAssignedIdentities ?? {});
        if (!sameWord(chosen, 'SystemAssigned') && !users.some((id) => sameWord(id, chosen)))
          return fails(`${nameIn(chosen)}, which the app does not have`, 'an identity of the app');
        if (!sameWord(identities(x), 'UserAssigned'))
          return { state: 'not-applicable', found: 'the app has a system-assigned identity, or no identity', wanted };
        return sameWord(chosen, 'SystemAssigned') ? fails(chosen) : { state: 'pass', found: chosen, wanted };
      },
      draft: ({ facts }) => [
        { at: ['site', 'properties.keyVaultReferenceIdentity'], to: usableUser(facts.site) ?? 'SystemAssigned', absent: 'SystemAssigned' },
      ],
      guards: [
        {
          id: 'L19',
          check: ({ facts }) => {
            const used = usableUser(facts.site);
            if (!sameWord(facts.site.identity?.type, 'UserAssigned'))
              return warn('The system-assigned identity is used. Check that it can read the vault.');
            if (used === undefined)
              return stop(
                'Azure does not report the principal of any user-assigned identity of the app, so it is unknown whether one of them exists. Assign an identity that can read the vault first.',
              );
            const several = firstOfSeveral(facts.site, used);
            return several.length > 0
              ? [...several, warn(`Check that ${nameIn(used)} can read the vault.`)]
              : clear('The app has one user-assigned identity, and that identity is used.');
          },
        },
      ],
    },
    {
      kind: 'rule',
      id: 'registry-pull',
      label: 'Container image pull',
      because: 'The registry password gives access to every image, is shared by all users, and is stored in the settings.',
      severity: 'medium',
      risk: 'disruptive',
      strict: true,
      effect: 'The app restarts and pulls its image with its identity.',
      reads: ['siteConfig'],
      draftReads: ['siteIdentity'],
      writes: ['siteIdentity', 'siteConfig'],
      notOn: LACKS.ownImage,
      docs: 'https://learn.microsoft.com/azure/app-service/configure-custom-container#use-managed-identity-to-pull-image-from-azure-container-registry',
      compliance: { mcsb: ['IM-3'] },
      judge: judgePull,
      draft: pullByIdentity,
      guards: [{ id: 'registry', reads: ['identityRoles'], check: (x) => [...firstOfSeveral(x.facts.site), mayPull(x)] }],
    },
    {
      kind: 'rule',
      id: 'connections',
      label: 'Binding authentication',
      because: 'A binding that uses a key needs a secret in the settings. A binding that uses the identity does not.',
      severity: 'low',
      strict: true,
      reads: ['site', 'functions', 'appSettings', 'connectionStrings'],
      docs: 'https://learn.microsoft.com/azure/azure-functions/functions-reference#configure-an-identity-based-connection',
      judge: ({ facts }) => judgeConnections(facts),
    },
  ],
});
