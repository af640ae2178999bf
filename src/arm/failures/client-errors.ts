/** The words of errors of Microsoft's clients. */
import type { RestError } from '@azure/core-rest-pipeline';
import { parsedJson } from '../../change/json-paths.ts';
import { plainText } from '../../text/plain.ts';

/** Messages of Microsoft's clients for answers without a reason. They do not help a person. */
const OF_CLIENT = /^(?:Pagination failed|Unexpected status code|Error ".*" occurred in deserializing)/s;

/** Returns the reason that an error of a client has from Azure, if it has one. */
export const reasonOf = ({ message }: RestError): string | undefined => (OF_CLIENT.test(message) ? undefined : message);

/** Returns the body of the answer that a client failed on. */
export const bodyOf = ({ response }: RestError): unknown => parsedJson(response?.bodyAsText ?? '');

/** Returns the words of an error. Those of a JavaScript error mean nothing to a person and are left out. */
export const wordsOf = (error: unknown): string =>
  error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError
    ? ''
    : ` (${plainText(error instanceof Error ? error.message : String(error)).slice(0, 200)})`;
