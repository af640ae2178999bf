/** Returns the last result again where it would be made from the same values, each the same object. */
export function rememberLast<T>(): (from: readonly unknown[], make: () => T) => T {
  let last: { readonly from: readonly unknown[]; readonly made: T } | undefined;
  return (from, make) => {
    if (!last || from.some((one, at) => one !== last?.from[at])) last = { from, made: make() };
    return last.made;
  };
}
