import area from '../../steps/managed-identity.ts';
import { ROLE } from '../../src/emulator/access/roles.ts';
import { areaTester, type PlanRow } from '../helpers/area-tester.ts';
import { account, ACCOUNT, functions, OWN_IDENTITY, REFERS, roles } from '../helpers/bodies.ts';
import { GROUP } from '../helpers/places.ts';

const USER = `${GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-fn`;
const users = { type: 'UserAssigned', userAssignedIdentities: { [USER]: { principalId: 'p', clientId: 'c' } } };
const OWN_ROLE = '7f3c1a52-0000-4000-8000-00000000abcd';
/** A custom role of the identity, and the actions of its definition. */
const ownRole = (actions: readonly string[], notActions: readonly string[] = []) => ({
  identity: OWN_IDENTITY,
  others: {
    identityRoles: roles([OWN_ROLE, GROUP]),
    identityDefinitions: {
      value: [{ role: OWN_ROLE, roleName: 'Contoso operator', granted: [{ actions: [...actions], notActions: [...notActions] }] }],
    },
  },
});
const byKey = { AzureWebJobsStorage: 'DefaultEndpointsProtocol=https;AccountName=stfn;AccountKey=eA==;EndpointSuffix=core.windows.net' };
const byName = { AzureWebJobsStorage__accountName: 'stfn' };
const holds = { identityRoles: roles([ROLE.blobOwner, ACCOUNT], [ROLE.queueContributor, ACCOUNT], [ROLE.tableContributor, ACCOUNT]) };
const HOST_ROLES = [ROLE.blobOwner, ROLE.queueContributor, ROLE.tableContributor].map((role): [string, string] => [role, ACCOUNT]);
/** An app whose host storage moves to an identity that has the roles of the host, and more. */
const moved = (one?: readonly [string, ...{ readonly [member: string]: string }[]], ...more: [string, string][]) => ({
  identity: OWN_IDENTITY,
  settings: byKey,
  others: { ...account({}), ...sticky, ...(one ? functions(one) : functions()), identityRoles: roles(...HOST_ROLES, ...more) },
});
const two = {
  type: 'UserAssigned',
  userAssignedIdentities: Object.fromEntries(
    ['a', 'b'].map((name) => [`/id-${name}`, { principalId: OWN_IDENTITY.principalId, clientId: name }]),
  ),
};
const sticky = { stickyNames: { properties: {} } };
const packaged = (type?: string, userAssignedIdentityResourceId?: string) => ({
  plan: 'FC1' as const,
  settings: { AzureWebJobsStorage__accountName: 'stfn' },
  site: {
    functionAppConfig: {
      deployment: {
        storage: {
          value: 'https://stfn.blob.core.windows.net/package',
          ...(type ? { authentication: { type, ...(userAssignedIdentityResourceId ? { userAssignedIdentityResourceId } : {}) } } : {}),
        },
      },
    },
  },
});
const image = (acrUseManagedIdentityCreds: boolean | string) => ({
  plan: 'D-linux' as const,
  config: { linuxFxVersion: 'DOCKER|contoso.azurecr.io/app:1', acrUseManagedIdentityCreds },
});
const ACR_PULL = '7f951dda-4ed3-4680-a7ca-43fe172d538d';
const REGISTRY = `${GROUP}/providers/Microsoft.ContainerRegistry/registries/contoso`;
const strings = (properties: Record<string, { value: string; type: string }> = {}) => ({ connectionStrings: { properties } });
const queue = (settings: Record<string, string>, more = strings()) => ({
  settings,
  others: { ...functions(['ShipOrder', { type: 'serviceBusTrigger', connection: 'Orders' }]), ...more },
});
const bound = (settings: Record<string, string>, ...bindings: readonly { readonly [name: string]: string }[]) => ({
  settings,
  others: { ...functions(['F', ...bindings]), ...strings() },
});
/** An Elastic Premium app whose content share is in another account than the host's. */
const apart = {
  plan: 'EP' as const,
  settings: { ...byKey, WEBSITE_CONTENTAZUREFILECONNECTIONSTRING: byKey.AzureWebJobsStorage.replace('stfn', 'stshare') },
};

