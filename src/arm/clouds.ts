import { EXIT, UserError } from '../engine/errors.ts';

export interface Cloud {
  readonly name: string;
  readonly arm: string;
  readonly authority: string;
  readonly portal: string;
  /** Where vaults lie, and the audience of their tokens. */
  readonly vaults: string;
}

export const CLOUDS: readonly Cloud[] = [
  {
    name: 'AzureCloud',
    arm: 'https://management.azure.com',
    authority: 'https://login.microsoftonline.com',
    portal: 'https://portal.azure.com',
    vaults: 'vault.azure.net',
  },
  {
    name: 'AzureUSGovernment',
    arm: 'https://management.usgovcloudapi.net',
    authority: 'https://login.microsoftonline.us',
    portal: 'https://portal.azure.us',
    vaults: 'vault.usgovcloudapi.net',
  },
  {
    name: 'AzureChinaCloud',
    arm: 'https://management.chinacloudapi.cn',
    authority: 'https://login.partner.microsoftonline.cn',
    portal: 'https://portal.azure.cn',
    vaults: 'vault.azure.cn',
  },
];

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** The ARM endpoint as an origin. Plain http is taken for loopback only: a token must not travel in clear. */
export function armEndpoint(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new UserError(`"${text}" is not a URL.`, EXIT.usage, ['Write --arm-endpoint like https://management.azure.com']);
  }
  if (url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.has(url.hostname))) return url;
  throw new UserError(`${url.origin} is refused as ARM endpoint: a token would travel there in clear.`, EXIT.usage, [
    'Use https, or http on 127.0.0.1 for the emulator.',
  ]);
}
