/**
 * Whether a text is made of these parts in this order, with any text of at least `least` characters between two of them. Each part is taken
 * where it occurs first, so that the time does not grow with the number of ways to divide the text, as it does with an expression.
 */
export function isMadeOf(text: string, [first = '', ...parts]: readonly string[], least = 0): boolean {
  const last = parts.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let end = first.length;
  for (const part of parts) {
    const at = text.indexOf(part, end + least);
    if (at < 0) return false;
    end = at + part.length;
  }
  return text.endsWith(last) && end + least <= text.length - last.length;
}
