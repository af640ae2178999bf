/**
 * How the host is told where its storage lies once it signs in by identity. `__accountName` leads to the public cloud whatever cloud the
 * app runs in; elsewhere, and where the account has addresses of its own, each service is named by its URI.
 * Sources: learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity,
 * hashicorp/terraform-provider-azurerm#32062.
 */
import { CLOUDS, type CloudNames } from './clouds.ts';
import { HOST_STORAGE } from './settings.ts';

/** What the host uses: blobs for leases and keys, queues for blob triggers, tables for events. */
const SERVICES = ['blob', 'queue', 'table'] as const;
const PUBLIC: string = CLOUDS.AzureCloud.storage;

const part = (connection: string, name: string): string | undefined =>
  new RegExp(`(?:^|;)\\s*${name}\\s*=\\s*([^;]+)`, 'i').exec(connection)?.[1]?.trim().replace(/\/+$/, '');

/** The settings that name the account to the host, made from the connection string that it used so far. */
export function settingsByIdentity(
  account: string,
  connection: string,
  cloud: CloudNames,
): readonly (readonly [name: string, to: string])[] {
  const told = part(connection, 'EndpointSuffix');
  // The account lies in a subscription of this cloud, so a suffix of the public one was never right in another.
  const suffix = told && told.toLowerCase() !== PUBLIC ? told : cloud.storage;
  const uris = SERVICES.map((service) => part(connection, `${service}Endpoint`) ?? `https://${account}.${service}.${suffix}`);
  const isPublic = uris.every((uri, index) => uri.toLowerCase() === `https://${account}.${SERVICES[index]!}.${PUBLIC}`.toLowerCase());
  return isPublic
    ? [[`${HOST_STORAGE}__accountName`, account]]
    : SERVICES.map((service, index) => [`${HOST_STORAGE}__${service}ServiceUri`, uris[index]!] as const);
}

const KEYED = /^(.*AccountKey=)([^;]+)(.*)$/is;
/** What may stand beside the key; anything else may be a secret itself. */
const BESIDE =
  /^(DefaultEndpointsProtocol=https?|EndpointSuffix=[\w.-]+|AccountName=\w+|AccountKey=|(Blob|Queue|Table|File)Endpoint=https:\/\/[\w.-]+\/?)?$/i;

/** What stands before and after the account key in a connection string; empty texts where there is no key. */
export function aroundKey(connection: string): { readonly before: string; readonly after: string } {
  const [, before = '', , after = ''] = KEYED.exec(connection) ?? [];
  return { before, after };
}

/** Whether a connection string holds an account key and nothing else that may be a secret. */
export function isKeyedConnection(connection: string): boolean {
  const { before, after } = aroundKey(connection);
  return before !== '' && `${before};${after}`.split(';').every((part) => BESIDE.test(part.trim()));
}
