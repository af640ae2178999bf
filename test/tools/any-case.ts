/** Returns a pattern without flags that matches the same texts in any case, because JSON Schema has no flags. */
export function anyCase({ source, flags }: RegExp): string {
  if (!flags.includes('i')) return source;
  let inClass = false;
  return source.replace(/\\.|\[|\]|([a-z])-([a-z])|[a-z]/gi, (found, from?: string, to?: string) => {
    if (found.startsWith('\\')) return found;
    if (found === '[' || found === ']') {
      inClass = found === '[';
      return found;
    }
    if (from !== undefined && to !== undefined) {
      if (inClass) return `${from.toLowerCase()}-${to.toLowerCase()}${from.toUpperCase()}-${to.toUpperCase()}`;
      return `${either(from)}-${either(to)}`;
    }
    return inClass ? `${found.toLowerCase()}${found.toUpperCase()}` : either(found);
  });
}

const either = (letter: string): string => `[${letter.toLowerCase()}${letter.toUpperCase()}]`;
