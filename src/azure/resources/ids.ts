/** Resource ids: what they name, and whether a name is unambiguous. */

/** Returns whether two resource ids are equal. */
export const sameResource = (a: string | null | undefined, b: string | null | undefined): boolean =>
  a !== null && a !== undefined && a.toLowerCase() === b?.toLowerCase();

/** Finds a resource by its name or resource id. */
export const byNameOrId = <T extends { readonly id: string; readonly name: string }>(items: readonly T[], meant: string): T | undefined =>
  items.find(({ id, name }) => id.toLowerCase() === meant.toLowerCase() || name.toLowerCase() === meant.toLowerCase());

/** Describes why a name is ambiguous (several resources have it, so a resource id is needed); undefined if it is not. */
export function severalHave(
  what: string,
  items: readonly { readonly id: string; readonly name: string }[],
  meant = '',
): string | undefined {
  const ids = items.filter(({ name }) => name.toLowerCase() === meant.toLowerCase()).map(({ id }) => id);
  return ids.length > 1
    ? `${ids.length} ${what} have the name ${meant}; answer with the resource id of one of them: ${ids.join(', ')}`
    : undefined;
}

/** Returns `prod-vnet/apps` for the id of a subnet. */
export const subnetName = (id: string): string => {
  const parts = id.split('/');
  return `${parts.at(-3) ?? ''}/${parts.at(-1) ?? ''}`;
};
/** Returns the last part of an id: the name of the resource. */
export const nameIn = (id: string): string => id.slice(id.lastIndexOf('/') + 1);
/** Returns the resource group of an id, as an id. */
export const groupOf = (id: string): string => id.split('/').slice(0, 5).join('/');
