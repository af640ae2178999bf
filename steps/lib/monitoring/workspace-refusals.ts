/** Reasons why a Log Analytics workspace stores no data: learn.microsoft.com/rest/api/loganalytics/workspaces/get (DataIngestionStatus). */
import { type Facts, nameIn, sameResource, sameWord, type Workspace } from '../../../src/azure/index.ts';

const STOPPED = {
  OverQuota: 'its daily cap is reached',
  ForceOff: 'ingestion was stopped by a change of its settings',
  SubscriptionSuspended: 'its subscription is suspended',
};

/** Returns why a workspace stores no data now; undefined if it does, or if Azure does not report it. */
export const refusalOfWorkspace = ({ properties }: Workspace): string | undefined =>
  Object.entries(STOPPED).find(([status]) => sameWord(properties?.workspaceCapping?.dataIngestionStatus, status))?.[1];

/** Returns the workspaces of the app's own subscription that its list lacks. Nothing is known of those in other subscriptions. */
export function lostWorkspaces({ site, maybe }: Facts, named: readonly (string | null | undefined)[]): readonly string[] {
  const known = maybe('workspaces')?.value;
  const own = site.id.split('/')[2] ?? '';
  const ids = [...new Set(named.flatMap((id) => id || []))];
  return known ? ids.filter((id) => sameWord(id.split('/')[2], own) && !known.some((one) => sameResource(one.id, id))) : [];
}

export const lostText = (ids: readonly string[]): string =>
  `workspace ${ids.map(nameIn).join(', ')} is not in this subscription: it was deleted, or you have no permission to read it`;
