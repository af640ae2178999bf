/** Returns a number with its noun: `1 change`, `2 changes`, `2 properties`. */
export const counted = (many: number, one: string, more = `${one}s`): string => `${many} ${many === 1 ? one : more}`;
