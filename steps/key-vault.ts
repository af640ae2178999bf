import { closedFor, closesFirewall, firewallNotes, openEntrance, operatorAccess, VAULT_FIREWALL } from './lib/network/firewalls.ts';
import { defineStep, type Guard, repairsVaults, vaultPolicy, warn } from '../src/contract/index.ts';
import { eachSetting } from './lib/each-setting.ts';
import { reachesBehind, routesAll, subnetForRule } from './lib/network/networks.ts';
import { judgeClear, keysThatRotate, mayMove, moveAll, toMove, vaultIsKnown } from './lib/vault/secret-moves.ts';
import { judgeExpiry } from './lib/vault/secret-expiry.ts';
import { judgeResolution } from './lib/vault/reference-resolution.ts';
import { isNotPlanned, isToBeMade, secretsGetIn, VAULTS_TO_CLOSE } from './lib/vault/new-vault.ts';
import {
  mayReachBack,
  mayReadBack,
  reachesVault,
  chosenVault,
  vaultDecidesBy,
  VAULTS,
  VAULTS_OF_SETTINGS,
  vaultsOf,
} from './lib/vault/vaults.ts';
import { isOff, isOn, LACKS, mustStay, secretIn } from '../src/azure/index.ts';
import { policiesEnd, rolesInstead, usesRoles } from './lib/vault/vault-roles.ts';
import { firstOfSeveral, referenceIdentity, unknownReader } from './lib/identities.ts';
import { vaultSharers } from './lib/neighbours.ts';

const DOCS = 'https://learn.microsoft.com/azure/app-service/app-service-key-vault-references';

const sharedWith = (consequence: string): Guard<{ readonly vault?: string }> => ({
  id: 'shared',
  reads: ['neighbours'],
  check: (x) => vaultSharers(x, vaultsOf(x), consequence),
});

