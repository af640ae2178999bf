/** Which run a person means: its whole name, the first part of it, or the newest one. */
export type NamedRun =
  | { readonly run: string }
  /** Several begin like this. */
  | { readonly fits: readonly string[] }
  | { readonly missing: true };

/** Stands for the newest run. */
export const LAST = 'last';

/** `names`: every run, oldest first. */
export function namedRun(name: string, names: readonly string[]): NamedRun {
  if (names.includes(name)) return { run: name };
  const newest = names.at(-1);
  if (name === LAST) return newest === undefined ? { missing: true } : { run: newest };
  const fits = name === '' ? [] : names.filter((one) => one.toLowerCase().startsWith(name.toLowerCase()));
  const [first] = fits;
  if (first === undefined) return { missing: true };
  return fits.length === 1 ? { run: first } : { fits };
}
