/** Choosing from a list: filter, other names, ticks. */
import { expect, test } from 'vitest';
import type { Json } from '../../src/azure/index.ts';
import type { Question } from '../../src/contract/index.ts';
import { eventsOf } from '../../src/hosts/tui/fields/key-events.ts';
import { pressWidget, widgetFor, type Widget } from '../../src/hosts/tui/fields/widgets.ts';

const VAULT: Question = { kind: 'pick', of: 'vault', label: 'Which?', help: '', example: 'kv' };
const SETTINGS: Question = { kind: 'names', of: 'settings', label: 'Which?', help: '', example: 'A' };
const OPTIONS = ['kv-orders', 'kv-events'].map((value) => ({ value, label: `${value}   westeurope` }));

function typed(question: Question, start: Json | undefined, ...inputs: (string | { name: 'return' | 'downArrow' | 'backspace' })[]) {
  let widget: Widget = widgetFor(question, start, OPTIONS);
  let last: { answer?: Json; problem?: string } = {};
  for (const input of inputs) {
    const events = typeof input === 'string' ? eventsOf(input, {} as never) : eventsOf('', { [input.name]: true } as never);
    for (const event of events) ({ widget, ...last } = pressWidget(widget, event, question) as { widget: Widget } & typeof last);
  }
  return last;
}
const enter = { name: 'return' } as const;
const down = { name: 'downArrow' } as const;

test('a choice starts at the current value, filters by any word, and accepts a name that is not in the list', () => {
  expect(typed(VAULT, 'kv-events', enter).answer).toBe('kv-events');
  expect(typed(VAULT, undefined, down, enter).answer).toBe('kv-events');
  expect(typed(VAULT, undefined, 'west ev', enter).answer).toBe('kv-events');
  expect(typed(VAULT, undefined, 'kv-new', enter, enter).answer).toBe('kv-new');
  expect(typed(VAULT, undefined, 'q', enter).answer, 'a letter that was meant as a key').toBeUndefined();
  expect(typed(VAULT, undefined, 'q', enter).problem).toContain('"q" is not in the list');
  expect(typed(VAULT, undefined, 'q', enter, 'x', enter).answer, 'what changed is asked about again').toBeUndefined();
  expect(typed(VAULT, 'kv-typed-before', enter).answer, 'going back loses nothing').toBe('kv-typed-before');
  expect(typed(VAULT, undefined, 'no such thing!', enter).problem).toContain('is not a vault');
});

test('a choice that must exist refuses another name at once', () => {
  const must: Question = { ...VAULT, mustExist: true };
  expect(typed(must, undefined, 'kv-nope', enter)).toEqual({ problem: 'No vault has this name. Choose an existing one.' });
});

test('multiple choice: chosen items are ticked, Space toggles, and another item can be added by name', () => {
  expect(typed(SETTINGS, ['kv-orders'], enter).answer).toEqual(['kv-orders']);
  expect(typed(SETTINGS, ['kv-orders'], ' ', down, ' ', enter).answer).toEqual(['kv-events']);
  expect(typed(SETTINGS, [], down, down, 'Other', enter, enter).answer).toEqual(['Other']);
  expect(typed(SETTINGS, ['Gone'], enter).answer, 'a name that is not there stays').toEqual(['Gone']);
  expect(typed(SETTINGS, [], enter).answer).toEqual([]);
});

test('multiple choice: each line of a paste is one name, and the first invalid name stays for correction', () => {
  const strict: Question = { kind: 'names', of: 'settings', label: 'Which?', help: '', example: 'A', pattern: /^[A-Za-z]+$/ };
  expect(typed(strict, [], down, down, 'One\r\nTwo\n\nThree\n', enter).answer).toEqual(['One', 'Two', 'Three']);
  const wrong = typed(strict, [], down, down, 'One\nno good\nTwo\nbad!\n');
  expect(wrong.problem).toBe('"no good" is not valid; write it like A');
  expect(typed(strict, [], down, down, 'One\nno good\nTwo\n', { name: 'backspace' }, enter).problem).toContain('"no goo"');
});

test('several Enters that are read together are one, which confirms nothing', () => {
  for (const chunk of ['\r\r', '\r\r\r', '\r\n\r\n'])
    expect(eventsOf(chunk, {} as never)).toEqual([{ type: 'key', name: 'enter', glued: true }]);
  expect(eventsOf('\r\n', {} as never), 'one Enter of a terminal that sends both').toEqual([{ type: 'key', name: 'enter', glued: false }]);
  expect(typed(VAULT, 'kv-events', '\r\r').answer).toBe('kv-events');
});

test('an empty answer to a question has another message than an invalid one', () => {
  const text: Question = { kind: 'text', label: 'Id', help: '', example: 'abc', pattern: /^[a-z]+$/ };
  expect(typed(text, undefined, enter).problem).toBe('This answer is required; write it like abc');
  expect(typed(text, undefined, 'A', enter).problem).toBe('"A" is not valid; write it like abc');
});
