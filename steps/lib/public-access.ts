/**
 * Whether the public address of an app answers. Sources: learn.microsoft.com/azure/app-service/overview-access-restrictions#app-access
 * (where the property is null, access is on unless a private endpoint exists), and the announcement of the App Service team that the
 * property of the site decides: "SiteConfig.PublicNetworkAccess cannot be modified. Please modify the Site.PublicNetworkAccess
 * property" (azure.github.io/AppService, "Improvements to controlling networking configurations"; Azure/azure-rest-api-specs#29043).
 * So the copy in `siteConfig` is not checked: it is null on most sites (recorded), and cannot be set by itself.
 */
import type { Site } from '../../src/azure/index.ts';
import { isApproved } from './networks.ts';

export interface PublicAccess {
  readonly state: 'on' | 'off' | 'unknown';
  /** The state as a person reads it. */
  readonly found: string;
}

/** Reads the property as the platform does: words in any case, "not set" by the private endpoints of the app. */
export function publicAccess({ properties }: Site): PublicAccess {
  const set = (properties.publicNetworkAccess ?? '').trim();
  if (/^disabled$/i.test(set)) return { state: 'off', found: 'off' };
  if (/^enabled$/i.test(set)) return { state: 'on', found: 'on' };
  if (set !== '') return { state: 'unknown', found: `"${set}": App Service documents Enabled and Disabled only` };
  return (properties.privateEndpointConnections ?? []).some(isApproved)
    ? { state: 'off', found: 'not set; off, because a private endpoint is approved' }
    : { state: 'on', found: 'on (not set)' };
}

/**
 * Whether callers from outside are refused before any access restriction rule is looked at, at the main site and at the SCM site.
 * False where that is not known. In an App Service Environment too: there, Disabled leaves private endpoints as the only way in.
 */
export const isPublicAccessOff = (site: Site): boolean => publicAccess(site).state === 'off';

/** The reason why access rules of an app are not judged then. */
export const PUBLIC_ACCESS_OFF = 'public network access is off: callers from outside are refused before any rule applies';
