/** Evidence that code declares an app: wire bodies of ARM and Azure Resource Graph, limited to the members that are read. */

/** The permission without which Resource Graph returns no changes of a resource (`resourcechanges` are resources of this type below it). */
export const CHANGES_RIGHT = 'Microsoft.Resources/changes/read';

/** `{scope}/providers/Microsoft.Authorization/denyAssignments`. Deployment stacks use them to protect the resources that they manage. */
export interface DenyAssignment {
  readonly id: string;
  readonly name: string;
  readonly properties: {
    readonly denyAssignmentName?: string | null;
    readonly description?: string | null;
    readonly permissions?: readonly { readonly actions?: readonly string[] | null }[] | null;
  };
}

/** A deployment of the resource group of the app, as ARM lists it. */
export interface GroupDeployment {
  readonly id: string;
  readonly name: string;
  readonly properties: {
    readonly timestamp?: string | null;
    readonly provisioningState?: string | null;
    readonly correlationId?: string | null;
    /** Only set for deployments that succeeded. */
    readonly outputResources?: readonly { readonly id?: string | null }[] | null;
  };
}

/** A row of `resourcechanges`: one change within the last 14 days. */
export interface ResourceChange {
  readonly id: string;
  readonly properties: {
    readonly targetResourceId?: string | null;
    readonly changeType?: string | null;
    readonly changeAttributes?: {
      readonly timestamp?: string | null;
      readonly correlationId?: string | null;
      readonly changedBy?: string | null;
      readonly changedByType?: string | null;
      readonly clientType?: string | null;
      readonly operation?: string | null;
    } | null;
    /** Changed members by their path. */
    readonly changes?: { readonly [path: string]: unknown } | null;
  };
}
