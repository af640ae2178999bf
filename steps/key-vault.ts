import {
  LACKS,
  byNameOrId,
  clearSecrets,
  closedFor,
  CONTENT_SHARE,
  cureOf,
  defineStep,
  grant,
  hasRole,
  integratedSubnet,
  isClosed,
  judgeEach,
  judgeExpiry,
  keysThatTurn,
  mayReadBack,
  movable,
  moveSecret,
  mustStay,
  newVault,
  ownAddressListed,
  reachesBehind,
  reachesVault,
  referenceIdentity,
  referenceOf,
  ROLE,
  sameWord,
  speltSetting,
  usesRoles,
  valueOf,
  VAULT_READERS,
  vaultAccess,
  vaultAim,
  vaultOptions,
  vaultSharers,
  type Context,
  type Draft,
  type Guard,
  type GuardFinding,
  type Vault,
} from '../src/step.ts';

interface Given {
  readonly vault?: string;
  readonly settings?: readonly string[];
}
type X = Context<Given>;

const DOCS = 'https://learn.microsoft.com/azure/app-service/app-service-key-vault-references';
/** Vaults that the app's settings refer to, and the one that was answered. */
function vaultsOf({ facts, answers }: X): readonly Vault[] {
  const names = Object.values(facts.appSettings.properties).flatMap((value) => referenceOf(value)?.vault ?? []);
  const chosen = answers.vault === undefined ? undefined : byNameOrId(facts.vaults.value, answers.vault);
  return facts.vaults.value.filter((one) => one === chosen || names.includes(one.name.toLowerCase()));
}

const sharedWith = (consequence: string): Guard<Given> => ({
  id: 'shared',
  reads: ['neighbours'],
  check: (x) => vaultSharers(x, vaultsOf(x), consequence),
});

const toMove = ({ facts, answers }: X): readonly string[] =>
  answers.settings?.map((name) => speltSetting(facts.appSettings, name)) ??
  clearSecrets(facts.appSettings).flatMap(({ name, stays }) => (stays ? [] : [name]));
/** Of those, what still holds something in clear. */
const pending = (x: X): readonly string[] =>
  toMove(x).filter((name) => {
    const value = valueOf(x.facts.appSettings, name);
    return value !== undefined && value !== '' && referenceOf(value) === undefined;
  });
/** Everything that should be a reference and is none: what was chosen, what looks like a secret, what is not there at all. */
const inClear = (x: X): readonly string[] => [
  ...new Set([
    ...pending(x),
    ...pending({ ...x, answers: {} }),
    ...toMove(x).filter((name) => valueOf(x.facts.appSettings, name) === undefined),
  ]),
];

function moveAll(x: X): Draft[] {
  const aim = vaultAim(x, x.answers.vault ?? '');
  const acting = referenceIdentity(x.facts.site);
  return [
    ...acting.drafts,
    ...(aim.vault ? [] : newVault(x, aim)),
    ...vaultAccess(x, aim, acting.principal),
    ...pending(x).flatMap((setting) => moveSecret(x, aim, setting)),
  ];
}

function mayMove(x: X): GuardFinding[] {
  const findings = toMove(x).flatMap((name): GuardFinding[] => {
    const value = valueOf(x.facts.appSettings, name);
    if (value === undefined) return [{ level: 'stop', says: `There is no setting ${name}.` }];
    const stays = mustStay(name, value);
    return stays && referenceOf(value) === undefined ? [{ level: 'stop', says: `${name} must stay: ${stays}.` }] : [];
  });
  return findings.length > 0
    ? findings
    : [{ level: 'clear', says: `No setting to move is one that the platform is known to read itself (${CONTENT_SHARE}, for example).` }];
}

const none = 'the app refers to no vault of this subscription';

