/**
 * What the clouds of Microsoft call their things: the one place where an area finds the name of an endpoint. Sources: the metadata that
 * each Azure Resource Manager gives out, learn.microsoft.com/azure/azure-government/compare-azure-government-global-azure,
 * docs.azure.cn/articles/guidance/developerdifferences and learn.microsoft.com/azure/private-link/private-endpoint-dns.
 */
export interface CloudNames {
  readonly name: 'AzureCloud' | 'AzureUSGovernment' | 'AzureChinaCloud';
  /** Where storage accounts lie: `ACCOUNT.blob.` and this. */
  readonly storage: string;
  /** Where vaults lie, and the audience of their tokens. */
  readonly vaults: string;
  /** Where apps lie, other than those of an App Service Environment. */
  readonly sites: string;
  /** Where people and apps sign in. */
  readonly login: string;
  /** Other names that Azure itself gives to apps: App Service Environment, Traffic Manager, Container Apps, Azure Arc. */
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

/** The portals of the clouds that have one of their own, by what the host of their Azure Resource Manager ends with. */
export const PORTALS: readonly (readonly [suffix: string, portal: string])[] = [
  ['.usgovcloudapi.net', 'https://portal.azure.us'],
  ['.chinacloudapi.cn', 'https://portal.azure.cn'],
];

const ALL: readonly CloudNames[] = Object.values(CLOUDS);

/** The private DNS zone in which apps of this cloud are found through their private endpoints. */
export const privateZone = ({ sites }: CloudNames): string => `privatelink.${sites}`;

/** Whether a private DNS zone is that of the apps of any cloud: a subscription has only those of its own. */
export const isPrivateZone = (name: string): boolean => ALL.some((cloud) => privateZone(cloud) === name.toLowerCase());

/** Whether Azure itself gave an app this host name; its certificate is then Azure's as well, and nobody else can bind one. */
export const isGivenName = (host: string): boolean =>
  ALL.some(({ sites, given }) => [sites, ...given].some((suffix) => host.toLowerCase().endsWith(`.${suffix}`)));
