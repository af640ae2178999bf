/** Resources that changes may write: where each is, and whether a change may create, replace or delete all of it. */
import { isSameId, isWithinId, parentOfId, parseId } from './resource-ids.ts';
import type { ResourceKey } from './resources.ts';

/** A change creates the resource (undo deletes it), replaces its body, or deletes it (undo creates it again). */
export type Whole = 'made' | 'replaced' | 'removed';

/** How the app owns the resource: by its place in the id, or by what Azure answers when it is read. */
export type Owner = 'place' | 'subscription' | 'account' | 'vault' | 'endpoint' | 'component' | 'workspace' | 'role';

export interface ResourceKind {
  /** Path below the app; resources elsewhere have a `type` instead. */
  readonly below?: string;
  /** Is on the production site only, also for slots. */
  readonly siteOnly?: true;
  readonly type?: string;
  readonly owner: Owner;
  readonly whole?: readonly Whole[];
  /** Undo does not delete a resource that a change created. */
  readonly stays?: true;
  /** Operations on the whole resource that undo does not revert, if the plan finds a reason. */
  readonly mayStay?: readonly Whole[];
  /** A value that was incomplete is reverted to the value that it behaved as, and not to itself. */
  readonly restoresOther?: true;
  /** Members of a resource that func-harden creates as a whole, which others may set later and Azure never sets on its own. */
  readonly others?: readonly string[];
  /** Paths of values that work only together. Undo restores all values of a row, or none of them. */
  readonly together?: readonly (readonly string[])[];
  /** All of its values are secrets. */
  readonly secret?: true;
  /** A write is an action call, and there is nothing to read afterward. */
  readonly call?: true;
  /** Paths below the resource to which a request writes a part of it. */
  readonly parts?: readonly string[];
  /** First names of the members of the body that a change may write. */
  readonly members?: readonly string[];
}

const at = (below: string, more: Partial<ResourceKind> = {}): ResourceKind => ({ below, owner: 'place', ...more });
const of = (type: string, owner: Owner, more: Partial<ResourceKind> = {}): ResourceKind => ({ type: type.toLowerCase(), owner, ...more });
const properties = (...names: string[]): string[] => names.map((name) => `properties.${name}`);
const SITE = at('', {
  members: ['properties', 'identity'],
  together: [properties('clientCertEnabled', 'clientCertMode', 'clientCertExclusionPaths')],
});

export const KINDS: Partial<Readonly<Record<ResourceKey, ResourceKind>>> = {
  site: SITE,
  siteIdentity: SITE,
  siteUnlisted: SITE,
  siteConfig: at('/config/web', {
    together: [
      properties('ipSecurityRestrictions', 'ipSecurityRestrictionsDefaultAction'),
      properties('scmIpSecurityRestrictions', 'scmIpSecurityRestrictionsDefaultAction', 'scmIpSecurityRestrictionsUseMain'),
      properties('cors.allowedOrigins', 'cors.supportCredentials'),
    ],
  }),
  appSettings: at('/config/appsettings', { secret: true }),
  authSettings: at('/config/authsettingsV2', { restoresOther: true }),
  stickyNames: at('/config/slotConfigNames', { siteOnly: true }),
  scmPolicy: at('/basicPublishingCredentialsPolicies/scm'),
  ftpPolicy: at('/basicPublishingCredentialsPolicies/ftp'),
  publishingPassword: at('/newpassword', { call: true }),
  referenceRefresh: at('/config/configreferences/appsettings/refresh', { call: true }),
  vnetConnection: at('/networkConfig/virtualNetwork', { whole: ['made', 'replaced'] }),
  diagnosticSettings: of('Microsoft.Insights/diagnosticSettings', 'place', {
    whole: ['made', 'replaced'],
    others: properties(
      'storageAccountId',
      'eventHubAuthorizationRuleId',
      'eventHubName',
      'serviceBusRuleId',
      'marketplacePartnerId',
      'metrics',
    ),
  }),
  accessKey: of('', 'place', { call: true, secret: true }),
  defenderPlan: of('Microsoft.Security/pricings', 'subscription'),
  storageAccounts: of('Microsoft.Storage/storageAccounts', 'account'),
  blobServices: of('Microsoft.Storage/storageAccounts/blobServices', 'account'),
  fileServices: of('Microsoft.Storage/storageAccounts/fileServices', 'account', { restoresOther: true }),
  vaults: of('Microsoft.KeyVault/vaults', 'vault', {
    whole: ['made'],
    stays: true,
    parts: ['/accessPolicies/add', '/accessPolicies/remove', '/accessPolicies/replace'],
  }),
  vaultSecret: of('Microsoft.KeyVault/vaults/secrets', 'vault', { whole: ['made', 'replaced'], stays: true, secret: true }),
  privateEndpoints: of('Microsoft.Network/privateEndpoints', 'endpoint', { whole: ['made'] }),
  dnsZoneGroups: of('Microsoft.Network/privateEndpoints/privateDnsZoneGroups', 'endpoint', { whole: ['made'] }),
  components: of('Microsoft.Insights/components', 'component', { whole: ['made'], mayStay: ['made'] }),
  sentinel: of('Microsoft.SecurityInsights/onboardingStates', 'workspace', { whole: ['made'] }),
  roleAssignments: of('Microsoft.Authorization/roleAssignments', 'role', { whole: ['made', 'removed'], mayStay: ['removed'] }),
  identityRoles: of('Microsoft.Authorization/roleAssignments', 'role', { whole: ['made', 'removed'], mayStay: ['removed'] }),
};

const KEYS = [/^\/host\/default\/(functionkeys|systemkeys)\/[^/]+$/i, /^\/functions\/[^/]+\/keys\/[^/]+$/i];

/** Returns whether an id can be a resource of this kind that a change of this app writes, judged by its place only. */
export function isPlaceOf(kind: ResourceKind, id: string, site: string, production: string): boolean {
  const own = kind.siteOnly ? production : site;
  if (kind.below !== undefined)
    return kind.call ? id.toLowerCase() === `${own}${kind.below}`.toLowerCase() : isSameId(id, `${own}${kind.below}`);
  if (kind.type === '') return isWithinId(id, site) && KEYS.some((form) => form.test(id.slice(site.length)));
  const [parsed, app] = [parseId(id), parseId(site)];
  if (!parsed || !app || parsed.subscription.toLowerCase() !== app.subscription.toLowerCase()) return false;
  if (parsed.parts.at(-1)?.type !== kind.type) return false;
  const parent = parentOfId(id) ?? '';
  if (kind.owner === 'place') return isSameId(parent, site);
  if (kind.owner === 'subscription') return parsed.parts.length === 1 && parsed.group === undefined;
  if (kind.owner === 'workspace') return parseId(parent)?.parts.at(-1)?.type === 'microsoft.operationalinsights/workspaces';
  // A change of this app never writes to another app or to a resource below another app.
  const isOfASite = parsed.parts[0]?.type.startsWith('microsoft.web/sites') === true;
  return parsed.parts.length === (kind.owner === 'role' ? 2 : 1) && (!isOfASite || isWithinId(id, site) || isSameId(parent, production));
}

/** Returns whether an id can be a resource of any kind that a change of this app writes. */
export const isPlaceOfApp = (id: string, site: string, production: string): boolean =>
  Object.values(KINDS).some((kind) => isPlaceOf(kind, id, site, production));
