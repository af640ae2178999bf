/** The member of a table by a name from outside; undefined for names such as `constructor`, which every object answers to. */
export const ownMember = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;
