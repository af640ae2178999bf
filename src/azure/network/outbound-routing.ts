/**
 * Traffic that an app sends through its virtual network. `allTraffic` covers everything; `applicationTraffic` replaces
 * `vnetRouteAllEnabled`.
 * The older members and app settings still apply. The copy of `vnetRouteAllEnabled` in config/web does not: Azure ignores it (recorded).
 * Source: learn.microsoft.com/azure/app-service/configure-vnet-integration-routing.
 */
import type { AppSettings } from '../resources/resources.ts';
import type { Site } from '../resources/site.ts';
import { isOn } from '../resources/any-case.ts';
import { valueOf } from '../settings/settings.ts';

export type Route = 'application' | 'contentShare' | 'imagePull' | 'backupRestore';

interface Way {
  readonly member: 'applicationTraffic' | 'contentShareTraffic' | 'imagePullTraffic' | 'backupRestoreTraffic';
  /** The member of the site in API versions up to 2023-12-01. */
  readonly older: 'vnetRouteAllEnabled' | 'vnetContentShareEnabled' | 'vnetImagePullEnabled' | 'vnetBackupRestoreEnabled';
  /** The app setting that preceded it, and the only value that has an effect. */
  readonly setting?: readonly [name: string, value: string];
}

const WAYS: Readonly<Record<Route, Way>> = {
  application: { member: 'applicationTraffic', older: 'vnetRouteAllEnabled', setting: ['WEBSITE_VNET_ROUTE_ALL', '1'] },
  contentShare: { member: 'contentShareTraffic', older: 'vnetContentShareEnabled', setting: ['WEBSITE_CONTENTOVERVNET', '1'] },
  imagePull: { member: 'imagePullTraffic', older: 'vnetImagePullEnabled', setting: ['WEBSITE_PULL_IMAGE_OVER_VNET', 'true'] },
  backupRestore: { member: 'backupRestoreTraffic', older: 'vnetBackupRestoreEnabled' },
};

/** Returns the member of `outboundVnetRouting` that switches on only this route. */
export const routeMember = (route: Route): Way['member'] => WAYS[route].member;

/**
 * Returns the member or setting that routes this traffic through the network; undefined if none does. The settings are read only if
 * the site does not decide, and not for an app without network integration: there the settings have no effect.
 */
export function routedBy(route: Route, { properties }: Site, settings: () => AppSettings): string | undefined {
  const { member, older, setting } = WAYS[route];
  const routing = properties.outboundVnetRouting;
  if (isOn(routing?.allTraffic)) return 'allTraffic';
  if (isOn(routing?.[member])) return member;
  // `in` is used because the ARM version in use has no such member, and reading a member that an inventory lacks would request the site
  // again.
  if (older in properties && isOn(properties[older])) return older;
  if (!setting || !properties.virtualNetworkSubnetId) return undefined;
  const [name, value] = setting;
  return valueOf(settings(), name)?.trim().toLowerCase() === value ? `the app setting ${name}` : undefined;
}
