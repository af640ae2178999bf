/** The run that a person means by a full name, the beginning of a name, or the newest run. */
type NamedRun =
  | { readonly run: string }
  /** Several begin like this. */
  | { readonly fits: readonly string[] }
  | { readonly missing: true };

/** The name of the newest run. */
export const LAST = 'last';

/** Returns the run with this name or beginning. `names`: every run, oldest first. */
export function namedRun(name: string, names: readonly string[]): NamedRun {
  if (names.includes(name)) return { run: name };
  const newest = names.at(-1);
  if (name === LAST) return newest === undefined ? { missing: true } : { run: newest };
  const fits = name === '' ? [] : names.filter((one) => one.toLowerCase().startsWith(name.toLowerCase()));
  const [first] = fits;
  if (first === undefined) return { missing: true };
  return fits.length === 1 ? { run: first } : { fits };
}
