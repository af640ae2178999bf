/** Values of other writers in the same resource that existed right before a request and are missing or different right after it. */
import { ownMember, sameWord, type Json, type ResourceKey } from '../../azure/index.ts';
import { showsJson } from '../../change/shown.ts';
import { isRecord, pathOf, membersOf, spellingIn, type Body } from '../../change/json-paths.ts';

/** A resource right before a write. */
export interface Beside {
  readonly body: Body | null;
  /** Whether the write sends values of others too, so that it may remove them. */
  readonly isWhole: boolean;
}

/** What is known of a write whose other values are compared. */
export interface Write {
  readonly key: ResourceKey;
  /** The paths that the change itself writes. */
  readonly paths: readonly string[];
  /** Whether this run wrote the value that is there now. The read before the write may have been older. */
  readonly isOwn?: (path: string, now: Json) => boolean;
}

/** The members of a resource that hold values of others; the rest says when it was changed. */
const OTHERS = ['properties', 'tags', 'identity'];

/** Copies of the site, its identity, its sign-in and its mounts, whose state and key Azure shows, and values that follow from another member. */
const DERIVED =
  /^properties\.(publicNetworkAccess|vnet\w+|siteAuth\w+|x?managedServiceIdentityId|azureStorageAccounts\W.*\W(state|accessKey)|supportedTlsCipherSuites|remoteDebuggingVersion)(\W|$)/i;

/**
 * Members that only an owner sets, so that a difference is the effect of a write: they follow neither from another value of the resource
 * nor from the state of the app. In the configuration, these are all but DERIVED.
 */
const SET_BY_OWNERS: Readonly<Partial<Record<ResourceKey, (path: string) => boolean>>> = {
  // Azure adds the ids of an identity, and leaves them out of some answers (recorded).
  site: (path) =>
    !/\W(principalId|clientId)$/i.test(path) &&
    /^(tags|identity\.userAssignedIdentities|properties\.(httpsOnly|clientCert(Enabled|Mode|ExclusionPaths)|clientAffinityEnabled|enabled|publicNetworkAccess|keyVaultReferenceIdentity|virtualNetworkSubnetId|dailyMemoryTimeQuota|endToEndEncryptionEnabled|sshEnabled))(\W|$)/i.test(
      path,
    ),
  siteConfig: (path) => !DERIVED.test(path),
};

/** Members whose value follows from another one: the ids of the system-assigned identity end with it. */
const FOLLOWING: Readonly<Record<string, readonly string[]>> = { 'identity.type': ['identity.principalid', 'identity.tenantid'] };

/** Whether a write of these resources is compared with all values that owners set, also if it sends only its own values. */
export const isCompared = (key: ResourceKey): boolean => SET_BY_OWNERS[key] !== undefined;

/** Returns the paths of members and list items that are missing in `after` or have another value, except those that the change writes. */
export function lostValues({ body: before, isWhole }: Beside, after: Body | null, { key, paths, isOwn }: Write): string[] {
  if (before === null || after === null || paths.includes('')) return [];
  const byOwners = SET_BY_OWNERS[key];
  const own = new Set(paths.flatMap((path) => [path.toLowerCase(), ...(ownMember(FOLLOWING, path) ?? [])]));
  const isSkipped = (path: string, now: Json): boolean =>
    own.has(path.toLowerCase()) || (byOwners !== undefined && isOwn?.(path, now) === true);
  return OTHERS.flatMap((member) =>
    lostIn(before[member] ?? null, after[member] ?? null, member, isSkipped, (path) => byOwners?.(path) === true),
  ).filter((path) => isWhole || byOwners?.(path) === true);
}

/** `isFixed`: whether a member must keep its value, and not only exist. */
function lostIn(
  before: Json,
  after: Json,
  path: string,
  isSkipped: (path: string, now: Json) => boolean,
  isFixed: (path: string) => boolean,
): string[] {
  if (isSkipped(path, after)) return [];
  if (Array.isArray(before)) {
    const left = Array.isArray(after) ? (after as readonly Json[]) : [];
    return (before as readonly Json[])
      .filter((item) => !isDefaultRow(item) && !left.some((one) => isSameItem(item, one)))
      .map((item) => `${path}[${nameOf(item)}]`);
  }
  if (!isRecord(before)) return isFixed(path) && before !== null && before !== '' && !showsJson(after, before, path) ? [path] : [];
  return Object.entries(before).flatMap(([member, value]) => {
    const place = pathOf(...membersOf(path), member);
    const now = isRecord(after) ? (after[spellingIn(after, member)] ?? null) : null;
    if (value === null || isSkipped(place, now)) return [];
    // An empty list or object and a missing one are the same to Azure.
    return now === null && !isEmpty(value) ? [place] : lostIn(value, now, place, isSkipped, isFixed);
  });
}

/** Whether a row is the one that Azure adds to access rules: it follows from the rules and the default action. */
const isDefaultRow = (item: Json): boolean => isRecord(item) && sameWord(item['ipAddress'], 'Any');

const isEmpty = (value: Json): boolean => typeof value === 'object' && value !== null && Object.keys(value).length === 0;

/** Whether two list items are the same. Rules and rows have names; an item without a name is compared as a whole. */
const isSameItem = (a: Json, b: Json): boolean =>
  isRecord(a) && isRecord(b) && typeof a['name'] === 'string' ? sameWord(a['name'], b['name']) : showsJson([b], [a]);

const nameOf = (item: Json): string => {
  const name = isRecord(item) ? (item['name'] ?? item['id'] ?? item['value']) : item;
  return typeof name === 'string' ? name : '…';
};