areaTester.run(area, {
  pass: [
    ['assigned', { identity: OWN_IDENTITY }, 'SystemAssigned'],
    ['no-admin', { others: { identityRoles: roles([ROLE.blobOwner, ACCOUNT]) } }, 'no administrator role in this subscription'],
    [
      'no-admin',
      // Durable Task Data Contributor and SignalR App Server: data of services that functions have bindings for.
      {
        others: { identityRoles: roles(['0ad04412-c4d5-4796-b79c-f76d14c8d402', GROUP], ['420fcaa2-552c-430f-98ca-3264be4806c7', GROUP]) },
      },
      'no administrator role in this subscription',
    ],
    [
      'no-admin',
      ownRole(['*/read', 'Microsoft.Storage/storageAccounts/blobServices/containers/read']),
      'no administrator role in this subscription',
    ],
    ['host-storage', { identity: OWN_IDENTITY, settings: byName }, 'with a managed identity'],
    ['host-storage', { identity: OWN_IDENTITY, settings: { ...byName, WEBSITE_DISABLE_MSI: 'False' } }, 'with a managed identity'],
    ['host-storage', { identity: users, settings: { ...byName, AzureWebJobsStorage__clientId: 'C' } }, 'with a managed identity'],
    ['host-storage', { identity: OWN_IDENTITY, settings: { 'AzureWebJobsStorage:accountName': 'stfn' } }, 'with a managed identity'],
    ['deployment-storage', { ...packaged('SystemAssignedIdentity'), identity: OWN_IDENTITY }, 'with a managed identity'],
    ['deployment-storage', { ...packaged('userassignedidentity', USER.toLowerCase()), identity: users }, 'with a managed identity'],
    ['reference-identity', { identity: users, site: { keyVaultReferenceIdentity: USER } }, USER],
    ['registry-pull', { ...image('true'), identity: OWN_IDENTITY }],
    ['registry-pull', { ...image(true), identity: OWN_IDENTITY }, 'contoso.azurecr.io: pull with a managed identity'],
    ['connections', { ...queue({ Orders__fullyQualifiedNamespace: 'contoso.servicebus.windows.net' }), identity: OWN_IDENTITY }],
    // The form in which Azure Resource Manager returns the address of a namespace.
    [
      'connections',
      { ...queue({ Orders__fullyQualifiedNamespace: 'https://contoso.servicebus.windows.net:443/' }), identity: OWN_IDENTITY },
    ],
    [
      'connections',
      // As an application, with a secret from a vault.
      {
        ...queue({
          Orders__fullyQualifiedNamespace: 'c',
          Orders__clientId: 'app',
          Orders__tenantId: 't',
          Orders__clientSecret: '@Microsoft.KeyVault(VaultName=kv;SecretName=s)',
        }),
        identity: OWN_IDENTITY,
      },
    ],
    ['connections', { ...queue({ Orders: 'Server=tcp:sql;Authentication=Active Directory Managed Identity' }), identity: OWN_IDENTITY }],
    [
      'connections',
      // Service Bus without a connection uses AzureWebJobsServiceBus, in parts too (Azure/azure-functions-host#8261).
      { ...bound({ AzureWebJobsServiceBus__fullyQualifiedNamespace: 'c' }, { type: 'serviceBusTrigger' }), identity: OWN_IDENTITY },
    ],
    ['connections', { ...queue({ 'Orders:fullyQualifiedNamespace': 'c', 'Orders:clientId': 'C' }), identity: users }],
  ],
  fail: [
    ['assigned', {}, 'None'],
    ['no-admin', { others: { identityRoles: roles([ROLE.contributor, GROUP]) } }, '1 administrator role in this subscription'],
    ['no-admin', ownRole(['*']), '1 administrator role in this subscription'],
    ['no-admin', ownRole(['Microsoft.Authorization/roleAssignments/*']), '1 administrator role in this subscription'],
    ['no-admin', ownRole(['microsoft.web/*'], ['Microsoft.Web/sites/write']), '1 administrator role in this subscription'],
    ['host-storage', { identity: OWN_IDENTITY, settings: { AzureWebJobsStorage__accountName: ' ' } }, 'not set'],
    [
      'host-storage',
      { identity: OWN_IDENTITY, settings: { AzureWebJobsStorage__accountName: byKey.AzureWebJobsStorage } },
      'with a key, in AzureWebJobsStorage__accountName',
    ],
    ['connections', queue({ Orders__fullyQualifiedNamespace: 'c' }), 'with a managed identity: Orders, but the app has no identity'],
    [
      'connections',
      { ...queue({ AzureWebJobsOrders__fullyQualifiedNamespace: 'c', AzureWebJobsOrders__clientId: 'gone' }), identity: OWN_IDENTITY },
      'with a managed identity: Orders, but the app does not have the identity that AzureWebJobsOrders names',
    ],
    [
      'connections',
      queue({ Orders: 'Endpoint=sb://c.servicebus.windows.net/;Authentication=ManagedIdentity' }),
      'with a managed identity: Orders, but the app has no identity',
    ],
    ['host-storage', { settings: byKey }, 'with a key'],
    [
      'host-storage',
      { settings: { AzureWebJobsStorage: 'BlobEndpoint=https://stfn.blob.core.windows.net/;SharedAccessSignature=sv=2022-11-02&sig=a0' } },
      'with a shared access signature',
    ],
    [
      'host-storage',
      { settings: { AzureWebJobsStorage: '@Microsoft.AppConfiguration(Endpoint=https://ac.azconfig.io; Key=Storage)' } },
      'with a connection string from App Configuration',
    ],
    [
      'host-storage',
      { settings: { AzureWebJobsStorage: '@Microsoft.KeyVault(VaultName=kv;SecretName=storage' } },
      'with a reference that App Service does not resolve',
    ],
    ['host-storage', { settings: { AzureWebJobsStorage: 'UseDevelopmentStorage=true' } }, /^with the storage emulator/],
    ['host-storage', { settings: byName }, 'with a managed identity, but the app has no identity'],
    // The identity is assigned, and the app gets no token of it.
    [
      'host-storage',
      { identity: OWN_IDENTITY, settings: { ...byName, WEBSITE_DISABLE_MSI: 'True' } },
      'with a managed identity, but the app setting WEBSITE_DISABLE_MSI switches off the tokens of its identities',
    ],
    [
      'connections',
      { ...queue({ Orders__fullyQualifiedNamespace: 'c', WEBSITE_DISABLE_MSI: '1' }), identity: OWN_IDENTITY },
      'with a managed identity: Orders, but the app setting WEBSITE_DISABLE_MSI switches off the tokens of its identities',
    ],
    [
      'connections',
      {
        ...queue({ Orders: 'Server=tcp:sql;Authentication=Active Directory Managed Identity', WEBSITE_DISABLE_MSI: 'true' }),
        identity: OWN_IDENTITY,
      },
      /switches off the tokens/,
    ],
    ['host-storage', { identity: users, settings: byName }, 'with a managed identity, but no setting says which user-assigned identity'],
    [
      'host-storage',
      { identity: OWN_IDENTITY, settings: { ...byName, AzureWebJobsStorage__clientId: 'gone' } },
      'with a managed identity, but the app does not have the identity that AzureWebJobsStorage names',
    ],
    ['host-storage', apart, 'with a key'],
    [
      'host-storage',
      { identity: OWN_IDENTITY, settings: { ...byName, AzureWebJobsStorage__queueServiceUri: 'https://stfn?sv=1&sig=a' } },
      'with a shared access signature',
    ],
    ['host-storage', { settings: { ...byName, AzureWebJobsStorage__clientSecret: 's' } }, 'with the client secret of an application'],
    ['deployment-storage', packaged('StorageAccountConnectionString'), 'with a connection string'],
    ['deployment-storage', packaged('SystemAssignedIdentity'), 'with a managed identity, but the app has no system-assigned identity'],
    [
      'deployment-storage',
      { ...packaged('UserAssignedIdentity', `${USER}-gone`), identity: users },
      'with a managed identity, but the app does not have the identity that is configured',
    ],
    ['reference-identity', { identity: users, settings: REFERS }, 'SystemAssigned'],
    ['reference-identity', { identity: users, site: { keyVaultReferenceIdentity: '' }, settings: REFERS }, 'SystemAssigned'],
    [
      'reference-identity',
      { identity: users, settings: REFERS, site: { keyVaultReferenceIdentity: `${USER}-gone` } },
      /id-fn-gone, which the app does not have/,
    ],
    [
      'reference-identity',
      { identity: OWN_IDENTITY, settings: REFERS, site: { keyVaultReferenceIdentity: USER } },
      /which the app does not have/,
    ],
    ['registry-pull', image(false), 'contoso.azurecr.io: pull without a managed identity'],
    ['registry-pull', image(true), /pull with a managed identity, but the app has no system-assigned identity/],
    [
      'registry-pull',
      { ...image(true), identity: users, config: { ...image(true).config, acrUserManagedIdentityID: 'gone' } },
      /but the app does not have the identity that is configured/,
    ],
    ['connections', queue({ Orders__fullyQualifiedNamespace: 'c', Orders__clientSecret: 'a1b2c3' }), 'with a secret: Orders'],
    ['connections', queue({ AzureWebJobsOrders: 'Endpoint=sb://c/;SharedAccessKey=eA==' }), 'with a secret: Orders'],
    // The host looks for the name with its prefix first, and for a setting with underscores where a name has a colon.
    [
      'connections',
      queue({ Orders: '@Microsoft.KeyVault(VaultName=kv;SecretName=o)', AzureWebJobsOrders: 'Endpoint=sb://c/;SharedAccessKey=eA==' }),
      'with a secret: Orders',
    ],
    [
      'connections',
      bound({ Bus__Orders: 'Endpoint=sb://c/;SharedAccessKey=eA==' }, { type: 'serviceBusTrigger', connection: 'Bus:Orders' }),
      'with a secret: Bus:Orders',
    ],
    [
      'connections',
      queue({}, strings({ Orders: { value: 'Endpoint=sb://c/;SharedAccessKey=eA==', type: 'Custom' } })),
      'with a secret: Orders',
    ],
    // Extensions name settings by other members too, or have a default.
    [
      'connections',
      bound({ Db: 'AccountEndpoint=https://c;AccountKey=eA==' }, { type: 'cosmosDBTrigger', connectionStringSetting: 'Db' }),
      /Db$/,
    ],
    [
      'connections',
      bound({ AzureSignalRConnectionString: 'Endpoint=https://c;AccessKey=0123456789' }, { type: 'signalRTrigger' }),
      /SignalR/,
    ],
    [
      'connections',
      bound({ Pass: 'p4ssw0rd', KafkaPassword: 'p4ssw0rd' }, { type: 'kafkaTrigger', password: '%KafkaPassword%' }),
      /KafkaPassword$/,
    ],
    // Service Bus without a connection uses the setting AzureWebJobsServiceBus.
    [
      'connections',
      bound({ AzureWebJobsServiceBus: 'Endpoint=sb://c/;SharedAccessKey=eA==' }, { type: 'serviceBusTrigger', queueName: 'orders' }),
      'with a secret: AzureWebJobsServiceBus',
    ],
    // Between percent signs is a setting with the name of the connection (Azure/azure-webjobs-sdk#2267, Azure/Azure-Functions#1874).
    [
      'connections',
      bound({ Which: 'Orders', Orders: 'Endpoint=sb://c/;SharedAccessKey=eA==' }, { type: 'serviceBusTrigger', connection: '%Which%' }),
      'with a secret: Orders',
    ],
    [
      'connections',
      bound({ Env: 'Test', TestOrders: 'Endpoint=sb://c/;SharedAccessKey=eA==' }, { type: 'eventHubTrigger', connection: '%Env%Orders' }),
      'with a secret: TestOrders',
    ],
    [
      'connections',
      bound({ Orders: 'Endpoint=sb://c/;SharedAccessKey=eA==' }, { type: 'serviceBusTrigger', connection: '%Orders%' }),
      'with a secret: Orders',
    ],
    // A setting whose value is no name is the connection itself.
    [
      'connections',
      bound(
        { Db: 'Server=tcp:c;Authentication=Active Directory Default;Password=p4ssw0rd' },
        { type: 'sqlTrigger', connectionStringSetting: '%Db%' },
      ),
      'with a secret: Db',
    ],
    [
      'connections',
      bound(
        { Db: 'Server=tcp:c;Authentication=Active Directory Managed Identity' },
        { type: 'sqlTrigger', connectionStringSetting: '%Db%' },
      ),
      'with a managed identity: Db, but the app has no identity',
    ],
    // The setting of a password, a key or a token has a secret, whatever it looks like.
    ['connections', bound({ K: 'Kq7pL29xZ' }, { type: 'kafkaTrigger', password: 'K' }), 'with a secret: K'],
    ['connections', bound({ K: 'Kq7pL29xZ' }, { type: 'kafkaTrigger', password: '%K%' }), 'with a secret: K'],
    ['connections', bound({ Mail: 'Kq7pL29xZ' }, { type: 'sendGrid', direction: 'out', apiKey: 'Mail' }), 'with a secret: Mail'],
    ['connections', bound({ Text: 'Kq7pL29xZ' }, { type: 'twilioSms', direction: 'out', authTokenSetting: 'Text' }), 'with a secret: Text'],
    [
      'connections',
      bound({ AzureWebJobsTwilioAuthToken: 'a0B1c2D3e4F5g6H7i8J9k0L1m2N3o4P5' }, { type: 'twilioSms', direction: 'out' }),
      'with a secret: AzureWebJobsTwilioAuthToken',
    ],
    // A password that names no setting is the password itself: it is not shown.
    ['connections', bound({}, { type: 'kafkaTrigger', password: 'Kq7pL29xZ' }), 'with a secret: password'],
    [
      'connections',
      bound({ KafkaPassword: 'p4ssw0rd' }, { type: 'kafkaTrigger', password: 'KafkaPassword' }),
      'with a secret: KafkaPassword',
    ],
    [
      'connections',
      bound({ TopicKey: 'a0B1c2D3e4F5g6H7i8J9k0L1m2N3o4P5' }, { type: 'eventGrid', direction: 'out', topicKeySetting: 'TopicKey' }),
      /TopicKey/,
    ],
  ],
  unknown: [
    [
      'host-storage',
      { identity: OWN_IDENTITY, settings: { ...byName, WEBSITE_DISABLE_MSI: '@Microsoft.KeyVault(VaultName=kv;SecretName=off)' } },
      /WEBSITE_DISABLE_MSI is a reference, and may switch off/,
    ],
    [
      'connections',
      {
        ...queue({ Orders__fullyQualifiedNamespace: 'c', WEBSITE_DISABLE_MSI: '@Microsoft.KeyVault(VaultName=kv;SecretName=off)' }),
        identity: OWN_IDENTITY,
      },
      /WEBSITE_DISABLE_MSI is a reference, and may switch off/,
    ],
    [
      'connections',
      { ...queue({ Orders__fullyQualifiedNamespace: 'Endpoint=sb://contoso.servicebus.windows.net/' }), identity: OWN_IDENTITY },
      'the value of Orders__fullyQualifiedNamespace is not the host name of a namespace',
    ],
    [
      'connections',
      { ...queue({ Orders__queueServiceUri: 'http://stfn.queue.core.windows.net' }), identity: OWN_IDENTITY },
      'the value of Orders__queueServiceUri is an address over HTTP, to which no client sends a token',
    ],
    [
      'host-storage',
      { identity: OWN_IDENTITY, settings: { ...byName, AzureWebJobsStorage__blobServiceUri: 'http://stfn.blob.core.windows.net' } },
      'the value of AzureWebJobsStorage__blobServiceUri is not the HTTPS address of a service',
    ],
    [
      'no-admin',
      { identity: OWN_IDENTITY, others: { identityRoles: roles(['7f3c1a52-0000-4000-8000-00000000abcd', GROUP]) } },
      /not checked: permissions/,
    ],
    [
      'no-admin',
      ownRole(['*/read', 'Microsoft.Compute/virtualMachines/start/action']),
      'no administrator role in this subscription; Contoso operator can change resources (Microsoft.Compute/virtualMachines/start/action)',
    ],
    [
      'no-admin',
      {
        identity: { ...OWN_IDENTITY, type: 'SystemAssigned, UserAssigned', userAssignedIdentities: { [USER]: {} } },
        others: { identityRoles: roles([ROLE.blobOwner, ACCOUNT]) },
      },
      'no administrator role in this subscription; not checked: roles of id-fn, because Azure does not report the principal',
    ],
    ['deployment-storage', packaged(), 'Azure does not report how deployments sign in'],
    ['deployment-storage', { plan: 'FC1' }, 'Azure does not report the deployment storage'],
    [
      'host-storage',
      { identity: OWN_IDENTITY, settings: { AzureWebJobsStorage__accountName: 'stfn.blob.core.windows.net' } },
      'the value of AzureWebJobsStorage__accountName is not the name of a storage account',
    ],
    [
      'connections',
      queue({ Orders: ' ', Orders__credential: 'managedidentity' }),
      'the app has no setting and no connection string Orders',
    ],
    ['connections', queue({ Orders: '@Microsoft.KeyVault(VaultName=kv' }), 'App Service does not resolve the reference in Orders'],
    ['connections', queue({}), 'the app has no setting and no connection string Orders'],
    // The value of a setting is never shown.
    [
      'connections',
      bound({ Which: 'Kq7pL29xZ' }, { type: 'serviceBusTrigger', connection: '%Which%' }),
      'the app has no setting and no connection string %Which%',
    ],
    [
      'connections',
      bound({ Which: '%Other%', Other: 'Orders' }, { type: 'serviceBusTrigger', connection: '%Which%' }),
      'the app has no setting and no connection string %Which%',
    ],
    [
      'connections',
      bound({ Which: ' ' }, { type: 'serviceBusTrigger', connection: '%Which%' }),
      'the app has no setting and no connection string Which',
    ],
    [
      'connections',
      bound({}, { type: 'eventHubTrigger', eventHubName: 'orders' }),
      'these bindings name no connection: F (eventHubTrigger)',
    ],
    ['connections', { others: { ...functions(), ...strings() } }, /Azure lists no functions of the app/],
    [
      'host-storage',
      {
        plan: 'EP',
        settings: {
          AzureWebJobsStorage: '@Microsoft.KeyVault(VaultName=kv;SecretName=s)',
          WEBSITE_CONTENTAZUREFILECONNECTIONSTRING: 'AccountName=a',
        },
      },
      /it is unknown whether the content share/,
    ],
  ],
  plan: [
    ['assigned', {}, ['siteIdentity: identity.type = SystemAssigned']],
    [
      'host-storage',
      { identity: OWN_IDENTITY, settings: byKey, others: { ...account({}), ...holds, ...sticky } },
      ['appSettings: AzureWebJobsStorage = null', 'appSettings: AzureWebJobsStorage__accountName = stfn'],
    ],
    [
      'host-storage',
      { identity: users, settings: byName, others: { ...account({}), identityRoles: roles() } },
      [
        'roleAssignments: made',
        'roleAssignments: made',
        'roleAssignments: made',
        'appSettings: AzureWebJobsStorage__credential = managedidentity',
        'appSettings: AzureWebJobsStorage__clientId = c',
      ],
    ],
    // An identity whose principal or client Azure does not report cannot be used, and stays assigned.
    ...([{}, null, { clientId: 'c' }, { principalId: 'p' }] as const).map((user): PlanRow<Record<never, never>> => [
      'host-storage',
      {
        identity: { type: 'UserAssigned', userAssignedIdentities: { [USER]: user } },
        settings: byKey,
        others: { ...account({}), ...sticky, identityRoles: roles() },
      },
      [
        'siteIdentity: identity.type = SystemAssigned, UserAssigned',
        'roleAssignments: made',
        'roleAssignments: made',
        'roleAssignments: made',
        'appSettings: AzureWebJobsStorage = null',
        'appSettings: AzureWebJobsStorage__accountName = stfn',
      ],
    ]),
    [
      'deployment-storage',
      { ...packaged('StorageAccountConnectionString'), identity: OWN_IDENTITY, others: { ...account({}), ...holds } },
      [
        'site: functionAppConfig.deployment = {"storage":{"value":"https://stfn.blob.core.windows.net/package","authentication":{"type":"systemassignedidentity","userAssignedIdentityResourceId":null,"storageAccountConnectionStringName":null}}}',
      ],
    ],
    ['reference-identity', { identity: users, settings: REFERS }, [`site: keyVaultReferenceIdentity = ${USER}`]],
    [
      'reference-identity',
      {
        identity: { ...users, userAssignedIdentities: { [`${USER}-gone`]: {}, ...users.userAssignedIdentities } },
        settings: REFERS,
      },
      [`site: keyVaultReferenceIdentity = ${USER}`],
    ],
    // Area key-vault chooses the same identity.
    [
      'reference-identity',
      {
        identity: { ...users, userAssignedIdentities: { [`${USER}-part`]: { principalId: 'x' }, ...users.userAssignedIdentities } },
        settings: REFERS,
      },
      [`site: keyVaultReferenceIdentity = ${USER}`],
    ],
    ['registry-pull', { ...image(false), identity: OWN_IDENTITY }, ['siteConfig: acrUseManagedIdentityCreds = true']],
  ],
  // A blob trigger writes to the blob service, which requires another role than those of the host.
  guards: [
    ['L4', 'host-storage', 'clear', moved(['F', { type: 'timerTrigger' }])],
    ['L4', 'host-storage', 'clear', moved(['F', { type: 'blobTrigger', source: 'EventGrid' }])],
    ['L4', 'host-storage', 'stop', moved(['F', { type: 'blobTrigger' }])],
    // Its extension may be too old to sign in by identity.
    ['L4', 'host-storage', 'warn', moved(['F', { type: 'blobTrigger' }], ['17d1049b-9a84-46fb-8f53-869881c3d3ab', ACCOUNT])],
    ['L4', 'host-storage', 'warn', moved(['F', { type: 'orchestrationTrigger' }])],
    ['L4', 'host-storage', 'clear', moved(['F', { type: 'queueTrigger', connection: 'Orders' }])],
    // Its checkpoints are in the storage of the host.
    ['L4', 'host-storage', 'warn', moved(['F', { type: 'eventHubTrigger', connection: 'Orders' }])],
    [
      'L4',
      'host-storage',
      'stop',
      { ...moved(['F', { type: 'timerTrigger' }]), settings: { ...byKey, FUNCTIONS_EXTENSION_VERSION: '~3' } },
    ],
    ['L4', 'host-storage', 'stop', { ...moved(['F', { type: 'timerTrigger' }]), site: { state: 'Stopped' } }],
    ['L4', 'host-storage', 'stop', { ...moved(['F', { type: 'timerTrigger' }]), settings: { ...byKey, WEBSITE_DISABLE_MSI: 'true' } }],
    [
      'L4',
      'host-storage',
      'stop',
      {
        ...moved(['F', { type: 'timerTrigger' }]),
        settings: { ...byKey, WEBSITE_DISABLE_MSI: '@Microsoft.KeyVault(VaultName=kv;SecretName=off)' },
      },
    ],
    // Only one of the two identities pulls the image, or reads the vault.
    ['registry', 'registry-pull', 'warn', { ...image(false), identity: two, others: { identityRoles: roles([ACR_PULL, REGISTRY]) } }],
    ['L19', 'reference-identity', 'warn', { identity: two, settings: REFERS }],
    [
      'L19',
      'reference-identity',
      'stop',
      {
        identity: { type: 'UserAssigned', userAssignedIdentities: { [USER]: {} } },
        settings: REFERS,
        site: { keyVaultReferenceIdentity: `${USER}-old` },
      },
    ],
    ['L19', 'reference-identity', 'clear', { identity: users, settings: REFERS }],
    // The app names none of its two identities.
    ['L4', 'host-storage', 'warn', { ...moved(['F', { type: 'timerTrigger' }]), identity: two }],
    ['L4', 'host-storage', 'clear', { ...moved(['F', { type: 'timerTrigger' }]), site: { state: 'Running' } }],
    ['L4', 'host-storage', 'warn', moved()],
  ],
  neverBad: ['no-admin'],
  mended: ['connections'],
  // Roles that are known by their id need no definition.
  notNeeded: { connections: ['connectionStrings'], 'no-admin': ['identityDefinitions'] },
  recorded: {
    assigned: {
      'fail, None':
        '01[0-2,4] 02[0-1] 03[0-1] 04[1-3,6-7] 05[0-1] 06[2,5] 10[0] 18[0,7-8] 25[0-1] 26[1-2] 27[0,2] 35[0,3] 2-01[1-3,16,22-23] 2-03[1-3,13-15,19,23,29-30] 2-05[1-3] 2-06[1-4] 2-07[1,12] 2-09[1] 2-11[1,6,13] 2-13[1,10] 2-15[0-1,6-7] 2-22[2] 2-23[4]',
      'pass, SystemAssigned': '18[1-2] 2-19[0,2] 2-20[0,3]',
      'pass, SystemAssigned, UserAssigned': '18[3-5] 2-17[5-7]',
      'pass, UserAssigned': '18[6] 2-17[11]',
    },
    'deployment-storage': {
      'not-applicable, only Flex Consumption stores its package in a separate container':
        '01[0-2,4] 02[0-1] 04[1-3,6-7] 05[0-1] 06[2,5] 10[0] 18[0-8] 25[0-1] 26[1-2] 27[0,2] 35[0,3] 2-01[1-3,16,22-23] 2-03[1-3,13-15,19,23,29-30] 2-05[1-3] 2-06[1-4] 2-07[1,12] 2-09[1] 2-11[1,6,13] 2-13[1,10] 2-15[0-1,6-7] 2-17[5-7,11] 2-20[0,3] 2-22[2] 2-23[4]',
      'fail, with a connection string': '03[0-1]',
      'pass, with a managed identity': '2-19[0,2]',
    },
    'reference-identity': {
      'not-applicable, the app has a system-assigned identity, or no identity':
        '01[0-2,4] 02[0-1] 03[0-1] 04[1-3,6-7] 05[0-1] 10[0] 18[0-5,7-8] 25[0-1] 26[1-2] 27[0,2] 35[0,3] 2-01[1-3,16,22-23] 2-03[1-3,13-15,19,23,29-30] 2-05[1-3] 2-06[1-4] 2-07[1,12] 2-09[1] 2-11[1,6,13] 2-13[1,10] 2-15[0-1,6-7] 2-17[5-7] 2-19[0,2] 2-20[0,3] 2-22[2] 2-23[4]',
      'not-applicable, Container Apps has no such identity setting': '06[2,5]',
    },
    'host-storage': {
      'not-applicable, Container Apps stores the host storage settings outside the app settings': '06[2,5]',
    },
    'registry-pull': {
      'not-applicable, Consumption does not run custom images': '01[3] 02[2] 2-01[4-5,18-19] 2-05[4] 2-06[5-6] 2-07[3,10,17] 2-13[2,11]',
      'not-applicable, Flex Consumption does not run custom images': '03[2]',
      'not-applicable, the image comes from mcr.microsoft.com, which is not an Azure Container Registry': '06[6]',
      'not-applicable, the app does not run a custom image':
        '07[0-2] 11[0-1] 12[0-7] 13[0-1] 14[0-2] 15[0-2] 16[0-2] 17[0-8] 26[0,3] 2-03[4,16,20,24-25] 2-07[13] 2-09[3] 2-11[3,7] 2-15[2,8] 2-17[8-9,12] 2-23[5] 2-25[1]',
      'pass, acr3byfkdyh5dhvo.azurecr.io: pull with a managed identity': '2-20[2]',
    },
  },
});
