/** The words of a text that contain a secret, and the text without them. */
import { REDACTED } from './secret-shapes.ts';

/** A character next to a quoted part of a secret that belongs to the same word. */
const JOINED = /[A-Za-z0-9+/=%_~-]/;
/** Extends a stretch to all characters of the same word. */
export function joined(text: string, begin: number, end: number): [number, number] {
  let [from, to] = [begin, end];
  while (from > 0 && JOINED.test(text[from - 1]!)) from -= 1;
  while (to < text.length && JOINED.test(text[to]!)) to += 1;
  return [from, to];
}

/** Returns a text without the words that contain a part of a secret, which is in lower case. */
export function withoutWordsAt(text: string, part: string): string {
  const lower = text.toLowerCase();
  let [clean, done] = ['', 0];
  for (let at = lower.indexOf(part); at >= 0; at = lower.indexOf(part, done)) {
    const [from, to] = joined(text, at, at + part.length);
    clean += `${text.slice(done, from)}${REDACTED}`;
    done = to;
  }
  return clean + text.slice(done);
}

const LETTER = /[\p{L}\p{N}]/u;
const JOINT = /[._-]/;

/**
 * Returns a text without a secret, in any case. A secret of eight characters or more is masked inside longer words too, because it is not
 * part of them by chance. A dictionary word is masked only as a whole word: in a name (`rg-payments`) it is part of the
 * name.
 */
export function withoutWord(text: string, secret: string, isWord: boolean): string {
  const lower = text.toLowerCase();
  if (lower.length !== text.length || !lower.includes(secret)) return text.replaceAll(secret, REDACTED);
  let [clean, from] = ['', 0];
  for (let at = lower.indexOf(secret); at >= 0; at = lower.indexOf(secret, at + 1)) {
    if (at < from) continue;
    const end = at + secret.length;
    const isInside = (edge: string | undefined, beyond: string | undefined) => LETTER.test(edge ?? ' ') && LETTER.test(beyond ?? ' ');
    const isJoined = (beyond: string | undefined, next: string | undefined) => JOINT.test(beyond ?? ' ') && LETTER.test(next ?? ' ');
    if ((isWord || secret.length < 8) && (isInside(secret[0], text[at - 1]) || isInside(secret.at(-1), text[end]))) continue;
    if (isWord && (isJoined(text[at - 1], text[at - 2]) || isJoined(text[end], text[end + 1]))) continue;
    clean += `${text.slice(from, at)}${REDACTED}`;
    from = end;
  }
  return clean + text.slice(from);
}
