/** Selects, from the values that a verdict read, those that its control is about. */
import type { ResourceKey } from '../azure/index.ts';
import { membersOf } from '../change/json-paths.ts';
import type { AnyControl } from '../contract/index.ts';
import type { ReadValue } from './code-facts.ts';
import type { DeclaredApp } from './declared.ts';
import { memberOf } from './value.ts';

/** A member that a declared account or vault omits, and whose meaning depends on more than the code, such as the creation date. */
export const silentMember = (looked: readonly ReadValue[]): ReadValue | undefined =>
  looked.findLast(
    ({ key, path, value }) => (key === 'storageAccounts' || key === 'vaults') && value.kind === 'absent' && path.startsWith('properties.'),
  );

/** Returns the member that a control checks: the member of a setting, or the member that its area maps to Terraform. */
const OF_THE_PLAN = /^(id|name|kind|location|properties\.(sku|reserved|managedEnvironmentId|hostingEnvironmentProfile))$/;

export function ownValue(
  app: DeclaredApp,
  control: AnyControl,
  looked: readonly ReadValue[],
  names: readonly string[] = [],
): ReadValue | undefined {
  if (control.kind === 'attestation') return undefined;
  const paths: readonly string[] = control.kind === 'setting' ? [control.at.join(' ')] : Object.keys(control.terraform ?? {});
  for (const place of paths) {
    const [key = '', path = ''] = place.split(' ');
    const own = key === 'siteIdentity' || key === 'siteUnlisted' ? 'site' : (key as ResourceKey);
    const seenThere = looked.find((one) => one.key === own && one.path.toLowerCase() === path.toLowerCase());
    const value = seenThere?.value ?? memberOf(app.facts.get(own), ...membersOf(path));
    if (value) return { key: own, path, value, address: seenThere?.address ?? app.address };
  }
  const own = looked.filter(({ path }) => !OF_THE_PLAN.test(path));
  return control.kind === 'rule'
    ? (failingValue(own, names) ?? own.find(({ value }) => value.kind === 'scalar' || value.kind === 'list') ?? own[0])
    : undefined;
}

/** Selects the values that a finding names. */
export const failingValue = (looked: readonly ReadValue[], names: readonly string[]): ReadValue | undefined =>
  looked.find(({ path }) => names.some((name) => path.split('.').slice(1).join('.').toLowerCase() === name.toLowerCase()));
