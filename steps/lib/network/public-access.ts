/**
 * Public network access of an app. Sources: learn.microsoft.com/azure/app-service/overview-access-restrictions#app-access
 * (if the property is null, access is on unless a private endpoint exists), and the announcement of the App Service team that the
 * property of the site decides: "SiteConfig.PublicNetworkAccess cannot be modified. Please modify the Site.PublicNetworkAccess
 * property" (azure.github.io/AppService, "Improvements to controlling networking configurations"; Azure/azure-rest-api-specs#29043).
 * So the copy in `siteConfig` is neither checked nor written: it is null on most sites (recorded), and Azure refuses to set it separately
 * (hashicorp/terraform-provider-azurerm#24878, #25819).
 */
import { type Facts, sameWord, type Site } from '../../../src/azure/index.ts';
import { connections, isApproved, isLeaving, isUncertain } from './networks.ts';

interface PublicAccess {
  readonly state: 'on' | 'off' | 'unknown';
  /** The state as a person reads it. */
  readonly found: string;
}

/** Returns whether the property turns public access off, independent of private endpoints. */
export const isSetOff = ({ properties }: Site): boolean => sameWord(properties.publicNetworkAccess?.trim(), 'Disabled');

/** Reads the property like the platform: in any case, and "not set" depends on the app's private endpoints. */
export function publicAccess(site: Site): PublicAccess {
  const set = (site.properties.publicNetworkAccess ?? '').trim();
  if (/^disabled$/i.test(set)) return { state: 'off', found: 'off' };
  if (/^enabled$/i.test(set)) return { state: 'on', found: 'on' };
  if (set !== '') return { state: 'unknown', found: `"${set}": App Service documents Enabled and Disabled only` };
  const all = connections(site);
  if (all.some(isApproved)) return { state: 'off', found: 'not set; off, because a private endpoint is approved' };
  if (all.some(isUncertain)) return { state: 'unknown', found: 'not set; the last operation on the private endpoint failed' };
  // Access is off while a private endpoint exists, and on afterward.
  if (all.some(isLeaving)) return { state: 'unknown', found: 'not set; on, once the private endpoint is deleted' };
  return { state: 'on', found: 'on (not set)' };
}

/**
 * Returns whether outside callers are refused before any access restriction rule, at the main site and at the SCM site; false if it is not
 * known. Also in an App Service Environment: there, Disabled leaves only private endpoints.
 */
export const isPublicAccessOff = (site: Site): boolean => publicAccess(site).state === 'off';

/** Returns true, or the reason why the access rules of an app are not judged. */
export const rulesApply = ({ facts }: { readonly facts: Pick<Facts, 'site'> }): true | string =>
  isPublicAccessOff(facts.site) ? 'public network access is off: callers from outside are refused before any rule applies' : true;
