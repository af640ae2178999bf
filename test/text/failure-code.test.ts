import { expect, test } from 'vitest';
import { failureCode } from '../../src/view/failure-code.ts';

test('the code of a failure is not repeated if its message contains it', () => {
  expect(failureCode({ code: 'ECONNREFUSED', message: 'connect ECONNREFUSED 127.0.0.1:9', correlationId: null })).toBe('');
  expect(failureCode({ code: 'Conflict', message: 'Not now.', correlationId: 'c1' })).toBe('Conflict, correlation id c1');
});
