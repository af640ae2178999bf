/** Resource ids: what they name, and which resource somebody means. */

/** Whether two resource ids mean the same. */
export const sameResource = (a: string | null | undefined, b: string | null | undefined): boolean =>
  a !== null && a !== undefined && a.toLowerCase() === b?.toLowerCase();

/** The one that is meant by its name or resource id. */
export const byNameOrId = <T extends { readonly id: string; readonly name: string }>(items: readonly T[], meant: string): T | undefined =>
  items.find(({ id, name }) => id.toLowerCase() === meant.toLowerCase() || name.toLowerCase() === meant.toLowerCase());

/** Why a name says too little: several resources have it, and only a resource id says which one is meant. Undefined where it says enough. */
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

/** `prod-vnet/apps` for the id of a subnet. */
export const subnetName = (id: string): string => {
  const parts = id.split('/');
  return `${parts.at(-3) ?? ''}/${parts.at(-1) ?? ''}`;
};
/** What an id names: its last part. */
export const nameIn = (id: string): string => id.slice(id.lastIndexOf('/') + 1);
export const groupOf = (id: string): string => id.split('/').slice(0, 5).join('/');
