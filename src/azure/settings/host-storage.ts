/**
 * Settings with the location of the host storage, for a host that signs in with an identity. `__accountName` always means the public cloud. In
 * other clouds, and if the account has its own addresses, each service is named by its URI.
 * Sources: learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity,
 * hashicorp/terraform-provider-azurerm#32062.
 */
import { CLOUDS, type CloudNames } from '../clouds.ts';
import { HOST_STORAGE } from './settings.ts';

/** Storage services that the host uses: blobs for leases and keys, queues for blob triggers, tables for events. */
const SERVICES = ['blob', 'queue', 'table'] as const;
const PUBLIC: string = CLOUDS.AzureCloud.storage;

const part = (connection: string, name: string): string | undefined =>
  new RegExp(`(?:^|;)\\s*${name}\\s*=\\s*([^;]+)`, 'i')
    .exec(connection)?.[1]
    ?.trim()
    .replace(/(?<!\/)\/+$/, '');

/** Returns the settings that name the account to the host, derived from the connection string in use. */
export function settingsByIdentity(
  account: string,
  connection: string,
  cloud: CloudNames,
): readonly (readonly [name: string, to: string])[] {
  const endpoint = part(connection, 'EndpointSuffix');
  // The account is in a subscription of this cloud, so the suffix of the public cloud is wrong in any other cloud.
  const suffix = endpoint && endpoint.toLowerCase() !== PUBLIC ? endpoint : cloud.storage;
  const uris = SERVICES.map((service) => part(connection, `${service}Endpoint`) ?? `https://${account}.${service}.${suffix}`);
  const isPublic = uris.every((uri, index) => uri.toLowerCase() === `https://${account}.${SERVICES[index]!}.${PUBLIC}`.toLowerCase());
  return isPublic
    ? [[`${HOST_STORAGE}__accountName`, account]]
    : SERVICES.map((service, index) => [`${HOST_STORAGE}__${service}ServiceUri`, uris[index]!] as const);
}

const KEYED = /^(.*AccountKey=)([^;]+)(.*)$/is;
/** Parts of a connection string that are known not to be secret; any other part may be a secret. */
const BESIDE =
  /^(DefaultEndpointsProtocol=https?|EndpointSuffix=[\w.-]+|AccountName=\w+|AccountKey=|(Blob|Queue|Table|File)Endpoint=https:\/\/[\w.-]+\/?)?$/i;

/** Splits a connection string at its account key; both parts are empty if there is no key. */
export function aroundKey(connection: string): { readonly before: string; readonly after: string } {
  const [, before = '', , after = ''] = KEYED.exec(connection) ?? [];
  return { before, after };
}

/** Returns whether a connection string contains an account key and no other part that may be secret. */
export function isKeyedConnection(connection: string): boolean {
  const { before, after } = aroundKey(connection);
  return before !== '' && `${before};${after}`.split(';').every((part) => BESIDE.test(part.trim()));
}
