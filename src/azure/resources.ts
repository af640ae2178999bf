/**
 * The Azure resources that steps may look at, with the members that steps name. Shapes are ARM's own wire
 * bodies (Microsoft.Web 2024-11-01); only what a step reads is listed, the rest of a body is kept but untyped.
 */
import type {
  AccessKeys,
  AuthSettings,
  BlobService,
  Component,
  ConfigReference,
  DiagnosticSetting,
  FileService,
  Listed,
  OldAuthSettings,
  Onboarding,
  RoleAssignment,
  SecretEntry,
  Slot,
  StickyNames,
  StorageAccounts,
  StorageKeys,
  Vault,
  VaultSecret,
  Workspace,
} from './provider-resources.ts';
import type { DenyAssignment, GroupDeployment, ResourceChange } from './code-owners.ts';
import type { Neighbours } from './neighbours.ts';
import type { Site, SiteConfig } from './site.ts';
import type { DnsZoneGroup, Gateway, PrivateDnsZone, PrivateEndpoint, VirtualNetwork, VnetConnection } from './network-resources.ts';

export type * from './provider-resources.ts';
export type * from './site.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface PublishingPolicy {
  readonly properties: { readonly allow?: boolean };
}

export interface Binding {
  readonly type: string;
  readonly direction?: string;
  readonly authLevel?: string;
  /** Of an HTTP trigger: where it is called, below the prefix. */
  readonly route?: string | null;
  readonly connection?: string;
  /** Of a blob trigger: who tells it of new blobs. */
  readonly source?: string;
}

export interface Functions {
  readonly value: readonly {
    readonly name: string;
    readonly properties: {
      readonly config?: { readonly bindings?: readonly Binding[] } | null;
      /** Of an HTTP trigger: its whole address, as the host works it out. */
      readonly invoke_url_template?: string | null;
    };
  }[];
}

export interface Deployments {
  readonly value: readonly {
    readonly properties: { readonly deployer?: string | null; readonly received_time?: string | null; readonly end_time?: string | null };
  }[];
}

export interface SourceControl {
  readonly properties: {
    readonly repoUrl?: string | null;
    readonly isGitHubAction?: boolean;
    readonly gitHubActionConfiguration?: Json;
  };
}

export interface PolicyAssignments {
  readonly value: readonly {
    readonly name: string;
    readonly properties: {
      readonly displayName?: string | null;
      readonly policyDefinitionId?: string;
      readonly enforcementMode?: string;
      readonly parameters?: { readonly [name: string]: { readonly value?: Json } } | null;
    };
  }[];
}

/** Names of the policy assignments in scope whose effect is to refuse writes; `unknown` those whose effect could not be read. */
export interface DenyPolicies {
  readonly value: readonly { readonly name: string }[];
  readonly unknown: readonly string[];
}

/** `Microsoft.Security/pricings/AppServices` of the subscription. */
export interface DefenderPlan {
  readonly properties: { readonly pricingTier?: string };
}

export interface DefenderAssessments {
  readonly value: readonly {
    readonly properties: {
      readonly displayName?: string;
      readonly status?: { readonly code?: string };
      readonly links?: { readonly azurePortal?: string };
    };
  }[];
}

/** Management locks at and above the site. */
export interface ManagementLocks {
  readonly value: readonly {
    readonly id?: string;
    readonly name: string;
    readonly properties: { readonly level?: string; readonly notes?: string | null };
  }[];
}

/** What the caller may do at the site; `*` stands for anything. */
export interface Permissions {
  readonly value: readonly { readonly actions?: readonly string[]; readonly notActions?: readonly string[] }[];
}

export interface AppSettings {
  readonly properties: { readonly [name: string]: string };
}

export interface ConnectionStrings {
  readonly properties: { readonly [name: string]: { readonly value: string; readonly type: string } };
}

