/** Defender for Cloud: the plans of a subscription, and assessments of resources. */
import { answer, gatewayError, type EmulatedRequest, type EmulatedResponse } from './answers.ts';
import { propertiesOf, asObject } from './parts.ts';
import { MADE } from './shapes.ts';
import { keyOf, type JsonObject, type State } from './state.ts';

const TIERS = ['Free', 'Standard'];

/** Handles GET and PUT of a plan; a new subscription has the plan Free. */
export function pricing(state: State, request: EmulatedRequest, path: string): EmulatedResponse {
  const key = keyOf(path);
  if (request.method === 'PUT') {
    const properties = propertiesOf(asObject(request.body));
    const tier = TIERS.find((one) => one.toLowerCase() === String(properties['pricingTier']).toLowerCase());
    if (!tier) return gatewayError(400, 'InvalidInputJson', `The pricing tier '${String(properties['pricingTier'])}' is not supported.`);
    if (tier === 'Free') delete state.pricings[key];
    else state.pricings[key] = { ...properties, pricingTier: tier };
  }
  return answer(200, pricingBody(state, path));
}

/** The plans of every subscription, in the order of the service. */
const PLANS =
  `VirtualMachines SqlServers AppServices StorageAccounts SqlServerVirtualMachines KubernetesService ContainerRegistry KeyVaults Dns Arm
  OpenSourceRelationalDatabases CosmosDbs Containers CloudPosture Api`.split(/\s+/);
const REPLACED: Readonly<Record<string, string>> = { KubernetesService: 'Containers', ContainerRegistry: 'Containers' };

export function pricings(state: State, path: string): EmulatedResponse {
  const value = PLANS.map((name): JsonObject => {
    const body = pricingBody(state, `${path}/${name}`);
    const by = REPLACED[name];
    return by ? { ...body, properties: { ...propertiesOf(body), deprecated: true, replacedBy: [by] } } : body;
  });
  return answer(200, { value });
}

function pricingBody(state: State, path: string): JsonObject {
  const properties = state.pricings[keyOf(path)] ?? { pricingTier: 'Free' };
  return {
    id: path,
    name: path.split('/').at(-1) ?? '',
    type: 'Microsoft.Security/pricings',
    properties: {
      ...(properties['pricingTier'] === 'Standard' ? { enablementTime: MADE } : {}),
      ...properties,
      freeTrialRemainingTime: 'PT0S',
    },
  };
}

export function assessments(state: State, scope: string): EmulatedResponse {
  // At a subscription or group: the assessments of all resources below.
  const isBelow = (id: string) => keyOf(id) === keyOf(scope) || (!/\/providers\//i.test(scope) && keyOf(id).startsWith(`${keyOf(scope)}/`));
  const value = state.assessments
    .filter(({ site }) => isBelow(site))
    .map(({ site, name, displayName, code, healthyWith }) => {
      const mended = healthyWith !== undefined && state.sites[keyOf(site)]?.properties[healthyWith] === true;
      const id = `${site}/providers/Microsoft.Security/assessments/${name}`;
      return {
        id,
        name,
        type: 'Microsoft.Security/assessments',
        properties: {
          displayName,
          status: { code: mended ? 'Healthy' : code, cause: '', description: '' },
          resourceDetails: { Source: 'Azure', Id: site },
          additionalData: {},
          links: { azurePortal: `portal.azure.com/#blade/Microsoft_Azure_Security/RecommendationsBlade/assessmentKey/${name}` },
        },
      };
    });
  return answer(200, { value });
}
