/** Bicep that changes existing resources only: children of existing resources, and snippets where Bicep cannot patch. */
import { membersOf } from '../../change/json-paths.ts';
import { showValue, desiredValue } from '../../change/value.ts';
import type { Json } from '../../azure/index.ts';
import { describeSource, type Source } from '../../contract/index.ts';
import { notesOf, sourceOf, toOf, versionOf, type ExportedChange } from './exported-changes.ts';
import { commented, type Exported, type Origin } from './file.ts';
import { Identifiers, parentOf, placeOf, type ResourcePlace, type TypeAndNames } from './identifiers.ts';
import { BICEP, literalBody, literal } from './literals.ts';
import { SETTINGS_MODULE, settingsCall } from './bicep-settings.ts';
import { counted } from '../../text/counted.ts';

/**
 * Returns whether Bicep can only declare the resource completely, with its location and other required members. Children, settings of a
 * subscription and extension resources can be declared with only the members that are set.
 */
const isDeclaredWhole = ({ type, group, on }: ResourcePlace): boolean =>
  group !== undefined && !on && (type.split('/').length === 2 || /\/sites\/slots$/i.test(type));

const text = (value: string): string => BICEP.text(value);
const scopeOf = ({ subscription, group }: ResourcePlace): string => `${subscription}/${group ?? ''}`.toLowerCase();

export function bicep(changes: readonly ExportedChange[], origin: Origin): Exported {
  const placed = changes.map((change) => ({ change, place: placeOf(change.resource) ?? placeOf(change.target) }));
  const groups = Map.groupBy(placed, ({ place }) => (place ? scopeOf(place) : ''));
  const secretNames = new Identifiers();
  const nowhere = groups.get('') ?? [];
  const modules = [...groups.entries()].filter(([scope]) => scope !== '').map(([, members]) => oneScope(members, origin, secretNames));
  const names = new Identifiers();
  names.nameFor('appsettings');
  const files = modules.map((module) => ({ ...module, name: `${origin.base}.${fileName(module.label, names)}.bicep` }));
  const left = modules.reduce((sum, module) => sum + module.left, nowhere.length);
  const byHand = modules.reduce((sum, module) => sum + module.byHand, 0);
  const settings = modules.some(({ usesSettings }) => usesSettings)
    ? [{ name: `${origin.base}.appsettings.bicep`, text: SETTINGS_MODULE }]
    : [];
  const main = [
    head(origin, changes.length),
    "targetScope = 'subscription'\n",
    ...files.flatMap(({ secrets }) => secrets.map(secretParam)),
    ...files.map(({ name, place, label, secrets }, index) => {
      const scope = place?.group
        ? `resourceGroup(${text(place.subscription)}, ${text(place.group)})`
        : `subscription(${text(place?.subscription ?? '')})`;
      const given = secrets.length > 0 ? `  params: {\n${secrets.map((one) => `    ${one.name}: ${one.name}\n`).join('')}  }\n` : '';
      const before = index > 0 ? `  dependsOn: [\n    part${index}\n  ]\n` : '';
      return `module part${index + 1} ${text(`./${name}`)} = {\n  name: ${text(`func-harden-${label}`.slice(0, 60))}\n  scope: ${scope}\n${given}${before}}\n`;
    }),
    ...nowhere.map(({ change }) =>
      commented('// ', [
        ...notesOf(change),
        'Not in these files: the change needs the resource id of its app, which a template cannot use here.',
      ]),
    ),
  ].join('\n');
  return { files: [{ name: '', text: main }, ...files.map(({ name, text: body }) => ({ name, text: body })), ...settings], left, byHand };
}

const head = ({ version, from }: Origin, count: number): string =>
  commented('// ', [
    `${counted(count, 'change that hardens', 'changes that harden')} Azure Function apps; written by func-harden ${version} from ${from}.`,
    'Deploy it at the subscription: az deployment sub create --location LOCATION --template-file FILE. To preview, add what-if.',
    'Each file declares only what changes, as children of existing resources, one after the other, in the order of the plan.',
    'Comments that begin with CARRY contain values that this file cannot set. Copy them into your own Bicep code, into the resource that declares them, or the next',
    'deployment of that resource reverts them. Copy them first, because other changes may depend on them. A template cannot delete or call anything: such changes are listed only.',
    'These files contain no secrets. Bicep has no undo: the comments contain the earlier values.',
  ]);

/** Returns a unique file name for a resource group, whose name may contain characters that file names should not. */
const fileName = (label: string, names: Identifiers): string =>
  names
    .nameFor(label.replace(/^[\W_]+/, '') || 'part')
    .replaceAll('_', '-')
    .replace(/^-/, '');

interface Secret {
  readonly name: string;
  readonly says: string;
}

const secretParam = ({ name, says }: Secret): string =>
  `@secure()\n@description(${text(`The ${says}: a template cannot read it.`)})\nparam ${name} string\n`;

interface Module {
  readonly label: string;
  readonly place?: ResourcePlace;
  readonly text: string;
  readonly left: number;
  readonly byHand: number;
  readonly usesSettings: boolean;
  readonly secrets: readonly Secret[];
}

