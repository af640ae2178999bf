/** Waves of a run: by number, by tag, one for each value. */
import { expect, test } from 'vitest';
import { emptyWave, parseWaves, splitWaves, wavesText, waveTags } from '../../src/engine/run/waves.ts';

const app = (name: string, tags: Record<string, string> = {}) => ({ name, target: { tags } });
const APPS = [
  app('a', { ring: '1', env: 'prod' }),
  app('b', { Ring: '0', env: 'prod' }),
  app('c', { env: 'prod' }),
  app('d', { ring: '0', env: 'prod' }),
];
const names = (waves: readonly (readonly { name: string }[])[]) => waves.map((wave) => wave.map(({ name }) => name).join(''));

test('waves are made in order, the other apps come last, and no app is in two waves', () => {
  expect(names(splitWaves(APPS, []))).toEqual(['abcd']);
  expect(names(splitWaves(APPS, [2]))).toEqual(['ab', 'cd']);
  expect(names(splitWaves(APPS, ['ring=0', 'ring=1']))).toEqual(['bd', 'a', 'c']);
  expect(names(splitWaves(APPS, ['env=prod', 'ring=0']))).toEqual(['abcd']);
  expect(emptyWave(APPS, ['ring=0', 'ring=2'])).toBe('ring=2');
});

test('a wave is a number or a tag; several values are one wave each', () => {
  expect(['3', 'ring=0', 'ring=0, 1', 'a=b=c'].map(parseWaves)).toEqual([[3], ['ring=0'], ['ring=0', 'ring=1'], ['a=b=c']]);
  expect(['0', '-1', 'x', '=1', 'ring=', 'ring=,', ''].map(parseWaves)).toEqual(Array.from({ length: 7 }));
  expect(wavesText([1, 'ring=0'])).toBe('1 app, then ring=0');
});

test('tags that divide the apps are offered, and tags with one value or a value for each app are not', () => {
  const many = Array.from({ length: 9 }, (_, index) => ({ tags: { id: `${index}`, env: 'prod', ring: `${index % 2}` } }));
  expect(waveTags(many)).toEqual([{ name: 'ring', values: ['0', '1'] }]);
  expect(waveTags(APPS.map(({ target }) => target))).toEqual([{ name: 'ring', values: ['0', '1'] }]);
});
