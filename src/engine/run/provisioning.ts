/**
 * The provisioning state of a resource. A resource can show the sent values although Azure has not carried them out: learn.microsoft.com/
 * azure/azure-resource-manager/management/async-operations.
 */
import { valueAt, type Body } from '../../change/json-paths.ts';

export const PROVISIONING = 'properties.provisioningState';

/** Returns the provisioning state of a resource that failed or is not completed. No state means that the write was completed at once. */
export function unfinishedProvisioning(body: Body | null): string | undefined {
  const state = valueAt(body ?? undefined, PROVISIONING);
  return typeof state !== 'string' || /^succeeded$/i.test(state) ? undefined : state;
}

/** Whether a provisioning state is final, so that later reads return the same. */
export const hasFailed = (state: string): boolean => /^(?:failed|cancell?ed)$/i.test(state);
