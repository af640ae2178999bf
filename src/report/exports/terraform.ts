/** Terraform with the azapi provider, which changes members of existing resources; equivalent azurerm arguments are named in comments. */
import { membersOf } from '../../change/json-paths.ts';
import type { Json } from '../../azure/index.ts';
import { describeSource, type Source, terraformName } from '../../contract/index.ts';
import { lacksComputedRow, withComputedRows } from './access-rows.ts';
import { notesOf, sourceOf, toOf, type ExportedChange } from './exported-changes.ts';
import { commented, type Exported, type Origin } from './file.ts';
import { Identifiers, placeOf } from './identifiers.ts';
import { literalBody, HCL, literal } from './literals.ts';
import { counted } from '../../text/counted.ts';

const text = (value: string): string => HCL.text(value);

export function terraform(changes: readonly ExportedChange[], origin: Origin): Exported {
  const names = new Identifiers();
  const inputs: string[] = [];
  const data = new Map<string, string>();
  let left = 0;
  const chains = new Chains();

  const expression =
    ({ target }: ExportedChange, reads: string[], after: string) =>
    (part: Source): string => {
      const source = sourceOf(part, target);
      const at = source && placeOf(source.id);
      if (!source || !at || source.list) {
        const name = names.nameFor('secret', target.split('/').at(-1) ?? '', describeSource(part));
        inputs.push(
          `variable ${text(name)} {\n  type        = string\n  sensitive   = true\n  description = ${text(`The ${describeSource(part)}: Terraform cannot read it.`)}\n}\n`,
        );
        return `var.${name}`;
      }
      const id = `${source.id} ${source.path}`;
      const name = data.get(id) ?? names.nameFor('read', ...at.names);
      if (!data.has(id))
        reads.push(
          `data "azapi_resource" ${text(name)} {\n  type        = ${text(`${at.type}@${source.apiVersion}`)}\n  resource_id = ${text(source.id)}\n  response_export_values = { value = ${text(jmes(source.path))} }\n${after}}\n`,
        );
      data.set(id, name);
      return `data.azapi_resource.${name}.output.value`;
    };

  const parts = changes.flatMap(byArgument).map((change) => {
    const isAzurerm = isNamed(change);
    const notes = commented('# ', [...notesOf(change), ...(lacksComputedRow(change) ? [OPEN_ROW] : []), ...hints(change)]);
    const after = chains.after(change);
    /** Adds a block that depends on the previous block of the same app and of the same resource. */
    const block = (kind: string, name: string, lines: string): string => {
      chains.add(change, `${kind}.${name}`);
      return `resource ${text(kind)} ${text(name)} {\n${isAzurerm ? '  count       = var.azurerm_declares_apps ? 0 : 1\n' : ''}${lines}${after}}\n`;
    };
    const at = placeOf(change.resource.replace(/\/newpassword$/, ''));
    const lost = change.lost ?? (at ? refusal(change) : 'Terraform cannot use its id');
    if (lost !== undefined || !at) {
      left++;
      return `${notes}${commented('# ', [`Not in this file: ${lost ?? ''}.`])}`;
    }
    const reads: string[] = [];
    const say = expression(change, reads, after);
    const name = names.nameFor(at.type.split('/').at(-1) ?? '', ...at.names);
    const type = `  type        = ${text(`${at.type}@${change.apiVersion}`)}\n`;
    const id = `  resource_id = ${text(change.resource)}\n`;
    const body = (value: Json) => `  body        = ${literal(value, HCL, say, '  ')}\n`;
    const made = (): string => {
      if (change.key === 'appSettings') return settings(change, { type, name, say, block });
      if (change.does === 'remove')
        return block('azapi_resource_action', name, `${type}${id}  method      = "DELETE"\n  ignore_not_found = true\n`);
      if (change.does === 'call')
        return block(
          'azapi_resource_action',
          name,
          `  count       = var.rotate ? 1 : 0\n${type}  resource_id = ${text(change.resource.replace(/\/newpassword$/, ''))}\n  action      = "newpassword"\n  method      = "POST"\n`,
        );
      if (change.does === 'set')
        return block('azapi_update_resource', name, `${type}${id}${body(literalBody([...change.beside, ...withComputedRows(change)]))}`);
      return block('azapi_resource', name, `${type}${whole(change, at.names.at(-1) ?? '', say)}`);
    };
    const resource = made();
    return `${notes}${[...reads, resource].join('\n')}`;
  });
  const rotates = changes.some(({ does, lost }) => does === 'call' && lost === undefined);
  const declares = changes.flatMap(byArgument).some(isNamed);
  const head = [
    commented('# ', headLines(origin, changes.length)),
    PROVIDER,
    ...(declares ? [DECLARES] : []),
    ...(rotates ? [ROTATE] : []),
  ];
  return { files: [{ name: '', text: [...head, ...inputs, ...parts].join('\n') }], left };
}

