/** Storage accounts and vaults with Azure's own members. */
import type { DeclaredItem } from './declared.ts';
import { childOf, type Shaped } from './shaped-resource.ts';
import { mapOf, type MapValue, memberOf, scalar, unresolved, type Value, whyUnresolved } from './value.ts';

export function accountOf(one: Shaped, all: readonly Shaped[]): DeclaredItem {
  const properties = memberOf(one.body, 'properties');
  const service = (type: string) => {
    const body = memberOf(childOf(one, all, type, 'default'), 'properties');
    return body?.kind === 'map' ? body : undefined;
  };
  const [blobs, files] = [service('blobServices'), service('fileServices')];
  return {
    ...(one.name === undefined ? {} : { name: one.name }),
    address: one.address,
    at: one.at,
    properties: propertiesOf(properties, one),
    ...(blobs ? { blobs } : {}),
    ...(files ? { files } : {}),
  };
}

/** Returns the members of an account or a vault that the areas read; missing ones are inserted into `properties`. */
const LOOKED_AT = {
  account: [
    'supportsHttpsTrafficOnly',
    'minimumTlsVersion',
    'allowBlobPublicAccess',
    'allowSharedKeyAccess',
    'allowCrossTenantReplication',
    'defaultToOAuthAuthentication',
    'publicNetworkAccess',
    'networkAcls',
    'isSftpEnabled',
  ],
  vault: ['enableRbacAuthorization', 'enablePurgeProtection', 'publicNetworkAccess', 'networkAcls'],
} as const;

/** The first API version that creates vaults with Azure RBAC (key-vault/general/access-control-default). */
const ROLES_BY_DEFAULT = '2026-02-01';

function propertiesOf(
  properties: Value | undefined,
  { body, at, version = '' }: Shaped,
  kind: keyof typeof LOOKED_AT = 'account',
): MapValue {
  if (properties && properties.kind !== 'map')
    return mapOf([], properties.at, { open: whyUnresolved(properties) ?? 'its properties are not an object' });
  const own = properties ?? mapOf([], at);
  const insert = properties?.kind === 'map' ? properties.insert : body.insert && { ...body.insert, path: ['properties'] };
  const absent = LOOKED_AT[kind]
    .filter((name) => memberOf(own, name) === undefined)
    .map((name): [string, Value] => [
      name,
      name === 'enableRbacAuthorization' && version >= ROLES_BY_DEFAULT
        ? unresolved(
            `${name} is not set: with API version ${version}, a new vault uses Azure RBAC, and a vault that exists does not change`,
            own.at,
          )
        : { kind: 'absent', value: null, at: own.at, ...(insert ? { insert: { ...insert, path: [...insert.path, name] } } : {}) },
    ]);
  return mapOf([...own.members, ...absent], own.at, own.open === undefined ? {} : { open: own.open });
}

export function vaultOf(one: Shaped): DeclaredItem {
  const own = propertiesOf(memberOf(one.body, 'properties'), one, 'vault');
  const address: [string, Value][] = one.name === undefined ? [] : [['vaultUri', scalar(`https://${one.name}.vault.azure.net/`, one.at)]];
  return {
    ...(one.name === undefined ? {} : { name: one.name }),
    address: one.address,
    at: one.at,
    properties: mapOf([...own.members, ...address], own.at, own.open === undefined ? {} : { open: own.open }),
  };
}
