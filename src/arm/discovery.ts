import { WebSiteManagementClient, type Site } from '@azure/arm-appservice';
import type { TokenCredential } from '@azure/core-auth';
import type { Pipeline } from '@azure/core-rest-pipeline';
import type { Discovery, Subscription, Target } from '../engine/ports.ts';
import { parseSiteId } from '../engine/targets.ts';
import { isRecord } from '../engine/values.ts';
import { plainText } from '../text/plain.ts';
import type { ArmClient } from './client.ts';
import { noAnswer } from './failures.ts';
import { WEB } from './resource.ts';

const SUBSCRIPTIONS = '2022-12-01';

export function createDiscovery(client: ArmClient, shared: { endpoint: URL; pipeline: Pipeline; credential: TokenCredential }): Discovery {
  const web = (subscriptionId: string) =>
    new WebSiteManagementClient(shared.credential, subscriptionId, {
      endpoint: shared.endpoint.origin,
      pipeline: shared.pipeline,
      apiVersion: WEB,
    });
  return {
    async subscriptions() {
      const found: Subscription[] = [];
      for await (const item of client.list('/subscriptions', SUBSCRIPTIONS)) {
        if (!isRecord(item) || typeof item['subscriptionId'] !== 'string') continue;
        const { subscriptionId, displayName, tenantId, state } = item as unknown as {
          subscriptionId: string;
          displayName?: string;
          tenantId?: string;
          state?: string;
        };
        if (state === undefined || state === 'Enabled' || state === 'Warned')
          found.push({ id: subscriptionId, name: plainText(displayName ?? subscriptionId), tenantId: tenantId ?? null });
      }
      return found;
    },
    async *apps(subscriptionId) {
      try {
        for await (const site of web(subscriptionId).webApps.list()) if (isFunctionApp(site.kind ?? '')) yield targetOf(site);
      } catch (error) {
        throw noAnswer(error, false);
      }
    },
    async slots(app) {
      const found: Target[] = [];
      try {
        for await (const site of web(app.subscriptionId).webApps.listSlots(app.resourceGroup, app.name)) found.push(targetOf(site));
      } catch (error) {
        throw noAnswer(error, false);
      }
      return found;
    },
  };
}

/** Logic Apps (workflow apps) share the type but are another product. */
export const isFunctionApp = (kind: string): boolean => /\bfunctionapp\b/i.test(kind) && !/\bworkflowapp\b/i.test(kind);

function targetOf(site: Site): Target {
  const parts = parseSiteId(site.id ?? '');
  if (!parts) throw new TypeError(`not the id of a site: ${plainText(site.id ?? '')}`);
  // The id is what requests use; what is shown must not steer a terminal.
  const shown = { name: plainText(parts.name), label: plainText(parts.label), resourceGroup: plainText(parts.resourceGroup) };
  return { ...parts, ...shown, location: plainText(site.location ?? ''), kind: plainText(site.kind ?? ''), tags: site.tags ?? {} };
}