/** Every resource a step may read, by the short name that steps use. */
export interface Resources {
  /** `GET {site}`: note that almost all of its `siteConfig` is null there; read `siteConfig` for those. */
  site: Site;
  /** The same site, written for its identity alone: everything that needs one waits for this, and only this. */
  siteIdentity: Site;
  /** The same site, written for a member that no schema of Microsoft's takes: if it is refused, nothing else is. */
  siteUnlisted: Site;
  /** `GET {site}/config/web`. */
  siteConfig: SiteConfig;
  /** `POST {site}/config/appsettings/list`: values are secrets. */
  appSettings: AppSettings;
  /** `{site}/basicPublishingCredentialsPolicies`: both of the next two. */
  publishingPolicies: Listed<PublishingPolicy>;
  /** `{site}/basicPublishingCredentialsPolicies/scm`. */
  scmPolicy: PublishingPolicy;
  /** `{site}/basicPublishingCredentialsPolicies/ftp`. */
  ftpPolicy: PublishingPolicy;
  functions: Functions;
  deployments: Deployments;
  /** null where no source control was ever connected. */
  sourceControl: SourceControl | null;
  /** Azure Policy assignments that apply to the site, inherited ones included. */
  policyAssignments: PolicyAssignments;
  locks: ManagementLocks;
  permissions: Permissions;
  denyPolicies: DenyPolicies;
  /** Slots of the production site, for slots as well. */
  slots: Listed<Slot>;
  /** All sites and slots of the subscription, web apps included, by Azure Resource Graph. */
  sites: Listed<Site>;
  /** What the settings of all others of them name. */
  neighbours: Neighbours;
  stickyNames: StickyNames;
  /** `config/connectionstrings/list`: values are secrets. */
  connectionStrings: ConnectionStrings;
  authSettings: AuthSettings;
  /** `POST {site}/config/authsettings/list`, without its secrets. */
  oldAuthSettings: OldAuthSettings;
  accessKeys: AccessKeys;
  /** One key to write; reading gives a new value, as the host would make it. */
  accessKey: VaultSecret;
  /** What became of the app settings that are Key Vault references. */
  references: Listed<ConfigReference>;
  /** Has the platform fetch the references again; nothing to read. */
  referenceRefresh: null;
  /** Everything that applies at the site, inherited assignments included. */
  roleAssignments: Listed<RoleAssignment>;
  /** What the identities of the app may do in its subscription, by themselves or by a group. */
  identityRoles: Listed<RoleAssignment>;
  diagnosticSettings: Listed<DiagnosticSetting>;
  /** Of the subscription, as the next ones. */
  workspaces: Listed<Workspace>;
  components: Listed<Component>;
  sentinel: Listed<Onboarding>;
  storageAccounts: StorageAccounts;
  blobServices: Listed<BlobService>;
  fileServices: Listed<FileService>;
  /** Values are secrets. */
  storageKeys: StorageKeys;
  vaults: Listed<Vault>;
  /** Of the secrets that the app's settings refer to, in the vaults of the subscription. */
  vaultSecrets: Listed<SecretEntry>;
  /** Value is a secret. */
  vaultSecret: VaultSecret;
  privateEndpoints: Listed<PrivateEndpoint>;
  dnsZoneGroups: Listed<DnsZoneGroup>;
  privateDnsZones: Listed<PrivateDnsZone>;
  virtualNetworks: Listed<VirtualNetwork>;
  /** null where the app is not integrated. */
  vnetConnection: VnetConnection | null;
  /** Gateways of the subscription that have the app behind them. */
  gateways: Listed<Gateway>;
  /** Of the whole subscription. */
  defenderPlan: DefenderPlan;
  /** What Defender found about this app. */
  defenderAssessments: DefenderAssessments;
  /** Deny assignments at and above the app. */
  denyAssignments: Listed<DenyAssignment>;
  /** Deployments of the resource group of the app. */
  groupDeployments: Listed<GroupDeployment>;
  /** Changes of the app in the last 14 days, newest first. */
  resourceChanges: Listed<ResourceChange>;
  /** `POST {site}/newpassword`: nothing to read, one action to call. */
  publishingPassword: null;
}

export type ResourceKey = keyof Resources;

type Dotted<T> = T extends readonly unknown[]
  ? never
  : T extends object
    ? { [K in keyof T & string]: K | `${K}.${Dotted<NonNullable<T[K]>>}` }[keyof T & string]
    : never;

/** `['siteConfig', 'properties.cors.allowedOrigins']`; a misspelt member does not compile. */
export type At = {
  [R in ResourceKey]: readonly [R, NonNullable<Resources[R]> extends Listed<infer Item> ? Dotted<Item> : Dotted<NonNullable<Resources[R]>>];
}[ResourceKey];

/** What was read. Touching a resource that could not be read makes the verdict `unknown`, with the reason. */
export type Facts = { readonly [R in ResourceKey]: Resources[R] } & {
  /** The resource, or undefined where it could not be read: for evidence that is welcome but not needed. */
  maybe<R extends ResourceKey>(key: R): Resources[R] | undefined;
};
