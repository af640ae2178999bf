/** Everything the emulated cloud holds. What a new resource would hold anyway is not kept: see defaults.ts. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export interface PlanRecord {
  id: string;
  name: string;
  location: string;
  kind: string;
  sku: { name: string; tier: string; size: string; family: string; capacity: number };
  linux: boolean;
  tags?: JsonObject;
  /** Members of `properties` that differ from a new plan. */
  properties?: JsonObject;
}

export interface SiteRecord {
  id: string;
  name: string;
  /** On slots. */
  slot?: string;
  kind: string;
  location: string;
  planId: string;
  tags?: JsonObject;
  identity?: JsonObject;
  /** Members of the site's `properties` that differ from a new site. */
  properties: JsonObject;
  /** Members of `config/web` that differ from a new site. */
  config: JsonObject;
  appSettings: Record<string, string>;
  stickySettings: string[];
  /** Names of connection strings and of mounted storage that stay with their slot. */
  stickyOthers?: { connectionStrings?: string[]; storage?: string[] };
  /** basicPublishingCredentialsPolicies that were set. */
  publishing: { scm?: boolean; ftp?: boolean };
  /** `file`: what its function.json says beside the bindings. */
  functions: { name: string; bindings: JsonObject[]; language: string; file?: JsonObject }[];
  deployments: { deployer: string; at: string; message: string }[];
  sourceControl?: JsonObject;
  /** authsettingsV2 as it was put. */
  auth?: JsonObject;
  /** Keys that were set, by place below the site: `host/default/functionKeys/ci`. Empty: taken away. */
  keys?: Record<string, string>;
  connectionStrings?: Record<string, { value: string; type: string }>;
}

export interface PolicyAssignment {
  scope: string;
  name: string;
  displayName: string;
  policyDefinitionId: string;
  parameters?: JsonObject;
}

export interface Assessment {
  /** Id of the site that it is about. */
  site: string;
  name: string;
  displayName: string;
  code: 'Healthy' | 'Unhealthy' | 'NotApplicable';
  /** The member of the site that has it healthy again as soon as it is true; the service takes up to a day to look. */
  healthyWith?: string;
}

export interface Lock {
  scope: string;
  name: string;
  level: 'CanNotDelete' | 'ReadOnly';
  /** Empty where an empty text was sent; left out where none was. */
  notes?: string;
}

export interface State {
  tenantId: string;
  subscriptions: { id: string; name: string; tags?: JsonObject; managementGroup?: string }[];
  /** Below the tenant's root group, whose name is the id of the tenant. */
  managementGroups?: { name: string; displayName: string; parent?: string }[];
  plans: Record<string, PlanRecord>;
  /** By lower-cased id, slots included. */
  sites: Record<string, SiteRecord>;
  policyAssignments: PolicyAssignment[];
  /** Defender plans that are not Free: by subscription and name, the properties that were set. */
  pricings: Record<string, JsonObject>;
  assessments: Assessment[];
  locks: Lock[];
  /** Resources of other providers, by lower-cased id. */
  resources: Record<string, JsonObject>;
  /** Members of groups, by object id. */
  groups: Record<string, string[]>;
  /** Object ids that the directory knows beside those of identities, groups and callers. */
  principals?: string[];
}

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);
export const keyOf = (id: string): string => id.toLowerCase();
export const resourceGroupOf = (id: string): string => /\/resourceGroups\/([^/]+)/i.exec(id)?.[1] ?? '';

/** The same text for the same value, whatever the order of its members. */
export const canonical = (value: Json): string =>
  JSON.stringify(value, (_, inner: Json) =>
    isObject(inner) ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
