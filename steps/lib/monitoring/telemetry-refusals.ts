/** Reasons why an Application Insights component does not accept the telemetry of an app. */
import {
  type Component,
  type Facts,
  INSIGHTS_AUTH,
  INSIGHTS_CONNECTION,
  ingestionHost,
  isOn,
  sameResource,
  sameWord,
  telemetrySignIn,
  valueOf,
} from '../../../src/azure/index.ts';
import type { Verdict } from '../../../src/contract/index.ts';
import { lostText, lostWorkspaces, refusalOfWorkspace } from './workspace-refusals.ts';

/** Returns whether a component takes the telemetry of the app, as far as its own settings and those of the app show. */
export function refusalOf({ name, properties }: Component, facts: Facts): Pick<Verdict, 'state' | 'found' | 'stays'> {
  const { appSettings, site } = facts;
  if (sameWord(properties.IngestionMode, 'Disabled'))
    return { state: 'fail', found: `${name}, which accepts no telemetry (IngestionMode is Disabled): its workspace was deleted` };
  const { by } = telemetrySignIn(appSettings);
  if (isOn(properties.DisableLocalAuth) && by !== 'entra')
    return {
      state: by === 'key' ? 'fail' : 'unknown',
      found: `${name}, which accepts telemetry only with Entra ID; ${by === 'key' ? 'the app sends it with the key' : `${INSIGHTS_AUTH} is a reference, and its value was not checked`}`,
    };
  const workspace = facts.maybe('workspaces')?.value.find(({ id }) => sameResource(id, properties.WorkspaceResourceId));
  const stopped = workspace && refusalOfWorkspace(workspace);
  if (workspace && stopped) return { state: 'fail', found: `${name}, whose workspace ${workspace.name} stores no data: ${stopped}` };
  const lost = lostWorkspaces(facts, [properties.WorkspaceResourceId]);
  if (lost.length > 0)
    return { state: 'unknown', found: `${name}; its ${lostText(lost)}`, stays: 'the connection string names the component already' };
  const [host, own] = [valueOf(appSettings, INSIGHTS_CONNECTION), properties.ConnectionString].map(ingestionHost);
  if (host !== undefined && own !== undefined && host !== own)
    return {
      state: 'unknown',
      found: `${name}, but the connection string names the ingestion endpoint ${host} and the component has ${own}; it was not checked whether telemetry arrives`,
      stays: 'the connection string names the component already',
    };
  const access = properties.publicNetworkAccessForIngestion || 'Enabled';
  if (sameWord(access, 'Enabled')) return { state: 'pass', found: name };
  if (!sameWord(access, 'Disabled'))
    return {
      state: 'unknown',
      found: `${name}, whose public network access for ingestion is ${access}; it was not checked whether the app can reach it`,
    };
  return site.properties.virtualNetworkSubnetId
    ? {
        state: 'unknown',
        found: `${name}, which accepts telemetry only through a private link scope; it was not checked whether the app can reach it`,
      }
    : {
        state: 'fail',
        found: `${name}, which accepts telemetry only through a private link scope, and the app is not in a virtual network`,
      };
}
