/** Defender for Cloud: the plans of a subscription, and what was found about a resource. */
import { answer, gatewayError, type EmulatedRequest, type EmulatedResponse } from './answers.ts';
import { MADE } from './shapes.ts';
import { isObject, keyOf, type JsonObject, type State } from './state.ts';

const TIERS = ['Free', 'Standard'];

/** GET and PUT of one plan; Free is what a subscription starts with. */
export function pricing(state: State, request: EmulatedRequest, path: string): EmulatedResponse {
  const key = keyOf(path);
  if (request.method === 'PUT') {
    const properties = isObject(request.body) && isObject(request.body['properties']) ? request.body['properties'] : {};
    const tier = TIERS.find((one) => one.toLowerCase() === String(properties['pricingTier']).toLowerCase());
    if (!tier) return gatewayError(400, 'InvalidInputJson', `The pricing tier '${String(properties['pricingTier'])}' is not supported.`);
    if (tier === 'Free') delete state.pricings[key];
    else state.pricings[key] = { ...properties, pricingTier: tier };
  }
  return answer(200, pricingBody(state, path));
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
  const value = state.assessments
    .filter(({ site }) => keyOf(site) === keyOf(scope))
    .map(({ name, displayName, code, healthyWith }) => {
      const mended = healthyWith !== undefined && state.sites[keyOf(scope)]?.properties[healthyWith] === true;
      const id = `${scope}/providers/Microsoft.Security/assessments/${name}`;
      return {
        id,
        name,
        type: 'Microsoft.Security/assessments',
        properties: {
          displayName,
          status: { code: mended ? 'Healthy' : code },
          resourceDetails: { source: 'Azure', id: scope },
          links: { azurePortal: `portal.azure.com/#blade/Microsoft_Azure_Security/RecommendationsBlade/assessmentKey/${name}` },
        },
      };
    });
  return answer(200, { value });
}
