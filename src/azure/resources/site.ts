/**
 * The app itself and its configuration (Microsoft.Web 2024-11-01). The first area that reads a member declares it in its own
 * file: `declare module '../src/azure/resources/site.ts' { interface SiteConfigMembers { readonly name?: boolean } }`.
 */
import type { PrivateConnection } from './network-resources.ts';

/** A rule of `ipSecurityRestrictions` as ARM returns it, without the last row that the service adds. */
export type RestrictionRow = {
  readonly ipAddress?: string;
  /** Prefix length in rules written before 2018. */
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
  /** ARM omits it if the app has no identity; the reader then adds `None`. */
  readonly identity?: {
    readonly type?: string;
    readonly principalId?: string;
    readonly tenantId?: string;
    readonly userAssignedIdentities?: {
      readonly [id: string]: { readonly principalId?: string; readonly clientId?: string } | null;
    } | null;
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
  /** Azure returns it, and no schema of Microsoft describes it. */
  readonly clientCertExclusionEndPoints?: unknown;
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
      readonly storage?: {
        readonly value?: string;
        readonly authentication?: {
          readonly type?: string;
          readonly userAssignedIdentityResourceId?: string | null;
          readonly storageAccountConnectionStringName?: string | null;
        };
      };
    };
    readonly scaleAndConcurrency?: { readonly maximumInstanceCount?: number | null };
    readonly runtime?: { readonly name?: string; readonly version?: string };
  } | null;
}

export interface SiteConfig {
  readonly properties: SiteConfigMembers;
  /** Action for callers that no rule matches, taken from the row that the service adds. That row is not among the rules here. */
  readonly othersGet?: { readonly main: string | null; readonly scm: string | null };
}

export interface Mount {
  readonly accountName?: string | null;
  readonly type?: string | null;
  /** `Smb`, `Nfs` or `Http`. An NFS share is mounted without an account key. */
  readonly protocol?: string | null;
}

export interface SiteConfigMembers {
  /** The API in API Management that is linked to the app. */
  readonly apiManagementConfig?: { readonly id?: string | null } | null;
  /** Mounted shares and containers, by the name of the mount. */
  readonly azureStorageAccounts?: { readonly [name: string]: Mount | null } | null;
  readonly minTlsVersion?: string | null;
  readonly scmMinTlsVersion?: string | null;
  /** How the app gets its code; `LocalGit` for a repository of its own SCM site. */
  readonly scmType?: string | null;
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
  /** Client id of the user-assigned identity that pulls images. */
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
  /** Whether App Service Authentication is on, with settings of either version. */
  readonly siteAuthEnabled?: boolean | null;
}
