/** The words of failures that Microsoft's clients meet: ours or Azure's, not those of the client. */
import { createHttpHeaders, createPipelineRequest, RestError } from '@azure/core-rest-pipeline';
import { expect, test } from 'vitest';
import { failureWithoutAnswer } from '../../src/arm/failures.ts';

const request = createPipelineRequest({ url: 'https://management.azure.com/subscriptions' });
const failureOf = (message: string, body: string, status = 500) =>
  failureWithoutAnswer(
    new RestError(message, { statusCode: status, request, response: { request, status, headers: createHttpHeaders(), bodyAsText: body } }),
    false,
  );

test.each([
  'Pagination failed with unexpected statusCode 500',
  'Unexpected status code: 500',
  'Error "x" occurred in deserializing the responseBody - {}',
])('a list that fails without a reason has a sentence of our own (%s)', (message) => {
  expect(failureOf(message, '')).toMatchObject({ code: 'Http500', message: 'The service returned 500 without a reason.' });
  expect(failureOf(message, '<html>')).toMatchObject({ message: 'The service returned 500 without a reason.' });
});

test('the reason of Azure is kept, wherever the client has it', () => {
  const body = JSON.stringify({ error: { code: 'OutOfOrder', message: 'The region is being moved.' } });
  const told = { code: 'OutOfOrder', message: 'The region is being moved.' };
  expect(failureOf('Pagination failed with unexpected statusCode 500', body)).toMatchObject(told);
  expect(failureOf('The region is away.', '')).toMatchObject({ message: 'The region is away.' });
});

test('the next step of a failure suits the wizard, in which no command is run again', () => {
  for (const status of [400, 401, 403, 404, 409, 423, 429, 500, 503]) {
    const { next } = failureOf('x', JSON.stringify({ error: { code: 'x', message: 'x' } }), status);
    expect(next, String(status)).not.toMatch(/the command/);
  }
});

test('a lock that blocks a read is about reads, not about a change', () => {
  const { kind, next } = failureOf('x', JSON.stringify({ error: { code: 'ScopeLocked', message: 'x' } }), 409);
  expect(kind).toBe('locked');
  expect(next).toBe('A ReadOnly lock also blocks requests that list settings and keys. Ask its owner to remove it, then try again.');
});
