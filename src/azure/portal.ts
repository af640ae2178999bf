/** Where Azure's portal shows a resource, by the cloud that is asked. */
import { PORTALS } from './clouds.ts';

/** The page of a resource; with the tenant, so that a person with several of them lands in the right one. */
export function portalPage(endpoint: string, tenant: string | null, id: string): string {
  const host = URL.canParse(endpoint) ? new URL(endpoint).hostname : '';
  const portal = PORTALS.find(([suffix]) => host.toLowerCase().endsWith(suffix))?.[1] ?? 'https://portal.azure.com';
  return `${portal}/#${tenant === null ? '' : `@${encodeURIComponent(tenant)}`}/resource${encodeURI(id)}`;
}
