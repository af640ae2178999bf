import {
  LACKS,
  brokenIn,
  brokenReference,
  clearSecrets,
  closedFor,
  CONTENT_SHARE,
  defineStep,
  entranceOf,
  firewallNotes,
  integratedSubnet,
  isReference,
  judgeResolution,
  judgeVaults,
  mayReadBack,
  moveSecret,
  mustStay,
  newVault,
  openEntrance,
  operatorsWay,
  policiesEnd,
  reachesBehind,
  reachesVault,
  referenceIdentity,
  rolesInstead,
  sameWord,
  saysRoleInstead,
  secretIn,
  speltSetting,
  turnsToRoles,
  usesRoles,
  valueOf,
  vaultAccess,
  vaultAim,
  vaultDecidesBy,
  vaultsOf,
  VAULT_FIREWALL,
  type Context,
  type Draft,
  type GuardFinding,
} from '../src/step.ts';

interface Given {
  readonly vault?: string;
  readonly settings?: readonly string[];
}
type X = Context<Given>;
/** What tells which vaults the app refers to, and what they are like. */
const LOOKED_AT = ['appSettings', 'vaults'] as const;

const DOCS = 'https://learn.microsoft.com/azure/app-service/app-service-key-vault-references';
const toMove = ({ facts, answers }: X): readonly string[] =>
  answers.settings?.map((name) => speltSetting(facts.appSettings, name)) ??
  clearSecrets(facts.appSettings).flatMap(({ name, stays }) => (stays ? [] : [name]));
/** Of those, what still holds something in clear. */
const pending = (x: X): readonly string[] =>
  toMove(x).filter((name) => {
    const value = valueOf(x.facts.appSettings, name);
    return value !== undefined && value !== '' && !isReference(value) && brokenReference(value) === undefined;
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
    const broken = brokenReference(value);
    if (broken)
      return [
        {
          level: 'stop',
          says: `${name} holds a Key Vault reference that App Service does not resolve (${broken}); moved into a vault it never would be. Write the reference as the whole value.`,
        },
      ];
    return stays && !isReference(value) ? [{ level: 'stop', says: `${name} must stay: ${stays}.` }] : [];
  });
  return findings.length > 0
    ? findings
    : [{ level: 'clear', says: `None of the settings to move is read by the platform itself, ${CONTENT_SHARE} least of all.` }];
}

function keysThatTurn(x: X): GuardFinding {
  const keyed = pending(x).filter((name) => /AccountKey=|SharedAccessKey=/i.test(x.facts.appSettings.properties[name] ?? ''));
  return keyed.length > 0
    ? { level: 'warn', says: `${keyed.join(', ')}: when the key in it is regenerated, the new one must be written to the vault first.` }
    : { level: 'clear', says: 'No setting to move holds a key of a storage account or namespace.' };
}

