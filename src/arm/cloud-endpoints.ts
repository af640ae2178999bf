import { EXIT, UserError } from '../engine/errors.ts';
import { type CloudNames, CLOUDS as NAMES } from '../azure/index.ts';

export interface Cloud {
  readonly name: string;
  readonly arm: string;
  /** What a token for Azure Resource Manager is asked for. Only in the public cloud that is the endpoint itself. */
  readonly audience: string;
  readonly authority: string;
  /** Other names of the same authority, as they stand in AZURE_AUTHORITY_HOST. */
  readonly aliases: readonly string[];
  readonly portal: string;
  /** What it calls everything else. */
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

/** Where to sign in; one that Microsoft does not know is taken as it is, since nobody there could vouch for it. */
export interface Authority {
  readonly host: string;
  readonly known: boolean;
}

/**
 * The cloud and its authority. `--cloud` decides; without it AZURE_AUTHORITY_HOST does, which may also name an authority of its own.
 * @throws UserError on a cloud that is none, or an authority that is no https address
 */
export function cloudOf(name: string | undefined, authorityHost: string | undefined): { cloud: Cloud; authority: Authority } {
  const named = CLOUDS.find((cloud) => cloud.name === name);
  if (name !== undefined && !named)
    throw new UserError(`Unknown cloud "${name}".`, EXIT.usage, [`Known: ${CLOUDS.map((cloud) => cloud.name).join(', ')}`]);
  if (named) return { cloud: named, authority: { host: named.authority, known: true } };
  const usual = CLOUDS[0] as Cloud;
  if (!authorityHost) return { cloud: usual, authority: { host: usual.authority, known: true } };
  const url = URL.parse(authorityHost);
  if (url?.protocol !== 'https:')
    throw new UserError(`AZURE_AUTHORITY_HOST is "${authorityHost}", which is not an https URL.`, EXIT.usage, [
      `Write it like ${usual.authority}, or remove it and choose the cloud with --cloud`,
    ]);
  const cloud = CLOUDS.find(({ authority, aliases }) => [authority, ...aliases].includes(url.origin));
  return { cloud: cloud ?? usual, authority: { host: url.origin, known: cloud !== undefined } };
}

/** The cloud whose own Azure Resource Manager this is. */
export const cloudAt = (endpoint: URL): Cloud | undefined => CLOUDS.find(({ arm }) => arm === endpoint.origin);

/** Only Azure's own endpoint gets a token for Azure; another one gets a token for itself, which is of no use elsewhere. */
export const audienceOf = (cloud: Cloud, endpoint: URL): string => (endpoint.origin === cloud.arm ? cloud.audience : endpoint.origin);

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** The ARM endpoint as an origin. Plain http is taken for loopback only: a token must not travel in clear. */
export function armEndpoint(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new UserError(`"${text}" is not a URL.`, EXIT.usage, ['Example: --arm-endpoint https://management.azure.com']);
  }
  if (url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.has(url.hostname))) return url;
  throw new UserError(`${url.origin} cannot be the Azure Resource Manager endpoint: the token would travel unencrypted.`, EXIT.usage, [
    'Use https, or http on 127.0.0.1 for the emulator.',
  ]);
}
