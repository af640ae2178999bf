/** Replaces string-width, also inside Ink: the original compiles a pattern of all emoji, which delays the first frame. */
import stringWidth, { type Options } from 'string-width';

/** Characters that every terminal draws one column wide: ASCII, and the symbols that the wizard uses. */
const NARROW = /^[\u0020-\u007E←↑→↓…·│❯▏▾✓✎]*$/;
/** Whether each character of a text is one column wide. */
export const isNarrow = (text: string): boolean => NARROW.test(text);
const COLOURS = /\u001B\[[\d;]*m/g;

export default function narrowWidth(text: string, options?: Options): number {
  const bare = text.includes('\u001B') ? text.replace(COLOURS, '') : text;
  return isNarrow(bare) ? bare.length : stringWidth(text, options);
}
