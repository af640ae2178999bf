/** Finds the members of a large JSON object in its bytes, so that they can be parsed one by one. */

/** The first byte of a value, and the byte after its last one. */
export type Span = readonly [start: number, end: number];

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/** Finds members by name, without a check of their values. @throws SyntaxError where the text is not an object, or a member occurs twice */
export function memberSpans(bytes: Uint8Array): Map<string, Span> {
  const members = new Map<string, Span>();
  const whole: Span = [0, bytes.length];
  for (const [start, end] of spansIn(bytes, whole, OPEN_OBJECT, CLOSE_OBJECT)) {
    const colon = afterSpace(bytes, valueEnd(bytes, start));
    if (bytes[start] !== QUOTE || bytes[colon] !== COLON || colon >= end) throw new SyntaxError('a member has no name');
    const name = parseSpan(bytes, [start, colon]) as string;
    if (members.has(name)) throw new SyntaxError(`there are two members ${name}`);
    members.set(name, [colon + 1, end]);
  }
  return members;
}

/** Yields the items of a list; undefined where the value is not a list. @throws SyntaxError */
export function itemSpans(bytes: Uint8Array, [start, end]: Span): Generator<Span> | undefined {
  return bytes[afterSpace(bytes, start)] === OPEN_LIST ? spansIn(bytes, [start, end], OPEN_LIST, CLOSE_LIST) : undefined;
}

/** @throws SyntaxError where the value is not JSON */
export const parseSpan = (bytes: Uint8Array, [start, end]: Span): unknown =>
  JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8'));

/** Yields the texts between commas of a list or an object. */
function* spansIn(bytes: Uint8Array, [from, to]: Span, open: number, close: number): Generator<Span> {
  let at = afterSpace(bytes, from);
  if (bytes[at] !== open) throw new SyntaxError('it is no list or object of this kind');
  at = afterSpace(bytes, at + 1);
  for (let isOpen = bytes[at] !== close; isOpen;) {
    const start = at;
    while (at < to && bytes[at] !== COMMA && bytes[at] !== close) at = Math.max(valueEnd(bytes, at), at + 1);
    if (at >= to || at === start) throw new SyntaxError('the list or object does not end');
    yield [start, at];
    isOpen = bytes[at] !== close;
    if (isOpen) at = afterSpace(bytes, at + 1);
  }
  if (afterSpace(bytes, at + 1) < to) throw new SyntaxError('text follows the list or object');
}

function afterSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  while (isSpace(bytes[at])) at += 1;
  return at;
}

/** Returns the end of the text, list or object that begins here; the same place for anything else. */
function valueEnd(bytes: Uint8Array, from: number): number {
  let depth = 0;
  let at = from;
  do {
    const byte = bytes[at];
    if (byte === QUOTE) at = textEnd(bytes, at);
    else {
      if (byte === OPEN_LIST || byte === OPEN_OBJECT) depth += 1;
      else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth -= 1;
      else if (depth === 0) return at;
      at += 1;
    }
  } while (depth > 0 && at < bytes.length);
  return at;
}

function textEnd(bytes: Uint8Array, from: number): number {
  let at = from + 1;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at + 1;
}
