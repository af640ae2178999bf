/** Looks up a name that comes from outside in a table; undefined for names such as `constructor`, which every object inherits. */
export const ownMember = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;
