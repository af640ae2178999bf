import { armErrors } from '../errors.ts';
/** The address of a shared undo log: its container, and the path in it. */

export interface SharedPlace {
  /** The address as a person writes it, without a trailing slash. */
  readonly address: string;
  /** The address of the container. */
  readonly container: string;
  /** The prefix of blob names: empty, or with a trailing slash. */
  readonly prefix: string;
}

/**
 * Hosts of Azure Blob Storage: of the clouds, of their private links, and of accounts with a separate DNS zone
 * (storage/common/storage-account-overview).
 */
const HOSTS =
  /^[a-z0-9-]+\.(privatelink\.)?blob\.core\.(windows\.net|usgovcloudapi\.net|chinacloudapi\.cn)$|^[a-z0-9]+\.z\d+\.blob\.storage\.azure\.net$/;
const LOOPBACK = /^(127\.0\.0\.1|\[::1\]|localhost)$/;
const CONTAINER = /^[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){2,62}$/;

/** Parses the address. @throws UserError where it is not a container; a token is sent to no other address */
export function sharedPlace(text: string): SharedPlace {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const wrong = (why: string) => armErrors.invalidSharedPlace({ place: withoutQuery(text), why });
  if (!url) throw wrong('it is not a URL');
  if (/%|\/\.\.?(\/|$)/.test(text)) throw wrong('the prefix can contain only letters, digits, dots and dashes');
  if (url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '')
    throw wrong('it must not contain a key, signature or password; func-harden uses your sign-in');
  const isLocal = LOOPBACK.test(url.hostname);
  if (url.protocol !== 'https:' && !isLocal) throw wrong('http is allowed only for this machine');
  if (!isLocal && !HOSTS.test(url.hostname)) throw wrong(`${url.hostname} is not an address of Azure Blob Storage`);
  const parts = url.pathname.split('/').filter(Boolean);
  const account = isLocal ? parts.splice(0, 1) : [];
  const [container, ...prefix] = parts;
  if (isLocal && account.length === 0) throw wrong('for an address on this machine, the first part of the path must be the account');
  if (container === undefined || !CONTAINER.test(container)) throw wrong('it has no container');
  if (prefix.some((part) => !/^[\w.-]+$/.test(part) || /^\.+$/.test(part)))
    throw wrong('the prefix can contain only letters, digits, dots and dashes');
  const root = `${url.origin}/${[...account, container].join('/')}`;
  return { address: [root, ...prefix].join('/'), container: root, prefix: prefix.map((part) => `${part}/`).join('') };
}

const withoutQuery = (text: string): string => text.replace(/[?#].*$/s, '?…').replace(/\/\/[^/]*@/, '//…@');