const headLines = ({ version, from }: Origin, count: number): string[] => [
  `${counted(count, 'change that hardens', 'changes that harden')} Azure Function apps; written by func-harden ${version} from ${from}.`,
  'azapi_update_resource reads the resource, changes these members and keeps all others; destroying it reverts nothing.',
  'The changes of each app run in sequence and do not wait for other apps.',
  'If azurerm already declares an app, its next apply reverts these values to its own code. Therefore set, in that',
  'code, the arguments that comments in this file list, and set azurerm_declares_apps = true in this file. azapi then changes only properties that have no azurerm argument, so',
  'azurerm does not revert them. The comments contain the previous values. The Terraform state contains app settings, so keep the state private.',
];

/** Dependencies between blocks: the previous block of the app, and of a resource that several apps change. */
class Chains {
  readonly #last = new Map<string, string>();

  after({ target, resource }: ExportedChange): string {
    const before = [target, resource].flatMap((id) => this.#last.get(id.toLowerCase()) ?? []);
    return before.length === 0 ? '' : `  depends_on  = [${[...new Set(before)].join(', ')}]\n`;
  }

  add({ target, resource }: ExportedChange, block: string): void {
    this.#last.set(target.toLowerCase(), block);
    this.#last.set(resource.toLowerCase(), block);
  }
}

/** Splits a change into members with an azurerm argument and members without, so that azurerm code can take over the first. */
function byArgument(change: ExportedChange): ExportedChange[] {
  if (change.does !== 'set' || change.key === 'appSettings' || change.beside.length > 0) return [change];
  const groups = [true, false].map((named) => change.sets.filter(({ path }) => (terraformName(change.key, path) !== undefined) === named));
  return groups.every((sets) => sets.length > 0) ? groups.map((sets) => ({ ...change, sets })) : [change];
}

const isNamed = ({ does, key, sets }: ExportedChange): boolean =>
  does === 'set' && key !== 'appSettings' && sets.length > 0 && sets.every(({ path }) => terraformName(key, path) !== undefined);

const DECLARES = `variable "azurerm_declares_apps" {
  type        = bool
  default     = false
  description = "Set to true if azurerm code declares these apps. Then set, in that code, the arguments that comments in this file list."
}
`;

const PROVIDER = `terraform {
  required_version = ">= 1.11"
  required_providers {
    azapi = {
      source  = "Azure/azapi"
      version = "~> 2.4"
    }
  }
}
`;
const OPEN_ROW =
  'Azure adds a row for all other callers to these rules. The file does not set the default action, so each plan shows this row as a difference.';
const ROTATE = `variable "rotate" {
  type        = bool
  default     = false
  description = "Creates new passwords. The old passwords stop working."
}
`;

/** Quotes names that are not identifiers in JMESPath. */
const jmes = (path: string): string =>
  membersOf(path)
    .map((member) => (/^[a-z_]\w*$/i.test(member) ? member : JSON.stringify(member)))
    .join('.');

/** Formats the azurerm arguments as in the block of the resource, then their names. */
function hints({ key, sets }: ExportedChange): string[] {
  const named = sets.flatMap((edit) => {
    const name = terraformName(key, edit.path);
    return name === undefined ? [] : [{ name, value: argumentValue(name, toOf(edit)) }];
  });
  if (named.length === 0) return [];
  const plain = named.map(({ name, value }) => ({ names: name.split('.').filter((part) => !part.startsWith('azurerm_')), value }));
  return [...argumentLines(plain, ''), `azurerm: ${named.map(({ name }) => name).join(', ')}`];
}

interface Argument {
  readonly names: readonly string[];
  /** undefined if the argument is written as a nested block. */
  readonly value: string | undefined;
}

function argumentLines(all: readonly Argument[], indent: string): string[] {
  const own = all.filter(({ names, value }) => names.length === 1 && value !== undefined);
  const width = Math.max(0, ...own.map(({ names }) => names[0]?.length ?? 0));
  const blocks = Map.groupBy(
    all.filter(({ names }) => names.length > 1),
    ({ names }) => names[0] ?? '',
  );
  return [
    ...own.map(({ names, value }) => `${indent}${(names[0] ?? '').padEnd(width)} = ${value ?? ''}`),
    ...[...blocks].flatMap(([name, inner]) => {
      const lines = argumentLines(
        inner.map((one) => ({ ...one, names: one.names.slice(1) })),
        `${indent}  `,
      );
      return lines.length === 0 ? [] : [`${indent}${name} {`, ...lines, `${indent}}`];
    }),
  ];
}

/** Formats a value for azurerm, which has booleans where Azure has Enabled and Disabled. */
function argumentValue(name: string, value: Json): string | undefined {
  if (name.endsWith('_enabled') && (value === 'Enabled' || value === 'Disabled')) return String(value === 'Enabled');
  if (typeof value === 'string') return text(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value) && value.every((item) => typeof item === 'string'))
    return `[${value.map((item) => text(item as string)).join(', ')}]`;
  return undefined;
}

