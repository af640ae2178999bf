/**
 * Plans the writes of `doctor --try`: each property that func-harden writes, set to its current value. Only kinds of writes that no
 * recording proves are tried. A value that cannot be written back as it is, is left out with the reason.
 */
import { type Json, type ResourceKey, sameWord, usesOf } from '../../azure/index.ts';
import type { Change } from '../../change/change.ts';
import { equals, isRecord, pathOf, valueAt, type Body } from '../../change/json-paths.ts';
import { plain } from '../../change/value.ts';
import type { FactStore } from '../judge/facts.ts';
import type { ArmReader, ArmWriter } from '../ports.ts';
import { shownRequest } from './changes.ts';

const of = (names: string): readonly string[] => names.split(' ').map((name) => `properties.${name}`);

/** Properties by resource, the mildest first. Properties of one array are written together. */
export const TRIED: Readonly<Partial<Record<ResourceKey, readonly (string | readonly string[])[]>>> = {
  scmPolicy: of('allow'),
  ftpPolicy: of('allow'),
  siteConfig: of(
    'minTlsVersion scmMinTlsVersion minTlsCipherSuite http20Enabled ftpsState remoteDebuggingEnabled webSocketsEnabled httpLoggingEnabled detailedErrorLoggingEnabled cors.allowedOrigins ipSecurityRestrictions ipSecurityRestrictionsDefaultAction scmIpSecurityRestrictions scmIpSecurityRestrictionsDefaultAction scmIpSecurityRestrictionsUseMain acrUseManagedIdentityCreds acrUserManagedIdentityID publicNetworkAccess',
  ),
  site: [
    ...of('httpsOnly clientCertEnabled clientCertMode clientCertExclusionPaths clientAffinityEnabled publicNetworkAccess'),
    ...of('keyVaultReferenceIdentity dailyMemoryTimeQuota endToEndEncryptionEnabled sshEnabled outboundVnetRouting.allTraffic'),
    ...of('functionAppConfig.deployment'),
    'identity.type',
  ],
  siteUnlisted: of('functionsRuntimeAdminIsolationEnabled'),
  authSettings: ['properties'],
  vnetConnection: [of('subnetResourceId swiftSupported')],
  dnsZoneGroups: of('privateDnsZoneConfigs'),
  vaults: of('enableRbacAuthorization enablePurgeProtection enableSoftDelete networkAcls'),
  storageAccounts: of(
    'supportsHttpsTrafficOnly minimumTlsVersion allowBlobPublicAccess allowSharedKeyAccess allowCrossTenantReplication defaultToOAuthAuthentication isSftpEnabled networkAcls',
  ),
  blobServices: of('deleteRetentionPolicy'),
  fileServices: of('shareDeleteRetentionPolicy'),
};

/** Kinds of writes that cannot leave a resource as they found it, and are therefore not tried. */
export const NOT_TRIED: readonly { readonly what: string; readonly why: string }[] = [
  { what: 'POST newpassword', why: 'it creates a new publishing password' },
  { what: 'POST config/configreferences/appsettings/refresh', why: 'it changes no value' },
  { what: 'PATCH and remove of access policies of a vault', why: 'the list belongs to other apps as well' },
  {
    what: 'DELETE of private endpoints, DNS zone groups, components and role assignments',
    why: 'a deleted resource cannot be restored unchanged',
  },
];

export interface Trials {
  readonly changes: readonly Change[];
  /** Properties that are not written, with the reasons. */
  readonly left: readonly { readonly what: string; readonly why: string }[];
  /** The number of properties whose write a recording proves. */
  readonly proven: number;
  /** Set where a resource could not be read, so that writes which apply to the app may be missing. */
  readonly unread: boolean;
}

const KEYS = Object.keys(TRIED) as readonly ResourceKey[];
/** Every resource that is read. The settings show which vaults belong to the app. */
export const READS: readonly ResourceKey[] = [...KEYS, 'appSettings'];

export function planTrials(store: FactStore, arm: ArmWriter): Trials {
  const [changes, left]: [Change[], { what: string; why: string }[]] = [[], []];
  let [proven, unread] = [0, false];
  for (const key of KEYS) {
    const fact = store.fact(key);
    if (fact?.state !== 'read') {
      unread = true;
      left.push({ what: key, why: fact ? `it could not be read (${fact.failure.message})` : 'it was not read' });
      continue;
    }
    const bodies = bodiesOf(fact.body).filter(({ body }) => key !== 'vaults' || isNamed(store, body));
    if (bodies.length === 0) left.push({ what: key, why: 'the app has none' });
    // One resource of each kind is enough.
    for (const paths of bodies.length > 0 ? (TRIED[key] ?? []) : []) {
      const all = typeof paths === 'string' ? [paths] : paths;
      const [change] = bodies.flatMap(({ id, body }) => trialOf(store, arm, key, id, body, all) ?? []);
      if (change === undefined)
        left.push({ what: `${key} ${all.map((path) => path.replace(/^properties\./, '')).join(', ')}`, why: UNSET });
      else if (change.evidence === 'recording') proven += 1;
      else changes.push(change);
    }
  }
  return { changes, left, proven, unread };
}

