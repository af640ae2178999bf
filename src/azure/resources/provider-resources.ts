/** Resources of other providers that an app uses or that protect it: wire bodies of ARM, limited to the members that steps read. */
import type { Granted } from './granted-actions.ts';
import type { NetworkRules, PrivateConnection } from './network-resources.ts';

export interface Listed<T> {
  readonly value: readonly T[];
}

/** `POST {site}/host/default/listkeys` and the keys of each function. Values are dropped when the answer is read. */
export interface AccessKeys {
  readonly properties: {
    readonly functionKeys: readonly string[];
    readonly systemKeys: readonly string[];
    readonly functions: { readonly [name: string]: readonly string[] };
  };
}

/** `config/authsettingsV2`: `properties` is empty if it was never configured. */
export interface AuthSettings {
  readonly properties: {
    /** Older settings have it next to `platform`. */
    readonly configFilePath?: string | null;
    readonly platform?: { readonly enabled?: boolean; readonly runtimeVersion?: string | null; readonly configFilePath?: string | null };
    readonly globalValidation?: {
      readonly requireAuthentication?: boolean;
      readonly unauthenticatedClientAction?: string;
      readonly redirectToProvider?: string | null;
      readonly excludedPaths?: readonly string[] | null;
    };
    readonly identityProviders?: { readonly [provider: string]: Provider | null | undefined };
    readonly login?: { readonly tokenStore?: { readonly enabled?: boolean } };
    readonly httpSettings?: { readonly requireHttps?: boolean };
  };
}

/** An identity provider. Under `customOpenIdConnectProviders` there is a map of providers by name instead. */
export interface Provider {
  readonly enabled?: boolean;
  readonly registration?: {
    readonly clientId?: string | null;
    readonly appId?: string | null;
    readonly consumerKey?: string | null;
    readonly openIdIssuer?: string | null;
    /** Of a custom OpenID Connect provider. */
    readonly openIdConnectConfiguration?: { readonly wellKnownOpenIdConfiguration?: string | null } | null;
    readonly clientSecretSettingName?: string | null;
  } | null;
  readonly validation?: {
    readonly allowedAudiences?: readonly string[] | null;
    readonly jwtClaimChecks?: {
      readonly allowedGroups?: readonly string[] | null;
      readonly allowedClientApplications?: readonly string[] | null;
    } | null;
    readonly defaultAuthorizationPolicy?: {
      readonly allowedApplications?: readonly string[] | null;
      readonly allowedPrincipals?: { readonly identities?: readonly string[] | null; readonly groups?: readonly string[] | null } | null;
    } | null;
  } | null;
}

/** `config/authsettings`, the settings of version 1: the members that show whether they are in force, without their secrets. */
export interface OldAuthSettings {
  readonly properties: {
    readonly enabled?: boolean;
    readonly configVersion?: string;
    readonly isAuthFromFile?: string | null;
    readonly authFilePath?: string | null;
  };
}

/** An app setting that is a Key Vault reference, and its resolution status. */
export interface ConfigReference {
  readonly name: string;
  readonly properties: {
    readonly status?: string;
    /** The value that Azure evaluated. */
    readonly reference?: string;
    readonly vaultName?: string;
    readonly secretName?: string;
    readonly details?: string;
  };
}

export interface StickyNames {
  readonly properties: { readonly appSettingNames?: readonly string[] | null };
}

export interface Slot {
  readonly id: string;
  readonly name: string;
}

export interface RoleAssignment {
  /** The principal of the query, which has this assignment directly or through a group. */
  readonly heldBy?: string;
  readonly id: string;
  readonly name: string;
  readonly properties: {
    readonly roleDefinitionId: string;
    readonly principalId: string;
    readonly principalType?: string;
    readonly scope?: string;
    readonly condition?: string | null;
    readonly conditionVersion?: string | null;
    readonly description?: string | null;
  };
}

/** The permissions of a role definition. */
export interface RoleDefinition {
  /** The GUID of the role, in small letters. */
  readonly role: string;
  readonly roleName?: string;
  /** Undefined if the definition could not be read. */
  readonly granted?: readonly Granted[];
  /** The permission that reading the definition requires, where the caller lacks it. */
  readonly lacks?: string;
}

export interface DiagnosticSetting {
  readonly id: string;
  readonly name: string;
  readonly properties: {
    readonly workspaceId?: string | null;
    readonly storageAccountId?: string | null;
    readonly eventHubAuthorizationRuleId?: string | null;
    readonly marketplacePartnerId?: string | null;
    readonly logs?: readonly { readonly category?: string | null; readonly categoryGroup?: string | null; readonly enabled?: boolean }[];
  };
}

