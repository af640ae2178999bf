/** The members of a JSON text are found in its bytes as JSON.parse finds them, and what is not JSON is refused. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { itemSpans, memberSpans, parseSpan } from '../../src/change/json-spans.ts';

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

/** Reads the text member by member, and lists item by item. */
function read(text: string): Record<string, unknown> {
  const bytes = bytesOf(text);
  return Object.fromEntries(
    [...memberSpans(bytes)].map(([name, span]) => {
      const items = itemSpans(bytes, span);
      return [name, items ? [...items].map((item) => parseSpan(bytes, item)) : parseSpan(bytes, span)];
    }),
  );
}

const objects = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ stringUnit: 'binary' }));

test('the parser of JSON spans finds the same members and items as JSON.parse', () => {
  fc.assert(
    fc.property(objects, fc.constantFrom(undefined, 1, '\t', '\r\n '), fc.constantFrom('', ' ', '\n\t'), (value, indent, around) => {
      const text = `${around}${JSON.stringify(value, undefined, indent)}${around}`;
      expect(read(text)).toEqual(JSON.parse(text));
    }),
    { numRuns: 300 },
  );
});

test('a text that JSON.parse refuses is refused', () => {
  const base = '{"a":[1,{"b":"]}\\""}],"c":"x","d":{}}';
  expect(read(base)).toEqual(JSON.parse(base));
  const isJson = (text: string): boolean => {
    try {
      return typeof JSON.parse(text) === 'object';
    } catch {
      return false;
    }
  };
  const wrong = [...base].flatMap((_, at) => [
    base.slice(0, at),
    `${base.slice(0, at)}${base.slice(at + 1)}`,
    ...[...'[]{},:"x1 '].map((one) => `${base.slice(0, at)}${one}${base.slice(at)}`),
  ]);
  const refused = [
    ...wrong.filter((text) => !isJson(text)),
    '',
    '[]',
    '7',
    'null',
    `${base}x`,
    `${base}{}`,
    '{"a":1,"a":2}',
    '{"a":1,}',
    '{,}',
  ];
  expect(refused.length).toBeGreaterThan(250);
  for (const text of refused) expect(() => read(text), text).toThrow(SyntaxError);
  for (const text of wrong.filter(isJson)) expect(read(text), text).toEqual(JSON.parse(text));
});
