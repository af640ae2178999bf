/**
 * What an app sends through its virtual network. `allTraffic` covers everything; `applicationTraffic` is what `vnetRouteAllEnabled` was;
 * the older members and app settings still count. The copy of `vnetRouteAllEnabled` in config/web does not: Azure ignores it (recorded).
 * Source: learn.microsoft.com/azure/app-service/configure-vnet-integration-routing.
 */
import type { AppSettings } from './resources.ts';
import type { Site } from './site.ts';
import { valueOf } from './settings.ts';

export type Route = 'application' | 'contentShare' | 'imagePull' | 'backupRestore';

interface Way {
  readonly member: 'applicationTraffic' | 'contentShareTraffic' | 'imagePullTraffic' | 'backupRestoreTraffic';
  /** The member of the site up to 2023-12-01. */
  readonly older: 'vnetRouteAllEnabled' | 'vnetContentShareEnabled' | 'vnetImagePullEnabled' | 'vnetBackupRestoreEnabled';
  /** The app setting before that, and its one value that counts. */
  readonly setting?: readonly [name: string, value: string];
}

const WAYS: Readonly<Record<Route, Way>> = {
  application: { member: 'applicationTraffic', older: 'vnetRouteAllEnabled', setting: ['WEBSITE_VNET_ROUTE_ALL', '1'] },
  contentShare: { member: 'contentShareTraffic', older: 'vnetContentShareEnabled', setting: ['WEBSITE_CONTENTOVERVNET', '1'] },
  imagePull: { member: 'imagePullTraffic', older: 'vnetImagePullEnabled', setting: ['WEBSITE_PULL_IMAGE_OVER_VNET', 'true'] },
  backupRestore: { member: 'backupRestoreTraffic', older: 'vnetBackupRestoreEnabled' },
};

/** The member of `outboundVnetRouting` that switches this on alone. */
export const routeMember = (route: Route): Way['member'] => WAYS[route].member;

/**
 * By which member or setting this goes through the network; undefined where by none. The settings are asked for only where the site
 * does not say it, and an app that is in no network needs none: nothing goes through it, whatever they say.
 */
export function routedBy(route: Route, { properties }: Site, settings: () => AppSettings): string | undefined {
  const { member, older, setting } = WAYS[route];
  const routing = properties.outboundVnetRouting;
  if (routing?.allTraffic === true) return 'allTraffic';
  if (routing?.[member] === true) return member;
  // Asked by `in`: the version of ARM that is spoken has no such member, and an inventory that lacks it need not be asked again.
  if (older in properties && properties[older] === true) return older;
  if (!setting || !properties.virtualNetworkSubnetId) return undefined;
  const [name, value] = setting;
  return valueOf(settings(), name)?.trim().toLowerCase() === value ? `the app setting ${name}` : undefined;
}
