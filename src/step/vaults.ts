/** How a secret gets from a setting into a vault: identity, right, secret, reference, and proof of each. */
import type { Context, Draft, GuardFinding, Option } from '../step.ts';
import { sameWord } from './any-case.ts';
import { byNameOrId, groupOf } from './each.ts';
import { later, proof } from './late.ts';
import type { AppSettings, Json, Vault } from './resources.ts';
import { grant, guidFor, hasRole, IDENTITY_TENANT, ROLE } from './roles.ts';
import { isClosed, reachesBehind } from './networks.ts';
import { mustStay, secretIn, settingAt } from './settings.ts';

export const VAULT_READERS = [ROLE.secretsUser, ROLE.secretsOfficer, ROLE.vaultAdministrator];

/** Whether roles decide about a vault, and not its access policies. */
export const usesRoles = ({ properties }: Vault): boolean => properties.enableRbacAuthorization === true;
/** A secret's name has letters, digits and dashes only; where that drops something, a hash keeps two settings apart. */
function secretName(app: string, setting: string): string {
  const name = `${app}-${setting}`.replace(/[^0-9a-zA-Z-]+/g, '-').slice(0, 120);
  return name === `${app}-${setting}` ? name : `${name}-${guidFor(setting).slice(0, 6)}`;
}

/** The vault that secrets go to. */
export interface VaultAim {
  readonly id: string;
  readonly name: string;
  readonly vault?: Vault;
}

/** The vault that was answered: one that is there, or a new one in the group of the app. */
export function vaultAim({ facts }: Context<unknown>, meant: string): VaultAim {
  const vault = byNameOrId(facts.vaults.value, meant);
  const name = vault?.name ?? meant.split('/').at(-1) ?? '';
  const id = vault?.id ?? (meant.startsWith('/') ? meant : `${groupOf(facts.site.id)}/providers/Microsoft.KeyVault/vaults/${name}`);
  return { id, name, ...(vault ? { vault } : {}) };
}

/** Makes the vault, with roles and purge protection, and lets the operator read back what is put there. */
export function newVault({ facts, me, meIsApp }: Context<unknown>, { id }: VaultAim): Draft[] {
  const body = {
    location: facts.site.location,
    properties: {
      tenantId: facts.site.identity?.tenantId ?? IDENTITY_TENANT,
      sku: { family: 'A', name: 'standard' },
      enableRbacAuthorization: true,
      enablePurgeProtection: true,
    },
  };
  const officer = me === undefined ? [] : [grant(id, ROLE.secretsOfficer, me, me, meIsApp ? 'ServicePrincipal' : 'User')];
  return [
    { whole: 'vaults', of: id, to: body, stays: 'a vault that holds secrets is not deleted by undo.', after: ['siteIdentity'] },
    ...officer,
  ];
}

/** Lets the identity of the app read secrets, in the way the vault is set. */
export function vaultAccess({ facts }: Context<unknown>, { id, vault }: VaultAim, principal: Json): Draft[] {
  if (!vault || usesRoles(vault))
    return hasRole(facts.identityRoles, id, VAULT_READERS, principal) ? [] : [grant(id, ROLE.secretsUser, principal, facts.site.id)];
  const policies = vault.properties.accessPolicies ?? [];
  if (
    policies.some(
      ({ objectId, permissions }) => sameWord(objectId, principal) && permissions.secrets?.some((word) => /^(get|all)$/i.test(word)),
    )
  )
    return [];
  const added = { tenantId: vault.properties.tenantId ?? '', objectId: principal, permissions: { secrets: ['get'] } };
  return [
    { at: ['vaults', 'properties.accessPolicies'], of: id, to: [...(policies as unknown as Json[]), added], after: ['siteIdentity'] },
  ];
}

/** Puts the value of a setting into the vault, and a reference in its place once it can be read back. */
export function moveSecret({ facts }: Context<unknown>, { id, name: vault, vault: known }: VaultAim, setting: string): Draft[] {
  const secret = secretName(facts.site.name.replace('/', '-'), setting);
  const of = `${id}/secrets/${secret}`;
  const [, path] = settingAt(setting);
  // A vault and a right that the same plan makes need minutes to be known everywhere.
  const patient = known ? {} : { patient: true as const };
  const back = later({ key: 'vaultSecret', of, path: 'properties.value', says: `the secret ${secret} in the vault ${vault}` });
  return [
    {
      whole: 'vaultSecret',
      of,
      to: { properties: { value: later({ key: 'appSettings', path, says: `value of the setting ${setting}` }) } },
      stays: 'the secret stays in the vault; undo takes the value back into the setting.',
      after: ['vaults', 'roleAssignments'],
      proof: proof('vaultSecret', `you can read the secret ${secret} back, so that undo can`, (body) => (body as unknown) !== null, {
        of,
        ...patient,
      }),
      needs: proof('vaultSecret', `the vault ${vault} answers you`, () => true, { of, ...patient }),
    },
    {
      at: settingAt(setting),
      to: `@Microsoft.KeyVault(VaultName=${vault};SecretName=${secret})`,
      restore: back,
      after: ['siteIdentity', 'site', 'vaults', 'roleAssignments', 'vaultSecret'],
      proof: proof(
        'references',
        `the reference in ${setting} resolves`,
        ({ value }) => resolution(value.find(({ name }) => sameWord(name, setting))?.properties.status),
        { refresh: 'referenceRefresh' },
      ),
    },
  ];
}

