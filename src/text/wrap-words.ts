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
 * Wraps each line at words. Further lines are indented under it, in a list under the second column. An id that is wider than the line stays whole,
 * and so do lines that are redrawn, and lines to copy: a command, or a line of an answers file.
 */
export const wrapWords = (text: string, width: number): string =>
  text
    .split('\n')
    .map((one) => (isWhole(one) || one.length <= width / 2 || columnsOf(one) <= width ? one : wrapped(one, width).join('\n')))
    .join('\n');

const isWhole = (text: string): boolean => /\r|^ +(func-harden|az|chmod|git|npm|export \w+=)\b|^ +(- )?[a-z][\w-]*:( |$)/.test(text);

function wrapped(text: string, width: number): string[] {
  const [, indent = '', label = '', said = ''] = /^( *)((?<= )\S+(?: \S+)* {2,})?(.*)$/.exec(text) ?? [];
  const column = columnsOf(indent + label);
  // Where the first column leaves no room for the second, the second begins on a new line.
  const isNarrow = label !== '' && column > width / 2;
  const under = ' '.repeat(label === '' ? column + 2 : isNarrow ? indent.length + 4 : column);
  const lines: string[] = isNarrow ? [(indent + label).trimEnd()] : [];
  let current = isNarrow ? under : indent + label;
  let isEmpty = true;
  for (const part of partsOf(said)) {
    const longer = isEmpty ? current + part : `${current} ${part}`;
    if (isEmpty || columnsOf(longer) <= width) current = longer;
    else {
      lines.push(current);
      current = under + part;
    }
    isEmpty = false;
  }
  return [...lines, current];
}

/** Returns the words of a text. A command in it is one part, because a command on two lines cannot be copied. */
function partsOf(text: string): string[] {
  const parts: string[] = [];
  let before = '';
  for (const word of text.split(/(?<=\S) +(?=\S)/)) {
    const last = parts.at(-1) ?? '';
    const isOpen = !/[.,:;)]$/.test(last);
    const isInOwn =
      last.startsWith('func-harden ') && (word.startsWith('-') || before.startsWith('--') || last === `func-harden ${before}`);
    // Behind a colon or a bracket, a command of the Azure CLI ends with the sentence; elsewhere its end is not known.
    const isInAz = last === '(az' || (last === 'az' && parts.at(-2)?.endsWith(':') === true) || /^\(?az /.test(last);
    if (before === 'func-harden' || (isOpen && (isInOwn || isInAz))) parts[parts.length - 1] = `${last} ${word}`;
    else parts.push(word);
    before = word;
  }
  return parts;
}
