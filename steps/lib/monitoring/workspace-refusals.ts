/** Reasons why a Log Analytics workspace stores no data: learn.microsoft.com/rest/api/loganalytics/workspaces/get (DataIngestionStatus). */
import { sameWord, type Workspace } from '../../../src/azure/index.ts';

const STOPPED = {
  OverQuota: 'its daily cap is reached',
  ForceOff: 'ingestion was stopped by a change of its settings',
  SubscriptionSuspended: 'its subscription is suspended',
};

/** Returns why a workspace stores no data now; undefined if it does, or if Azure does not report it. */
export const refusalOfWorkspace = ({ properties }: Workspace): string | undefined =>
  Object.entries(STOPPED).find(([status]) => sameWord(properties?.workspaceCapping?.dataIngestionStatus, status))?.[1];
