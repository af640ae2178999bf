/** Apps that fail, or pass, every control that their plan has, with what lies around them. */
import { sslState } from './defaults.ts';
import { ROLE } from './roles.ts';
import { connectionString, http, on, row, type Extras, type PlanName } from './sites.ts';
import type { JsonObject } from './state.ts';
import {
  account,
  BAD_ACCOUNT,
  closed,
  component,
  connectionOf,
  diagnostics,
  endpoint,
  frontDoor,
  GOOD_ACCOUNT,
  keeping,
  principalOf,
  role,
  secret,
  systemIdentity,
  vault,
} from './surroundings.ts';

const SENDS = { type: 'serviceBus', direction: 'out', name: 'order', queueName: 'orders', connection: 'ServiceBus' };
const CUSTOM = 'orders.contoso.com';

/** Fails every control that its plan has; without `byHand` only those that can be mended through ARM. */
const bad = (name: string, byHand: boolean): Extras => ({
  name,
  tags: { env: 'prod', team: 'shop' },
  properties: {
    hostNames: [`${name}.azurewebsites.net`, CUSTOM],
    hostNameSslStates: [
      sslState(`${name}.azurewebsites.net`, 'Standard'),
      sslState(`${name}.scm.azurewebsites.net`, 'Repository'),
      byHand ? sslState(CUSTOM, 'Standard') : sslState(CUSTOM, 'Standard', 'SniEnabled', '9F2B5C0E7A1D4E63B8C05D91F7A24C3E6B80D1F2'),
    ],
  },
  config: {
    ...(byHand ? {} : { netFrameworkVersion: 'v10.0' }),
    minTlsVersion: '1.0',
    scmMinTlsVersion: '1.0',
    ftpsState: 'AllAllowed',
    remoteDebuggingEnabled: true,
    remoteDebuggingVersion: 'VS2022',
    webSocketsEnabled: true,
    detailedErrorLoggingEnabled: true,
    cors: {
      allowedOrigins: ['http://shop.contoso.com', 'https://*.contoso.com', 'https://www.contoso.com', 'https://www.contoso.com'],
      supportCredentials: true,
    },
    ipSecurityRestrictions: [row('everybody', 100, '0.0.0.0/0'), row('office', 200, '203.0.113.0/24')],
    ipSecurityRestrictionsDefaultAction: 'Allow',
  },
  moreSettings: { ...(byHand ? { FUNCTIONS_EXTENSION_VERSION: '~3' } : {}), ASPNETCORE_ENVIRONMENT: 'Development' },
  functions: [
    byHand ? http('PlaceOrder', 'anonymous') : http('PlaceOrder', 'anonymous', [SENDS]),
    http('OrderStatus', 'function'),
    on('queueTrigger', 'ShipOrder', { queueName: 'shipments', connection: 'AzureWebJobsStorage' }),
  ],
  deployments: [{ deployer: 'GITHUB_ZIP_DEPLOY_FUNCTIONS_V1', at: '2026-11-12T08:14:00Z', message: 'Release 412' }],
});

/** Passes every control that its plan has. */
export function healthy(name: string): Extras {
  const gateway = row('front-door', 100, 'AzureFrontDoor.Backend', {
    tag: 'ServiceTag',
    headers: { 'x-azure-fdid': ['6c1b1f9e-2f0a-4f55-9d3e-8a7f3b0c2d11'] },
  });
  return {
    name,
    tags: { env: 'prod', team: 'finance' },
    properties: { httpsOnly: true, endToEndEncryptionEnabled: true, clientCertEnabled: true },
    config: {
      netFrameworkVersion: 'v10.0',
      http20Enabled: true,
      remoteDebuggingVersion: 'VS2022',
      minTlsCipherSuite: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
      ftpsState: 'Disabled',
      cors: { allowedOrigins: ['https://ledger.contoso.com'], supportCredentials: false },
      ipSecurityRestrictions: [gateway],
      ipSecurityRestrictionsDefaultAction: 'Deny',
      scmIpSecurityRestrictions: [row('build-agents', 100, '198.51.100.0/26')],
      scmIpSecurityRestrictionsDefaultAction: 'Deny',
    },
    publishing: { scm: false, ftp: false },
    functions: [http('PostEntry', 'function')],
    deployments: [{ deployer: 'VSTS_FUNCTIONS_V1', at: '2026-11-20T10:01:00Z', message: 'Release 88' }],
  };
}

