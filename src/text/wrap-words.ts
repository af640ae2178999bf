/** Wraps messages at words. It uses no package, because every command loads it at start. */

const COLOURS = /\u001B\[[\d;]*m/g;
const WIDE = /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\uFF01-\uFF60]/u;
const NARROWEST = /[\p{M}\u200D]/u;

/** Returns the columns of a text on a terminal; colors have none. */
function columnsOf(text: string): number {
  let columns = 0;
  for (const sign of text.replace(COLOURS, '')) columns += NARROWEST.test(sign) ? 0 : WIDE.test(sign) ? 2 : 1;
  return columns;
}

/**
 * Wraps each line at words, further lines indented under it. An id that is wider than the line stays whole, and so do lines that are redrawn and
 * indented lines: these are next steps, and a command on two lines cannot be copied.
 */
export const wrapWords = (text: string, width: number): string =>
  text
    .split('\n')
    .map((one) => (/\r|^ /.test(one) || one.length <= width / 2 || columnsOf(one) <= width ? one : wrapped(one, width)))
    .join('\n');

function wrapped(text: string, width: number): string {
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(/(?<=\S) +(?=\S)/)) {
    const longer = current === '' ? word : `${current} ${word}`;
    if (current === '' || columnsOf(longer) <= width) current = longer;
    else {
      lines.push(current);
      current = `  ${word}`;
    }
  }
  return [...lines, current].join('\n');
}
