/** Calls of modules in a tree of code. Reading starts at the modules that no other calls; Bicep and Terraform refuse circles. */

export const TOO_DEEP = 'its modules are nested too deep';
export const IN_CIRCLE = 'it is only called by modules that call each other in a circle';

/** Resolves a relative path from a folder; undefined where it leads out of the tree. */
export function pathFrom(folder: string, path: string): string | undefined {
  const parts = folder === '' ? [] : folder.split('/');
  for (const part of path.split('/'))
    if (part === '..') {
      if (parts.pop() === undefined) return undefined;
    } else if (part !== '.' && part !== '') parts.push(part);
  return parts.join('/');
}

/** Returns the modules to which no module leads that no other calls. */
export function inCircles(names: readonly string[], callsOf: (name: string) => readonly string[]): string[] {
  const called = new Set(names.flatMap(callsOf));
  const reached = new Set(names.filter((name) => !called.has(name)));
  // A set also yields what is added while it is read.
  for (const name of reached) for (const one of callsOf(name)) reached.add(one);
  return names.filter((name) => !reached.has(name));
}
