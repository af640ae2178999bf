/** Sends requests with Node's HTTP client and returns each answer as one text. The client of the library builds three streams per answer. */
// As a whole, because the bundle then loads only the one that is used.
import http from 'node:http';
import https from 'node:https';
import { createHttpHeaders, RestError, type HttpClient, type PipelineRequest, type PipelineResponse } from '@azure/core-rest-pipeline';

/** Creates a client for requests whose bodies, if any, are texts. */
export const createTextClient = (): HttpClient => ({
  sendRequest: (request) => new Promise((resolve, reject) => exchange(request, resolve, reject)),
});

/** Sends one request. Reports failures with the codes of the library's client. */
function exchange(request: PipelineRequest, resolve: (response: PipelineResponse) => void, reject: (error: Error) => void): void {
  const { method, body, agent, abortSignal } = request;
  const url = new URL(request.url);
  const isSecure = url.protocol === 'https:';
  if (!isSecure && request.allowInsecureConnection !== true) throw new TypeError(`Requests to ${url.origin} are not allowed without TLS.`);
  if (abortSignal?.aborted) throw stopped();
  const stop = () => {
    sent.destroy();
    reject(stopped());
  };
  const done = () => abortSignal?.removeEventListener('abort', stop);
  const fail = (error: NodeJS.ErrnoException, code: string) => {
    done();
    reject(new RestError(error.message, { code, request }));
  };
  const receive = (answer: http.IncomingMessage) => {
    const chunks: Buffer[] = [];
    let loadedBytes = 0;
    answer.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      loadedBytes += chunk.length;
      request.onDownloadProgress?.({ loadedBytes });
    });
    answer.on('error', (error) => fail(error, RestError.PARSE_ERROR));
    answer.on('end', () => {
      done();
      resolve({ request, status: answer.statusCode ?? 0, headers: headersOf(answer), bodyAsText: Buffer.concat(chunks).toString('utf8') });
    });
  };
  const sent = (isSecure ? https : http).request(
    {
      ...(agent ? { agent: agent as http.Agent } : {}),
      hostname: url.hostname,
      port: url.port,
      path: `${url.pathname}${url.search}`,
      method,
      headers: request.headers.toJSON({ preserveCase: true }),
    },
    receive,
  );
  sent.on('error', (error: NodeJS.ErrnoException) => fail(error, error.code ?? RestError.REQUEST_SEND_ERROR));
  abortSignal?.addEventListener('abort', stop);
  sent.end(body);
}

const stopped = (): Error => Object.assign(new Error('The request was stopped.'), { name: 'AbortError' });

/** Returns the headers of an answer; of a header that came several times, the first value where Node keeps all of them. */
function headersOf({ headers }: http.IncomingMessage): PipelineResponse['headers'] {
  const found = createHttpHeaders();
  for (const [name, value] of Object.entries(headers)) {
    const first = Array.isArray(value) ? value[0] : value;
    if (first) found.set(name, first);
  }
  return found;
}