export interface Workspace {
  readonly id: string;
  readonly name: string;
  readonly location: string;
  readonly properties?: { readonly workspaceCapping?: { readonly dataIngestionStatus?: string } };
}

export interface Component {
  readonly id: string;
  readonly name: string;
  readonly properties: {
    readonly InstrumentationKey?: string;
    readonly ConnectionString?: string;
    readonly AppId?: string;
    readonly WorkspaceResourceId?: string;
    /** Whether the component accepts telemetry only with Entra tokens. */
    readonly DisableLocalAuth?: boolean | null;
    /** `Disabled` where the workspace behind the component is gone. */
    readonly IngestionMode?: string;
    readonly publicNetworkAccessForIngestion?: string;
  };
}

/** `{workspace}/providers/Microsoft.SecurityInsights/onboardingStates/default` of the workspaces that have it. */
export interface Onboarding {
  readonly id: string;
}

export interface StorageAccount {
  readonly id: string;
  readonly name: string;
  readonly location: string;
  /** Subnets whose firewall rule is not in force, for example because the subnet was deleted. */
  readonly rulesWithoutEffect?: readonly string[];
  readonly properties: {
    readonly creationTime?: string;
    readonly supportsHttpsTrafficOnly?: boolean | null;
    readonly minimumTlsVersion?: string | null;
    readonly allowBlobPublicAccess?: boolean | null;
    readonly allowSharedKeyAccess?: boolean | null;
    readonly allowCrossTenantReplication?: boolean | null;
    readonly defaultToOAuthAuthentication?: boolean | null;
    readonly publicNetworkAccess?: string | null;
    readonly networkAcls?: NetworkRules;
    readonly isSftpEnabled?: boolean | null;
    readonly keyCreationTime?: { readonly key1?: string | null; readonly key2?: string | null } | null;
    readonly keyPolicy?: { readonly keyExpirationPeriodInDays?: number } | null;
    readonly encryption?: {
      readonly keySource?: string;
      readonly keyvaultproperties?: { readonly keyname?: string; readonly keyvaulturi?: string };
    };
    readonly privateEndpointConnections?: readonly PrivateConnection[];
  };
}

/** The accounts that the app's settings name; `missing` lists those in no subscription of the app. */
export interface StorageAccounts extends Listed<StorageAccount> {
  readonly missing: readonly string[];
}

export interface RetentionPolicy {
  readonly enabled?: boolean;
  readonly days?: number;
}

export interface BlobService {
  readonly id: string;
  readonly properties: { readonly deleteRetentionPolicy?: RetentionPolicy; readonly containerDeleteRetentionPolicy?: RetentionPolicy };
}

export interface FileService {
  readonly id: string;
  readonly properties: {
    readonly shareDeleteRetentionPolicy?: RetentionPolicy;
    readonly protocolSettings?: {
      readonly smb?: { readonly versions?: string | null; readonly channelEncryption?: string | null } | null;
    } | null;
  };
}

export interface Vault {
  readonly id: string;
  readonly name: string;
  readonly location: string;
  readonly properties: {
    readonly vaultUri?: string;
    readonly tenantId?: string;
    readonly enableRbacAuthorization?: boolean | null;
    readonly enableSoftDelete?: boolean | null;
    readonly enablePurgeProtection?: boolean | null;
    readonly publicNetworkAccess?: string | null;
    readonly networkAcls?: NetworkRules | null;
    readonly accessPolicies?: readonly {
      readonly tenantId?: string;
      readonly objectId: string;
      /** The application that acts for the principal. An access policy with it differs from the policy of the same principal without it. */
      readonly applicationId?: string | null;
      readonly permissions: {
        readonly secrets?: readonly string[] | null;
        readonly keys?: readonly string[] | null;
        readonly certificates?: readonly string[] | null;
      };
    }[];
    readonly privateEndpointConnections?: readonly PrivateConnection[] | null;
  };
}

/** A secret as ARM lists it, without its value. */
export interface SecretEntry {
  readonly id: string;
  readonly name: string;
  /** `exp`: expiry in seconds since 1970. */
  readonly properties: {
    readonly attributes?: { readonly exp?: number | null; readonly nbf?: number | null; readonly enabled?: boolean | null } | null;
    /** URL of the current version, the only version that ARM lists. */
    readonly secretUriWithVersion?: string | null;
  };
}

/** A secret of a vault with its value, read from the vault itself. The value stays in memory only. */
export interface VaultSecret {
  readonly properties: { readonly value: string };
}

export interface StorageKeys {
  readonly properties: { readonly key1: string; readonly key2: string };
}