/** Whether `doctor --try` tests such a write, where an app has a value for it. Calls, deletions and members of custom areas are not tested. */
export function isTried({ key, method, diff }: Pick<Change, 'key' | 'method' | 'diff'>): boolean {
  if (method === 'POST' || method === 'DELETE') return false;
  const members = new Set((TRIED[key] ?? []).flat().map(memberOf));
  return members.size > 0 && diff.every(({ path }) => members.has('properties') || path === '' || members.has(memberOf(path)));
}

/** The part of a path that distinguishes writes: Azure handles the members of a resource, not their parts. */
const memberOf = (path: string): string => path.replace(/^properties\./, '').split(/[.[]/)[0] ?? '';

/** The most frequent reason for leaving out a property: there is no value to write back. */
const UNSET = 'not set';

/** Whether a setting of the app refers to this vault. Other vaults of the subscription are left out. */
function isNamed(store: FactStore, { name }: Body): boolean {
  if (store.fact('appSettings')?.state !== 'read') return false;
  return usesOf({ settings: store.view.appSettings.properties }).vaults.some((one) => sameWord(one.name, name));
}

/** Returns the resource, or several of them, each with its id. */
function bodiesOf(body: Body | null): readonly { readonly id?: string; readonly body: Body }[] {
  if (body === null) return [];
  const { value } = body;
  if (!Array.isArray(value)) return [{ body }];
  return (value as readonly Body[]).flatMap((item) => (typeof item['id'] === 'string' ? [{ id: item['id'], body: item }] : []));
}

function trialOf(
  store: FactStore,
  arm: ArmWriter,
  key: ResourceKey,
  id: string | undefined,
  body: Body,
  paths: readonly string[],
): Change | undefined {
  const { target } = store;
  const diff = paths.flatMap((path) => {
    const now = valueAt(body, path) ?? null;
    return isSet(now) ? [{ path, before: plain(now), after: plain(now) }] : [];
  });
  if (diff.length === 0) return undefined;
  const ref = arm.describe(target, key, id);
  return {
    ...shownRequest(arm, target, key, body, diff, false, id),
    target,
    steps: [],
    controls: [],
    key,
    ...(id === undefined ? {} : { instanceId: id }),
    resource: ref.id,
    diff,
    rewrites: true,
    risk: ref.restarts ? 'disruptive' : 'safe',
    undo: 'exact',
    reversible: true,
    guards: [],
    effects: [],
    restarts: ref.restarts,
    after: [],
    needs: [],
    proofs: [],
  };
}

/** Whether a value is set. An empty value means that it was never set; written back, it would be a value. */
const isSet = (value: Json): boolean =>
  value !== null && value !== '' && !(typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length === 0);

/** Members that Azure counts or dates itself. */
const BY_ITSELF = /time|date|etag|modified|provisioningState|inProgressOperation|siteConfig$|lastSku|possible|state$/i;

interface SideEffects {
  /** Members that changed with a trial, except those that Azure changes all the time. */
  readonly changed: readonly string[];
  /** Resources that could not be read again. */
  readonly unread: readonly string[];
}

/** Compares each written resource with what it was before the first trial. */
export async function findSideEffects(changes: readonly Change[], store: FactStore, arm: ArmReader): Promise<SideEffects> {
  const places = [...new Map(changes.map(({ key, instanceId: id, resource }) => [`${key} ${resource}`, { key, id, resource }])).values()];
  const unread: string[] = [];
  const found = await Promise.all(
    places.map(async ({ key, id, resource }) => {
      const name = resource.split('/').slice(-2).join('/');
      const [before, after] = [store.fact(key), await arm.readOne(store.target, key, id)];
      if (before?.state !== 'read' || after.state !== 'read') {
        unread.push(name);
        return [];
      }
      const was = bodiesOf(before.body).find((one) => one.id === id)?.body;
      return COMPARED.flatMap((member) => changedIn(was?.[member], after.body?.[member])).map((path) => `${name} ${path}`);
    }),
  );
  return { changed: [...new Set(found.flat())], unread: [...new Set(unread)] };
}

const COMPARED = ['properties', 'tags', 'identity'];

function changedIn(was: Json | undefined, now: Json | undefined): string[] {
  const names = [was, now].flatMap((one) => (isRecord(one) ? Object.keys(one) : []));
  return [...new Set(names)].filter(
    (name) => !BY_ITSELF.test(name) && !equals(valueAt(was, pathOf(name)) ?? null, valueAt(now, pathOf(name)) ?? null),
  );
}
