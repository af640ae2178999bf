/** Error messages of providers that are no sentence: an HTML page in a JSON answer, and a stack trace. */
import { expect, test } from 'vitest';
import { createHttpHeaders, createPipelineRequest } from '@azure/core-rest-pipeline';
import { errorIn, failureOf } from '../../src/arm/failures/failures.ts';

const PAGE =
  '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN">\r\n<html><head><title>500 - Internal server error.</title></head></html>';

test('an HTML page in an error message is reduced to its title, and a stack trace is removed', () => {
  expect(errorIn({ Code: 'InternalServerError', Message: PAGE }).message).toBe(
    'The service returned a web page instead of a reason: 500 - Internal server error.',
  );
  const trace =
    'Operation failed: Bad credentials\r\n   at Microsoft.Web.Proxy.<ProcessResponse>d__99`1.MoveNext()\r\n--- End of inner trace ---';
  expect(errorIn({ Message: trace }).message).toBe('Operation failed: Bad credentials');
  expect(errorIn({ error: { code: 'X', message: 'Use <name> at home\n  (see docs)' } }).message).toContain('Use <name> at home');
});

test('a refused name of a setting that the app has already is not reported as a refused value', () => {
  const Message = "AppSetting with name 'FUNCTIONS_ADMIN_ISOLATION_ENABLED ' is not allowed.";
  const request = createPipelineRequest({ url: 'https://management.azure.com/x' });
  const answer = { request, status: 400, headers: createHttpHeaders(), bodyAsText: JSON.stringify({ Code: 'BadRequest', Message }) };
  expect(failureOf(answer, true).next).toContain('sends all of them');
});

test('a content share that App Service may not create is not reported as an invalid value', () => {
  const Message = "Creation of storage file share failed with: 'The remote server returned an error: (403) Forbidden.'. Please check it.";
  const request = createPipelineRequest({ url: 'https://management.azure.com/x' });
  const answer = { request, status: 400, headers: createHttpHeaders(), bodyAsText: JSON.stringify({ Code: 'BadRequest', Message }) };
  expect(failureOf(answer, true).next).toContain('firewall');
});
