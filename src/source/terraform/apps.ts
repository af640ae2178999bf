/** Converts function apps of azurerm to the shape of Azure Resource Manager. */
import type { Json, ResourceKey } from '../../azure/index.ts';
import { anyHosting, Body, type DeclaredApp, type Hosting } from '../declared.ts';
import { type MapValue, mapOf, memberOf, type Place, scalar, textOf, unresolved, type Value, whyUnresolved } from '../value.ts';
import { connectionStrings, flexStorage, rules, settingsOf, signIn, stack } from './app-parts.ts';
import { argumentsOf, type Arguments } from './arguments.ts';
import { backOf, type Row, tierOf } from './azurerm.ts';
import { codeId } from './derived.ts';
import type { Instance } from './modules.ts';

export const IS_APP = /^azurerm_((linux|windows)_function_app(_slot)?|function_app_flex_consumption)$/;

interface Around {
  readonly rows: readonly Row[];
  readonly byAddress: ReadonlyMap<string, Instance>;
  /** Names from a state file, by address. */
  readonly named: (address: string) => { readonly name?: string; readonly id?: string } | undefined;
}

/** Returns the value of a row in Azure's words. */
function inAzure(value: Value, row: Row): Value {
  const back = backOf(row);
  if (value.kind === 'absent') return { ...value, ...(row.unsure === undefined ? {} : { value: undefined }), ...(back ? { back } : {}) };
  if (value.kind !== 'scalar' || !row.words) return value;
  const word = row.words[String(value.value)];
  return word === undefined
    ? unresolved(`${row.name} is none of ${Object.keys(row.words).join(', ')}`, value.at)
    : { ...value, value: word as string, ...(back ? { back } : {}) };
}

/** Reads an argument by its current name, or an older one. */
export function rowValue(given: Arguments, row: Row): Value {
  for (const older of row.older ?? []) {
    const value = given.value(older);
    if (value) return inAzure(value, row);
  }
  const value = given.orAbsent(row.name, row.absent);
  if (value.kind === 'absent' && row.unsure !== undefined) return unresolved(row.unsure, value.at);
  return inAzure(value, row);
}

export function appOf(instance: Instance, around: Around): DeclaredApp {
  const { type, address } = instance;
  const given = argumentsOf(instance);
  const known = around.named(address);
  const isSlot = type.endsWith('_slot');
  const own = known?.name ?? textOf(given.value('name'));
  const parent = isSlot ? parentOf(given, around) : undefined;
  const name = isSlot ? parent?.name : own;
  const nameValue = given.value('name');
  const why =
    name === undefined || (isSlot && own === undefined)
      ? (parent?.why ?? (nameValue && whyUnresolved(nameValue)) ?? 'its name is not resolved')
      : undefined;
  const at: Place = given.at;
  const bodies = new Map<ResourceKey, Body>();
  const body = (key: ResourceKey): Body => bodies.get(key) ?? bodies.set(key, new Body(at)).get(key)!;
  const absent = (value: Json): Value => ({ kind: 'absent', value, at });
  for (const row of around.rows) {
    if (row.notOn?.test(type) === true) continue;
    body(row.key).put(row.members, rowValue(given, row));
  }
  identity(given, body('site'));
  rules(given, body('siteConfig'));
  stack(given, type, body('siteConfig'));
  if (type.includes('flex')) flexStorage(given, body('site'));
  else body('site').put(['properties', 'functionAppConfig'], absent(null));
  body('appSettings').put(['properties'], settingsOf(given, type));
  connectionStrings(given, body('connectionStrings'));
  signIn(given, body('authSettings'), body('siteConfig'));
  const { hostings, plan } = hostingOf(given, type, around, parent?.instance);
  body('site')
    .put(['name'], scalar(own ?? address, at))
    .put(['properties', 'serverFarmId'], plan)
    .put(['properties', 'managedEnvironmentId'], absent(null))
    .put(['properties', 'outboundVnetRouting'], absent(null))
    .put(['properties', 'hostingEnvironmentProfile'], absent(null))
    .put(['location'], given.value('location') ?? absent(null));
  return {
    ...(why === undefined && name !== undefined
      ? { name, ...(isSlot && own !== undefined ? { slot: own } : {}) }
      : { why: why ?? 'its name is not resolved' }),
    ...(known?.id === undefined ? {} : { id: known.id }),
    address,
    at,
    language: 'terraform',
    facts: new Map([...bodies].map(([key, one]) => [key, one.value])),
    hostings,
    ...contentShare(given, type, body('appSettings').value),
  };
}

