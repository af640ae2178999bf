/** Converts storage accounts and vaults of azurerm to the shape of Azure Resource Manager. */
import { isBeside } from '../shaped-resource.ts';
import { Body, type DeclaredItem } from '../declared.ts';
import { mapOf, scalar, textOf, unresolved, type Value, whyUnresolved } from '../value.ts';
import { rowValue } from './apps.ts';
import { argumentsOf, type Arguments } from './arguments.ts';
import type { Row } from './azurerm.ts';
import { codeId } from './derived.ts';
import type { Instance } from './modules.ts';

interface Named {
  readonly named: (address: string) => { readonly name?: string } | undefined;
}

const nameIn = (given: Arguments, { address }: Instance, { named }: Named): { readonly name?: string } => {
  const name = named(address)?.name ?? textOf(given.value('name'));
  return name === undefined ? {} : { name };
};

export function accountOf(instance: Instance, rows: readonly Row[], all: readonly Instance[], around: Named): DeclaredItem {
  const given = argumentsOf(instance);
  const body = new Body(given.at);
  for (const row of rows) body.put(row.members.slice(1), rowValue(given, row));
  const own = given.blocks('network_rules');
  const apart = rulesApart(instance, nameIn(given, instance, around).name, all);
  const rules = apart.rules ?? (Array.isArray(own) ? own[0] : undefined);
  body.put(
    ['networkAcls'],
    'why' in own
      ? unresolved(own.why, own.at)
      : rules === undefined && apart.why !== undefined
        ? unresolved(apart.why, given.at)
        : firewall(given, 'network_rules', rules),
  );
  body.put(['encryption', 'keySource'], { kind: 'absent', value: 'Microsoft.Storage', at: given.at });
  body.put(['privateEndpointConnections'], unresolved('private endpoints are not in this block', given.at));
  return {
    ...nameIn(given, instance, around),
    address: instance.address,
    at: given.at,
    properties: body.value,
    ...services(given),
  };
}

/** Returns the firewall rules of an account that are a resource of their own, or why another resource may have them. */
function rulesApart(
  { address, when }: Instance,
  name: string | undefined,
  all: readonly Instance[],
): { readonly rules?: Arguments; readonly why?: string } {
  const found = all
    .filter(({ type }) => type === 'azurerm_storage_account_network_rules')
    .map((one) => ({ one, rules: argumentsOf(one), id: textOf(argumentsOf(one).value('storage_account_id')) }));
  const own = found.find(
    ({ id }) => id === codeId(address) || (name !== undefined && id?.toLowerCase().endsWith(`/storageaccounts/${name}`) === true),
  );
  if (own && !isBeside(own.one, { when }))
    return { why: `${own.one.address} may set it: its count or for_each, or that of its module, is not resolved` };
  if (own) return { rules: own.rules };
  const open = found.find(({ id }) => id === undefined);
  return open ? { why: `the storage_account_id of ${open.one.address} is not resolved, so its rules may be those of this account` } : {};
}

function services(given: Arguments): Pick<DeclaredItem, 'blobs' | 'files'> {
  const kept = (block: string): Value | undefined => {
    const days = given.value(`${block}.days`);
    const found = given.blocks(block);
    if ('why' in found) return unresolved(found.why, found.at);
    if (found.length === 0) return { kind: 'absent', value: { enabled: false }, at: given.at };
    return mapOf(
      [
        ['enabled', scalar(true, found[0]?.at ?? given.at)],
        ['days', days ?? scalar(7, given.at)],
      ],
      found[0]?.at ?? given.at,
    );
  };
  const [blobs, shares] = ['blob_properties', 'share_properties'].map((name) => given.blocks(name));
  const left = (name: string) => unresolved(`${name} is not set, so the account keeps the value that Azure set`, given.at);
  const isSet = (found: ReturnType<Arguments['blocks']> | undefined) => Array.isArray(found) && found.length > 0;
  const of = (path: string, name: string, found: ReturnType<Arguments['blocks']> | undefined) =>
    (isSet(found) ? kept(path) : left(name)) ?? left(name);
  const smb = given.value('share_properties.smb.channel_encryption_type');
  const versions = given.value('share_properties.smb.versions');
  return {
    blobs: mapOf(
      [
        ['deleteRetentionPolicy', of('blob_properties.delete_retention_policy', 'blob_properties', blobs)],
        ['containerDeleteRetentionPolicy', of('blob_properties.container_delete_retention_policy', 'blob_properties', blobs)],
      ],
      given.at,
    ),
    files: mapOf(
      [
        ['shareDeleteRetentionPolicy', of('share_properties.retention_policy', 'share_properties', shares)],
        [
          'protocolSettings',
          smb || versions
            ? mapOf(
                [
                  [
                    'smb',
                    mapOf(
                      [
                        ['channelEncryption', words(smb, given)],
                        ['versions', words(versions, given)],
                      ],
                      given.at,
                    ),
                  ],
                ],
                given.at,
              )
            : left('share_properties.smb'),
        ],
      ],
      given.at,
    ),
  };
}

