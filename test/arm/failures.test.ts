/** The text of failures from Microsoft's clients: the text of func-harden or of Azure, not of the client. */
import { createHttpHeaders, createPipelineRequest, RestError } from '@azure/core-rest-pipeline';
import { expect, test } from 'vitest';
import { failureWithoutAnswer } from '../../src/arm/failures/failures.ts';

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
])('a list that fails without a reason gets a sentence of func-harden (%s)', (message) => {
  expect(failureOf(message, '')).toMatchObject({ code: 'Http500', message: 'The service returned 500 without a reason.' });
  expect(failureOf(message, '<html>')).toMatchObject({ message: 'The service returned 500 without a reason.' });
});

test('the reason of Azure is kept in each place where the client stores it', () => {
  const body = JSON.stringify({ error: { code: 'OutOfOrder', message: 'The region is being moved.' } });
  const told = { code: 'OutOfOrder', message: 'The region is being moved.' };
  expect(failureOf('Pagination failed with unexpected statusCode 500', body)).toMatchObject(told);
  expect(failureOf('The region is away.', '')).toMatchObject({ message: 'The region is away.' });
});

test('the next step of a failure in the wizard does not ask to run a command again', () => {
  for (const status of [400, 401, 403, 404, 409, 423, 429, 500, 503]) {
    const { next } = failureOf('x', JSON.stringify({ error: { code: 'x', message: 'x' } }), status);
    expect(next, String(status)).not.toMatch(/the command/);
  }
});

test('a lock that blocks a read is reported as a problem of the read, not of a change', () => {
  const { kind, next } = failureOf('x', JSON.stringify({ error: { code: 'ScopeLocked', message: 'x' } }), 409);
  expect(kind).toBe('locked');
  expect(next).toBe('A ReadOnly lock also blocks requests that list settings and keys. Ask its owner to remove it, then try again.');
});

const error = (code: string, message: string, details?: unknown) => JSON.stringify({ error: { code, message, details } });

test.each([
  [
    'a policy that requires multifactor authentication',
    error('RequestDisallowedByPolicy', "Resource 'fn' was disallowed by policy. Reasons: 'MFA is required'."),
    /^Sign in again with multifactor authentication/,
  ],
  ['a restriction of Azure itself', error('RequestDisallowedByAzure', "Resource 'fn' was disallowed by Azure."), /open a support request/],
  ['a policy that is not named', error('RequestDisallowedByPolicy', 'No.'), /^An Azure Policy assignment denies this change/],
  [
    'a policy in the details',
    error('InvalidRequest', 'It failed.', [
      { code: 'RequestDisallowedByPolicy', message: 'No.', additionalInfo: [{ info: { policyAssignmentName: 'tls' } }] },
    ]),
    /^Ask the owner of the Azure Policy assignment "tls"/,
  ],
])('the next step after %s', (_, body, advice) => {
  const { kind, next } = failureOf('x', body, 403);
  expect(kind).toBe('policy');
  expect(next).toMatch(advice);
});

test('each detail of an error is reported once, and only if it adds to the message', () => {
  const details = [
    { code: 'A', message: 'The rule is invalid.' },
    { message: 'It failed.' },
    { details: [{ Message: 'The port is missing' }] },
  ];
  expect(failureOf('x', error('InvalidRequest', 'It failed.', [...details, details[0]]), 400).message).toBe(
    'It failed. The rule is invalid. The port is missing',
  );
  expect(failureOf('x', error('InvalidRequest', 'It failed', []), 400).message).toBe('It failed');
});

test.each([401, 404])('a subscription that has not registered Defender for Cloud is no problem of the sign-in (%i)', (status) => {
  const told = error('Subscription Not Registered', 'Please register to Microsoft.Security in order to view your security status');
  expect(failureOf('x', told, status)).toMatchObject({
    kind: 'invalid',
    code: 'SubscriptionNotRegistered',
    next: 'Register the provider once, then try again: az provider register --namespace Microsoft.Security',
  });
});

// Azure/Azure-Landing-Zones 1901
test.each([
  [400, 'NoRegisteredProviderFound'],
  [400, 'InvalidApiVersionParameter'],
  [404, 'InvalidResourceType'],
])('an API version that Azure does not offer (%i %s) is no missing resource, and the next step is a new version', (status, code) => {
  const { kind, next } = failureOf('x', error(code, 'The API version is not supported.'), status);
  expect(kind).toBe('invalid');
  expect(next).toMatch(/Install the latest version of func-harden/);
});

test('a body that Azure rejects as a whole may contain what a policy added', () => {
  const { kind, next } = failureOf('x', error('BadRequest', 'The parameter properties has an invalid value.'), 400);
  expect(kind).toBe('invalid');
  expect(next).toMatch(/policy assignment with the effect append or modify/i);
  expect(failureOf('x', error('BadRequest', 'The parameter minTlsVersion has an invalid value.'), 400).next).not.toMatch(/policy/i);
});

const vault = (code: string | undefined, message: string) =>
  JSON.stringify({ error: { code: 'Forbidden', message, ...(code ? { innererror: { code } } : {}) } });
const REFUSED = 'Client address is not authorized and caller is not a trusted service.\r\nClient address: 203.0.113.9';

test.each([
  [vault('ForbiddenByFirewall', REFUSED), 'ForbiddenByFirewall', /network of this machine/],
  [vault(undefined, REFUSED), 'ForbiddenByFirewall', /network of this machine/],
  [vault('ForbiddenByConnection', 'Public network access is disabled.'), 'ForbiddenByConnection', /network of this machine/],
  [
    vault('AccessDenied', "The user, group or application 'appid=1' does not have secrets get permission on key vault 'kv'."),
    'ForbiddenByPolicy',
    /access policy/,
  ],
])('a vault that refuses for another reason than a role names that reason: %s', (body, code, next) => {
  expect(failureOf('x', body, 403)).toMatchObject({ kind: 'forbidden', code, next: expect.stringMatching(next) as string });
});
