/**
 * Azure Policy built-in definitions that check the same as a control. Their ids, effects, parameters and roles were read in the definitions
 * themselves: github.com/Azure/azure-policy, commit f4a50ba of 2026-04-29, built-in-policies/policyDefinitions, folders App Service,
 * Storage, Key Vault, Security Center, Monitoring.
 */
export type PolicyEffect = 'Audit' | 'AuditIfNotExists' | 'Deny' | 'Modify' | 'DeployIfNotExists';

export interface BuiltIn {
  readonly id: string;
  readonly title: string;
  /** Effects that the definition accepts, except "Disabled". The first one is used for an audit. */
  readonly effects: readonly PolicyEffect[];
  /** Id of the definition that checks the same for slots. */
  readonly slot?: string;
  /** The kind of resource that an exemption is made for. */
  readonly about: 'app' | 'storage account' | 'vault' | 'component of Application Insights' | 'subscription';
  /** The definition that repairs instead of reporting, and the roles that its identity needs. */
  readonly fix?: Repair;
  /** Whether the definition, and the one that repairs, apply to web apps as well. */
  readonly alsoWebApps?: true;
  /** Which resources the effect Deny refuses although they cannot have the value, besides the hostings in `notOn`. */
  readonly deny?: string;
  /** Roles that the identity of the definition requires, if the definition remediates resources. */
  readonly roles?: readonly string[];
  /** Parameters by name, with a fixed value or the answer that gives it. */
  readonly parameters?: Readonly<
    Record<string, { readonly value: string } | { readonly answer: readonly [step: string, question: string] }>
  >;
}

export interface Repair {
  readonly id: string;
  readonly slot?: string;
  readonly effect: PolicyEffect;
  readonly roles: readonly string[];
  /** A side effect of the repair, for the person who assigns the definition. */
  readonly note?: string;
}

const WEBSITE_CONTRIBUTOR = 'de139f84-1756-47ae-9be6-808fbbe84772';
const STORAGE_CONTRIBUTOR = '17d1049b-9a84-46fb-8f53-869881c3d3ab';
const VAULT_CONTRIBUTOR = 'f25e0fa2-a7c8-4377-a976-54943a77a395';

export const IF_NOT_EXISTS: readonly PolicyEffect[] = ['AuditIfNotExists'];
export const AUDIT_DENY: readonly PolicyEffect[] = ['Audit', 'Deny'];

type More = Omit<BuiltIn, 'id' | 'title' | 'effects' | 'about'>;
/** Declares a definition about function apps. */
export const appPolicy = (id: string, title: string, effects: readonly PolicyEffect[], more: More = {}): BuiltIn => ({
  id,
  title,
  effects,
  about: 'app',
  ...more,
});
/** Declares a definition about storage accounts. */
export const accountPolicy = (id: string, title: string, more: More = {}): BuiltIn => ({
  id,
  title,
  effects: AUDIT_DENY,
  about: 'storage account',
  ...more,
});
/** Declares a definition about key vaults. */
export const vaultPolicy = (id: string, title: string, more: More = {}): BuiltIn => ({
  id,
  title,
  effects: AUDIT_DENY,
  about: 'vault',
  ...more,
});

/** Declares the definitions that repair apps and their slots. `roles` are needed in addition to Website Contributor. */
export const repairsApps = (
  effect: PolicyEffect,
  id: string,
  slot: string,
  more: Pick<Repair, 'note'> & { roles?: string[] } = {},
): More => ({
  fix: { id, slot, effect, roles: [WEBSITE_CONTRIBUTOR, ...(more.roles ?? [])], ...(more.note ? { note: more.note } : {}) },
});
export const repairsAccounts = (id: string): More => ({ fix: { id, effect: 'Modify', roles: [STORAGE_CONTRIBUTOR] } });
export const repairsVaults = (id: string): More => ({ fix: { id, effect: 'Modify', roles: [VAULT_CONTRIBUTOR] } });
