/** Moves a secret from a setting into a vault: identity, right, secret, reference, and the proof of each. */
import {
  type Context,
  type Draft,
  type GuardFinding,
  later,
  proof,
  type Reservation,
  clear,
  warn,
  type Verdict,
} from '../../../src/contract/index.ts';
import {
  allValues,
  type Facts,
  byNameOrId,
  fromAppConfiguration,
  groupOf,
  guidFor,
  hasRole,
  holdsRange,
  hostKeysAddress,
  type Json,
  nameIn,
  referenceOf,
  ROLE,
  sameResource,
  sameWord,
  settingAt,
  type Site,
  type Vault,
} from '../../../src/azure/index.ts';
import type { ListOf } from '../each-setting.ts';
import { entranceOf } from '../network/firewalls.ts';
import { grant, IDENTITY_TENANT } from '../identities.ts';
import { isPolicyOf, rolesInstead, changesToRoles, usesRoles, VAULT_READERS } from './vault-roles.ts';
import { reachesBehind } from '../network/networks.ts';
import { IN_APP_CONFIGURATION, isAbout, withStringsSeen, resolution } from './reference-resolution.ts';

export const isAddressOf = (address: string, { name, properties }: Vault): boolean => {
  const bare = (text: string) => text.toLowerCase().replace(/(?<!\/)\/+$/, '');
  return bare(address) === bare(properties.vaultUri ?? '') || sameWord(/^https:\/\/([^./]+)\./i.exec(address)?.[1], name);
};

/** Returns the names of the vaults that the settings of the app refer to, and of the vault with the host's keys. */
function vaultNames({ facts }: Context<unknown>, values: Readonly<Record<string, string>>): readonly string[] {
  const address = hostKeysAddress(facts.appSettings);
  const keys = address && (facts.vaults.value.find((vault) => isAddressOf(address, vault))?.name ?? address);
  return [
    ...new Set([...Object.values(values).flatMap((value) => referenceOf(value)?.vault ?? []), ...(keys ? [keys.toLowerCase()] : [])]),
  ];
}

/** Returns the vaults that the app refers to and the one of the answer, as far as the subscription has them. */
export const vaultsOf = (x: Context<{ readonly vault?: string }>): readonly Vault[] => vaultsNamed(x, vaultNames(x, allValues(x.facts)));

function vaultsNamed(x: Context<{ readonly vault?: string }>, names: readonly string[]): readonly Vault[] {
  const chosen = x.answers.vault === undefined ? undefined : byNameOrId(x.facts.vaults.value, x.answers.vault);
  return x.facts.vaults.value.filter((one) => one === chosen || names.includes(one.name.toLowerCase()));
}

type Values = (facts: Facts) => Readonly<Record<string, string>>;
const ofSettings: Values = ({ appSettings }) => appSettings.properties;

/** Returns the vaults that the list of the subscription lacks, and the settings that may refer to more. They were not checked. */
function notListed(x: Context<unknown>, values: Values): string[] {
  const names = vaultNames(x, values(x.facts));
  const known = x.facts.vaults.value.map(({ name }) => name.toLowerCase());
  const missing = names.filter((name) => !known.includes(name));
  return [
    ...missing.map((name) => `${name}: not in this subscription, or you have no permission to read it, so it was not checked`),
    ...fromAppConfiguration(values(x.facts)).map((name) => `${name}: ${IN_APP_CONFIGURATION}`),
  ];
}

/** The vaults that settings and connection strings of the app refer to. */
export const VAULTS: ListOf<'vaults', { readonly vault?: string }> = {
  key: 'vaults',
  reads: ['appSettings', 'connectionStrings', 'vaults'],
  all: vaultsOf,
  named: ({ name, id }) => ({ name, id }),
  none: 'no setting of the app refers to a vault',
  missing: (x) => notListed(x, allValues),
  seen: (x, verdict) => withStringsSeen(x.facts, passIfReferred(x, verdict, vaultNames(x, allValues(x.facts)), VAULTS.none)),
};

/** The vaults that app settings refer to, for questions that are not worth the request for connection strings. */
export const VAULTS_OF_SETTINGS: ListOf<'vaults', { readonly vault?: string }> = {
  key: 'vaults',
  reads: ['appSettings', 'vaults'],
  all: (x) => vaultsNamed(x, vaultNames(x, ofSettings(x.facts))),
  named: VAULTS.named,
  none: 'no app setting refers to a vault; connection strings were not checked',
  missing: (x) => notListed(x, ofSettings),
  seen: (x, verdict) => passIfReferred(x, verdict, vaultNames(x, ofSettings(x.facts)), VAULTS_OF_SETTINGS.none),
};