export default defineStep({
  id: 'key-vault',
  title: 'Key Vault references',
  group: 'operation',
  why: 'A vault authenticates and logs every read of a secret. With a Key Vault reference, the app setting contains only the location of the secret.',
  docs: ['https://learn.microsoft.com/azure/azure-functions/security-concepts#key-vault-references', DOCS],
  questions: {
    vault: {
      kind: 'pick',
      of: 'vault',
      label: 'Which vault should store the secrets?',
      help: 'Choose an existing vault, or type a name for a new vault. A new vault is created in the resource group of the app, with Azure RBAC and purge protection.',
      example: 'kv-contoso',
      pattern:
        /^([a-z](?:[a-z0-9]|-(?!-)){1,22}[a-z0-9]|\/subscriptions\/[^/\s]+\/resourceGroups\/[^/\s]+\/providers\/Microsoft\.KeyVault\/vaults\/[\w-]{3,24})$/i,
    },
    settings: {
      kind: 'names',
      of: 'settings',
      label: 'Which settings should move to the vault?',
      help: 'The values are never shown. Each value becomes a secret, and the setting becomes a reference to it.',
      example: 'ServiceBus',
    },
  },
  prefill: {
    vault: (x) => vaultsOf(x)[0]?.name,
    settings: (x) => toMove({ ...x, answers: {} }),
  },
  options: {
    vault: ({ facts, app }) => [
      ...facts.vaults.value.map(({ name, location, id }) => ({ value: name, label: `${name}   ${location}   ${id.split('/')[4] ?? ''}` })),
      { value: `kv-${app.name.replace(/[^a-z0-9-]/gi, '')}`.slice(0, 24).replace(/-$/, ''), label: 'a new vault for this app' },
    ],
    settings: ({ facts }) =>
      Object.entries(facts.appSettings.properties)
        .filter(([name, value]) => mustStay(name, value) === undefined)
        .map(([name, value]) => ({ value: name, label: `${name}${secretIn(name, value) ? `   ${secretIn(name, value) ?? ''}` : ''}` })),
  },
  closes: [{ at: ['vaults', 'properties.networkAcls'], when: closesFirewall }],
  controls: [
    {
      kind: 'rule',
      id: 'references',
      label: 'Secrets stored in Key Vault',
      because: 'Anyone who can list settings can read secrets in them. A Key Vault reference reveals no secret.',
      severity: 'high',
      risk: 'disruptive',
      strict: true,
      effect: 'The values move to the vault. The app reads them with its managed identity.',
      docs: DOCS,
      compliance: { mcsb: ['IM-8'], cis: { '2.0': '9.11', '2.1': '9.10', '3.0': '9.11' }, cisCompute: ['2.5'] },
      terraform: { 'vaults properties.accessPolicies': 'azurerm_key_vault.access_policy' },
      reads: ['site', 'appSettings'],
      draftReads: ['siteIdentity', 'vaults', 'identityRoles', 'references', 'sites'],
      writes: ['siteIdentity', 'site', 'vaults', 'roleAssignments', 'vaultSecret', 'appSettings', 'referenceRefresh'],
      later: ['references'],
      needs: ['vault', 'settings'],
      judge: judgeClear,
      draft: moveAll,
      guards: [
        { id: 'L30', check: mayMove },
        { id: 'vault', reads: ['vaults'], check: vaultIsKnown },
        {
          id: 'L17',
          reads: ['vaults', 'vnetConnection', 'virtualNetworks'],
          check: (x) => reachesVault(x, chosenVault(x, x.answers.vault ?? '')),
        },
        {
          id: 'read-back',
          check: (x) => {
            const aim = chosenVault(x, x.answers.vault ?? '');
            return [mayReadBack(x, aim), ...mayReachBack(x, aim)];
          },
        },
        { id: 'L20', check: keysThatRotate },
        {
          id: 'L19',
          check: ({ facts: { site } }) => [
            ...unknownReader(site),
            ...(referenceIdentity(site).drafts.length > 0 ? firstOfSeveral(site) : []),
          ],
        },
      ],
    },
    {
      kind: 'rule',
      id: 'resolve',
      label: 'Key Vault reference resolution',
      because: 'If a reference does not resolve, the app gets the text of the reference instead of the secret, without an error.',
      severity: 'high',
      strict: true,
      reads: ['references', 'connectionStrings', 'appSettings'],
      docs: 'https://learn.microsoft.com/azure/app-service/app-service-key-vault-references#troubleshoot-key-vault-references',
      judge: ({ facts }) => judgeResolution(facts),
    },
    {
      kind: 'rule',
      id: 'secret-expiry',
      label: 'Key Vault secret expiry',
      because: 'A secret without an expiry date is rarely renewed, so a leaked value stays valid. An expired secret can stop the app.',
      severity: 'low',
      strict: true,
      reads: ['appSettings', 'connectionStrings', 'vaultSecrets'],
      docs: 'https://learn.microsoft.com/azure/key-vault/secrets/about-secrets#secret-attributes',
      compliance: {
        mcsb: ['DP-6'],
        cis: {
          '2.0': ['8.3', '8.4'],
          '2.1': ['8.3', '8.4'],
          '3.0': ['3.3.3', '3.3.4'],
          '4.0': ['9.3.3', '9.3.4'],
          '5.0': ['8.3.3', '8.3.4'],
          '6.0': ['8.3.3', '8.3.4'],
        },
      },
      policy: vaultPolicy('98728c90-32c7-4049-8429-847dc0f4fe37', 'Key Vault secrets should have an expiration date'),
      judge: judgeExpiry,
    },
    eachSetting({
      // The baseline does not read connection strings here: soft delete cannot be off in a new vault, so the extra request is not worth it.
      each: VAULTS_OF_SETTINGS,
      id: 'soft-delete',
      label: 'Vault soft delete',
      because: 'Without soft delete, a deleted secret cannot be recovered.',
      severity: 'medium',
      docs: 'https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview',
      compliance: { mcsb: ['DP-8'], cis: { '2.0': '8.5', '2.1': '8.5', '3.0': '3.3.5', '4.0': '9.3.5' } },
      policy: vaultPolicy('1e66c121-a66a-4b1f-9b83-0fd99bf0fc2d', 'Key vaults should have soft delete enabled'),
      expect: ({ properties }) => (isOn(properties.enableSoftDelete ?? true) ? undefined : 'off'),
      wanted: 'on',
    }),
    eachSetting({
      each: VAULTS,
      id: 'purge-protection',
      label: 'Vault purge protection',
      because: 'Without purge protection, anyone who can delete a secret can destroy it permanently.',
      severity: 'high',
      risk: 'one-way',
      strict: true,
      effect: 'Deleted secrets and the vault cannot be purged before the retention period ends. Purge protection cannot be disabled again.',
      terraform: 'azurerm_key_vault.purge_protection_enabled',
      docs: 'https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview#purge-protection',
      compliance: {
        mcsb: ['DP-8'],
        cis: { '2.0': '8.5', '2.1': '8.5', '3.0': '3.3.5', '4.0': '9.3.5', '5.0': '8.3.5', '6.0': '8.3.5' },
      },
      policy: vaultPolicy('0b60c0b2-2dc2-4e1c-b5c9-abbed971de53', 'Key vaults should have deletion protection enabled'),
      at: 'properties.enablePurgeProtection',
      expect: ({ properties }) => (isOn(properties.enablePurgeProtection) ? undefined : 'off'),
      wanted: 'on',
      // Purge protection is only effective with soft delete, which an old vault may lack.
      first: ({ id, properties }) =>
        isOff(properties.enableSoftDelete) ? [{ at: ['vaults', 'properties.enableSoftDelete'], instanceId: id, to: true }] : [],
      set: true,
      guards: [{ id: 'L27', check: () => warn('Purge protection cannot be disabled again.') }],
    }),
    eachSetting({
      each: VAULTS,
      id: 'rbac',
      label: 'Vault permission model',
      because: 'With access policies, anyone who can change the vault can give themselves access to its secrets.',
      severity: 'medium',
      risk: 'lock-out',
      strict: true,
      effect: 'Access policies no longer have an effect. Only Azure RBAC roles grant access.',
      terraform: 'azurerm_key_vault.rbac_authorization_enabled',
      draftReads: ['siteIdentity', 'site', 'identityRoles'],
      writes: ['siteIdentity', 'site', 'vaults', 'roleAssignments'],
      docs: 'https://learn.microsoft.com/azure/key-vault/general/rbac-migration',
      compliance: {
        mcsb: ['PA-7'],
        cis: { '2.0': '8.6', '2.1': '8.6', '3.0': '3.3.6', '4.0': '9.3.6', '5.0': '8.3.6', '6.0': '8.3.6' },
      },
      policy: vaultPolicy('12d4fa5e-1f9f-4c21-97a9-b99b3c6611b5', 'Azure Key Vault should use RBAC permission model'),
      at: 'properties.enableRbacAuthorization',
      expect: (vault) => (usesRoles(vault) ? undefined : 'access policies'),
      wanted: 'Azure RBAC',
      first: (vault, x) => [...referenceIdentity(x.facts.site).drafts, ...rolesInstead(x, vault)],
      set: true,
      absent: false,
      links: ({ id }) => ({ after: ['roleAssignments'], reserves: vaultDecidesBy(id, 'roles') }),
      guards: [
        {
          id: 'L18',
          check: (x) => [
            ...unknownReader(x.facts.site),
            ...vaultsOf(x)
              .filter((vault) => !usesRoles(vault))
              .flatMap((vault) => policiesEnd(x, vault)),
          ],
        },
        sharedWith('its identity needs a role on the vault first.'),
      ],
    }),
    eachSetting({
      each: VAULTS_TO_CLOSE,
      id: 'firewall',
      label: 'Vault firewall',
      because: 'Without a firewall, a stolen token gives access to the vault from any network.',
      severity: 'high',
      risk: 'lock-out',
      strict: true,
      effect: 'Only the listed networks can reach the vault. People and pipelines on other networks get 403.',
      terraform: 'azurerm_key_vault.network_acls',
      reads: ['site', ...VAULTS.reads],
      draftReads: ['vnetConnection', 'virtualNetworks'],
      docs: 'https://learn.microsoft.com/azure/key-vault/general/network-security',
      compliance: { mcsb: ['NS-2'] },
      policy: vaultPolicy(
        '55615ac9-af46-4a59-874e-391cc3dfb490',
        'Azure Key Vault should have firewall enabled or public network access disabled',
        repairsVaults('ac673a9a-f77d-4846-b2d8-a57f8e1c01dc'),
      ),
      notOn: LACKS.wayToVault,
      at: 'properties.networkAcls',
      expect: (vault, x) => (isToBeMade(x, vault) ? 'does not exist yet' : openEntrance(vault.properties)),
      unless: isNotPlanned,
      wanted: 'closed except for named networks',
      set: ({ properties }, x) => closedFor(properties.networkAcls, subnetForRule(x.planned, 'Microsoft.KeyVault'), x.myIp),
      absent: { bypass: 'AzureServices', defaultAction: 'Allow', ipRules: [], virtualNetworkRules: [] },
      // On Flex Consumption the site waits for grants of roles, and these wait for their vault: it must not wait for the site in turn.
      links: (_, { facts, planned }) => ({
        after: routesAll(planned) && !routesAll(facts) ? ['vnetConnection', 'site'] : ['vnetConnection'],
      }),
      guards: [
        {
          id: 'L17',
          reads: ['vnetConnection', 'virtualNetworks'],
          check: (x) => [
            ...vaultsOf({ ...x, facts: x.planned }).map(({ name, properties }) =>
              reachesBehind(x.planned, 'Microsoft.KeyVault', { name, ...properties }),
            ),
            ...vaultsOf(x).flatMap(({ name, properties }) =>
              firewallNotes(name, properties.networkAcls, subnetForRule(x.planned, 'Microsoft.KeyVault'), x.myIp, VAULT_FIREWALL),
            ),
            operatorAccess(x.myIp, 'To undo the move of secrets, func-harden must read the vault from your computer.'),
            ...secretsGetIn(x),
          ],
        },
        sharedWith('its network needs its own firewall rule.'),
      ],
    }),
  ],
});
