import { closest, distance } from 'fastest-levenshtein';

/** Returns ` Did you mean "x"?` if a known word is similar, otherwise an empty text. */
export function didYouMean(word: string, known: readonly string[]): string {
  if (known.length === 0) return '';
  const near = closest(
    word.toLowerCase(),
    known.map((one) => one.toLowerCase()),
  );
  const meant = known.find((one) => one.toLowerCase() === near);
  return meant && distance(word.toLowerCase(), near) <= Math.max(2, Math.floor(word.length / 3)) ? ` Did you mean "${meant}"?` : '';
}
