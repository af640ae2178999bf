/**
 * Names of endpoints in the clouds of Microsoft. Areas take endpoint names only from here. Sources: the metadata that
 * each Azure Resource Manager publishes, learn.microsoft.com/azure/azure-government/compare-azure-government-global-azure,
 * docs.azure.cn/articles/guidance/developerdifferences and learn.microsoft.com/azure/private-link/private-endpoint-dns.
 */
export interface CloudNames {
  readonly name: 'AzureCloud' | 'AzureUSGovernment' | 'AzureChinaCloud';
  /** Suffix of the host names of storage accounts, after `ACCOUNT.blob.`. */
  readonly storage: string;
  /** Suffix of the host names of vaults, and the audience of their tokens. */
  readonly vaults: string;
  /** Suffix of the default host names of apps, except those of an App Service Environment. */
  readonly sites: string;
  /** Host where users and apps sign in. */
  readonly login: string;
  /** Other suffixes of host names that Azure assigns to apps: App Service Environment, Traffic Manager, Container Apps, Azure Arc. */
  readonly given: readonly string[];
}

export const CLOUDS = {
  AzureCloud: {
    name: 'AzureCloud',
    storage: 'core.windows.net',
    vaults: 'vault.azure.net',
    sites: 'azurewebsites.net',
    login: 'login.microsoftonline.com',
    given: ['appserviceenvironment.net', 'trafficmanager.net', 'azurecontainerapps.io', 'k4apps.io'],
  },
  AzureUSGovernment: {
    name: 'AzureUSGovernment',
    storage: 'core.usgovcloudapi.net',
    vaults: 'vault.usgovcloudapi.net',
    sites: 'azurewebsites.us',
    login: 'login.microsoftonline.us',
    given: ['appserviceenvironment.us', 'usgovtrafficmanager.net', 'azurecontainerapps.us'],
  },
  AzureChinaCloud: {
    name: 'AzureChinaCloud',
    storage: 'core.chinacloudapi.cn',
    vaults: 'vault.azure.cn',
    sites: 'chinacloudsites.cn',
    login: 'login.partner.microsoftonline.cn',
    given: ['appserviceenvironment.cn', 'trafficmanager.cn', 'azurecontainerapps.cn'],
  },
} as const satisfies Readonly<Record<string, CloudNames>>;

/** Portals of the clouds that have their own, by the suffix of the host of their Azure Resource Manager. */
export const PORTALS: readonly (readonly [suffix: string, portal: string])[] = [
  ['.usgovcloudapi.net', 'https://portal.azure.us'],
  ['.chinacloudapi.cn', 'https://portal.azure.cn'],
];

const ALL: readonly CloudNames[] = Object.values(CLOUDS);

/** Returns whether an address is at a host of Entra ID, in any cloud. */
export const isEntraAddress = (address: string): boolean => {
  const [, host = ''] = /^https:\/\/([^/:]+)\//i.exec(address) ?? [];
  return ['login.windows.net', 'sts.windows.net', ...ALL.map(({ login }) => login)].includes(host.toLowerCase());
};

/** Returns the private DNS zone that resolves the apps of this cloud to their private endpoints. */
export const privateZone = ({ sites }: CloudNames): string => `privatelink.${sites}`;

/** Returns whether a private DNS zone is the zone for apps of any cloud. (A subscription contains only zones of the same cloud.) */
export const isPrivateZone = (name: string): boolean => ALL.some((cloud) => privateZone(cloud) === name.toLowerCase());

/**
 * Returns whether an App Service Environment has a public address, by the names that it gives its apps (app-service/environment/using): with
 * an external address, `APP.ENVIRONMENT.p.azurewebsites.net`; with an internal one, `APP.ENVIRONMENT.appserviceenvironment.net`.
 */
export function environmentAddress(hosts: readonly string[]): 'public' | 'internal' | 'unknown' {
  const endsWith = (suffixOf: (cloud: CloudNames) => string): boolean =>
    hosts.some((host) => ALL.some((cloud) => host.toLowerCase().endsWith(suffixOf(cloud))));
  return endsWith(({ sites }) => `.p.${sites}`) ? 'public' : endsWith(({ given }) => `.${given[0] ?? ''}`) ? 'internal' : 'unknown';
}

/** Returns whether Azure assigned this host name to an app. The certificate of such a name is also Azure's. */
export const isGivenName = (host: string): boolean =>
  ALL.some(({ sites, given }) => [sites, ...given].some((suffix) => host.toLowerCase().endsWith(`.${suffix}`)));
