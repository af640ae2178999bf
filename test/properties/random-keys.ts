/** Random input of a user: sequences of keys, typed words and confirmations. */
import fc from 'fast-check';
import { catalogue } from '../../steps/index.ts';
import { FUTURE_DAY } from '../helpers/future.ts';

/** Not a key: goes back to the list of areas, with the keys on the screen. */
export const TO_AREAS = 'areas';

/** @param names what is typed where an app has to be named */
export function keysOf(names: readonly string[]): fc.Arbitrary<string[]> {
  const area = fc.nat(catalogue.length - 1).map((index) => [TO_AREAS, 'home', ...Array.from({ length: index }, () => 'down'), 'enter']);
  const confirmed = fc.constantFrom(['y'], ['enter'], ['end', 'enter'], ...names.map((name) => ['end', 'enter', name, 'enter']));
  const looked = fc.constantFrom(
    ['escape'],
    ['g'],
    ['s'],
    ['u'],
    ['R'],
    ['n'],
    ['p'],
    ['a', 'Dana', 'enter', 'agreed', 'enter', FUTURE_DAY, 'enter'],
  );
  const answered = fc.constantFrom(
    ['100 Allow 203.0.113.0/24 office', 'enter', 'enter'],
    ['https://www.contoso.com', 'enter', 'enter'],
    ['5000', 'enter'],
  );
  const went = fc.constantFrom(['w'], ['enter'], ['enter', 'enter'], ['w', 'enter', 'enter', 'enter'], ['down', ' '], [' ']);
  const phrase = fc.oneof(
    { weight: 5, arbitrary: area },
    { weight: 6, arbitrary: went },
    { weight: 3, arbitrary: confirmed },
    { weight: 2, arbitrary: looked },
    { weight: 2, arbitrary: answered },
  );
  return fc.array(phrase, { minLength: 12, maxLength: 30 }).map((phrases) => phrases.flat());
}
