/** Selects, from the values that a verdict read, those that its control is about. */
import type { ResourceKey } from '../azure/index.ts';
import { membersOf } from '../change/json-paths.ts';
import type { AnyControl, Draft } from '../contract/index.ts';
import type { ControlState } from '../engine/judge/assess.ts';
import { type CodeReader, NOT_IN_CODE, type ReadValue } from './code-facts.ts';
import type { DeclaredApp } from './declared.ts';
import { memberOf, plainOf } from './value.ts';

/** A member that a declared account or vault omits or sets to null, and whose meaning depends on more than the code, such as the creation date. */
export const silentMember = (looked: readonly ReadValue[]): ReadValue | undefined =>
  looked.findLast(
    ({ key, path, value }) =>
      (key === 'storageAccounts' || key === 'vaults') &&
      (value.kind === 'absent' || plainOf(value) === null) &&
      path.startsWith('properties.'),
  );

const OF_THE_PLAN = /^(id|name|kind|location|properties\.(sku|reserved|managedEnvironmentId|hostingEnvironmentProfile))$/;

/** Returns the member that a control is about, or else a value that its verdict read. */
export function ownValue(
  app: DeclaredApp,
  control: AnyControl,
  looked: readonly ReadValue[],
  names: readonly string[] = [],
): ReadValue | undefined {
  if (control.kind === 'attestation') return undefined;
  for (const { key, path } of ownMembers(control)) {
    const seenThere = looked.find((one) => one.key === key && one.path.toLowerCase() === path.toLowerCase());
    const value = seenThere?.value ?? memberOf(app.facts.get(key), ...membersOf(path));
    if (value) return { key, path, value, address: seenThere?.address ?? app.address };
  }
  const own = looked.filter(({ path }) => !OF_THE_PLAN.test(path));
  return control.kind === 'rule'
    ? (failingValue(own, names) ?? own.find(({ value }) => value.kind === 'scalar' || value.kind === 'list') ?? own[0])
    : undefined;
}

/** Returns the members that a control is about: the member of a setting, or those that its area maps to Terraform. */
function ownMembers(control: AnyControl): { readonly key: ResourceKey; readonly path: string }[] {
  if (control.kind === 'attestation') return [];
  const places = control.kind === 'setting' ? [control.at.join(' ')] : Object.keys(control.terraform ?? {});
  return places.map((place) => {
    const [key = '', path = ''] = place.split(' ');
    return { key: key === 'siteIdentity' || key === 'siteUnlisted' ? 'site' : (key as ResourceKey), path };
  });
}

type Placed = Pick<ReadValue, 'value' | 'address'>;

/** Returns a value in the code whose verdict depends on something else as well, so that it is not passed over. */
export function undecidedValue(
  app: DeclaredApp,
  control: AnyControl,
  { failure, about = [] }: ControlState,
  reader: Pick<CodeReader, 'itemAt'>,
): Placed | undefined {
  if (failure) return failure.code === NOT_IN_CODE ? declaredValue(app, control) : undefined;
  // Of the accounts or vaults that the verdict names, the first one.
  return ownMembers(control)
    .filter(({ key }) => key === 'storageAccounts' || key === 'vaults')
    .flatMap(({ key, path }) => about.flatMap(({ id }) => reader.itemAt(key, id, path) ?? []))[0];
}

/** Returns a member that a control is about and that the code sets. */
function declaredValue(app: DeclaredApp, control: AnyControl): ReadValue | undefined {
  for (const { key, path } of ownMembers(control)) {
    const value = memberOf(app.facts.get(key), ...membersOf(path));
    if (value && value.kind !== 'absent' && !(value.kind === 'map' && value.members.size === 0))
      return { key, path, value, address: app.address };
  }
  return undefined;
}

/**
 * Returns the place of a value that the code does not set, if the value has no place of its own: that of the settings or of the app.
 * undefined for a value that belongs to a resource of its own.
 */
export function missingValue(app: DeclaredApp, control: AnyControl, drafts: readonly Draft[]): ReadValue | undefined {
  const written = drafts.flatMap((draft) => ('at' in draft ? draft.at[0] : []))[0];
  const key = written ?? (control.kind === 'rule' && control.reads.includes('appSettings') ? 'appSettings' : undefined);
  if (key !== 'appSettings' && key !== 'site' && key !== 'siteConfig') return undefined;
  const at = key === 'appSettings' ? memberOf(app.facts.get(key), 'properties')?.at : undefined;
  return { key, path: '', address: app.address, value: { kind: 'absent', value: undefined, at: at ?? app.at } };
}

/** Selects the values that a finding names. */
export const failingValue = (looked: readonly ReadValue[], names: readonly string[]): ReadValue | undefined =>
  looked.find(({ path }) => names.some((name) => path.split('.').slice(1).join('.').toLowerCase() === name.toLowerCase()));
