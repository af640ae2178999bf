import fc from 'fast-check';
import type { Key } from 'ink';
import { expect, test } from 'vitest';
import { anyText } from '../helpers/any-text.ts';
import { edit, editOf, insert, editedText } from '../../src/hosts/tui/fields/text-edit.ts';
import { typedInto } from '../../src/hosts/tui/fields/text-field.ts';
import { eventsOf } from '../../src/hosts/tui/fields/key-events.ts';
import { pressWidget, widgetFor } from '../../src/hosts/tui/fields/widgets.ts';

const KEY = {} as Key;
const press = (input: string, key: Partial<Key> = {}) => eventsOf(input, { ...KEY, ...key });

test('one chunk may contain several keys, or text and an Enter', () => {
  expect(press('jj')).toEqual([
    { type: 'character', text: 'j', alone: false },
    { type: 'character', text: 'j', alone: false },
  ]);
  expect(press('yes\r').at(-1), 'an Enter that came with text is no Enter by itself').toEqual({ type: 'key', name: 'enter', glued: true });
  expect(press('y')).toEqual([{ type: 'character', text: 'y', alone: true }]);
  expect(press('y\r')[0], 'a y that came with an Enter is not alone').toEqual({ type: 'character', text: 'y', alone: false });
  expect(press('\tx\u007F').map((event) => (event.type === 'key' ? event.name : event.text))).toEqual(['tab', 'x', 'backspace']);
  expect(press('one\ntwo')).toEqual([{ type: 'paste', text: 'one\ntwo' }]);
});

test('the second half of an arrow key is not typed as text', () => {
  expect(press('[A')).toEqual([]);
});

test('typing and deleting work by graphemes', () => {
  const text = insert(editOf('a'), '👨‍👩‍👧é');
  expect(editedText(edit(text, 'backspace'))).toBe('a👨‍👩‍👧');
  expect(editedText(edit(edit(text, 'backspace'), 'backspace'))).toBe('a');
  expect(editedText(edit(editOf('one two '), 'delete-word'))).toBe('one ');
});

test('the keys of a shell edit a text field: start, end, one letter, a word, and the text before or after the cursor', () => {
  const typed = (keys: string) =>
    [...keys].reduce((field, key) => press(key, { ctrl: true }).reduce((now, event) => typedInto(now, event), field), editOf('one two'));
  const shown = (keys: string) => editedText(insert(typed(keys), '|'));
  expect(['a', 'e', 'ae', 'b', 'af', 'w', 'bbbu', 'bbbk', 'ad', 'x'].map(shown)).toEqual([
    '|one two',
    'one two|',
    'one two|',
    'one tw|o',
    'o|ne two',
    'one |',
    '|two',
    'one |',
    '|ne two',
    'one two|',
  ]);
});

test('typed text has no control characters', () => {
  fc.assert(
    fc.property(anyText(), (text) => {
      expect(editedText(insert(editOf(''), text))).not.toMatch(/[\u0000-\u001F\u007F-\u009F]/);
    }),
  );
});

test('a list accepts a paste with newlines, keeps valid items, and shows invalid ones', () => {
  const question = { kind: 'origins', label: '', help: '' } as const;
  const start = widgetFor(question, ['https://a.example']);
  const { widget, problem } = pressWidget(start, { type: 'paste', text: 'https://b.example\nhttps://a.example, nonsense' }, question);
  expect(widget).toMatchObject({ items: ['https://a.example', 'https://b.example'] });
  expect(problem).toContain('"nonsense" is not an origin');
});

test('an item that is edited while another is typed loses neither', () => {
  const question = { kind: 'origins', label: '', help: '' } as const;
  let { widget } = pressWidget(
    widgetFor(question, ['https://a.example', 'https://b.example']),
    { type: 'paste', text: 'https://c' },
    question,
  );
  for (const event of [
    { type: 'key', name: 'up' },
    { type: 'character', text: 'e', alone: true },
  ] as const)
    ({ widget } = pressWidget(widget, event, question));
  const all = widget.kind === 'list' ? [...widget.items, editedText(widget.edit)] : [];
  expect(all.toSorted()).toEqual(['https://a.example', 'https://b.example', 'https://c']);
});

test('a part of a line is pasted into the line', () => {
  const question = { kind: 'origins', label: '', help: '' } as const;
  let { widget } = { widget: widgetFor(question, []) };
  for (const text of 'https://') ({ widget } = pressWidget(widget, { type: 'character', text, alone: true }, question));
  ({ widget } = pressWidget(widget, { type: 'paste', text: 'app.contoso.com' }, question));
  expect(widget.kind === 'list' && editedText(widget.edit)).toBe('https://app.contoso.com');
});

test('a paste of several items completes the typed text, or keeps it in the line', () => {
  const question = { kind: 'origins', label: '', help: '' } as const;
  const typed = pressWidget(widgetFor(question, []), { type: 'paste', text: 'https' }, question).widget;
  const pasted = (text: string) => pressWidget(typed, { type: 'paste', text }, question);
  expect(pasted('://a.example\nhttps://b.example').widget).toMatchObject({ items: ['https://a.example', 'https://b.example'] });
  const { widget, problem } = pasted('https://b.example\nx\ny');
  expect(widget.kind === 'list' && [...widget.items, editedText(widget.edit)]).toEqual(['https://b.example', 'https']);
  expect(problem).toMatch(/^"x" is not an origin.* \(1 more item was not accepted\)$/);
});

test('a number is checked when it is entered', () => {
  const question = { kind: 'number', label: '', help: '', min: 1, max: 10, unit: 'GB-seconds', example: 5 } as const;
  const field = widgetFor(question, 50);
  expect(pressWidget(field, { type: 'key', name: 'enter' }, question).problem).toContain('from 1 to 10');
  expect(pressWidget(widgetFor(question, 7), { type: 'key', name: 'enter' }, question).answer).toBe(7);
});

test('an Enter followed by a key in one chunk is two keys, neither of which confirms; more text is a paste', () => {
  expect(press('\ra')).toEqual([
    { type: 'key', name: 'enter', glued: true },
    { type: 'character', text: 'a', alone: false },
  ]);
  expect(press('\rab')).toEqual([{ type: 'paste', text: '\rab' }]);
});