/** Returns no pass for a vault that is only answered: the app does not use it yet, and an answer makes nothing pass. */
function passIfReferred(x: Context<unknown>, verdict: Verdict, names: readonly string[], none: string): Verdict {
  if (verdict.state !== 'pass' || vaultsNamed({ ...x, answers: {} }, names).length > 0) return verdict;
  return { state: 'not-applicable', found: none, wanted: verdict.wanted };
}

const flatName = (name: string): string => name.replace('/', '-');

/**
 * Returns a secret's name, which allows letters, digits and dashes only. If characters are dropped, a hash keeps two settings apart.
 * Another
 * hash of the app is added if the name is ambiguous: apps of two groups may have the same name, and `a-b` may be an app or an app with a
 * setting.
 */
function secretName({ site, sites }: { readonly site: Site; readonly sites: readonly Site[] | undefined }, setting: string): string {
  const app = flatName(site.name);
  const plain = `${app}-${setting}`;
  const isAnothers = (other: string) =>
    sameWord(other, app) || (other.length > app.length && plain.toLowerCase().startsWith(`${other.toLowerCase()}-`));
  const isShared = sites?.some((one) => !sameWord(one.id, site.id) && isAnothers(flatName(one.name))) ?? true;
  const name = plain.replace(/[^0-9a-zA-Z-]+/g, '-').slice(0, 120);
  if (name === plain && !isShared) return name;
  return `${name}-${guidFor(isShared ? `${site.id} ${setting}` : setting).slice(0, 6)}`;
}

/** The vault that secrets are moved to. */
interface ChosenVault {
  readonly id: string;
  readonly name: string;
  readonly vault?: Vault;
}

/** Returns the vault of the answer: an existing one, or a new one in the resource group of the app. */
export function chosenVault({ facts }: Context<unknown>, meant: string): ChosenVault {
  const vault = byNameOrId(facts.vaults.value, meant);
  const name = vault?.name ?? meant.split('/').at(-1) ?? '';
  const id = vault?.id ?? (meant.startsWith('/') ? meant : `${groupOf(facts.site.id)}/providers/Microsoft.KeyVault/vaults/${name}`);
  return { id, name, ...(vault ? { vault } : {}) };
}

/** Creates the vault with roles and purge protection, and lets the operator read back the secrets. */
export function newVault({ facts, me, meIsApp }: Context<unknown>, { id }: ChosenVault): Draft[] {
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
    { whole: 'vaults', instanceId: id, to: body, stays: 'undo does not delete a vault that contains secrets.', after: ['siteIdentity'] },
    ...officer,
  ];
}

/** Lets the identity of the app read secrets, with the access model that the vault has after the plan. */
export function vaultAccess(x: Context<unknown>, { id, vault }: ChosenVault, principal: Json): Draft[] {
  const { facts } = x;
  if (vault && changesToRoles(x, vault)) return rolesInstead(x, vault);
  if (!vault || usesRoles(vault))
    return hasRole(facts.identityRoles, id, VAULT_READERS, principal) ? [] : [grant(id, ROLE.secretsUser, principal, facts.site.id)];
  const policies = vault.properties.accessPolicies ?? [];
  if (policies.some((policy) => isPolicyOf(policy, principal) && policy.permissions.secrets?.some((word) => /^(get|all)$/i.test(word))))
    return [];
  // A vault has one access policy per principal, so an existing policy is extended instead of adding a second.
  const own = policies.find((policy) => isPolicyOf(policy, principal));
  const to = own
    ? policies.map((one) =>
        one === own ? { ...one, permissions: { ...one.permissions, secrets: [...(one.permissions.secrets ?? []), 'get'] } } : one,
      )
    : [...policies, { tenantId: vault.properties.tenantId ?? '', objectId: principal, permissions: { secrets: ['get'] } }];
  return [
    {
      at: ['vaults', 'properties.accessPolicies'],
      instanceId: id,
      to: to as unknown as Json[],
      after: ['siteIdentity'],
      reserves: vaultDecidesBy(id, 'access policies'),
    },
  ];
}

/** Reserves the access model of a vault. Two apps of a plan cannot require policies and roles. */
export const vaultDecidesBy = (id: string, as: 'access policies' | 'roles'): Reservation => ({
  on: `the permission model of ${id}`,
  as,
  says: `it sets the permission model of vault ${nameIn(id)} to ${as === 'roles' ? 'access policies, but this change sets it to Azure RBAC roles' : 'Azure RBAC roles, so a new access policy would have no effect'}`,
});