/** Collects the changes of one resource group, or of the subscription. */
function oneScope(
  members: readonly { change: ExportedChange; place: ResourcePlace | undefined }[],
  { base }: Origin,
  secretNames: Identifiers,
): Module {
  const names = new Identifiers();
  const place = members[0]?.place;
  const known = new Map<string, string>();
  const existing: string[] = [];
  const secrets: Secret[] = [];
  let [left, byHand, usesSettings] = [0, 0, false];
  let last: string | undefined;

  /** Returns the symbol of an existing resource, and declares it at first use. */
  const symbolOf = (of: Pick<ResourcePlace, 'type' | 'names'> & Partial<ResourcePlace>): string => {
    const id = `${of.subscription ?? ''}/${of.group ?? ''}/${of.type}/${of.names.join('/')}`.toLowerCase();
    const found = known.get(id);
    if (found) return found;
    const parent = parentOf(of);
    const symbol = names.nameFor(of.type.split('/').at(-1) ?? '', ...of.names);
    const elsewhere = of.subscription !== undefined && place && scopeOf(of as ResourcePlace) !== scopeOf(place);
    const scope = elsewhere ? `  scope: resourceGroup(${text(of.subscription ?? '')}, ${text(of.group ?? '')})\n` : '';
    const above = parent ? `  parent: ${symbolOf({ ...of, ...parent })}\n` : scope;
    existing.push(
      `resource ${symbol} ${text(`${of.type}@${versionOf(of.type)}`)} existing = {\n${above}  name: ${text(of.names.at(-1) ?? '')}\n}\n`,
    );
    known.set(id, symbol);
    return symbol;
  };
  const here = (of: TypeAndNames) =>
    symbolOf({ ...of, ...(place ? { subscription: place.subscription } : {}), ...(place?.group ? { group: place.group } : {}) });

  const expression =
    (target: string) =>
    (part: Source): string => {
      const source = sourceOf(part, target);
      const at = source && placeOf(source.id);
      if (!at || !source || source.list) {
        const name = names.nameFor(secretNames.nameFor('secret', target.split('/').at(-1) ?? '', describeSource(part)));
        secrets.push({ name, says: `${describeSource(part)} of ${target.split('/').at(-1) ?? ''}` });
        return name;
      }
      return `${symbolOf(at)}${membersOf(source.path)
        .map((member) => (/^[a-z_]\w*$/i.test(member) ? `.${member}` : `[${text(member)}]`))
        .join('')}`;
    };

  const declared = (change: ExportedChange, at: ResourcePlace, body: { readonly [name: string]: Json }): string => {
    const parent = parentOf(at);
    const above = at.on ? `  scope: ${here(at.on)}\n` : parent ? `  parent: ${here(parent)}\n` : '';
    const symbol = names.nameFor(at.type.split('/').at(-1) ?? '', ...at.names);
    const say = expression(change.target);
    const lines = Object.entries(body)
      .filter(([name]) => name !== 'name')
      .map(([name, value]) => `  ${BICEP.member(name)} ${literal(value, BICEP, say, '  ')}\n`)
      .join('');
    const before = last === undefined ? '' : `  dependsOn: [\n    ${last}\n  ]\n`;
    if (!at.on) known.set(`${at.subscription}/${at.group ?? ''}/${at.type}/${at.names.join('/')}`.toLowerCase(), symbol);
    last = symbol;
    return `resource ${symbol} ${text(`${at.type}@${change.apiVersion}`)} = {\n${above}  name: ${text(at.names.at(-1) ?? '')}\n${lines}${before}}\n`;
  };

  const parts = members.map(({ change, place: at }) => {
    const notes = commented('// ', notesOf(change));
    const lost = change.lost ?? refusal(change) ?? (placeOf(change.resource) ? undefined : 'a template cannot use the id of this resource');
    if (lost !== undefined || !at) {
      left++;
      return `${notes}${commented('// ', [`Not in this file: ${lost ?? ''}.`])}`;
    }
    const body = literalBody([...change.beside, ...change.sets]);
    if (change.key === 'appSettings') {
      usesSettings = true;
      const symbol = names.nameFor('settings', ...at.names);
      const call = settingsCall({ symbol, change, at, base, ...(last ? { last } : {}), say: expression(change.target) });
      last = symbol;
      return `${notes}${call}`;
    }
    if (change.does === 'set' && (isDeclaredWhole(at) || (change.key === 'authSettings' && !isWhole(change)))) {
      byHand++;
      const inWords = literal(showValue(desiredValue(body)), BICEP, () => 'null');
      return `${notes}${commented('// ', [`CARRY into the resource that declares ${at.names.join('/')}:`, ...inWords.split('\n').slice(1, -1)])}`;
    }
    const whole = change.sets[0]?.path === '' ? toOf(change.sets[0]) : null;
    return `${notes}${declared(change, at, whole === null ? body : (whole as { readonly [name: string]: Json }))}`;
  });

  const scopeLine = place && !place.group ? "targetScope = 'subscription'\n" : "targetScope = 'resourceGroup'\n";
  const body = [...secrets.map(secretParam), ...existing, ...parts].join('\n');
  return {
    label: place?.group ?? (place ? 'subscription' : 'unnamed'),
    ...(place ? { place } : {}),
    text: `${scopeLine}\n${body}`,
    left,
    byHand,
    usesSettings,
    secrets,
  };
}

const isWhole = ({ sets }: ExportedChange): boolean => sets.some(({ path }) => path === 'properties');

function refusal({ does, call }: ExportedChange): string | undefined {
  if (does === 'remove') return 'a template cannot delete; use the az format, or func-harden itself';
  return call === undefined ? undefined : 'a template cannot call an action; use the az format, or func-harden itself';
}
