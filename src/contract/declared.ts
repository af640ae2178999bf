/**
 * What areas declare about values, for code that has a change in hand and no longer its area: what undo of an old run shuts, which settings
 * are no secrets, what Terraform calls a member. Made known once, where the catalogue is put together. Asked before that it throws: a
 * secret taken for none, or a way in that is shut without a warning, would be worse.
 */
import type { Json, ResourceKey } from '../azure/index.ts';
import type { AnyControl, AnyStep, Closing } from './step.ts';

interface Declared {
  readonly plain: RegExp;
  readonly closes: readonly Closing[];
  readonly terraform: ReadonlyMap<string, string>;
}

let known: Declared | undefined;

/** Makes known what these areas declare. */
export function declareAreas<S extends AnyStep>(steps: readonly S[]): readonly S[] {
  const plain = steps.flatMap((step) => step.plain ?? []).map((name) => (typeof name === 'string' ? name : name.source));
  const named = steps.flatMap(({ controls }) => controls.flatMap(terraformNames));
  known = {
    plain: new RegExp(`^(${plain.join('|')})$`, 'i'),
    closes: steps.flatMap((step) => step.closes ?? []),
    terraform: new Map(named),
  };
  return steps;
}

function terraformNames(control: AnyControl): [string, string][] {
  if (control.kind === 'rule') return Object.entries(control.terraform ?? {});
  return control.kind === 'setting' && control.terraform !== undefined ? [[control.at.join(' '), control.terraform]] : [];
}

function declared(): Declared {
  if (!known) throw new Error('what the areas declare is asked for before the catalogue was loaded');
  return known;
}

/** Whether the values of a setting are words of the platform, never secrets. */
export const isPlainSetting = (name: string): boolean => declared().plain.test(name);

/** Whether writing these values to a resource shuts somebody out. */
export function closesSomething(key: ResourceKey, sets: readonly { readonly path: string; readonly after: Json }[]): boolean {
  const beside = (path: string) => sets.find((one) => one.path === path)?.after;
  return declared().closes.some(({ at: [on, path], when }) => {
    const value = on === key ? beside(path) : undefined;
    return value !== undefined && (typeof when === 'function' ? when(value, beside) : value === when);
  });
}

/** Every member that azurerm has an argument for: `site properties.httpsOnly` and the argument. */
export const terraformMembers = (): ReadonlyMap<string, string> => declared().terraform;

/** The argument of azurerm for a member of a resource. */
export const terraformName = (key: ResourceKey, path: string): string | undefined => declared().terraform.get(`${key} ${path}`);