function refusal({ does, key, resource, sets, beside }: ExportedChange): string | undefined {
  const texts = JSON.stringify([resource, ...[...sets, ...beside].map((edit) => [edit.path, toOf(edit)])]);
  if (texts !== texts.normalize('NFC')) return 'Terraform converts its text to the Unicode form NFC, which is a different value';
  return does === 'call' && key !== 'publishingPassword'
    ? 'the Terraform state would contain the new key in plain text; use the az format, or func-harden itself'
    : undefined;
}

function whole(change: ExportedChange, name: string, say: (part: Source) => string): string {
  const { location, identity, tags, ...rest } = ((change.sets[0] && toOf(change.sets[0])) ?? {}) as Record<string, Json>;
  const parent = change.resource.replace(/(\/providers\/[^/]+)?\/[^/]+\/[^/]+$/, '');
  const argument = (label: string, value: Json | undefined) =>
    value === undefined ? '' : `  ${label.padEnd(11)} = ${literal(value, HCL, say, '  ')}\n`;
  const isSecret = change.key === 'vaultSecret';
  return [
    argument('name', name),
    argument('parent_id', parent),
    argument('location', location),
    typeof identity === 'object' && identity !== null ? commented('  # ', ['identity goes into the body here']) : '',
    argument('tags', tags),
    // `sensitive_body` is write-only, so the secret is not stored in the state.
    isSecret ? argument('sensitive_body', rest) : argument('body', identity === undefined ? rest : { ...rest, identity }),
  ].join('');
}

interface Writing {
  readonly type: string;
  readonly name: string;
  readonly say: (part: Source) => string;
  readonly block: (kind: string, name: string, lines: string) => string;
}

/** Merges app settings. Azure replaces all settings at once, so the existing ones are read and sent back with the changes. */
function settings({ resource, sets }: ExportedChange, { type, name, say, block }: Writing): string {
  const wanted = Object.fromEntries(
    sets.filter((edit) => toOf(edit) !== null).map((edit) => [membersOf(edit.path).at(-1) ?? '', toOf(edit)]),
  );
  const gone = sets.filter((edit) => toOf(edit) === null).map(({ path }) => membersOf(path).at(-1) ?? '');
  const now = `data.azapi_resource_action.${name}.sensitive_output.properties`;
  const kept =
    gone.length === 0 ? now : `{ for name, value in ${now} : name => value if !contains(${literal(gone, HCL, say, '      ')}, name) }`;
  const id = `  resource_id = ${text(resource)}\n`;
  const read = `data "azapi_resource_action" ${text(name)} {\n${type}${id}  action      = "list"\n  method      = "POST"\n  sensitive_response_export_values = ["properties"]\n}\n`;
  const lines = `${type}${id}  method      = "PUT"\n  body = {\n    properties = merge(\n      ${kept},\n      ${literal(wanted, HCL, say, '      ')}\n    )\n  }\n`;
  return `${read}\n${block('azapi_resource_action', name, lines)}`;
}
