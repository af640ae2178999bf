import stringWidth, { isNarrow } from './narrow-width.ts';
import wrapAnsi from 'wrap-ansi';
import { lineText, span, type Line, type Span } from './spans.ts';

export const widthOf = (text: string): number => stringWidth(text);
export const padEnd = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)));

// Created at first use, because the first segmenter of a process takes 25 ms.
let segmenter: Intl.Segmenter | undefined;
const segmentsOf = (text: string): Iterable<Intl.SegmentData> =>
  (segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' })).segment(text);

/** Cuts a text to `width` columns, with a mark if something was cut; graphemes stay whole. */
export function cut(text: string, width: number, mark = '…'): string {
  if (widthOf(text) <= width) return text;
  if (width <= widthOf(mark)) return mark.slice(0, Math.max(0, width));
  if (isNarrow(text)) return text.slice(0, width - widthOf(mark)) + mark;
  let kept = '';
  for (const { segment } of segmentsOf(text)) {
    if (widthOf(kept + segment) > width - widthOf(mark)) break;
    kept += segment;
  }
  return kept + mark;
}

/** Wraps words at `width` columns; longer words are broken. */
export const wrap = (text: string, width: number, { isWhole = false }: Wrapping = {}): string[] =>
  wrapAnsi(text, Math.max(1, width), { hard: !isWhole, trim: true }).split('\n');

interface Wrapping {
  /** Keeps a word that is wider than the window whole. The terminal then breaks it, so that it can still be copied as one word. */
  readonly isWhole?: boolean;
}

/** Returns a line of one mark with so much less indent that `room` columns hold it, because a mark on a separate line has no meaning. */
function markAlone(own: readonly Span[], room: number): Span[] | undefined {
  const text = lineText(own);
  const mark = text.trimStart();
  if (mark.trim() === '' || widthOf(mark.trim()) > WIDEST_MARK || widthOf(mark) > room) return undefined;
  const tone = own.find((one) => one.text.trim() !== '')?.tone;
  return [span(' '.repeat(Math.min(text.length - mark.length, room - widthOf(mark)))), span(mark, tone)];
}

/** Wraps a line of spans at `width`; continuation lines are indented. A long id gets a line of its own before it is broken. */
export function wrapLine(spans: Line, width: number, indent = 0, { isWhole = false }: Wrapping = {}): Line[] {
  // Most lines fit as they are.
  if (widthOf(lineText(spans)) <= width) return [spans.map(({ text, tone }) => span(text, tone))];
  const words: Span[] = spans.flatMap(({ text, tone }) =>
    text.split(/(?<= )/).map((word) => (tone ? { text: word, tone } : { text: word })),
  );
  const lines: Span[][] = [[]];
  let used = 0;
  const push = (word: Span) => {
    const own = lines.at(-1) ?? [];
    const last = own.at(-1);
    // Words of one tone are one span, because each span has its own color codes.
    if (last && last.tone === word.tone) own[own.length - 1] = { ...last, text: last.text + word.text };
    else own.push(word);
    used += widthOf(word.text);
  };
  /** Starts a line, with as much indent as leaves room for the next word; a line of blanks only is reused. */
  const begin = (needed: number) => {
    const mark = markAlone(lines.at(-1) ?? [], width - needed);
    if (mark) {
      lines[lines.length - 1] = mark;
      used = widthOf(lineText(mark));
      return;
    }
    if (lines.at(-1)?.every(({ text }) => text.trim() === '')) lines.pop();
    used = Math.min(indent, Math.max(0, width - Math.max(1, needed)));
    lines.push(used > 0 ? [{ text: ' '.repeat(used) }] : []);
  };
  for (const [index, word] of words.entries()) {
    let rest = word.text;
    const needed = widthOf(rest.trimEnd());
    // A mark stays on the line of an id that is broken anyway, because a mark on a separate line has no meaning.
    const before = lineText(lines.at(-1) ?? []).trim();
    const isMark = before !== '' && widthOf(before) <= WIDEST_MARK && needed > width;
    const glued = gluedWidth(words, index);
    if (used > 0 && used + (glued <= width ? glued : needed) > width && !isMark) begin(needed);
    const most = isWhole ? Number.POSITIVE_INFINITY : width;
    while (used + widthOf(rest.trimEnd()) > most) {
      const head = headOf(rest, Math.max(1, width - used));
      if (head === '') break;
      push({ ...word, text: head });
      rest = rest.slice(head.length);
      // Nothing is inserted between the parts, so that they can be joined to the word again.
      lines.push([]);
      used = 0;
    }
    push({ ...word, text: used + widthOf(rest) > width ? rest.trimEnd() : rest });
  }
  return lines;
}

/** Returns the width of a word with the parts of other spans that follow it without a space, such as a comma: a line never begins with them. */
function gluedWidth(words: readonly Span[], from: number): number {
  let text = words[from]?.text ?? '';
  for (let next = from + 1; !text.endsWith(' ') && words[next] !== undefined && !words[next]?.text.startsWith(' '); next++)
    text += words[next]?.text ?? '';
  return widthOf(text.trimEnd());
}

/** Width of the widest mark at the beginning of a line, `(!)`. */
const WIDEST_MARK = 3;

/** Returns the first part of a word that fits, ending at a separator if the name after it fits into a line. */
function headOf(word: string, width: number): string {
  const head = cut(word, width, '');
  const at = Math.max(...[...'/,;&?'].map((sign) => head.lastIndexOf(sign))) + 1;
  const name = /^[^/,;&?]*/.exec(word.slice(at))?.[0] ?? '';
  return at > 0 && widthOf(name) <= width ? head.slice(0, at) : head;
}

export function cutLine(spans: Line, width: number, mark = '…'): Line {
  let all = 0;
  for (const { text } of spans) all += widthOf(text);
  if (all < width) return spans;
  const kept: Span[] = [];
  let left = width;
  for (const [index, one] of spans.entries()) {
    const wide = widthOf(one.text);
    const more = spans.slice(index + 1).some(({ text }) => text.length > 0);
    if (wide < left || (wide === left && !more)) {
      kept.push(one);
      left -= wide;
      continue;
    }
    kept.push({ ...one, text: cut(wide <= left && more ? `${one.text}${mark}x` : one.text, left, mark) });
    break;
  }
  return kept;
}
