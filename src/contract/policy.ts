/**
 * Azure Policy built-in definitions that say the same as a control. Their ids, effects, parameters and roles were read in the definitions
 * themselves: github.com/Azure/azure-policy, commit f4a50ba of 2026-04-29, built-in-policies/policyDefinitions, folders App Service,
 * Storage, Key Vault, Security Center, Monitoring.
 */
export type PolicyEffect = 'Audit' | 'AuditIfNotExists' | 'Deny' | 'Modify' | 'DeployIfNotExists';

export interface BuiltIn {
  readonly id: string;
  readonly title: string;
  /** What the definition may be told to do, "Disabled" apart; the first is what stands for audit. */
  readonly effects: readonly PolicyEffect[];
  /** The definition that says the same of slots. */
  readonly slot?: string;
  /** What has to be exempted: the app, or another resource. */
  readonly about: 'app' | 'storage account' | 'vault' | 'subscription';
  /** The definition that repairs instead of reporting, and the roles that its identity needs. */
  readonly fix?: Repair;
  /** Its own roles, where it repairs itself. */
  readonly roles?: readonly string[];
  /** Parameters and where they come from: a fixed value, or an answer. */
  readonly parameters?: Readonly<
    Record<string, { readonly value: string } | { readonly answer: readonly [step: string, question: string] }>
  >;
}

export interface Repair {
  readonly id: string;
  readonly slot?: string;
  readonly effect: PolicyEffect;
  readonly roles: readonly string[];
  /** What it does besides, for whoever assigns it. */
  readonly note?: string;
}

const WEBSITE_CONTRIBUTOR = 'de139f84-1756-47ae-9be6-808fbbe84772';
const STORAGE_CONTRIBUTOR = '17d1049b-9a84-46fb-8f53-869881c3d3ab';
const VAULT_CONTRIBUTOR = 'f25e0fa2-a7c8-4377-a976-54943a77a395';

export const IF_NOT_EXISTS: readonly PolicyEffect[] = ['AuditIfNotExists'];
export const AUDIT_DENY: readonly PolicyEffect[] = ['Audit', 'Deny'];

type More = Omit<BuiltIn, 'id' | 'title' | 'effects' | 'about'>;
export const appPolicy = (id: string, title: string, effects: readonly PolicyEffect[], more: More = {}): BuiltIn => ({
  id,
  title,
  effects,
  about: 'app',
  ...more,
});
export const accountPolicy = (id: string, title: string, more: More = {}): BuiltIn => ({
  id,
  title,
  effects: AUDIT_DENY,
  about: 'storage account',
  ...more,
});
export const vaultPolicy = (id: string, title: string, more: More = {}): BuiltIn => ({
  id,
  title,
  effects: AUDIT_DENY,
  about: 'vault',
  ...more,
});

/** What repairs an app, and its slots; `roles` besides Website Contributor. */
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