/** Rights and caches need time; other states never come right by waiting. */
function resolution(status: string | undefined): boolean | string {
  if (status === 'Resolved') return true;
  return /^(InvalidSyntax|MSINotEnabled|VaultNotFound|SecretNotFound|SecretVersionNotFound)$/.test(status ?? '')
    ? `Azure says ${status}.`
    : false;
}

/** Whether the operator can read back what is moved; without that, undo could not. */
export function mayReadBack(x: Context<unknown>, { vault, name }: VaultAim): GuardFinding {
  if (!vault)
    return x.me === undefined
      ? { level: 'warn', says: `Who you are is not known, so you get no right to read the secrets of ${name}; undo needs it.` }
      : { level: 'clear', says: `You get the right to read the secrets of ${name}, so that undo can.` };
  const says = `What is moved is read back by you before a setting changes, and undo reads it again: you need`;
  if (usesRoles(vault)) return { level: 'warn', says: `${says} Key Vault Secrets User or Officer on ${name}.` };
  const own = vault.properties.accessPolicies?.some(
    ({ objectId, permissions }) => sameWord(objectId, x.me) && permissions.secrets?.some((word) => /^(get|all)$/i.test(word)),
  );
  return own
    ? { level: 'clear', says: `You hold an access policy of ${name} that reads secrets.` }
    : {
        level: 'warn',
        says: `${says} an access policy of ${name} with "get" for secrets, by yourself or a group; none in your own name was found.`,
      };
}

/** Whether the app gets through to the vault. */
export function reachesVault(x: Context<unknown>, { vault, name }: VaultAim): GuardFinding {
  if (!vault) return { level: 'clear', says: `${name} is made new, open to all networks.` };
  const { networkAcls, publicNetworkAccess } = vault.properties;
  if (!isClosed(networkAcls, publicNetworkAccess)) return { level: 'clear', says: `${name} is open to all networks.` };
  return reachesBehind(x.planned, 'Microsoft.KeyVault', { name, ...vault.properties });
}

/** What to do about a reference that does not resolve, by its status. */
const CURES: Readonly<Record<string, string>> = {
  MSINotEnabled: ': the app has no identity for it; area managed-identity gives one',
  AccessToKeyVaultDenied: ': give the identity Key Vault Secrets User there, and let its network in',
  VaultNotFound: ': there is no such vault',
  SecretNotFound: ': there is no such secret',
  InvalidSyntax: ': the reference is misspelt',
};
export const cureOf = (status: string | undefined): string => CURES[status ?? ''] ?? '';

/** Settings to move whose value is a key that somebody renews. */
export function keysThatTurn({ facts }: Context<unknown>, settings: readonly string[]): GuardFinding {
  const keyed = settings.filter((name) => /AccountKey=|SharedAccessKey=/i.test(facts.appSettings.properties[name] ?? ''));
  return keyed.length > 0
    ? { level: 'warn', says: `${keyed.join(', ')}: when the key in it is regenerated, the new one must be written to the vault first.` }
    : { level: 'clear', says: 'No setting to move holds a key of a storage account or namespace.' };
}

/** Vaults to choose from, and a new one named after the app. */
export const vaultOptions = ({ facts, app }: Context<unknown>): readonly Option[] => [
  ...facts.vaults.value.map(({ name, location, id }) => ({ value: name, label: `${name}   ${location}   ${id.split('/')[4] ?? ''}` })),
  { value: `kv-${app.name.replace(/[^a-z0-9-]/gi, '')}`.slice(0, 24).replace(/-$/, ''), label: 'a new vault for this app' },
];

/** Settings that may move into a vault, each with why it looks like a secret. */
export const movable = ({ properties }: AppSettings): readonly Option[] =>
  Object.entries(properties)
    .filter(([name, value]) => mustStay(name, value) === undefined)
    .map(([name, value]) => ({ value: name, label: `${name}${secretIn(name, value) ? `   ${secretIn(name, value) ?? ''}` : ''}` }));
