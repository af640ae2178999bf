/**
 * What areas declare about values, for code that has a change but no longer its area: which values lock callers out when undo writes them
 * back, which settings are not secrets, and Terraform's names. The catalog registers it once. Reading it before that throws, because
 * treating a secret as plain, or a lockout as harmless, would be worse.
 */
import type { Json, ResourceKey } from '../azure/index.ts';
import type { AnyControl, AnyStep, Closing } from './step.ts';

interface Declared {
  readonly plain: RegExp;
  readonly closes: readonly Closing[];
  readonly terraform: ReadonlyMap<string, string>;
  readonly defaults: ReadonlySet<string>;
  readonly oneWay: ReadonlySet<string>;
}

let known: Declared | undefined;

/** Registers what these areas declare, and returns the areas. */
export function declareAreas<S extends AnyStep>(steps: readonly S[]): readonly S[] {
  const plain = steps.flatMap((step) => step.plain ?? []).map((name) => (typeof name === 'string' ? name : name.source));
  const named = steps.flatMap(({ controls }) => controls.flatMap(terraformNames));
  known = {
    plain: new RegExp(`^(${plain.join('|')})$`, 'i'),
    closes: steps.flatMap((step) => step.closes ?? []),
    terraform: new Map(named),
    defaults: new Set(steps.flatMap(({ controls }) => controls.flatMap(placesWithDefault))),
    oneWay: new Set(steps.flatMap(({ id, controls }) => controls.flatMap((one) => (isOneWay(one) ? [`${id}.${one.id}`] : [])))),
  };
  return steps;
}

function terraformNames(control: AnyControl): [string, string][] {
  if (control.kind === 'rule') return Object.entries(control.terraform ?? {});
  return control.kind === 'setting' && control.terraform !== undefined ? [[control.at.join(' '), control.terraform]] : [];
}

const placesWithDefault = (control: AnyControl): string[] =>
  control.kind === 'setting' && control.absent !== undefined && control.absent !== null ? [control.at.join(' ')] : [];

const isOneWay = (control: AnyControl): boolean => control.kind !== 'attestation' && control.risk === 'one-way';

function declared(): Declared {
  if (!known) throw new Error('the list of areas was used before it was loaded');
  return known;
}

/** Whether the values of a setting are words of the platform, never secrets. */
export const isPlainSetting = (name: string): boolean => declared().plain.test(name);

/** Whether a missing property behaves as a declared value, so that undo writes that value where the property was not set. */
export const hasDefault = (key: ResourceKey, path: string): boolean => declared().defaults.has(`${key} ${path}`);

/** Whether the area of a control declares that nothing reverts it. */
export const isDeclaredOneWay = (control: string): boolean => declared().oneWay.has(control);

/** Whether writing these values to a resource locks a caller out. */
export function closesSomething(key: ResourceKey, sets: readonly { readonly path: string; readonly after: Json }[]): boolean {
  const beside = (path: string) => sets.find((one) => one.path === path)?.after;
  return declared().closes.some(({ at: [on, path], when }) => {
    const value = on === key ? beside(path) : undefined;
    return value !== undefined && (typeof when === 'function' ? when(value, beside) : value === when);
  });
}

/** Returns azurerm's argument for every member that has one, by resource and path: `site properties.httpsOnly`. */
export const terraformMembers = (): ReadonlyMap<string, string> => declared().terraform;

/** Returns azurerm's argument for a member of a resource, or undefined where it has none. */
export const terraformName = (key: ResourceKey, path: string): string | undefined => declared().terraform.get(`${key} ${path}`);
