/** Rows that remain of a frame after the window became narrower are removed. */
import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { eraseWrappedRows, wrappedRows } from '../../src/hosts/tui/terminal/reflow.ts';
import { line } from '../../src/text/spans.ts';

const FRAME = [line('x'.repeat(100)), line(''), line('x'.repeat(51)), line('漢'.repeat(25))];

test('rows that a narrower window adds', () => {
  expect(wrappedRows(FRAME, 100)).toBe(0);
  expect(wrappedRows(FRAME, 50)).toBe(2);
  expect(wrappedRows(FRAME, 33)).toBe(3 + 1 + 1);
});

test('only a narrower window has rows to erase', () => {
  const written: string[] = [];
  const stdout = Object.assign(new EventEmitter(), { columns: 100, write: (text: string) => written.push(text) });
  const stop = eraseWrappedRows(stdout as unknown as NodeJS.WriteStream, () => FRAME);
  const resize = (columns: number) => {
    stdout.columns = columns;
    stdout.emit('resize');
    return (
      written
        .splice(0)
        .join('')
        .match(/\u001B\[1A/g) ?? []
    ).length;
  };
  expect([resize(50), resize(100), resize(99)]).toEqual([2, 0, 1]);
  stop();
  expect(resize(40)).toBe(0);
});