/** Where an app lies, and what it may use there. */
export interface Whereabouts {
  readonly group: string;
  readonly plan: PlanName;
  readonly linux: boolean;
  readonly tenantId: string;
  readonly workspace: string;
  readonly dnsZone: string;
  /** Subnets: for private endpoints, and for what the app sends. */
  readonly endpoints: string;
  readonly apps: string;
  readonly frontDoorId: string;
}

interface Seeded {
  readonly site: Extras;
  readonly around: JsonObject[];
}

const CONTENT = 'WEBSITE_CONTENTAZUREFILECONNECTIONSTRING';
const hasShare = ({ plan, linux }: Whereabouts): boolean => (plan === 'Y1' || plan === 'EP1') && !linux;
const accountName = (name: string): string => `st${name.replaceAll('-', '')}`;
const vaultName = (name: string): string => name.replace(/^fn-/, 'kv-');
/** The object id of somebody who is no longer there. */
export const GONE = '7f3c1a52-0000-4000-8000-000000000009';

/**
 * Everything is there to make it good, and nothing is used.
 * @param byHand also with the faults that only people can mend: in the code, in its pipeline, at another resource
 */
export function badApp(name: string, at: Whereabouts, byHand: boolean): Seeded {
  const site = bad(name, byHand);
  const kv = `${at.group}/providers/Microsoft.KeyVault/vaults/${vaultName(name)}`;
  return {
    site: {
      ...site,
      moreSettings: {
        ...site.moreSettings,
        ServiceBus:
          'Endpoint=sb://contoso.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=bm90LWEta2V5LWVpdGhlci1qdXN0LWZha2U=',
        PaymentApiKey: 'canary-4f1c9e',
        FLASK_DEBUG: '1',
        AzureWebJobsSecretStorageType: 'files',
        Legacy: `@Microsoft.KeyVault(VaultName=${vaultName(name)};SecretName=legacy)`,
        ...(hasShare(at) ? { [CONTENT]: connectionString(accountName(name)) } : {}),
      },
      ...(byHand
        ? { connectionStrings: { Sql: { value: 'Server=tcp:sql;Database=orders;User ID=app;Password=hunter2hunter2;', type: 'SQLAzure' } } }
        : {}),
      keys: { 'host/default/functionKeys/ci': 'x' },
      functions: [...(site.functions ?? []), on('serviceBusTrigger', 'OnMessage', { connection: 'ServiceBus' })],
      ...(at.plan === 'FC1'
        ? {
            properties: {
              ...site.properties,
              functionAppConfig: flex(name, 'storageaccountconnectionstring', byHand ? '3.9' : '3.13', null),
            },
          }
        : {}),
    },
    around: [
      account(at.group, accountName(name), BAD_ACCOUNT),
      vault(at.group, vaultName(name), at.tenantId, { enableRbacAuthorization: false }),
      secret(kv, 'legacy', 'old'),
      ...frontDoor(at.group, name.replace(/^fn-/, 'fd-'), `${name}.azurewebsites.net`, at.frontDoorId, byHand ? 'Detection' : 'Prevention'),
      role(`${at.group}/providers/Microsoft.Web/sites/${name}`, ROLE.contributor, GONE, 'Unknown'),
    ],
  };
}

const flex = (name: string, authentication: string, version: string, most: number | null): JsonObject => ({
  deployment: {
    storage: {
      type: 'blobcontainer',
      value: `https://${accountName(name)}.blob.core.windows.net/app-package`,
      authentication: { type: authentication, userAssignedIdentityResourceId: null, storageAccountConnectionStringName: null },
    },
  },
  runtime: { name: 'python', version },
  scaleAndConcurrency: { alwaysReady: null, maximumInstanceCount: most, instanceMemoryMB: 2048, triggers: null },
});

