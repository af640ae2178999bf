import { type CloudNames, CLOUDS as NAMES } from '../../azure/index.ts';
import { armErrors } from '../errors.ts';

export interface Cloud {
  readonly name: string;
  readonly arm: string;
  /** The audience of tokens for Azure Resource Manager. Only in the public cloud is it the endpoint itself. */
  readonly audience: string;
  readonly authority: string;
  /** Other names of the same authority, as AZURE_AUTHORITY_HOST may have them. */
  readonly aliases: readonly string[];
  readonly portal: string;
  /** The names of all other endpoints. */
  readonly names: CloudNames;
}

const CLOUDS: readonly Cloud[] = [
  {
    name: NAMES.AzureCloud.name,
    arm: 'https://management.azure.com',
    audience: 'https://management.azure.com',
    authority: `https://${NAMES.AzureCloud.login}`,
    aliases: ['https://login.windows.net', 'https://login.microsoft.com'],
    portal: 'https://portal.azure.com',
    names: NAMES.AzureCloud,
  },
  {
    name: NAMES.AzureUSGovernment.name,
    arm: 'https://management.usgovcloudapi.net',
    audience: 'https://management.core.usgovcloudapi.net',
    authority: `https://${NAMES.AzureUSGovernment.login}`,
    aliases: ['https://login.usgovcloudapi.net'],
    portal: 'https://portal.azure.us',
    names: NAMES.AzureUSGovernment,
  },
  {
    name: NAMES.AzureChinaCloud.name,
    arm: 'https://management.chinacloudapi.cn',
    audience: 'https://management.core.chinacloudapi.cn',
    authority: `https://${NAMES.AzureChinaCloud.login}`,
    aliases: ['https://login.chinacloudapi.cn'],
    portal: 'https://portal.azure.cn',
    names: NAMES.AzureChinaCloud,
  },
];

/** The host that signs in. `known: false`: Microsoft's list does not have it, so it is used without a check against that list. */
export interface Authority {
  readonly host: string;
  readonly known: boolean;
}

/**
 * Returns the cloud and its authority. `--cloud` takes precedence over AZURE_AUTHORITY_HOST, which may also name a custom authority.
 * @throws UserError for an unknown cloud, or an authority that is not an https address
 */
export function cloudOf(name: string | undefined, authorityHost: string | undefined): { cloud: Cloud; authority: Authority } {
  const named = CLOUDS.find((cloud) => cloud.name === name);
  if (name !== undefined && !named) throw armErrors.unknownCloud({ name, known: CLOUDS.map((cloud) => cloud.name) });
  if (named) return { cloud: named, authority: { host: named.authority, known: true } };
  const usual = CLOUDS[0] as Cloud;
  if (!authorityHost) return { cloud: usual, authority: { host: usual.authority, known: true } };
  const url = URL.parse(authorityHost);
  if (url?.protocol !== 'https:') throw armErrors.invalidAuthority({ text: authorityHost, usual: usual.authority });
  const cloud = CLOUDS.find(({ authority, aliases }) => [authority, ...aliases].includes(url.origin));
  return { cloud: cloud ?? usual, authority: { host: url.origin, known: cloud !== undefined } };
}

/** Returns the cloud of an Azure Resource Manager endpoint. */
export const cloudAt = (endpoint: URL): Cloud | undefined => CLOUDS.find(({ arm }) => arm === endpoint.origin);

/** Returns the audience of tokens: Azure for its own endpoint; another endpoint gets a token that is of use only there. */
export const audienceOf = (cloud: Cloud, endpoint: URL): string => (endpoint.origin === cloud.arm ? cloud.audience : endpoint.origin);

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** Returns the ARM endpoint as an origin. Plain http is accepted for loopback only: a token must not travel in clear. */
export function armEndpoint(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw armErrors.invalidEndpoint({ text });
  }
  if (url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.has(url.hostname))) return url;
  throw armErrors.unencryptedEndpoint({ origin: `${url.protocol}//${url.host}` });
}