export default defineStep({
  id: 'key-vault',
  title: 'Key Vault references',
  group: 'operation',
  why: 'In a vault each reading of a secret is a signed-in act that is logged and can be refused; the setting only says where it lies.',
  docs: ['https://learn.microsoft.com/azure/azure-functions/security-concepts#key-vault-references', DOCS],
  questions: {
    vault: {
      kind: 'pick',
      of: 'vault',
      label: 'Which vault takes the secrets?',
      help: 'One that is there, or the name of a new one: it is made in the resource group of the app, with roles and purge protection.',
      example: 'kv-contoso',
      pattern:
        /^([a-z](?:[a-z0-9]|-(?!-)){1,22}[a-z0-9]|\/subscriptions\/[^/\s]+\/resourceGroups\/[^/\s]+\/providers\/Microsoft\.KeyVault\/vaults\/[\w-]{3,24})$/i,
    },
    settings: {
      kind: 'names',
      of: 'settings',
      label: 'Which settings move there?',
      help: 'Their values are never shown. Each becomes a secret, and the setting a reference to it.',
      example: 'ServiceBus',
    },
  },
  asks: ['vaults', 'appSettings'],
  prefill: {
    vault: (x) => vaultsOf(x)[0]?.name,
    settings: (x) => toMove({ ...x, answers: {} }),
  },
  options: {
    vault: vaultOptions,
    settings: ({ facts }) => movable(facts.appSettings),
  },
  controls: [
    {
      kind: 'rule',
      id: 'references',
      label: 'Secrets come from a vault',
      because: 'A reference can be listed by everybody, and gives nothing away.',
      severity: 'high',
      risk: 'disruptive',
      strict: true,
      effect: 'The values move into the vault, and the app reads them from there with its identity.',
      docs: DOCS,
      compliance: { mcsb: ['IM-8'], cis: { '3.0': '9.11' } },
      reads: ['site', 'appSettings'],
      draftReads: ['siteIdentity', 'vaults', 'identityRoles', 'references'],
      writes: ['siteIdentity', 'site', 'vaults', 'roleAssignments', 'vaultSecret', 'appSettings', 'referenceRefresh'],
      later: ['references'],
      needs: ['vault', 'settings'],
      judge: (x) => {
        const left = inClear(x);
        const absent = left.filter((name) => valueOf(x.facts.appSettings, name) === undefined);
        const clear = left.filter((name) => !absent.includes(name));
        const found = [
          ...(clear.length > 0 ? [`in clear: ${clear.join(', ')}`] : []),
          ...(absent.length > 0 ? [`not there: ${absent.join(', ')}`] : []),
        ];
        return { state: left.length > 0 ? 'fail' : 'pass', found: found.join('; ') || 'none in clear', wanted: 'a reference for each' };
      },
      draft: moveAll,
      guards: [
        { id: 'L30', check: mayMove },
        {
          id: 'L17',
          reads: ['vaults', 'vnetConnection', 'virtualNetworks'],
          check: (x) => reachesVault(x, vaultAim(x, x.answers.vault ?? '')),
        },
        { id: 'read-back', check: (x) => mayReadBack(x, vaultAim(x, x.answers.vault ?? '')) },
        { id: 'L20', check: (x) => keysThatTurn(x, pending(x)) },
      ],
    },
    {
      kind: 'rule',
      id: 'resolve',
      label: 'References resolve',
      because: 'A reference that does not resolve is handed to the app as the text it is, and ARM says nothing.',
      severity: 'high',
      strict: true,
      reads: ['references'],
      docs: 'https://learn.microsoft.com/azure/app-service/app-service-key-vault-references#troubleshoot-key-vault-references',
      judge: ({ facts }) => {
        const broken = facts.references.value.filter(({ properties }) => properties.status !== 'Resolved');
        const lines = broken.map(
          ({ name, properties }) =>
            `${name}: ${properties.status ?? 'not known'} (vault ${properties.vaultName ?? '?'}, secret ${properties.secretName ?? '?'})${cureOf(properties.status)}`,
        );
        const all = facts.references.value.length;
        return {
          state: broken.length > 0 ? 'fail' : 'pass',
          found: broken.length > 0 ? `${broken.length} of ${all} do not` : all === 0 ? 'there are none' : `all ${all} do`,
          wanted: 'all resolve',
          lines,
        };
      },
    },
    {
      kind: 'rule',
      id: 'secret-expiry',
      label: 'Expiry of secrets',
      because: 'A secret without an end is never renewed, and one that leaked stays good; one that has expired stops the app.',
      severity: 'low',
      strict: true,
      reads: ['appSettings', 'vaultSecrets'],
      docs: 'https://learn.microsoft.com/azure/key-vault/secrets/about-secrets#secret-attributes',
      compliance: {
        mcsb: ['IM-8'],
        cis: { '2.0': '8.3', '2.1': '8.3', '3.0': '3.3.3', '4.0': '9.3.3' },
        policy: '98728c90-32c7-4049-8429-847dc0f4fe37',
      },
      judge: judgeExpiry,
    },
    {
      kind: 'rule',
      id: 'soft-delete',
      label: 'Soft delete of the vault',
      because: 'A deleted secret can be had back for as long as the vault keeps it.',
      severity: 'medium',
      reads: ['appSettings', 'vaults'],
      docs: 'https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview',
      compliance: { mcsb: ['DP-8'], policy: '1e66c121-a66a-4b1f-9b83-0fd99bf0fc2d' },
      judge: (x) => judgeEach(vaultsOf(x), ({ properties }) => (properties.enableSoftDelete === false ? 'off' : undefined), 'on', none),
    },
    {
      kind: 'rule',
      id: 'purge-protection',
      label: 'Purge protection of the vault',
      because: 'Without it, whoever may delete a secret may destroy it for good.',
      severity: 'high',
      risk: 'one-way',
      strict: true,
      effect: 'Deleted secrets and the vault itself cannot be destroyed before their time is over; this can never be switched off.',
      reads: ['appSettings', 'vaults'],
      writes: ['vaults'],
      docs: 'https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview#purge-protection',
      compliance: {
        mcsb: ['DP-8'],
        cis: { '2.0': '8.5', '2.1': '8.5', '3.0': '3.3.5', '4.0': '9.3.5' },
        policy: '0b60c0b2-2dc2-4e1c-b5c9-abbed971de53',
      },
      judge: (x) => judgeEach(vaultsOf(x), ({ properties }) => (properties.enablePurgeProtection ? undefined : 'off'), 'on', none),
      draft: (x) =>
        vaultsOf(x)
          .filter(({ properties }) => !properties.enablePurgeProtection)
          .map(({ id }) => ({ at: ['vaults', 'properties.enablePurgeProtection'], of: id, to: true })),
      guards: [{ id: 'L27', check: () => ({ level: 'warn', says: 'Purge protection can never be switched off again.' }) }],
    },
    {
      kind: 'rule',
      id: 'rbac',
      label: 'Roles instead of access policies',
      because: 'Whoever may write a vault with access policies can give themselves its secrets.',
      severity: 'medium',
      risk: 'lock-out',
      strict: true,
      effect: 'Access policies stop counting at once; only roles do.',
      reads: ['appSettings', 'vaults'],
      draftReads: ['siteIdentity', 'identityRoles'],
      writes: ['siteIdentity', 'site', 'vaults', 'roleAssignments'],
      docs: 'https://learn.microsoft.com/azure/key-vault/general/rbac-migration',
      compliance: {
        mcsb: ['IM-1'],
        cis: { '2.0': '8.6', '2.1': '8.6', '3.0': '3.3.6', '4.0': '9.3.6' },
        policy: '12d4fa5e-1f9f-4c21-97a9-b99b3c6611b5',
      },
      judge: (x) => judgeEach(vaultsOf(x), (vault) => (usesRoles(vault) ? undefined : 'access policies'), 'roles', none),
      draft: (x) =>
        vaultsOf(x)
          .filter((vault) => !usesRoles(vault))
          .flatMap(({ id }): Draft[] => {
            const acting = referenceIdentity(x.facts.site);
            const reader = grant(id, ROLE.secretsUser, acting.principal, x.facts.site.id);
            const own = hasRole(x.facts.identityRoles, id, VAULT_READERS, acting.principal)
              ? []
              : [{ ...reader, after: ['siteIdentity'] as const }];
            return [
              ...acting.drafts,
              ...own,
              { at: ['vaults', 'properties.enableRbacAuthorization'], of: id, to: true, absent: false, after: ['roleAssignments'] },
            ];
          }),
      guards: [
        {
          id: 'L18',
          check: (x) =>
            vaultsOf(x)
              .filter((vault) => !usesRoles(vault))
              .map(({ name, properties }) => {
                const principal = x.facts.site.identity?.principalId;
                const others = (properties.accessPolicies ?? []).filter(({ objectId }) => !sameWord(objectId, principal)).length;
                return others === 0
                  ? { level: 'clear' as const, says: `Nobody but this app holds an access policy of ${name}; the app gets a role instead.` }
                  : {
                      level: 'warn' as const,
                      says: `${others} others hold access policies of ${name} and are shut out unless they hold a role; this app gets one.`,
                    };
              }),
        },
        sharedWith('its identity needs a role there first.'),
      ],
    },
    {
      kind: 'rule',
      id: 'firewall',
      label: 'Firewall of the vault',
      because: 'A stolen token opens a vault from anywhere, unless only known networks get through to it.',
      severity: 'high',
      risk: 'lock-out',
      strict: true,
      effect: 'Only the networks listed reach the vault: people and pipelines elsewhere get 403.',
      reads: ['site', 'appSettings', 'vaults'],
      draftReads: ['vnetConnection'],
      writes: ['vaults'],
      docs: 'https://learn.microsoft.com/azure/key-vault/general/network-security',
      compliance: { mcsb: ['NS-2'], policy: '55615ac9-af46-4a59-874e-391cc3dfb490' },
      notOn: LACKS.wayToVault,
      judge: (x) =>
        judgeEach(
          vaultsOf(x),
          ({ properties }) => (isClosed(properties.networkAcls, properties.publicNetworkAccess) ? undefined : 'open to all networks'),
          'closed but for named networks',
          none,
        ),
      draft: (x) =>
        vaultsOf(x)
          .filter(({ properties }) => !isClosed(properties.networkAcls, properties.publicNetworkAccess))
          .map(({ id, properties }) => ({
            at: ['vaults', 'properties.networkAcls'],
            of: id,
            to: closedFor(properties.networkAcls, integratedSubnet(x.planned), x.myIp),
            absent: { bypass: 'AzureServices', defaultAction: 'Allow', ipRules: [], virtualNetworkRules: [] },
            after: ['vnetConnection'],
          })),
      guards: [
        {
          id: 'L17',
          reads: ['vnetConnection', 'virtualNetworks'],
          check: (x) => [
            ...vaultsOf({ ...x, facts: x.planned }).map(({ name, properties }) =>
              reachesBehind(x.planned, 'Microsoft.KeyVault', { name, ...properties }),
            ),
            ownAddressListed(x.myIp, 'undo of moved secrets reads the vault'),
          ],
        },
        sharedWith('its network needs a way in of its own.'),
      ],
    },
  ],
});
