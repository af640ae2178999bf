/** App settings are replaced all at once, so a module receives the existing settings and merges the changes into them. */
import { toOf } from './exported-changes.ts';
import { membersOf } from '../../change/json-paths.ts';
import { commented } from './file.ts';
import type { ExportedChange } from './exported-changes.ts';
import { parentOf, type ResourcePlace } from './identifiers.ts';
import { BICEP, literal, type Expression } from './literals.ts';

/** The existing settings are read outside the module, because a template that reads and writes the same resource would depend on itself. */
export const SETTINGS_MODULE = `${commented('// ', [
  'Merges app settings with the existing ones. Azure replaces all app settings at once, so all of them are sent.',
  'Reading them needs Microsoft.Web/sites/config/list/action. They are passed as secure parameters and do not appear in logs or outputs.',
])}targetScope = 'resourceGroup'

param app string
@description('Empty for the app itself.')
param slot string = ''
@secure()
param current object
@secure()
param wanted object
@description('Names of the settings to remove.')
param gone array = []

var kept = toObject(filter(items(current), item => !contains(gone, item.key)), item => item.key, item => item.value)

resource site 'Microsoft.Web/sites@2024-11-01' existing = {
  name: app
}

resource ofSite 'Microsoft.Web/sites/config@2024-11-01' = if (empty(slot)) {
  parent: site
  name: 'appsettings'
  properties: union(kept, wanted)
}

resource slotSite 'Microsoft.Web/sites/slots@2024-11-01' existing = if (!empty(slot)) {
  parent: site
  name: empty(slot) ? 'none' : slot
}

resource ofSlot 'Microsoft.Web/sites/slots/config@2024-11-01' = if (!empty(slot)) {
  parent: slotSite
  name: 'appsettings'
  properties: union(kept, wanted)
}
`;

interface Settings {
  readonly symbol: string;
  readonly change: ExportedChange;
  readonly at: ResourcePlace;
  readonly base: string;
  readonly last?: string;
  readonly say: Expression;
}

export function settingsCall({ symbol, change, at, base, last, say }: Settings): string {
  const [app = '', slot] = parentOf(at)?.names ?? [];
  const names = (gone: boolean) =>
    change.sets.filter((edit) => (toOf(edit) === null) === gone).map((edit) => [membersOf(edit.path).at(-1) ?? '', toOf(edit)] as const);
  const gone = names(true).map(([name]) => name);
  return `module ${symbol} ${BICEP.text(`./${base}.appsettings.bicep`)} = {
  name: ${BICEP.text(`func-harden-settings-${change.number}`)}
  params: {
    app: ${BICEP.text(app)}
${slot === undefined ? '' : `    slot: ${BICEP.text(slot)}\n`}    current: list(${BICEP.text(change.resource)}, ${BICEP.text(change.apiVersion)}).properties
    wanted: ${literal(Object.fromEntries(names(false)), BICEP, say, '    ')}
${gone.length === 0 ? '' : `    gone: ${literal(gone, BICEP, say, '    ')}\n`}  }
${last === undefined ? '' : `  dependsOn: [\n    ${last}\n  ]\n`}}
`;
}
