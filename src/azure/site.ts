/**
 * The app itself and its configuration (Microsoft.Web 2024-11-01). An area that is the first to look at a member adds it beside
 * itself: `declare module '../src/azure/site.ts' { interface SiteConfigMembers { readonly name?: boolean } }`.
 */
import type { PrivateConnection } from './network-resources.ts';

/** A rule of `ipSecurityRestrictions` as ARM returns it, without the made-up last row. */
export type RestrictionRow = {
  readonly ipAddress?: string;
  /** How rules of before 2018 write the length of the prefix. */
  readonly subnetMask?: string | null;
  readonly vnetSubnetResourceId?: string;
  readonly action?: string;
  readonly tag?: string;
  readonly priority?: number;
  readonly name?: string;
  readonly description?: string;
  readonly headers?: { readonly [name: string]: readonly string[] } | null;
};

export interface Site {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly location: string;
  /** Missing on the wire where there is none; `None` is put in as it is read. */
  readonly identity?: {
    readonly type?: string;
    readonly principalId?: string;
    readonly tenantId?: string;
    readonly userAssignedIdentities?: { readonly [id: string]: { readonly principalId?: string; readonly clientId?: string } } | null;
  };
  readonly properties: SiteMembers;
}

export interface SiteMembers {
  readonly state?: string;
  readonly sku?: string;
  readonly reserved?: boolean;
  readonly serverFarmId?: string;
  readonly managedEnvironmentId?: string | null;
  readonly hostingEnvironmentProfile?: { readonly id: string } | null;
  readonly hostNames?: readonly string[];
  readonly hostNameSslStates?: readonly { readonly name: string; readonly sslState?: string; readonly hostType?: string }[];
  readonly httpsOnly?: boolean;
  readonly endToEndEncryptionEnabled?: boolean | null;
  readonly clientCertEnabled?: boolean;
  readonly clientCertMode?: string | null;
  readonly clientCertExclusionPaths?: string | null;
  readonly sshEnabled?: boolean | null;
  readonly dailyMemoryTimeQuota?: number;
  readonly functionsRuntimeAdminIsolationEnabled?: boolean | null;
  readonly keyVaultReferenceIdentity?: string | null;
  readonly publicNetworkAccess?: string | null;
  readonly privateEndpointConnections?: readonly PrivateConnection[] | null;
  readonly virtualNetworkSubnetId?: string | null;
  readonly outboundVnetRouting?: {
    readonly allTraffic?: boolean;
    readonly applicationTraffic?: boolean;
    readonly contentShareTraffic?: boolean;
    readonly imagePullTraffic?: boolean;
    readonly backupRestoreTraffic?: boolean;
  } | null;
  readonly vnetRouteAllEnabled?: boolean | null;
  readonly vnetContentShareEnabled?: boolean | null;
  readonly vnetImagePullEnabled?: boolean | null;
  readonly vnetBackupRestoreEnabled?: boolean | null;
  readonly eligibleLogCategories?: string;
  readonly customDomainVerificationId?: string;
  readonly defaultHostName?: string;
  readonly containerSize?: number;
  readonly functionAppConfig?: {
    readonly deployment?: {
      readonly storage?: { readonly value?: string; readonly authentication?: { readonly type?: string } };
    };
    readonly scaleAndConcurrency?: { readonly maximumInstanceCount?: number | null };
    readonly runtime?: { readonly name?: string; readonly version?: string };
  } | null;
}

export interface SiteConfig {
  readonly properties: SiteConfigMembers;
  /** What the rows that the service makes up say of callers that no access restriction rule names; they are not among the rules here. */
  readonly othersGet?: { readonly main: string | null; readonly scm: string | null };
}

export interface SiteConfigMembers {
  /** The API of API Management that leads to the app, where somebody linked the two. */
  readonly apiManagementConfig?: { readonly id?: string | null } | null;
  /** Shares and containers that are mounted, by the name of the mount; each with a key of its account. */
  readonly azureStorageAccounts?: { readonly [name: string]: { readonly accountName?: string | null } | null } | null;
  readonly minTlsVersion?: string | null;
  readonly scmMinTlsVersion?: string | null;
  readonly minTlsCipherSuite?: string | null;
  readonly http20Enabled?: boolean;
  readonly ftpsState?: string | null;
  readonly remoteDebuggingEnabled?: boolean;
  readonly webSocketsEnabled?: boolean;
  readonly detailedErrorLoggingEnabled?: boolean;
  readonly httpLoggingEnabled?: boolean;
  readonly linuxFxVersion?: string | null;
  readonly windowsFxVersion?: string | null;
  readonly acrUseManagedIdentityCreds?: boolean | null;
  /** Client id of the user-assigned identity that pulls. */
  readonly acrUserManagedIdentityID?: string | null;
  readonly netFrameworkVersion?: string | null;
  readonly javaVersion?: string | null;
  readonly powerShellVersion?: string | null;
  readonly cors?: { readonly allowedOrigins?: readonly string[] | null; readonly supportCredentials?: boolean } | null;
  readonly ipSecurityRestrictions?: readonly RestrictionRow[] | null;
  readonly ipSecurityRestrictionsDefaultAction?: string | null;
  readonly scmIpSecurityRestrictions?: readonly RestrictionRow[] | null;
  readonly scmIpSecurityRestrictionsDefaultAction?: string | null;
  readonly scmIpSecurityRestrictionsUseMain?: boolean;
  readonly publicNetworkAccess?: string | null;
  /** Whether App Service Authentication is on, by settings of either version. */
  readonly siteAuthEnabled?: boolean | null;
}
