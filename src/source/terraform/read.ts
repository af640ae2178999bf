/** Reads Terraform code and its state file as apps with the resources that they use. */
import { isRecord, parsedJson } from '../../change/json-paths.ts';
import type { Json } from '../../azure/index.ts';
import { type Declared, type DeclaredElsewhere, joined, nameArgument, NOTHING_DECLARED } from '../declared.ts';
import { declaredBy, type Settable } from '../shaped.ts';
import type { Shaped } from '../shaped-resource.ts';
import { type Files, mapOf, textOf, type Value, whyUnresolved } from '../value.ts';
import { appOf, IS_APP } from './apps.ts';
import { argumentsOf } from './arguments.ts';
import { azapiParts, withAppParts, withItemParts } from './azapi-parts.ts';
import { rowsOf } from './azurerm.ts';
import { codeId } from './derived.ts';
import type { Spend } from '../effort.ts';
import type { ParseHcl } from './hcl.ts';
import { accountOf, vaultOf } from './items.ts';
import { modulesOf } from './module-tree.ts';
import type { Instance } from './modules.ts';

const ACCOUNT = 'microsoft.storage/storageaccounts';
const VAULT = 'microsoft.keyvault/vaults';

/** Name and id of an address in a state file, or in the output of `terraform show -json`. */
export type TerraformState = ReadonlyMap<string, { readonly name?: string; readonly id?: string }>;

interface TerraformOptions {
  readonly parse: ParseHcl;
  readonly spend: Spend;
  /** Names of the members in azurerm, as the areas declare them. */
  readonly members: ReadonlyMap<string, string>;
  readonly settable: readonly Settable[];
  readonly state?: TerraformState;
  /** Files that could not be read. */
  readonly unread: readonly string[];
}

export function terraformCode(files: Files, { parse, spend, members, settable, state, unread }: TerraformOptions): Declared {
  const hcl = [...files].filter(([file]) => /\.(tf|tfvars)$/.test(file));
  if (hcl.length === 0) return NOTHING_DECLARED;
  const parsed = new Map(hcl.map(([file, text]) => [file, parse(text)]));
  const json = new Map([...files].filter(([file]) => file.endsWith('.tfvars.json')));
  const notRead = [...files.keys()].filter((file) => /\.tf\.json$|\.tofu(\.json)?$/.test(file));
  const { instances, elsewhere, unreadable } = modulesOf(parsed, { json, unread: [...unread, ...notRead] }, spend);
  const rows = rowsOf(members);
  const byAddress = new Map(instances.map((one) => [one.address, one]));
  const named = (address: string) => state?.get(address);
  const around = { rows: rows.app, byAddress, named };
  const shaped = instances.filter(({ type }) => type === 'azapi_resource').flatMap((one) => azapi(one, byAddress, named));
  const parts = azapiParts(instances);
  const own: Declared = {
    apps: instances.filter(({ type }) => IS_APP.test(type)).map((one) => withAppParts(appOf(one, around), parts, one)),
    accounts: instances
      .filter(({ type }) => type === 'azurerm_storage_account')
      .map((one) => withItemParts(accountOf(one, rows.account, instances, { named }), parts, one, ACCOUNT)),
    vaults: instances
      .filter(({ type }) => type === 'azurerm_key_vault')
      .map((one) => withItemParts(vaultOf(one, rows.vault, { named }), parts, one, VAULT)),
    elsewhere: elsewhere.map((one): DeclaredElsewhere => ({
      address: one.address,
      source: one.source,
      at: one.at,
      ...namedBy(textOf(one.arguments.get(nameArgument(one.arguments.keys()) ?? ''))),
    })),
    unreadable: [
      ...[...parsed].flatMap(([file, { broken, why = 'the Terraform syntax is not valid after this line' }]) =>
        broken === undefined ? [] : [{ file, offset: broken, why }],
      ),
      ...otherApps(instances, files),
      ...unreadable,
    ],
  };
  return joined([
    own,
    updated(
      declaredBy(shaped, settable),
      parts.filter(({ by }) => by.type === 'azapi_update_resource'),
      byAddress,
    ),
  ]);
}

/** Returns resources of azapi with what `azapi_update_resource` sends to them afterward. */
function updated(declared: Declared, parts: ReturnType<typeof azapiParts>, byAddress: ReadonlyMap<string, Instance>): Declared {
  const each = <T extends { readonly address: string }>(all: readonly T[], withParts: (one: T, beside: Instance) => T): T[] =>
    all.map((one) => {
      const beside = byAddress.get(one.address);
      return beside ? withParts(one, beside) : one;
    });
  return {
    ...declared,
    apps: each(declared.apps, (one, beside) => withAppParts(one, parts, beside)),
    accounts: each(declared.accounts, (one, beside) => withItemParts(one, parts, beside, ACCOUNT)),
    vaults: each(declared.vaults, (one, beside) => withItemParts(one, parts, beside, VAULT)),
  };
}

const TEMPLATE = /^azurerm_(\w+_)?template_deployment$/;

