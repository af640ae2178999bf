/**
 * The Azure resources that steps can read, with the members that steps use. Shapes are ARM's own wire
 * bodies (Microsoft.Web 2024-11-01). Members that no step reads are kept in the bodies but have no type.
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
  RoleDefinition,
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
  /** Route of an HTTP trigger, below the prefix. */
  readonly route?: string | null;
  readonly connection?: string;
  /** For a blob trigger: the service that notifies it of new blobs. */
  readonly source?: string;
}

export interface Functions {
  readonly value: readonly {
    readonly name: string;
    readonly properties: {
      readonly config?: { readonly bindings?: readonly Binding[] } | null;
      /** The full URL of a function with an HTTP trigger, as the host computes it. */
      readonly invoke_url_template?: string | null;
      readonly isDisabled?: boolean | null;
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

/** An effect of a policy assignment that can deny a request, or change a value during or after it. */
export interface PolicyInForce {
  readonly name: string;
  readonly effect: 'deny' | 'denyaction' | 'modify' | 'append' | 'deployifnotexists';
  /** The only resource types that the policy applies to, in small letters. */
  readonly types?: readonly string[];
}

/** Effects of the policy assignments in scope; `unknown` lists assignments with an effect that could not be read. */
export interface PolicyEffects {
  readonly value: readonly PolicyInForce[];
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

/** Management locks at the site and above it. */
export interface ManagementLocks {
  readonly value: readonly {
    readonly id?: string;
    readonly name: string;
    readonly properties: { readonly level?: string; readonly notes?: string | null };
  }[];
}

/** Permissions of the caller at the site; `*` means every action. */
export interface Permissions {
  readonly value: readonly { readonly actions?: readonly string[]; readonly notActions?: readonly string[] }[];
}

export interface AppSettings {
  readonly properties: { readonly [name: string]: string };
}

export interface ConnectionStrings {
  readonly properties: { readonly [name: string]: { readonly value: string; readonly type: string } };
}

/** An app or a slot in the list of all resources of its group. */
export interface CreatedApp {
  readonly id: string;
  readonly name: string;
  readonly createdTime?: string | null;
}

/** Every resource that a step can read, by the short name that steps use. */
export interface Resources {
  /** `GET {site}`. Nearly all of its `siteConfig` is null there; read `siteConfig` for those members. */
  site: Site;
  /** The same site, for writes of its identity. Changes that require an identity wait only for this write. */
  siteIdentity: Site;
  /** The same site, written for a member that no schema of Microsoft has. If ARM refuses it, no other change is affected. */
  siteUnlisted: Site;
  /** `GET {site}/config/web`. */
  siteConfig: SiteConfig;
  /** `POST {site}/config/appsettings/list`: values are secrets. */
  appSettings: AppSettings;
  /** `{site}/basicPublishingCredentialsPolicies`: the list of the next two. */
  publishingPolicies: Listed<PublishingPolicy>;
  /** `{site}/basicPublishingCredentialsPolicies/scm`. */
  scmPolicy: PublishingPolicy;
  /** `{site}/basicPublishingCredentialsPolicies/ftp`. */
  ftpPolicy: PublishingPolicy;
  functions: Functions;
  deployments: Deployments;
  /** null if no source control was ever connected. */
  sourceControl: SourceControl | null;
  /** Azure Policy assignments that apply to the site, inherited ones included. */
  policyAssignments: PolicyAssignments;
  locks: ManagementLocks;
  permissions: Permissions;
  policyEffects: PolicyEffects;
  /** Slots of the production site, also when the target is a slot. */
  slots: Listed<Slot>;
  /** All sites and slots of the subscription, including web apps, from Azure Resource Graph. */
  sites: Listed<Site>;
  /** The apps of the resource group, or its slots where the target is one, with the times of their creation. */
  createdApps: Listed<CreatedApp>;
  /** The resources that the settings of all other sites name. */
  neighbours: Neighbours;
  stickyNames: StickyNames;
  /** `config/connectionstrings/list`: values are secrets. */
  connectionStrings: ConnectionStrings;
  authSettings: AuthSettings;
  /** `POST {site}/config/authsettings/list`, without its secrets. */
  oldAuthSettings: OldAuthSettings;
  accessKeys: AccessKeys;
  /** One key to write. A read returns a new random value, in the form that the host would create. */
  accessKey: VaultSecret;
  /** Resolution status of the app settings that are Key Vault references. */
  references: Listed<ConfigReference>;
  /** Makes the platform fetch the references again; there is nothing to read. */
  referenceRefresh: null;
  /** All assignments that apply at the site, including inherited ones. */
  roleAssignments: Listed<RoleAssignment>;
  /** Role assignments of the app's identities in its subscription, direct or through a group. */
  identityRoles: Listed<RoleAssignment>;
  /** Definitions of the roles in `roleAssignments` that func-harden does not know by their id. */
  roleDefinitions: Listed<RoleDefinition>;
  /** The same for `identityRoles`. */
  identityDefinitions: Listed<RoleDefinition>;
  diagnosticSettings: Listed<DiagnosticSetting>;
  /** Resources of the subscription, like those below. */
  workspaces: Listed<Workspace>;
  components: Listed<Component>;
  sentinel: Listed<Onboarding>;
  storageAccounts: StorageAccounts;
  blobServices: Listed<BlobService>;
  fileServices: Listed<FileService>;
  /** Values are secrets. */
  storageKeys: StorageKeys;
  vaults: Listed<Vault>;
  /** The secrets that the app's settings refer to, in the vaults of the subscription. */
  vaultSecrets: Listed<SecretEntry>;
  /** The value is a secret. */
  vaultSecret: VaultSecret;
  privateEndpoints: Listed<PrivateEndpoint>;
  dnsZoneGroups: Listed<DnsZoneGroup>;
  privateDnsZones: Listed<PrivateDnsZone>;
  virtualNetworks: Listed<VirtualNetwork>;
  /** null if the app has no virtual network integration. */
  vnetConnection: VnetConnection | null;
  /** Gateways of the subscription that have the app as a backend. */
  gateways: Listed<Gateway>;
  /** The plan of the whole subscription. */
  defenderPlan: DefenderPlan;
  /** Findings of Defender about this app. */
  defenderAssessments: DefenderAssessments;
  /** Deny assignments at the app and above it. */
  denyAssignments: Listed<DenyAssignment>;
  /** Deployments of the app's resource group. */
  groupDeployments: Listed<GroupDeployment>;
  /** Changes of the app in the last 14 days, newest first. */
  resourceChanges: Listed<ResourceChange>;
  /** `POST {site}/newpassword`: an action; there is nothing to read. */
  publishingPassword: null;
}

export type ResourceKey = keyof Resources;

type Dotted<T> = T extends readonly unknown[]
  ? never
  : T extends object
    ? { [K in keyof T & string]: K | `${K}.${Dotted<NonNullable<T[K]>>}` }[keyof T & string]
    : never;

/** A resource and the path of a member, such as `['siteConfig', 'properties.cors.allowedOrigins']`. A misspelled member does not compile. */
export type At = {
  [R in ResourceKey]: readonly [R, NonNullable<Resources[R]> extends Listed<infer Item> ? Dotted<Item> : Dotted<NonNullable<Resources[R]>>];
}[ResourceKey];

/** The resources that were read. Accessing a resource that could not be read makes the verdict `unknown`, with the reason. */
export type Facts = { readonly [R in ResourceKey]: Resources[R] } & {
  /** Returns the resource, or undefined if it could not be read. For evidence that is useful but not needed. */
  maybe<R extends ResourceKey>(key: R): Resources[R] | undefined;
};
