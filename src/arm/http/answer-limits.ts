/** Limits on one answer. A body without an end, or nested without an end, does not come from Azure. */
import { RestError, type PipelineRequest, type PipelineResponse } from '@azure/core-rest-pipeline';

/** The most bytes, unpacked. The largest pages of Azure have a few million. */
const MOST_BYTES = 32 * 1024 * 1024;
/** The most nested brackets. Bodies of Azure have a dozen. */
const MOST_DEPTH = 200;

export const TOO_LARGE = 'AnswerTooLarge';

export const isTooLong = (bytes: number): boolean => bytes > MOST_BYTES;

export const tooLargeError = (request: PipelineRequest): RestError =>
  new RestError(`The response has more than ${MOST_BYTES} bytes.`, { code: TOO_LARGE, request });

/** Returns an answer, without its body if it is nested too deep for Microsoft's clients. @throws RestError if the answer is too long */
export function limitedAnswer(response: PipelineResponse): PipelineResponse {
  const { bodyAsText, request } = response;
  // Not every HTTP client reports progress.
  if (isTooLong(bodyAsText?.length ?? 0)) throw tooLargeError(request);
  return bodyAsText && isTooDeep(bodyAsText) ? { ...response, bodyAsText: '"nested too deep"' } : response;
}

/** Whether a text is JSON that is nested deeper than any body of Azure, so that recursive functions would overflow the stack. */
export function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) at = endOfText(text, at);
    else if (code === 0x7b || code === 0x5b) {
      if ((depth += 1) > MOST_DEPTH) return true;
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  return false;
}

/** Returns the place of the quotation mark that ends a text of JSON; the end of the whole where there is none. */
function endOfText(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end >= 0; end = json.indexOf('"', end + 1)) {
    let before = end;
    while (json.charCodeAt(before - 1) === 0x5c) before -= 1;
    if ((end - before) % 2 === 0) return end;
  }
  return json.length;
}
