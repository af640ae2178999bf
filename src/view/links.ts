/** Addresses that explain or show a thing: Microsoft's page about it, and its page in the portal. */

/** Azure Resource Manager of each cloud, and the portal beside it; another endpoint is taken for one of the public cloud. */
const PORTALS: Readonly<Record<string, string>> = {
  'management.usgovcloudapi.net': 'https://portal.azure.us',
  'management.chinacloudapi.cn': 'https://portal.azure.cn',
};

/** The page of a resource in the portal of its cloud. */
export function portalPage(endpoint: string, id: string, tenant?: string): string {
  const portal = PORTALS[URL.parse(endpoint)?.hostname.toLowerCase() ?? ''] ?? 'https://portal.azure.com';
  const path = id
    .split('/')
    .map((part) => encodeURIComponent(part))
    .join('/');
  return `${portal}/#@${encodeURIComponent(tenant ?? '')}/resource${path}`;
}

/** The address as it may be written to a terminal; undefined where it is none of the web. */
export function webAddress(text: string): string | undefined {
  const url = URL.parse(text);
  return url && /^https?:$/.test(url.protocol) ? url.href : undefined;
}
