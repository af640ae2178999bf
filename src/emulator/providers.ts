/** `/providers/Microsoft.Web` of a subscription, from which clients choose an API version. */
import { answer, gatewayError, type EmulatedResponse } from './answers.ts';
import type { State } from './state.ts';

export const PROVIDER = /^(\/subscriptions\/[^/]+)\/providers\/([^/]+)$/i;

const OF_SITES = ['basicPublishingCredentialsPolicies', 'config', 'functions', 'networkConfig', 'privateEndpointConnections'];
const TYPES = ['serverFarms', ...['sites', 'sites/slots'].flatMap((site) => [site, ...OF_SITES.map((type) => `${site}/${type}`)])];

export function provider(state: State, path: string): EmulatedResponse | undefined {
  const [, subscription = '', namespace = ''] = PROVIDER.exec(path) ?? [];
  if (!state.subscriptions.some(({ id }) => id === subscription.split('/')[2]?.toLowerCase())) return undefined;
  if (namespace.toLowerCase() !== 'microsoft.web')
    return gatewayError(404, 'InvalidResourceNamespace', `The resource namespace '${namespace}' is invalid.`);
  const places = [...new Set(Object.values(state.plans).map(({ location }) => location))].toSorted();
  return answer(200, {
    id: `${subscription}/providers/Microsoft.Web`,
    namespace: 'Microsoft.Web',
    registrationPolicy: 'RegistrationRequired',
    registrationState: 'Registered',
    resourceTypes: TYPES.map((resourceType) => ({ resourceType, locations: places, apiVersions: ['2024-11-01'], capabilities: 'None' })),
  });
}
