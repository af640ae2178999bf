/** The HTTP client of the pipeline, for requests and answers that are texts. */
import { createHttpHeaders, RestError, type Agent, type HttpClient, type HttpHeaders } from '@azure/core-rest-pipeline';

/** Sends one request and reads its answer. */
type Exchange<A> = (sent: {
  readonly url: URL;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
  readonly agent?: A;
  readonly signal?: AbortSignal;
  readonly onBytes?: (loaded: number) => void;
}) => Promise<{ readonly status: number; readonly headers: Headers; readonly text: string }>;

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Creates a client that fails as the library's client does. */
export const createTextClient = <A extends Agent>(exchange: Exchange<A>): HttpClient => ({
  async sendRequest(request) {
    const { method, body, agent, abortSignal, onDownloadProgress } = request;
    const url = new URL(request.url);
    if (url.protocol !== 'https:' && request.allowInsecureConnection !== true)
      throw new TypeError(`Requests to ${url.origin} are not allowed without TLS.`);
    if (body !== undefined && typeof body !== 'string') throw new TypeError('The body of a request is a text.');
    try {
      const { status, headers, text } = await exchange({
        url,
        method,
        headers: request.headers.toJSON({ preserveCase: true }),
        ...(body === undefined ? {} : { body }),
        ...(agent ? { agent: agent as A } : {}),
        ...(abortSignal ? { signal: abortSignal as AbortSignal } : {}),
        ...(onDownloadProgress ? { onBytes: (loadedBytes: number) => onDownloadProgress({ loadedBytes }) } : {}),
      });
      return { request, status, headers: headersOf(headers), bodyAsText: text };
    } catch (error) {
      if (!(error instanceof Error) || error.name === 'AbortError') throw error;
      throw new RestError(error.message, { code: (error as { code?: string }).code ?? RestError.REQUEST_SEND_ERROR, request });
    }
  },
});

/** Returns headers in the library's form; of a header that came several times, the first value. */
function headersOf(received: Headers): HttpHeaders {
  const headers = createHttpHeaders();
  for (const [name, value] of Object.entries(received)) {
    const first = typeof value === 'string' ? value : value?.[0];
    if (first) headers.set(name, first);
  }
  return headers;
}