/** Joins a set of words into one text, as Azure does. */
function words(value: Value | undefined, given: Arguments): Value {
  if (!value) return { kind: 'absent', value: null, at: given.at };
  if (value.kind !== 'list') return value;
  const texts = value.items.map(textOf);
  return texts.includes(undefined)
    ? unresolved(whyUnresolved(value) ?? 'a value that is not resolved', value.at)
    : scalar(`${texts.join(';')};`, value.at);
}

function firewall(given: Arguments, name: string, rules: Arguments | undefined): Value {
  const at = rules?.at ?? given.at;
  if (!rules)
    return {
      kind: 'absent',
      value: { defaultAction: 'Allow', bypass: 'AzureServices', ipRules: [], virtualNetworkRules: [] },
      at: given.orAbsent(name, null).at,
    };
  const listed = (value: Value | undefined, member: string): Value => {
    if (!value) return { kind: 'list', items: [], at };
    if (value.kind !== 'list') return unresolved(whyUnresolved(value) ?? `${member} is not a list`, value.at);
    return {
      kind: 'list',
      items: value.items.map((item) => (item.kind === 'unresolved' ? item : mapOf([[member, item]], item.at))),
      at: value.at,
    };
  };
  const bypass = rules.value('bypass');
  const texts = bypass?.kind === 'list' ? bypass.items.map(textOf) : undefined;
  return mapOf(
    [
      ['defaultAction', rules.value('default_action') ?? scalar('Allow', at)],
      [
        'bypass',
        texts && !texts.includes(undefined)
          ? scalar(texts.join(', '), bypass?.at ?? at)
          : bypass && bypass.kind !== 'list'
            ? bypass
            : bypass
              ? unresolved('bypass is not resolved', bypass.at)
              : scalar('AzureServices', at),
      ],
      ['ipRules', listed(rules.value('ip_rules'), 'value')],
      ['virtualNetworkRules', listed(rules.value('virtual_network_subnet_ids'), 'id')],
    ],
    at,
  );
}

export function vaultOf(instance: Instance, rows: readonly Row[], around: Named): DeclaredItem {
  const given = argumentsOf(instance);
  const body = new Body(given.at);
  for (const row of rows) body.put(row.members.slice(1), rowValue(given, row));
  const acls = given.blocks('network_acls');
  const { name } = nameIn(given, instance, around);
  body
    .put(['networkAcls'], 'why' in acls ? unresolved(acls.why, acls.at) : firewall(given, 'network_acls', acls[0]))
    // Soft delete is on in every vault since 2020, and cannot be switched off.
    .put(['enableSoftDelete'], { kind: 'absent', value: true, at: given.at })
    .put(['vaultUri'], { kind: 'absent', value: name === undefined ? undefined : `https://${name}.vault.azure.net/`, at: given.at })
    .put(['privateEndpointConnections'], unresolved('private endpoints are not in this block', given.at))
    .put(['accessPolicies'], unresolved('access policies are not read from code', given.at));
  return { ...(name === undefined ? {} : { name }), address: instance.address, at: given.at, properties: body.value };
}