/** Moves the value of a setting into the vault, and writes a reference once the secret can be read back. */
export function moveSecret({ facts }: Context<unknown>, { id, name: vault, vault: known }: ChosenVault, setting: string): Draft[] {
  const secret = secretName({ site: facts.site, sites: facts.maybe('sites')?.value }, setting);
  const instanceId = `${id}/secrets/${secret}`;
  // A vault and a role assignment created by the same plan need minutes to propagate.
  const patient = known ? {} : { patient: true as const };
  const back = later({ from: 'vault-secret', id: instanceId });
  return [
    {
      whole: 'vaultSecret',
      instanceId,
      to: { properties: { value: later({ from: 'setting', name: setting }) } },
      stays: 'the secret stays in the vault; undo restores the value to the setting.',
      reserves: {
        on: instanceId,
        as: `${facts.site.id} ${setting}`,
        says: `it stores a different value as secret ${secret} in the vault ${vault}`,
      },
      after: ['vaults', 'roleAssignments'],
      proof: proof('vaultSecret', `you can read the secret ${secret}, which undo requires`, (body) => (body as unknown) !== null, {
        instanceId,
        ...patient,
      }),
      needs: proof('vaultSecret', `you can reach the vault ${vault}`, () => true, { instanceId, ...patient }),
    },
    {
      at: settingAt(setting),
      to: `@Microsoft.KeyVault(VaultName=${vault};SecretName=${secret})`,
      restore: back,
      after: ['siteIdentity', 'site', 'vaults', 'roleAssignments', 'vaultSecret'],
      proof: proof(
        'references',
        `the reference in ${setting} resolves`,
        ({ value }) => resolution(value.find((row) => sameWord(row.name, setting) && isAbout(row, { vault, secret }))?.properties.status),
        { refresh: 'referenceRefresh' },
      ),
    },
  ];
}

/** Checks whether the operator can read back the moved secrets. Without that right, undo cannot restore them. */
export function mayReadBack(x: Context<unknown>, { vault, name }: ChosenVault): GuardFinding {
  if (!vault)
    return x.me === undefined
      ? warn(
          `Your principal id is unknown, so func-harden cannot assign you permission to read the secrets of ${name}. Undo requires this permission.`,
        )
      : clear(`You get permission to read the secrets of ${name}, which undo requires.`);
  const says = `func-harden reads each moved secret with your account before it changes a setting, and again for undo. You need`;
  if (usesRoles(vault) || changesToRoles(x, vault)) return warn(`${says} Key Vault Secrets User or Officer on ${name}.`);
  const own = vault.properties.accessPolicies?.some(
    (policy) => isPolicyOf(policy, x.me) && policy.permissions.secrets?.some((word) => /^(get|all)$/i.test(word)),
  );
  return own
    ? clear(`An access policy on ${name} lets you read secrets.`)
    : warn(`${says} an access policy on ${name} with "get" for secrets, for you or your group. No policy for your own account was found.`);
}

/** Warns about a firewall that may refuse the network of the operator, from which func-harden reads back the moved secrets. */
export function mayReachBack({ myIp }: Context<unknown>, { vault, name }: ChosenVault): GuardFinding[] {
  if (!vault || entranceOf(vault.properties) === 'open') return [];
  const { publicNetworkAccess, networkAcls } = vault.properties;
  const isListed = myIp !== undefined && (networkAcls?.ipRules ?? []).some(({ value }) => holdsRange(value, myIp));
  return isListed && !sameWord(publicNetworkAccess, 'Disabled')
    ? []
    : [warn(`${name} must also allow the network of this machine. Otherwise the run stops before a secret is written.`)];
}

/** Checks whether the app can reach the vault. */
export function reachesVault(x: Context<unknown>, { vault, id, name }: ChosenVault): GuardFinding {
  const made = x.planned.vaults.value.find((one) => sameResource(one.id, id));
  const isOpen = entranceOf((vault ?? made)?.properties ?? {}) === 'open';
  if (!vault) return clear(`${name} is created, ${isOpen ? 'without a firewall' : 'with the firewall of control key-vault.firewall'}.`);
  return isOpen ? clear(`${name} is open to all networks.`) : reachesBehind(x.planned, 'Microsoft.KeyVault', { name, ...vault.properties });
}
