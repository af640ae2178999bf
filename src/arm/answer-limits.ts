/** Limits on one answer. A body without an end, or nested without an end, does not come from Azure. */
import { RestError, type PipelinePolicy } from '@azure/core-rest-pipeline';

/** The most bytes, unpacked. The largest pages of Azure have a few million. */
const MOST_BYTES = 32 * 1024 * 1024;
/** The most nested brackets. Bodies of Azure have a dozen. */
const MOST_DEPTH = 200;

export const TOO_LARGE = 'AnswerTooLarge';

/** Returns a policy that ends an answer that is too long. */
export const sizeLimitPolicy = (most = MOST_BYTES): PipelinePolicy => ({
  name: 'sizeLimitPolicy',
  async sendRequest(request, next) {
    let isTooLarge = false;
    const stop = new AbortController();
    const { abortSignal } = request;
    const forward = () => stop.abort();
    abortSignal?.addEventListener('abort', forward);
    if (abortSignal?.aborted) stop.abort();
    request.abortSignal = stop.signal;
    request.onDownloadProgress = ({ loadedBytes }) => {
      if (loadedBytes <= most) return;
      isTooLarge = true;
      stop.abort();
    };
    try {
      const response = await next(request);
      // Not every way to Azure tells its progress.
      if ((response.bodyAsText?.length ?? 0) <= most) return response;
      isTooLarge = true;
    } catch (error) {
      if (!isTooLarge) throw error;
    } finally {
      abortSignal?.removeEventListener('abort', forward);
      if (abortSignal) request.abortSignal = abortSignal;
      else delete request.abortSignal;
    }
    throw new RestError(`The response has more than ${most} bytes.`, { code: TOO_LARGE, request });
  },
});

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

/** Returns a policy that refuses such bodies before Microsoft's clients read them. */
export const depthLimitPolicy = (): PipelinePolicy => ({
  name: 'depthLimitPolicy',
  async sendRequest(request, next) {
    const response = await next(request);
    return response.bodyAsText && isTooDeep(response.bodyAsText) ? { ...response, bodyAsText: '"nested too deep"' } : response;
  },
});