/** The provider sets a content share on plans that scale automatically, unless the configuration disables this. */
function contentShare(given: Arguments, type: string, settings: MapValue): Pick<DeclaredApp, 'contentShare'> {
  if (type.includes('flex')) return {};
  const disabled = given.value('content_share_force_disabled');
  if (disabled?.kind === 'scalar' && disabled.value === true) return {};
  if (disabled?.kind === 'unresolved') return { contentShare: disabled };
  const own = memberOf(settings, 'properties', 'AzureWebJobsStorage');
  return own ? { contentShare: own } : {};
}

/** Returns the app of a slot. */
function parentOf(given: Arguments, around: Around): { readonly name?: string; readonly why?: string; readonly instance?: Instance } {
  const id = given.value('function_app_id');
  const text = textOf(id);
  const instance = text === undefined ? undefined : around.byAddress.get(text.slice(1));
  if (instance && text?.startsWith('#')) {
    const value = argumentsOf(instance).value('name');
    const name = around.named(instance.address)?.name ?? textOf(value);
    return name === undefined
      ? { instance, why: (value && whyUnresolved(value)) ?? 'the name of its app is not resolved' }
      : { instance, name };
  }
  const named = /\/sites\/([^/]+)$/i.exec(text ?? '')?.[1];
  return named === undefined ? { why: (id && whyUnresolved(id)) ?? 'its app is not resolved' } : { name: named };
}

function hostingOf(
  given: Arguments,
  type: string,
  around: Around,
  parent: Instance | undefined,
): { readonly hostings: readonly Hosting[]; readonly plan: Value } {
  const linux = !type.includes('windows');
  const own = given.value('service_plan_id') ?? (parent && argumentsOf(parent).value('service_plan_id'));
  const plan = own ?? scalar(codeId('plan'), given.at);
  if (type.includes('flex')) return { hostings: [{ sku: 'FlexConsumption', linux: true }], plan };
  const instance = around.byAddress.get((textOf(own) ?? '').replace(/^#/, ''));
  const size = instance && textOf(argumentsOf(instance).value('sku_name'));
  const sku = size === undefined ? undefined : tierOf(size);
  return { hostings: sku === undefined ? anyHosting([linux]) : [{ sku, linux }], plan };
}

function identity(given: Arguments, site: Body): void {
  const type = given.orAbsent('identity.type', 'None');
  const { value } = type.kind === 'scalar' ? type : { value: undefined };
  // The provider writes the two words with a blank between them.
  site.put(
    ['identity', 'type'],
    typeof value === 'string' && type.kind === 'scalar' ? { ...type, value: value.replaceAll(/,\s*/g, ', ') } : type,
  );
  const ids = given.value('identity.identity_ids');
  if (ids?.kind === 'list') {
    const texts = ids.items.map(textOf);
    site.put(
      ['identity', 'userAssignedIdentities'],
      texts.includes(undefined)
        ? unresolved('identity_ids are not all resolved', ids.at)
        : mapOf(
            texts.map((id) => [id ?? '', mapOf([], ids.at)]),
            ids.at,
          ),
    );
  } else if (ids)
    site.put(['identity', 'userAssignedIdentities'], unresolved(whyUnresolved(ids) ?? 'identity_ids are not resolved', ids.at));
  else site.put(['identity', 'userAssignedIdentities'], { kind: 'absent', value: null, at: given.at });
}
