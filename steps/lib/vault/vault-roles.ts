/** The effect on a vault's access policies when roles control access to it. */
import { type Context, type Draft, type GuardFinding, clear, warn } from '../../../src/contract/index.ts';
import { hasRole, includesWord, isOn, type Json, ROLE, roleName, sameWord, type Site, type Vault } from '../../../src/azure/index.ts';
import { grant, referenceIdentity } from '../identities.ts';

export const VAULT_READERS = [ROLE.secretsUser, ROLE.secretsOfficer, ROLE.vaultAdministrator];
const VAULT_WRITERS = [ROLE.secretsOfficer, ROLE.vaultAdministrator];

/** Whether roles control access to a vault, instead of its access policies. */
export const usesRoles = ({ properties }: Vault): boolean => isOn(properties.enableRbacAuthorization);

/** Returns the vault as the plan leaves it. */
const plannedVault = ({ planned }: Context<unknown>, { id }: Vault): Vault | undefined =>
  planned.maybe('vaults')?.value.find((one) => sameWord(one.id, id));

/** Whether the same plan changes a vault from access policies to roles. */
export const changesToRoles = (x: Context<unknown>, vault: Vault): boolean => {
  const after = plannedVault(x, vault);
  return !usesRoles(vault) && after !== undefined && usesRoles(after);
};

const policiesOf = ({ properties }: Vault) => properties.accessPolicies ?? [];
/**
 * Whether an access policy is for this principal alone. A policy with an application id is for users of that application, and no managed
 * identity can use it (app-service/app-service-key-vault-references; Azure-Samples/key-vault-node-getting-started#3).
 */
export const isPolicyOf = (
  { objectId, applicationId }: { readonly objectId: string; readonly applicationId?: string | null },
  principal: Json | undefined,
): boolean => sameWord(objectId, principal) && !applicationId;
const principalsOf = ({ identity }: Site): string[] =>
  [identity?.principalId, ...Object.values(identity?.userAssignedIdentities ?? {}).map((user) => user?.principalId)].filter(
    (id): id is string => id !== undefined,
  );
const isReading = (word: string): boolean => /^(get|list)$/i.test(word);

/** Returns the role with the rights of a principal's access policies on a vault: one that reads secrets, or one that also writes them. */
function roleFor(vault: Vault, principal: Json): string {
  const words = policiesOf(vault).flatMap((policy) => (isPolicyOf(policy, principal) ? (policy.permissions.secrets ?? []) : []));
  return words.every(isReading) ? ROLE.secretsUser : ROLE.secretsOfficer;
}

/** Returns the roles that replace the access policies of the app's identities. The identity that reads references always gets one. */
export function rolesInstead({ facts }: Context<unknown>, vault: Vault): Draft[] {
  const { principal: fetching } = referenceIdentity(facts.site);
  const held = principalsOf(facts.site).filter((id) =>
    policiesOf(vault).some((policy) => isPolicyOf(policy, id) && policy.permissions.secrets?.length),
  );
  const all: readonly Json[] = [fetching, ...held.filter((id) => !sameWord(id, fetching))];
  return all.flatMap((principal) => {
    const role = roleFor(vault, principal);
    if (hasRole(facts.identityRoles, vault.id, role === ROLE.secretsUser ? VAULT_READERS : VAULT_WRITERS, principal)) return [];
    const forWhom = principal === fetching ? facts.site.id : `${facts.site.id} ${String(principal)}`;
    // The role must exist before the vault ignores its access policies.
    return [{ ...grant(vault.id, role, principal, forWhom), after: ['siteIdentity'] as const }];
  });
}

/** Warns about principals that lose access when the policies no longer apply. */
export function policiesEnd({ facts }: Context<unknown>, vault: Vault): GuardFinding[] {
  const own = principalsOf(facts.site);
  const policies = policiesOf(vault);
  const others = policies.filter(({ objectId }) => !includesWord(own, objectId)).length;
  const beyond = policies.some(
    ({ objectId, permissions }) =>
      includesWord(own, objectId) && [permissions.keys, permissions.certificates].some((words) => words?.length),
  );
  return [
    others === 0
      ? clear(
          policies.length === 0
            ? `${vault.name} has no access policies. The app gets a role.`
            : `Only this app has an access policy of ${vault.name}. The app gets a role instead.`,
        )
      : warn(
          `${others} other principals have access policies of ${vault.name} and are locked out unless they have a role. This app gets a role.`,
        ),
    ...(beyond
      ? [
          warn(
            `The access policy of this app also gives access to keys or certificates of ${vault.name}. The new role does not, so assign a role for them first.`,
          ),
        ]
      : []),
  ];
}

/** Notes that a role is assigned where an access policy would have no effect. */
export const saysRoleInstead = (x: Context<unknown>, vault: Vault): GuardFinding =>
  warn(
    `The same plan changes ${vault.name} to Azure RBAC, where an access policy has no effect, so the app gets ${roleName(roleFor(vault, referenceIdentity(x.facts.site).principal))} instead.`,
  );
