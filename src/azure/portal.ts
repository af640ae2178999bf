/** Pages of Azure's portal, by cloud. */
import { PORTALS } from './clouds.ts';

/** Returns the portal page of a resource. It names the tenant, so that a user of several tenants arrives in the right one. */
export function portalPage(endpoint: string, tenant: string | null, id: string): string {
  const host = URL.canParse(endpoint) ? new URL(endpoint).hostname : '';
  const portal = PORTALS.find(([suffix]) => host.toLowerCase().endsWith(suffix))?.[1] ?? 'https://portal.azure.com';
  return `${portal}/#${tenant === null ? '' : `@${encodeURIComponent(tenant.toWellFormed())}`}/resource${encodeURI(id)}`;
}
