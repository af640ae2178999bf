/**
 * Stands in the bundle for string-width, Ink's own use of it included: the real one compiles a pattern of all emoji at
 * the first letter that is not ASCII, which takes longer than all the rest of the first frame.
 */
import stringWidth, { type Options } from 'string-width';

/** What every terminal draws one column wide: ASCII, and the signs that the wizard draws with. */
const NARROW = /^[\u0020-\u007E←↑→↓…·│❯▏▾✓✎]*$/;
const COLOURS = /\u001B\[[\d;]*m/g;

export default function narrowWidth(text: string, options?: Options): number {
  const bare = text.includes('\u001B') ? text.replace(COLOURS, '') : text;
  return NARROW.test(bare) ? bare.length : stringWidth(text, options);
}