/** Whether a text may be a template with a function app. A site without a kind is a web app, and a slot without one is as its site. */
function mayHaveApp(template: string): boolean {
  if (!/Microsoft\.Web\/sites/i.test(template)) return false;
  const kinds = [...template.matchAll(/\bkind\\?"?\s*[:=]\s*(?<literal>\\?"[\w ,]+\\?")?/gi)].map(({ groups }) => groups?.['literal']);
  const isSlot = kinds.length === 0 && /Microsoft\.Web\/sites\/slots/i.test(template);
  return isSlot || /functionapp/i.test(template) || kinds.includes(undefined);
}

/** Lists blocks that declare an app in a form that is not supported. They are never reported as declaring nothing. */
function otherApps(instances: readonly Instance[], files: Files): Declared['unreadable'] {
  const found = instances.flatMap((one) => {
    const { file, offset, end } = argumentsOf(one).at;
    if (/^azurerm_function_app(_slot)?$/.test(one.type))
      return [
        { file, offset, why: `${one.type} of azurerm 3 and earlier is not read; azurerm 4 has azurerm_linux_function_app and others` },
      ];
    // A template in a file of its own is read there.
    return TEMPLATE.test(one.type) && mayHaveApp(files.get(file)?.slice(offset, end) ?? '')
      ? [{ file, offset, why: 'a template inside Terraform is not read' }]
      : [];
  });
  // count and for_each make several instances of one block.
  return [...new Map(found.map((one) => [`${one.file} ${one.offset}`, one])).values()];
}

/** Reads an azapi resource: `Microsoft.Web/sites@2024-11-01` and a body with Azure's members. */
function azapi(
  instance: Instance,
  byAddress: ReadonlyMap<string, Instance>,
  named: (address: string) => { readonly name?: string; readonly id?: string } | undefined,
): Shaped[] {
  const given = argumentsOf(instance);
  const [type, version = ''] = textOf(given.value('type'))?.split('@') ?? [];
  if (type === undefined) return [];
  const body = given.value('body');
  const members: [string, Value][] = body?.kind === 'map' ? [...body.members] : [];
  const identity = given.blocks('identity');
  if (Array.isArray(identity) && identity[0]) {
    const value = identity[0].value('type');
    if (value) members.push(['identity', mapOf([['type', value]], identity[0].at)]);
  }
  const known = named(instance.address);
  const parts = type.split('/').length - 1;
  const nameValue = given.value('name');
  const own = known?.name ?? textOf(nameValue);
  const above = textOf(given.value('parent_id'));
  const parent = parts > 1 ? parentName(above, byAddress, named) : '';
  const name = own === undefined || parent === undefined ? undefined : parent === '' ? own : `${parent}/${own}`;
  return [
    {
      type,
      version,
      symbol: name ?? symbolOfChild(parts > 1 ? (parent ?? above) : '', own ?? codeId(instance.address)),
      ...(name === undefined ? { why: (nameValue && whyUnresolved(nameValue)) ?? 'its name is not resolved' } : { name }),
      id: codeId(instance.address),
      when: instance.when,
      ...(byAddress.has((above ?? '').replace(/^#/, '')) ? { isBelow: true as const } : {}),
      address: instance.address,
      at: given.at,
      language: 'terraform',
      body: mapOf(
        members,
        given.at,
        body?.kind === 'map'
          ? { ...(body.open === undefined ? {} : { open: body.open }), ...(body.insert ? { insert: body.insert } : {}) }
          : { open: (body && whyUnresolved(body)) ?? 'it has no body' },
      ),
      ...(known?.id === undefined ? {} : { stateId: known.id }),
    },
  ];
}

/** In Terraform, the address of a resource stands for a name that is not resolved. */
const symbolOfChild = (parent: string | undefined, own: string): string => (parent === '' ? own : `${parent ?? '?'}/${own}`);

function parentName(
  id: string | undefined,
  byAddress: ReadonlyMap<string, Instance>,
  named: (address: string) => { readonly name?: string } | undefined,
): string | undefined {
  const instance = byAddress.get((id ?? '').replace(/^#/, ''));
  if (!instance) return /\/providers\/[^/]+\/[^/]+\/([^/]+)$/.exec(id ?? '')?.[1];
  return named(instance.address)?.name ?? textOf(argumentsOf(instance).value('name'));
}

/** Reads addresses with names and ids from `terraform show -json` or a state file; undefined if the text is neither. */
export function terraformState(text: string): TerraformState | undefined {
  const json = parsedJson(text);
  if (!isRecord(json)) return undefined;
  const found = new Map<string, { name?: string; id?: string }>();
  const note = (address: string, values: Json | undefined) => {
    if (!isRecord(values)) return;
    const { name, id } = values;
    found.set(address, { ...(typeof name === 'string' ? { name } : {}), ...(typeof id === 'string' ? { id } : {}) });
  };
  const values = json['values'] ?? (isRecord(json['planned_values']) ? json['planned_values'] : undefined);
  const visit = (module: Json | undefined): void => {
    if (!isRecord(module)) return;
    for (const one of listOf(module['resources']))
      if (isRecord(one) && typeof one['address'] === 'string') note(one['address'], one['values']);
    for (const child of listOf(module['child_modules'])) visit(child);
  };
  if (isRecord(values)) visit(values['root_module']);
  else if (Array.isArray(json['resources'])) {
    for (const one of listOf(json['resources'])) {
      if (!isRecord(one) || one['mode'] !== 'managed') continue;
      const base = [one['module'], one['type'], one['name']].filter((part) => typeof part === 'string').join('.');
      for (const instance of listOf(one['instances'])) {
        if (!isRecord(instance)) continue;
        const key = instance['index_key'];
        note(key === undefined || key === null ? base : `${base}[${JSON.stringify(key)}]`, instance['attributes']);
      }
    }
  } else return undefined;
  return found;
}

const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? (value as readonly Json[]) : []);

const namedBy = (name: string | undefined): { readonly name?: string } => (name === undefined ? {} : { name });
