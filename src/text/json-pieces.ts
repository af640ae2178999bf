/** JSON of an object with long lists, in pieces: the text is the one of `safeJson(value, 2)`, and is never held as a whole. */
import { safeJson } from './plain.ts';

/** The number of characters of a piece, where its items are not longer. */
const PIECE = 32_768;

/** Yields the text of an object. The items of a list that is given as a function are formatted when they are written. */
export function* jsonPieces(members: Readonly<Record<string, unknown>>): Generator<string> {
  let text = '{';
  let isFirst = true;
  for (const [name, value] of Object.entries(members)) {
    if (value === undefined) continue;
    text += `${isFirst ? '' : ','}\n  ${safeJson(name)}: `;
    isFirst = false;
    if (typeof value !== 'function') {
      text += safeJson(value, 2).replaceAll('\n', '\n  ');
      continue;
    }
    text += '[';
    let isEmpty = true;
    for (const item of (value as () => Iterable<unknown>)()) {
      text += `${isEmpty ? '' : ','}\n    ${safeJson(item, 2).replaceAll('\n', '\n    ')}`;
      isEmpty = false;
      if (text.length < PIECE) continue;
      yield text;
      text = '';
    }
    text += isEmpty ? ']' : '\n  ]';
  }
  yield `${text}${isFirst ? '' : '\n'}}`;
}
