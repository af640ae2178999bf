import area from '../../steps/app-settings.ts';
import { areaTester } from '../helpers/area-tester.ts';
import { REFERS } from '../helpers/bodies.ts';

const ACCOUNT = 'DefaultEndpointsProtocol=https;AccountName=stfn;AccountKey=bm90LWEta2V5';
const strings = (value: string) => ({ others: { connectionStrings: { properties: { Sql: { value, type: 'SQLAzure' } } } } });

areaTester.run(area, {
  pass: [
    ['clear-secrets', { settings: REFERS }, 'none'],
    ['clear-secrets', { settings: { AzureWebJobsStorage: ACCOUNT } }, 'none (and 1 that must stay)'],
    ['connection-strings', strings('Server=tcp:sql;Authentication=Active Directory Default'), 'none'],
    ['development', { settings: { ASPNETCORE_ENVIRONMENT: 'Production' } }],
    ['debug-flags', { settings: { FLASK_DEBUG: '0' } }, 'none'],
  ],
  fail: [
    ['clear-secrets', { settings: { Orders: ACCOUNT } }, 'Orders'],
    ['clear-secrets', { settings: { PAYMENT_API_KEY: 'canary-4f1c9e' } }, 'PAYMENT_API_KEY'],
    ['connection-strings', strings('Server=tcp:sql;User ID=app;Password=hunter2hunter2'), 'Sql'],
    ['development', { settings: { DOTNET_ENVIRONMENT: 'Development' } }, 'DOTNET_ENVIRONMENT is Development'],
    ['debug-flags', { settings: { FLASK_DEBUG: '1' } }, 'FLASK_DEBUG'],
  ],
  plan: [
    ['development', { settings: { ASPNETCORE_ENVIRONMENT: 'Development' } }, ['appSettings: ASPNETCORE_ENVIRONMENT = Production']],
    ['debug-flags', { settings: { FLASK_DEBUG: '1', DEBUG: 'yes' } }, ['appSettings: FLASK_DEBUG = 0', 'appSettings: DEBUG = 0']],
  ],
  mended: ['clear-secrets'],
});
