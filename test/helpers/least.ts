/** Callers with exactly the permissions of the printed roles, or with one less, and a cloud in which each permission is needed. */
import { linkedTo, needOf } from '../../src/emulator/access.ts';
import { contoso } from '../../src/emulator/samples/contoso.ts';
import type { Grant } from '../../src/emulator/access/rights.ts';
import { isObject, keyOf, type State } from '../../src/emulator/state.ts';
import { CHANGES_RIGHT } from '../../src/azure/index.ts';
import { guidOf } from '../../src/emulator/guid.ts';
import { leastRoles, type LeastRole } from '../../src/report/permissions.ts';
import { catalogue } from '../../steps/index.ts';
import { SITES, type Exchange } from './world.ts';

export const [AUDIT, APPLY] = leastRoles(catalogue) as [LeastRole, LeastRole];
const SCOPE = SITES.replace('/resourceGroups', '');

/** Returns the permissions of the role, without one action. */
export const granted = ({ definition }: LeastRole, without?: string): readonly Grant[] => [
  {
    scope: SCOPE,
    actions: definition.Actions.filter((action) => action !== without),
    notActions: definition.NotActions,
    dataActions: definition.DataActions.filter((action) => action !== without),
  },
];

/** The actions that the emulator required, in lower case; they do not depend on the declarations of the areas. */
export const askedFor = (exchanges: readonly Exchange[]): ReadonlySet<string> =>
  new Set(
    exchanges.flatMap(({ method, url, requestBody }) => {
      const path = decodeURIComponent(new URL(url).pathname);
      if (path.startsWith('/vault/')) return ['microsoft.keyvault/vaults/secrets/getsecret/action'];
      const need = needOf({ method, url, headers: {}, body: requestBody }, path);
      // Rows of changes are omitted without permission, but the answer is still 200.
      const changes =
        isObject(requestBody) && String(requestBody['query']).startsWith('resourcechanges') ? [CHANGES_RIGHT.toLowerCase()] : [];
      const linked = need && /^P(UT|ATCH)$/.test(method) ? linkedTo(need, requestBody) : [];
      return [...changes, ...[...(need ? [need] : []), ...linked].map(({ action }) => action.toLowerCase())];
    }),
  );

const put = (state: State, id: string, properties: object): void => {
  state.resources[keyOf(id)] = { id, location: 'westeurope', properties: JSON.parse(JSON.stringify(properties)) as never };
};

/** The sample subscription with more findings: no Defender plan, no Sentinel, an app with an identity of another owner. */
export function moreToDo(): State {
  const state = contoso();
  state.pricings = {};
  for (const id of Object.keys(state.resources)) if (id.endsWith('/onboardingstates/default')) delete state.resources[id];
  const user = `${SITES}/rg-shop/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-shop`;
  const [principalId, clientId] = [guidOf(`${user}/principal`), guidOf(`${user}/client`)];
  state.sites[keyOf(`${SITES}/rg-shop/providers/Microsoft.Web/sites/fn-intake`)]!.identity = {
    type: 'UserAssigned',
    userAssignedIdentities: { [user]: { principalId, clientId } },
  };
  const initiative = '/providers/Microsoft.Authorization/policySetDefinitions/baseline';
  put(state, initiative, { policyDefinitions: [{ parameters: { effect: { value: 'Audit' } } }] });
  state.policyAssignments.push({
    scope: SITES.replace('/resourceGroups', ''),
    name: 'baseline',
    displayName: 'Baseline of the organization',
    policyDefinitionId: initiative,
  });
  // A custom role, whose definition has its actions.
  const role = '7f3c1a52-0000-4000-8000-00000000abcd';
  const roleDefinitionId = `${SITES.replace('/resourceGroups', '')}/providers/Microsoft.Authorization/roleDefinitions/${role}`;
  state.definitions = [{ id: roleDefinitionId, properties: { roleName: 'Auditor', permissions: [{ actions: ['*/read'] }] } }];
  put(state, `${SITES}/rg-shop/providers/Microsoft.Authorization/roleAssignments/${role}`, {
    roleDefinitionId,
    principalId: guidOf('auditors'),
    principalType: 'Group',
  });
  // A function that Event Grid calls, so that a slot has a system key too.
  const staging = state.sites[keyOf(`${SITES}/rg-finance/providers/Microsoft.Web/sites/fn-billing/slots/staging`)]!;
  staging.functions.push({
    name: 'OnBlob',
    language: 'dotnet-isolated',
    bindings: [{ type: 'eventGridTrigger', direction: 'in', name: 'e' }],
  });
  return state;
}

/** The same subscription with an application gateway and its WAF policy in front of one app, which only verdicts read. */
export function moreToSee(): State {
  const state = moreToDo();
  const at = `${SITES}/rg-network/providers/Microsoft.Network`;
  const policy = `${at}/ApplicationGatewayWebApplicationFirewallPolicies/waf-billing`;
  put(state, policy, { policySettings: { state: 'Enabled', mode: 'Prevention' } });
  put(state, `${at}/applicationGateways/gw-billing`, {
    firewallPolicy: { id: policy },
    backendAddressPools: [{ properties: { backendAddresses: [{ fqdn: 'fn-billing.azurewebsites.net' }] } }],
  });
  return state;
}
