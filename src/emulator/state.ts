/** The state of the emulated cloud. Values that a new resource has anyway are not stored: see defaults.ts. */
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
  /** Set for slots. */
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
  /** Names of connection strings and mounts that are sticky. */
  stickyOthers?: { connectionStrings?: string[]; storage?: string[] };
  /** basicPublishingCredentialsPolicies that were set. */
  publishing: { scm?: boolean; ftp?: boolean };
  /** `file`: members of its function.json other than the bindings. */
  functions: { name: string; bindings: JsonObject[]; language: string; file?: JsonObject }[];
  deployments: { deployer: string; at: string; message: string }[];
  sourceControl?: JsonObject;
  /** authsettingsV2 as it was written. */
  auth?: JsonObject;
  /** Keys that were set, by path below the site: `host/default/functionKeys/ci`. An empty value means deleted. */
  keys?: Record<string, string>;
  connectionStrings?: Record<string, { value: string; type: string }>;
  /** Set for sites that were created by a request. */
  createdAt?: string;
}

interface PolicyAssignment {
  scope: string;
  name: string;
  displayName: string;
  policyDefinitionId: string;
  parameters?: JsonObject;
}

interface Assessment {
  /** Id of the site that it describes. */
  site: string;
  name: string;
  displayName: string;
  code: 'Healthy' | 'Unhealthy' | 'NotApplicable';
  /** The member of the site that makes it healthy immediately; the service needs up to a day. */
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
  /** Below the root group of the tenant, whose name is the id of the tenant. */
  managementGroups?: { name: string; displayName: string; parent?: string }[];
  plans: Record<string, PlanRecord>;
  /** Sites and slots, by id in lower case. */
  sites: Record<string, SiteRecord>;
  policyAssignments: PolicyAssignment[];
  /** Defender plans other than Free: the properties that were set, by subscription and name. */
  pricings: Record<string, JsonObject>;
  assessments: Assessment[];
  locks: Lock[];
  /** Resources of other providers, by id in lower case. */
  resources: Record<string, JsonObject>;
  /** Members of groups, by object id. */
  groups: Record<string, string[]>;
  /** Object ids in the directory other than those of identities, groups and callers. */
  principals?: string[];
  /** Role definitions that replace the built-in ones of the emulator. */
  definitions?: JsonObject[];
}

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);
export const keyOf = (id: string): string => id.toLowerCase();
export const resourceGroupOf = (id: string): string => /\/resourceGroups\/([^/]+)/i.exec(id)?.[1] ?? '';

/** Returns the same text for the same value, whatever the order of members. */
export const canonical = (value: Json): string =>
  JSON.stringify(value, (_, inner: Json) =>
    isObject(inner) ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