/** Uses everything, in the way that the guidance asks for. */
export function goodApp(name: string, at: Whereabouts): Seeded {
  const site = healthy(name);
  const { group, plan, linux, tenantId, workspace } = at;
  const id = `${group}/providers/Microsoft.Web/sites/${name}`;
  const inside = plan !== 'Y1';
  const insights = `${group}/providers/Microsoft.Insights/components/${name.replace(/^fn-/, 'appi-')}`;
  const kv = `${group}/providers/Microsoft.KeyVault/vaults/${vaultName(name)}`;
  const storage = accountName(name);
  const routing = {
    allTraffic: true,
    applicationTraffic: false,
    contentShareTraffic: true,
    imagePullTraffic: true,
    backupRestoreTraffic: true,
  };
  const categories = [
    'FunctionAppLogs',
    'AppServiceAuthenticationLogs',
    ...(plan === 'FC1' ? ['AppServiceAuditLogs', 'AppServiceIPSecAuditLogs'] : []),
  ];
  const byKey = { AzureWebJobsStorage: connectionString(storage), [CONTENT]: connectionString(storage) };
  return {
    site: {
      ...site,
      identity: systemIdentity(id, tenantId),
      properties: {
        ...site.properties,
        functionsRuntimeAdminIsolationEnabled: true,
        ...(inside ? { publicNetworkAccess: 'Disabled', virtualNetworkSubnetId: at.apps } : {}),
        ...(plan === 'EP1' || plan === 'P1v3' ? { outboundVnetRouting: routing } : {}),
        ...(plan === 'FC1' ? { functionAppConfig: flex(name, 'systemassignedidentity', '3.13', 40) } : {}),
        ...(plan === 'Y1' ? { dailyMemoryTimeQuota: 9000 } : {}),
        ...(linux ? { sshEnabled: false } : {}),
      },
      config: { ...site.config, ...(linux ? { linuxFxVersion: 'Python|3.13' } : {}) },
      appSettings: {
        FUNCTIONS_EXTENSION_VERSION: '~4',
        FUNCTIONS_WORKER_RUNTIME: linux ? 'python' : 'dotnet-isolated',
        APPLICATIONINSIGHTS_CONNECTION_STRING: connectionOf(insights),
        APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'Authorization=AAD',
        AzureWebJobsDisableHomepage: 'true',
        Payment: `@Microsoft.KeyVault(VaultName=${vaultName(name)};SecretName=payment)`,
        ...(hasShare(at) ? byKey : { AzureWebJobsStorage__accountName: storage }),
      },
      auth: {
        platform: { enabled: true },
        globalValidation: { requireAuthentication: true, unauthenticatedClientAction: 'Return401' },
        identityProviders: {
          azureActiveDirectory: {
            registration: {
              clientId: '0b5f2f0e-6d3c-4f0a-9d0e-3d8a5b7c1e22',
              openIdIssuer: `https://login.microsoftonline.com/${tenantId}/v2.0`,
            },
          },
        },
        login: { tokenStore: { enabled: true } },
      },
    },
    around: [
      account(group, storage, {
        ...GOOD_ACCOUNT,
        ...(hasShare(at) ? {} : { allowSharedKeyAccess: false }),
        ...(inside ? closed(at.apps) : {}),
      }),
      ...keeping(group, storage),
      role(`${group}/providers/Microsoft.Storage/storageAccounts/${storage}`, ROLE.blobOwner, principalOf(id)),
      vault(group, vaultName(name), tenantId, { enablePurgeProtection: true, ...(inside ? closed(at.apps) : {}) }),
      secret(kv, 'payment', 'p'),
      role(kv, ROLE.secretsUser, principalOf(id)),
      component(group, name.replace(/^fn-/, 'appi-'), workspace, { DisableLocalAuth: true }),
      role(insights, ROLE.metricsPublisher, principalOf(id)),
      diagnostics(id, workspace, categories),
      ...(inside ? endpoint(group, id, at.endpoints, at.dnsZone) : []),
      ...frontDoor(group, name.replace(/^fn-/, 'fd-'), `${name}.azurewebsites.net`, at.frontDoorId),
    ],
  };
}