/** Whether the vault that was answered can be looked at, where it is given by its id. */
function vaultIsKnown(x: X): GuardFinding {
  const { id, name, vault } = vaultAim(x, x.answers.vault ?? '');
  if (!vault && !sameWord(id.split('/')[2], x.facts.site.id.split('/')[2]))
    return {
      level: 'stop',
      says: `The vault ${name} is in another subscription, where it is not looked at; choose one of this subscription.`,
    };
  if (vault && turnsToRoles(x, vault)) return saysRoleInstead(x, vault);
  return { level: 'clear', says: vault ? `The vault ${name} is there.` : `The vault ${name} is made new.` };
}

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
    vault: ({ facts, app }) => [
      ...facts.vaults.value.map(({ name, location, id }) => ({ value: name, label: `${name}   ${location}   ${id.split('/')[4] ?? ''}` })),
      { value: `kv-${app.name.replace(/[^a-z0-9-]/gi, '')}`.slice(0, 24).replace(/-$/, ''), label: 'a new vault for this app' },
    ],
    settings: ({ facts }) =>
      Object.entries(facts.appSettings.properties)
        .filter(([name, value]) => mustStay(name, value) === undefined)
        .map(([name, value]) => ({ value: name, label: `${name}${secretIn(name, value) ? `   ${secretIn(name, value) ?? ''}` : ''}` })),
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
      draftReads: ['siteIdentity', 'vaults', 'identityRoles', 'references', 'sites'],
      writes: ['siteIdentity', 'site', 'vaults', 'roleAssignments', 'vaultSecret', 'appSettings', 'referenceRefresh'],
      later: ['references'],
      needs: ['vault', 'settings'],
      judge: (x) => {
        const left = inClear(x);
        const absent = left.filter((name) => valueOf(x.facts.appSettings, name) === undefined);
        const clear = left.filter((name) => !absent.includes(name));
        const broken = brokenIn(x.facts.appSettings);
        const found = [
          ...(clear.length > 0 ? [`in clear: ${clear.join(', ')}`] : []),
          ...(absent.length > 0 ? [`not there: ${absent.join(', ')}`] : []),
          ...(broken.length > 0 ? [`no reference as it is written: ${broken.map(({ name }) => name).join(', ')}`] : []),
        ];
        return {
          state: found.length > 0 ? 'fail' : 'pass',
          found: found.join('; ') || 'none in clear',
          wanted: 'a reference for each',
          lines: broken.map(({ name, why }) => `${name}: ${why}`),
        };
      },
      draft: moveAll,
      guards: [
        { id: 'L30', check: mayMove },
        { id: 'vault', reads: ['vaults'], check: vaultIsKnown },
        {
          id: 'L17',
          reads: ['vaults', 'vnetConnection', 'virtualNetworks'],
          check: (x) => reachesVault(x, vaultAim(x, x.answers.vault ?? '')),
        },
        { id: 'read-back', check: (x) => mayReadBack(x, vaultAim(x, x.answers.vault ?? '')) },
        { id: 'L20', check: keysThatTurn },
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
      judge: ({ facts }) => judgeResolution(facts),
    },
    {
      kind: 'rule',
      id: 'soft-delete',
      label: 'Soft delete of the vault',
      because: 'A deleted secret can be had back for as long as the vault keeps it.',
      severity: 'medium',
      reads: LOOKED_AT,
      docs: 'https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview',
      compliance: { mcsb: ['DP-8'], policy: '1e66c121-a66a-4b1f-9b83-0fd99bf0fc2d' },
      judge: (x) => judgeVaults(x, ({ enableSoftDelete }) => (enableSoftDelete === false ? 'off' : undefined), 'on'),
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
      reads: LOOKED_AT,
      writes: ['vaults'],
      docs: 'https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview#purge-protection',
      compliance: {
        mcsb: ['DP-8'],
        cis: { '2.0': '8.5', '2.1': '8.5', '3.0': '3.3.5', '4.0': '9.3.5' },
        policy: '0b60c0b2-2dc2-4e1c-b5c9-abbed971de53',
      },
      judge: (x) => judgeVaults(x, ({ enablePurgeProtection }) => (enablePurgeProtection ? undefined : 'off'), 'on'),
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
      reads: LOOKED_AT,
      draftReads: ['siteIdentity', 'site', 'identityRoles'],
      writes: ['siteIdentity', 'site', 'vaults', 'roleAssignments'],
      docs: 'https://learn.microsoft.com/azure/key-vault/general/rbac-migration',
      compliance: {
        mcsb: ['IM-1'],
        cis: { '2.0': '8.6', '2.1': '8.6', '3.0': '3.3.6', '4.0': '9.3.6' },
        policy: '12d4fa5e-1f9f-4c21-97a9-b99b3c6611b5',
      },
      judge: (x) =>
        judgeVaults(x, ({ enableRbacAuthorization }) => (enableRbacAuthorization === true ? undefined : 'access policies'), 'roles'),
      draft: (x) =>
        vaultsOf(x)
          .filter((vault) => !usesRoles(vault))
          .flatMap((vault): Draft[] => [
            ...referenceIdentity(x.facts.site).drafts,
            ...rolesInstead(x, vault),
            {
              at: ['vaults', 'properties.enableRbacAuthorization'],
              of: vault.id,
              to: true,
              absent: false,
              after: ['roleAssignments'],
              claim: vaultDecidesBy(vault.id, 'roles'),
            },
          ]),
      guards: [
        {
          id: 'L18',
          check: (x) =>
            vaultsOf(x)
              .filter((vault) => !usesRoles(vault))
              .flatMap((vault) => policiesEnd(x, vault)),
        },
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
      reads: ['site', ...LOOKED_AT],
      draftReads: ['vnetConnection'],
      writes: ['vaults'],
      docs: 'https://learn.microsoft.com/azure/key-vault/general/network-security',
      compliance: { mcsb: ['NS-2'], policy: '55615ac9-af46-4a59-874e-391cc3dfb490' },
      notOn: LACKS.wayToVault,
      judge: (x) => judgeVaults(x, openEntrance, 'closed but for named networks'),
      draft: (x) =>
        vaultsOf(x)
          .filter(({ properties }) => entranceOf(properties) === 'open')
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
            { level: 'warn', says: 'Other apps that refer to the vault are not looked for; each needs a way in of its own.' },
            ...vaultsOf(x).flatMap(({ name, properties }) => [
              reachesBehind(x.planned, 'Microsoft.KeyVault', properties.privateEndpointConnections, name),
              ...firewallNotes(name, properties.networkAcls, integratedSubnet(x.planned), x.myIp, VAULT_FIREWALL),
            ]),
            operatorsWay(x.myIp, 'undo of moved secrets reads the vault.'),
          ],
        },
      ],
    },
  ],
});
