/** ARM actions: the granted ones, the patterns that cover them, the scope that grants them, and the built-in roles that contain them. */
import { coversAction } from '../../azure/index.ts';

/** An action, and the id of the resource that it is done on. */
export interface Right {
  readonly action: string;
  readonly scope: string;
}

/** Returns the action for a slot. Slots have different actions from the production site. */
export const slotAction = (action: string): string => action.replace(/^(Microsoft\.Web\/sites)\/(?!slots\/)/i, '$1/slots/');

/** Whether an action is a data action: a right on the contents of a resource. */
export const isData = (action: string): boolean => /^Microsoft\.KeyVault\/vaults\/secrets\/getSecret\/action$/i.test(action);

const SCOPE =
  /^\/subscriptions\/[^/]+(?:\/resourceGroups\/[^/]+(?:\/providers\/(?!Microsoft\.Authorization\/)[^/]+\/[^/]+\/[^/]+(?:\/(?:slots|subnets)\/[^/]+)?)?)?/i;

/** Returns the scope that grants rights on an id: the resource itself, or, before it is created, its group. */
export function heldAt(id: string, isNew = false): string {
  const scope = SCOPE.exec(id)?.[0] ?? id;
  return isNew && scope === id ? id.split('/').slice(0, 5).join('/') : scope;
}

export const permissionsOf = (scope: string): string => `${scope}/providers/Microsoft.Authorization/permissions`;

export function scopeName(scope: string): string {
  const parts = scope.split('/');
  if (parts.length === 3) return 'the subscription';
  if (parts.length === 5) return `the resource group ${parts[4] ?? ''}`;
  return parts
    .slice(8)
    .filter((_, index) => index % 2 === 0)
    .join('/');
}

interface BuiltIn {
  readonly name: string;
  readonly actions: readonly string[];
  readonly notActions?: readonly string[];
  readonly dataActions?: readonly string[];
}

/** Built-in roles with the actions func-harden requires, the narrowest first (learn.microsoft.com/azure/role-based-access-control). */
const BUILT_IN: readonly BuiltIn[] = [
  { name: 'Key Vault Secrets User', actions: [], dataActions: ['Microsoft.KeyVault/vaults/secrets/getSecret/action'] },
  { name: 'Managed Identity Operator', actions: ['Microsoft.ManagedIdentity/userAssignedIdentities/assign/action'] },
  { name: 'Reader', actions: ['*/read'] },
  {
    name: 'Website Contributor',
    actions: [
      'Microsoft.Web/sites/*',
      'Microsoft.Web/serverfarms/read',
      'Microsoft.Web/serverfarms/join/action',
      'Microsoft.Insights/components/*',
      'Microsoft.Authorization/*/read',
    ],
  },
  {
    name: 'Storage Account Contributor',
    actions: [
      'Microsoft.Storage/storageAccounts/*',
      'Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action',
      'Microsoft.Insights/diagnosticSettings/*',
      'Microsoft.Authorization/*/read',
    ],
  },
  { name: 'Key Vault Contributor', actions: ['Microsoft.KeyVault/*', 'Microsoft.Authorization/*/read'] },
  { name: 'Network Contributor', actions: ['Microsoft.Network/*', 'Microsoft.Authorization/*/read'] },
  {
    name: 'Monitoring Contributor',
    actions: [
      '*/read',
      'Microsoft.Insights/diagnosticSettings/*',
      'Microsoft.Insights/components/*',
      'Microsoft.OperationalInsights/workspaces/sharedKeys/action',
    ],
  },
  { name: 'Microsoft Sentinel Contributor', actions: ['Microsoft.SecurityInsights/*', 'Microsoft.OperationalInsights/workspaces/*/read'] },
  { name: 'Security Admin', actions: ['Microsoft.Security/*', 'Microsoft.Authorization/*/read'] },
  {
    name: 'Role Based Access Control Administrator',
    actions: ['*/read', 'Microsoft.Authorization/roleAssignments/write', 'Microsoft.Authorization/roleAssignments/delete'],
  },
  { name: 'Contributor', actions: ['*'], notActions: ['Microsoft.Authorization/*/write', 'Microsoft.Authorization/*/delete'] },
  { name: 'Owner', actions: ['*'] },
];

const holds = ({ actions, notActions = [], dataActions = [] }: BuiltIn, action: string): boolean =>
  isData(action) ? coversAction(dataActions, action) : coversAction(actions, action) && !coversAction(notActions, action);

/** Returns the narrowest built-in role with an action. */
export const builtInFor = (action: string): string | undefined => BUILT_IN.find((role) => holds(role, action))?.name;

/** Returns a few built-in roles that together have all actions (greedy: each next role has the most missing actions). */
export function builtInForAll(actions: readonly string[]): string[] {
  // These two roles have nearly all permissions, so they are not least privilege.
  const roles = BUILT_IN.filter(({ name }) => name !== 'Owner' && name !== 'Contributor');
  const chosen: string[] = [];
  let left = actions;
  while (left.length > 0) {
    const counts = roles.map((role) => left.filter((action) => holds(role, action)).length);
    const best = roles[counts.indexOf(Math.max(...counts))];
    if (!best || Math.max(...counts) === 0) break;
    chosen.push(best.name);
    left = left.filter((action) => !holds(best, action));
  }
  return left.length > 0 ? [...chosen, 'Contributor'] : chosen;
}

export function describeMissingRight({ action, scope }: Right): string {
  const role = builtInFor(action);
  return `You have no permission for this change. It requires ${action} on ${scopeName(scope)}${role ? `, which the role ${role} includes` : ''}.`;
}
