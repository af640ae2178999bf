import area from '../../steps/app-settings.ts';
import { areaTester } from '../helpers/area-tester.ts';
import { REFERS } from '../helpers/bodies.ts';
import { GROUP } from '../helpers/places.ts';

const ACCOUNT = 'DefaultEndpointsProtocol=https;AccountName=stfn;AccountKey=bm90LWEta2V5';
const strings = (value: string) => ({ others: { connectionStrings: { properties: { Sql: { value, type: 'SQLAzure' } } } } });

/** An app with an image and the password of its registry. */
const image = (registry: string, acrUseManagedIdentityCreds: boolean | null) => ({
  plan: 'D-linux' as const,
  config: { linuxFxVersion: `DOCKER|${registry}/app:1`, acrUseManagedIdentityCreds },
  settings: { DOCKER_REGISTRY_SERVER_PASSWORD: 'hunter22' },
});

areaTester.run(area, {
  pass: [
    ['clear-secrets', { settings: REFERS }, 'none'],
    ['clear-secrets', { settings: { AzureWebJobsStorage: ACCOUNT } }, 'none (and 1 that must stay)'],
    // The platform needs the password of a registry that it does not reach with an identity.
    ...[image('contoso.azurecr.io', false), image('ghcr.io/contoso', true), image('contoso.azurecr.io', null)].map(
      (app): [string, object, string] => ['clear-secrets', app, 'none (and 1 that must stay)'],
    ),
    // Ids of resources, of commits and of certificates are no secrets.
    [
      'clear-secrets',
      {
        settings: {
          AzureWebJobsStorage__managedIdentityResourceId: `${GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-fn`,
          GIT_COMMIT: '0123456789abcdef0123456789abcdef01234567',
          ClientCertificateThumbprint: 'A1B2C3D4E5F60718293A4B5C6D7E8F9012345678',
          WEBSITE_LOAD_CERTIFICATES: 'A1B2C3D4E5F60718293A4B5C6D7E8F9012345678',
          PublicKeyToken: 'b77a5c561934e089',
          // Words that a secret may begin or end with.
          SignIn: 'Basic Authentication',
          RedisKey: 'orders:cache',
          OrdersTopicKey: 'customerId',
        },
      },
      'none',
    ],
    ['connection-strings', strings('Server=tcp:sql;Authentication=Active Directory Default'), 'none'],
    ['development', { settings: { ASPNETCORE_ENVIRONMENT: 'Production' } }],
    ['debug-flags', { settings: { FLASK_DEBUG: '0' } }, 'none'],
  ],
  fail: [
    ['clear-secrets', { settings: { Orders: ACCOUNT } }, 'Orders'],
    // The identity of the app can fetch the package, so its signature does not have to stay.
    [
      'clear-secrets',
      { settings: { WEBSITE_RUN_FROM_PACKAGE: 'https://stfn.blob.core.windows.net/releases/app.zip?sv=2022-11-02&sr=b&sig=a0' } },
      'WEBSITE_RUN_FROM_PACKAGE',
    ],
    ['clear-secrets', image('contoso.azurecr.io', true), 'DOCKER_REGISTRY_SERVER_PASSWORD'],
    ['clear-secrets', { settings: { PAYMENT_API_KEY: 'canary-4f1c9e' } }, 'PAYMENT_API_KEY'],
    ['clear-secrets', { settings: { AzureWebJobsSecretStorageKeyVaultClientSecret: 'hunter22' } }, /KeyVaultClientSecret$/],
    ...[
      'host=db.postgres.database.azure.com user=app password=hunter22 sslmode=require',
      'jdbc:postgresql://db:5432/orders?user=app&password=hunter22',
      'https://hooks.slack.com/services/T0/B0/x',
      'https://contoso.webhook.office.com/webhookb2/x',
      'https://discord.com/api/webhooks/1/x',
      'ghp_abcdefghijklmnopqrstuvwxyz0123456789',
      'Basic dXNlcjpodW50ZXIyMg==',
      // The SDKs of Service Bus and Event Hubs accept blanks around the sign.
      'Endpoint = sb://contoso.servicebus.windows.net/; SharedAccessKeyName = send; SharedAccessKey = eA==',
      '{"user":"app","pass":"hunter22"}',
      'a2345bcdefghijklmnopqrstuvwxyz2345abcdefghijklmnopqr',
    ].map((value): [string, object, string] => ['clear-secrets', { settings: { Target: value } }, 'Target']),
    ['clear-secrets', { settings: { ADMIN_PASSWORD_HASH: '0123456789abcdef0123456789abcdef01234567' } }, 'ADMIN_PASSWORD_HASH'],
    ['clear-secrets', { settings: { Redis__Key: 'aBcdEfghIjklMnopQrstUvwxYzabCdefGhijKlmnOpq=' } }, 'Redis__Key'],
    // The words of a name may have signs between them, as in the header Ocp-Apim-Subscription-Key.
    ...['Jwt__Key', 'StorageKey', 'ApiSecret1', 'x-api-key', 'Payment__Api__Key', 'Ocp-Apim-Subscription-Key'].map(
      (name): [string, object, string] => ['clear-secrets', { settings: { [name]: 'hunter' } }, name],
    ),
    ['connection-strings', strings('Server=tcp:sql;User ID=app;Password=hunter2hunter2'), 'Sql'],
    ['development', { settings: { DOTNET_ENVIRONMENT: 'Development' } }, 'DOTNET_ENVIRONMENT is Development'],
    ['debug-flags', { settings: { FLASK_DEBUG: '1' } }, 'FLASK_DEBUG'],
  ],
  plan: [
    ['development', { settings: { ASPNETCORE_ENVIRONMENT: 'Development' } }, ['appSettings: ASPNETCORE_ENVIRONMENT = Production']],
    ['debug-flags', { settings: { FLASK_DEBUG: '1', DEBUG: 'yes' } }, ['appSettings: FLASK_DEBUG = 0', 'appSettings: DEBUG = 0']],
  ],
  // Only the password of a registry depends on the configuration.
  notNeeded: { 'clear-secrets': ['siteConfig'] },
  mended: ['clear-secrets'],
});
