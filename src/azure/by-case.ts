/** Calls the function for the case of a union that `value` is, by its member `name`. */
export const byCase = <N extends string, T extends { readonly [K in N]: string }, R>(
  name: N,
  value: T,
  cases: { readonly [C in T[N]]: (value: Extract<T, { readonly [K in N]: C }>) => R },
): R => (cases[value[name]] as (value: T) => R)(value);
