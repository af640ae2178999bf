/** The same guid for the same text, on every machine. */
export function guidOf(text: string): string {
  let hash = 0x811c9dc5;
  const hex = Array.from({ length: 32 }, (_, index) => {
    for (const character of `${text}${index}`) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
    return (hash & 15).toString(16);
  }).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
